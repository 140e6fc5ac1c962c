//! A run over all inputs: many small ones at the same time, a large one by itself on all processors.

use crate::dumps::Dump;
use crate::input::{Input, Reader};
use crate::judged_call::{Findings, JudgedCall, cannot_be_read};
use crate::line_blocks::lines;
use crate::output::{self, Format, Output};
use crate::parallel_replay::Recordings;
use crate::progress::Progress;
use crate::safe_output::say;
use crate::sources::{self, Gathered, Rows, Source, Unreadable};
use device_monitoring::Configuration;
use device_monitoring::replay::{Problem, Skipped, recording};
use rayon::prelude::*;
use std::io::{self, Cursor, Read, Write};

/// An input of no more than this, unpacked, is read as a whole, beside others.
const SMALL_BYTES: u64 = 2_000_000;
/// Small inputs that are read at the same time, for each processor.
const AT_A_TIME: usize = 4;

/// What is to be done.
pub struct Run<'a> {
    /// What is read, in the order in which it is told of.
    pub inputs: &'a [Input],
    /// What judges the calls; the others are compared with the first.
    pub configurations: &'a [Configuration],
    /// What the configurations are called.
    pub names: &'a [String],
    /// How it is told.
    pub format: Format,
    /// Whether there is a terminal to show the progress on.
    pub shows_progress: bool,
}

/// Whether a file is a recording, an export or a dump, and no report; a dump of this kind counts as none. Of a large file,
/// the beginning is enough. What cannot be read may be one.
#[must_use]
pub fn is_of_calls(input: &Input, but: Option<Dump>) -> bool {
    let Ok(reader) = input.open(|reader| reader) else { return true };
    let mut head = Vec::new();
    if reader.take(SMALL_BYTES).read_to_end(&mut head).is_err() {
        return true;
    }
    if Unreadable::detect(&head) == Some(Unreadable::Archive) || sources::is_something_else(&head) {
        return false;
    }
    if let Some(dump) = Dump::detect(&head) {
        return Some(dump) != but;
    }
    match Source::detect(&head) {
        Source::Recording => (1..).zip(lines(&head)).any(|(number, line)| {
            let entry = recording::read_bytes(line, number == 1);
            entry.is_ok_and(|entry| entry.is_some_and(|entry| entry.content.is_about_a_call()))
        }),
        exported => {
            let read = exported.read(Cursor::new(head), &mut |_| Ok(()));
            read.is_ok_and(|findings| !findings.is_something_else)
        }
    }
}

/// Opens an input that has to be a recording, and nothing else.
///
/// # Errors
/// Why it is not read, for a person; an input that lay in a folder is passed over.
pub fn open_recording(input: &Input) -> Result<Reader, NotRead> {
    let failed = |message: &str| NotRead::Failed(message.to_owned());
    let mut reader = input.open(|reader| reader).map_err(NotRead::Failed)?;
    let mut head = Vec::new();
    if let Err(error) = reader.by_ref().take(SMALL_BYTES).read_to_end(&mut head) {
        reader = Box::new(Failing(Some(error)));
    }
    let is_recording = Dump::detect(&head).is_none() && Source::detect(&head) == Source::Recording;
    let is_other = sources::is_something_else(&head) && (input.was_found || !sources::is_one_line(&head));
    match Unreadable::detect(&head) {
        None if is_recording && !is_other => Ok(Box::new(Cursor::new(head).chain(reader))),
        None | Some(Unreadable::Archive) if input.was_found => Err(NotRead::PassedOver),
        None => Err(failed("no recording")),
        Some(unreadable) => Err(failed(unreadable.message())),
    }
}

/// Why an input is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRead {
    /// It lay in a folder, and is something else.
    PassedOver,
    /// What is wrong with it, for a person.
    Failed(String),
}

/// How much could be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// Everything.
    Flawless,
    /// Not everything, or a call has no beginning or no end.
    Partly,
    /// Nothing: there was no call in anything that was read, and there should have been.
    Nothing,
}

/// What became of one input.
enum Taken {
    Played(Vec<JudgedCall>, Findings),
    Exported(Rows, Findings),
    Large(Reader, Source),
    LargeDump(Reader, Dump),
    /// Not read: it lay in a folder, and is something else.
    PassedOver,
}

