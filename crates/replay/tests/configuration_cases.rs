//! What `replay configure` writes and takes for a change: the cases that the Function `configuration` is held to as well.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use crate::flex::{Flex, OURS, Step};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Cases {
    edits: Vec<Edit>,
    changes: Vec<Change>,
}

/// Attributes before and after a block was written, or taken away.
#[derive(Deserialize)]
struct Edit {
    name: String,
    before: String,
    block: Option<Value>,
    after: String,
}

/// Attributes as they were read, and as they are when something is to be written: what has changed.
#[derive(Deserialize)]
struct Change {
    name: String,
    read: String,
    now: String,
    changed: Vec<String>,
}

fn cases() -> Cases {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugin-serverless/test/configuration-cases.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_other_byte_stays_in_each_case() {
    for Edit { name, before, block, after } in cases().edits {
        let flex = Flex::with("edit", &before);
        let ran = if let Some(block) = block {
            flex.folder.write("block.json", block.to_string());
            flex.configure(&["apply", "block.json", "--yes"])
        } else {
            flex.configure(&["unset", OURS, "--yes"])
        };
        assert_eq!((ran.status, flex.attributes()), (0, after), "{name}: {ran:?}");
    }
}

#[test]
fn a_change_of_somebody_else_is_noticed_in_each_case() {
    for Change { name, read, now, mut changed } in cases().changes {
        let flex = Flex::with("change", &read);
        flex.plan([Step::Normal, Step::Change("attributes", now.clone())]);
        let ran = flex.configure(&["set", "highJitterThreshold=31", "--yes"]);
        if changed.is_empty() {
            assert_eq!(ran.status, 0, "{name}: {ran:?}");
            continue;
        }
        let (_, named) = ran.error.split_once("meanwhile: ").unwrap();
        let (named, _) = named.split_once(".\n").unwrap();
        let mut named: Vec<_> = named.split(", ").collect();
        named.sort_unstable();
        changed.sort_unstable();
        assert_eq!((ran.status, named), (1, changed.iter().map(String::as_str).collect()), "{name}");
        assert_eq!(flex.attributes(), now, "{name}");
    }
}
