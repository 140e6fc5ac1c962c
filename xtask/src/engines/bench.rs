//! What verdicts cost on a cluster.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::{Args, value_parser};

use super::{Engine, python, require};
use crate::datafusion;
use crate::process;
use crate::progress;
use crate::project;

/// On Spark and on Ballista, each with two executors.
const SCRIPT: &str = "crates/python/bench/engines.py";
/// With these the script starts Spark as the tests do.
const MODULES: [&str; 2] = ["crates/python/tests", "crates/python/tests/spark"];

#[derive(Args)]
pub(super) struct Arguments {
    /// The day has so many seconds of calls, and about twice as many rows.
    #[arg(long, value_name = "N", default_value_t = 10_000_000, value_parser = value_parser!(u64).range(1..))]
    samples: u64,

    /// Each is measured so often, in turns; the median counts.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = value_parser!(u32).range(1..))]
    times: u32,
}

/// Builds what is measured, makes a day, measures, and deletes the day.
pub(super) fn run(arguments: &Arguments) -> Result<()> {
    ensure!(env::consts::OS == "linux", "what processes take is read in /proc: this needs Linux");
    let clusters = [Engine::Spark, Engine::Ballista];
    require(&clusters)?;
    let environment = progress::announced("the packages of the tests", python::environment)?;
    progress::announced("the wheel", || python::wheel(&environment, &["--release"]))?;
    progress::announced("history and history-cluster", || {
        let packages = ["--package", "device-monitoring-datafusion", "--package", "device-monitoring-ballista"];
        process::run(datafusion::cargo(&["build", "--locked", "--release", "--bins"]).args(packages))
    })?;
    let programs = datafusion::target().join("release");
    let day = project::scratch().join("day");
    if day.exists() {
        fs::remove_dir_all(&day)?;
    }
    let samples = arguments.samples.to_string();
    progress::announced("the day", || {
        let mut generate = Command::new(programs.join("history"));
        generate.args(["generate", "--days", "1", "--samples", &samples, "--to"]).arg(&day);
        process::run(generate.arg(project::path("tests/recordings")))
    })?;
    let measured = measure(&environment, &programs, &day, arguments.times, &clusters);
    fs::remove_dir_all(&day)?;
    measured
}

fn measure(environment: &Path, programs: &Path, day: &Path, times: u32, clusters: &[Engine]) -> Result<()> {
    let mut script = Command::new(python::program(environment, "python"));
    script.arg(project::path(SCRIPT)).args(["--times", &times.to_string(), "--programs"]).arg(programs);
    script.arg(day).args(clusters.iter().map(|engine| engine.name()));
    script.env("PYTHONPATH", env::join_paths(MODULES.map(project::path))?);
    process::run(&mut script).context("nothing could be measured")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_and_what_it_uses_are_there() {
        for path in [SCRIPT].into_iter().chain(MODULES) {
            assert!(project::path(path).exists(), "{path}");
        }
    }
}
