//! `cargo xtask datafusion`: the verdict as a function of DataFusion, in its own workspace. Checked and tested, or measured.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project;
use crate::steps;
use crate::toolchain;

const SAMPLES: &str = "100000000";

/// Formatting, lints and tests; or with `bench`, how fast, on so many samples.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        [] => {
            let cargo = |words: &[&str]| process::run(&mut cargo(words));
            cargo(&["fmt", "--check"]).context("`cargo fmt` in the folder datafusion puts it right")?;
            steps::announced("lints", || {
                cargo(&["clippy", "--locked", "--release", "--all-targets", "--", "-D", "warnings"])
            })?;
            steps::announced("tests", || cargo(&["test", "--locked", "--release"]))
        }
        ["bench"] => bench(SAMPLES),
        ["bench", "--samples", samples] if samples.parse::<u64>().is_ok_and(|samples| samples > 0) => bench(samples),
        _ => bail!("`cargo xtask datafusion` takes nothing, or `bench`, or `bench --samples` and a whole number"),
    }
}

/// Verdicts beside a plain aggregate, on a history that is made for it and deleted.
fn bench(samples: &str) -> Result<()> {
    // With what the tests need, which has an effect on the features of what DataFusion needs: or all of it would be built
    // again, after the tests and before them.
    process::run(&mut cargo(&["build", "--locked", "--release", "--bins", "--tests"]))?;
    let history = target().join("release/history").with_extension(std::env::consts::EXE_EXTENSION);
    let mut command = Command::new(history);
    command.args(["bench", "--samples", samples]).arg(project::path("tests/recordings"));
    process::run(command.arg(project::scratch().join("datafusion"))).context("nothing could be measured")
}

/// Cargo, in the crate's own workspace.
fn cargo(words: &[&str]) -> Command {
    let mut command = toolchain::cargo();
    command.current_dir(project::path("crates/datafusion")).env("CARGO_TARGET_DIR", target()).args(words);
    command
}

fn target() -> PathBuf {
    project::target().join("datafusion")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_does_not_know_is_answered_with_what_it_does() {
        for wrong in
            [&["benches"][..], &["bench", "100"], &["bench", "--samples", "many"], &["bench", "--samples", "0"]]
        {
            assert!(run(wrong).unwrap_err().to_string().contains("`bench`"), "{wrong:?}");
        }
    }
}
