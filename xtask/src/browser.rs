//! Chromium and the driver through which tests speak to it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Error, Result, bail};
use serde_json::Value;

use crate::apt::Apt;
use crate::missing::{Lack, System};
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
const WHAT: &str = "Chromium (or Chrome), and the chromedriver of the same version";
const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

/// One of the two programs: where it is, or that it is not there.
type Place = Option<PathBuf>;

impl Browser {
    /// `None` where it is not there and [`Self::install`] will get it.
    pub(crate) fn look(system: System) -> Result<Option<Self>, Lack> {
        match Self::find() {
            Ok(None) if system.installs_packages() => Ok(None),
            Ok(None) => Err(lack(system, None)),
            Ok(found) => Ok(found),
            Err(error) => Err(misplaced(&error)),
        }
    }

    pub(crate) fn install(apt: &mut Apt) -> Result<Self, Lack> {
        let installed = apt.install(&PACKAGES);
        match (Self::find(), installed) {
            (Ok(Some(found)), _) => Ok(found),
            (Err(error), _) => Err(misplaced(&error)),
            (Ok(None), Err(error)) => Err(lack(apt.system, Some(format!("{error:#}")))),
            (Ok(None), Ok(())) => Err(lack(apt.system, None)),
        }
    }

    pub(crate) fn find() -> Result<Option<Self>> {
        let (chromium, chromedriver) = places()?;
        Ok(chromium.zip(chromedriver).map(|(chromium, chromedriver)| Self { chromium, chromedriver }))
    }

    /// Tells a command where the browser is, by the names that wasm-bindgen and the lab read.
    pub(crate) fn announce_to(&self, command: &mut Command) {
        command.env("CHROMIUM", &self.chromium).env("CHROMEDRIVER", &self.chromedriver);
    }

    /// The xtask/webdriver.json with this browser's path in it: chromedriver alone would take Chrome before
    /// Chromium, and would not know of CHROMIUM.
    pub(crate) fn write_capabilities(&self) -> Result<PathBuf> {
        let source = project::path("xtask/webdriver.json");
        let text = fs::read_to_string(&source).with_context(|| format!("{} cannot be read", source.display()))?;
        let capabilities = with_binary(&text, &self.chromium).with_context(|| source.display().to_string())?;
        let written = project::scratch().join("webdriver.json");
        fs::create_dir_all(project::scratch())?;
        fs::write(&written, capabilities).with_context(|| format!("{} cannot be written", written.display()))?;
        Ok(written)
    }
}

fn places() -> Result<(Place, Place)> {
    Ok((locate("CHROMIUM", &CHROMIUM)?, locate("CHROMEDRIVER", &CHROMEDRIVER)?))
}

fn misplaced(error: &Error) -> Lack {
    Lack {
        what: WHAT.to_owned(),
        because: Some(format!("{error:#}")),
        get: vec![
            "set CHROMIUM and CHROMEDRIVER to the two programs, or unset them to have these found or installed"
                .to_owned(),
        ],
    }
}

fn lack(system: System, because: Option<String>) -> Lack {
    let because = because.or_else(|| half(&places().ok()?));
    let install = system.apt_get_install(&PACKAGES).or_else(|| match system {
        System::Mac => Some("brew install --cask google-chrome chromedriver".to_owned()),
        _ => None,
    });
    let by_hand =
        "https://googlechromelabs.github.io/chrome-for-testing, with CHROMIUM and CHROMEDRIVER set to the two programs";
    Lack { what: WHAT.to_owned(), because, get: install.into_iter().chain([by_hand.to_owned()]).collect() }
}

/// What to say where one of the two is there.
fn half(places: &(Place, Place)) -> Option<String> {
    match places {
        (Some(chromium), None) => Some(format!("there is {}, but no chromedriver", chromium.display())),
        (None, Some(driver)) => Some(format!("there is {}, but no browser", driver.display())),
        _ => None,
    }
}

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
    fn each_system_is_told_its_own_way_to_a_browser() {
        let first = |system| lack(system, Some("gone".to_owned())).get.first().cloned().unwrap();
        assert_eq!(first(System::Debian { root: false }), "sudo apt-get install chromium chromium-driver");
        assert_eq!(first(System::Mac), "brew install --cask google-chrome chromedriver");
        assert!(first(System::Other).starts_with("https://"));
    }

    #[test]
    fn a_browser_without_its_driver_is_named() {
        let (chromium, driver) = (Some(PathBuf::from("/b/chromium")), Some(PathBuf::from("/b/chromedriver")));
        assert_eq!(half(&(chromium.clone(), None)).as_deref(), Some("there is /b/chromium, but no chromedriver"));
        assert_eq!(half(&(None, driver.clone())).as_deref(), Some("there is /b/chromedriver, but no browser"));
        assert_eq!(half(&(None, None)), None);
    }

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
        let text = fs::read_to_string(project::path("xtask/webdriver.json")).unwrap();
        with_binary(&text, Path::new("/opt/chromium")).unwrap();
    }
}
