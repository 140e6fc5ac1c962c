//! What every call tells the floor: its card and its beats (rules K1 and K2), and what was recorded of it (rule K3).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod beats;
mod cards;
mod fixtures;
mod limits;
mod recording_pieces;
