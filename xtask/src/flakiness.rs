//! `cargo xtask test e2e --repeat N`: whether each end-to-end file passes every time. The passes are counted in a file of
//! the repository, so that runs on several machines add up, and one that was stopped goes on where it was.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hint;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::progress;
use crate::project::{self, LAB};

const FOLDER: &str = "test/e2e";
const KEPT: &str = "docs/reports/e2e-runs.json";

/// How often a test file passed and failed, in all runs since its count was deleted.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
struct Runs {
    passed: u32,
    failed: u32,
}

type Counts = BTreeMap<String, Runs>;

/// By the number of processors that were kept busy meanwhile: what passes beside none may fail beside two.
type Kept = BTreeMap<usize, Counts>;

/// Runs each file until it has passed so often in all beside so many busy processors; one that fails is not tried again.
/// `run` is given a file, relative to the lab's folder, and a log to write.
pub(crate) fn repeat(wanted: u32, load: usize, with_full: bool, run: impl Fn(&str, &Path) -> Result<()>) -> Result<()> {
    beside_busy_processors(load, || repeat_each(wanted, load, with_full, run))
}

fn repeat_each(wanted: u32, load: usize, with_full: bool, run: impl Fn(&str, &Path) -> Result<()>) -> Result<()> {
    let path = project::path(KEPT);
    let mut kept = read(&path)?;
    let mut counts = kept.remove(&load).unwrap_or_default();
    let mut files = files(with_full)?;
    let mut failures = Vec::new();
    while let Some(file) = next(&files, &counts, wanted) {
        let runs = counts.get(&file).copied().unwrap_or_default();
        let number = runs.passed + runs.failed + 1;
        let log = project::scratch().join("e2e").join(format!("{}-{number}.log", file.replace('/', "-")));
        let result = progress::announced(&format!("{file}, run {number}"), || run(&format!("{FOLDER}/{file}"), &log));
        let runs = counts.entry(file.clone()).or_default();
        match result {
            Ok(()) => runs.passed += 1,
            Err(error) => {
                println!("✗ {error:#}");
                runs.failed += 1;
                files.retain(|other| *other != file);
                failures.push(file);
            }
        }
        kept.insert(load, counts.clone());
        fs::write(&path, serde_json::to_string_pretty(&kept)? + "\n")
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    println!("\n{}({KEPT})", table(&counts));
    ensure!(failures.is_empty(), "failed: {}", failures.join(", "));
    Ok(())
}

/// The one with the fewest passes, so that a run that is stopped has tried all of them about equally often.
fn next(files: &[String], counts: &Counts, wanted: u32) -> Option<String> {
    let passed = |file: &String| counts.get(file).map_or(0, |runs| runs.passed);
    files.iter().filter(|file| passed(file) < wanted).min_by_key(|file| passed(file)).cloned()
}

fn read(path: &Path) -> Result<Kept> {
    match fs::read(path) {
        Ok(text) => serde_json::from_slice(&text).with_context(|| format!("{} is damaged; delete it", path.display())),
        Err(_) => Ok(Kept::new()),
    }
}

/// The end-to-end tests by name.
fn files(with_full: bool) -> Result<Vec<String>> {
    let folders: &[&str] = if with_full { &["", "full/"] } else { &[""] };
    let mut files = Vec::new();
    for folder in folders {
        let path: PathBuf = project::path(LAB).join(FOLDER).join(folder);
        let entries = fs::read_dir(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        for entry in entries {
            let name = entry?.file_name();
            files
                .extend(name.to_str().filter(|name| name.ends_with(".test.mjs")).map(|name| format!("{folder}{name}")));
        }
    }
    files.sort();
    Ok(files)
}

fn table(counts: &Counts) -> String {
    let mut table = format!("{:<40}{:>8}{:>8}\n", "", "passed", "failed");
    for (file, Runs { passed, failed }) in counts {
        // Writing into a String cannot fail.
        let _ = writeln!(table, "{file:<40}{passed:>8}{failed:>8}");
    }
    table
}

/// Keeps so many processors busy while something else is done.
fn beside_busy_processors<T>(processors: usize, work: impl FnOnce() -> T) -> T {
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let _stop = Stop(&is_done);
        for _ in 0..processors {
            scope.spawn(|| {
                let mut number = 1_u64;
                while !is_done.load(Ordering::Relaxed) {
                    number = hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
                }
            });
        }
        work()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: &[(&str, u32)]) -> Counts {
        passed.iter().map(|(file, passed)| ((*file).to_owned(), Runs { passed: *passed, failed: 0 })).collect()
    }

    #[test]
    fn the_file_with_the_fewest_passes_is_next_until_all_have_enough() {
        let files = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(next(&files, &counts(&[("a", 2), ("b", 1), ("c", 1)]), 3).as_deref(), Some("b"));
        assert_eq!(next(&files, &counts(&[("a", 2), ("b", 1)]), 3).as_deref(), Some("c"), "it was never run");
        assert_eq!(next(&files, &counts(&[("a", 3), ("b", 3), ("c", 4)]), 3), None);
        assert_eq!(next(&[], &Counts::new(), 3), None);
    }

    #[test]
    fn the_end_to_end_files_are_found_and_the_long_ones_only_if_wanted() {
        let default = files(false).unwrap();
        assert!(default.contains(&"call.test.mjs".to_owned()) && default.iter().all(|file| !file.contains('/')));
        let all = files(true).unwrap();
        assert!(all.len() > default.len() && all.iter().any(|file| file.starts_with("full/")));
    }

    #[test]
    fn the_processors_are_free_again_when_the_work_is_done_or_has_failed() {
        assert_eq!(beside_busy_processors(2, || 7), 7);
        assert!(std::panic::catch_unwind(|| beside_busy_processors(1, || panic!("the work failed"))).is_err());
    }
}
