//! What is printed: one way for each format, all told the same.

mod json;
mod table;

use crate::judged::{Findings, Judged};
use std::io::{self, Write};

/// In which form the calls are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// To read: which calls would have alerted, and why.
    Table,
    /// One object a recording, one line each; and one for all exported calls.
    Json,
}

impl Format {
    /// Whether calls are printed while others are still read.
    #[must_use]
    pub fn is_written_meanwhile(self) -> bool {
        self == Self::Json
    }

    /// Whether the calls' samples are drawn.
    pub(crate) fn draws(self) -> bool {
        false
    }
}

/// Takes what is said, in the order of the inputs.
pub(crate) trait Output {
    /// An input's calls come now; `None` stands for those that several exported files tell of together.
    fn begin(&mut self, input: Option<&str>) -> io::Result<()>;
    /// One of its calls.
    fn call(&mut self, input: Option<&str>, judged: &Judged) -> io::Result<()>;
    /// There are no more of them.
    fn end(&mut self, input: Option<&str>, findings: &Findings) -> io::Result<()>;
    /// There is nothing more at all.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// What prints in a format. `configurations` are their names, in order.
pub(crate) fn of<'a>(format: Format, to: impl Write + 'a, configurations: &'a [String]) -> Box<dyn Output + 'a> {
    match format {
        Format::Json => Box::new(json::JsonLines::new(to, configurations)),
        Format::Table => Box::new(table::CallTable::new(to, configurations)),
    }
}
