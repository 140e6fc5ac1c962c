//! The exports that fuzzing starts from, and those that it once failed on.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use replay::fuzzing::exports;
use std::fs;
use std::path::Path;

#[test]
fn every_seed_is_an_export() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/exports");
    let seeds: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(seeds.len() > 3, "{} seeds", seeds.len());
    for seed in seeds {
        println!("{}", seed.display());
        exports(&fs::read(seed).unwrap());
    }
}
