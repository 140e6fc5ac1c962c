//! Chromium and the driver through which tests speak to it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::debian::Apt;
use crate::process;
use crate::project;

const CHROMIUM: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const CHROMEDRIVER: [&str; 1] = ["chromedriver"];

pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

impl Browser {
    pub(crate) fn find_or_install(apt: &mut Apt) -> Result<Self> {
        if let Some(found) = Self::find()? {
            return Ok(found);
        }
        let installed = apt.install(&["chromium", "chromium-driver"]);
        match (Self::find()?, installed) {
            (Some(found), _) => Ok(found),
            (None, Err(error)) => Err(error.context(MISSING)),
            (None, Ok(())) => bail!(MISSING),
        }
    }

    fn find() -> Result<Option<Self>> {
        let chromium = locate("CHROMIUM", &CHROMIUM)?;
        let chromedriver = locate("CHROMEDRIVER", &CHROMEDRIVER)?;
        Ok(chromium.zip(chromedriver).map(|(chromium, chromedriver)| Self { chromium, chromedriver }))
    }

    /// Tells a command where the browser is, by the names that wasm-bindgen and the lab read.
    pub(crate) fn announce_to(&self, command: &mut Command) {
        command.env("CHROMIUM", &self.chromium).env("CHROMEDRIVER", &self.chromedriver);
    }

    /// The project's webdriver.json with this browser's path in it: chromedriver alone would take Chrome before
    /// Chromium, and would not know of CHROMIUM.
    pub(crate) fn write_capabilities(&self) -> Result<PathBuf> {
        let source = project::path("webdriver.json");
        let text = fs::read_to_string(&source).with_context(|| format!("{} cannot be read", source.display()))?;
        let capabilities = with_binary(&text, &self.chromium).with_context(|| source.display().to_string())?;
        let written = project::scratch().join("webdriver.json");
        fs::create_dir_all(project::scratch())?;
        fs::write(&written, capabilities).with_context(|| format!("{} cannot be written", written.display()))?;
        Ok(written)
    }
}

const MISSING: &str = "The tests need Chromium (or Chrome) and the chromedriver of the same version. Install them (Debian: \
     `apt-get install chromium chromium-driver`; macOS: `brew install --cask google-chrome chromedriver`), or set \
     CHROMIUM and CHROMEDRIVER to where they are";

fn locate(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    match env::var_os(variable).map(PathBuf::from) {
        Some(file) if file.is_file() => Ok(Some(file)),
        Some(file) => bail!("{variable} is set to {}, which is not a file", file.display()),
        None => Ok(process::find_program(names)),
    }
}

fn with_binary(capabilities: &str, chromium: &Path) -> Result<String> {
    let mut capabilities: Value = serde_json::from_str(capabilities).context("it is not valid JSON")?;
    let options = capabilities
        .get_mut("goog:chromeOptions")
        .and_then(Value::as_object_mut)
        .context("it has no object `goog:chromeOptions`")?;
    options.insert("binary".to_owned(), Value::String(chromium.to_string_lossy().into_owned()));
    Ok(capabilities.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_path_is_added_to_the_options_that_are_there() {
        let written = with_binary(r#"{"goog:chromeOptions": {"args": ["--mute-audio"]}}"#, Path::new("/opt/chromium"));
        let written: Value = serde_json::from_str(&written.unwrap()).unwrap();
        assert_eq!(written.pointer("/goog:chromeOptions/binary"), Some(&Value::from("/opt/chromium")));
        assert_eq!(written.pointer("/goog:chromeOptions/args/0"), Some(&Value::from("--mute-audio")));
    }

    #[test]
    fn capabilities_of_another_shape_are_refused() {
        assert!(with_binary("{}", Path::new("/opt/chromium")).is_err());
        assert!(with_binary("[", Path::new("/opt/chromium")).is_err());
    }

    #[test]
    fn the_projects_own_capabilities_have_that_shape() {
        let text = fs::read_to_string(project::path("webdriver.json")).unwrap();
        with_binary(&text, Path::new("/opt/chromium")).unwrap();
    }
}
