//! What Twilio exports about calls, in all the shapes in which it does.
//!
//! | source | shape | what a row stands for |
//! | --- | --- | --- |
//! | the Voice SDK's own posts | `EndpointMetrics`, `EndpointEvents` | a second; a moment |
//! | Voice Insights API | pages of metrics and events, a summary | ten seconds; a moment; the call |
//! | Event Streams | CloudEvents, one, an array or JSON Lines | the same |
//!
//! A reader turns each into rows of (call, time, what): element by element (`stream`), out of its envelopes
//! (`envelope`), whatever its shape (`shapes`). A call's rows may come in any order and from many inputs, so they are
//! gathered (`gather`) before the call is put together (`call`) and judged (`judge`). What stands for ten seconds is first
//! made into seconds that are as good and as bad (`estimate`). Where something else gathers them, rows are bytes in
//! between (`encoded`).

mod call;
mod envelope;
mod fields;
mod gather;
mod har;
mod json_stream;
mod json_values;
mod judge;
mod parse;
mod per_second_estimate;
mod read;
mod row;
mod row_encoding;
mod spool;
mod value_error;

pub use call::{ExportedCall, ExportedEvent};
pub use gather::{Gathered, Rows};
pub use row_encoding::{EncodedRow, RowsOfCall, encode};

use crate::line_blocks::lines;
use device_monitoring::replay::recording::LONGEST_LINE;
use envelope::Kind;
use json_stream::{Elements, Place};
use json_values::{Values, without_space_around};
use memchr::memmem;
use serde_json::Value;

// What reading dumps shares with reading exports.
pub(crate) use fields::milliseconds;
pub(crate) use json_stream::{Metered, Room};
pub(crate) use json_values::{BYTE_ORDER_MARK, NotJson, WithoutMarks};

/// Lines at the beginning of an input that are looked at: one may be broken.
const MAX_LINES_TO_RECOGNISE: usize = 20;
/// What only an export has near its beginning.
const EXPORT_MARKS: [&str; 8] = [
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
    pub fn detect(head: &[u8]) -> Self {
        let mut looked_at = lines(head).filter(|line| !without_mark(line).is_empty()).take(MAX_LINES_TO_RECOGNISE + 1);
        let (mut is_json, mut is_broken) = (false, false);
        for (index, line) in looked_at.by_ref().take(MAX_LINES_TO_RECOGNISE).enumerate() {
            let mut looks = Looks::default();
            match Values::new(line).next().map(|value| value?.read(&mut looks)) {
                None => {}
                Some(Ok(())) if looks.recorded => return Self::Recording,
                Some(Ok(())) if looks.exported => {
                    let is_one_of_many = index > 0 || looked_at.next().is_some();
                    let is_line = is_one_of_many && line.len() <= LONGEST_LINE && !is_laid_out(head);
                    return if is_line { Self::Lines } else { Self::Document };
                }
                Some(Ok(())) => is_json = true,
                Some(Err(error)) if index == 0 && error.is_cut && is_document(head) => return Self::Document,
                Some(Err(_)) => is_broken = true,
            }
        }
        if is_json && !is_broken { Self::Document } else { Self::Recording }
    }
}

/// What a line looks like.
#[derive(Default)]
struct Looks {
    recorded: bool,
    exported: bool,
}

impl Elements for Looks {
    fn element(&mut self, place: &Place, kind: Kind, _: Value) {
        match kind {
            Kind::Recorded => self.recorded |= place.is_outermost(),
            Kind::Other => {}
            _ => self.exported = true,
        }
    }

    fn empty_list(&mut self) {
        self.exported = true;
    }
}

/// Whether what begins with a line that is no value is one all the same, with the lines after it.
fn is_document(head: &[u8]) -> bool {
    match Values::new(head).next() {
        Some(Ok(_)) => true,
        // No line of a recording is as long.
        Some(Err(error)) if error.is_cut && (lines(head).count() > 1 || head.len() > LONGEST_LINE) => true,
        _ => EXPORT_MARKS.iter().any(|mark| memmem::find(head, mark.as_bytes()).is_some()),
    }
}

/// Whether a value at the beginning goes over several lines, though the first does not, and there is nothing but values.
fn is_laid_out(head: &[u8]) -> bool {
    let is_cut = |line: &[u8]| Values::new(line).any(|value| value.is_err_and(|error| error.is_cut));
    lines(head).take(MAX_LINES_TO_RECOGNISE).any(is_cut)
        && Values::new(head).all(|value| value.map_or_else(|error| error.is_cut, |_| true))
}

/// How a report in JSON begins: what an earlier run has left in the folder.
#[cfg(feature = "command")]
const REPORT_PREFIX: &str = "{\"file\":";

/// How archives and packed files begin that are not unpacked: zip, xz, bzip2, 7z; and gzip and zstd a second time.
const OTHER_ARCHIVES: [&[u8]; 6] =
    [b"PK\x03\x04", b"\xfd7zXZ\0", b"BZh", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"];

/// Why nothing of an input is read, whatever lines are in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is text of two bytes a character.
    Utf16,
    /// It is an archive.
    Archive,
}

impl Unreadable {
    /// By the beginning of an input; `None` if its lines can be read.
    #[must_use]
    pub fn detect(head: &[u8]) -> Option<Self> {
        if is_utf16(head) {
            return Some(Self::Utf16);
        }
        is_archive(head).then_some(Self::Archive)
    }

    /// For a person to read.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Utf16 => "it is text in UTF-16, and not read: save it as UTF-8",
            Self::Archive => "it is an archive, or packed in a way that is not read: unpack it first",
        }
    }
}

/// Whether it is an archive. Of a tar, lines in the middle look like a recording's, though files end between them.
fn is_archive(head: &[u8]) -> bool {
    const TAR: &[u8] = b"ustar";
    // Behind the name of its first file, which is filled up with zeros.
    let is_tar = |(name, rest): (&[u8], &[u8])| name.contains(&0) && rest.starts_with(TAR);
    OTHER_ARCHIVES.iter().any(|mark| head.starts_with(mark)) || head.split_at_checked(257).is_some_and(is_tar)
}

/// Whether a file has nothing to do with calls, or is what is said about them: no line at its beginning begins as JSON
/// does. A recording that is broken throughout still does.
#[cfg(feature = "command")]
pub(crate) fn is_something_else(head: &[u8]) -> bool {
    if head.starts_with(REPORT_PREFIX.as_bytes()) {
        return true;
    }
    let first = |line: &[u8]| without_mark(line).first().copied();
    let mut begin = lines(head).filter_map(first).take(MAX_LINES_TO_RECOGNISE).peekable();
    begin.peek().is_some() && !begin.any(|byte| matches!(byte, b'{' | b'['))
}

/// Whether it has only one line: then what is wrong with that line says more than that it is something else.
#[cfg(feature = "command")]
pub(crate) fn is_one_line(head: &[u8]) -> bool {
    lines(head).filter(|line| !without_mark(line).is_empty()).count() == 1
}

/// Whether it is text of two bytes a character, as some shells of Windows write what they are given.
fn is_utf16(head: &[u8]) -> bool {
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
    Values::new(bytes).all(|value| value.is_ok())
}

/// A line without what some editors put before it, and without spaces around it.
pub(crate) fn without_mark(line: &[u8]) -> &[u8] {
    let line = without_space_around(line);
    without_space_around(line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line))
}
