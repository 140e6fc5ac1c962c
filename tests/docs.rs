//! What documents say and a machine can check: properties, defaults, recommended values, commands, links, rules.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the message")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use device_monitoring::{ConditionName, Config};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file with one of these extensions in a folder of the project and in the folders below it, but for what is
/// built, installed or hidden.
fn files(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_skipped = name.starts_with('.') || ["node_modules", "target", "build"].contains(&name.as_str());
        if path.is_dir() && !is_skipped {
            files(&path, extensions, found);
        } else if path.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted)) {
            found.push(path);
        }
    }
}

/// Every document of the project, by its path.
fn documents() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(root(), &["md"], &mut found);
    assert!(found.len() > 15, "only {found:?}");
    found.into_iter().map(|path| (path.clone(), read(path))).collect()
}

/// Name and default of every property, as the code has them.
fn properties() -> BTreeMap<String, String> {
    values(&Config::default())
}

fn values(config: &Config) -> BTreeMap<String, String> {
    let config = serde_json::to_value(config).unwrap();
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

/// The recommended configuration: what appConfig.sample.js sets.
fn recommended() -> BTreeMap<String, String> {
    let sample = read("appConfig.sample.js");
    let (_, block) = sample.split_once("DeviceMonitoringPlugin: {").unwrap();
    let (block, _) = block.split_once("    },\n").unwrap();
    let lines = block.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    let values = lines.map(|line| line.strip_suffix(',').unwrap_or(line).split_once(": ").unwrap());
    values.map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned())).collect()
}

#[test]
fn the_sample_sets_every_property_to_the_value_that_findings_recommend() {
    assert_eq!(recommended(), values(&Config::recommended()));
}

#[test]
fn every_document_recommends_the_same_values() {
    let recommended = recommended();
    let changed: BTreeMap<_, _> = recommended
        .iter()
        .filter(|(name, value)| properties().get(*name) != Some(value))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    for document in ["README.md", "docs/configuration.md"] {
        let text = read(document);
        let (_, command) = text.split_once("replay configure set high").unwrap();
        let set = format!("high{}", command.lines().next().unwrap());
        let set: BTreeMap<_, _> = set.split(' ').map(|pair| pair.split_once('=').unwrap()).collect();
        assert_eq!(set, changed, "{document}: what differs from the defaults");
    }
    let configuration = read("docs/configuration.md");
    let (_, block) = configuration.split_once("<<'JSON'\n").unwrap();
    let (block, _) = block.split_once("JSON\n").unwrap();
    let block: BTreeMap<String, serde_json::Value> = serde_json::from_str(block).unwrap();
    let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let block: BTreeMap<_, _> = block.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
    assert_eq!(block, recommended, "docs/configuration.md: the block for a shell");

    let choosing = read("docs/choosing-thresholds.md");
    let columns = ["highRttThreshold", "highJitterThreshold", "highPacketsLostThreshold", "lowMosThreshold"];
    let row = columns.map(|name| recommended.get(name).unwrap().as_str()).join(" | ");
    assert!(choosing.contains(&format!("| recommended here | {row} |")), "docs/choosing-thresholds.md: {row}");
    for (name, value) in changed {
        assert!(choosing.contains(&format!("`{name}` {value}")), "docs/choosing-thresholds.md: {name} {value}");
    }
}

#[test]
fn the_readme_can_be_read_in_some_minutes() {
    let words = read("README.md").split_whitespace().count();
    assert!(words <= 1200, "{words} words: what is for some readers only belongs into a page of docs/");
}

/// Where a document's links lead that stay in the project: the link as it is written, the file, the heading.
fn links<'a>(path: &Path, text: &'a str) -> Vec<(&'a str, PathBuf, &'a str)> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links = links.filter(|link| !link.contains("://"));
    links
        .map(|link| {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.to_owned() } else { path.parent().unwrap().join(file) };
            (link, target, heading)
        })
        .collect()
}

