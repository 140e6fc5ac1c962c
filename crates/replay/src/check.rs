//! `replay check`: what the browser would make of a configuration, from a file.

use crate::config_file::{ConfigFile, Evaluation};
use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use device_monitoring::{Advised, Config, Configuration, Finding, Pilot, Severity, Source, Suggestion};
use replay::safe_output::{plain, say, stdout};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit status:
  0  there is nothing to be said, or only what is good to know
  1  something is not in force, or will do what may not be wanted
  2  a file cannot be read; the others are judged all the same";

/// Judges configurations by the same code that reads them in the browser: what will happen, and what to write instead.
///
/// An error is not in force: the default is. A warning is in force, and does something that may not be wanted.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// `table` to read, `json` for one object a file.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// JSON: the block DeviceMonitoringPlugin alone, the attributes that it is in, or a whole answer of the Flex
    /// Configuration API. `-` reads standard input. An appConfig.js is a program and cannot be read.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// How findings are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
}

/// Judges the files.
pub(crate) fn run(arguments: &Arguments) -> io::Result<ExitCode> {
    let mut out = stdout();
    let mut status = 0;
    for path in &arguments.files {
        let judged = ConfigFile::read(path).and_then(|file| file.judge().map_err(|error| about(path, &error)));
        match judged {
            Ok(judgement) => {
                status = status.max(u8::from(judgement.deserves_a_look()));
                judgement.print(&mut out, &path.display().to_string(), arguments.format)?;
            }
            Err(error) => {
                say(&format!("replay: {error}"));
                status = 2;
            }
        }
    }
    Ok(ExitCode::from(status))
}

fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// A judgement, and of what.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    source: Source,
    config: &'a Config,
    #[serde(skip_serializing_if = "Option::is_none")]
    pilot: Option<&'a Pilot>,
    findings: &'a [Advised],
}

impl Evaluation {
    /// Whether there is more than what is good to know.
    pub(crate) fn deserves_a_look(&self) -> bool {
        self.findings.iter().any(|findings| findings.finding.severity < Severity::Info)
    }

    pub(crate) fn print(&self, out: &mut impl Write, name: &str, format: Format) -> io::Result<()> {
        if format == Format::Json {
            let Self { configuration, findings } = self;
            let Configuration { source, config, pilot, .. } = configuration;
            let line = Line { file: name, source: *source, config, pilot: pilot.as_ref(), findings };
            return writeln!(out, "{}", serde_json::to_string(&line)?);
        }
        let name = plain(name);
        match self.findings.as_slice() {
            [] => writeln!(out, "{name}: nothing to be said."),
            findings => writeln!(out, "{name}:\n{}", table(findings)),
        }
    }
}

/// Wider than this, a sentence goes on in the next line.
pub(crate) const WIDTH: u16 = 120;

fn table(findings: &[Advised]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(["", "property", "what will happen", "suggested"]);
    for Advised { finding: Finding { severity, property, message }, suggestion } in findings {
        let suggestion = suggestion.as_ref().map_or(String::new(), shown);
        table.add_row([severity.as_str(), &*plain(property), &*plain(message), &*plain(&suggestion)]);
    }
    table
}

/// A suggestion as one would write it.
pub(crate) fn shown(suggestion: &Suggestion) -> String {
    match suggestion {
        Suggestion::Value(serde_json::Value::String(text)) => text.clone(),
        Suggestion::Value(value) => value.to_string(),
        Suggestion::Property(name) => (*name).to_owned(),
    }
}
