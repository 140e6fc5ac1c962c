//! The command line.

use crate::{check, configure};
use clap::{Parser, Subcommand};
use replay::output::Format;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

const MORE: &str = "\
What is read (its content says which it is, not its name; gzip and zstd are unpacked):
  recordings          JSON Lines, one event a line, of one call or of many
  one-second rows     what the Voice SDK posts to its insights gateway: EndpointMetrics, EndpointEvents
  Voice Insights      pages of GET …/v1/Voice/{CallSid}/Metrics, …/Events and …/Summary
  Event Streams       com.twilio.voice.insights.call-metrics.*, call-event.*, call-summary.*: CloudEvents, one, an
                      array, or JSON Lines
Exports of one call may be in many files and in any order. Voice Insights and Event Streams have rows of ten seconds:
what is said of a call from them is called an estimate, and docs/exports.md says how good it is.

Examples:
  replay recordings/                                     a folder, under the documented defaults
  replay --config now.json --config tighter.json march/  side by side: which calls come, go, stay
  zcat month.jsonl.gz | replay --format csv - > calls.csv
  replay --format html --output report.html exports/     one file to look at and to send on

Exit status:
  0  everything was read
  1  something in the recordings, or a whole one, could not be read, or a call in them has no end
  2  nothing was played: the command or the configuration cannot be read";

/// Plays recorded calls, and calls as Twilio exports them, through the same engine that watches live ones: what agents
/// would have been shown, which calls would have alerted, and why.
///
/// What cannot be read is reported on standard error as `FILE:LINE: what is wrong`, and the rest is played all the same.
#[derive(Parser)]
#[command(version, after_help = MORE, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// A configuration, as `replay check` reads it; without it, the documented defaults. Given again, the others are
    /// compared with the first.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Vec<PathBuf>,

    /// In which form the calls are printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,

    /// Where they are printed, instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// No progress bar, though there is a terminal.
    #[arg(long)]
    quiet: bool,

    /// Recordings and exports: files, folders with everything in them, or `-` for standard input.
    #[arg(required = true, value_name = "RECORDING")]
    pub(crate) recordings: Vec<PathBuf>,
}

/// What else there is to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Check(check::Arguments),
    Configure(configure::Arguments),
}

impl Arguments {
    /// Where to print.
    pub(crate) fn output(&self) -> io::Result<Box<dyn Write + Send>> {
        Ok(match &self.output {
            Some(path) => {
                let about = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
                Box::new(BufWriter::new(File::create(path).map_err(about)?))
            }
            None if self.format.is_binary() && io::stdout().is_terminal() => {
                return Err(io::Error::other("--format parquet is nothing for a terminal: name a file with --output"));
            }
            None => Box::new(BufWriter::new(io::stdout())),
        })
    }

    /// Whether somebody sees a progress bar, and nothing else is printed over it meanwhile.
    pub(crate) fn shows_progress(&self) -> bool {
        let prints_meanwhile =
            self.format.is_written_meanwhile() && self.output.is_none() && io::stdout().is_terminal();
        !self.quiet && io::stderr().is_terminal() && !prints_meanwhile
    }
}
