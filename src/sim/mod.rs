//! Simulation: a venue for replays, synthetic flow, the replay itself, and checks against published books.
//!
//! Time and randomness come in with events and seeds; two runs of one configuration give the same result to the bit.

mod replay;
mod synthetic;
mod venue;
pub mod verify;

pub use replay::{Replay, ReplayError, ReplaySummary};
pub use synthetic::{SyntheticConfig, SyntheticError, SyntheticFlow};
pub use venue::{ReplayVenue, VenueConfig, VenueError, VenueOrder};
