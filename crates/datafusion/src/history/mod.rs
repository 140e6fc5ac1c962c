//! Histories on disk: rows, and the files that hold them, one folder a day.

mod files;
pub mod generate;
pub mod import;
