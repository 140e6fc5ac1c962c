//! The agents' texts, as a module of the plugin.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::project;

/// A file a language.
const FOLDER: &str = "locales";
/// Twilio's webpack imports nothing from outside `src`.
const MODULE: &str = "texts.js";

/// The tables of texts, one a language, by name.
pub(crate) fn files() -> Result<Vec<PathBuf>> {
    let folder = project::path(FOLDER);
    let entries = fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Ok(files)
}

/// Writes all of them into one module: the language, and its texts by their keys. Browsers read JSON in a text faster than
/// an object of JavaScript.
pub(crate) fn write(generated: &Path) -> Result<()> {
    let mut languages = Map::new();
    for file in files()? {
        let language = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let read = || -> Result<Value> { Ok(serde_json::from_slice(&fs::read(&file)?)?) };
        languages.insert(language, read().with_context(|| format!("{} cannot be read", file.display()))?);
    }
    let module = generated.join(MODULE);
    let text = serde_json::to_string(&serde_json::to_string(&languages)?)?;
    fs::write(&module, format!("export default JSON.parse({text});\n"))
        .with_context(|| format!("{} cannot be written", module.display()))
}
