//! The Python wheel, and what is tested with it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Engine;
use crate::process;
use crate::progress;
use crate::project;
use crate::toolchain;

const CRATE: &str = "crates/python";
/// What the tests run in.
const REQUIREMENTS: &str = "crates/python/tests/requirements.txt";

/// What pytest is told, if the engine is tested with the wheel.
pub(super) fn tests(engine: Engine) -> Option<&'static [&'static str]> {
    match engine {
        Engine::Python => Some(&["tests", "--ignore", "tests/spark"]),
        Engine::Spark => Some(&["tests/spark"]),
        Engine::Ballista => None,
    }
}

/// Builds the wheel, and tests engines with it.
pub(super) fn test(engines: &[Engine], seed: u64) -> Result<()> {
    let cargo = |words: &[&str]| process::run(cargo().args(words));
    cargo(&["fmt", "--check"]).context("`cargo fmt` in the folder crates/python puts it right")?;
    let environment = progress::announced("the packages of the tests", environment)?;
    progress::announced("lints", || cargo(&["clippy", "--locked", "--", "-D", "warnings"]))?;
    progress::announced("the wheel", || wheel(&environment, &[]))?;
    let mut replay = toolchain::cargo();
    let programs = ["--bin", "replay", "--example", "event-streams"];
    process::run(replay.current_dir(project::root()).args(["build", "--workspace"]).args(programs))?;
    for engine in engines {
        progress::announced(engine.name(), || {
            let mut pytest = Command::new(program(&environment, "python"));
            pytest
                .current_dir(project::path(CRATE))
                .args(["-m", "pytest", "-s"])
                .args(tests(*engine).unwrap_or_default());
            pytest.env("REPLAY", project::target().join("debug/replay")).env("SEED", seed.to_string());
            pytest.env("EVENT_STREAMS", project::target().join("debug/examples/event-streams"));
            process::run(&mut pytest)
        })?;
    }
    Ok(())
}

/// A virtual environment with what the tests need; made anew when that changes.
pub(super) fn environment() -> Result<PathBuf> {
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
pub(super) fn wheel(environment: &Path, profile: &[&str]) -> Result<()> {
    let wheels = project::scratch().join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels)?;
    }
    let mut maturin = Command::new(program(environment, "maturin"));
    maturin.current_dir(project::path(CRATE)).env("CARGO_TARGET_DIR", target());
    maturin.args(["build", "--locked"]).args(profile).arg("--interpreter").arg(program(environment, "python"));
    process::run(maturin.arg("--out").arg(&wheels))?;
    let built = fs::read_dir(&wheels)?.next().context("maturin has built no wheel")??.path();
    let mut pip = Command::new(program(environment, "python"));
    pip.args(["-m", "pip", "install", "--no-deps", "--force-reinstall"]).arg(built);
    process::run_logged(&mut pip, &project::log("wheel"))
}

/// A program of a virtual environment.
pub(super) fn program(environment: &Path, name: &str) -> PathBuf {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    environment.join(folder).join(name).with_extension(env::consts::EXE_EXTENSION)
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
mod test {
    use super::*;

    #[test]
    fn the_tests_of_every_engine_are_there() {
        for engine in Engine::ALL {
            for folder in tests(engine).unwrap_or_default().iter().filter(|word| !word.starts_with('-')) {
                assert!(project::path(CRATE).join(folder).exists(), "{folder}");
            }
        }
    }
}
