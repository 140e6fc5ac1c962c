//! `cargo xtask what-if`: how long the desk takes to judge recorded calls anew.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::bundle;
use crate::npm;
use crate::process;
use crate::project::{self, LAB};
use crate::setup;
use crate::wasm;

/// In the real Flex UI; prints figures and asserts none.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let numbers = read(arguments)?;
    let (build, browser) = setup::for_lab()?;
    wasm::build(&build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    process::run(&mut npm::run_script(LAB, "host"))?;
    let mut command = Command::new("node");
    command.current_dir(project::path(LAB)).arg("what-if.mjs").args(numbers);
    if let Some(browser) = browser {
        browser.announce_to(&mut command);
    }
    process::run(&mut command).context("the what-if could not be measured")
}

/// How many calls, of how many minutes.
fn read<'a>(arguments: &[&'a str]) -> Result<[&'a str; 2]> {
    match arguments {
        [] => Ok(["500", "10"]),
        [calls, minutes]
            if [calls, minutes].iter().all(|number| number.parse::<u16>().is_ok_and(|number| number > 0)) =>
        {
            Ok([calls, minutes])
        }
        _ => bail!("`cargo xtask what-if` takes nothing, or how many calls of how many minutes: two whole numbers"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_minutes_can_be_given_together() {
        assert_eq!(read(&[]).unwrap(), ["500", "10"]);
        assert_eq!(read(&["20", "60"]).unwrap(), ["20", "60"]);
        for wrong in [&["20"][..], &["0", "10"], &["x", "10"], &["1", "2", "3"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
