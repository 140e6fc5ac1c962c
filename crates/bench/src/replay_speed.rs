//! How fast `replay` is, beside parsers that only parse the same file, and how much memory it takes.
//!
//! The calls are those of the recordings, over and over, with other CallSids ([`crate::calls`]). Parsers and `replay`
//! take turns, so that what else the machine does meets both.

use crate::calls::{Calls, Written};
use crate::parse_only::Parser;
use crate::replay_process::Measured;
use crate::report::Report;
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::thread;

/// Bytes of the file that is timed, and of the file that memory is measured on.
const TIMED: u64 = 1_000_000_000;
const LARGE: u64 = 5_000_000_000;
/// Each is timed so often; the median counts.
const TIMES: usize = 7;

/// What is to be reached: share of the fastest parser, MB of memory.
const MIN_SHARE: f64 = 0.4;
const MAX_MEMORY: f64 = 200.0;

/// A file that is gone with the value.
struct Data {
    path: PathBuf,
    content: Written,
}

impl Data {
    fn write(calls: &Calls, path: PathBuf, bytes: u64) -> Result<Self> {
        println!("writing {:.0} GB of recordings", bytes as f64 / 1e9);
        let mut data = Self { path, content: Written { calls: 0, events: 0 } };
        let mut to = BufWriter::with_capacity(1 << 20, File::create(&data.path).context("the data cannot be written")?);
        data.content = calls.write(&mut to, bytes)?;
        // Or the system would still be writing while it is read.
        to.into_inner()?.sync_all()?;
        Ok(data)
    }

    fn megabytes(&self) -> Result<f64> {
        Ok(self.path.metadata()?.len() as f64 / 1e6)
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// `bench replay PATH-OF-REPLAY FOLDER-OF-RECORDINGS FOLDER-FOR-DATA REPORT`
pub(crate) fn run(replay: &Path, recordings: &Path, folder: &Path, report: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let calls = Calls::in_folder(recordings).context("the recordings cannot be read")?;
    let threads = thread::available_parallelism()?.get() as u64;
    let mut written = Report::default();
    speed(replay, &Data::write(&calls, folder.join("timed.jsonl"), TIMED)?, threads, &mut written)?;
    memory(replay, &Data::write(&calls, folder.join("large.jsonl"), LARGE)?, &mut written)?;
    written.write(report)
}

fn speed(replay: &Path, data: &Data, threads: u64, written: &mut Report) -> Result<()> {
    let megabytes = data.megabytes()?;
    let mut seconds: Vec<(&str, Vec<f64>)> =
        ["replay"].into_iter().chain(Parser::ALL.map(Parser::name)).map(|name| (name, Vec::new())).collect();
    for turn in 1..=TIMES {
        println!("turn {turn} of {TIMES}: replay, then the parsers");
        for (name, times) in &mut seconds {
            let parser = Parser::ALL.into_iter().find(|parser| parser.name() == *name);
            times.push(match parser {
                Some(parser) => parser.time(&data.path, threads)?.as_secs_f64(),
                None => Measured::measure(replay, &data.path)?.seconds,
            });
        }
    }
    let Written { calls, events } = data.content;
    let millions = events as f64 / 1e6;
    written
        .line(&format!("{megabytes:.0} MB, {calls} calls, {millions:.1} million events, on {threads} processors:\n"));
    written.line(&format!(
        "| the median of {TIMES} | MB/s | slowest to fastest | million events/s | of the fastest parser |"
    ));
    written.line("| --- | --- | --- | --- | --- |");
    let mut speeds = Vec::new();
    for (name, mut times) in seconds {
        times.sort_by(f64::total_cmp);
        let speed = |time: Option<&f64>| megabytes / time.copied().unwrap_or(f64::NAN);
        speeds.push((name, speed(times.get(TIMES / 2)), speed(times.last()), speed(times.first())));
    }
    let fastest = speeds.iter().skip(1).map(|(_, median, ..)| *median).fold(0.0, f64::max);
    for (name, median, slowest, quickest) in &speeds {
        let (events, share) = (millions * median / megabytes, median / fastest);
        written.line(&format!("| {name} | {median:.0} | {slowest:.0} to {quickest:.0} | {events:.1} | {share:.2} |"));
    }
    let ours = speeds.first().map_or(f64::NAN, |(_, median, ..)| *median);
    written.at_least("speed beside the fastest parser that only parses", "", MIN_SHARE, ours / fastest);
    Ok(())
}

fn memory(replay: &Path, data: &Data, written: &mut Report) -> Result<()> {
    println!("replay, once, its memory watched");
    let Measured { seconds, peak_megabytes } = Measured::measure(replay, &data.path)?;
    let (megabytes, calls) = (data.megabytes()?, data.content.calls);
    match peak_megabytes {
        Some(peak) => {
            written.at_most("memory", "MB", MAX_MEMORY, peak);
            written.line(&format!(
                "\n{megabytes:.0} MB, {calls} calls, took {seconds:.1} s and {peak:.0} MB of memory at most."
            ));
        }
        None => written.line(&format!("\n{megabytes:.0} MB took {seconds:.1} s; how much memory, only Linux tells.")),
    }
    Ok(())
}
