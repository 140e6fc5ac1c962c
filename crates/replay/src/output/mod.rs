//! What is printed: one way for each format, all told the same.

mod csv;
mod html;
mod json;
mod parquet;
mod row;
mod table;

use crate::judged_call::{Findings, JudgedCall};
use device_monitoring::Configuration;
use std::io::{self, Write};

/// Printed in place of a quality that is not known.
pub(crate) const NOT_MEASURED: &str = "not measured";

/// In which form the calls are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// To read: which calls would have alerted, and why.
    Table,
    /// One object a recording, one line each, and one for all exported calls together.
    Json,
    /// A row for each call, and configuration if there are several.
    Csv,
    /// The same with types, compressed, for a database; not to a terminal.
    Parquet,
    /// One file for a browser: charts of all calls, and the worst of them second by second.
    Html,
}

impl Format {
    /// Whether calls are printed while others are still read.
    #[must_use]
    pub fn is_written_meanwhile(self) -> bool {
        matches!(self, Self::Json | Self::Csv)
    }

    /// Whether it is nothing for a terminal.
    #[must_use]
    pub fn is_binary(self) -> bool {
        self == Self::Parquet
    }

    /// Whether the calls' samples are drawn.
    pub(crate) fn draws(self) -> bool {
        self == Self::Html
    }
}

/// Takes what is said, in the order of the inputs.
pub(crate) trait Output {
    /// An input's calls come now; `None` stands for those that several exported files tell of together.
    fn begin(&mut self, input: Option<&str>) -> io::Result<()>;
    /// One of its calls.
    fn call(&mut self, input: Option<&str>, judged: &JudgedCall) -> io::Result<()>;
    /// There are no more of them.
    fn end(&mut self, input: Option<&str>, findings: &Findings) -> io::Result<()>;
    /// There is nothing more at all.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// What prints in a format. `names` are those of the configurations, in order.
///
/// # Errors
/// When nothing can be written.
pub(crate) fn new<'a>(
    format: Format,
    to: impl Write + Send + 'a,
    names: &'a [String],
    configurations: &'a [Configuration],
) -> io::Result<Box<dyn Output + 'a>> {
    Ok(match format {
        Format::Json => Box::new(json::JsonLines::new(to, names)),
        Format::Table => Box::new(table::CallTable::new(to, names)),
        Format::Csv => Box::new(csv::Csv::new(to, names)),
        Format::Parquet => Box::new(parquet::Parquet::new(to, names)?),
        Format::Html => Box::new(html::Report::new(to, names, configurations)),
    })
}
