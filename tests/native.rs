//! The tests that run natively, in one program: what they need is compiled and linked once. `memory.rs` counts what is
//! allocated and needs a program of its own; `web/` and `web_delivery/` are for the browser.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod support;

mod absurd_values;
mod actions;
mod agent_reports;
mod alert;
mod call_invariants;
mod call_reports;
mod causes;
mod completeness;
mod detector_model;
mod docs;
mod engine_restore;
mod findings;
mod floor_overview;
mod fuzzing;
mod incidents;
mod notices;
mod outbox;
mod panel;
mod pilot;
mod preflight;
mod recordings;
mod scenarios;
mod storage_compatibility;
mod what_if;
mod whose_call;

/// Cargo finds no test by itself here (`autotests = false`).
#[test]
fn every_test_file_is_part_of_a_program() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let programs = std::fs::read_to_string(root.join("Cargo.toml")).unwrap() + include_str!("native.rs");
    let is_source = |path: &std::path::Path| path.extension().is_some_and(|extension| extension == "rs");
    for entry in std::fs::read_dir(root.join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let has_sources =
            || path.is_dir() && std::fs::read_dir(&path).unwrap().any(|entry| is_source(&entry.unwrap().path()));
        if is_source(&path) || has_sources() {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let is_named =
                [format!("\nmod {name};"), format!("name = \"{name}\"\n")].iter().any(|line| programs.contains(line));
            assert!(is_named, "tests/{name} runs nowhere");
        }
    }
}
