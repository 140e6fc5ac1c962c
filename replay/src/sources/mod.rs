//! What Twilio exports about calls, in all the shapes in which it does.
//!
//! | source | shape | what a row stands for |
//! | --- | --- | --- |
//! | the Voice SDK's own posts | `EndpointMetrics`, `EndpointEvents` | a second; a moment |
//! | Voice Insights API | pages of metrics and events, a summary | ten seconds; a moment; the call |
//! | Event Streams | CloudEvents, one, an array or JSON Lines | the same |
//!
//! A reader ([`envelope`], [`shapes`]) turns each into rows of (call, time, what). A call's rows may come in any order and from many
//! inputs, so that they are gathered ([`gather`]) before the call is judged ([`judge`]); what stands for ten seconds is
//! first made into seconds that are as good and as bad ([`estimate`]).

mod envelope;
mod estimate;
mod fields;
mod gather;
mod judge;
mod read;
mod row;
mod shapes;
mod values;

pub use gather::{Gathered, Rows};

use crate::blocks::lines;
use device_monitoring::recording::LONGEST_LINE;
use memchr::memmem;
use serde::de::IgnoredAny;
use serde_json::Value;
use values::{MARK, Values};

/// Lines at the beginning of an input that are looked at: one may be broken.
const LOOKED_AT: usize = 20;
/// What only an export has near its beginning.
const MARKS: [&str; 8] = [
    "\"specversion\"",
    "\"call_sid\"",
    "\"callSid\"",
    "\"CallSid\"",
    "\"metrics\"",
    "\"events\"",
    "\"call_summaries\"",
    "\"callSummaries\"",
];

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
    /// By its beginning. What is neither JSON nor an export is taken for a recording, and what is wrong with it said
    /// line by line; of JSON that is something else, that is said once.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        let mut looked_at = lines(head).filter(|line| !without_mark(line).is_empty()).take(LOOKED_AT + 1);
        let (mut is_json, mut is_broken) = (false, false);
        for (index, line) in looked_at.by_ref().take(LOOKED_AT).enumerate() {
            match Values::new(line).next::<Value>() {
                None => {}
                Some(Ok(value)) if envelope::is_recorded(&value) => return Self::Recording,
                Some(Ok(value)) if envelope::is_exported(&value) => {
                    let is_one_of_many = index > 0 || looked_at.next().is_some();
                    let is_line = is_one_of_many && line.len() <= LONGEST_LINE && !is_laid_out(head);
                    return if is_line { Self::Lines } else { Self::Document };
                }
                Some(Ok(_)) => is_json = true,
                Some(Err(error)) if index == 0 && error.is_cut && is_document(head) => return Self::Document,
                Some(Err(_)) => is_broken = true,
            }
        }
        if is_json && !is_broken { Self::Document } else { Self::Recording }
    }
}

/// Whether what begins with a line that is no value is one all the same, with the lines after it.
fn is_document(head: &[u8]) -> bool {
    match Values::new(head).next::<IgnoredAny>() {
        Some(Ok(_)) => true,
        // No line of a recording is as long.
        Some(Err(error)) if error.is_cut && (lines(head).count() > 1 || head.len() > LONGEST_LINE) => true,
        _ => MARKS.iter().any(|mark| memmem::find(head, mark.as_bytes()).is_some()),
    }
}

/// Whether a value at the beginning goes over several lines, though the first does not, and there is nothing but values.
fn is_laid_out(head: &[u8]) -> bool {
    let is_cut = |line: &[u8]| {
        let mut values = Values::new(line);
        std::iter::from_fn(|| values.next::<IgnoredAny>()).any(|value| value.is_err_and(|error| error.is_cut))
    };
    if !lines(head).take(LOOKED_AT).any(is_cut) {
        return false;
    }
    let mut values = Values::new(head);
    std::iter::from_fn(|| values.next::<IgnoredAny>()).all(|value| value.map_or_else(|error| error.is_cut, |_| true))
}

/// Whether a file has nothing to do with calls: no line at its beginning begins as JSON does. A recording that is broken
/// throughout still does.
#[cfg(feature = "command")]
pub(crate) fn is_something_else(head: &[u8]) -> bool {
    let first = |line: &[u8]| without_mark(line).first().copied();
    let mut begin = lines(head).filter_map(first).take(LOOKED_AT).peekable();
    begin.peek().is_some() && !begin.any(|byte| matches!(byte, b'{' | b'['))
}

/// Whether it has a line only: what is wrong with that says more than that it is something else.
#[cfg(feature = "command")]
pub(crate) fn is_one_line(head: &[u8]) -> bool {
    lines(head).filter(|line| !without_mark(line).is_empty()).count() == 1
}

/// Whether it is text of two bytes a character, as some shells of Windows write what they are given.
#[cfg(feature = "command")]
pub(crate) fn is_utf16(head: &[u8]) -> bool {
    match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] => {
            first.is_ascii() && second.is_ascii() && *first != 0 && *second != 0
        }
        _ => false,
    }
}

/// Whether bytes are nothing but JSON values, one after the other.
pub(crate) fn are_values(bytes: &[u8]) -> bool {
    let mut values = Values::new(bytes);
    std::iter::from_fn(|| values.next::<Value>()).all(|value| value.is_ok())
}

/// A line without what some editors put before it, and without spaces around it.
fn without_mark(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    line.strip_prefix(MARK).unwrap_or(line).trim_ascii()
}
