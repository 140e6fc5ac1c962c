//! How fast `replay` is, beside parsers that only parse the same file, and how much memory it takes.
//!
//! `bench PATH-OF-REPLAY FOLDER-OF-RECORDINGS FOLDER-FOR-DATA`: the calls are those of the recordings, over and over,
//! with other CallSids ([`calls`]). Parsers and `replay` take turns, so that what else the machine does meets both.

mod calls;
mod measured;
mod parsers;

use anyhow::{Context, Result, bail};
use calls::Calls;
use measured::Measured;
use parsers::Parser;
use std::env;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

/// Of the file that is timed, and of the one that memory is measured on.
const TIMED: u64 = 1_000_000_000;
const LARGE: u64 = 5_000_000_000;
/// Each is timed so often; the median counts.
const TIMES: usize = 7;

/// What is to be reached: MB a second, share of the fastest parser, MB of memory.
const LEAST_SPEED: f64 = 300.0;
const LEAST_SHARE: f64 = 0.5;
const MOST_MEMORY: f64 = 200.0;

/// A file that is gone with the value.
struct Data(PathBuf);

impl Data {
    fn write(calls: &Calls, path: PathBuf, bytes: u64) -> Result<Self> {
        let data = Self(path);
        let mut to = BufWriter::with_capacity(1 << 20, File::create(&data.0).context("the data cannot be written")?);
        let count = calls.write(&mut to, bytes)?;
        // Or the system would still be writing while it is read.
        to.into_inner()?.sync_all()?;
        println!("{:.1} GB of recordings, {count} calls.", data.megabytes()? / 1000.0);
        Ok(data)
    }

    fn megabytes(&self) -> Result<f64> {
        Ok(self.0.metadata()?.len() as f64 / 1e6)
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [replay, recordings, folder] = arguments.as_slice() else {
        bail!("bench PATH-OF-REPLAY FOLDER-OF-RECORDINGS FOLDER-FOR-DATA");
    };
    fs::create_dir_all(folder)?;
    let calls = Calls::in_folder(recordings).context("the recordings cannot be read")?;
    let threads = thread::available_parallelism()?.get() as u64;
    let mut missed = Vec::new();
    speed(replay, &Data::write(&calls, folder.join("timed.jsonl"), TIMED)?, threads, &mut missed)?;
    memory(replay, &Data::write(&calls, folder.join("large.jsonl"), LARGE)?, &mut missed)?;
    if missed.is_empty() { Ok(()) } else { bail!("not reached: {}", missed.join("; ")) }
}

fn speed(replay: &Path, data: &Data, threads: u64, missed: &mut Vec<String>) -> Result<()> {
    let megabytes = data.megabytes()?;
    let mut seconds: Vec<(&str, Vec<f64>)> =
        ["replay"].into_iter().chain(Parser::ALL.map(Parser::name)).map(|name| (name, Vec::new())).collect();
    for _ in 0..TIMES {
        for (name, times) in &mut seconds {
            let parser = Parser::ALL.into_iter().find(|parser| parser.name() == *name);
            times.push(match parser {
                Some(parser) => parser.time(&data.0, threads)?.as_secs_f64(),
                None => Measured::of(replay, &data.0)?.seconds,
            });
        }
    }
    println!("\n| on {threads} processors | MB/s, the median of {TIMES} | slowest to fastest |\n| --- | --- | --- |");
    let mut speeds = Vec::new();
    for (name, mut times) in seconds {
        times.sort_by(f64::total_cmp);
        let speed = |time: Option<&f64>| megabytes / time.copied().unwrap_or(f64::NAN);
        let median = speed(times.get(TIMES / 2));
        println!("| {name} | {median:.0} | {:.0} to {:.0} |", speed(times.last()), speed(times.first()));
        speeds.push(median);
    }
    let (ours, fastest) =
        (speeds.first().copied().unwrap_or(f64::NAN), speeds.iter().skip(1).copied().fold(0.0, f64::max));
    println!("\nreplay reaches {:.2} of the fastest that only parses.\n", ours / fastest);
    if ours.is_nan() || ours < LEAST_SPEED {
        missed.push(format!("{LEAST_SPEED} MB/s"));
    }
    if ours / fastest < LEAST_SHARE {
        missed.push(format!("{LEAST_SHARE} of what the fastest parser reaches"));
    }
    Ok(())
}

fn memory(replay: &Path, data: &Data, missed: &mut Vec<String>) -> Result<()> {
    let Measured { seconds, peak_megabytes } = Measured::of(replay, &data.0)?;
    let megabytes = data.megabytes()?;
    match peak_megabytes {
        Some(peak) => println!("{megabytes:.0} MB in {seconds:.1} s, with {peak:.0} MB of memory at most."),
        None => println!("{megabytes:.0} MB in {seconds:.1} s; how much memory it took, only Linux tells."),
    }
    if peak_megabytes.is_some_and(|peak| peak > MOST_MEMORY) {
        missed.push(format!("{MOST_MEMORY} MB of memory"));
    }
    Ok(())
}
