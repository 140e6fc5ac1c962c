//! `cargo xtask test`: every check, in the order in which a mistake is found soonest.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::bundle;
use crate::demo;
use crate::fuzz;
use crate::npm;
use crate::process;
use crate::project::{self, FUNCTION, LAB, SHIM};
use crate::setup::{self, Tools, Wanted};
use crate::size::Size;
use crate::start_time;
use crate::steps;
use crate::toolchain::{self, TARGET};
use crate::wasm;

/// How much is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What every change has to pass.
    Usual,
    /// That, and what takes longer.
    Full,
}

struct Step {
    name: &'static str,
    title: &'static str,
    run: fn(&Bench) -> Result<()>,
}

/// The usual run tries the same cases each time, so that a change is judged by what it changes. New ones come with
/// `--full`, a hundred times as many as proptest tries by itself.
const SEED_OF_THE_USUAL_RUN: &str = "20261128";
const CASES_OF_A_FULL_RUN: &str = "25600";

const STEPS: [Step; 12] = [
    Step { name: "format", title: "formatting", run: format },
    Step { name: "setup", title: "set-up", run: |bench| bench.tools().map(drop) },
    Step { name: "clippy", title: "lints", run: clippy },
    Step { name: "native", title: "native tests", run: native },
    Step { name: "fuzz", title: "any bytes at all, wherever bytes come in", run: fuzz_all },
    Step { name: "wasm", title: "WebAssembly tests in headless Chromium", run: wasm_tests },
    Step { name: "build", title: "the bundle and its size", run: build },
    Step { name: "js", title: "lints, types and formatting of the JavaScript", run: javascript },
    Step { name: "shim", title: "tests of the plugin's JavaScript", run: shim },
    Step { name: "function", title: "tests of the Function", run: |bench| bench.npm_test(FUNCTION, "test") },
    Step { name: "lab", title: "tests of the lab's own parts", run: |bench| bench.npm_test(LAB, "test:unit") },
    Step { name: "e2e", title: "real calls in the real Flex UI", run: end_to_end },
];

/// Only in a full run, or if named.
const LONG_STEPS: [Step; 2] = [
    Step { name: "start", title: "the time from script evaluation to listening", run: start_time },
    Step { name: "demo", title: "the demo, as it runs by itself", run: scripted_demo },
];

/// What the steps share. The set-up happens when a step first needs it: formatting does not.
struct Bench {
    extent: Extent,
    tools: OnceCell<Tools>,
    wasm: OnceCell<Vec<Size>>,
}

impl Bench {
    fn tools(&self) -> Result<&Tools> {
        if self.tools.get().is_none() {
            // Nobody else can have set it in between.
            let _ = self.tools.set(setup::everything(Wanted::default())?);
        }
        self.tools.get().context("the set-up is not there although it has just been done")
    }

    /// The WebAssembly in js-shim/src/generated, built once in a run whichever step needs it first.
    fn wasm(&self) -> Result<&[Size]> {
        if self.wasm.get().is_none() {
            let _ = self.wasm.set(wasm::build(&self.tools()?.build, wasm::RELEASE_PROFILE)?);
        }
        Ok(self.wasm.get().map(Vec::as_slice).unwrap_or_default())
    }

    fn npm_test(&self, package: &str, script: &str) -> Result<()> {
        let mut command = npm::run_script(package, script);
        self.tools()?.browser.announce_to(&mut command);
        process::run(&mut command)
    }

    fn cargo(&self, arguments: &[&str]) -> Result<()> {
        process::run(toolchain::cargo().current_dir(project::root()).args(arguments))
    }
}

pub(crate) fn list() {
    for step in &STEPS {
        println!("{:<10}{}", step.name, step.title);
    }
    for step in &LONG_STEPS {
        println!("{:<10}{} (with --full, or if named)", step.name, step.title);
    }
}

/// Runs the named steps, or all of them, up to the first that fails.
pub(crate) fn run(names: &[&str], extent: Extent) -> Result<()> {
    let chosen = choose(names, extent)?;
    let lints = |step: &&Step| ["format", "clippy"].contains(&step.name);
    if chosen.iter().any(|step| step.name != "format") {
        setup::check(Wanted { browser: true, lints: chosen.iter().any(lints) })?;
    }
    let bench = Bench { extent, tools: OnceCell::new(), wasm: OnceCell::new() };
    let mut times = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        println!("\n━━ {}/{} {}: {}", index + 1, chosen.len(), step.name, step.title);
        let started = Instant::now();
        let result = (step.run)(&bench);
        times.push((step.name, started.elapsed()));
        if let Err(error) = result {
            println!("\n{}", table(&times));
            let full = if extent == Extent::Full { "--full " } else { "" };
            bail!(
                "step `{name}` ({title}) failed: {error:#}\nRun it alone with `cargo xtask test {full}{name}`.",
                name = step.name,
                title = step.title
            );
        }
        println!("━━ {} passed in {}", step.name, steps::seconds(started.elapsed()));
    }
    println!("\n{}", table(&times));
    Ok(())
}

