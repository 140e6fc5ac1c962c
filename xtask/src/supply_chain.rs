//! `cargo xtask supply-chain`: licences, banned and doubled crates, sources and known vulnerabilities of everything that
//! the lock files name.
//!
//! Not a step of `cargo xtask test`: it needs cargo-deny, and what is known of vulnerabilities changes without a change
//! here. Where a database cannot be had, that is findings, and the rest is checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::missing::{self, Lack};
use crate::npm;
use crate::process;
use crate::project::{self, FUNCTION, LAB, SHIM};

const CARGO_DENY: &str = "0.20.2";
/// Checked without a network, beyond that which crates come through.
const RULES: [&str; 3] = ["licenses", "bans", "sources"];

pub(crate) fn run() -> Result<()> {
    missing::together([tool("cargo-deny", CARGO_DENY).err().as_ref()])?;
    for lock in cargo_locks(project::root())? {
        crates(&lock)?;
    }
    advisories()?;
    [SHIM, FUNCTION, LAB].into_iter().try_for_each(audit)
}

/// Whether a subcommand of cargo is there, in this version: another one may find other things.
pub(crate) fn tool(name: &str, version: &str) -> Result<(), Lack> {
    let subcommand = name.trim_start_matches("cargo-");
    let found = process::output_of(Command::new(name).args([subcommand, "--version"])).ok();
    let found = found.and_then(|found| found.split(' ').next_back().map(str::to_owned));
    if found.as_deref() == Some(version) {
        return Ok(());
    }
    Err(Lack {
        what: format!("{name} {version}"),
        because: found.map(|found| format!("there is {name} {found}")),
        get: vec![format!("cargo install {name} --version {version} --locked")],
    })
}

/// The manifests beside every Cargo.lock: the workspace's, and those that stand for themselves.
fn cargo_locks(root: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = vec![root.to_owned()];
    for parent in [root.to_owned(), root.join("crates")] {
        let entries = fs::read_dir(&parent).with_context(|| format!("{} cannot be read", parent.display()))?;
        folders.extend(entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?);
    }
    folders.sort();
    folders.retain(|folder| folder.join("Cargo.lock").is_file());
    Ok(folders.into_iter().map(|folder| folder.join("Cargo.toml")).collect())
}

fn deny(manifest: &Path) -> Command {
    let mut command = Command::new("cargo-deny");
    command.current_dir(project::root()).arg("--manifest-path").arg(manifest);
    command.arg("--config").arg(project::path("deny.toml"));
    command
}

fn crates(manifest: &Path) -> Result<()> {
    let name = manifest.strip_prefix(project::root()).unwrap_or(manifest).display().to_string();
    let log = project::log(&format!("deny-{}", name.replace(['/', '\\'], "-")));
    let mut command = deny(manifest);
    command.args(["--workspace", "--locked", "check", "--hide-inclusion-graph"]).args(RULES);
    process::run_logged(&mut command, &log)?;
    let twice = fs::read_to_string(&log)?.matches("warning[duplicate]").count();
    let log = log.strip_prefix(project::root()).unwrap_or(&log).display();
    println!("✓ {name}: licences, bans, sources ({twice} crates in more than one version: {log})");
    Ok(())
}

fn advisories() -> Result<()> {
    let mut fetch = deny(&project::path("Cargo.toml"));
    let fetched = process::run_logged(fetch.args(["fetch", "db"]), &project::log("deny-fetch"));
    if fetched.is_err() {
        println!("Not checked: the crates' advisories. The RustSec database (on github.com) cannot be had from here.");
        return Ok(());
    }
    for manifest in cargo_locks(project::root())? {
        let mut command = deny(&manifest);
        process::run(command.args(["--workspace", "--frozen", "check", "advisories"]))?;
    }
    println!("✓ the crates' advisories");
    Ok(())
}

