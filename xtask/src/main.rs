//! The project's own commands: `cargo xtask setup`, `build`, `test` and `demo`.

mod browser;
mod bundle;
mod debian;
mod demo;
mod embed;
mod npm;
mod process;
mod project;
mod rename;
mod setup;
mod size;
mod steps;
mod test;
mod toolchain;
mod version;
mod wasm;
mod wasm_tool;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask demo                   a call in the real Flex UI, spoiled and healed; saves screenshots and the alert
cargo xtask test [STEP]…           every check, or only the named ones; `cargo xtask test --list` names them
cargo xtask build [--profile NAME] the plugin's bundle and its size; NAME is a cargo profile (wasm-release if not given)
cargo xtask bundle-for-lab         the bundle with the lab's Function address, kept in target/lab/plugin
cargo xtask setup                  everything the others need; they call it themselves

Set CHROMIUM and CHROMEDRIVER to use a browser that is not found by itself, and DEVICE_MONITORING_WASM_TOOLCHAIN=debian
to build the WebAssembly with Debian's Rust packages although rustup's target is there.";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["setup"] => setup::everything().map(drop),
        ["build"] => build(wasm::RELEASE_PROFILE),
        ["build", "--profile", profile] => build(profile),
        ["bundle-for-lab"] => {
            let tools = setup::for_build()?;
            wasm::build(&tools, wasm::RELEASE_PROFILE)?;
            bundle::build_for_lab().map(drop)
        }
        ["test", "--list"] => {
            test::list();
            Ok(())
        }
        ["test", names @ ..] => test::run(names),
        ["demo"] => demo::run(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("`cargo xtask {}` is not a command. These are:\n{USAGE}", other.join(" ")),
    }
}

fn build(profile: &str) -> Result<()> {
    let tools = setup::for_build()?;
    bundle::build_and_measure(&wasm::build(&tools, profile)?)
}
