//! `cargo xtask sbom`: what is in what is shipped, as CycloneDX, in target/sbom. One file for each thing that somebody
//! installs.
//!
//! cargo-cyclonedx describes crates, `npm sbom` packages. Of the packages, those stay that are shipped: of the Function's
//! the ones that development alone does not need, of the bundle's the ones that its source map names. (`npm sbom
//! --omit=dev` also leaves out what development needs as well.)

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::admin_view;
use crate::bundle;
use crate::bundle_contents;
use crate::missing;
use crate::npm;
use crate::process;
use crate::project::{self, FUNCTION, SHIM};
use crate::setup;
use crate::supply_chain;
use crate::toolchain::{self, TARGET};
use crate::wasm;

const CARGO_CYCLONEDX: &str = "0.5.9";
/// The version of `npm sbom`.
const SPECIFICATION: &str = "1.5";

pub(crate) fn run() -> Result<()> {
    missing::together([supply_chain::tool("cargo-cyclonedx", CARGO_CYCLONEDX).err().as_ref()])?;
    let bundle = bundle::build_and_measure(&wasm::build(&setup::for_build()?, wasm::RELEASE_PROFILE)?)?;
    let map = fs::read(bundle.with_extension("js.map")).context("the bundle's source map cannot be read")?;
    let mut plugin = crates("", &["--target", TARGET])?;
    plugin.extend(bundled(&bundle_contents::packages(&map)?)?);
    write("plugin", "plugin-device-monitoring", plugin)?;
    let mut view = crates("", &["--target", TARGET, "--features", "admin-view"])?;
    view.extend(bundled(&admin_view::packages()?)?);
    write("admin-view", "device-monitoring-admin-view", view)?;
    let mut function = crates("", &["--target", TARGET, "--features", "function"])?;
    function.extend(deployed()?);
    write("function", "plugin-device-monitoring-serverless", function)?;
    write("replay", "replay", crates("crates/replay", &[])?)
}

fn write(file: &str, name: &str, components: Vec<Value>) -> Result<()> {
    ensure!(!components.is_empty(), "nothing is known to be in {name}");
    let folder = project::target().join("sbom");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{file}.cdx.json"));
    fs::write(&path, serde_json::to_string_pretty(&bill(name, &components))?)?;
    println!("✓ {}: {} components", path.strip_prefix(project::root())?.display(), components.len());
    Ok(())
}

/// The same for the same content: without the moment and the number that it might have.
fn bill(name: &str, components: &[Value]) -> Value {
    json!({
        "$schema": format!("http://cyclonedx.org/schema/bom-{SPECIFICATION}.schema.json"),
        "bomFormat": "CycloneDX", "specVersion": SPECIFICATION, "version": 1,
        "metadata": {"component": {
            "type": "application", "bom-ref": name, "name": name, "version": env!("CARGO_PKG_VERSION"),
            "licenses": [{"expression": "MIT OR Apache-2.0"}],
        }},
        "components": components,
    })
}

