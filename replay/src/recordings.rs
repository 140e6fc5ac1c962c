//! Recordings played on all processors: one file of many calls as well as many files.
//!
//! A round is some blocks of lines. The lines are read, each block by whoever is free; then what they say is heard, each
//! share of the calls by whoever is free, in the order of the lines. Which calls are in which share, their names' hashes
//! say, so that a call is always heard in the same one. Nothing else is kept of a recording, however long it is.

use crate::blocks::{Block, Blocks, lines};
use crate::input::cannot_be_read;
use crate::judged::{Findings, Judged};
use device_monitoring::config::Configuration;
use device_monitoring::recording::{self, Entry, Said};
use device_monitoring::replay::{Calls, MOST_OPEN, NO_CALL, Problem, Skipped, Told};
use device_monitoring::units::Timestamp;
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::{self, Read};

/// Shares of the calls, for each processor: more than one, so that nobody waits long for the slowest.
const SHARES: usize = 4;
/// Blocks in a round, for each processor.
const BLOCKS: usize = 8;

/// What takes the calls; where it fails, nothing more is played.
pub(crate) type Each<'a> = &'a mut dyn FnMut(Judged) -> io::Result<()>;

/// Something that a line says.
struct Heard<'a> {
    /// In its block, from 0.
    line: usize,
    at: Timestamp,
    name: Cow<'a, str>,
    said: Said,
}

/// What one block says.
#[derive(Default)]
struct FromBlock<'a> {
    lines: usize,
    /// By share.
    heard: Vec<Vec<Heard<'a>>>,
    problems: Vec<Problem>,
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
    pub(crate) fn play(&self, reader: impl Read + Send, each: Each<'_>) -> io::Result<Findings> {
        let shares = if self.threads == 1 { 1 } else { SHARES * self.threads };
        let blocks_in_round = if self.threads == 1 { 1 } else { BLOCKS * self.threads };
        let most_open = MOST_OPEN.div_ceil(shares);
        let calls = |_| Calls::new(self.configurations, most_open).keeping_series(self.keeps_series);
        let mut shares: Vec<(Calls, Told)> = (0..shares).map(|share| (calls(share), Told::default())).collect();
        let mut blocks = Blocks::new(reader);
        let mut spare = Vec::new();
        let (mut round, mut failed) = take_round(&mut blocks, blocks_in_round, &mut spare);
        let mut findings = Findings::default();
        let mut line = 0;
        let mut is_about_a_call = false;
        while !round.is_empty() {
            let count = shares.len();
            let mut heard = || {
                let first = line;
                let read = self.read(&round, count, first == 0);
                hear(&mut shares, read, &mut line, &mut findings, &mut is_about_a_call);
            };
            // While this round is played, the next one is fetched.
            let next = if failed.is_some() {
                heard();
                (Vec::new(), None)
            } else if self.threads == 1 {
                heard();
                take_round(&mut blocks, blocks_in_round, &mut spare)
            } else {
                rayon::join(heard, || take_round(&mut blocks, blocks_in_round, &mut spare)).1
            };
            hand_over(&mut shares, &mut findings, each)?;
            spare.append(&mut round);
            round = next.0;
            failed = failed.or(next.1);
        }
        shares.iter_mut().for_each(|(calls, told)| calls.finish(told));
        hand_over(&mut shares, &mut findings, each)?;
        if let Some(error) = failed {
            findings.problem(Problem { line: 0, message: cannot_be_read(&error) });
        }
        if !is_about_a_call && findings.is_flawless() {
            findings.problem(Problem { line: 0, message: NO_CALL.to_owned() });
        }
        Ok(findings)
    }

    fn read<'a>(&self, round: &'a [Block], shares: usize, is_first: bool) -> Vec<FromBlock<'a>> {
        let read = |(index, block): (usize, &'a Block)| read_block(block.bytes(), shares, is_first && index == 0);
        if self.threads == 1 {
            round.iter().enumerate().map(|(index, block)| read((index, block))).collect()
        } else {
            round.par_iter().enumerate().map(|(index, block)| read((index, block))).collect()
        }
    }
}

