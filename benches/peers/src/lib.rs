//! The benchmark streams and the peers' adapters.
