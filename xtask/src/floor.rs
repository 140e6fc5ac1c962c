//! `cargo xtask floor`: what reaches Twilio Sync of a contact centre whose calls are all reported.

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::bundle;
use crate::process;
use crate::project::{self, LAB};
use crate::setup;
use crate::wasm;

/// The report that `--report` writes.
const REPORT: &str = "docs/reports/floor.md";

/// Counts what is kept, lost and late of the cards and beats of hundreds of agents.
///
/// Their Monitors are the plugin's own, and some agents are in real calls in real Flex. The Function is the real one, in
/// front of a stand-in with Twilio Sync's limits. Halfway through, one agent in five goes down within ten seconds. The exit
/// status is 1 if a goal is missed.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many agents are simulated.
    #[arg(long, value_name = "N", default_value_t = 300)]
    agents: u32,

    /// How many more are in real calls in real Flex.
    #[arg(long, value_name = "N", default_value_t = 3)]
    tabs: u32,

    /// The same calls and the same failures for the same number.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u32,

    /// How long the shift lasts.
    #[arg(long, value_name = "N", default_value_t = 6)]
    minutes: u32,

    /// Over how many Sync maps the reports are spread.
    #[arg(long, value_name = "N", default_value_t = 8)]
    shards: u32,

    /// Writes docs/reports/floor.md.
    #[arg(long)]
    report: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let &Arguments { agents, tabs, seed, minutes, shards, report } = arguments;
    let (build, browser) = setup::for_lab()?;
    wasm::build(&build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    let mut command = Command::new("node");
    command.current_dir(project::path(LAB)).arg("floor.mjs");
    for (option, value) in
        [("--agents", agents), ("--tabs", tabs), ("--seed", seed), ("--minutes", minutes), ("--shards", shards)]
    {
        command.arg(option).arg(value.to_string());
    }
    if report {
        command.arg("--report").arg(project::path(REPORT));
    }
    if let Some(browser) = browser {
        browser.announce_to(&mut command);
    }
    process::run(&mut command).context("a goal was missed, or the simulation failed")
}
