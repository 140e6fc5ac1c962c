//! `bench replay …` and `bench events …`: how fast, in figures; `cargo xtask bench` calls them and reads their reports.

mod calls;
mod checkpoint_cost;
mod event_cost;
mod parse_only;
mod replay_process;
mod replay_speed;
mod report;

use anyhow::{Result, bail};
use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

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
    let mut arguments = env::args_os().skip(1);
    let name = arguments.next().unwrap_or_default();
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    match (name.to_str(), paths.as_slice()) {
        (Some("replay"), [replay, recordings, folder, report]) => replay_speed::run(replay, recordings, folder, report),
        (Some("events"), [configuration, report, recordings @ ..]) => {
            event_cost::run(configuration, report, recordings)
        }
        _ => bail!(
            "bench replay PATH-OF-REPLAY FOLDER-OF-RECORDINGS FOLDER-FOR-DATA REPORT\n\
             bench events CONFIGURATION REPORT RECORDING…"
        ),
    }
}
