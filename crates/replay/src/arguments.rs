//! The command line.

use crate::{check, configure, export, incidents, suggest};
use clap::{Parser, Subcommand};
use replay::destination::Destination;
use replay::output::Format;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
What is read (its content says which it is, not its name; gzip and zstd are unpacked):
  recordings          JSON Lines, one event a line, of one call or of many
  one-second rows     what the Voice SDK posts to its insights gateway: EndpointMetrics, EndpointEvents
  Voice Insights      pages of GET …/v1/Voice/{CallSid}/Metrics, …/Events and …/Summary
  Event Streams       com.twilio.voice.insights.call-metrics.*, call-event.*, call-summary.*: CloudEvents, one, an
                      array, or JSON Lines
  webrtc-internals    the dump of Chromium's page
  rtcStats            dumps of rtcstats-server, of Chromium's page, and of Jitsi's server
Exports of one call may be in many files and in any order. Voice Insights and Event Streams have rows of ten seconds:
what is said of a call from them is called an estimate, and docs/exports.md says how good it is.

Examples:
  replay recordings/                                     a folder, under the documented defaults
  replay --config now.json --config tighter.json march/  side by side: which calls come, go, stay
  zcat month.jsonl.gz | replay --format csv - > calls.csv
  replay --format html --output report.html exports/     one file to look at and to send on

Exit status:
  0  everything was read
  1  something in the recordings, or a whole one, could not be read, or a call in them has no beginning or no end
  2  nothing was played: there was no call in anything that was named, or the command or a configuration cannot be
     read; what is at --output stays as it was";

/// Plays recorded calls, and calls as Twilio exports them, through the same engine that watches live ones: what agents
/// would have been shown, which calls would have alerted, and why.
///
/// What cannot be read is reported on standard error as `FILE:LINE: what is wrong`, and the rest is played all the same.
#[derive(Parser)]
#[command(version, after_help = AFTER_HELP, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// A configuration, as `replay check` reads it; without it, the documented defaults. Given again, the others are
    /// compared with the first. One with a pilot is two: outside of the pilot, and in it.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Vec<PathBuf>,

    /// The team of the agents whose calls these are, for the actions that a configuration has for some teams alone.
    /// Without it, those are left out.
    #[arg(long, value_name = "NAME")]
    pub(crate) team: Option<String>,

    /// In which form the calls are printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,

    /// Where they are written, instead of standard output: a file that is replaced only when the report is complete,
    /// and that cannot be one of the inputs.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// No progress bar, though there is a terminal.
    #[arg(long)]
    quiet: bool,

    /// Recordings, exports and dumps: files, folders with everything in them, or `-` for standard input.
    #[arg(required = true, value_name = "RECORDING")]
    pub(crate) recordings: Vec<PathBuf>,
}

/// What else there is to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Check(check::Arguments),
    Configure(configure::Arguments),
    Export(export::Arguments),
    Incidents(incidents::Arguments),
    Suggest(suggest::Arguments),
}

impl Arguments {
    /// Where to print.
    pub(crate) fn output(&self) -> io::Result<Destination> {
        let destination = match &self.output {
            Some(path) => Destination::file(path)?,
            None => Destination::standard_output(),
        };
        if self.format.is_binary() && destination.is_terminal() {
            return Err(io::Error::other("--format parquet is nothing for a terminal: name a file with --output"));
        }
        Ok(destination)
    }

    /// Whether somebody sees a progress bar, and nothing else is printed over it meanwhile.
    pub(crate) fn shows_progress(&self) -> bool {
        let prints_meanwhile =
            self.format.is_written_meanwhile() && self.output.is_none() && io::stdout().is_terminal();
        !self.quiet && io::stderr().is_terminal() && !prints_meanwhile
    }
}
