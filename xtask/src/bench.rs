//! `cargo xtask bench`: how fast, in figures, beside what they are measured against.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project;
use crate::toolchain;

/// Something that can be measured, by name.
type Bench = (&'static str, fn() -> Result<()>);

const ALL: [Bench; 1] = [("replay", replay)];

/// The named ones, or all.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    let known = ALL.map(|(name, _)| name);
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!("`{unknown}` is nothing that can be measured; these are: {}", known.join(", "));
    }
    ALL.iter().filter(|(name, _)| names.is_empty() || names.contains(name)).try_for_each(|(_, run)| run())
}

/// `replay` beside parsers that only parse the same file.
fn replay() -> Result<()> {
    let target = project::target();
    let mut build = toolchain::cargo();
    build.current_dir(project::root()).args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "replay",
        "--package",
        "bench",
    ]);
    build.arg("--target-dir").arg(&target);
    process::run(&mut build)?;
    let built = |name: &str| target.join("release").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    let mut command = Command::new(built("bench"));
    command.arg(built("replay")).arg(project::path("tests/recordings")).arg(project::scratch().join("bench"));
    process::run(&mut command).context("a goal is not reached, or nothing could be measured")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_measured_is_answered_with_what_can() {
        let message = run(&["reply"]).unwrap_err().to_string();
        assert_eq!(message, "`reply` is nothing that can be measured; these are: replay");
    }
}
