//! The project's own commands: what each does is in `USAGE`, below.

mod accuracy;
mod bench;
mod browser;
mod bundle;
mod compare;
mod datafusion;
mod debian;
mod demo;
mod desk;
mod faults;
mod fuzz;
mod missing;
mod npm;
mod parts;
mod process;
mod project;
mod record;
mod sbom;
mod screenshots;
mod setup;
mod size;
mod stamp;
mod start_time;
mod steps;
mod supply_chain;
mod test;
mod texts;
mod toolchain;
mod version;
mod wasm;
mod wasm_tool;
mod what_if;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

use setup::Wanted;
use test::Extent;

const USAGE: &str = "\
cargo xtask demo [--scripted]      Flex in a window with a panel to spoil its calls; without a display, or with
                                   --scripted, one call told as it happens, with screenshots and the alert; --desk
                                   for the admin's view, with calls that are recorded
cargo xtask test [STEP]…           every check, or only the named ones; `cargo xtask test --list` names them
cargo xtask test --full [STEP]…    the same and the long ones: slow faults, many more cases of every property, the demo
cargo xtask build [--profile NAME] the plugin's bundle and its size; NAME is a cargo profile (wasm-release if not given)
cargo xtask bundle-for-lab         the bundle with the lab's Function address, kept in target/lab/plugin
cargo xtask fuzz [TARGET]… [--seconds N]
                                   alerts, configuration, events, exports, outbox, recordings: any bytes at all, a minute each
                                   if not said
cargo xtask faults [--seed N] [--alerts N] [--simulated]
                                   what becomes of alerts when everything on their way fails: thousands over a simulated
                                   network, then dozens in a real browser against the real Function
cargo xtask record NAME…           recordings of real calls, of named scenarios; --list says which there are, --missing
                                   makes those that are not recorded yet, --look looks at those that are
cargo xtask accuracy [FILE|FOLDER]…
                                   how well trouble is noticed on recordings, the SDK's own warnings beside it; without
                                   FILE on all there are, and written to docs/accuracy.md
cargo xtask bench [NAME]… [--sample BUNDLE]
                                   how small, how fast, how steady, written to docs/performance.md: bundle, start, events,
                                   shift, main-thread, replay (needs 6 GB of disk), or all of them; BUNDLE is a production
                                   bundle of the sample plugin of 2021, to be measured beside ours
cargo xtask compare --against COMMIT
                                   whether every recording, seed and scenario still gets what it got in that commit:
                                   what `replay` prints, and the alert documents
cargo xtask datafusion             the verdict as a function of DataFusion: formatting, lints and tests of its own
                                   workspace, which nothing else builds
cargo xtask datafusion bench [--samples N]
                                   how fast: verdicts on 100 million samples beside a plain aggregate; needs 3 GB of disk
cargo xtask what-if [CALLS MINUTES]
                                   how long the admin's desk takes to judge recorded calls anew: 500 calls of 10 minutes
cargo xtask screenshots            docs/screenshots: every state that an agent sees, and the admin's desk, in the real Flex UI
cargo xtask supply-chain           licences, banned and doubled crates, known vulnerabilities, by every lock file
cargo xtask sbom                   what is in what is shipped, as CycloneDX, in target/sbom
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
        ["setup"] => setup::everything(Wanted { lints: true, ..Wanted::default() }).map(drop),
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
        ["test", words @ ..] => {
            let names: Vec<&str> = words.iter().copied().filter(|word| *word != "--full").collect();
            test::run(&names, if names.len() < words.len() { Extent::Full } else { Extent::Usual })
        }
        ["fuzz", arguments @ ..] => fuzz::run(arguments),
        ["demo", arguments @ ..] => demo::run(arguments),
        ["faults", arguments @ ..] => faults::run(arguments),
        ["record", arguments @ ..] => record::run(arguments),
        ["what-if", arguments @ ..] => what_if::run(arguments),
        ["supply-chain"] => supply_chain::run(),
        ["sbom"] => sbom::run(),
        ["screenshots"] => screenshots::run(),
        ["bench", arguments @ ..] => bench::run(arguments),
        ["datafusion", arguments @ ..] => datafusion::run(arguments),
        ["compare", arguments @ ..] => compare::run(arguments),
        ["accuracy", paths @ ..] => accuracy::run(paths),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("`cargo xtask {}` is not a command. These are:\n{USAGE}", other.join(" ")),
    }
}

fn build(profile: &str) -> Result<()> {
    let tools = setup::for_build()?;
    let bundle = bundle::build_and_measure(&wasm::build(&tools, profile)?)?;
    start_time::print(&bundle);
    Ok(())
}
