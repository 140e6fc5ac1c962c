//! The real Flex UI with a real call: for a person where there is a display, else one scripted call.

use std::process::Command;

use anyhow::Result;

use crate::browser::Browser;
use crate::bundle;
use crate::process;
use crate::project::{self, LAB};
use crate::setup::{self, Wanted};
use crate::wasm;

/// `arguments` are the demo's own; `lab/choose-demo.mjs` knows them.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let tools = setup::everything(Wanted::default())?;
    wasm::build(&tools.build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    show(&tools.browser, arguments)
}

/// Needs what `bundle::build_for_lab` left.
pub(crate) fn show(browser: &Browser, arguments: &[&str]) -> Result<()> {
    // Not through npm: it would set CI, which means that nobody looks.
    let mut command = Command::new("node");
    command
        .current_dir(project::path(LAB))
        .arg("demo.mjs")
        .args(arguments.iter().filter(|argument| **argument != "--"));
    browser.announce_to(&mut command);
    process::run(&mut command)
}
