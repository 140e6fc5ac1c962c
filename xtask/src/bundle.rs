//! The one file that Flex loads, made by Twilio's own tooling.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::bundle_contents;
use crate::process;
use crate::progress;
use crate::project::{self, SHIM};
use crate::size::{self, Size};
use crate::stamp::Stamp;

/// Where Twilio's tooling writes.
const BUILD: &str = "js-shim/build";
/// Where the lab looks for its bundle.
const FOR_LAB: &str = "target/lab/plugin";
const BUNDLE: &str = "plugin-device-monitoring.js";
const MAP: &str = "plugin-device-monitoring.js.map";

/// Holds the Function's address while the bundle is built.
const ADDRESS_VARIABLE: &str = "REACT_APP_SERVERLESS_URI";

const INLINED: [&str; 2] = ["FLEX_APP_", "REACT_APP_"];

/// The lab's page sends requests for this address to the Function on this machine.
const LAB_ADDRESS: &str = "https://device-monitoring-lab.example.twil.io";

/// The bundle, and what of it is what.
pub(crate) struct Weighed {
    pub(crate) bundle: Size,
    pub(crate) parts: Vec<Size>,
}

/// The bundle as it is deployed, in js-shim/build; it must not be too large. Needs what `wasm::build` left, and shows
/// its stages.
pub(crate) fn build_and_measure(stages: &[Size]) -> Result<PathBuf> {
    weigh(stages)?;
    Ok(project::path(BUILD).join(BUNDLE))
}

/// As [`build_and_measure`], for who wants to know what it weighs.
pub(crate) fn weigh(stages: &[Size]) -> Result<Weighed> {
    restore_after_interruption()?;
    progress::announced("bundle", || webpack(None))?;
    let folder = project::path(BUILD);
    let (code, map) = (read(&folder.join(BUNDLE))?, read(&folder.join(MAP))?);
    let bundle = Size::new(BUNDLE, &code)?;
    let parts = bundle_contents::measure(&String::from_utf8_lossy(&code), &map)?;
    let map = Size::new("source map (not part of the download)", &map)?;
    println!("\n{}", size::table(&bundle, parts.iter().chain(stages).chain([&map])));
    println!("{BUILD}/{}", size::line(&bundle));
    Ok(Weighed { bundle, parts })
}

/// How large a bundle is, in a line.
pub(crate) fn size_of(bundle: &Path) -> Result<String> {
    Ok(size::line(&Size::new(BUNDLE, &read(bundle)?)?))
}

/// The same bundle with the lab's address of the Function, in target/lab/plugin. Twilio's tooling can write only to
/// js-shim/build, so what is there steps aside meanwhile: a bundle with the lab's address must not be taken for the
/// one to deploy. Needs what `wasm::build` left; does nothing if nothing has changed since.
pub(crate) fn build_for_lab() -> Result<PathBuf> {
    restore_after_interruption()?;
    let folder = project::path(FOR_LAB);
    let stamp = ingredients(Stamp::new(folder.join("inputs"), vec![folder.join(BUNDLE), folder.join(MAP)]))?;
    if stamp.is_current() {
        println!("✓ bundle for the lab (nothing has changed)");
        return Ok(folder.join(BUNDLE));
    }
    let aside = Aside::new();
    aside.put()?;
    let built = progress::announced("bundle for the lab", || webpack(Some(LAB_ADDRESS)));
    let kept = built.and_then(|()| keep_for_lab());
    aside.restore()?;
    let kept = kept?;
    stamp.write()?;
    Ok(kept)
}

/// What the lab's bundle is made of.
fn ingredients(stamp: Stamp) -> Result<Stamp> {
    let shim = project::path(SHIM);
    let mut stamp = stamp.text(LAB_ADDRESS).this_program()?.file(&project::path(".env"));
    stamp = stamp.folder(&shim.join("src"))?;
    // npm keeps in node_modules a list of what it put there.
    for name in [".env", "package.json", "webpack.config.js", "node_modules/.package-lock.json"] {
        stamp = stamp.file(&shim.join(name));
    }
    // Twilio's tooling compiles these variables in.
    let variables: BTreeSet<_> = env::vars_os()
        .filter(|(name, _)| INLINED.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)))
        .collect();
    Ok(stamp.text(&format!("{variables:?}")))
}