#[test]
fn every_link_to_a_file_or_heading_leads_there() {
    let has_heading = |target: &Path, heading: &str| {
        heading.is_empty() || read(target).lines().any(|line| line.starts_with('#') && slug(line) == heading)
    };
    let mut broken = Vec::new();
    for (path, text) in documents() {
        for (link, target, heading) in links(&path, &text) {
            if !target.exists() || !has_heading(&target, heading) {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "these lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn every_page_can_be_reached_from_the_readme() {
    let documents: BTreeMap<PathBuf, String> =
        documents().into_iter().map(|(path, text)| (path.canonicalize().unwrap(), text)).collect();
    let mut reached = vec![root().join("README.md").canonicalize().unwrap()];
    let mut next = 0;
    while let Some(path) = reached.get(next).cloned() {
        next += 1;
        let text = documents.get(&path).map_or("", String::as_str);
        for (_, target, _) in links(&path, text) {
            let target = target.canonicalize().unwrap_or_default();
            if !reached.contains(&target) && documents.contains_key(&target) {
                reached.push(target);
            }
        }
    }
    let lost: Vec<_> = documents.keys().filter(|path| !reached.contains(path)).collect();
    assert!(lost.is_empty(), "no way leads from the README to {lost:?}");
}

/// The files of the project that a text names by their paths from a folder at the top.
fn named_files<'a>(text: &'a str, extensions: &'static [&'static str]) -> impl Iterator<Item = &'a str> {
    let tops = ["src", "tests", "crates", "xtask", "js-shim", "lab", "plugin-serverless", "docs", "fuzz", "locales"];
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric() && !"_-./".contains(sign));
    words.map(|word| word.trim_end_matches('.')).filter(move |word| {
        let top = word.split_once('/').map_or("", |(top, _)| top);
        let extension = word.rsplit_once('.').map_or("", |(_, extension)| extension);
        tops.contains(&top) && extensions.contains(&extension)
    })
}

#[test]
fn every_file_that_a_document_or_a_comment_names_is_there() {
    let is_there = |named: &str, by: &Path| by.ancestors().skip(1).any(|folder| folder.join(named).exists());
    // Built, the reader's own, or an example.
    let is_made = |named: &str| {
        ["/generated/", "/build/", "/public/", "NAME", "FILE", "open-ticket"].iter().any(|part| named.contains(part))
    };
    let mut sources = Vec::new();
    files(root(), &["rs", "js", "mjs", "cjs", "ts"], &mut sources);
    let sources = sources.into_iter().map(|path| (path.clone(), read(path), &["rs", "mjs", "md"][..]));
    let documents = documents().into_iter().map(|(path, text)| (path, text, &["rs", "mjs", "md", "js", "json"][..]));
    let mut seen = 0;
    let mut missing = Vec::new();
    for (path, text, extensions) in sources.chain(documents) {
        for named in named_files(&text, extensions).filter(|named| !is_made(named)) {
            seen += 1;
            if !is_there(named, &path) {
                missing.push(format!("{}: {named}", path.display()));
            }
        }
    }
    assert!(seen > 400, "only {seen}");
    assert!(missing.is_empty(), "these are not there:\n{}", missing.join("\n"));
}

/// What a document sets as code, line by line: the words between backticks.
fn code_of(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| !line.starts_with("```"));
    lines.flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// These also name files without their folder, and what is in them.
const FOR_ENGINEERS: [&str; 3] = ["docs/architecture.md", "docs/testing.md", "CONTRIBUTING.md"];

