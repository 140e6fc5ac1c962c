//! The real Flex UI with a real call: for a person where there is a display, else one scripted call.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::browser::Browser;
use crate::bundle;
use crate::command_line::PassedOn;
use crate::process;
use crate::project::{self, LAB};
use crate::setup;
use crate::wasm;

/// The arguments are the demo's own; `lab/choose-demo.mjs` knows them.
pub(crate) fn run(PassedOn { arguments }: &PassedOn) -> Result<()> {
    let (build, browser) = setup::for_lab()?;
    wasm::build(&build, wasm::RELEASE_PROFILE)?;
    show(&bundle::build_for_lab()?, browser.as_ref(), arguments)
}

/// With the bundle that `bundle::build_for_lab` left.
pub(crate) fn show(bundle: &Path, browser: Option<&Browser>, arguments: &[impl AsRef<OsStr>]) -> Result<()> {
    println!("{}", bundle::size_of(bundle)?);
    // Not through npm: it would set CI, which means that nobody looks.
    let mut command = Command::new("node");
    command.current_dir(project::path(LAB)).arg("demo.mjs").args(arguments);
    if let Some(browser) = browser {
        browser.announce_to(&mut command);
    }
    process::run(&mut command)
}
