//! Under construction.

pub mod verify;
