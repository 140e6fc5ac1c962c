//! The exports and cards that fuzzing starts from, those that it once failed on, and a few that reach all that it reached.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use replay::fuzzing::{cards, exports};
use std::fs;
use std::path::Path;

fn play(target: &str, check: impl Fn(&[u8])) {
    for folder in ["../../fuzz/seeds", "../../fuzz/corpus"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target);
        let inputs: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(inputs.len() > 3, "{}: {} inputs", folder.display(), inputs.len());
        for input in inputs {
            println!("{}", input.display());
            check(&fs::read(input).unwrap());
        }
    }
}

#[test]
fn every_seed_is_an_export() {
    play("exports", exports);
}

#[test]
fn every_seed_is_cards() {
    play("cards", cards);
}
