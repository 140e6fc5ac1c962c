//! Reading exports from a stream: line by line on all processors, or value by value.

use super::envelope::{self, Kind};
use super::gather::{Rows, Seen};
use super::json_stream::{self, Elements, Metered, Place, Room};
use super::json_values::{NotJson, Values, WithoutMarks};
use super::value_error::{ValueError, ValueErrors};
use super::{Source, without_mark};
use crate::judged_call::{Findings, MAX_PROBLEMS, cannot_be_read};
use crate::line_blocks::{Block, Blocks, lines};
use device_monitoring::replay::recording::LONGEST_LINE;
use device_monitoring::replay::{Problem, Skipped};
use rayon::prelude::*;
use serde_json::Value;
use std::fmt::Display;
use std::io::{self, Read};

/// What takes the rows; where it fails, nothing more is read.
pub(crate) type Keep<'a> = &'a mut dyn FnMut(Rows) -> io::Result<()>;

/// Blocks that are read at the same time, for each processor.
const BLOCKS_PER_PROCESSOR: usize = 4;
/// Rows of a document that are handed on together.
const ROWS_AT_ONCE: usize = 1000;

impl Source {
    /// Reads exports.
    ///
    /// # Errors
    /// When the rows cannot be kept. What cannot be read is among the findings.
    pub fn read(self, reader: impl Read + Send, keep: &mut dyn FnMut(Rows) -> io::Result<()>) -> io::Result<Findings> {
        if self == Self::Lines { read_lines(reader, keep) } else { read_document(reader, keep) }
    }
}

/// What is said of an input, and what was seen in it.
#[derive(Default)]
struct Reading {
    findings: Findings,
    seen: Seen,
    /// Values that are no export, and errors that Twilio answered with: the first of each, and how many there are.
    unknown: Option<(Problem, usize)>,
    answered: Option<(Problem, usize)>,
}

impl Reading {
    /// Something could not be used. For a value that is no export, one sentence is enough.
    fn wrong(&mut self, line: usize, place: impl Display, wrong: &ValueError) {
        let problem = || Problem { line, message: format!("{place}{}", wrong.message()) };
        let (first, problem) = match wrong {
            ValueError::Broken(_) => return self.findings.problem_with(problem),
            ValueError::Unknown(_) => (&mut self.unknown, problem),
            ValueError::Answered(_) => (&mut self.answered, problem),
        };
        match first {
            Some((_, count)) => *count += 1,
            None => *first = Some((problem(), 1)),
        }
    }

    fn take(&mut self, mut rows: Rows, first: usize, keep: Keep<'_>) -> io::Result<()> {
        for Skipped { line, what, count } in rows.take_skipped() {
            Skipped::count(&mut self.findings.skipped, first + line, what, count);
        }
        self.seen.add(std::mem::take(&mut rows.seen));
        keep(rows)
    }

    /// There is nothing more.
    fn findings(self) -> Findings {
        let Self { mut findings, seen, unknown, answered } = self;
        // What a file is that holds no export does not matter, unless it is an error of the API's.
        let is_something_else = seen.known == 0 && seen.empty == 0 && findings.is_flawless();
        findings.is_something_else = is_something_else && unknown.is_some() && answered.is_none();
        let unknown = match unknown {
            Some(_) if is_something_else && answered.is_some() => None,
            Some((_, count)) if is_something_else && count > 1 => {
                Some((Problem { line: 0, message: SOMETHING_ELSE.to_owned() }, 1))
            }
            Some((problem, count)) if is_something_else => Some((Problem { line: 0, ..problem }, count)),
            unknown => unknown,
        };
        for (Problem { line, message }, count) in answered.into_iter().chain(unknown) {
            let line = if is_something_else { 0 } else { line };
            let more = if count > 1 { format!("; and {} more like it", count - 1) } else { String::new() };
            findings.problem(Problem { line, message: message + &more });
        }
        if seen.without_call > 0 {
            findings.notes.push(WITHOUT_CALL.into());
        } else if seen.rows == 0 && findings.is_flawless() && findings.skipped.is_empty() {
            let nothing = match seen {
                Seen { other_legs: 1.., .. } => NOTHING_OF_AGENTS,
                Seen { empty: 1.., .. } => EMPTY,
                _ => NOTHING_OF_CALLS,
            };
            findings.notes.push(nothing.into());
        }
        findings
    }
}

/// More than one thing in a file, and none of them is ours.
const SOMETHING_ELSE: &str = "neither a recording nor anything that Twilio exports about a call";
const WITHOUT_CALL: &str = "what the Voice SDK posted before its call had a CallSid is left out";
const NOTHING_OF_AGENTS: &str = "nothing in it is about an agent's browser";
const EMPTY: &str = "its list is empty";
const NOTHING_OF_CALLS: &str = "nothing in it tells when a call was, or how";

/// What one block says.
#[derive(Default)]
pub(super) struct FromBlock {
    lines: usize,
    pub(super) rows: Rows,
    pub(super) wrong: Vec<(usize, ValueError)>,
    /// Values that are broken: as many as are told are among `wrong`.
    broken: usize,
}

