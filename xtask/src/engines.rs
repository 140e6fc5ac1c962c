//! `cargo xtask engines`: the verdict on the engines that centres have, in the workspace `crates/python`: a Python wheel
//! from Arrow record batches, and Spark with two executors, of which one is killed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::process;
use crate::progress;
use crate::project;
use crate::toolchain;

const CRATE: &str = "crates/python";
/// What the tests run in.
const REQUIREMENTS: &str = "crates/python/tests/requirements.txt";
/// Asks Python whether it is new enough, and can make environments.
const PYTHON_IS_FIT: &str = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";
/// What PySpark 4 needs.
const JAVA: u32 = 17;

/// Builds the Python wheel and tests it: by itself, and on Spark with two executor processes, of which one is killed.
///
/// What the machine lacks a program for is skipped, and told; if it is named, that is a failure. pip downloads a gigabyte
/// once.
#[derive(Args)]
pub(crate) struct Arguments {
    /// All of them if none is named.
    #[arg(value_name = "ENGINE")]
    engines: Vec<Engine>,

    /// Decides how the rows lie on Spark, and which executor is killed.
    #[arg(long, value_name = "N", default_value_t = 20_261_128)]
    seed: u64,
}

/// Where the verdict runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// The wheel, in Python alone.
    Python,
    /// Spark, with the wheel.
    Spark,
}

impl Engine {
    const ALL: [Self; 2] = [Self::Python, Self::Spark];

    fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Spark => "spark",
        }
    }

    fn tests(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["tests", "--ignore", "tests/spark"],
            Self::Spark => &["tests/spark"],
        }
    }

    /// What the machine has not got.
    fn lacks(self) -> Option<String> {
        if process::output_of(Command::new("python3").args(["-c", PYTHON_IS_FIT])).is_err() {
            return Some("there is no Python 3.10 or newer with venv and pip".to_owned());
        }
        match self {
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
    let Arguments { engines, seed } = arguments;
    for engine in engines {
        if let Some(lack) = engine.lacks() {
            bail!("{} cannot be tested: {lack}", engine.name());
        }
    }
    let skipped = if engines.is_empty() { all(*seed)? } else { test(engines, *seed).map(|()| Vec::new())? };
    skipped.iter().for_each(|skipped| println!("{skipped}"));
    Ok(())
}

/// Tests what can be tested here, and says what was skipped and why.
pub(crate) fn all_that_can_be() -> Result<Vec<String>> {
    all(20_261_128)
}

fn all(seed: u64) -> Result<Vec<String>> {
    let (mut fit, mut skipped) = (Vec::new(), Vec::new());
    for engine in Engine::ALL {
        match engine.lacks() {
            None => fit.push(engine),
            Some(lack) => skipped.push(format!("Skipped: {}. {lack}.", engine.name())),
        }
    }
    if !fit.is_empty() {
        test(&fit, seed)?;
    }
    Ok(skipped)
}

fn test(engines: &[Engine], seed: u64) -> Result<()> {
    let cargo = |words: &[&str]| process::run(cargo().args(words));
    cargo(&["fmt", "--check"]).context("`cargo fmt` in the folder crates/python puts it right")?;
    let environment = progress::announced("the packages of the tests", environment)?;
    progress::announced("lints", || cargo(&["clippy", "--locked", "--", "-D", "warnings"]))?;
    progress::announced("the wheel", || wheel(&environment))?;
    let mut replay = toolchain::cargo();
    let programs = ["--bin", "replay", "--example", "event-streams"];
    process::run(replay.current_dir(project::root()).args(["build", "--workspace"]).args(programs))?;
    for engine in engines {
        progress::announced(engine.name(), || {
            let mut pytest = Command::new(program(&environment, "python"));
            pytest.current_dir(project::path(CRATE)).args(["-m", "pytest", "-s"]).args(engine.tests());
            pytest.env("REPLAY", project::target().join("debug/replay")).env("SEED", seed.to_string());
            pytest.env("EVENT_STREAMS", project::target().join("debug/examples/event-streams"));
            process::run(&mut pytest)
        })?;
    }
    Ok(())
}

/// A virtual environment with what the tests need; made anew when that changes.
fn environment() -> Result<PathBuf> {
    let requirements = project::path(REQUIREMENTS);
    let folder = project::scratch().join("engines");
    let done = folder.join("requirements.txt");
    let wanted = fs::read(&requirements)?;
    if fs::read(&done).is_ok_and(|done| done == wanted) {
        return Ok(folder);
    }
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(program(&folder, "python"));
    pip.args(["-m", "pip", "install", "--requirement"]).arg(&requirements);
    process::run_logged(&mut pip, &project::log("engines"))?;
    fs::write(done, wanted)?;
    Ok(folder)
}

/// Builds the wheel and installs it, as somebody would who was given it.
fn wheel(environment: &Path) -> Result<()> {
    let wheels = project::scratch().join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels)?;
    }
    let mut maturin = Command::new(program(environment, "maturin"));
    maturin.current_dir(project::path(CRATE)).env("CARGO_TARGET_DIR", target());
    maturin.args(["build", "--locked", "--interpreter"]).arg(program(environment, "python"));
    process::run(maturin.arg("--out").arg(&wheels))?;
    let built = fs::read_dir(&wheels)?.next().context("maturin has built no wheel")??.path();
    let mut pip = Command::new(program(environment, "python"));
    pip.args(["-m", "pip", "install", "--no-deps", "--force-reinstall"]).arg(built);
    process::run_logged(&mut pip, &project::log("wheel"))
}

/// A program of a virtual environment.
fn program(environment: &Path, name: &str) -> PathBuf {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    environment.join(folder).join(name).with_extension(env::consts::EXE_EXTENSION)
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

/// Cargo, in the crate's own workspace.
fn cargo() -> Command {
    let mut command = toolchain::cargo();
    command.current_dir(project::path(CRATE)).env("CARGO_TARGET_DIR", target());
    command
}

fn target() -> PathBuf {
    project::target().join("python")
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

    #[test]
    fn the_tests_of_every_engine_are_there() {
        for engine in Engine::ALL {
            let folders = engine.tests().iter().filter(|word| !word.starts_with('-'));
            assert!(folders.clone().count() > 0, "{}", engine.name());
            folders.for_each(|folder| assert!(project::path(CRATE).join(folder).exists(), "{folder}"));
        }
    }
}
