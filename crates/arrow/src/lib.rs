//! A centre's history of calls as Arrow columns, and the verdicts on them.
//!
//! A row of the table ([`schema::events`]) is one event of a call, or one second of it. [`Columns`] reads the rows,
//! [`RowPacker`] packs each into the bytes of its call, [`Judge`] plays the bytes of a call that is complete through the
//! engine that watches live calls, and [`outcome`] makes what is said of them into columns. [`StreamingJudge`] is all of it
//! for a stream that is sorted by call. [`BatchPacker`] packs whole record batches for engines that move rows first. The
//! verdict is the one that the command `replay` gives for a recording of the same events. [`ExportReader`] and
//! [`ExportedCalls`] make rows of what Twilio exports; `replay` reads it by the same code.

mod batch_packer;
mod configurations;
mod error;
pub mod exported_call;
mod exports;
mod history_columns;
mod judge;
mod numbers;
pub mod outcome;
pub mod recordings;
mod row_bytes;
pub mod rows;
pub mod schema;
mod streaming;
mod verdict_columns;

pub use batch_packer::BatchPacker;
pub use configurations::Configurations;
pub use error::{Error, Result};
pub use exports::{ExportReader, ExportedCalls};
pub use history_columns::Columns;
pub use judge::Judge;
pub use outcome::Outcome;
pub use row_bytes::RowPacker;
pub use streaming::StreamingJudge;
