//! The tests of the library and the command, in one program: what they need is compiled and linked once. `memory.rs`
//! counts what is allocated and needs a program of its own.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod agreement;
mod check;
mod command;
mod configuration_cases;
mod configure;
mod configure_failures;
mod documents;
mod dumps;
mod envelopes;
mod flex;
mod fuzzing;
mod hostile;
mod incidents;
mod outputs;
mod replay;
mod sources;
mod suggest;
mod support;
mod unusual_files;

/// Cargo finds no test by itself here (`autotests = false`).
#[test]
fn every_test_file_is_part_of_a_program() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let programs = std::fs::read_to_string(root.join("Cargo.toml")).unwrap() + include_str!("native.rs");
    for entry in std::fs::read_dir(root.join("tests")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let is_named =
                [format!("\nmod {name};"), format!("name = \"{name}\"\n")].iter().any(|line| programs.contains(line));
            assert!(is_named, "tests/{name}.rs runs nowhere");
        }
    }
}