impl Run<'_> {
    /// Reads, judges, writes. Gives how much of it could be used.
    ///
    /// # Errors
    /// When what is said cannot be written.
    pub fn run(&self, to: impl Write + Send) -> io::Result<Ran> {
        self.tell(output::new(self.format, to, self.names, self.configurations)?)
    }

    /// Reads, judges, and hands over every call with the name of its input, if it is of one alone. Nothing is written.
    ///
    /// # Errors
    /// When exported rows cannot be kept until all are read.
    pub fn judge(&self, each: &mut dyn FnMut(Option<&str>, &JudgedCall)) -> io::Result<Ran> {
        self.tell(Box::new(Each(each)))
    }

    fn tell(&self, mut out: Box<dyn Output + '_>) -> io::Result<Ran> {
        let progress = Progress::new(self.inputs, self.shows_progress);
        let mut gathered = Gathered::default();
        let mut notes = Notes::default();
        let (mut flawless, mut any) = (true, false);
        let mut is_read = false;
        let mut calls = 0;
        let mut rest = self.inputs;
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(self.batch(rest));
            rest = after;
            let taken: Vec<Taken> = match batch {
                [one] => vec![self.take(one, &progress)],
                many => many.par_iter().map(|input| self.take(input, &progress)).collect(),
            };
            for (input, taken) in batch.iter().zip(taken) {
                let name = Some(input.name.as_str());
                if matches!(taken, Taken::PassedOver) {
                    progress.aside(|| say(&format!("{}: neither a recording nor an export; passed over", input.name)));
                    continue;
                }
                is_read = true;
                out.begin(name)?;
                let mut each = |judged: JudgedCall| {
                    calls += 1;
                    if calls % 64 == 0 {
                        progress.calls(calls);
                    }
                    out.call(name, &judged)
                };
                let mut findings = match taken {
                    Taken::PassedOver => Findings::default(),
                    Taken::Played(judged, findings) => {
                        judged.into_iter().try_for_each(&mut each)?;
                        findings
                    }
                    Taken::Exported(rows, mut findings) => {
                        if let Err(error) = gathered.add(rows) {
                            findings.problem(Problem { line: 0, message: cannot_be_kept(&error) });
                        }
                        findings
                    }
                    Taken::Large(reader, Source::Recording) => {
                        self.recordings(rayon::current_num_threads()).play(reader, &mut each)?
                    }
                    Taken::LargeDump(reader, dump) => {
                        dump.play(reader, self.configurations, self.format.draws(), &mut each)?
                    }
                    Taken::Large(reader, source) => source
                        .read(reader, &mut |rows| gathered.add(rows))
                        .unwrap_or_else(|error| Findings::failed(cannot_be_kept(&error))),
                };
                findings.problems.sort_by_key(|problem| problem.line);
                progress.aside(|| report(&input.name, &findings));
                notes.add(&input.name, &findings);
                flawless &= findings.is_flawless();
                any |= findings.is_about_a_call;
                out.end(name, &findings)?;
            }
        }
        if !gathered.is_empty() {
            out.begin(None)?;
            let findings =
                gathered.judge(self.configurations, self.format.draws(), &mut |judged| out.call(None, &judged))?;
            progress.aside(|| report("exports", &findings));
            notes.add("exports", &findings);
            flawless &= findings.is_flawless();
            any |= findings.is_about_a_call;
            out.end(None, &findings)?;
        }
        progress.finish();
        notes.report();
        out.finish()?;
        Ok(match (any, flawless && is_read) {
            // An empty list, for example, is no failure; but if all was passed over, nothing was read.
            (_, true) => Ran::Flawless,
            (true, false) => Ran::Partly,
            (false, false) => Ran::Nothing,
        })
    }

    /// How many of the next inputs are taken together: a large one alone.
    fn batch(&self, inputs: &[Input]) -> usize {
        let is_small = |input: &&Input| input.size().is_some_and(|size| size <= SMALL_BYTES);
        let most = AT_A_TIME * rayon::current_num_threads();
        inputs.iter().take(most).take_while(is_small).count().max(1)
    }

    fn recordings(&self, threads: usize) -> Recordings<'_> {
        Recordings { configurations: self.configurations, keeps_series: self.format.draws(), threads }
    }

    /// Plays an input if it is small enough, or finds out what it is.
    fn take(&self, input: &Input, progress: &Progress) -> Taken {
        let failed = |message| Taken::Played(Vec::new(), Findings::failed(message));
        let mut reader = match input.open(|reader| progress.watch(reader)) {
            Ok(reader) => reader,
            Err(message) => return failed(message),
        };
        let mut head = Vec::new();
        if let Err(error) = reader.by_ref().take(SMALL_BYTES).read_to_end(&mut head) {
            // What came before it is read all the same.
            reader = Box::new(Failing(Some(error)));
        }
        match Unreadable::detect(&head) {
            Some(Unreadable::Archive) if input.was_found => return Taken::PassedOver,
            Some(unreadable) => return failed(unreadable.message().to_owned()),
            None => {}
        }
        if sources::is_something_else(&head) {
            if input.was_found {
                return Taken::PassedOver;
            }
            if !sources::is_one_line(&head) {
                return failed("neither a recording nor an export".to_owned());
            }
        }
        let (dump, source) = (Dump::detect(&head), Source::detect(&head));
        let is_whole = (head.len() as u64) < SMALL_BYTES;
        let whole: Reader = Box::new(Cursor::new(head).chain(reader));
        if !is_whole {
            return match dump {
                Some(dump) => Taken::LargeDump(whole, dump),
                None => Taken::Large(whole, source),
            };
        }
        if dump.is_some() || source == Source::Recording {
            let mut judged = Vec::new();
            let mut each = |one| {
                judged.push(one);
                Ok(())
            };
            let played = match dump {
                Some(dump) => dump.play(whole, self.configurations, self.format.draws(), &mut each),
                None => self.recordings(1).play(whole, &mut each),
            };
            return played
                .map_or_else(|error| failed(cannot_be_read(&error)), |findings| Taken::Played(judged, findings));
        }
        let mut rows = Rows::default();
        let read = source.read(whole, &mut |more| {
            rows.append(more);
            Ok(())
        });
        match read {
            Ok(findings) if input.was_found && findings.is_something_else => Taken::PassedOver,
            Ok(findings) => Taken::Exported(rows, findings),
            Err(error) => failed(cannot_be_read(&error)),
        }
    }
}

