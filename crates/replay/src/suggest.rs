//! `replay suggest`: thresholds that alert on what agents reported, and on no more than so many calls a day.

use crate::configuration;
use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use device_monitoring::replay::suggest::{
    Change, Grid, HeldOutCall, InsufficientData, Outcome, Part, PlayedCall, Search, Setting, Suggestion, TooFew,
};
use device_monitoring::{Configuration, Milliseconds};
use replay::input;
use replay::judged_call::JudgedCall;
use replay::output::Format as Output;
use replay::run::{Ran, Run};
use replay::safe_output::{plain, say, stdout};
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit status:
  0  everything was read
  1  something in the recordings, or a whole one, could not be read, or a call in them has no beginning or no end
  2  nothing can be suggested: there are too few calls, or too few that agents reported";

/// Wider than this, a cell goes on in the next line.
const WIDTH: u16 = 120;

/// Suggests thresholds that alert on the calls that agents reported ("I had a problem"), and on no more than so many
/// calls a day.
///
/// They are searched on two thirds of the days, and what they do is shown on the other days. Days are those of UTC. Calls of
/// recordings that do not say when they began count as calls of one day.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Calls of a day that may alert. Those that alert only because their agent reported them are not counted.
    #[arg(long, value_name = "CALLS")]
    per_day: usize,

    /// The configuration in force, as `replay check` reads it, for those outside of its pilot; without it, the documented
    /// defaults.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// `table` to read, `json` for one object.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Recordings: files, folders with everything in them, or `-` for standard input; packed by gzip or zstd or not.
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
}

/// How the result is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// Searches, and prints what was found.
pub(crate) fn run(arguments: &Arguments) -> io::Result<ExitCode> {
    let now = arguments.config.as_deref().map_or_else(|| Ok(Configuration::default()), configuration)?;
    let grid = Grid::new(&now.config);
    let (mut calls, mut names) = (Vec::new(), Vec::new());
    let mut take = |input: Option<&str>, judged: &JudgedCall| {
        let plays: Vec<_> = judged.verdicts.iter().flatten().cloned().collect();
        if let Some(call) = PlayedCall::new(names.len(), &plays, &grid, Milliseconds(0.0)) {
            calls.push(call);
            let call_sid = plays.into_iter().next().and_then(|play| play.call_sid);
            names.push(call_sid.or_else(|| input.map(str::to_owned)).unwrap_or_default());
        }
    };
    let run = Run {
        inputs: &input::find(&arguments.recordings),
        configurations: &grid.probes(&now),
        names: &[],
        format: Output::Json,
        shows_progress: io::stderr().is_terminal(),
    };
    let ran = run.judge(&mut take)?;
    let (all, reported) = (calls.len(), calls.iter().filter(|call| call.is_reported).count());
    let found = Search::new(grid, calls, arguments.per_day).map(|mut search| {
        while search.step() {}
        search.suggestion()
    });
    let mut out = stdout();
    match (&found, arguments.format) {
        (Ok(found), Format::Table) => print(&mut out, found, &names)?,
        (Ok(found), Format::Json) => writeln!(out, "{}", document(found, &names)?)?,
        (Err(too_few), Format::Json) => writeln!(out, "{}", json!({"tooFew": too_few}))?,
        (Err(too_few), Format::Table) => {
            say(&format!("replay: {} Of {all} calls, {reported} were reported.", sentence(*too_few)));
        }
    }
    Ok(ExitCode::from(match (found, ran) {
        (Err(_), _) | (_, Ran::Nothing) => 2,
        (_, Ran::Partly) => 1,
        (_, Ran::Flawless) => 0,
    }))
}

fn sentence(TooFew { of, there, needed }: TooFew) -> String {
    match of {
        InsufficientData::Days => format!("the calls are of {there} days, and at least {needed} are needed."),
        InsufficientData::Reported => {
            format!("agents reported {there} of the calls, and at least {needed} such calls are needed.")
        }
        InsufficientData::Others => {
            format!("{there} of the calls were not reported, and at least {needed} such calls are needed.")
        }
        InsufficientData::ReportedInPart => format!(
            "most reported calls are of the same day: {there} would be left to search in or to check with, and at least {needed} are needed."
        ),
    }
}

