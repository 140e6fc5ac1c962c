//! What can be said on the command line. The options of a task that has many are defined beside it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{bench, datafusion, delivery_faults, engines, floor, fuzz, incidents, test, wasm, what_if};

const VARIABLES: &str = "\
Set CHROMIUM and CHROMEDRIVER to use a browser that is not found by itself, and
DEVICE_MONITORING_WASM_TOOLCHAIN=debian to build the WebAssembly with Debian's Rust packages although rustup's target
is there.";

/// The project's own commands. Each sets up what it needs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = VARIABLES, max_term_width = 120)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Subcommand)]
pub(crate) enum Task {
    /// Opens Flex in a window, with a panel to spoil its calls.
    ///
    /// Without a display, or with --scripted, it takes one call and says what happens, with screenshots and the alert.
    /// With --admin-view it is the admin view, with calls that are recorded. With --floor, simulated colleagues have calls
    /// beside it, and all calls are reported.
    Demo(PassedOn),
    Test(test::Arguments),
    /// Builds the plugin's bundle and says its size.
    Build {
        /// The cargo profile of the WebAssembly.
        #[arg(long, value_name = "NAME", default_value = wasm::RELEASE_PROFILE)]
        profile: String,
    },
    /// Makes target/dist: all that is deployed, in one folder and as a zip, for machines without Rust.
    Dist,
    /// Builds the bundle with the lab's Function address, in target/lab/plugin.
    BundleForLab,
    Fuzz(fuzz::Arguments),
    /// Sends alerts and cards from the real Function to a real OpenTelemetry collector, which pip downloads.
    Collector,
    DeliveryFaults(delivery_faults::Arguments),
    Incidents(incidents::Arguments),
    Floor(floor::Arguments),
    /// Records real calls of named scenarios.
    ///
    /// --list names the scenarios, --missing records those that have no recording yet, --look looks at those that have.
    Record(PassedOn),
    /// Measures how well trouble is noticed on recordings, beside the SDK's own warnings.
    Accuracy {
        /// Recordings and folders of them. Without any, all of the repository's are measured, and docs/reports/accuracy.md is
        /// written.
        #[arg(value_name = "FILE|FOLDER")]
        paths: Vec<PathBuf>,
    },
    Bench(bench::Arguments),
    /// Compares what the engine says of every recording, seed and scenario with what it said in another commit.
    Compare {
        /// The other commit.
        #[arg(long, value_name = "COMMIT")]
        against: String,
    },
    /// Checks and tests the verdict as a function of DataFusion, a workspace that nothing else builds.
    Datafusion {
        #[command(subcommand)]
        bench: Option<datafusion::Task>,
    },
    Engines(engines::Arguments),
    /// Takes long calls in which something looks like trouble and is none, and counts what the plugin says.
    ///
    /// Half an hour of pressure on the processor without harm, and ten minutes in which a muted microphone hears a room, and
    /// an office; or some of them, by name. --minutes shortens them.
    FalseAlarms(PassedOn),
    WhatIf(what_if::Arguments),
    /// Makes docs/screenshots in the real Flex UI: every state that an agent sees, and the admin view.
    Screenshots,
    /// Checks licences, banned and duplicate crates and known vulnerabilities by every lock file.
    SupplyChain,
    /// Writes what is in what is shipped, as CycloneDX, to target/sbom.
    Sbom,
    /// Installs everything that the other commands need; they do so by themselves.
    Setup,
}

/// Arguments of a program in `lab/`, which knows them.
#[derive(Args)]
pub(crate) struct PassedOn {
    /// Options and names of that program.
    #[arg(allow_hyphen_values = true, trailing_var_arg = true, value_name = "ARGUMENT")]
    pub(crate) arguments: Vec<OsString>,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs;
    use std::path::Path;

    use clap::CommandFactory;

    use super::*;
    use crate::project;

    #[test]
    fn the_definition_is_consistent() {
        CommandLine::command().debug_assert();
    }

    fn documents() -> Vec<PathBuf> {
        let folders = ["docs", "docs/reports", ".github/workflows"].map(project::path);
        let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
        let named = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "lab/README.md"].map(project::path);
        let is_text = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "md" || kind == "yml");
        files.filter(is_text).chain(named).collect()
    }

    #[test]
    fn every_command_that_the_documents_name_exists() {
        let mut found = 0;
        for path in documents() {
            for words in fs::read_to_string(&path).unwrap().split("cargo xtask ").skip(1) {
                check(&path, words);
                found += 1;
            }
        }
        assert!(found > 10, "{found}");
    }

    #[test]
    fn every_command_is_in_a_document() {
        let texts: String = documents().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        let named: HashSet<&str> =
            texts.split("cargo xtask ").skip(1).filter_map(|words| words_of(words).next()).collect();
        let cli = CommandLine::command();
        let tasks: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
        assert!(tasks.len() > 10, "{tasks:?}");
        for task in tasks {
            assert!(named.contains(task), "no document says what `cargo xtask {task}` is for");
        }
    }

    fn words_of(text: &str) -> impl Iterator<Item = &str> {
        text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '-'))
    }

    /// The words behind `cargo xtask`: a task, and perhaps its first option.
    fn check(path: &Path, text: &str) {
        let mut words = words_of(text);
        // Alone, it lists its tasks.
        let Some(name) = words.next().filter(|name| !name.is_empty()) else { return };
        let cli = CommandLine::command();
        let task = cli.find_subcommand(name).unwrap_or_else(|| panic!("{}: there is no {name}", path.display()));
        let Some(option) = words.next().and_then(|word| word.strip_prefix("--")) else { return };
        let help = task.clone().render_long_help().to_string();
        assert!(help.contains(&format!("--{option}")), "{}: {name} has no --{option}", path.display());
    }
}
