//! What the papers say and a machine can check: properties and defaults, commands, links.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the message")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use device_monitoring::config::Config;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every paper of the project, by its path.
fn papers() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in ["", "docs", "lab", "tests/recordings", "plugin-serverless/examples/raise-snmp-alarm"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let text = read(&path);
                found.push((path, text));
            }
        }
    }
    found
}

/// Name and default of every property, as the code has them.
fn properties() -> BTreeMap<String, String> {
    let config = serde_json::to_value(Config::default()).unwrap();
    let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    config.as_object().unwrap().iter().map(|(name, value)| (name.clone(), plain(value))).collect()
}

#[test]
fn the_readme_lists_every_property_with_its_default() {
    let readme = read("README.md");
    let table = readme.lines().skip_while(|line| !line.starts_with("| property |")).skip(2);
    let documented: BTreeMap<String, String> = table
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<_> = line.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect();
            let [_, name, _, default, ..] = cells.as_slice() else { panic!("{line}") };
            (name.clone(), default.clone())
        })
        .collect();
    assert_eq!(documented, properties());
}

#[test]
fn the_sample_sets_or_mentions_every_property() {
    let sample = read("appConfig.sample.js");
    for name in properties().keys() {
        assert!(sample.contains(name.as_str()), "appConfig.sample.js says nothing of {name}");
    }
}

#[test]
fn every_command_of_ours_that_is_named_exists() {
    let usage = read("xtask/src/main.rs");
    for (path, text) in papers() {
        for named in text.split("cargo xtask ").skip(1) {
            let mut words = named.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '-'));
            let command = words.next().unwrap();
            assert!(usage.contains(&format!("cargo xtask {command}")), "{}: there is no {command}", path.display());
            if let Some(option) = words.next().filter(|word| word.starts_with("--")) {
                assert!(usage.contains(option), "{}: {command} has no {option}", path.display());
            }
        }
    }
}

#[test]
fn every_link_to_a_file_or_heading_leads_there() {
    for (path, text) in papers() {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: {link} leads nowhere", path.display());
            if !heading.is_empty() {
                let found = read(&target).lines().any(|line| line.starts_with('#') && slug(line) == heading);
                assert!(found, "{}: {link}: there is no such heading", path.display());
            }
        }
    }
}

/// Every file of these kinds in a folder and the folders in it.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "js") {
            found.push(path);
        }
    }
}

/// The rules that are named right behind the word: "D3" and "D6" of "rules D3, D6".
fn rules(text: &str) -> impl Iterator<Item = &str> {
    let behind = text.split("rule").skip(1).map(|rest| rest.strip_prefix('s').unwrap_or(rest));
    let words = behind.flat_map(|rest| {
        let words = rest.split(|sign: char| !sign.is_ascii_alphanumeric());
        words.filter(|word| !word.is_empty()).take(4)
    });
    words.filter(|word| {
        let number = word.trim_start_matches(['A', 'C', 'D', 'N', 'V']).trim_end_matches('a');
        word.len() > 1 && matches!(number.as_bytes(), [b'0'..=b'9'])
    })
}

#[test]
fn every_rule_that_the_code_names_is_in_the_paper() {
    let paper = read("docs/architecture.md");
    let mut files = Vec::new();
    for folder in ["src", "crates/accuracy/src", "crates/replay/src", "js-shim/src", "plugin-serverless/functions"] {
        sources(&root().join(folder), &mut files);
    }
    let mut named = 0;
    for file in files {
        for rule in rules(&read(&file)) {
            assert!(paper.contains(&format!("| {rule} |")), "{}: what is rule {rule}?", file.display());
            named += 1;
        }
    }
    assert!(named > 30, "only {named}");
}

/// How a heading is named in links.
fn slug(heading: &str) -> String {
    let plain = heading.trim_start_matches('#').trim().to_lowercase();
    plain
        .chars()
        .filter(|sign| sign.is_alphanumeric() || "- _".contains(*sign))
        .map(|sign| if sign == ' ' { '-' } else { sign })
        .collect()
}
