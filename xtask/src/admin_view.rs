//! The admin view: one script, which the Function's service hands out to the browsers of admins.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::bundle_contents;
use crate::process;
use crate::progress;
use crate::project::{self, SHIM};
use crate::size::{self, Size};
use crate::stamp::Stamp;

/// A private asset: the Function `admin-view` hands it out, with the header that Subresource Integrity takes.
const ASSET: &str = "plugin-serverless/assets/device-monitoring-admin-view.private.js";
/// Tells the plugin the hash of the script.
const MODULE: &str = "js-shim/src/generated/adminView.js";
/// Lists the sources of the script, one a line.
const SOURCES: &str = "admin-view-sources";
/// What `cargo xtask build` writes is no input, but for the view's own engine.
const GENERATED: &str = "generated";

/// Makes it of what `wasm::build` left in js-shim/admin-view/src/generated; does nothing if nothing has changed since.
pub(crate) fn build() -> Result<PathBuf> {
    let (shim, asset, module) = (project::path(SHIM), project::path(ASSET), project::path(MODULE));
    let sources = project::scratch().join(SOURCES);
    let outputs = vec![asset.clone(), module.clone(), sources.clone()];
    let mut stamp = Stamp::new(project::scratch().join("admin-view-inputs"), outputs)
        .this_program()?
        .file(&shim.join("node_modules/.package-lock.json"))
        .file(&shim.join("admin-view/build.mjs"))
        .folder(&shim.join("admin-view/src"))?
        .folder(&project::path("locales/admin-view"))?;
    for source in shared_sources(&shim.join("src"))? {
        stamp = if source.is_dir() { stamp.folder(&source)? } else { stamp.file(&source) };
    }
    if stamp.is_current() {
        println!("✓ the admin view (nothing has changed)");
        return Ok(asset);
    }
    progress::announced("the admin view", || {
        let mut command = Command::new("node");
        command.current_dir(&shim).arg("admin-view/build.mjs").args([&asset, &module, &sources]);
        process::run(&mut command)
    })?;
    let script =
        fs::read(&asset).with_context(|| format!("{} is not there; what did build.mjs do?", asset.display()))?;
    stamp.write()?;
    println!("{}", size::plain(&Size::new(ASSET, &script)?));
    Ok(asset)
}

/// The folders of the npm packages that the script has code of.
pub(crate) fn packages() -> Result<BTreeSet<String>> {
    let list = project::scratch().join(SOURCES);
    let text = fs::read_to_string(&list).with_context(|| format!("{} cannot be read", list.display()))?;
    Ok(bundle_contents::packages_of(text.lines()))
}

/// The plugin's own sources, some of which the view shares.
fn shared_sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.file_name().is_none_or(|name| name != GENERATED));
    paths.sort();
    Ok(paths)
}
