//! `replay`: recordings of calls, and what Twilio exports about calls, played through the engine under one configuration
//! or several: which calls would have alerted, and why.
//!
//! [`input::find`] says what there is to read, `run` reads it on all processors and hands every judged call to an
//! output. Recordings are played while they are read and nothing of them is kept; exports speak of a call in many places,
//! so that their rows are gathered first ([`sources`]).

pub mod card_reader;
#[cfg(feature = "command")]
pub mod destination;
pub mod dumps;
pub mod file_identity;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
#[cfg(feature = "command")]
pub mod input;
pub mod judged_call;
mod line_blocks;
#[cfg(feature = "command")]
pub mod output;
#[cfg(feature = "command")]
mod parallel_replay;
#[cfg(feature = "command")]
mod progress;
#[cfg(feature = "command")]
pub mod run;
pub mod safe_output;
pub mod sources;
#[cfg(feature = "command")]
mod totals;
#[cfg(feature = "command")]
mod verdict_change;
