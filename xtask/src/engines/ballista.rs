//! Ballista: formatting is checked with the rest of its workspace, by `cargo xtask datafusion`.

use anyhow::Result;

use crate::datafusion;
use crate::process;

const PACKAGE: &str = "device-monitoring-ballista";

/// Lints and tests.
pub(super) fn test(seed: u64) -> Result<()> {
    let cargo = |words: &[&str]| {
        let mut command = datafusion::cargo(words);
        command.env("SEED", seed.to_string());
        command
    };
    let lints = ["clippy", "--locked", "--package", PACKAGE, "--all-targets", "--", "-D", "warnings"];
    process::run(&mut cargo(&lints))?;
    // One after the other: each has a cluster of its own.
    let tests = ["test", "--locked", "--package", PACKAGE, "--", "--nocapture", "--test-threads", "1"];
    process::run(&mut cargo(&tests))
}
