//! The steps, and what each of them runs.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Extent;
use super::bench::Bench;
use crate::bundle;
use crate::demo;
use crate::dist;
use crate::engines;
use crate::firefox;
use crate::flakiness;
use crate::fuzz;
use crate::npm;
use crate::parallel;
use crate::process;
use crate::progress;
use crate::project::{self, FUNCTION, LAB, SHIM};
use crate::setup;
use crate::start_time;
use crate::toolchain::{self, TARGET};

pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Whether it may run at the same time as its neighbours of which this is true as well. What its tests print is kept
    /// in a log.
    pub(super) beside_others: bool,
    pub(super) run: fn(&Bench) -> Result<()>,
}

impl Step {
    const fn alone(name: &'static str, title: &'static str, run: fn(&Bench) -> Result<()>) -> Self {
        Self { name, title, beside_others: false, run }
    }

    const fn beside_others(name: &'static str, title: &'static str, run: fn(&Bench) -> Result<()>) -> Self {
        Self { name, title, beside_others: true, run }
    }
}

/// The default run tries the same cases each time, so that a change is judged by what it changes. New ones come with
/// `--full`, a hundred times as many as proptest tries by itself.
const SEED_OF_THE_DEFAULT_RUN: &str = "20261128";
const CASES_OF_A_FULL_RUN: &str = "25600";

/// In the order in which a mistake is found soonest; of those that run at the same time, what others wait for first, then
/// the longest.
pub(super) const STEPS: [Step; 12] = [
    Step::alone("format", "formatting", format),
    Step::alone("clippy", "lints", clippy),
    Step::beside_others("native", "native tests", native),
    Step::beside_others("setup", "set-up", |bench| bench.tools().map(drop)),
    Step::beside_others("build", "the bundle and its size", build),
    Step::beside_others("function", "tests of the Function", function),
    Step::beside_others("clippy-wasm", "lints of what is compiled only for WebAssembly", clippy_wasm),
    Step::beside_others("wasm", "WebAssembly tests in headless Chromium", wasm_tests),
    Step::beside_others("js", "lints, types and formatting of the JavaScript", javascript),
    Step::beside_others("lab", "tests of the lab's own parts", lab),
    Step::beside_others("shim", "tests of the plugin's JavaScript", shim),
    Step::alone("e2e", "real calls in the real Flex UI", end_to_end),
];

/// Only in a full run, or if named.
pub(super) const LONG_STEPS: [Step; 5] = [
    Step::alone("dist", "what is deployed, built on a machine without Rust", distribution),
    Step::alone("fuzz", "any bytes at all, wherever bytes come in", fuzz_all),
    Step::alone("start", "the time from script evaluation to listening", start_time),
    Step::alone("demo", "the demo, as it runs by itself", scripted_demo),
    Step::alone(
        "engines",
        "the verdict in Python, on Spark and on Ballista, where the machine has Python and Java",
        engines_all,
    ),
];

/// Steps that need nothing from npm.
pub(super) const COMPILED_ONLY: [&str; 6] = ["format", "clippy", "native", "clippy-wasm", "fuzz", "engines"];

fn format(bench: &Bench) -> Result<()> {
    bench.cargo(&["fmt", "--all", "--check"]).context("`cargo fmt --all` puts it right")
}

fn clippy(bench: &Bench) -> Result<()> {
    // A few lines around a crate with two hundred dependencies, none of which is compiled for anything else.
    let without = ["--exclude", "wasm-tool"];
    bench.cargo(&[&["clippy", "--workspace", "--all-targets"][..], &without, &["--", "-D", "warnings"]].concat())?;
    let mut documentation = toolchain::cargo();
    documentation.current_dir(project::root()).args(["doc", "--workspace", "--no-deps"]).args(without);
    process::run(documentation.env("RUSTDOCFLAGS", "-D warnings")).context("the documentation of the code")
}

fn clippy_wasm(bench: &Bench) -> Result<()> {
    let wasm = bench.wasm_toolchain()?;
    if !wasm.has_clippy() {
        println!("Not linted: what is compiled only for WebAssembly. {} comes without Clippy.", wasm.describe());
        return Ok(());
    }
    let mut command = wasm.cargo("clippy");
    // With the admin view's part: it is nowhere else compiled in a test.
    command.args(["--package", "device-monitoring", "--lib", "--features", "admin-view"]);
    command.args(test_arguments(&wasm_test_files()?));
    bench.run_test(command.args(["--", "-D", "warnings"]), "clippy-wasm")?;
    let mut function = wasm.cargo("clippy");
    function.args(["--package", "device-monitoring", "--lib", "--features", "function"]);
    bench.run_test(function.args(["--", "-D", "warnings"]), "clippy-wasm-function")
}

fn native(bench: &Bench) -> Result<()> {
    let mut command = toolchain::cargo();
    command.current_dir(project::root()).args(["test", "--workspace"]);
    bench.run_test(command.env("PROPTEST_RNG_SEED", SEED_OF_THE_DEFAULT_RUN), "native")?;
    if bench.extent == Extent::Default {
        return Ok(());
    }
    println!("Every property once more, with {CASES_OF_A_FULL_RUN} cases.");
    let mut command = toolchain::cargo();
    command.current_dir(project::root()).args(["test", "--release", "--package", "device-monitoring"]);
    bench.run_test(command.env("PROPTEST_CASES", CASES_OF_A_FULL_RUN), "native-many-cases")
}