#[test]
fn every_file_that_a_document_for_engineers_names_without_its_folder_is_there() {
    const EXTENSIONS: [&str; 6] = ["rs", "js", "mjs", "cjs", "json", "md"];
    let mut all = Vec::new();
    files(root(), &EXTENSIONS, &mut all);
    let mut seen = 0;
    let mut missing = Vec::new();
    for document in FOR_ENGINEERS {
        let text = read(document);
        let is_name = |code: &&str| {
            let extension = code.rsplit_once('.').map_or("", |(_, extension)| extension);
            EXTENSIONS.contains(&extension) && !code.contains([' ', '*', '<']) && !code.contains("NAME")
        };
        for named in code_of(&text).filter(is_name).filter(|named| !named.contains("/generated/")) {
            seen += 1;
            if !all.iter().any(|path| path.ends_with(named)) {
                missing.push(format!("{document}: {named}"));
            }
        }
    }
    assert!(seen > 200, "only {seen}");
    assert!(missing.is_empty(), "these are not there:\n{}", missing.join("\n"));
}

#[test]
fn everything_in_the_code_that_the_map_names_is_there() {
    let is_part_of_a_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let mut sources = Vec::new();
    files(root(), &["rs", "js", "mjs", "cjs", "py"], &mut sources);
    files(&root().join("lab/recordings"), &["json"], &mut sources);
    // `Outbox::next`, `MERGE_GAP` or `forget()`; not a path, a command or a value.
    let map = read("docs/architecture.md");
    let parts = code_of(&map).filter_map(|code| {
        let parts: Vec<&str> = code.strip_suffix("()").unwrap_or(code).split("::").collect();
        parts.iter().all(|part| !part.is_empty() && part.chars().all(is_part_of_a_name)).then_some(parts)
    });
    let mut missing: BTreeSet<&str> = parts.flatten().collect();
    assert!(missing.len() > 150, "only {}", missing.len());
    for source in sources {
        for word in read(source).split(|sign| !is_part_of_a_name(sign)) {
            missing.remove(word);
        }
    }
    assert_eq!(missing, BTreeSet::new(), "docs/architecture.md names what is not there");
}

#[test]
fn the_map_has_every_folder_every_crate_and_every_file_beside_the_folders_of_the_engine() {
    let map = read("docs/architecture.md");
    let first_cells = map.lines().filter(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(1));
    let mapped: BTreeSet<&str> = first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let inside = |folder: &str, of_kind: fn(&Path) -> bool| -> Vec<String> {
        let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        let names =
            entries.filter(|path| of_kind(path)).map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
        names.filter(|name| !name.starts_with('.') && !["node_modules", "target"].contains(&name.as_str())).collect()
    };
    let folders = inside(".", Path::is_dir);
    let crates = inside("crates", Path::is_dir);
    let beside = inside("src", Path::is_file);
    assert!(folders.len() > 8 && crates.len() > 8 && beside.len() > 5, "{folders:?} {crates:?} {beside:?}");
    let all = folders.into_iter().chain(crates).chain(beside);
    let missing: Vec<_> = all.filter(|name| !mapped.contains(name.as_str())).collect();
    assert_eq!(missing, [""; 0], "docs/architecture.md lacks these");
}

/// The rules that are named right behind the word: "D3" and "D6" of "rules D3, D6".
fn rules(text: &str) -> impl Iterator<Item = &str> {
    let behind = text.split("rule").skip(1).map(|rest| rest.strip_prefix('s').unwrap_or(rest));
    let words = behind.flat_map(|rest| {
        let words = rest.split(|sign: char| !sign.is_ascii_alphanumeric());
        words.filter(|word| !word.is_empty()).take(4)
    });
    words.filter(|word| {
        let number = word.strip_prefix(|sign: char| sign.is_ascii_uppercase()).map(|rest| rest.trim_end_matches('a'));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
    })
}

