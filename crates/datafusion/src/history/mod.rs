//! Histories on disk: rows, and the files that hold them, one folder a day.

mod day_file;
pub mod generate;
pub mod import;
