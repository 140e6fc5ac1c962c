//! `cargo xtask accuracy`: how well trouble is noticed on the recordings, in figures, and docs/reports/accuracy.md.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;
use crate::project;
use crate::toolchain;

/// `paths` are recordings and folders of them; all of the repository's if there is none.
pub(crate) fn run(paths: &[PathBuf]) -> Result<()> {
    // Where the caller is: that is where the paths are.
    let manifest = project::path("Cargo.toml");
    let mut command = toolchain::cargo();
    command.args(["run", "--quiet", "--release", "--package", "accuracy", "--manifest-path"]).arg(manifest);
    process::run(command.arg("--").args(paths)).context("a goal is not met, or a recording cannot be read")
}