/// What the crate in this folder is made of: its build scripts aside, and with the macros that it was compiled with.
fn crates(folder: &str, arguments: &[&str]) -> Result<Vec<Value>> {
    const NAME: &str = "written-by-xtask-sbom";
    let mut command = toolchain::cargo();
    command.current_dir(project::path(folder)).args(["cyclonedx", "--quiet", "--no-build-deps", "--format", "json"]);
    command.args(["--spec-version", SPECIFICATION, "--override-filename", NAME]).args(arguments);
    let described = process::output_of(&mut command).and_then(|_| {
        let bill = fs::read(project::path(folder).join(format!("{NAME}.json")))?;
        Ok(serde_json::from_slice::<Value>(&bill)?)
    });
    // It writes a file beside the manifest of every member of the workspace.
    let metadata = process::output_of(toolchain::cargo().current_dir(project::root()).args([
        "metadata",
        "--no-deps",
        "--format-version=1",
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    for package in metadata.get("packages").and_then(Value::as_array).into_iter().flatten() {
        let manifest = package.get("manifest_path").and_then(Value::as_str).map(Path::new);
        if let Some(folder) = manifest.and_then(Path::parent) {
            // Not there where it failed.
            let _ = fs::remove_file(folder.join(format!("{NAME}.json")));
        }
    }
    let components = described?.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
    // Our own crates are what is described, and would tell where the checkout lies.
    let is_ours =
        |one: &Value| one.get("bom-ref").and_then(Value::as_str).is_some_and(|name| name.starts_with("path+"));
    Ok(components.into_iter().filter(|one| !is_ours(one)).collect())
}

/// Packages that the bundle has code of, by the folder that it came from.
fn bundled(folders: &BTreeSet<String>) -> Result<Vec<Value>> {
    let wanted = folders.iter().map(|folder| {
        let manifest = project::path(SHIM).join(folder).join("package.json");
        let text = fs::read(&manifest).with_context(|| format!("{} cannot be read", manifest.display()))?;
        let about: Value = serde_json::from_slice(&text)?;
        reference(&about).with_context(|| format!("{} says no version", manifest.display()))
    });
    packages(SHIM, &wanted.collect::<Result<_>>()?)
}

/// Packages that Twilio installs for the Function.
fn deployed() -> Result<Vec<Value>> {
    let lock = fs::read(project::path(FUNCTION).join("package-lock.json"))?;
    packages(FUNCTION, &not_for_development(&serde_json::from_slice(&lock)?))
}

fn not_for_development(lock: &Value) -> BTreeSet<String> {
    let is_for_it = |about: &Value| ["dev", "devOptional"].iter().any(|name| about.get(name) == Some(&json!(true)));
    let places = lock.get("packages").and_then(Value::as_object).into_iter().flatten();
    let installed = places.filter(|(place, about)| !place.is_empty() && !is_for_it(about));
    let named = installed.filter_map(|(place, about)| {
        let (name, version) = (place.rsplit("node_modules/").next()?, about.get("version")?.as_str()?);
        Some(format!("{name}@{version}"))
    });
    named.collect()
}

/// What npm calls a package.
fn reference(about: &Value) -> Option<String> {
    Some(format!("{}@{}", about.get("name")?.as_str()?, about.get("version")?.as_str()?))
}

/// What npm says of these packages.
fn packages(package: &str, wanted: &BTreeSet<String>) -> Result<Vec<Value>> {
    let mut command = npm::npm(package);
    let printed = process::output_of(command.args(["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]))?;
    let bill: Value = serde_json::from_str(&printed).context("npm sbom prints no JSON")?;
    let all = bill.get("components").and_then(Value::as_array).into_iter().flatten();
    let is_wanted = |one: &&Value| reference(one).is_some_and(|one| wanted.contains(&one));
    let found: Vec<Value> = all.filter(is_wanted).cloned().collect();
    ensure!(found.len() == wanted.len(), "npm describes {} of {} packages of {package}", found.len(), wanted.len());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_say_why_each_crate_of_the_bundle_was_chosen() {
        let document = fs::read_to_string(project::path("docs/dependencies.md")).unwrap();
        let (_, section) = document.split_once("## Third-party code in the bundle").unwrap();
        let mut tree = toolchain::cargo();
        tree.current_dir(project::root()).args(["tree", "--locked", "--package", "device-monitoring"]);
        tree.args(["--target", TARGET, "--edges", "normal", "--depth", "1", "--prefix", "none"]);
        for name in process::output_of(&mut tree).unwrap().lines().filter_map(|line| line.split(' ').next()) {
            let is_named = name == "device-monitoring" || section.contains(&format!("`{name}`"));
            assert!(is_named, "{name}");
        }
    }

    #[test]
    fn what_only_development_needs_is_not_deployed() {
        let lock = json!({"packages": {"": {"version": "1.0.0"}, "node_modules/@a/b": {"version": "1.0.0"},
            "node_modules/@a/b/node_modules/c": {"version": "2.0.0"}, "node_modules/c": {"version": "3.0.0", "dev": true}}});
        assert_eq!(not_for_development(&lock).into_iter().collect::<Vec<_>>(), ["@a/b@1.0.0", "c@2.0.0"]);
    }
}
