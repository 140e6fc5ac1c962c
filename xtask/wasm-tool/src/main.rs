//! wasm-bindgen's two programs in one: `wasm-tool bindgen …` and `wasm-tool test-runner …`.
//!
//! Built from the library inside `wasm-bindgen-cli`, so that Cargo.lock pins both together with the crate
//! `wasm-bindgen` and nobody has to install anything.

use std::env;
use std::ffi::OsString;
use std::iter;
use std::process::ExitCode;

use anyhow::{Result, bail};
use wasm_bindgen_cli::{wasm_bindgen, wasm_bindgen_test_runner};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = env::args_os().skip(1);
    let program = arguments.next().unwrap_or_default();
    // Both expect a program name in front of their arguments.
    let arguments: Vec<OsString> = iter::once(program.clone()).chain(arguments).collect();
    match program.to_str() {
        Some("bindgen") => wasm_bindgen::run_cli_with_args(arguments),
        Some("test-runner") => wasm_bindgen_test_runner::run_cli_with_args(arguments),
        _ => bail!("say `wasm-tool bindgen …` or `wasm-tool test-runner …`"),
    }
}
