//! `cargo xtask dist`: what is deployed, as one folder and a zip, for machines without Rust.

mod builds_without_rust;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::admin_view;
use crate::progress;
use crate::project::{self, FUNCTION, SHIM};
use crate::setup;
use crate::wasm;

pub(crate) use builds_without_rust::check;

const FOLDER: &str = "target/dist";
const NAME: &str = "device-monitoring";
const README: &str = include_str!("README.md");

/// Of the project's root.
const OF_THE_ROOT: [&str; 6] =
    [".env.sample", "appConfig.sample.js", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "docs"];
/// Of the plugin, with what `cargo xtask build` has made in `src/generated`.
const OF_THE_PLUGIN: [&str; 5] = ["package.json", "package-lock.json", "webpack.config.js", "src", "public"];
/// Of the Function, with the admin view among its assets and what judges incidents among its files.
const OF_THE_FUNCTION: [&str; 7] =
    ["package.json", "package-lock.json", ".env.sample", "set-up.mjs", "functions", "assets", "examples"];
/// Somebody's own: what is in .gitignore, and pictures.
const LEFT_OUT: [&str; 3] = ["appConfig.js", ".env", "screenshots"];

/// Builds everything, and makes the folder and the zip of it.
pub(crate) fn run() -> Result<()> {
    let tools = setup::for_build()?;
    wasm::build(&tools, wasm::RELEASE_PROFILE)?;
    let folder = make()?;
    let zip = progress::announced("the zip", || zipped(&folder))?;
    println!("{}\n{}", folder.display(), zip.display());
    Ok(())
}

/// The folder. Needs what `wasm::build` left.
pub(crate) fn make() -> Result<PathBuf> {
    admin_view::build()?;
    let version = version()?;
    let folder = project::path(FOLDER).join(format!("{NAME}-{version}"));
    progress::announced("the folder", || {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
        }
        for (from, names) in
            [("", OF_THE_ROOT.as_slice()), (SHIM, OF_THE_PLUGIN.as_slice()), (FUNCTION, OF_THE_FUNCTION.as_slice())]
        {
            for name in names {
                copy(&project::path(from).join(name), &folder.join(from).join(name))?;
            }
        }
        let readme = folder.join("README.md");
        fs::write(&readme, README.replace("VERSION", &version))
            .with_context(|| format!("{} cannot be written", readme.display()))
    })?;
    Ok(folder)
}

/// The plugin's version.
fn version() -> Result<String> {
    let file = project::path(SHIM).join("package.json");
    let about = || format!("{} cannot be read", file.display());
    let package: Value = serde_json::from_str(&fs::read_to_string(&file).with_context(about)?).with_context(about)?;
    let version = package.get("version").and_then(Value::as_str);
    version.map(ToOwned::to_owned).with_context(|| format!("{} has no version", file.display()))
}

/// A file, or a folder with everything in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let about = || format!("{} cannot be copied", from.display());
    if from.is_dir() {
        fs::create_dir_all(to).with_context(about)?;
        for entry in fs::read_dir(from).with_context(about)? {
            let name = entry?.file_name();
            if !LEFT_OUT.iter().any(|left_out| name == *left_out) {
                copy(&from.join(&name), &to.join(&name))?;
            }
        }
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).with_context(about)?;
    }
    fs::copy(from, to).map(drop).with_context(about)
}

/// The folder as a zip beside it. The same files make the same zip: it has no times in it.
fn zipped(folder: &Path) -> Result<PathBuf> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let path = folder.with_file_name(format!("{name}.zip"));
    let about = || format!("{} cannot be written", path.display());
    let mut zip = ZipWriter::new(File::create(&path).with_context(about)?);
    for file in files_in(folder)? {
        let inside = file.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        zip.start_file(format!("{name}/{inside}"), SimpleFileOptions::default()).with_context(about)?;
        let mut content = File::open(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        io::copy(&mut content, &mut zip).with_context(about)?;
    }
    zip.finish().with_context(about)?;
    Ok(path)
}

/// All files in a folder, at any depth, by name.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    let files = paths.into_iter().map(|path| if path.is_dir() { files_in(&path) } else { Ok(vec![path]) });
    Ok(files.collect::<Result<Vec<_>>>()?.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_goes_into_the_folder_is_there_but_for_what_is_made() {
        for (from, names) in
            [("", OF_THE_ROOT.as_slice()), (SHIM, OF_THE_PLUGIN.as_slice()), (FUNCTION, OF_THE_FUNCTION.as_slice())]
        {
            for name in names {
                let path = project::path(from).join(name);
                assert!(path.exists(), "{}", path.display());
            }
        }
    }

    #[test]
    fn what_is_somebodys_own_is_not_given_to_others() {
        let folder = std::env::temp_dir().join(format!("xtask-{}-dist", std::process::id()));
        fs::create_dir_all(folder.join("from/public")).unwrap();
        for name in ["from/public/appConfig.js", "from/public/.gitkeep", "from/.env", "from/.env.sample"] {
            fs::write(folder.join(name), name).unwrap();
        }
        copy(&folder.join("from"), &folder.join("to")).unwrap();
        let names: Vec<_> = files_in(&folder.join("to")).unwrap();
        assert_eq!(names, [folder.join("to/.env.sample"), folder.join("to/public/.gitkeep")]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_four_commands_are_those_of_the_documents() {
        let deploying = fs::read_to_string(project::path("docs/deploying.md")).unwrap();
        for command in [
            "npm run set-up",
            "twilio serverless:deploy --runtime node22",
            "twilio flex:plugins:deploy --version",
            "twilio flex:plugins:release --plugin plugin-device-monitoring@",
        ] {
            assert!(README.contains(command) && deploying.contains(command), "{command}");
        }
    }
}
