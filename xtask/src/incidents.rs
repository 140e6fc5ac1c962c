//! `cargo xtask incidents`: a simulated month of a contact centre in which things break, and the incidents that are found.

use anyhow::{Context, Result};
use clap::Args;

use crate::process;
use crate::project;
use crate::toolchain;

const REPORT: &str = "docs/reports/incidents.md";

/// Plays a month of a contact centre of 1,000 agents, and says which incidents are opened when things break.
///
/// It fails if they come late, with a wrong key, or by chance.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The same month for the same number.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u32,

    /// How many days.
    #[arg(long, value_name = "N", default_value_t = 30)]
    days: u32,

    /// Writes docs/reports/incidents.md.
    #[arg(long)]
    report: bool,
}

pub(crate) fn run(&Arguments { seed, days, report }: &Arguments) -> Result<()> {
    let mut command = toolchain::cargo();
    command.current_dir(project::root()).args(["run", "--quiet", "--release", "--package", "incident-sim", "--"]);
    command.args([seed, days].map(|number| number.to_string()));
    if report {
        command.arg(REPORT);
    }
    process::run(&mut command).context("a goal was missed")
}
