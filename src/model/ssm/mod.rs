//! SSM-HiPPO
mod batch;
mod config;
mod layer;
mod network;
mod parameters;
mod product;
mod selection;
mod state;
mod stream;
pub use config::SsmHippoConfig;
pub use network::SsmHippo;
pub use selection::HeadSelection;
pub use state::SsmState;
pub use stream::SsmCarry;
