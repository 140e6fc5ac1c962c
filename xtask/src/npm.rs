//! The npm packages, installed as their lock files say.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project;
use crate::steps;
use crate::version::Version;

const OLDEST_NODE: Version = Version { major: 20, minor: 0 };

/// Written after a complete install. `npm ci` begins by deleting node_modules, so an interrupted one leaves none.
const STAMP: &str = "node_modules/.device-monitoring-installed";

pub(crate) fn node_version() -> Result<Version> {
    let get =
        format!("Install Node.js {} or newer, with npm, from nodejs.org or your system's packages", OLDEST_NODE.major);
    let printed = process::output_of(Command::new("node").arg("--version")).with_context(|| get.clone())?;
    match Version::find_in(&printed) {
        Some(version) if version >= OLDEST_NODE => Ok(version),
        Some(version) => bail!("Node.js {version} is too old. {get}"),
        None => bail!("`node --version` printed `{printed}`, which is no version. {get}"),
    }
}

/// Installs one package's dependencies unless they are there as the lock file says.
pub(crate) fn install(package: &str, node: Version) -> Result<()> {
    let folder = project::path(package);
    let wanted = stamp(&folder, node)?;
    if is_installed(&folder, &wanted) {
        return Ok(());
    }
    steps::announced(&format!("npm ci in {package}"), || {
        let mut command = npm(package);
        command.args(["ci", "--no-audit", "--no-fund"]);
        process::run_logged(&mut command, &project::log(&format!("npm-{package}")))?;
        let stamp = folder.join(STAMP);
        fs::write(&stamp, &wanted).with_context(|| format!("{} cannot be written", stamp.display()))
    })
}

/// `npm` in a package's folder.
pub(crate) fn npm(package: &str) -> Command {
    let mut command = Command::new("npm");
    // CI=true turns off Twilio's telemetry and every question that a tool might ask.
    command.current_dir(project::path(package)).env("CI", "true");
    command
}

pub(crate) fn run_script(package: &str, script: &str) -> Command {
    let mut command = npm(package);
    command.args(["run", "--silent", script]);
    command
}

/// The lock file itself, and Node's major version, since packages with native parts are built for one.
fn stamp(package: &Path, node: Version) -> Result<String> {
    let lock = package.join("package-lock.json");
    let lock = fs::read_to_string(&lock).with_context(|| format!("{} cannot be read", lock.display()))?;
    Ok(format!("node {}\n{lock}", node.major))
}

fn is_installed(package: &Path, wanted: &str) -> bool {
    fs::read_to_string(package.join(STAMP)).is_ok_and(|found| found == wanted)
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::path::PathBuf;

    use super::*;

    const NODE: Version = Version { major: 20, minor: 1 };

    fn package(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        fs::write(folder.join("package-lock.json"), "{\"lockfileVersion\": 3}").unwrap();
        folder
    }

    #[test]
    fn packages_are_installed_again_when_the_lock_or_nodes_major_version_changes() {
        let folder = package("changes");
        let wanted = stamp(&folder, NODE).unwrap();
        assert!(!is_installed(&folder, &wanted), "nothing is installed yet");
        fs::write(folder.join(STAMP), &wanted).unwrap();
        assert!(is_installed(&folder, &wanted));

        let patched = Version { minor: 9, ..NODE };
        assert!(is_installed(&folder, &stamp(&folder, patched).unwrap()), "a newer minor version changes nothing");
        let newer = Version { major: 22, ..NODE };
        assert!(!is_installed(&folder, &stamp(&folder, newer).unwrap()));
        fs::write(folder.join("package-lock.json"), "{\"lockfileVersion\": 3, \"packages\": {}}").unwrap();
        assert!(!is_installed(&folder, &stamp(&folder, NODE).unwrap()));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_package_without_a_lock_file_is_an_error_that_names_it() {
        let folder = package("no-lock");
        fs::remove_file(folder.join("package-lock.json")).unwrap();
        let message = format!("{:#}", stamp(&folder, NODE).unwrap_err());
        assert!(message.contains("package-lock.json cannot be read"), "{message}");
        fs::remove_dir_all(folder).unwrap();
    }
}
