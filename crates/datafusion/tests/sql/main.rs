//! The functions, asked in SQL.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod exports;
mod history;
mod incidents;
mod program;
mod replayed;
mod shuffle;
mod support;
mod verdicts;
