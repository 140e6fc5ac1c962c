//! `cargo xtask delivery-faults`: alerts through everything that can fail between an agent's browser and the server.

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::bundle;
use crate::process;
use crate::project::{self, LAB};
use crate::setup;
use crate::toolchain;
use crate::wasm;

/// Counts what becomes of alerts when everything on their way fails.
///
/// Thousands go over a simulated network, then dozens through a real browser to the real Function.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The same faults for the same number.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u32,

    /// How many alerts go over the simulated network.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    alerts: u32,

    /// Only the simulated network.
    #[arg(long)]
    simulated: bool,
}

pub(crate) fn run(&Arguments { seed, alerts, simulated }: &Arguments) -> Result<()> {
    simulate(seed, alerts)?;
    if simulated {
        return Ok(());
    }
    let (build, browser) = setup::for_lab()?;
    wasm::build(&build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    let mut command = Command::new("node");
    command.current_dir(project::path(LAB)).args(["delivery-faults.mjs", &seed.to_string()]);
    if let Some(browser) = browser {
        browser.announce_to(&mut command);
    }
    process::run(&mut command).context("an alert ended as none may, or the lab did")
}

fn simulate(seed: u32, alerts: u32) -> Result<()> {
    let mut command = toolchain::cargo();
    command.current_dir(project::root()).args(["run", "--quiet", "--release", "--package", "delivery-sim", "--"]);
    process::run(command.args([seed, alerts].map(|number| number.to_string()))).context("an alert ended as none may")
}
