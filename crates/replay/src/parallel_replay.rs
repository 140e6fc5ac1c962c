//! Recordings played on all processors: one file of many calls as well as many files.
//!
//! A round is some blocks of lines. The lines are read, each block by whoever is free; then what they say is heard, each
//! share of the calls by whoever is free, in the order of the lines. Which calls are in which share, their names' hashes
//! say, so that a call is always heard in the same one. Nothing else is kept of a recording, however long it is.

use crate::judged_call::{CallSink, Findings, JudgedCall, MAX_PROBLEMS, cannot_be_read};
use crate::line_blocks::{Block, Blocks, lines};
use device_monitoring::replay::recording::{self, Content, Entry};
use device_monitoring::replay::{Calls, Finished, MAX_OPEN, NO_CALL, Problem, ReplayOutput, Skipped, WRAP_UP_LINES};
use device_monitoring::{Configuration, Timestamp, WallTime};
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::{self, Read};

/// Shares of the calls, for each processor: more than one, so that nobody waits long for the slowest.
const SHARES: usize = 4;
/// Blocks in a round, for each processor.
const BLOCKS: usize = 8;

/// The content of a line, and whose it is.
struct ParsedLine<'a> {
    /// In its block, from 0.
    line: usize,
    at: Timestamp,
    name: Cow<'a, str>,
    content: Content,
}

/// A line that says when the recording began. It is for every share, and kept once.
#[derive(Clone, Copy)]
struct Start {
    line: usize,
    at: Timestamp,
    started_at: WallTime,
}

/// The content of one block.
#[derive(Default)]
struct FromBlock<'a> {
    lines: usize,
    /// By share.
    parsed: Vec<Vec<ParsedLine<'a>>>,
    starts: Vec<Start>,
    /// Up to as many as are told of a whole recording.
    problems: Vec<Problem>,
    /// How many more there are.
    more: usize,
    skipped: Vec<Skipped>,
    is_about_a_call: bool,
}

/// Plays recordings under some configurations.
pub(crate) struct Recordings<'a> {
    pub(crate) configurations: &'a [Configuration],
    pub(crate) keeps_series: bool,
    /// Processors to be used for one recording.
    pub(crate) threads: usize,
}

impl Recordings<'_> {
    /// Plays one, and hands over every call when it is known that none that ended before it is still to come.
    pub(crate) fn play(&self, reader: impl Read + Send, each: CallSink<'_>) -> io::Result<Findings> {
        let alone = self.threads == 1;
        let shares = if alone { 1 } else { SHARES * self.threads };
        let in_a_round = if alone { 1 } else { BLOCKS * self.threads };
        let share = |_| Share {
            calls: Calls::new(self.configurations, MAX_OPEN.div_ceil(shares)).keeping_series(self.keeps_series),
            output: ReplayOutput::default(),
        };
        let mut playing = Playing { shares: (0..shares).map(share).collect(), ..Playing::default() };
        let mut blocks = Blocks::new(reader);
        let mut spare = Vec::new();
        let mut round = take_round(&mut blocks, in_a_round, &mut spare);
        while !round.blocks.is_empty() {
            // While this round is played, the next one is fetched.
            let next = if alone {
                playing.play(&round.blocks);
                take_round(&mut blocks, in_a_round, &mut spare)
            } else {
                rayon::join(|| playing.play(&round.blocks), || take_round(&mut blocks, in_a_round, &mut spare)).1
            };
            playing.hand_over(each, WRAP_UP_LINES)?;
            spare.append(&mut round.blocks);
            round = Round { failed: round.failed.or(next.failed), blocks: next.blocks };
        }
        playing.shares.iter_mut().for_each(|Share { calls, output }| calls.finish(output));
        playing.hand_over(each, 0)?;
        let Playing { mut findings, is_about_a_call, .. } = playing;
        if let Some(error) = round.failed {
            findings.problem(Problem { line: 0, message: cannot_be_read(&error) });
        }
        findings.is_about_a_call = is_about_a_call;
        if !is_about_a_call && findings.is_flawless() {
            findings.problem(Problem { line: 0, message: NO_CALL.to_owned() });
        }
        Ok(findings)
    }
}

/// Some blocks, and what kept there from being more.
#[derive(Default)]
struct Round {
    blocks: Vec<Block>,
    failed: Option<io::Error>,
}

/// Some of the calls, always the same.
struct Share {
    calls: Calls,
    output: ReplayOutput,
}

/// A share's lines from some blocks, each with the number of the block's first line.
type Part<'a> = Vec<(usize, Vec<ParsedLine<'a>>)>;

/// A recording that is being played.
#[derive(Default)]
struct Playing {
    shares: Vec<Share>,
    /// Lines so far.
    lines: usize,
    is_about_a_call: bool,
    findings: Findings,
    /// Calls that ended, in the order in which they did, and may still be reported by their agents.
    wrap_up: Vec<Finished>,
}

