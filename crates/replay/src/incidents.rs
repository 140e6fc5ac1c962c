//! `replay incidents`: what agents in trouble had in common, from the cards of their calls.

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use device_monitoring::incidents::{Incident, Tally, past_incidents};
use jiff::Timestamp;
use replay::card_reader::Cards;
use replay::input::{self, Input};
use replay::safe_output::{plain, say, stdout};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit status:
  0  everything was read
  1  something could not be read
  2  there was no card in anything that was named";

/// Wider than this, a cell goes on in the next line.
const WIDTH: u16 = 120;

/// Finds incidents of the past in cards of calls, as the Function keeps them: what agents in trouble had in common, when,
/// and how many they were.
///
/// Read are a card's data, an item of a Sync map with the data in it, lists of them, and pages of Twilio's API, in JSON one
/// after the other. Times are those of the agents' computers, in UTC.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// `table` to read, `json` for one object an incident.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Files, folders with everything in them, or `-` for standard input; packed by gzip or zstd or not.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// How incidents are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// Prints the incidents of the files.
pub(crate) fn run(arguments: &Arguments) -> io::Result<ExitCode> {
    let mut read_cards = Cards::default();
    let mut wrong = false;
    for input in input::find(&arguments.files) {
        if let Err(message) = read(&input, &mut read_cards) {
            say(&format!("replay: {}: {message}", input.name));
            wrong = true;
        }
    }
    let Cards { cards, .. } = read_cards;
    if cards.is_empty() {
        say("replay: there is no card of a call");
        return Ok(ExitCode::from(2));
    }
    print(&mut stdout(), &past_incidents(cards), arguments.format)?;
    Ok(ExitCode::from(u8::from(wrong)))
}

fn read(input: &Input, to: &mut Cards) -> Result<(), String> {
    let others = to.others;
    to.read(input.open(|reader| reader)?)?;
    match to.others - others {
        0 => Ok(()),
        others => Err(format!("{others} times something else than a card")),
    }
}

fn print(out: &mut impl Write, incidents: &[Incident], format: Format) -> io::Result<()> {
    if format == Format::Json {
        return incidents.iter().try_for_each(|incident| writeln!(out, "{}", serde_json::to_string(incident)?));
    }
    if incidents.is_empty() {
        return writeln!(out, "No incident.");
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(["since", "until", "in common", "in trouble", "of the others", "expected", "what"]);
    for incident in incidents {
        let Incident { with, without, key, .. } = incident;
        let what: Vec<_> = incident.diagnoses.iter().map(|(name, count)| format!("{name} {count}")).collect();
        table.add_row([
            time(incident.since),
            incident.closed_at.map_or_else(String::new, |_| time(incident.last_confirmed_at)),
            plain(&format!("{} {}", key.kind.as_str(), key.value)).into_owned(),
            share(*with),
            share(*without),
            format!("{} %", incident.expected_pct),
            plain(&what.join(", ")).into_owned(),
        ]);
    }
    writeln!(out, "{table}")
}

fn share(Tally { agents, troubled }: Tally) -> String {
    format!("{troubled} of {agents}")
}

fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |time| time.strftime("%F %T").to_string())
}