/// In the order of [`STEPS`] and [`LONG_STEPS`], whatever the order of the names.
fn choose(names: &[&str], extent: Extent) -> Result<Vec<&'static Step>> {
    let all = || STEPS.iter().chain(&LONG_STEPS);
    let known: Vec<&str> = all().map(|step| step.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!("`{unknown}` is not a step. The steps are {}.", known.join(", "));
    }
    let unnamed = if extent == Extent::Full { known.len() } else { STEPS.len() };
    Ok(match names {
        [] => all().take(unnamed).collect(),
        names => all().filter(|step| names.contains(&step.name)).collect(),
    })
}

fn table(times: &[(&str, Duration)]) -> String {
    let total = times.iter().map(|(_, time)| *time).sum();
    let lines = times.iter().copied().chain([("total", total)]);
    lines.map(|(name, time)| format!("{name:<10}{:>14}\n", steps::seconds(time))).collect()
}

fn format(bench: &Bench) -> Result<()> {
    bench.cargo(&["fmt", "--all", "--check"]).context("`cargo fmt --all` puts it right")
}

fn clippy(bench: &Bench) -> Result<()> {
    bench.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    let wasm = &bench.tools()?.build.wasm;
    if !wasm.has_clippy() {
        println!("Not linted: what is compiled only for WebAssembly. {} comes without Clippy.", wasm.describe());
        return Ok(());
    }
    let mut command = wasm.cargo("clippy");
    // With the desk's part: it is nowhere else compiled in a test.
    command.args(["--package", "device-monitoring", "--lib", "--features", "desk"]);
    command.args(test_arguments(&wasm_test_files()?));
    process::run(command.args(["--", "-D", "warnings"]))
}

fn native(bench: &Bench) -> Result<()> {
    let mut command = toolchain::cargo();
    command.current_dir(project::root()).args(["test", "--workspace"]);
    process::run(command.env("PROPTEST_RNG_SEED", SEED_OF_THE_USUAL_RUN))?;
    if bench.extent == Extent::Usual {
        return Ok(());
    }
    println!("Every property once more, with {CASES_OF_A_FULL_RUN} cases.");
    let mut command = toolchain::cargo();
    command.current_dir(project::root()).args(["test", "--release", "--package", "device-monitoring"]);
    process::run(command.env("PROPTEST_CASES", CASES_OF_A_FULL_RUN))
}

/// Each target for so long.
fn fuzz_all(bench: &Bench) -> Result<()> {
    fuzz::all(Duration::from_secs(if bench.extent == Extent::Full { 300 } else { 5 }))
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

/// After the build, whose generated types it is checked against.
fn javascript(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    for package in [SHIM, FUNCTION, LAB] {
        for script in ["lint", "types", "format:check"] {
            println!("npm run {script} in {package}");
            process::run(&mut npm::run_script(package, script))?;
        }
    }
    Ok(())
}

fn shim(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    bench.npm_test(SHIM, "test")
}

fn end_to_end(bench: &Bench) -> Result<()> {
    bench.wasm()?;
    bundle::build_for_lab()?;
    bench.npm_test(LAB, if bench.extent == Extent::Full { "test:e2e:full" } else { "test:e2e" })
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
    demo::show(&bundle, Some(&bench.tools()?.browser), &["--scripted"])
}

/// The files in tests/ that are for the browser. The others would be compiled for nothing: outside a browser's test
/// harness they have no test to run there.
fn wasm_test_files() -> Result<BTreeSet<String>> {
    let folder = project::path("tests");
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && is_for_wasm(&fs::read_to_string(&path)?)
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

    fn names(steps: Result<Vec<&'static Step>>) -> Vec<&'static str> {
        steps.unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn without_names_every_step_runs() {
        assert_eq!(choose(&[], Extent::Usual).unwrap().len(), STEPS.len());
    }

    #[test]
    fn long_steps_run_in_a_full_run_or_if_named() {
        let full = names(choose(&[], Extent::Full));
        assert_eq!(full.len(), STEPS.len() + LONG_STEPS.len());
        assert!(full.ends_with(&["start", "demo"]));
        assert_eq!(names(choose(&["demo", "native"], Extent::Usual)), ["native", "demo"]);
        assert_eq!(names(choose(&["native"], Extent::Full)), ["native"]);
    }

    #[test]
    fn named_steps_run_in_the_order_of_the_whole() {
        assert_eq!(names(choose(&["e2e", "format", "shim"], Extent::Usual)), ["format", "shim", "e2e"]);
    }

    #[test]
    fn a_misspelt_step_is_answered_with_the_right_names() {
        let message = choose(&["fmt"], Extent::Usual).err().unwrap().to_string();
        assert!(message.starts_with("`fmt` is not a step. The steps are format, "), "{message}");
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
