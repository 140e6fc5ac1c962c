//! `cargo xtask engines`: the verdict on the engines that centres have: a Python wheel from Arrow record batches, and Spark
//! with two executors, in the workspace `crates/python`; Ballista with two executors, in `crates/ballista`. One executor is
//! killed. And what the clusters cost.

mod ballista;
mod bench;
mod python;

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use clap::{Args, Subcommand, ValueEnum};

use crate::process;
use crate::progress;

/// Asks Python whether it is new enough, and can make environments.
const PYTHON_IS_FIT: &str = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";
/// What PySpark 4 needs.
const JAVA: u32 = 17;

/// Tests the verdict on other engines: the Python wheel by itself; Spark and Ballista, each with two executor processes, of
/// which one is killed.
///
/// What the machine lacks a program for is skipped, and told; if it is named, that is a failure. pip downloads a gigabyte
/// once, and Ballista takes long to build.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,

    /// All of them if none is named.
    #[arg(value_name = "ENGINE")]
    engines: Vec<Engine>,

    /// Decides how the rows lie, and which executor is killed.
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
}

/// What else there is to do.
#[derive(Subcommand)]
enum Task {
    /// Measures what the verdicts of a day cost on Spark and on Ballista, beside `history query` on the same day.
    Bench(bench::Arguments),
}

const SEED: u64 = 20_261_128;

/// Where the verdict runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// The wheel, in Python alone.
    Python,
    /// Spark, with the wheel.
    Spark,
    /// DataFusion's own cluster.
    Ballista,
}

impl Engine {
    const ALL: [Self; 3] = [Self::Python, Self::Spark, Self::Ballista];

    fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Spark => "spark",
            Self::Ballista => "ballista",
        }
    }

    /// What the machine has not got.
    fn lacks(self) -> Option<String> {
        match self {
            Self::Ballista => None,
            _ if process::output_of(Command::new("python3").args(["-c", PYTHON_IS_FIT])).is_err() => {
                Some("there is no Python 3.10 or newer with venv and pip".to_owned())
            }
            Self::Python => None,
            // The tests find executors in /proc.
            Self::Spark if env::consts::OS != "linux" => Some("its tests need Linux".to_owned()),
            Self::Spark => match java() {
                Some(version) if version >= JAVA => None,
                Some(version) => Some(format!("there is Java {version}; it needs {JAVA} or newer")),
                None => Some(format!("there is no Java; it needs {JAVA} or newer")),
            },
        }
    }
}

/// Tests the engines that are named.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let Arguments { task, engines, seed } = arguments;
    if let Some(Task::Bench(arguments)) = task {
        return bench::run(arguments);
    }
    require(engines)?;
    let skipped = if engines.is_empty() { all(*seed)? } else { test(engines, *seed).map(|()| Vec::new())? };
    skipped.iter().for_each(|skipped| println!("{skipped}"));
    Ok(())
}

fn require(engines: &[Engine]) -> Result<()> {
    for engine in engines {
        if let Some(lack) = engine.lacks() {
            bail!("{} cannot run here: {lack}", engine.name());
        }
    }
    Ok(())
}

/// Tests what can be tested here, and says what was skipped and why.
pub(crate) fn all_that_can_be() -> Result<Vec<String>> {
    all(SEED)
}

fn all(seed: u64) -> Result<Vec<String>> {
    let (mut fit, mut skipped) = (Vec::new(), Vec::new());
    for engine in Engine::ALL {
        match engine.lacks() {
            None => fit.push(engine),
            Some(lack) => skipped.push(format!("Skipped: {}. {lack}.", engine.name())),
        }
    }
    test(&fit, seed)?;
    Ok(skipped)
}

fn test(engines: &[Engine], seed: u64) -> Result<()> {
    let (with_wheel, others): (Vec<Engine>, Vec<_>) =
        engines.iter().partition(|engine| python::tests(**engine).is_some());
    if !with_wheel.is_empty() {
        python::test(&with_wheel, seed)?;
    }
    if others.contains(&Engine::Ballista) {
        progress::announced(Engine::Ballista.name(), || ballista::test(seed))?;
    }
    Ok(())
}

/// The version of Java that Spark would take.
fn java() -> Option<u32> {
    let home = env::var_os("JAVA_HOME").map(|home| Path::new(&home).join("bin/java"));
    let output = Command::new(home.unwrap_or_else(|| "java".into())).arg("-version").output().ok()?;
    version(&String::from_utf8_lossy(&output.stderr))
}

/// Of `openjdk version "17.0.15" 2025-04-15`; before 9, Java called itself `1.8.0`.
fn version(said: &str) -> Option<u32> {
    let (_, version) = said.split_once("version \"")?;
    let mut numbers = version.split(|sign: char| !sign.is_ascii_digit()).map(str::parse);
    match numbers.next()?.ok()? {
        1 => numbers.next()?.ok(),
        first => Some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_java_is_read_from_what_it_says() {
        assert_eq!(version("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime"), Some(17));
        assert_eq!(version("java version \"1.8.0_402\"\nJava(TM)"), Some(8));
        assert_eq!(version("openjdk version \"21\" 2023-09-19"), Some(21));
        assert_eq!(version("The operation couldn't be completed. Unable to locate a Java Runtime."), None);
    }
}