fn keep_for_lab() -> Result<PathBuf> {
    let lab = project::path(FOR_LAB);
    fs::create_dir_all(&lab).with_context(|| format!("{} cannot be made", lab.display()))?;
    let built = project::path(BUILD);
    let bundle = lab.join(BUNDLE);
    for name in [BUNDLE, MAP] {
        let (from, to) = (built.join(name), lab.join(name));
        fs::copy(&from, &to).with_context(|| format!("{} cannot be copied to {}", from.display(), to.display()))?;
    }
    let text = String::from_utf8(read(&bundle)?).context("the bundle is not UTF-8")?;
    ensure!(
        text.contains(LAB_ADDRESS),
        "the bundle for the lab does not hold the lab's address {LAB_ADDRESS}; does js-shim/.env set another?"
    );
    Ok(bundle)
}

fn webpack(address: Option<&str>) -> Result<()> {
    let mut command = Command::new(project::node_program(SHIM, "flex-plugin"));
    command.arg("build").current_dir(project::path(SHIM)).env("CI", "true");
    if let Some(address) = address {
        command.env(ADDRESS_VARIABLE, address);
    }
    let log = project::log("flex-plugin-build");
    process::run_logged(&mut command, &log)?;
    // The shim's webpack hook says so when the bundle has no address for its alerts.
    for line in fs::read_to_string(&log)?.lines().filter(|line| line.contains(ADDRESS_VARIABLE)) {
        println!("note: {}", line.trim());
    }
    Ok(())
}

/// js-shim/build while it is out of the way.
struct Aside {
    build: PathBuf,
    kept: PathBuf,
}

impl Aside {
    fn new() -> Self {
        Self { build: project::path(BUILD), kept: project::scratch().join("build-aside") }
    }

    fn put(&self) -> Result<()> {
        if self.build.exists() {
            rename(&self.build, &self.kept)?;
        }
        Ok(())
    }

    fn restore(&self) -> Result<()> {
        if self.build.exists() {
            fs::remove_dir_all(&self.build).with_context(|| format!("{} cannot be removed", self.build.display()))?;
        }
        if self.kept.exists() {
            rename(&self.kept, &self.build)?;
        }
        Ok(())
    }
}

/// A run that was ended in the middle left the user's build aside.
fn restore_after_interruption() -> Result<()> {
    let aside = Aside::new();
    if aside.kept.exists() { aside.restore() } else { Ok(()) }
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).with_context(|| format!("{} cannot be moved to {}", from.display(), to.display()))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{} is not there; what did flex-plugin build?", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aside(name: &str) -> Aside {
        let folder = env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Aside { build: folder.join("build"), kept: folder.join("kept") }
    }

    fn make(folder: &Path, content: &str) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(BUNDLE), content).unwrap();
    }

    #[test]
    fn building_for_the_lab_leaves_the_users_bundle_as_it_was() {
        let aside = aside("users");
        make(&aside.build, "the user's");
        aside.put().unwrap();
        assert!(!aside.build.exists());
        make(&aside.build, "the lab's");
        aside.restore().unwrap();
        assert_eq!(fs::read_to_string(aside.build.join(BUNDLE)).unwrap(), "the user's");
        assert!(!aside.kept.exists());
        fs::remove_dir_all(aside.build.parent().unwrap()).unwrap();
    }

    #[test]
    fn building_for_the_lab_leaves_no_bundle_where_there_was_none() {
        let aside = aside("none");
        aside.put().unwrap();
        make(&aside.build, "the lab's");
        aside.restore().unwrap();
        assert!(!aside.build.exists());
        fs::remove_dir_all(aside.build.parent().unwrap()).unwrap();
    }
}