/// Hands calls over.
struct Each<'a>(&'a mut dyn FnMut(Option<&str>, &JudgedCall));

impl Output for Each<'_> {
    fn begin(&mut self, _: Option<&str>) -> io::Result<()> {
        Ok(())
    }

    fn call(&mut self, input: Option<&str>, judged: &JudgedCall) -> io::Result<()> {
        (self.0)(input, judged);
        Ok(())
    }

    fn end(&mut self, _: Option<&str>, _: &Findings) -> io::Result<()> {
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

/// Something that is said once for all inputs that it is true of: there may be thousands of them.
#[derive(Default)]
struct Notes(Vec<(String, String, usize)>);

impl Notes {
    fn add(&mut self, input: &str, findings: &Findings) {
        for note in &findings.notes {
            match self.0.iter_mut().find(|(known, ..)| known == note) {
                Some((.., inputs)) => *inputs += 1,
                None => self.0.push((note.to_string(), input.to_owned(), 1)),
            }
        }
    }

    /// On standard error: `FILE: sentence`.
    fn report(&self) {
        for (note, first, inputs) in &self.0 {
            match inputs {
                1 => say(&format!("{first}: {note}")),
                inputs => say(&format!("{first} and {} more: {note}", inputs - 1)),
            }
        }
    }
}

/// Nothing more can be read, and this is why.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn cannot_be_kept(error: &io::Error) -> String {
    format!("what it says of its calls cannot be kept until the end: {error}")
}

/// Says what is wrong with an input, on standard error: `FILE:LINE: what is wrong`.
pub fn report(name: &str, findings: &Findings) {
    let place = |line: usize| if line == 0 { String::new() } else { format!("{line}:") };
    for Problem { line, message } in &findings.problems {
        say(&format!("{name}:{} {message}", place(*line)));
    }
    if findings.more > 0 {
        say(&format!("{name}: {} more lines cannot be used", findings.more));
    }
    for Skipped { line, what, count } in &findings.skipped {
        let lines = if *count == 1 { "1 line" } else { &format!("{count} lines") };
        say(&format!("{name}:{} {what} is not known: {lines} skipped", place(*line)));
    }
}
