//! The recordings there are, and which of them are held out.

use crate::recording::File;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Where the repository has its recordings.
const FOLDER: &str = "tests/recordings";
/// The folder in it of those that nobody looks at while tuning.
const HELD_OUT: &str = "held-out";
/// The folder in it of those that are about causes, which [`crate::causes`] scores: the lab spoiled no network in some.
const CAUSES: &str = "causes";
/// The folder in [`HELD_OUT`] of those that were not scored before everything was tuned.
const CHECK: &str = "check";
/// The folder of those in whose sound the lab counted what was made up: of them, only that is looked at.
const SOUND: &str = "sound";
/// The folder of those made in Firefox, which have a column of their own.
const FIREFOX: &str = "firefox";
/// Where it says what each of them is.
const SCENARIOS: &str = "lab/recordings/scenarios.json";

/// All of the repository's.
///
/// # Errors
/// When one cannot be read.
pub fn all(root: &Path) -> io::Result<Vec<File>> {
    open(&[root.join(FOLDER)], root)
}

/// Those of the repository in whose sound the lab counted what was made up.
///
/// # Errors
/// When one cannot be read.
pub fn with_sound(root: &Path) -> io::Result<Vec<File>> {
    let folder = root.join(FOLDER).join(SOUND);
    let mut files = Vec::new();
    if folder.is_dir() {
        collect_inside(&folder, &mut files)?;
    }
    files.iter().map(|path| File::open(path)).collect()
}

/// Those of the repository that were made in Firefox.
///
/// # Errors
/// When one cannot be read.
pub fn in_firefox(root: &Path) -> io::Result<Vec<File>> {
    let folder = root.join(FOLDER).join(FIREFOX);
    let mut files = Vec::new();
    if folder.is_dir() {
        collect_inside(&folder, &mut files)?;
    }
    files.iter().map(|path| File::open(path)).collect()
}

/// Opens these files, and all files in these folders.
///
/// # Errors
/// When one cannot be read.
pub fn open(paths: &[PathBuf], root: &Path) -> io::Result<Vec<File>> {
    let held_out = held_out(root)?;
    let repository = root.join(FOLDER).canonicalize()?;
    let mut files = Vec::new();
    for named in paths {
        let named = named.canonicalize()?;
        let mut found = Vec::new();
        collect(&named, &mut found)?;
        // Folders above these say nothing: a checkout may lie in one that is called `check`.
        let above = if named.starts_with(&repository) { &repository } else { &named };
        for path in found {
            let inside = path.strip_prefix(above).unwrap_or(&path);
            let mut file = File::open(&path)?;
            file.check |= inside.iter().any(|folder| folder == CHECK);
            file.held_out |= held_out.contains(&file.name) || inside.iter().any(|folder| folder == HELD_OUT);
            files.push(file);
        }
    }
    Ok(files)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    if [CAUSES, SOUND, FIREFOX].iter().any(|folder| path.ends_with(folder)) {
        return Ok(());
    }
    collect_inside(path, files)
}

fn collect_inside(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut inside = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    inside.retain(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "jsonl"));
    inside.sort();
    inside.iter().try_for_each(|path| collect(path, files))
}

/// Names of the scenarios that are held out.
fn held_out(root: &Path) -> io::Result<Vec<String>> {
    let scenarios = root.join(SCENARIOS);
    if !scenarios.exists() {
        return Ok(Vec::new());
    }
    let scenarios: Value = serde_json::from_str(&fs::read_to_string(scenarios)?)?;
    let scenarios = scenarios.as_array().map(Vec::as_slice).unwrap_or_default();
    let held_out = scenarios.iter().filter(|scenario| scenario.get("heldOut") == Some(&Value::Bool(true)));
    Ok(held_out.filter_map(|scenario| Some(scenario.get("name")?.as_str()?.to_owned())).collect())
}
