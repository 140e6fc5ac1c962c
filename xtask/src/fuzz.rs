//! `cargo xtask fuzz`: libFuzzer on the targets in `fuzz/`, with the Rust that is there.
//!
//! What `cargo fuzz run --sanitizer none` does, without that command and without a nightly compiler: the code is free
//! of `unsafe`, so that a sanitizer has nothing to find, and coverage alone is on stable.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::missing::{self, Lack, System};
use crate::parallel;
use crate::process;
use crate::progress;
use crate::project;
use crate::toolchain;

/// Each is a file in fuzz/fuzz_targets, and a folder in each of [`STARTS`].
const TARGETS: [&str; 8] =
    ["cards", "configuration", "events", "exports", "large", "outbox", "recordings", "sent_alerts"];

/// What was written, or once failed; and a few inputs that reach what long runs reached:
/// `-set_cover_merge=1 -use_counters=0` of all that they kept.
const STARTS: [&str; 2] = ["fuzz/seeds", "fuzz/corpus"];

/// What cargo-fuzz tells rustc, but for the sanitizer and for calls at every comparison: with them there are two to four
/// times fewer inputs a second, and less is reached. The words that they would find are in fuzz/words.dict.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-simplifycfg-branch-fold-threshold=0 -Ccodegen-units=1";

/// Inputs of at most this many bytes: enough for a call of some seconds.
const LONGEST_INPUT: u32 = 8192;
/// A call takes far less than a millisecond; an input that takes this many seconds is a finding.
const LONGEST_RUN: u32 = 10;

/// Gives any bytes at all to everything that reads some.
#[derive(Args)]
pub(crate) struct Arguments {
    /// All of them if none is named.
    #[arg(value_name = "TARGET", value_parser = TARGETS)]
    targets: Vec<String>,

    /// How long each target runs.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,

    /// How many inputs each target gets, however long that takes.
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    runs: Option<u64>,
}

/// When a target has run enough.
#[derive(Clone, Copy)]
enum Limit {
    Time(Duration),
    Runs(u64),
}

impl Limit {
    /// As libFuzzer is told it.
    fn argument(self) -> String {
        match self {
            Self::Time(time) => format!("-max_total_time={}", time.as_secs()),
            Self::Runs(runs) => format!("-runs={runs}"),
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    missing::together([compiler(System::here()).err().as_ref()])?;
    let named: Vec<&str> = arguments.targets.iter().map(String::as_str).collect();
    let limit = arguments.runs.map_or(Limit::Time(Duration::from_secs(arguments.seconds)), Limit::Runs);
    fuzz(if named.is_empty() { &TARGETS } else { &named }, limit)
}

/// All targets, each for so long. Where libFuzzer cannot be compiled, says so and goes without: the seeds have been
/// played by the native tests.
pub(crate) fn all(time: Duration) -> Result<()> {
    if let Err(Lack { what, get, .. }) = compiler(System::here()) {
        println!("Not fuzzed: libFuzzer needs {what} ({}).", get.join(", or "));
        return Ok(());
    }
    fuzz(&TARGETS, Limit::Time(time))
}

/// libFuzzer is C++, compiled with the targets.
fn compiler(system: System) -> Result<(), Lack> {
    if env::var_os("CXX").is_some() || process::find_program(&["c++", "g++", "clang++", "cl.exe"]).is_some() {
        return Ok(());
    }
    let get = match system {
        System::Mac => "xcode-select --install".to_owned(),
        system => system.apt_get_install(&["g++"]).unwrap_or_else(|| "https://gcc.gnu.org".to_owned()),
    };
    Err(Lack { what: "a C++ compiler".to_owned(), because: None, get: vec![get] })
}

/// As many targets at a time as there are processors; each runs in one process.
fn fuzz(targets: &[&str], limit: Limit) -> Result<()> {
    let programs = progress::announced("fuzz targets", build)?;
    parallel::each(targets, |target| fuzz_one(&programs, target, limit)).map(drop)
}

/// Gives the folder of the programs.
fn build() -> Result<PathBuf> {
    let host = host()?;
    let target = scratch().join("build");
    let mut command = toolchain::cargo();
    command
        .current_dir(project::path("fuzz"))
        // With a target named, build scripts and macros are compiled without the flags.
        .args(["build", "--locked", "--release", "--target", &host, "--target-dir"])
        .arg(&target)
        .env("RUSTFLAGS", COVERAGE)
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    process::run_logged(&mut command, &project::log("fuzz-build"))?;
    Ok(target.join(host).join("release"))
}

fn host() -> Result<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let version = process::output_of(Command::new(rustc).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say what it compiles for")?.to_owned())
}

fn fuzz_one(programs: &Path, target: &str, limit: Limit) -> Result<()> {
    let (corpus, found) = (scratch().join("corpus").join(target), scratch().join("artifacts").join(target));
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let [seeds, reached] = STARTS.map(|folder| project::path(folder).join(target));
    ensure!(seeds.is_dir() && reached.is_dir(), "{} is not there, or {}", seeds.display(), reached.display());
    let mut command = Command::new(programs.join(target));
    command
        .arg(limit.argument())
        .arg(format!("-max_len={LONGEST_INPUT}"))
        .arg(format!("-timeout={LONGEST_RUN}"))
        .arg(format!("-dict={}", project::path("fuzz/words.dict").display()))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg("-print_final_stats=1")
        // So that the end of the log is what was found, and not where.
        .env("RUST_BACKTRACE", "0")
        // The first folder takes what is new; it grows from run to run.
        .args([&corpus, &seeds, &reached]);
    let log = project::log(&format!("fuzz-{target}"));
    let started = Instant::now();
    process::run_logged(&mut command, &log).with_context(|| {
        format!(
            "the fuzz target `{target}` found something: the newest file in {}. When it is put right, put that file \
             into fuzz/seeds/{target}, where every test plays it",
            found.display()
        )
    })?;
    let inputs =
        executions(&String::from_utf8_lossy(&fs::read(&log)?)).context("libFuzzer does not say what it did")?;
    println!("✓ {target}: {inputs} inputs in {}, nothing found", progress::seconds(started.elapsed()));
    Ok(())
}

fn executions(log: &str) -> Option<u64> {
    log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok())
}

fn scratch() -> PathBuf {
    project::target().join("fuzz")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_its_line_of_code_and_its_seeds() {
        for target in TARGETS {
            let source = fs::read_to_string(project::path("fuzz/fuzz_targets").join(format!("{target}.rs"))).unwrap();
            assert!(source.contains(&format!("::fuzzing::{target}(input)")), "{source}");
            for folder in STARTS {
                assert!(fs::read_dir(project::path(folder).join(target)).unwrap().next().is_some());
            }
        }
    }

    #[test]
    fn a_target_runs_for_a_time_or_for_a_number_of_inputs() {
        assert_eq!(Limit::Time(Duration::from_secs(60)).argument(), "-max_total_time=60");
        assert_eq!(Limit::Runs(5_000_000).argument(), "-runs=5000000");
    }

    #[test]
    fn how_many_inputs_there_were_is_read_from_the_log() {
        let log = "Done 3 runs in 1 second(s)\nstat::number_of_executed_units: 194959\nstat::peak_rss_mb: 29\n";
        assert_eq!(executions(log), Some(194_959));
        assert_eq!(executions("==1== ERROR: libFuzzer: deadly signal\n"), None);
    }
}
