//! `cargo xtask faults`: alerts through everything that can fail between an agent's browser and the server.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::bundle;
use crate::process;
use crate::project::{self, LAB};
use crate::setup;
use crate::toolchain;
use crate::wasm;

/// What a run is made of unless it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plan<'a> {
    seed: &'a str,
    alerts: &'a str,
    in_browser: bool,
}

/// Thousands over a simulated network, then dozens in a real browser against the real Functions runtime.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let plan = read(arguments)?;
    simulate(plan)?;
    if !plan.in_browser {
        return Ok(());
    }
    let (build, browser) = setup::for_lab()?;
    wasm::build(&build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    let mut command = Command::new("node");
    command.current_dir(project::path(LAB)).args(["faults.mjs", plan.seed]);
    if let Some(browser) = browser {
        browser.announce_to(&mut command);
    }
    process::run(&mut command).context("an alert ended as none may, or the lab did")
}

fn simulate(plan: Plan<'_>) -> Result<()> {
    let mut command = toolchain::cargo();
    command.current_dir(project::root()).args(["run", "--quiet", "--release", "--package", "delivery-sim", "--"]);
    process::run(command.args([plan.seed, plan.alerts])).context("an alert ended as none may")
}

fn read<'a>(arguments: &[&'a str]) -> Result<Plan<'a>> {
    let mut plan = Plan { seed: "1", alerts: "10000", in_browser: true };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let given = arguments.next().filter(|text| text.parse::<u32>().is_ok());
            given.copied().with_context(|| format!("{argument} needs a whole number behind it"))
        };
        match *argument {
            "--seed" => plan.seed = number()?,
            "--alerts" => plan.alerts = number()?,
            "--simulated" => plan.in_browser = false,
            other => bail!("`{other}` is not known: --seed N, --alerts N, --simulated"),
        }
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_and_number_of_alerts_can_be_given_and_the_browser_left_out() {
        assert_eq!(read(&[]).unwrap(), Plan { seed: "1", alerts: "10000", in_browser: true });
        let plan = read(&["--simulated", "--seed", "7", "--alerts", "50"]).unwrap();
        assert_eq!(plan, Plan { seed: "7", alerts: "50", in_browser: false });
    }

    #[test]
    fn what_is_no_number_is_said() {
        assert_eq!(read(&["--seed"]).unwrap_err().to_string(), "--seed needs a whole number behind it");
        assert_eq!(read(&["--seed", "x"]).unwrap_err().to_string(), "--seed needs a whole number behind it");
        assert!(read(&["-x"]).unwrap_err().to_string().starts_with("`-x` is not known"));
    }
}
