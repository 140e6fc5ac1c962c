//! `cargo xtask test`: every check, in the order in which a mistake is found soonest.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;
use std::fs;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;

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
use crate::setup::{self, Tools, Wanted};
use crate::size::Size;
use crate::start_time;
use crate::toolchain::{self, TARGET, WasmToolchain};
use crate::wasm;

/// Runs every check that a change has to pass, or only the named steps, up to the first that fails (with --full, all).
///
/// Left out is what --full adds, and what has a command of its own: datafusion, delivery-faults, incidents, false-alarms,
/// floor, accuracy, bench, supply-chain.
#[derive(Args)]
pub(crate) struct Arguments {
    /// All steps if none is named.
    #[arg(value_name = "STEP", value_parser = PossibleValuesParser::new(all_steps().map(|step| step.name)))]
    steps: Vec<String>,

    /// Adds what takes longer: fuzzing, slow faults, many more cases of every property, the demo.
    #[arg(long)]
    full: bool,

    /// Names the steps.
    #[arg(long)]
    list: bool,

    /// With the step e2e alone: runs each of its files until it has passed N times in all. target/xtask/e2e-runs.json
    /// keeps the counts over several runs.
    #[arg(long, value_name = "N")]
    repeat: Option<u32>,

    /// Keeps N processors busy meanwhile.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "repeat")]
    load: usize,
}

/// How much is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What every change has to pass.
    Default,
    /// That, and what takes longer.
    Full,
}

struct Step {
    name: &'static str,
    title: &'static str,
    run: fn(&Bench) -> Result<()>,
}

/// The default run tries the same cases each time, so that a change is judged by what it changes. New ones come with
/// `--full`, a hundred times as many as proptest tries by itself.
const SEED_OF_THE_DEFAULT_RUN: &str = "20261128";
const CASES_OF_A_FULL_RUN: &str = "25600";

const STEPS: [Step; 11] = [
    Step { name: "format", title: "formatting", run: format },
    Step { name: "clippy", title: "lints", run: clippy },
    Step { name: "native", title: "native tests", run: native },
    Step { name: "setup", title: "set-up", run: |bench| bench.tools().map(drop) },
    Step { name: "wasm", title: "WebAssembly tests in headless Chromium", run: wasm_tests },
    Step { name: "build", title: "the bundle and its size", run: build },
    Step { name: "js", title: "lints, types and formatting of the JavaScript", run: javascript },
    Step { name: "shim", title: "tests of the plugin's JavaScript", run: shim },
    Step { name: "function", title: "tests of the Function", run: function },
    Step { name: "lab", title: "tests of the lab's own parts", run: lab },
    Step { name: "e2e", title: "real calls in the real Flex UI", run: end_to_end },
];

/// Only in a full run, or if named.
const LONG_STEPS: [Step; 5] = [
    Step { name: "dist", title: "what is deployed, built on a machine without Rust", run: distribution },
    Step { name: "fuzz", title: "any bytes at all, wherever bytes come in", run: fuzz_all },
    Step { name: "start", title: "the time from script evaluation to listening", run: start_time },
    Step { name: "demo", title: "the demo, as it runs by itself", run: scripted_demo },
    Step {
        name: "engines",
        title: "the verdict in Python, on Spark and on Ballista, where the machine has Python and Java",
        run: engines_all,
    },
];

/// Steps that need nothing from npm.
const COMPILED_ONLY: [&str; 5] = ["format", "clippy", "native", "fuzz", "engines"];

/// What the steps share. Each part is made when a step first needs it.
struct Bench {
    extent: Extent,
    packages: Cell<Option<JoinHandle<Result<()>>>>,
    wasm_toolchain: OnceCell<WasmToolchain>,
    tools: OnceCell<Tools>,
    wasm: OnceCell<Vec<Size>>,
    /// What could not be tested on this machine, and why.
    skipped: RefCell<Vec<String>>,
}

impl Bench {
    fn new(extent: Extent) -> Self {
        Self {
            extent,
            packages: Cell::new(None),
            wasm_toolchain: OnceCell::new(),
            tools: OnceCell::new(),
            wasm: OnceCell::new(),
            skipped: RefCell::default(),
        }
    }

    /// Begins to, while other steps compile.
    fn install_packages(&self) {
        self.packages.set(Some(thread::spawn(setup::packages)));
    }

    fn wasm_toolchain(&self) -> Result<&WasmToolchain> {
        made_once(&self.wasm_toolchain, setup::wasm_toolchain)
    }

    fn tools(&self) -> Result<&Tools> {
        made_once(&self.tools, || {
            if let Some(installing) = self.packages.take() {
                installing.join().map_err(|_| anyhow!("installing npm packages panicked"))??;
            }
            setup::everything(Wanted::default())
        })
    }

    /// The WebAssembly in js-shim/src/generated, built once in a run whichever step needs it first.
    fn wasm(&self) -> Result<&[Size]> {
        made_once(&self.wasm, || wasm::build(&self.tools()?.build, wasm::RELEASE_PROFILE)).map(Vec::as_slice)
    }

