//! Debian's packages, where this machine has apt and lets us use it.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::missing::System;
use crate::process;
use crate::progress;
use crate::project;

pub(crate) struct Apt {
    pub(crate) system: System,
    updated: bool,
}

impl Apt {
    pub(crate) fn new(system: System) -> Self {
        Self { system, updated: false }
    }

    pub(crate) fn install(&mut self, packages: &[&str]) -> Result<()> {
        ensure!(self.system.installs_packages(), "packages can be installed here only by hand");
        progress::announced(&format!("apt-get install {}", packages.join(" ")), || {
            let apt_get = || {
                let mut command = Command::new("apt-get");
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
