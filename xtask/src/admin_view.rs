//! The admin view: one script, which the Function's service hands out to the browsers of admins.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::project::{self, SHIM};
use crate::size::{self, Size};
use crate::stamp::Stamp;
use crate::steps;

/// Public: it is downloaded without a token, and holds no secret.
const ASSET: &str = "plugin-serverless/assets/device-monitoring-admin-view.js";

/// React and Flex are the page's own.
const ALIASES: [&str; 2] = ["--alias:react=./src/page/react.js", "--alias:@twilio/flex-ui=./src/page/flex.js"];

/// Makes it of what `wasm::build` left in js-shim/admin-view/src/generated; does nothing if nothing has changed since.
pub(crate) fn build() -> Result<PathBuf> {
    let (folder, asset) = (project::path("js-shim/admin-view"), project::path(ASSET));
    let stamp = Stamp::new(project::scratch().join("admin-view-inputs"), vec![asset.clone()])
        .this_program()?
        .file(&project::path("js-shim/node_modules/esbuild/package.json"))
        .folder(&folder.join("src"))?
        .folder(&project::path("js-shim/src"))?;
    if stamp.is_current() {
        println!("✓ the admin view (nothing has changed)");
        return Ok(asset);
    }
    steps::announced("the admin view", || {
        let mut command = Command::new(project::node_program(SHIM, "esbuild"));
        command
            .current_dir(&folder)
            .args(["src/index.js", "--bundle", "--minify", "--format=iife", "--target=es2020", "--loader:.js=jsx"])
            .args(["--log-level=warning"])
            .args(ALIASES)
            .arg(format!("--outfile={}", asset.display()));
        process::run(&mut command)
    })?;
    let script = fs::read(&asset).with_context(|| format!("{} is not there; what did esbuild do?", asset.display()))?;
    stamp.write()?;
    println!("{}", size::plain(&Size::new(ASSET, &script)?));
    Ok(asset)
}