#[test]
fn every_rule_that_the_code_names_is_documented() {
    let document = read("docs/rules.md");
    let mut sources = Vec::new();
    for folder in ["src", "crates", "js-shim/src", "js-shim/admin-view/src", "lab", "plugin-serverless/functions"] {
        files(&root().join(folder), &["rs", "js", "mjs"], &mut sources);
    }
    let mut named = 0;
    for file in sources {
        for rule in rules(&read(&file)) {
            assert!(document.contains(&format!("| {rule} |")), "{}: what is rule {rule}?", file.display());
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

#[test]
fn annotate_call_has_a_quality_issue_for_every_condition_in_alerts_or_says_that_there_is_none() {
    let action = read("plugin-serverless/functions/actions/annotate-call.private.js");
    for name in ConditionName::ALL.iter().filter(|name| name.can_be_in_alert()) {
        let name = name.as_str();
        let lists = ["QUALITY_ISSUES", "CONNECTION_CONDITIONS", "WITHOUT_QUALITY_ISSUE"];
        let in_lists = lists.iter().filter(|list| {
            let (_, after) = action.split_once(&format!("const {list} = ")).unwrap();
            after.split(';').next().unwrap().contains(&format!("'{name}'"))
        });
        assert_eq!(in_lists.count(), 1, "annotate-call: {name} belongs in one of {lists:?}");
    }
}

#[test]
fn each_folder_of_the_engine_uses_only_those_above_it() {
    let map = read("docs/architecture.md");
    let table = map.lines().skip_while(|line| !line.starts_with("| folder of `src` |")).skip(2);
    let order: Vec<&str> =
        table.take_while(|line| line.starts_with('|')).filter_map(|line| line.split('`').nth(1)).collect();
    let place = |name: &str| order.iter().position(|folder| *folder == name);
    let root_modules: Vec<String> = fs::read_dir(root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let folder = path.file_name().unwrap().to_str().unwrap();
        let own = place(folder).unwrap_or_else(|| panic!("src/{folder} is not in the list"));
        let mut sources = Vec::new();
        files(&path, &["rs"], &mut sources);
        for source in sources {
            let text = read(&source);
            for (path, line) in paths_from_the_root(&text, depth_of(&source, &path)) {
                let is_allowed = match place(&path) {
                    Some(place) => place <= own || is_generator(folder, &path, line),
                    // The root gives every type again: who takes it from there hides which folder it is from.
                    None => root_modules.contains(&path),
                };
                assert!(is_allowed, "{}: `{folder}` uses `{path}`: {line}", source.display());
            }
        }
    }
}

/// How many modules a source file of a folder is below the root of the crate: `mod.rs` is the folder itself.
fn depth_of(source: &Path, folder: &Path) -> usize {
    let below = source.strip_prefix(folder).unwrap().components().count();
    1 + below - usize::from(source.ends_with("mod.rs"))
}

/// The exception that the document makes: types in `input` name the generators of `fuzzing`.
fn is_generator(folder: &str, used: &str, line: &str) -> bool {
    folder == "input" && used == "fuzzing" && line.contains("cfg_attr(feature = \"fuzzing\"")
}

/// What the code of a file, unit tests aside, uses of the root of the crate: the first name of each path, and the line.
fn paths_from_the_root(text: &str, depth: usize) -> Vec<(String, &str)> {
    let up = "super::".repeat(depth);
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let word = |text: &str| text.split(|sign: char| !sign.is_alphanumeric() && sign != '_').next().unwrap().to_owned();
    let mut found = Vec::new();
    for line in lines {
        for used in line.split("crate::").skip(1).chain(line.split(&up).skip(1)) {
            match used.strip_prefix('{') {
                Some(list) => found.extend(list.split(',').map(|used| (word(used.trim()), line))),
                None => found.push((word(used), line)),
            }
        }
    }
    found
}

#[test]
fn every_way_to_the_root_of_the_crate_is_seen() {
    let names = |text, depth| paths_from_the_root(text, depth).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("use crate::input::units::Value;", 1), ["input"]);
    assert_eq!(names("use crate::{engine, web::clock};", 1), ["engine", "web"]);
    assert_eq!(names("use super::engine::Engine;", 1), ["engine"]);
    assert_eq!(names("use super::engine::Engine;", 2), [""; 0], "a sibling in the same folder");
    assert_eq!(names("    let engine = super::super::engine::Engine::new();", 2), ["engine"]);
    assert_eq!(names("use crate::Engine;\n// crate::web\n#[cfg(test)]\nmod tests {\nuse crate::web;", 1), ["Engine"]);
}
