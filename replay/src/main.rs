//! `replay`: what the engine would have said about recorded calls, under a configuration of one's choice.

use clap::{Parser, ValueEnum};
use comfy_table::{Table, presets};
use device_monitoring::config::{Configuration, NAMESPACE, Severity};
use device_monitoring::json::{Json, Writer, to_json};
use device_monitoring::recording::LONGEST_LINE;
use device_monitoring::replay::{Player, Problem, Replayed, Skipped};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit status:
  0  everything was read
  1  something in the recordings, or a whole one, could not be read, or a call in them has no end
  2  nothing was played: the command or the configuration cannot be read";

/// Plays recorded calls through the same engine that watches live ones: what agents would have been shown, which
/// calls would have alerted, and why.
///
/// What cannot be read is reported on standard error as `FILE:LINE: what is wrong`, and the rest is played all the same.
#[derive(Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Arguments {
    /// A JSON file with the properties of DeviceMonitoringPlugin; without it, the documented defaults.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// `table` to read, `json` for one object a recording.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Recordings: JSON Lines, one event a line.
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// What is printed about one recording.
struct Line {
    file: String,
    replayed: Replayed,
}

impl Json for Line {
    fn write(&self, to: &mut Writer) {
        let Replayed { calls, problems, .. } = &self.replayed;
        to.object().field("file", &self.file).field("calls", calls).field("problems", problems).end_object();
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        // A reader that has seen enough, such as `head`, is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<ExitCode> {
    let configuration = configuration(arguments.config.as_deref())?;
    let mut out = io::stdout().lock();
    let mut broken = false;
    let mut lines = Vec::new();
    for path in &arguments.recordings {
        let one = replay(path, &configuration);
        let Replayed { problems, skipped, .. } = &one.replayed;
        for Problem { line, message } in problems {
            let place = if *line == 0 { String::new() } else { format!("{line}:") };
            eprintln!("{}:{place} {message}", one.file);
        }
        for Skipped { line, what, count } in skipped {
            let lines = if *count == 1 { "1 line" } else { &format!("{count} lines") };
            eprintln!("{}:{line}: {what} is not known: {lines} skipped", one.file);
        }
        broken |= !problems.is_empty();
        if arguments.format == Format::Json {
            writeln!(out, "{}", to_json(&one))?;
        } else {
            lines.push(one);
        }
    }
    if arguments.format == Format::Table {
        write_table(&mut out, &lines)?;
    }
    Ok(ExitCode::from(u8::from(broken)))
}

/// Reads a configuration; what is to be said about it goes to standard error.
fn configuration(path: Option<&Path>) -> io::Result<Configuration> {
    let Some(path) = path else {
        return Ok(Configuration::default());
    };
    let text = std::fs::read_to_string(path).map_err(|error| about(path, &error))?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| about(path, &error.into()))?;
    // A whole `attributes` object does as well as the block alone.
    let configuration = Configuration::of(value.get(NAMESPACE).unwrap_or(&value));
    for finding in configuration.findings.iter().filter(|finding| finding.severity < Severity::Info) {
        eprintln!("{}: {}: {}", path.display(), finding.property, finding.message);
    }
    Ok(configuration)
}

fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn replay(path: &Path, configuration: &Configuration) -> Line {
    let mut player = Player::new(configuration.clone());
    if let Err(error) = File::open(path).and_then(|file| play(BufReader::new(file), &mut player)) {
        player.fail(format!("cannot be read: {error}"));
    }
    Line { file: path.display().to_string(), replayed: player.replayed() }
}

fn play(mut reader: impl BufRead, player: &mut Player) -> io::Result<()> {
    let mut line = Vec::new();
    // A line that never ends is not kept to its end: one byte too many shows that it is too long.
    while reader.by_ref().take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line)? > 0 {
        player.play(&line);
        if line.len() > LONGEST_LINE && !line.ends_with(b"\n") {
            reader.skip_until(b'\n')?;
        }
        line.clear();
    }
    Ok(())
}

fn write_table(out: &mut impl Write, lines: &[Line]) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["recording", "lasted", "in warning", "first notice", "alert", "why"]);
    let (mut calls, mut alerts) = (0_usize, 0_usize);
    for one in lines {
        let name = Path::new(&one.file).file_stem().map_or(one.file.clone(), |stem| stem.to_string_lossy().into());
        for call in &one.replayed.calls {
            calls += 1;
            alerts += usize::from(call.alert);
            let notice = call.notices.first();
            let why: Vec<_> = call.reasons.iter().map(|reason| reason.text.as_str()).collect();
            table.add_row([
                name.clone(),
                call.duration_ms.to_string(),
                format!("{:.1} %", call.warning_pct.0),
                notice.map_or(String::new(), |notice| format!("{} at {}", notice.diagnosis, notice.ms)),
                if call.alert { "yes" } else { "no" }.to_owned(),
                why.join("\n"),
            ]);
        }
    }
    writeln!(out, "{table}")?;
    writeln!(out, "{alerts} of {calls} calls would have alerted.")
}
