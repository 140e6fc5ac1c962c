//! Pictures of every state that an agent sees, made in the real Flex UI: `docs/screenshots`.

use std::process::Command;

use anyhow::Result;

use crate::bundle;
use crate::process;
use crate::project::{self, LAB};
use crate::setup;
use crate::wasm;

/// The states are those of `lab/screenshots.mjs`.
pub(crate) fn run() -> Result<()> {
    let (build, browser) = setup::for_lab()?;
    wasm::build(&build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    let mut command = Command::new("node");
    command.current_dir(project::path(LAB)).arg("screenshots.mjs");
    if let Some(browser) = browser {
        browser.announce_to(&mut command);
    }
    process::run(&mut command)
}
