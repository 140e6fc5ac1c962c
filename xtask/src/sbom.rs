//! `cargo xtask sbom`: what is in what is shipped, as CycloneDX, in target/sbom. One file for each thing that somebody
//! installs.
//!
//! Of crates, `cargo tree` says what is compiled in; of the Function's packages, npm's lock file; of the bundle's, its own
//! source map. `npm sbom` describes packages, but cannot be asked for these alone: with `--omit=dev` it leaves out what
//! development needs as well.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::bundle;
use crate::npm;
use crate::parts;
use crate::process;
use crate::project::{self, FUNCTION, SHIM};
use crate::setup;
use crate::toolchain::{self, TARGET};
use crate::wasm;

/// The version of `npm sbom`.
const SPECIFICATION: &str = "1.5";

pub(crate) fn run() -> Result<()> {
    let bundle = bundle::build_and_measure(&wasm::build(&setup::for_build()?, wasm::RELEASE_PROFILE)?)?;
    let map = fs::read(bundle.with_extension("js.map")).context("the bundle's source map cannot be read")?;
    let engine = ["--package", "device-monitoring", "--target", TARGET];
    let mut plugin = crates(&engine)?;
    plugin.extend(bundled(&parts::packages(&map)?)?);
    write("plugin", "plugin-device-monitoring", plugin)?;
    write("desk", "device-monitoring-desk", crates(&[&engine[..], &["--features", "desk"]].concat())?)?;
    write("function", "plugin-device-monitoring-serverless", deployed()?)?;
    write("replay", "replay", crates(&["--package", "replay"])?)
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

/// What is compiled in, macros and build scripts aside, and the standard library.
fn crates(arguments: &[&str]) -> Result<Vec<Value>> {
    let mut tree = toolchain::cargo();
    tree.current_dir(project::root())
        .args(["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}|{l}"])
        .args(arguments);
    let listed = process::output_of(&mut tree)?;
    let sums = checksums(&fs::read_to_string(project::path("Cargo.lock"))?);
    let mut components: Vec<Value> =
        listed.lines().filter_map(read_crate).collect::<BTreeSet<_>>().iter().map(|one| of_crate(one, &sums)).collect();
    let version = process::output_of(Command::new("rustc").arg("--version"))?;
    let version = version.split(' ').nth(1).context("rustc does not say its version")?;
    components.push(json!({
        "type": "library", "bom-ref": format!("rust-std@{version}"), "name": "rust-std", "version": version,
        "purl": format!("pkg:generic/rust-std@{version}"), "licenses": [{"expression": "MIT OR Apache-2.0"}],
    }));
    Ok(components)
}

/// Name, version, licence.
type Crate = (String, String, String);

/// `serde v1.0.229|MIT OR Apache-2.0`, perhaps with a folder behind the version, and a star for one that was named before.
fn read_crate(line: &str) -> Option<Crate> {
    let (package, licence) = line.split_once('|')?;
    let mut words = package.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    // Some still write "or" as Cargo once did.
    let licence = licence.trim_end_matches(" (*)").replace('/', " OR ");
    Some((name.to_owned(), version.to_owned(), licence))
}

fn of_crate((name, version, licence): &Crate, sums: &BTreeMap<(String, String), String>) -> Value {
    let sum = sums.get(&(name.clone(), version.clone()));
    json!({
        "type": "library", "bom-ref": format!("{name}@{version}"), "name": name, "version": version,
        "purl": format!("pkg:cargo/{name}@{version}"), "licenses": [{"expression": licence}],
        "hashes": sum.map(|sum| json!({"alg": "SHA-256", "content": sum})).into_iter().collect::<Vec<_>>(),
    })
}

/// By name and version. Our own have none.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let read = |package: &str| {
        let field = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
            line.strip_suffix('"').map(str::to_owned)
        };
        Some(((field("name")?, field("version")?), field("checksum")?))
    };
    lock.split("[[package]]").filter_map(read).collect()
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
    fn a_crate_is_read_from_its_line_wherever_it_comes_from() {
        let read = |line: &str| read_crate(line).unwrap();
        let crate_of = |name: &str, version: &str, licence: &str| (name.into(), version.into(), licence.into());
        assert_eq!(read("serde v1.0.229|MIT OR Apache-2.0"), crate_of("serde", "1.0.229", "MIT OR Apache-2.0"));
        assert_eq!(read("itoa v1.0.18|MIT/Apache-2.0 (*)"), crate_of("itoa", "1.0.18", "MIT OR Apache-2.0"));
        assert_eq!(read("engine v0.1.0 (/a/folder)|MIT"), crate_of("engine", "0.1.0", "MIT"));
        assert_eq!(read_crate(""), None);
    }

    #[test]
    fn every_crate_of_the_engine_has_its_licence_and_all_but_ours_a_checksum() {
        let components = crates(&["--package", "device-monitoring", "--target", TARGET]).unwrap();
        let names: Vec<&str> = components.iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"strsim") && names.contains(&"rust-std") && !names.contains(&"syn"), "{names:?}");
        for one in &components {
            assert!(one["licenses"][0]["expression"].as_str().unwrap().contains("MIT"), "{one}");
            let is_ours = ["device-monitoring", "rust-std"].contains(&one["name"].as_str().unwrap());
            assert_eq!(one["hashes"][0]["content"].as_str().is_some_and(|sum| sum.len() == 64), !is_ours, "{one}");
        }
    }

    #[test]
    fn the_documents_say_why_each_crate_of_the_bundle_is_there() {
        let document = fs::read_to_string(project::path("docs/dependencies.md")).unwrap();
        let (_, section) = document.split_once("## Third-party code in the bundle").unwrap();
        for component in crates(&["--package", "device-monitoring", "--target", TARGET]).unwrap() {
            let name = component["name"].as_str().unwrap();
            let is_named = ["device-monitoring", "rust-std"].contains(&name) || section.contains(&format!("`{name}`"));
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
