//! What Twilio exports about calls, in all the shapes in which it does.
//!
//! | source | shape | what a row stands for |
//! | --- | --- | --- |
//! | the Voice SDK's own posts | `EndpointMetrics`, `EndpointEvents` | a second; a moment |
//! | Voice Insights API | pages of metrics and events, a summary | ten seconds; a moment; the call |
//! | Event Streams | CloudEvents, one, an array or JSON Lines | the same |
//!
//! A reader ([`shapes`]) turns each into rows of (call, time, what). A call's rows may come in any order and from many
//! inputs, so that they are gathered ([`gather`]) before the call is judged ([`judge`]); what stands for ten seconds is
//! first made into seconds that are as good and as bad ([`estimate`]).

mod estimate;
mod gather;
mod judge;
mod read;
mod row;
mod shapes;
mod stream;

pub use gather::{Gathered, Rows};
pub(crate) use read::ANOTHER_LIST;

use crate::blocks::lines;
use device_monitoring::recording::LONGEST_LINE;
use memchr::memmem;
use serde_json::Value;

/// Lines at the beginning of an input that are looked at: one may be broken.
const LOOKED_AT: usize = 20;
/// What only an export has near its beginning.
const MARKS: [&str; 4] = ["\"specversion\"", "\"call_sid\"", "\"metrics\"", "\"events\""];

/// What an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A recording: JSON Lines, one event a line.
    Recording,
    /// Exports, one a line.
    Lines,
    /// Exports over several lines: a page, an array, or several of them.
    Document,
}

impl Source {
    /// By its beginning. Whatever is no export is taken for a recording, and what is wrong with it said line by line.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
        let mut looked_at = lines(head).map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty());
        for (index, line) in looked_at.by_ref().take(LOOKED_AT).enumerate() {
            match serde_json::from_slice(line) {
                Ok(value) if shapes::is_recorded(&value) => return Self::Recording,
                Ok(value) if shapes::is_exported(&value) => {
                    let is_one_of_many = index > 0 || looked_at.next().is_some();
                    return if is_one_of_many && line.len() <= LONGEST_LINE { Self::Lines } else { Self::Document };
                }
                Err(error) if index == 0 && error.is_eof() && has_marks(head) => return Self::Document,
                Ok::<Value, _>(_) | Err(_) => {}
            }
        }
        Self::Recording
    }
}

/// How a report in JSON begins: what an earlier run has left in the folder.
#[cfg(feature = "command")]
const REPORT: &str = "{\"file\":";

/// Whether a file has nothing to do with calls, or is what is said about them: no line at its beginning begins as JSON does. A recording that is broken
/// throughout still does.
#[cfg(feature = "command")]
pub(crate) fn is_something_else(head: &[u8]) -> bool {
    if head.starts_with(REPORT.as_bytes()) {
        return true;
    }
    let first = |line: &[u8]| line.trim_ascii().first().copied();
    let mut begin = lines(head).filter_map(first).take(LOOKED_AT).peekable();
    begin.peek().is_some() && !begin.any(|byte| matches!(byte, b'{' | b'['))
}

fn has_marks(head: &[u8]) -> bool {
    MARKS.iter().any(|mark| memmem::find(head, mark.as_bytes()).is_some())
}