/// The next blocks, and what kept there from being more.
fn take_round<R: Read>(
    blocks: &mut Blocks<R>,
    count: usize,
    spare: &mut Vec<Block>,
) -> (Vec<Block>, Option<io::Error>) {
    let mut round = Vec::new();
    while round.len() < count {
        match blocks.next(spare.pop().unwrap_or_default()) {
            Ok(Some(block)) => round.push(block),
            Ok(None) => break,
            Err(error) => return (round, Some(error)),
        }
    }
    (round, None)
}

fn read_block(block: &[u8], shares: usize, is_first: bool) -> FromBlock<'_> {
    // Lines have some 400 bytes. Room that has to be made later has to be filled again.
    let room = || Vec::with_capacity(block.len() / 400 / shares + 16);
    let mut read = FromBlock { heard: (0..shares).map(|_| room()).collect(), ..FromBlock::default() };
    for (line, bytes) in lines(block).enumerate() {
        read.lines = line + 1;
        match recording::read_bytes(bytes, is_first && line == 0) {
            Ok(None | Some(Entry { said: Said::Nothing, .. })) => {}
            Ok(Some(Entry { said: Said::Unknown(what), .. })) => Skipped::count(&mut read.skipped, line, what, 1),
            Ok(Some(Entry { at, said: Said::StartedAt(started), .. })) => {
                for share in &mut read.heard {
                    share.push(Heard { line, at, name: Cow::Borrowed(""), said: Said::StartedAt(started) });
                }
            }
            Ok(Some(Entry { at, call, said })) => {
                read.is_about_a_call = true;
                let name = call.unwrap_or_default();
                if let Some(share) = read.heard.get_mut(share_of(&name, shares)) {
                    share.push(Heard { line, at, name, said });
                }
            }
            Err(message) => read.problems.push(Problem { line, message }),
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

/// Every share hears what the blocks say to it, in their order.
fn hear(
    shares: &mut [(Calls, Told)],
    read: Vec<FromBlock<'_>>,
    line: &mut usize,
    findings: &mut Findings,
    is_about_a_call: &mut bool,
) {
    // What each block says to each share, with the number of its first line.
    let mut parts: Vec<Vec<(usize, Vec<Heard<'_>>)>> = shares.iter().map(|_| Vec::new()).collect();
    for block in read {
        // Lines are counted from 1.
        let first = *line + 1;
        *line += block.lines;
        *is_about_a_call |= block.is_about_a_call;
        for Problem { line, message } in block.problems {
            findings.problem(Problem { line: first + line, message });
        }
        for Skipped { line, what, count } in block.skipped {
            Skipped::count(&mut findings.skipped, first + line, what, count);
        }
        for (part, heard) in parts.iter_mut().zip(block.heard) {
            part.push((first, heard));
        }
    }
    let hear = |((calls, told), part): (&mut (Calls, Told), Vec<(usize, Vec<Heard<'_>>)>)| {
        for (first, heard) in part {
            for Heard { line, at, name, said } in heard {
                calls.hear(first + line, at, &name, said, told);
            }
        }
    };
    if shares.len() == 1 {
        shares.iter_mut().zip(parts).for_each(hear);
    } else {
        shares.par_iter_mut().zip(parts).for_each(hear);
    }
}

fn hand_over(shares: &mut [(Calls, Told)], findings: &mut Findings, each: Each<'_>) -> io::Result<()> {
    let mut finished = Vec::new();
    for (_, told) in shares {
        finished.append(&mut told.finished);
        told.problems.drain(..).for_each(|problem| findings.problem(problem));
    }
    finished.sort_by_key(|finished| finished.line);
    finished.into_iter().try_for_each(|finished| each(Judged::recorded(finished)))
}
