//! Prints what Event Streams would send about the calls of recordings, as JSON Lines: for the tests of what reads it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../tests/support/exports.rs"]
mod exports;

use exports::Exported;
use serde_json::Value;
use std::env;
use std::fs;
use std::io::{self, Write};

/// Each argument is a recording of one call.
fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (number, path) in env::args_os().skip(1).enumerate() {
        let text = fs::read_to_string(path)?;
        let lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        for event in Exported::new(number, &lines).cloud_events() {
            writeln!(out, "{event}")?;
        }
    }
    Ok(())
}
