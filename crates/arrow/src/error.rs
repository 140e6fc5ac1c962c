//! Why calls cannot be judged.

use arrow_schema::ArrowError;
use std::fmt;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why calls cannot be judged.
#[derive(Debug)]
pub enum Error {
    /// The configuration is none, or something in it would not be in force.
    Configuration(String),
    /// The columns are not those of the table.
    Columns(String),
    /// A row does not say what it has to.
    Row {
        /// Its number, from 0, in the batch or in the stream.
        row: u64,
        /// What is wrong with it.
        what: String,
    },
    /// Packed rows that were not packed here.
    Packed(postcard::Error),
    /// Arrow's own.
    Arrow(ArrowError),
}

impl Error {
    /// The same of the row with this number in the stream, and of this call.
    pub(crate) fn at(self, row: u64, call_sid: &str) -> Self {
        match self {
            Self::Row { what, .. } => Self::Row { row, what: format!("{what} (call {call_sid})") },
            other => other,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(what) | Self::Columns(what) => to.write_str(what),
            Self::Row { row, what } => write!(to, "row {row} {what}"),
            Self::Packed(error) => write!(to, "packed rows that cannot be read: {error}"),
            Self::Arrow(error) => error.fmt(to),
        }
    }
}

impl std::error::Error for Error {}

impl From<ArrowError> for Error {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}

impl From<postcard::Error> for Error {
    fn from(error: postcard::Error) -> Self {
        Self::Packed(error)
    }
}
