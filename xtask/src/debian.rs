//! Debian's packages, where this machine has apt and lets us use it.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project;
use crate::steps;

pub(crate) struct Apt {
    updated: bool,
}

impl Apt {
    pub(crate) fn new() -> Self {
        Self { updated: false }
    }

    /// Installs packages, if this machine is Debian's and we are root. Nobody's system is changed through sudo:
    /// whoever is not root is told what to install.
    pub(crate) fn install(&mut self, packages: &[&str]) -> Result<()> {
        let apt = process::find_program(&["apt-get"]).context("this machine has no apt-get")?;
        if !process::is_root() {
            bail!("installing packages needs root; run `sudo apt-get install {}`", packages.join(" "));
        }
        steps::announced(&format!("apt-get install {}", packages.join(" ")), || {
            let apt_get = || {
                let mut command = Command::new(&apt);
                command.env("DEBIAN_FRONTEND", "noninteractive");
                command
            };
            if !self.updated {
                // A fresh image has no package lists at all.
                process::run_logged(apt_get().arg("update"), &project::log("apt-get-update"))?;
                self.updated = true;
            }
            let mut install = apt_get();
            install.args(["install", "--yes", "--no-install-recommends"]).args(packages);
            process::run_logged(&mut install, &project::log("apt-get-install"))
        })
    }
}