    fn npm_test(&self, package: &str, script: &str) -> Result<()> {
        let mut command = npm::run_script(package, script);
        self.tools()?.browser.announce_to(&mut command);
        process::run(&mut command)
    }

    /// What the end-to-end tests run as an admin would. Of the whole workspace, as the step `native` compiles it: nothing is
    /// compiled twice.
    fn native_programs(&self) -> Result<()> {
        self.cargo(&["build", "--workspace", "--bin", "replay", "--example", "flex-configuration-api"])
    }

    fn cargo(&self, arguments: &[&str]) -> Result<()> {
        process::run(toolchain::cargo().current_dir(project::root()).args(arguments))
    }
}

/// What the cell holds; if that is nothing yet, what `make` makes.
fn made_once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if cell.get().is_none() {
        // Nobody else can have set it in between.
        let _ = cell.set(make()?);
    }
    cell.get().context("what has just been made is not there")
}

fn all_steps() -> impl Iterator<Item = &'static Step> {
    STEPS.iter().chain(&LONG_STEPS)
}

fn list() {
    for step in &STEPS {
        println!("{:<10}{}", step.name, step.title);
    }
    for step in &LONG_STEPS {
        println!("{:<10}{} (with --full, or if named)", step.name, step.title);
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if arguments.list {
        list();
        return Ok(());
    }
    let extent = if arguments.full { Extent::Full } else { Extent::Default };
    if let Some(wanted) = arguments.repeat {
        ensure!(arguments.steps == ["e2e"], "only `cargo xtask test e2e` can be repeated");
        return repeat(&Bench::new(extent), wanted, arguments.load);
    }
    let chosen = choose(&arguments.steps, extent);
    let lints = |step: &&Step| ["format", "clippy"].contains(&step.name);
    if chosen.iter().any(|step| step.name != "format") {
        // So that nothing is missed only after minutes.
        setup::check(Wanted { browser: true, lints: chosen.iter().any(lints) })?;
    }
    let bench = Bench::new(extent);
    if chosen.iter().any(|step| !COMPILED_ONLY.contains(&step.name)) {
        bench.install_packages();
    }
    let result = run_each(&chosen, extent, |step| (step.run)(&bench));
    bench.skipped.borrow().iter().for_each(|skipped| println!("{skipped}"));
    result
}

/// Up to the first that fails: a mistake is told soonest. A full run takes so long that it goes on, and tells all at its
/// end.
fn run_each(steps: &[&Step], extent: Extent, run: impl Fn(&Step) -> Result<()>) -> Result<()> {
    let full = if extent == Extent::Full { "--full " } else { "" };
    let (mut times, mut failures) = (Vec::new(), Vec::new());
    for (index, step) in steps.iter().enumerate() {
        let Step { name, title, .. } = step;
        println!("\n━━ {}/{} {name}: {title}", index + 1, steps.len());
        let started = Instant::now();
        let result = run(step);
        times.push((*name, started.elapsed()));
        let took = progress::seconds(started.elapsed());
        match result {
            Ok(()) => println!("━━ {name} passed in {took}"),
            Err(error) => {
                println!("━━ {name} failed after {took}: {error:#}");
                failures.push(format!(
                    "step `{name}` ({title}) failed: {error:#}\nRun it alone with `cargo xtask test {full}{name}`."
                ));
                if extent == Extent::Default {
                    break;
                }
            }
        }
    }
    println!("\n{}", table(&times));
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

/// In the order of [`STEPS`] and [`LONG_STEPS`], whatever the order of the names.
fn choose(names: &[String], extent: Extent) -> Vec<&'static Step> {
    let unnamed = if extent == Extent::Full { STEPS.len() + LONG_STEPS.len() } else { STEPS.len() };
    match names {
        [] => all_steps().take(unnamed).collect(),
        names => all_steps().filter(|step| names.iter().any(|name| name == step.name)).collect(),
    }
}

fn table(times: &[(&str, Duration)]) -> String {
    let total = times.iter().map(|(_, time)| *time).sum();
    let lines = times.iter().copied().chain([("total", total)]);
    lines.map(|(name, time)| format!("{name:<10}{:>14}\n", progress::seconds(time))).collect()
}

fn format(bench: &Bench) -> Result<()> {
    bench.cargo(&["fmt", "--all", "--check"]).context("`cargo fmt --all` puts it right")
}

fn clippy(bench: &Bench) -> Result<()> {
    // A few lines around a crate with two hundred dependencies, none of which is compiled for anything else.
    let without = ["--exclude", "wasm-tool"];
    bench.cargo(&[&["clippy", "--workspace", "--all-targets"][..], &without, &["--", "-D", "warnings"]].concat())?;
    let mut documentation = toolchain::cargo();
    documentation.current_dir(project::root()).args(["doc", "--workspace", "--no-deps"]).args(without);
    process::run(documentation.env("RUSTDOCFLAGS", "-D warnings")).context("the documentation of the code")?;
    let wasm = bench.wasm_toolchain()?;
    if !wasm.has_clippy() {
        println!("Not linted: what is compiled only for WebAssembly. {} comes without Clippy.", wasm.describe());
        return Ok(());
    }
    let mut command = wasm.cargo("clippy");
    // With the admin view's part: it is nowhere else compiled in a test.
    command.args(["--package", "device-monitoring", "--lib", "--features", "admin-view"]);
    command.args(test_arguments(&wasm_test_files()?));
    process::run(command.args(["--", "-D", "warnings"]))?;
    let mut function = wasm.cargo("clippy");
    function.args(["--package", "device-monitoring", "--lib", "--features", "function"]);
    process::run(function.args(["--", "-D", "warnings"]))
}

fn native(bench: &Bench) -> Result<()> {
    let mut command = toolchain::cargo();
    command.current_dir(project::root()).args(["test", "--workspace"]);
    process::run(command.env("PROPTEST_RNG_SEED", SEED_OF_THE_DEFAULT_RUN))?;
    if bench.extent == Extent::Default {
        return Ok(());
    }
    println!("Every property once more, with {CASES_OF_A_FULL_RUN} cases.");
    let mut command = toolchain::cargo();
    command.current_dir(project::root()).args(["test", "--release", "--package", "device-monitoring"]);
    process::run(command.env("PROPTEST_CASES", CASES_OF_A_FULL_RUN))
}

/// Each target for so long.
fn fuzz_all(bench: &Bench) -> Result<()> {
    fuzz::all(Duration::from_secs(if bench.extent == Extent::Full { 60 } else { 5 }))
}

fn engines_all(bench: &Bench) -> Result<()> {
    let skipped = engines::all_that_can_be()?;
    skipped.iter().for_each(|skipped| println!("{skipped}"));
    bench.skipped.borrow_mut().extend(skipped);
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
    process::run(&mut command)
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
    bench.npm_test(LAB, if bench.extent == Extent::Full { "test:e2e:full" } else { "test:e2e" })
}

/// Each end-to-end file by itself, so many times, beside so many busy processors.
fn repeat(bench: &Bench, wanted: u32, load: usize) -> Result<()> {
    bench.wasm()?;
    bundle::build_for_lab()?;
    bench.native_programs()?;
    let browser = &bench.tools()?.browser;
    for voice_sdk in ["flex", "newest"] {
        process::run(npm::run_script(LAB, "flex-bundle").arg(voice_sdk))?;
    }
    flakiness::beside_busy_processors(load, || {
        flakiness::repeat(wanted, bench.extent == Extent::Full, |file, log| {
            let mut command = npm::run_script(LAB, "test:e2e:file");
            browser.announce_to(command.arg(file));
            process::run_logged(&mut command, log)
        })
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

    fn chosen(names: &[&str], extent: Extent) -> Vec<&'static str> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        choose(&names, extent).iter().map(|step| step.name).collect()
    }

    #[test]
    fn without_names_every_step_runs() {
        assert_eq!(chosen(&[], Extent::Default).len(), STEPS.len());
    }

    #[test]
    fn long_steps_run_in_a_full_run_or_if_named() {
        let full = chosen(&[], Extent::Full);
        assert_eq!(full.len(), STEPS.len() + LONG_STEPS.len());
        assert!(full.ends_with(&["fuzz", "start", "demo", "engines"]));
        assert_eq!(chosen(&["demo", "native"], Extent::Default), ["native", "demo"]);
        assert_eq!(chosen(&["native"], Extent::Full), ["native"]);
    }

    #[test]
    fn a_failure_ends_a_default_run_and_not_a_full_one() {
        for (extent, expected) in [(Extent::Default, 2), (Extent::Full, 5)] {
            let steps = choose(&["format", "clippy", "native", "shim", "lab"].map(str::to_owned), extent);
            let tried = RefCell::new(Vec::new());
            let result = run_each(&steps, extent, |step| {
                tried.borrow_mut().push(step.name);
                ensure!(!["clippy", "shim"].contains(&step.name), "it is broken");
                Ok(())
            });
            assert_eq!(tried.borrow().len(), expected);
            let said = result.unwrap_err().to_string();
            assert!(said.contains("cargo xtask test") && said.contains("clippy`"), "{said}");
            assert_eq!(said.contains("`shim`"), extent == Extent::Full, "{said}");
        }
    }

    #[test]
    fn named_steps_run_in_the_order_of_the_whole() {
        assert_eq!(chosen(&["e2e", "format", "shim"], Extent::Default), ["format", "shim", "e2e"]);
    }

    #[test]
    fn the_table_ends_with_the_sum() {
        let table = table(&[("format", Duration::from_secs(2)), ("e2e", Duration::from_secs(121))]);
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines,
            [vec!["format", "2.0", "s"], vec!["e2e", "2", "min", "01", "s"], vec!["total", "2", "min", "03", "s"]]
        );
    }

    #[test]
    fn only_files_gated_as_a_whole_are_for_the_browser() {
        assert!(is_for_wasm("//! In the browser.\n#![cfg(target_arch = \"wasm32\")]\n"));
        assert!(!is_for_wasm("#[cfg(target_arch = \"wasm32\")]\nmod web {}\n"));
    }
}