impl Playing {
    fn play(&mut self, round: &[Block]) {
        let (shares, is_first) = (self.shares.len(), self.lines == 0);
        let read = |(index, block): (usize, _)| read_block(Block::bytes(block), shares, is_first && index == 0);
        if shares == 1 {
            let read: Vec<_> = round.iter().enumerate().map(read).collect();
            let (parts, starts) = self.sort(read);
            self.shares.iter_mut().zip(parts).for_each(|share| process(share, &starts));
        } else {
            let read: Vec<_> = round.par_iter().enumerate().map(read).collect();
            let (parts, starts) = self.sort(read);
            self.shares.par_iter_mut().zip(parts).for_each(|share| process(share, &starts));
        }
    }

    /// The lines of blocks, by share, and those for every share.
    fn sort<'a>(&mut self, read: Vec<FromBlock<'a>>) -> (Vec<Part<'a>>, Vec<Start>) {
        let mut parts: Vec<Part<'a>> = self.shares.iter().map(|_| Part::new()).collect();
        let mut starts = Vec::new();
        for block in read {
            // Lines are counted from 1.
            let first = self.lines + 1;
            self.lines += block.lines;
            self.is_about_a_call |= block.is_about_a_call;
            for Problem { line, message } in block.problems {
                self.findings.problem(Problem { line: first + line, message });
            }
            self.findings.more += block.more;
            for Skipped { line, what, count } in block.skipped {
                Skipped::count(&mut self.findings.skipped, first + line, what, count);
            }
            for (part, parsed) in parts.iter_mut().zip(block.parsed) {
                part.push((first, parsed));
            }
            starts.extend(block.starts.into_iter().map(|start| Start { line: first + start.line, ..start }));
        }
        (parts, starts)
    }

    /// All calls but those that ended in the last so many lines.
    fn hand_over(&mut self, each: CallSink<'_>, wrap_up: usize) -> io::Result<()> {
        for Share { output, .. } in &mut self.shares {
            self.wrap_up.append(&mut output.finished);
            output.problems.drain(..).for_each(|problem| self.findings.problem(problem));
            self.findings.more += std::mem::take(&mut output.more);
        }
        self.wrap_up.sort_by_key(|finished| finished.line);
        for Share { output, .. } in &mut self.shares {
            output.amended.drain(..).for_each(|amended| amended.apply(&mut self.wrap_up));
        }
        let over = self.wrap_up.partition_point(|finished| finished.line + wrap_up <= self.lines);
        self.wrap_up.drain(..over).try_for_each(|finished| each(JudgedCall::recorded(finished)))
    }
}

/// Processes a share's lines and those for every share, in their order.
fn process((Share { calls, output }, part): (&mut Share, Part<'_>), starts: &[Start]) {
    let mut starts = starts.iter().copied().peekable();
    let mut begin = |calls: &mut Calls, output: &mut ReplayOutput, until: usize| {
        while let Some(Start { line, at, started_at }) = starts.next_if(|start| start.line < until) {
            calls.process(line, at, "", Content::StartedAt(started_at), output);
        }
    };
    for (first, parsed) in part {
        for ParsedLine { line, at, name, content } in parsed {
            begin(calls, output, first + line);
            calls.process(first + line, at, &name, content, output);
        }
    }
    begin(calls, output, usize::MAX);
}

fn take_round<R: Read>(blocks: &mut Blocks<R>, count: usize, spare: &mut Vec<Block>) -> Round {
    let mut round = Round::default();
    while round.blocks.len() < count && round.failed.is_none() {
        match blocks.next(spare.pop().unwrap_or_default()) {
            Ok(Some(block)) => round.blocks.push(block),
            Ok(None) => break,
            Err(error) => round.failed = Some(error),
        }
    }
    round
}

fn read_block(block: &[u8], shares: usize, is_first: bool) -> FromBlock<'_> {
    // Lines have some 400 bytes. Room that has to be made later has to be filled again.
    let room = || Vec::with_capacity(block.len() / 400 / shares + 16);
    let mut read = FromBlock { parsed: (0..shares).map(|_| room()).collect(), ..FromBlock::default() };
    for (line, bytes) in lines(block).enumerate() {
        read.lines = line + 1;
        match recording::read_bytes(bytes, is_first && line == 0) {
            Ok(None | Some(Entry { content: Content::Nothing, .. })) => {}
            Ok(Some(Entry { content: Content::Unknown(what), .. })) => Skipped::count(&mut read.skipped, line, what, 1),
            Ok(Some(Entry { at, content: Content::StartedAt(started_at), .. })) => {
                read.starts.push(Start { line, at, started_at });
            }
            Ok(Some(Entry { at, call, content })) => {
                read.is_about_a_call = true;
                let name = call.unwrap_or_default();
                if let Some(share) = read.parsed.get_mut(share_of(&name, shares)) {
                    share.push(ParsedLine { line, at, name, content });
                }
            }
            Err(message) if read.problems.len() < MAX_PROBLEMS => read.problems.push(Problem { line, message }),
            Err(_) => read.more += 1,
        }
    }
    read
}

/// By the end of the name: CallSids are random to their last digit, and a better hash would take longer than the line.
fn share_of(name: &str, shares: usize) -> usize {
    let bytes = name.as_bytes().iter().rev().take(8);
    let hash = bytes.fold(0_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    ((hash >> 16) % shares as u64) as usize
}
