//! `history`: makes a history of recordings, or of made-up calls, and asks it in SQL.

mod bench;
mod query;

use clap::{Parser, Subcommand};
use device_monitoring_datafusion::history::{generate, import};
use replay::safe_output::{say, say_lines, stdout};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const AFTER_HELP: &str = "\
Examples:
  history import --to events/ recordings/
  history query --events events/ \"SELECT call_sid, verdict('{}', at, seq, type, sample, stats, detail) AS v
                                   FROM events GROUP BY call_sid\"

Exit status:
  0  done
  1  something could not be taken over; the rest was
  2  it failed, or nothing could be taken over";

/// A centre's history in Parquet, a folder a day, and verdicts on its calls in SQL.
#[derive(Parser)]
#[command(version, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Takes recordings, and what Twilio exports about calls, over into a history.
    Import {
        /// The history: a folder, with a folder a day in it.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// Recordings and exports: files, packed by gzip or not, folders with every .jsonl, .json and .gz in them, or
        /// `-` for standard input.
        #[arg(required = true, value_name = "INPUT")]
        inputs: Vec<PathBuf>,
    },
    /// Makes a history of made-up calls: those of recordings, over and over.
    Generate {
        /// The history.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// At least so many samples.
        #[arg(long, default_value_t = 1_000_000)]
        samples: u64,
        /// From 2026-11-01 on, so many days.
        #[arg(long, default_value_t = 10)]
        days: u64,
        /// Recordings: a file, or a folder with every .jsonl in it.
        #[arg(value_name = "FOLDER")]
        recordings: PathBuf,
    },
    /// Asks a history, the table `events`, in SQL, and prints the answer.
    Query(query::Arguments),
    /// Measures how fast verdicts are on a made-up history, beside a plain aggregate; deletes the history.
    Bench {
        /// At least so many samples.
        #[arg(long, default_value_t = 100_000_000)]
        samples: u64,
        /// Recordings that the history is made of.
        recordings: PathBuf,
        /// Where the history is made, in a folder of its own.
        scratch: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            say_lines(&format!("history: {error:#}"));
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Import { to, inputs } => {
            let import::Imported { rows, problems, more } = import::import(&inputs, &to)?;
            problems.iter().for_each(|problem| say(problem));
            if more > 0 {
                say(&format!("{more} more could not be taken over"));
            }
            // What was asked for is done, also where nobody hears of it.
            let _ = writeln!(stdout(), "{rows} rows.");
            return Ok(ExitCode::from(match (problems.is_empty(), rows) {
                (true, _) => 0,
                (false, 0) => 2,
                (false, _) => 1,
            }));
        }
        Command::Generate { to, samples, days, recordings } => {
            let generate::Generated { calls, rows, samples } = generate::generate(&recordings, &to, samples, days)?;
            let _ = writeln!(stdout(), "{samples} samples, {rows} rows, {calls} calls.");
        }
        Command::Query(arguments) => query::run(&arguments, &mut stdout())?,
        Command::Bench { samples, recordings, scratch } => bench::run(samples, &recordings, &scratch)?,
    }
    Ok(ExitCode::SUCCESS)
}
