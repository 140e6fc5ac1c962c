//! `cargo xtask bench`: how small, how fast, how steady, in figures, beside what they are measured against. Prints them
//! and writes them to docs/reports/performance.md.

mod document;
mod measures;
mod report;

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use report::Report;

use crate::steps;

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

/// What is asked for on the command line.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    names: Vec<String>,
    /// The production bundle of the sample plugin of 2021.
    sample: Option<PathBuf>,
}

/// The named ones, or all. Fails at the end where a goal is missed; all is measured and written by then.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let options = read(arguments)?;
    let mut missed = Vec::new();
    for (name, measure) in ALL {
        if !options.names.is_empty() && !options.names.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("\n━━ {name}");
        let report =
            steps::announced(name, || measure(&options)).with_context(|| format!("`{name}` was not measured"))?;
        println!("\n{}", report.markdown());
        document::write(name, &report.markdown())?;
        missed.extend(report.goals.iter().filter_map(|goal| goal.distance()));
    }
    ensure!(missed.is_empty(), "goals that were missed:\n  {}", missed.join("\n  "));
    Ok(())
}

fn read(arguments: &[&str]) -> Result<Options> {
    let mut options = Options::default();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--sample" => {
                let file = arguments.next().context("--sample needs a file behind it")?;
                // Where the caller is: that is where the path begins.
                options.sample = Some(env::current_dir()?.join(file));
            }
            name if ALL.iter().any(|(known, _)| *known == name) => options.names.push(name.to_owned()),
            unknown => {
                let known = ALL.map(|(name, _)| name).join(", ");
                bail!("`{unknown}` is nothing that can be measured; these are: {known}");
            }
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_measured_is_answered_with_what_can() {
        let message = run(&["reply"]).unwrap_err().to_string();
        let known = "bundle, start, events, shift, main-thread, replay";
        assert_eq!(message, format!("`reply` is nothing that can be measured; these are: {known}"));
    }

    #[test]
    fn several_can_be_named_and_the_sample_be_given() {
        let options = read(&["bundle", "events", "--sample", "sample.js"]).unwrap();
        assert_eq!(options.names, ["bundle", "events"]);
        assert!(options.sample.is_some_and(|file| file.is_absolute() && file.ends_with("sample.js")));
        assert_eq!(read(&["--sample"]).unwrap_err().to_string(), "--sample needs a file behind it");
    }
}
