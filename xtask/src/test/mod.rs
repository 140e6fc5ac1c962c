//! `cargo xtask test`: every check, in the order in which a mistake is found soonest.

mod bench;
mod steps;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;

use self::bench::Bench;
use self::steps::{COMPILED_ONLY, LONG_STEPS, STEPS, Step};
use crate::parallel;
use crate::progress;
use crate::setup::{self, Wanted};

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

    /// With the step e2e alone: runs each of its files until it has passed N times in all. docs/reports/e2e-runs.json
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

fn all_steps() -> impl Iterator<Item = &'static Step> {
    STEPS.iter().chain(&LONG_STEPS)
}

fn list() {
    for step in &STEPS {
        println!("{:<12}{}", step.name, step.title);
    }
    for step in &LONG_STEPS {
        println!("{:<12}{} (with --full, or if named)", step.name, step.title);
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
        return steps::repeat(&Bench::new(extent, 1), wanted, arguments.load);
    }
    let chosen = choose(&arguments.steps, extent);
    let lints = |step: &&Step| ["format", "clippy"].contains(&step.name);
    if chosen.iter().any(|step| step.name != "format") {
        // So that nothing is missed only after minutes.
        setup::check(Wanted { browser: true, lints: chosen.iter().any(lints) })?;
    }
    let bench = Bench::new(extent, chosen.len());
    if chosen.iter().any(|step| !COMPILED_ONLY.contains(&step.name)) {
        bench.install_packages();
    }
    let result = run_each(&chosen, extent, parallel::processors(), |step| (step.run)(&bench));
    bench.skipped().iter().for_each(|skipped| println!("{skipped}"));
    result
}

/// Up to the first that fails, and what runs beside it: a mistake is told soonest. A full run takes so long that it goes
/// on, and tells all at its end.
fn run_each(
    steps: &[&'static Step],
    extent: Extent,
    at_a_time: usize,
    run: impl Fn(&Step) -> Result<()> + Sync,
) -> Result<()> {
    let started = Instant::now();
    let numbered: Vec<_> = (1..).zip(steps.iter().copied()).collect();
    let has_ended = AtomicBool::new(false);
    let run_unless_ended = |number: usize, step: &'static Step| {
        if has_ended.load(Ordering::Relaxed) {
            return None;
        }
        println!("\n━━ {number}/{} {}: {}", steps.len(), step.name, step.title);
        let outcome = timed(step, &run);
        if outcome.result.is_err() && extent == Extent::Default {
            has_ended.store(true, Ordering::Relaxed);
        }
        Some(outcome)
    };
    let mut outcomes = Vec::new();
    for group in numbered.chunk_by(|(_, step), (_, next)| step.beside_others && next.beside_others) {
        let of_group = parallel::each_at_most(at_a_time, group, |(number, step)| Ok(run_unless_ended(*number, step)))?;
        outcomes.extend(of_group.into_iter().flatten());
    }
    println!("\n{}", table(&outcomes, started.elapsed()));
    let failures: Vec<String> = outcomes.iter().filter_map(|outcome| outcome.failure(extent)).collect();
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

/// How a step went.
struct Outcome {
    step: &'static Step,
    took: Duration,
    result: Result<()>,
}

fn timed(step: &'static Step, run: impl Fn(&Step) -> Result<()>) -> Outcome {
    let started = Instant::now();
    let result = run(step);
    let took = started.elapsed();
    let (name, time) = (step.name, progress::seconds(took));
    match &result {
        Ok(()) => println!("━━ {name} passed in {time}"),
        Err(error) => println!("━━ {name} failed after {time}: {error:#}"),
    }
    Outcome { step, took, result }
}

impl Outcome {
    fn failure(&self, extent: Extent) -> Option<String> {
        let error = self.result.as_ref().err()?;
        let Step { name, title, .. } = self.step;
        let full = if extent == Extent::Full { "--full " } else { "" };
        Some(format!("step `{name}` ({title}) failed: {error:#}\nRun it alone with `cargo xtask test {full}{name}`."))
    }
}

/// In the order of [`STEPS`] and [`LONG_STEPS`], whatever the order of the names.
fn choose(names: &[String], extent: Extent) -> Vec<&'static Step> {
    let unnamed = if extent == Extent::Full { STEPS.len() + LONG_STEPS.len() } else { STEPS.len() };
    match names {
        [] => all_steps().take(unnamed).collect(),
        names => all_steps().filter(|step| names.iter().any(|name| name == step.name)).collect(),
    }
}

/// Steps that ran at the same time add up to more than the total.
fn table(outcomes: &[Outcome], total: Duration) -> String {
    let steps = outcomes.iter().map(|outcome| (outcome.step.name, outcome.took));
    let lines = steps.chain([("total", total)]);
    lines.map(|(name, time)| format!("{name:<12}{:>14}\n", progress::seconds(time))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use anyhow::bail;

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
            let tried = AtomicUsize::new(0);
            let result = run_each(&steps, extent, 1, |step| {
                tried.fetch_add(1, Ordering::Relaxed);
                ensure!(!["clippy", "shim"].contains(&step.name), "it is broken");
                Ok(())
            });
            assert_eq!(tried.into_inner(), expected);
            let said = result.unwrap_err().to_string();
            assert!(said.contains("cargo xtask test") && said.contains("clippy`"), "{said}");
            assert_eq!(said.contains("`shim`"), extent == Extent::Full, "{said}");
        }
    }

    #[test]
    fn steps_that_run_at_the_same_time_all_have_their_failures_told_and_nothing_more_is_begun() {
        let steps = choose(&["js", "shim", "lab", "e2e"].map(str::to_owned), Extent::Default);
        let both = Barrier::new(2);
        let result = run_each(&steps, Extent::Default, 2, |step| {
            both.wait();
            bail!("{} is broken", step.name)
        });
        let said = result.unwrap_err().to_string();
        let told = |step: &str| said.contains(&format!("{step} is broken"));
        assert_eq!(["js", "lab", "shim", "e2e"].map(told), [true, true, false, false], "{said}");
    }

    #[test]
    fn named_steps_run_in_the_order_of_the_whole() {
        assert_eq!(chosen(&["e2e", "format", "shim"], Extent::Default), ["format", "shim", "e2e"]);
    }

    #[test]
    fn the_table_ends_with_how_long_it_took_in_all() {
        let steps = choose(&["format", "e2e"].map(str::to_owned), Extent::Default);
        let outcomes: Vec<Outcome> = steps
            .iter()
            .zip([2, 121])
            .map(|(step, seconds)| Outcome { step, took: Duration::from_secs(seconds), result: Ok(()) })
            .collect();
        let table = table(&outcomes, Duration::from_secs(122));
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines,
            [vec!["format", "2.0", "s"], vec!["e2e", "2", "min", "01", "s"], vec!["total", "2", "min", "02", "s"]]
        );
    }
}
