//! Reading exports from a stream: line by line on all processors, or value by value.

use super::gather::Rows;
use super::stream::{self, Elements, Metered, Place, Room};
use super::{Source, shapes};
use crate::blocks::{Block, Blocks, lines};
use crate::judged::{Findings, cannot_be_read};
use device_monitoring::recording::LONGEST_LINE;
use device_monitoring::replay::{Problem, Skipped};
use rayon::prelude::*;
use serde_json::Value;
use std::io::{self, BufReader, Read};

/// What takes the rows; where it fails, nothing more is read.
pub(crate) type Keep<'a> = &'a mut dyn FnMut(Rows) -> io::Result<()>;

/// Blocks that are read at the same time, for each processor.
const BLOCKS: usize = 4;
/// Rows of a document that are handed on together.
const TOGETHER: usize = 1000;

/// What is said of a page with two lists.
pub(crate) const ANOTHER_LIST: &str = "another list in the same page is not read";

impl Source {
    /// Reads exports.
    ///
    /// # Errors
    /// When the rows cannot be kept. What cannot be read is among the findings.
    pub fn read(self, reader: impl Read + Send, keep: &mut dyn FnMut(Rows) -> io::Result<()>) -> io::Result<Findings> {
        if self == Self::Lines { read_lines(reader, keep) } else { read_document(reader, keep) }
    }
}

/// What one block says.
#[derive(Default)]
struct FromBlock {
    lines: usize,
    rows: Rows,
    problems: Vec<Problem>,
}

fn read_lines(reader: impl Read + Send, keep: Keep<'_>) -> io::Result<Findings> {
    let mut findings = Findings::default();
    let mut blocks = Blocks::new(reader);
    let mut line = 0;
    loop {
        let mut round = Vec::new();
        let mut failed = None;
        while round.len() < BLOCKS * rayon::current_num_threads() {
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
        for FromBlock { lines, rows, problems } in read {
            let first = line + 1;
            line += lines;
            for Problem { line, message } in problems {
                findings.problem(Problem { line: first + line, message });
            }
            take(rows, first, &mut findings, keep)?;
        }
        if let Some(error) = failed {
            findings.problem(Problem { line: 0, message: cannot_be_read(&error) });
            return Ok(findings);
        }
        if is_over {
            return Ok(findings);
        }
    }
}

fn take(mut rows: Rows, first: usize, findings: &mut Findings, keep: Keep<'_>) -> io::Result<()> {
    for Skipped { line, what, count } in rows.take_skipped() {
        Skipped::count(&mut findings.skipped, first + line, what, count);
    }
    keep(rows)
}

fn read_block(block: &[u8]) -> FromBlock {
    let mut read = FromBlock::default();
    for (line, bytes) in lines(block).enumerate() {
        read.lines = line + 1;
        read.rows.at_line(line);
        let bytes = if line == 0 { bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes) } else { bytes };
        let bytes = bytes.trim_ascii_end();
        if bytes.is_empty() {
            continue;
        }
        let value = if bytes.len() > LONGEST_LINE {
            Err(format!("longer than {LONGEST_LINE} bytes"))
        } else {
            serde_json::from_slice(bytes).map_err(|error| not_json(&error))
        };
        if let Err(message) = value.and_then(|value: Value| shapes::read(&value, &mut read.rows)) {
            read.problems.push(Problem { line, message });
        }
    }
    read
}

fn not_json(error: &serde_json::Error) -> String {
    let said = error.to_string();
    format!("not JSON at column {}: {}", error.column(), said.split(" at line ").next().unwrap_or_default())
}

fn read_document(reader: impl Read, keep: Keep<'_>) -> io::Result<Findings> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let mut findings = Findings::default();
    skip_mark(&mut reader)?;
    let room = Room::default();
    let mut json = serde_json::Deserializer::from_reader(Metered { reader, room: room.clone() });
    loop {
        let mut to = IntoRows { rows: Rows::default(), findings: &mut findings, keep: &mut *keep, failed: None };
        let read = stream::value(&mut json, &room, &mut to);
        let IntoRows { rows, failed, .. } = to;
        if let Some(error) = failed {
            return Err(error);
        }
        take(rows, 0, &mut findings, keep)?;
        if let Err(error) = read {
            let line = if error.is_io() { 0 } else { error.line() };
            let message = if error.is_io() { cannot_be_read(&error.into()) } else { not_json(&error) };
            findings.problem(Problem { line, message: format!("{message}; what comes after it is not read") });
            return Ok(findings);
        }
        if json.end().is_ok() {
            return Ok(findings);
        }
    }
}

/// Some editors begin a file with a byte order mark.
fn skip_mark(reader: &mut impl io::BufRead) -> io::Result<()> {
    if reader.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
        reader.consume(3);
    }
    Ok(())
}

/// Makes rows of the elements of a document, some at a time.
struct IntoRows<'a> {
    rows: Rows,
    findings: &'a mut Findings,
    keep: Keep<'a>,
    failed: Option<io::Error>,
}

impl Elements for IntoRows<'_> {
    fn element(&mut self, place: &Place, value: &Value) -> bool {
        if let Err(message) = shapes::read(value, &mut self.rows) {
            self.findings.problem_with(|| Problem { line: 0, message: format!("{place}{message}") });
        }
        if self.rows.len() >= TOGETHER {
            self.failed = take(std::mem::take(&mut self.rows), 0, self.findings, self.keep).err();
        }
        self.failed.is_none()
    }

    fn another_list(&mut self, place: &Place) {
        self.findings.problem_with(|| Problem { line: 0, message: format!("{place}{ANOTHER_LIST}") });
    }
}
