//! `cargo xtask what-if`: how long the admin view takes to judge recorded calls anew.

use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, value_parser};

use crate::bundle;
use crate::npm;
use crate::process;
use crate::project::{self, LAB};
use crate::setup;
use crate::wasm;

/// Measures how long the admin view takes to judge recorded calls anew.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many calls.
    #[arg(default_value_t = 500, value_parser = value_parser!(u16).range(1..))]
    calls: u16,

    /// How long each is.
    #[arg(default_value_t = 10, value_parser = value_parser!(u16).range(1..))]
    minutes: u16,

    /// Calls that all agents share, read from a stand-in of Twilio Sync.
    #[arg(long)]
    shared: bool,
}

/// In the real Flex UI; prints figures and asserts none.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let (build, browser) = setup::for_lab()?;
    wasm::build(&build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    process::run(&mut npm::run_script(LAB, "flex-bundle"))?;
    let mut command = Command::new("node");
    command
        .current_dir(project::path(LAB))
        .arg("bench/what-if.mjs")
        .args([arguments.calls, arguments.minutes].map(|number| number.to_string()))
        .args(arguments.shared.then_some("--shared"));
    if let Some(browser) = browser {
        browser.announce_to(&mut command);
    }
    process::run(&mut command).context("the what-if could not be measured")
}
