//! How long the plugin takes to start inside the real Flex UI, on machines that can tell.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::browser::Browser;
use crate::npm;
use crate::process;
use crate::progress;
use crate::project::{self, FUNCTION, LAB};

/// A few boots of Flex take half a minute, on a busy machine a whole one.
const LIMIT: Duration = Duration::from_secs(240);

/// Prints the figure, or why there is none: a bundle is as good without.
pub(crate) fn print(bundle: &Path) {
    match measure(bundle) {
        Ok(figures) => println!("{figures}"),
        Err(error) => println!("The time from script evaluation to listening was not measured: {error:#}."),
    }
}

/// Nothing is installed for it.
pub(crate) fn measure(bundle: &Path) -> Result<String> {
    let Some(browser) = Browser::find()? else {
        bail!("there is no Chromium with its chromedriver here; `cargo xtask setup` says how to get them");
    };
    for package in [LAB, FUNCTION] {
        if !npm::is_present(package) {
            bail!("the npm packages of {package} are not installed; `cargo xtask setup` does that");
        }
    }
    let log = project::log("start-time");
    progress::announced("several starts of Flex with the bundle", || {
        let mut command = Command::new("node");
        command.arg("start-time.mjs").arg(bundle).current_dir(project::path(LAB));
        browser.announce_to(&mut command);
        process::run_limited(&mut command, &log, LIMIT)
    })?;
    Ok(fs::read_to_string(&log)?.trim().to_owned())
}
