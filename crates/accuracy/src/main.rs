//! `accuracy [FILE|FOLDER…]`: scores these recordings, or all of the repository's, and then writes docs/reports/accuracy.md.
//! Fails when a goal is not met, unless nothing that the browser is told shows in time what it asks for.

use accuracy::causes::{self, CauseScore};
use accuracy::concealment_as_heard::Sound;
use accuracy::document;
use accuracy::false_alarm_rate;
use accuracy::recordings;
use accuracy::report_data::Figures;
use accuracy::report_tables;
use accuracy::scored::Scored;
use accuracy::sdk_and_engine::Observer;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

const DOCUMENT: &str = "docs/reports/accuracy.md";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("accuracy: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every goal is met, but for what nothing shows.
fn run() -> io::Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let files = if named.is_empty() { recordings::all(&root)? } else { recordings::open(&named, &root)? };
    let calls: Vec<Scored> = files.iter().flat_map(Scored::all).collect();
    let firefox: Vec<Scored> = recordings::in_firefox(&root)?.iter().flat_map(Scored::all).collect();
    let sounds: Vec<Sound> = recordings::with_sound(&root)?.iter().filter_map(Sound::new).collect();
    // What is said of causes is about all of the repository's recordings.
    let causes = if named.is_empty() { causes::scores(&root)? } else { Vec::new() };
    let figures = Figures::new(&calls, &firefox, &sounds, &causes, false_alarm_rate::notices_an_hour());
    let mut met = print(&figures);
    met &= print_causes(&causes);
    if named.is_empty() {
        fs::write(root.join(DOCUMENT), document::text(&figures))?;
        println!("\nwritten to {DOCUMENT}");
    }
    let mut understood = true;
    for call in calls.iter().chain(&firefox).filter(|call| !call.unknown.is_empty()) {
        eprintln!("accuracy: {}: what the lab did is not known here: {}", call.name, call.unknown.join(", "));
        understood = false;
    }
    Ok(met && understood)
}

/// Gives whether every cause is right.
fn print_causes(scores: &[CauseScore]) -> bool {
    let wrong = causes::wrong(scores);
    if !scores.is_empty() {
        println!("Why\n{}\n{}", causes::table(scores).drawn(), wrong.join("\n"));
    }
    wrong.is_empty()
}

/// Gives whether every goal is met, but for what nothing shows.
fn print(figures: &Figures) -> bool {
    let Figures { others, held_out, check, firefox, sounds, .. } = figures;
    let all = figures.all();
    for (title, calls) in [("Calls", others), ("Calls held out", held_out)] {
        if !calls.is_empty() {
            println!("{title}\n{}\n", report_tables::calls_table(calls).drawn());
        }
    }
    println!("All calls\n{}\n", report_tables::totals_table(&all).drawn());
    for (title, calls) in [("Of these, held out", held_out), ("Of these, scored last", check)] {
        if !calls.is_empty() {
            println!("{title}\n{}\n", report_tables::totals_table(calls).drawn());
        }
    }
    for (title, calls) in
        [("Each direction by itself", &all), ("Of these, held out", held_out), ("Of these, scored last", check)]
    {
        if !calls.is_empty() {
            println!("{title}\n{}\n", report_tables::coverage_table(Observer::Full, calls).drawn());
            println!("{}\n", report_tables::coverage_calls_table(Observer::Full, calls).drawn());
        }
    }
    if !firefox.is_empty() {
        println!("In Firefox\n{}\n", report_tables::browsers_table(&all, firefox).drawn());
    }
    if !sounds.is_empty() {
        println!("Heard in the sound\n{}\n", report_tables::sound_table(sounds).drawn());
    }
    for (title, calls) in [("Held out", held_out), ("Scored last", check)] {
        if !calls.is_empty() {
            println!(
                "{title}, goals for each direction\n{}\n",
                report_tables::direction_goals_table(calls, figures).0.drawn()
            );
        }
    }
    let (table, mut met) = report_tables::direction_goals_table(&all, figures);
    println!("Goals for each direction\n{}\n", table.drawn());
    for observer in [Observer::Full, Observer::Plain] {
        let (table, all_met) = report_tables::goals_table(observer, &all);
        println!("Goals: {}\n{}\n", observer.as_str(), table.drawn());
        met &= all_met;
    }
    met
}
