//! Which decisions count, over small ledgers made by hand.

mod deciding;
mod lending;
mod owing;
mod properties;
pub(in crate::change) mod world;
