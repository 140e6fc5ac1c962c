//! `replay export`: recordings in the format of others.

use crate::inputs;
use clap::{Args, ValueEnum};
use replay::destination::Destination;
use replay::dumps::{Dump, Export};
use replay::run::{NotRead, open_recording, report};
use replay::safe_output::say;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const ABOUT_FORMATS: &str = "\
A dump of rtcStats has the statistics of webrtc-stats, and when a call was connected, interrupted and closed. It has no
place for the Voice SDK's levels and warnings, mute, hold, reports of agents, and what Flex knows.

Exit status:
  0  everything was written
  1  something could not be read; the rest is written
  2  nothing was written";

/// Writes recordings in a format that other tools read.
#[derive(Args)]
#[command(after_help = ABOUT_FORMATS)]
pub(crate) struct Arguments {
    /// In which format.
    #[arg(long, value_enum)]
    format: Format,

    /// Where it is written, instead of standard output: a file that is replaced only when it is complete, and that cannot
    /// be one of the inputs.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Recordings: files, folders with everything in them, or `-` for standard input.
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
}

/// A format of others.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A dump of rtcStats, as its server writes it.
    Rtcstats,
}

/// Writes them.
pub(crate) fn run(arguments: &Arguments) -> io::Result<ExitCode> {
    let Format::Rtcstats = arguments.format;
    let output = match &arguments.output {
        Some(path) => Destination::file(path)?,
        None => Destination::standard_output(),
    };
    let inputs = inputs(&arguments.recordings, &[], &output, Some(Dump::RtcStats))?;
    let mut export = Export::new(output.writer()?)?;
    let (mut any, mut flawless) = (false, true);
    for input in &inputs {
        let stem =
            Path::new(&input.name).file_stem().map_or_else(|| input.name.clone(), |stem| stem.display().to_string());
        match open_recording(input) {
            Ok(reader) => {
                let findings = export.recording(reader, &stem)?;
                report(&input.name, &findings);
                any |= findings.is_about_a_call;
                flawless &= findings.is_flawless();
            }
            Err(NotRead::PassedOver) => say(&format!("{}: no recording; passed over", input.name)),
            Err(NotRead::Failed(message)) => {
                say(&format!("{}: {message}", input.name));
                flawless = false;
            }
        }
    }
    if !any {
        return Ok(ExitCode::from(2));
    }
    export.finish()?;
    output.keep()?;
    Ok(ExitCode::from(u8::from(!flawless)))
}
