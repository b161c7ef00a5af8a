//! Numeric kernels over 16 logical lanes, with the same bits from every instruction set.

pub mod conv;
pub mod lstm;
pub mod rank;
pub mod scan;