/// As JSON, with the calls' names.
fn document(found: &Suggestion, names: &[String]) -> serde_json::Result<Value> {
    let mut document = serde_json::to_value(found)?;
    for call in document.get_mut("calls").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(call) = call.as_object_mut() else { continue };
        let id = call.remove("id").and_then(|id| usize::try_from(id.as_u64()?).ok());
        call.insert("call".to_owned(), json!(id.and_then(|id| names.get(id))));
    }
    Ok(document)
}

fn print(out: &mut impl Write, found: &Suggestion, names: &[String]) -> io::Result<()> {
    let Suggestion { searched, held_out, .. } = found;
    writeln!(
        out,
        "{} calls of {} days, {} of them reported. Searched in {} of them ({} days, {} reported).",
        searched.calls + held_out.calls,
        searched.days + held_out.days,
        searched.reported + held_out.reported,
        searched.calls,
        searched.days,
        searched.reported
    )?;
    writeln!(
        out,
        "\nWith the other {} calls ({} days), which the search has not seen:",
        held_out.calls, held_out.days
    )?;
    writeln!(out, "{}", outcomes(held_out))?;
    if found.changes.is_empty() {
        return writeln!(out, "Nothing that was tried is better than what is in force.");
    }
    let [low, high] = found.caught_pct;
    writeln!(
        out,
        "By these calls, the suggested values catch {:.0} to {:.0} % of what agents report (90 % confidence).{}",
        low.0,
        high.0,
        if found.is_better_than_chance {
            ""
        } else {
            "\nChance could explain that: alerts are hardly more frequent among reported calls."
        }
    )?;
    writeln!(out, "\n{}", changes(found))?;
    if !found.calls.is_empty() {
        writeln!(out, "\n{}", calls(found, names))?;
    }
    Ok(())
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(header);
    table
}

fn outcomes(part: &Part) -> Table {
    let mut table = table(["", "reported calls that alert", "other calls that alert", "most alerts on a day"]);
    for (name, outcome) in [("now", part.now), ("suggested", part.suggested)] {
        let Outcome { caught, others, most_per_day } = outcome;
        table.add_row([
            name.to_owned(),
            format!("{caught} of {}", part.reported),
            format!("{others} of {}", part.calls - part.reported),
            most_per_day.to_string(),
        ]);
    }
    table
}

fn changes(found: &Suggestion) -> Table {
    let mut table = table(["property", "now", "suggested", "without this change"]);
    for Change { property, now, suggested, without } in &found.changes {
        let without = format!("{} reported and {} other calls alert", without.caught, without.others);
        table.add_row([(*property).to_owned(), shown(*now), shown(*suggested), without]);
    }
    table
}

fn calls(found: &Suggestion, names: &[String]) -> Table {
    let mut table = table(["call", "reported", "alerts by", "under warning"]);
    for HeldOutCall { id, is_reported, rules, warning_pct, is_within_reach } in &found.calls {
        let by: Vec<_> = rules.iter().map(|rule| rule.as_str()).collect();
        let why = match (by.is_empty(), is_within_reach) {
            (false, _) => by.join(", "),
            (true, true) => "nothing: thresholds that catch it alert on too many others".to_owned(),
            (true, false) => "nothing: its figures are good under all thresholds that were tried".to_owned(),
        };
        table.add_row([
            plain(names.get(*id).map_or("", String::as_str)).into_owned(),
            if *is_reported { "yes" } else { "no" }.to_owned(),
            why,
            format!("{:.1} %", warning_pct.0),
        ]);
    }
    table
}

fn shown(setting: Setting) -> String {
    match setting {
        Setting::Switch(is_on) => is_on.to_string(),
        Setting::Number(value) => value.to_string(),
    }
}
