//! The exports that fuzzing starts from, those that it once failed on, and a few that reach all that it reached.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use replay::fuzzing::exports;
use std::fs;
use std::path::Path;

#[test]
fn every_seed_is_an_export() {
    for folder in ["../../fuzz/seeds/exports", "../../fuzz/corpus/exports"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let inputs: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(inputs.len() > 3, "{}: {} inputs", folder.display(), inputs.len());
        for input in inputs {
            println!("{}", input.display());
            exports(&fs::read(input).unwrap());
        }
    }
}
