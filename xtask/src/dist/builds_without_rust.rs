//! Whether what was packed can be built where there is no Rust, with another address than it was packed with.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{copy, make};
use crate::process;
use crate::progress;
use crate::project::{self, FUNCTION, SHIM};

const ADDRESS: &str = "https://another-address-0000-dev.example.twil.io";
const BUNDLE: &str = "js-shim/build/plugin-device-monitoring.js";
/// What the build may find in PATH, and nothing else.
const PROGRAMS: [&str; 2] = ["node", "sh"];

/// Packs, and builds the plugin in a copy of the folder, as its README has it. The npm packages are those of the checkout,
/// which has the same lock file.
pub(crate) fn check() -> Result<()> {
    let packed = make()?;
    let place = env::temp_dir().join(format!("device-monitoring-dist-{}", std::process::id()));
    let built = progress::announced("the plugin, without Rust and with another address", || built(&packed, &place));
    fs::remove_dir_all(&place).with_context(|| format!("{} cannot be removed", place.display()))?;
    built
}

fn built(packed: &Path, place: &Path) -> Result<()> {
    copy(packed, place)?;
    fs::write(place.join(".env"), format!("REACT_APP_SERVERLESS_URI={ADDRESS}\n"))?;
    symlink(project::path(SHIM).join("node_modules"), place.join(SHIM).join("node_modules"))?;
    let programs = place.join("programs");
    fs::create_dir(&programs)?;
    for name in PROGRAMS {
        let found = process::find_program(&[name]).with_context(|| format!("{name} is not in PATH"))?;
        symlink(fs::canonicalize(found)?, programs.join(name))?;
    }
    let mut command = Command::new(programs.join("node"));
    command
        .arg("node_modules/.bin/flex-plugin")
        .arg("build")
        .current_dir(place.join(SHIM))
        .env_clear()
        .env("PATH", &programs)
        .env("HOME", place)
        .env("CI", "true");
    process::run_logged(&mut command, &project::log("dist-build"))?;

    let bundle = fs::read_to_string(place.join(BUNDLE)).context("flex-plugin has built nothing")?;
    ensure!(bundle.contains(ADDRESS), "the bundle does not hold the address {ADDRESS}");
    let integrity = integrity_of(&place.join(FUNCTION).join("assets/device-monitoring-admin-view.private.js"))?;
    ensure!(bundle.contains(&integrity), "the bundle names another admin view than the one beside it");
    let judged = judged(&place.join(FUNCTION).join("functions/generated/incidents.private.js"))?;
    ensure!(judged.contains("\"changes\":[]"), "the Function's engine answers: {judged}");
    let package: Value = serde_json::from_str(&fs::read_to_string(place.join(SHIM).join("package.json"))?)?;
    ensure!(package.get("name") == Some(&"plugin-device-monitoring".into()), "the package has another name");
    Ok(())
}

/// What the Function's engine says of a floor without calls.
fn judged(engine: &Path) -> Result<String> {
    let judge = "console.log(require(process.argv[1]).judgeIncidents('', '[]', Date.now()))";
    process::output_of(Command::new("node").args(["-e", judge]).arg(engine))
}

/// As the attribute `integrity` writes it. By Node, as the build itself does.
fn integrity_of(script: &Path) -> Result<String> {
    let hash = "const {createHash} = require('node:crypto'); \
                console.log('sha384-' + createHash('sha384').update(require('node:fs').readFileSync(process.argv[1])).digest('base64'))";
    process::output_of(Command::new("node").args(["-e", hash]).arg(script))
}
