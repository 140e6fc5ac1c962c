//! What is measured: each is prepared here, measured by a program in `lab/bench` or in `crates/bench/`, and read back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Options;
use super::report::{Goal, Report};
use crate::bundle::{self, Weighed};
use crate::process;
use crate::project::{self, LAB};
use crate::setup;
use crate::size::{GOAL, Size, grouped};
use crate::toolchain;
use crate::wasm;

/// What the sample plugin of 2021 weighed when it was measured: bundled by esbuild, minified, with the externals that
/// Flex gives a plugin.
const SAMPLE: (usize, usize) = (232_000, 65_000);

/// Recorded calls that are played over and over: a healthy one, and one in trouble.
const RECORDINGS: [&str; 2] =
    ["tests/recordings/lab/long10_clean.jsonl", "tests/recordings/lab/rtt450_then_loss6.jsonl"];

/// Where the measuring programs leave what they found.
fn folder() -> Result<PathBuf> {
    let folder = project::scratch().join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}

/// A program of `lab/bench`, with what it needs built and installed: the plugin's bundle for the lab, its packages, a
/// browser.
fn in_lab(name: &str, arguments: &[&Path]) -> Result<Report> {
    let (build, browser) = setup::for_lab()?;
    wasm::build(&build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    let report = folder()?.join(format!("{name}.json"));
    let mut command = Command::new("node");
    command.current_dir(project::path(LAB)).arg(format!("bench/{name}.mjs")).arg(&report).args(arguments);
    if let Some(browser) = browser {
        browser.announce_to(&mut command);
    }
    process::run(&mut command)?;
    Report::read(&report)
}

/// Builds programs of the workspace for speed, and says where each is.
fn built(packages: &[&str]) -> Result<impl Fn(&str) -> PathBuf> {
    let target = project::target();
    let mut build = toolchain::cargo();
    build.current_dir(project::root()).args(["build", "--quiet", "--release", "--target-dir"]).arg(&target);
    process::run(build.args(packages.iter().flat_map(|package| ["--package", package])))?;
    Ok(move |name: &str| target.join("release").join(name).with_extension(std::env::consts::EXE_EXTENSION))
}

/// The bundle as it is deployed, its parts, and what others weigh.
pub(super) fn bundle(options: &Options) -> Result<Report> {
    let Weighed { bundle, parts } = bundle::weigh(&wasm::build(&setup::for_build()?, wasm::RELEASE_PROFILE)?)?;
    let theirs = in_lab("competitor-bundle", &[])?;
    let read = |file: &Path| fs::read(file).with_context(|| format!("{} cannot be read", file.display()));
    let detector = Size::new("webrtc-issue-detector", &read(&folder()?.join("webrtc-issue-detector.js"))?)?;
    let (sample, (bytes, gzipped)) = match &options.sample {
        Some(file) => {
            let size = Size::new("sample", &read(file)?)?;
            ("the sample plugin of 2021", (size.bytes(), size.gzipped()))
        }
        None => ("the sample plugin of 2021 (quoted)", SAMPLE),
    };
    let mut text = "| | bytes | gzipped | gzipped, ours = 1 |\n| --- | --- | --- | --- |\n".to_owned();
    let mut row = |name: &str, bytes: usize, gzipped: usize| {
        let ratio = gzipped as f64 / bundle.gzipped() as f64;
        text += &format!("| {name} | {} | {} | {ratio:.2} |\n", grouped(bytes), grouped(gzipped));
    };
    row("**this plugin**", bundle.bytes(), bundle.gzipped());
    for part in &parts {
        row(&format!("… {}", part.name()), part.bytes(), part.gzipped());
    }
    row(sample, bytes, gzipped);
    row(theirs.text.trim(), detector.bytes(), detector.gzipped());
    let goal = Goal {
        what: "bundle, gzipped".to_owned(),
        unit: "bytes".to_owned(),
        limit: GOAL as f64,
        least: false,
        reached: bundle.gzipped() as f64,
    };
    Ok(Report { goals: vec![goal], text })
}

/// From script evaluation to listening, in the real Flex UI.
pub(super) fn start(_: &Options) -> Result<Report> {
    in_lab("start", &[])
}

/// What an event costs through the boundary and natively.
pub(super) fn events(options: &Options) -> Result<Report> {
    let configuration = folder()?.join("events-configuration.json");
    let recordings = RECORDINGS.map(project::path);
    let mut arguments = vec![configuration.as_path()];
    arguments.extend(recordings.iter().map(PathBuf::as_path));
    if let Some(sample) = &options.sample {
        arguments.extend([Path::new("--sample"), sample]);
    }
    let boundary = in_lab("event-cost", &arguments)?;
    let report = folder()?.join("events-native.json");
    let mut command = Command::new(built(&["bench"])?("bench"));
    process::run(command.arg("events").arg(&configuration).arg(&report).args(&recordings))?;
    Ok(boundary.and(Report::read(&report)?))
}

/// Eight hours of calls in the real Flex UI.
pub(super) fn shift(_: &Options) -> Result<Report> {
    in_lab("shift", &[])
}

/// The plugin's longest stretch on the page's thread during a spoiled call.
pub(super) fn main_thread(_: &Options) -> Result<Report> {
    in_lab("main-thread", &[])
}

/// `replay` beside parsers that only parse the same file.
pub(super) fn replay(_: &Options) -> Result<Report> {
    let folder = folder()?;
    let report = folder.join("replay.json");
    let built = built(&["bench", "replay"])?;
    let mut command = Command::new(built("bench"));
    command.arg("replay").arg(built("replay")).arg(project::path("tests/recordings")).arg(&folder).arg(&report);
    process::run(&mut command)?;
    Report::read(&report)
}