/// Each target for so long.
fn fuzz_all(bench: &Bench) -> Result<()> {
    fuzz::all(Duration::from_secs(if bench.extent == Extent::Full { 60 } else { 5 }))
}

fn engines_all(bench: &Bench) -> Result<()> {
    let skipped = engines::all_that_can_be()?;
    skipped.iter().for_each(|skipped| println!("{skipped}"));
    bench.skip(skipped);
    Ok(())
}

fn wasm_tests(bench: &Bench) -> Result<()> {
    let tools = bench.tools()?;
    let files = wasm_test_files()?;
    ensure!(
        !files.is_empty(),
        "no file in tests/ begins with #![cfg(target_arch = \"wasm32\")], so the browser has nothing to test"
    );
    let mut command = tools.build.wasm.cargo("test");
    command
        .args(["--package", "device-monitoring", "--config"])
        .arg(tools.build.wasm_tool.as_runner(TARGET))
        .args(test_arguments(&files))
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", tools.browser.write_capabilities()?)
        // On a busy machine the browser needs longer than the runner grants it by itself.
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "30")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    tools.browser.announce_to(&mut command);
    bench.run_test(&mut command, "wasm-tests")
}

fn build(bench: &Bench) -> Result<()> {
    bundle::build_and_measure(bench.wasm()?).map(drop)
}

/// Packs, and builds what was packed.
fn distribution(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    dist::check()
}

/// After the build, whose generated types it is checked against.
fn javascript(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    let checks: Vec<(&str, &str)> = [SHIM, FUNCTION, LAB]
        .into_iter()
        .flat_map(|package| ["lint", "types", "format:check"].map(|script| (package, script)))
        .collect();
    parallel::each(&checks, |(package, script)| {
        progress::announced(&format!("npm run {script} in {package}"), || {
            let log = project::log(&format!("{package}-{}", script.replace(':', "-")));
            process::run_logged(&mut npm::run_script(package, script), &log)
        })
    })
    .map(drop)
}

fn shim(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    bench.npm_test(SHIM, "test")
}

/// After the build: the engine judges incidents there.
fn function(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    bench.npm_test(FUNCTION, "test")
}

/// After the build: agents are simulated with the engine that is embedded.
fn lab(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    bench.npm_test(LAB, "test:unit")
}

fn end_to_end(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    bundle::build_for_lab()?;
    bench.native_programs()?;
    if bench.extent == Extent::Full {
        firefox::install();
        setup::oldest_flex_ui()?;
    }
    let script = if bench.extent == Extent::Full { "test:e2e:full" } else { "test:e2e" };
    // It takes so long that one wants to see how it goes.
    process::run(&mut bench.browser_test(LAB, script)?)
}

/// Each end-to-end file by itself, so many times, beside so many busy processors.
pub(super) fn repeat(bench: &Bench, wanted: u32, load: usize) -> Result<()> {
    bench.wasm()?;
    bundle::build_for_lab()?;
    bench.native_programs()?;
    let browser = &bench.tools()?.browser;
    for voice_sdk in ["flex", "newest"] {
        process::run(npm::run_script(LAB, "flex-bundle").arg(voice_sdk))?;
    }
    flakiness::repeat(wanted, load, bench.extent == Extent::Full, |file, log| {
        let mut command = npm::run_script(LAB, "test:e2e:file");
        browser.announce_to(command.arg(file));
        process::run_logged(&mut command, log)
    })
}

fn start_time(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    let bundle = bundle::build_for_lab()?;
    println!("{}", start_time::measure(&bundle)?);
    Ok(())
}

fn scripted_demo(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    let bundle = bundle::build_for_lab()?;
    // With a screen it would wait for somebody to play with it.
    demo::show(&bundle, Some(&bench.tools()?.browser), &["--scripted", "--floor"])
}

/// The files in tests/ that are for the browser. The others would be compiled for nothing: outside a browser's test
/// harness they have no test to run there.
fn wasm_test_files() -> Result<BTreeSet<String>> {
    let folder = project::path("tests");
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        let root = if path.is_dir() { path.join("main.rs") } else { path.clone() };
        if root.extension().is_some_and(|extension| extension == "rs")
            && root.is_file()
            && is_for_wasm(&fs::read_to_string(&root)?)
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            files.insert(name.to_owned());
        }
    }
    Ok(files)
}

fn is_for_wasm(source: &str) -> bool {
    source.lines().any(|line| line.trim() == "#![cfg(target_arch = \"wasm32\")]")
}

fn test_arguments(files: &BTreeSet<String>) -> Vec<&str> {
    files.iter().flat_map(|file| ["--test", file.as_str()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_gated_as_a_whole_are_for_the_browser() {
        assert!(is_for_wasm("//! In the browser.\n#![cfg(target_arch = \"wasm32\")]\n"));
        assert!(!is_for_wasm("#[cfg(target_arch = \"wasm32\")]\nmod web {}\n"));
    }
}
