//! `cargo xtask datafusion`: the verdict as a function of DataFusion, in its own workspace. Checked and tested, or measured.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Subcommand, value_parser};

use crate::process;
use crate::progress;
use crate::project;
use crate::toolchain;

/// What else there is to do.
#[derive(Clone, Copy, Subcommand)]
pub(crate) enum Task {
    /// Measures verdicts on a history beside a plain aggregate; 100 million samples need 4 GB of disk.
    Bench {
        /// How many seconds of calls the history holds.
        #[arg(long, value_name = "N", default_value_t = 100_000_000, value_parser = value_parser!(u64).range(1..))]
        samples: u64,
    },
}

/// Formatting, lints and tests; or how fast it is.
pub(crate) fn run(task: Option<Task>) -> Result<()> {
    if let Some(Task::Bench { samples }) = task {
        return bench(samples);
    }
    let cargo = |words: &[&str]| process::run(&mut cargo(words));
    cargo(&["fmt", "--all", "--check"]).context("`cargo fmt` in the folder datafusion puts it right")?;
    progress::announced("lints", || {
        cargo(&["clippy", "--locked", "--release", "--all-targets", "--", "-D", "warnings"])
    })?;
    progress::announced("tests", || cargo(&["test", "--locked", "--release"]))
}

/// Verdicts beside a plain aggregate, on a history that is made for it and deleted.
fn bench(samples: u64) -> Result<()> {
    // With what the tests need, which has an effect on the features of what DataFusion needs: or all of it would be built
    // again, after the tests and before them.
    process::run(&mut cargo(&["build", "--locked", "--release", "--bins", "--tests"]))?;
    let history = target().join("release/history").with_extension(std::env::consts::EXE_EXTENSION);
    let mut command = Command::new(history);
    command.args(["bench", "--samples", &samples.to_string()]).arg(project::path("tests/recordings"));
    let scratch = project::scratch().join("datafusion");
    // What a run that was ended has left: gigabytes.
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    process::run(command.arg(scratch)).context("nothing could be measured")
}

/// Cargo, in the crate's own workspace. Where no package is named, it leaves out Ballista.
pub(crate) fn cargo(words: &[&str]) -> Command {
    let mut command = toolchain::cargo();
    command.current_dir(project::path("crates/datafusion")).env("CARGO_TARGET_DIR", target()).args(words);
    command
}

pub(crate) fn target() -> PathBuf {
    project::target().join("datafusion")
}