/// What npm knows of a package's dependencies.
#[derive(Debug, PartialEq, Eq)]
enum Audit {
    /// Vulnerabilities: low or less, moderate, high, critical.
    Found([u64; 4]),
    /// The registry does not answer such questions.
    Unknown(String),
}

/// Only the Function is deployed with its dependencies. The plugin's build takes two files of them
/// (`cargo xtask sbom`), and the lab stays on this machine: there a finding is told, and is no failure.
fn audit(package: &str) -> Result<()> {
    let is_deployed = package == FUNCTION;
    let mut command = npm::npm(package);
    command.args(["audit", "--json", "--package-lock-only"]);
    if is_deployed {
        command.arg("--omit=dev");
    }
    // With findings it fails, and prints them all the same.
    let output = command.output().context("npm cannot be started")?;
    match read(&String::from_utf8_lossy(&output.stdout)) {
        Audit::Unknown(why) => println!("Not checked: the advisories of {package}. npm says: {why}"),
        Audit::Found([low, moderate, high, critical]) => {
            let findings =
                format!("{package}: {critical} critical, {high} high, {moderate} moderate, {low} low vulnerabilities");
            ensure!(!is_deployed || high + critical == 0, "{findings}; `npm audit --omit=dev` there tells of them");
            println!("✓ {findings}");
        }
    }
    Ok(())
}

fn read(report: &str) -> Audit {
    let report: Value = serde_json::from_str(report).unwrap_or_default();
    let count =
        |severity: &str| report.pointer(&format!("/metadata/vulnerabilities/{severity}")).and_then(Value::as_u64);
    match (count("low"), count("moderate"), count("high"), count("critical")) {
        (Some(low), Some(moderate), Some(high), Some(critical)) => {
            Audit::Found([low + count("info").unwrap_or(0), moderate, high, critical])
        }
        _ => {
            // The address in npm's own message is that of whatever stands in for the registry.
            let code = report.get("statusCode").and_then(Value::as_u64);
            Audit::Unknown(code.map_or("nothing".to_owned(), |code| format!("the registry answers {code}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lock_file_of_the_project_is_found() {
        let names: Vec<String> = cargo_locks(project::root())
            .unwrap()
            .iter()
            .map(|manifest| manifest.strip_prefix(project::root()).unwrap().display().to_string())
            .collect();
        let wanted = ["Cargo.toml", "crates/datafusion/Cargo.toml", "crates/python/Cargo.toml", "fuzz/Cargo.toml"];
        assert_eq!(names, wanted);
    }

    #[test]
    fn an_audit_is_its_counts_and_what_is_none_is_not_taken_for_a_clean_one() {
        let report = r#"{"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"vulnerabilities":
            {"info": 1, "low": 2, "moderate": 0, "high": 4, "critical": 5, "total": 12}}}"#;
        assert_eq!(read(report), Audit::Found([3, 0, 4, 5]));
        let refused = r#"{"message": "405 Method Not Allowed", "method": "POST", "statusCode": 405}"#;
        assert_eq!(read(refused), Audit::Unknown("the registry answers 405".to_owned()));
        for none in ["", "{}", "not json", r#"{"metadata": {"vulnerabilities": {"high": 0}}}"#] {
            assert_eq!(read(none), Audit::Unknown("nothing".to_owned()), "{none}");
        }
    }

    #[test]
    fn every_package_in_npms_lock_files_has_its_checksum() {
        for package in [SHIM, FUNCTION, LAB] {
            let lock = fs::read_to_string(project::path(package).join("package-lock.json")).unwrap();
            let lock: Value = serde_json::from_str(&lock).unwrap();
            let packages = lock["packages"].as_object().unwrap();
            assert!(packages.len() > 10, "{package}");
            for (place, about) in packages.iter().filter(|(place, _)| !place.is_empty()) {
                assert!(
                    about["integrity"].as_str().is_some_and(|sum| sum.starts_with("sha512-")),
                    "{package}: {place}"
                );
            }
        }
    }
}
