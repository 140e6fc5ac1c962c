//! The npm packages, installed as their lock files say.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::missing::{Lack, System};
use crate::process;
use crate::progress;
use crate::project::{self, LAB};
use crate::tool_version::Version;

const OLDEST_NODE: Version = Version { major: 20, minor: 12 };

/// Written after a complete install. `npm ci` begins by deleting node_modules, so an interrupted one leaves none.
const STAMP: &str = "node_modules/.device-monitoring-installed";

/// The version of Node.js, if that and npm will do.
pub(crate) fn node(system: System) -> Result<Version, Lack> {
    let printed = process::output_of(Command::new("node").arg("--version"));
    let npm = process::find_program(&["npm"]);
    judge(printed.map_err(|error| format!("{error:#}")), npm.is_some()).map_err(|because| lack(system, because))
}

fn judge(printed: Result<String, String>, has_npm: bool) -> Result<Version, String> {
    let printed = printed?;
    match Version::find_in(&printed) {
        Some(version) if version < OLDEST_NODE => Err(format!("there is Node.js {version}, which is too old")),
        Some(version) if !has_npm => Err(format!("there is Node.js {version}, but no npm")),
        Some(version) => Ok(version),
        None => Err(format!("`node --version` printed `{printed}`, which is no version")),
    }
}

fn lack(system: System, because: String) -> Lack {
    let packages = match system {
        System::Mac => Some("brew install node".to_owned()),
        _ => system.apt_get_install(&["nodejs", "npm"]).map(|command| format!("{command}   # Debian 13 or newer")),
    };
    Lack {
        what: format!("Node.js {OLDEST_NODE} or newer, with npm"),
        because: Some(because),
        get: ["https://nodejs.org/en/download".to_owned()].into_iter().chain(packages).collect(),
    }
}

/// Installs one package's dependencies unless they are there as the lock file says.
pub(crate) fn install(package: &str, node: Version) -> Result<()> {
    let folder = project::path(package);
    let wanted = stamp(&folder, node)?;
    if is_installed(&folder, &wanted) {
        return Ok(());
    }
    progress::announced(&format!("npm ci in {package}"), || {
        let mut command = npm(package);
        command.args(["ci", "--no-audit", "--no-fund"]);
        process::run_logged(&mut command, &project::log(&format!("npm-{}", package.replace('/', "-"))))?;
        let stamp = folder.join(STAMP);
        fs::write(&stamp, &wanted).with_context(|| format!("{} cannot be written", stamp.display()))
    })
}

/// Whether somebody has installed them, however and whenever.
pub(crate) fn is_present(package: &str) -> bool {
    project::path(package).join("node_modules/.package-lock.json").is_file()
}

/// `npm` in a package's folder.
pub(crate) fn npm(package: &str) -> Command {
    let mut command = Command::new("npm");
    // CI=true turns off Twilio's telemetry and every question that a tool might ask.
    command.current_dir(project::path(package)).env("CI", "true");
    command
}

/// Whether the lab finds a browser that is installed, or is told of one; also before its packages are there.
pub(crate) fn lab_finds_a_browser() -> bool {
    let look =
        "import('./page/find-browser.mjs').then(({ findBrowser }) => findBrowser()).catch(() => process.exit(1))";
    let mut node = Command::new("node");
    node.args(["-e", look]).current_dir(project::path(LAB));
    node.output().is_ok_and(|output| output.status.success())
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

    const NODE: Version = Version { major: 20, minor: 12 };

    fn package(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        fs::write(folder.join("package-lock.json"), "{\"lockfileVersion\": 3}").unwrap();
        folder
    }

    #[test]
    fn node_must_be_new_enough_and_come_with_npm() {
        let printed = |text: &str| Ok(text.to_owned());
        assert_eq!(judge(printed("v20.12.2"), true), Ok(NODE));
        assert_eq!(judge(printed("v20.11.1"), true), Err("there is Node.js 20.11, which is too old".to_owned()));
        assert_eq!(judge(printed("v20.12.2"), false), Err("there is Node.js 20.12, but no npm".to_owned()));
        assert!(judge(printed("nonsense"), true).unwrap_err().contains("`nonsense`, which is no version"));
        assert_eq!(judge(Err("not installed".to_owned()), false), Err("not installed".to_owned()));
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
