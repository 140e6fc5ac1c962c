//! Whether it is found why a call was bad: on recorded calls of which that is known, and on calls that only look alike.

use crate::configured_thresholds;
use crate::table::Table;
use device_monitoring::replay::Player;
use device_monitoring::{Cause, Configuration};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Where the recordings are, those that are held out in a folder of their own.
const FOLDER: &str = "tests/recordings/causes";
const HELD_OUT: &str = "held-out";

/// One recorded call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseScore {
    /// Name of the recording.
    pub name: String,
    /// Nothing was tuned on it.
    pub held_out: bool,
    /// What was done to the call; `None`: nothing that a cause would be true of.
    pub expected: Option<String>,
    /// What the engine found.
    pub found: Vec<String>,
}

impl CauseScore {
    /// The cause was found and no other, or none where there was none.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.found.iter().eq(self.expected.iter())
    }
}

/// The scores of all recordings.
///
/// # Errors
/// When one cannot be read.
pub fn scores(root: &Path) -> io::Result<Vec<CauseScore>> {
    let folder = root.join(FOLDER);
    let mut scores = Vec::new();
    for (folder, held_out) in [(folder.clone(), false), (folder.join(HELD_OUT), true)] {
        let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        files.sort();
        for file in files {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            scores.push(score(name, held_out, &fs::read_to_string(&file)?));
        }
    }
    Ok(scores)
}

fn score(name: String, held_out: bool, text: &str) -> CauseScore {
    let header: Value = text.lines().next().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let mut player = Player::new(Configuration::from_block(&configured_thresholds::configuration()));
    text.lines().for_each(|line| player.play(line));
    let calls = player.replayed().calls;
    let found = calls.iter().flat_map(|call| &call.causes).map(|cause| cause.name.as_str().to_owned()).collect();
    CauseScore { name, held_out, expected: header.get("cause").and_then(Value::as_str).map(str::to_owned), found }
}

/// A row for each cause, and one for the calls that only look alike.
#[must_use]
pub fn table(scores: &[CauseScore]) -> Table {
    let mut table = Table::new(["", "calls", "right", "of them held out", "right"]);
    let mut row = |title: &str, expected: Option<&str>| {
        let of = |held_out: bool| {
            scores.iter().filter(move |score| score.expected.as_deref() == expected && score.held_out >= held_out)
        };
        let count = |held_out: bool| of(held_out).count().to_string();
        let right = |held_out: bool| of(held_out).filter(|score| score.is_right()).count().to_string();
        table.row([title.to_owned(), count(false), right(false), count(true), right(true)]);
    };
    for cause in Cause::ALL {
        row(&format!("`{}`", cause.as_str()), Some(cause.as_str()));
    }
    row("look-alikes: no cause", None);
    table
}

/// The wrong scores, with what was found in each call.
#[must_use]
pub fn wrong(scores: &[CauseScore]) -> Vec<String> {
    let wrong = scores.iter().filter(|score| !score.is_right());
    wrong
        .map(|CauseScore { name, expected, found, .. }| {
            let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            format!("{name}: {found}, not {}", expected.as_deref().unwrap_or("none"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_right_when_it_alone_was_found_and_none_where_there_was_none() {
        let of = |expected: Option<&str>, found: &[&str]| CauseScore {
            name: "a call".to_owned(),
            held_out: false,
            expected: expected.map(str::to_owned),
            found: found.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert!(of(Some("wifi"), &["wifi"]).is_right() && of(None, &[]).is_right());
        let all = [of(Some("wifi"), &[]), of(Some("wifi"), &["vpn", "wifi"]), of(None, &["wifi"])];
        assert_eq!(wrong(&all), ["a call: none, not wifi", "a call: vpn, wifi, not wifi", "a call: wifi, not none"]);
        let markdown = table(&all).markdown();
        assert!(markdown.contains("| `wifi` | 2 | 0 | 0 | 0 |\n"), "{markdown}");
        assert!(markdown.contains("| look-alikes: no cause | 1 | 0 | 0 | 0 |\n"), "{markdown}");
    }
}
