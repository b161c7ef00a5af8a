//! Predictors: HiPPO operators, the SSM-HiPPO network, LSTM, boosted trees, and the files that their weights come from.

pub mod error;
pub mod hippo;
pub mod input;
pub mod lstm;
pub mod moments;
pub mod precision;
pub mod predictor;
pub mod ssm;
pub mod trees;
pub mod weights;
