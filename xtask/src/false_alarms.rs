//! `cargo xtask false-alarms`: long calls in which something looks like trouble and is none, with the plugin in the real Flex UI.

use std::process::Command;

use anyhow::{Context, Result};

use crate::bundle;
use crate::command_line::PassedOn;
use crate::process;
use crate::project::{self, LAB};
use crate::setup;
use crate::wasm;

/// The arguments are those of `lab/false-alarms.mjs`.
pub(crate) fn run(PassedOn { arguments }: &PassedOn) -> Result<()> {
    let (build, browser) = setup::for_lab()?;
    wasm::build(&build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    let mut command = Command::new("node");
    command.current_dir(project::path(LAB)).arg("false-alarms.mjs").args(arguments);
    if let Some(browser) = browser {
        browser.announce_to(&mut command);
    }
    process::run(&mut command).context("something was said that is not so, or the lab failed")
}
