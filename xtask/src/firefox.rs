//! Firefox, in which a full run takes calls too. Nothing else needs it.

use std::env;

use crate::apt::Apt;
use crate::missing::System;
use crate::process;

const FIREFOX: [&str; 2] = ["firefox-esr", "firefox"];
const PACKAGES: [&str; 1] = ["firefox-esr"];

/// Installs it where packages can be installed and it is not there. Without it, its tests are skipped: that is said here.
pub(crate) fn install() {
    let system = System::here();
    if env::var_os("FIREFOX").is_some() || process::find_program(&FIREFOX).is_some() {
        return;
    }
    let why = if system.installs_packages() {
        match Apt::new(system).install(&PACKAGES) {
            Ok(()) => return,
            Err(error) => format!("{error:#}"),
        }
    } else {
        way_to(system)
    };
    println!("There is no Firefox, so that nothing is tested in it: {why}");
}

fn way_to(system: System) -> String {
    system
        .apt_get_install(&PACKAGES)
        .unwrap_or_else(|| "install it from mozilla.org, or set FIREFOX to its executable".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_is_told_its_own_way_to_firefox() {
        assert_eq!(way_to(System::Debian { root: false }), "sudo apt-get install firefox-esr");
        assert!(way_to(System::Mac).contains("mozilla.org"));
    }
}
