//! Where things are in the checkout.

use std::path::{Path, PathBuf};

// The npm packages of the project.
pub(crate) const SHIM: &str = "js-shim";
pub(crate) const FUNCTION: &str = "plugin-serverless";
pub(crate) const LAB: &str = "lab";
/// The oldest Flex UI that the plugin is tested with: only for a full run.
pub(crate) const OLDEST_FLEX_UI: &str = "lab/oldest-flex-ui";

/// The checkout: the folder that this crate's own lies in.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

pub(crate) fn path(relative: &str) -> PathBuf {
    root().join(relative)
}

/// Cargo's output folder. Given to cargo explicitly wherever a file is fetched from it afterwards, because
/// CARGO_TARGET_DIR may point elsewhere.
pub(crate) fn target() -> PathBuf {
    path("target")
}

/// What these commands leave for themselves: logs and intermediate files.
pub(crate) fn scratch() -> PathBuf {
    path("target/xtask")
}

pub(crate) fn log(name: &str) -> PathBuf {
    scratch().join(format!("{name}.log"))
}

pub(crate) fn node_program(package: &str, program: &str) -> PathBuf {
    path(package).join("node_modules/.bin").join(program)
}
