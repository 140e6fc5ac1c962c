//! `cargo xtask bench`: how small, how fast, how steady, in figures, beside what they are measured against. Prints them
//! and writes them to docs/reports/performance.md.

mod document;
mod measures;
mod report;

use std::path::{self, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;

use report::Report;

use crate::progress;

/// What there is to measure, by name.
type Measure = fn(&Options) -> Result<Report>;

const ALL: [(&str, Measure); 6] = [
    ("bundle", measures::bundle),
    ("start", measures::start),
    ("events", measures::events),
    ("shift", measures::shift),
    ("main-thread", measures::main_thread),
    ("replay", measures::replay),
];

/// Measures how small, how fast and how steady it is, and writes docs/reports/performance.md.
#[derive(Args)]
pub(crate) struct Arguments {
    /// All of them if none is named; `replay` needs 6 GB of disk.
    #[arg(value_name = "NAME", value_parser = ALL.map(|(name, _)| name))]
    names: Vec<String>,

    /// A production bundle of the sample plugin of 2021, to be measured beside ours.
    #[arg(long, value_name = "BUNDLE")]
    sample: Option<PathBuf>,
}

/// What a measure is told.
struct Options {
    /// Where it is from whatever folder.
    sample: Option<PathBuf>,
}

/// The named ones, or all. Fails at the end where a goal is missed; all is measured and written by then.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let options = Options { sample: arguments.sample.as_ref().map(path::absolute).transpose()? };
    let mut missed = Vec::new();
    for (name, measure) in ALL {
        if !arguments.names.is_empty() && !arguments.names.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("\n━━ {name}");
        let report =
            progress::announced(name, || measure(&options)).with_context(|| format!("`{name}` was not measured"))?;
        println!("\n{}", report.markdown());
        document::write(name, &report.markdown())?;
        missed.extend(report.goals.iter().filter_map(|goal| goal.distance()));
    }
    ensure!(missed.is_empty(), "goals that were missed:\n  {}", missed.join("\n  "));
    Ok(())
}
