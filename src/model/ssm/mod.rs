//! SSM-HiPPO
mod batch;
mod calibration;
mod config;
mod layer;
mod network;
mod parameters;
mod product;
mod selection;
mod state;
mod stream;
pub use calibration::Calibration;
pub use config::SsmHippoConfig;
pub use network::SsmHippo;
pub use selection::HeadSelection;
pub use state::SsmState;
pub use stream::SsmCarry;
