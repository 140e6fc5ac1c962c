//! The outbox: what becomes of alerts whatever happens to the page, the network, the storage and the clock.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in a test a panic is the message")]

mod answers;
mod cards;
mod delivery;
mod fixtures;
mod keeping;
mod recordings;