impl FromBlock {
    fn wrong(&mut self, line: usize, wrong: ValueError) {
        let is_broken = matches!(wrong, ValueError::Broken(_));
        self.broken += usize::from(is_broken);
        if !is_broken || self.broken <= MAX_PROBLEMS {
            self.wrong.push((line, wrong));
        }
    }
}

fn read_lines(reader: impl Read + Send, keep: Keep<'_>) -> io::Result<Findings> {
    let mut reading = Reading::default();
    let mut blocks = Blocks::new(reader);
    let mut line = 0;
    loop {
        let mut round = Vec::new();
        let mut failed = None;
        while round.len() < BLOCKS_PER_PROCESSOR * rayon::current_num_threads() {
            match blocks.next(Block::default()) {
                Ok(Some(block)) => round.push(block),
                Ok(None) => break,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let is_over = round.is_empty();
        let read: Vec<FromBlock> = round.par_iter().map(|block| read_block(block.bytes())).collect();
        for FromBlock { lines, rows, wrong, broken } in read {
            let first = line + 1;
            line += lines;
            reading.findings.more += broken.saturating_sub(MAX_PROBLEMS);
            for (line, wrong) in wrong {
                reading.wrong(first + line, "", &wrong);
            }
            reading.take(rows, first, keep)?;
        }
        if let Some(error) = failed {
            reading.wrong(0, "", &cannot_be_read(&error).into());
            return Ok(reading.findings());
        }
        if is_over {
            return Ok(reading.findings());
        }
    }
}

pub(super) fn read_block(block: &[u8]) -> FromBlock {
    let mut read = FromBlock::default();
    for (line, bytes) in lines(block).enumerate() {
        read.lines = line + 1;
        read.rows.at_line(line);
        let bytes = without_mark(bytes);
        if bytes.len() > LONGEST_LINE {
            read.wrong(line, format!("longer than {LONGEST_LINE} bytes").into());
            continue;
        }
        for value in Values::new(bytes) {
            let mut of_value = OfLine { rows: &mut read.rows, wrongs: ValueErrors::default() };
            let whole = value.and_then(|value| value.read(&mut of_value));
            let first = of_value.wrongs.first();
            let broken = whole.err().map(|error| error.message().into());
            first.into_iter().chain(broken).for_each(|wrong| read.wrong(line, wrong));
        }
    }
    read
}

/// Makes rows of what a value of a line holds; of what is wrong with it, the first is enough.
struct OfLine<'a> {
    rows: &'a mut Rows,
    wrongs: ValueErrors,
}

impl Elements for OfLine<'_> {
    fn element(&mut self, place: &Place, kind: Kind, value: Value) {
        if let Err(wrong) = envelope::read(kind, &value, self.rows) {
            self.wrongs.add(place, wrong);
        }
    }

    fn empty_list(&mut self) {
        self.rows.seen.empty += 1;
    }
}

fn read_document(reader: impl Read, keep: Keep<'_>) -> io::Result<Findings> {
    let mut reading = Reading::default();
    let room = Room::default();
    let reader = Metered { reader: WithoutMarks::new(reader), room: room.clone() };
    let mut json = serde_json::Deserializer::from_reader(reader);
    loop {
        // Whether anything follows is checked first: the end is no broken value.
        room.set(usize::MAX);
        match json.end() {
            Ok(()) => return Ok(reading.findings()),
            Err(error) if error.is_io() => {
                reading.wrong(0, "", &cannot_be_read(&error.into()).into());
                return Ok(reading.findings());
            }
            Err(_) => {}
        }
        let mut document = OfDocument { rows: Rows::default(), reading: &mut reading, keep: &mut *keep, failed: None };
        let read = json_stream::read(&mut json, &room, &mut document);
        let OfDocument { rows, failed, .. } = document;
        if let Some(error) = failed {
            return Err(error);
        }
        reading.take(rows, 0, keep)?;
        if let Err(error) = read {
            let line = if error.is_io() { 0 } else { error.line() };
            let message = if error.is_io() { cannot_be_read(&error.into()) } else { NotJson::new(&error, 0).message() };
            reading.wrong(line, "", &format!("{message}; what comes after it is not read").into());
            return Ok(reading.findings());
        }
    }
}

/// Makes rows of what a document holds, some at a time.
struct OfDocument<'a, 'b> {
    rows: Rows,
    reading: &'a mut Reading,
    keep: &'a mut (dyn FnMut(Rows) -> io::Result<()> + 'b),
    failed: Option<io::Error>,
}

impl Elements for OfDocument<'_, '_> {
    fn element(&mut self, place: &Place, kind: Kind, value: Value) {
        if let Err(wrong) = envelope::read(kind, &value, &mut self.rows) {
            self.reading.wrong(0, place, &wrong);
        }
        if self.rows.len() >= ROWS_AT_ONCE && self.failed.is_none() {
            self.failed = self.reading.take(std::mem::take(&mut self.rows), 0, &mut *self.keep).err();
        }
    }

    fn empty_list(&mut self) {
        self.rows.seen.empty += 1;
    }

    fn is_over(&self) -> bool {
        self.failed.is_some()
    }
}
