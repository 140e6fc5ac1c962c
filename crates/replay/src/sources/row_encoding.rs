//! Rows as bytes: for engines that bring the rows of a call together themselves, out of texts that they have read.

use super::call::{self, ExportedCall, Found};
use super::gather::{MAX_ROWS, Rows};
use super::read::read_block;
use super::row::Row;
use super::{Source, lines, without_mark};
use device_monitoring::replay::recording::LONGEST_LINE;
use std::io;

/// So much of a text tells what it is.
const HEAD: usize = 1 << 17;

/// A row, and which call it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedRow {
    /// The CallSid.
    pub call_sid: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// What it says.
    pub what: Vec<u8>,
}

/// Reads a text with exports, a line or a whole file: its rows, in their order, and what could not be used.
///
/// # Errors
/// A row cannot be written as bytes.
pub fn encode(text: &[u8]) -> io::Result<(Vec<EncodedRow>, Vec<String>)> {
    let (rows, problems) = read(text)?;
    let encoded = |row: Row| {
        let what = postcard::to_stdvec(&row.what).map_err(io::Error::other)?;
        Ok(EncodedRow { call_sid: row.call, at: row.at, what })
    };
    Ok((rows.into_rows().map(encoded).collect::<io::Result<_>>()?, problems))
}

fn read(text: &[u8]) -> io::Result<(Rows, Vec<String>)> {
    let head = text.get(..HEAD).unwrap_or(text);
    let is_line = text.len() <= LONGEST_LINE && lines(text).filter(|line| !without_mark(line).is_empty()).count() <= 1;
    if is_line || Source::detect(head) != Source::Document {
        let read = read_block(text);
        return Ok((read.rows, read.wrong.into_iter().map(|(_, wrong)| wrong.message().to_owned()).collect()));
    }
    let mut rows = Rows::default();
    let findings = Source::Document.read(text, &mut |more| {
        rows.append(more);
        Ok(())
    })?;
    Ok((rows, findings.problems.into_iter().map(|problem| problem.message).collect()))
}

/// The rows of one call, while they come.
#[derive(Default)]
pub struct RowsOfCall(Vec<Row>);

impl RowsOfCall {
    /// Takes the next. Those of the same moment count in the order in which they come. What is beyond the most that a
    /// call may have is left out.
    ///
    /// # Errors
    /// The bytes are no row's.
    pub fn push(&mut self, at: i64, what: &[u8]) -> io::Result<()> {
        if self.0.len() < MAX_ROWS {
            let what = postcard::from_bytes(what).map_err(io::Error::other)?;
            self.0.push(Row { call: String::new(), at, what });
        }
        Ok(())
    }

    /// The call, if it is an agent's, was accepted, and something is known of it.
    #[must_use]
    pub fn call(self, call_sid: String) -> Option<ExportedCall> {
        match call::put_together(call_sid, self.0) {
            Found::Call(call) => Some(*call),
            Found::WithoutData | Found::NeverAccepted | Found::OtherLeg => None,
        }
    }
}
