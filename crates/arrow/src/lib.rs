//! A centre's history of calls as Arrow columns, and the verdicts on them.
//!
//! A row of the table ([`schema::events`]) is one event of a call, or one second of it. [`Columns`] reads the rows,
//! [`Packer`] keeps those of a call until it is complete, [`Judge`] plays them through the engine that watches live calls,
//! and [`outcome`] makes what is said of them into columns. [`StreamingJudge`] is all of it for a stream that is sorted by
//! call. [`RowPacker`] packs rows for engines that move them first. The verdict is the one that the command `replay` gives
//! for a recording of the same events. [`ExportReader`] and [`ExportedCalls`] make rows of what Twilio exports; `replay`
//! reads it by the same code.

mod configurations;
mod error;
pub mod exported_call;
mod exports;
mod history_columns;
mod judge;
mod numbers;
pub mod outcome;
mod packed_rows;
mod packing;
pub mod recordings;
pub mod rows;
pub mod schema;
mod streaming;
mod verdict_columns;

pub use configurations::Configurations;
pub use error::{Error, Result};
pub use exports::{ExportReader, ExportedCalls};
pub use history_columns::Columns;
pub use judge::Judge;
pub use outcome::Outcome;
pub use packed_rows::Packer;
pub use packing::RowPacker;
pub use streaming::StreamingJudge;
