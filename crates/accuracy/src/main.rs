//! `accuracy [FILE|FOLDER…]`: scores these recordings, or all of the repository's, and then writes docs/reports/accuracy.md.
//! Fails when a goal is not met.

use accuracy::causes::{self, CauseScore};
use accuracy::document;
use accuracy::observer::Observer;
use accuracy::recordings;
use accuracy::report::{self, Scored};
use accuracy::simulation;
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

/// Whether every goal is met.
fn run() -> io::Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let files = if named.is_empty() { recordings::all(&root)? } else { recordings::open(&named, &root)? };
    let calls: Vec<Scored> = files.iter().flat_map(Scored::all).collect();
    let (held_out, others): (Vec<&Scored>, Vec<&Scored>) = calls.iter().partition(|call| call.held_out);
    let random_loss = simulation::notices_an_hour();
    let mut met = print(&others, &held_out, random_loss);
    // What is said of causes is about all of the repository's recordings.
    let causes = if named.is_empty() { causes::scores(&root)? } else { Vec::new() };
    met &= print_causes(&causes);
    if named.is_empty() {
        fs::write(root.join(DOCUMENT), document::text(&others, &held_out, random_loss, &causes))?;
        println!("\nwritten to {DOCUMENT}");
    }
    let mut understood = true;
    for call in calls.iter().filter(|call| !call.unknown.is_empty()) {
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

/// Gives whether every goal is met.
fn print(others: &[&Scored], held_out: &[&Scored], random_loss: f64) -> bool {
    let all: Vec<&Scored> = others.iter().chain(held_out).copied().collect();
    for (title, calls) in [("Calls", others), ("Calls held out", held_out)] {
        if !calls.is_empty() {
            println!("{title}\n{}\n", report::calls_table(calls).drawn());
        }
    }
    println!("All calls\n{}\n", report::totals_table(&all).drawn());
    if !held_out.is_empty() {
        println!("Of these, held out\n{}\n", report::totals_table(held_out).drawn());
    }
    for (title, calls) in [("Each direction by itself", &all[..]), ("Of these, held out", held_out)] {
        println!("{title}\n{}\n", report::coverage_table(Observer::Full, calls).drawn());
        println!("{}\n", report::coverage_calls_table(Observer::Full, calls).drawn());
    }
    println!(
        "Held out, goals for each direction\n{}\n",
        report::direction_goals_table(held_out, random_loss).0.drawn()
    );
    let (table, mut met) = report::direction_goals_table(&all, random_loss);
    println!("Goals for each direction\n{}\n", table.drawn());
    for observer in [Observer::Full, Observer::Plain] {
        let (table, all_met) = report::goals_table(observer, &all);
        println!("Goals: {}\n{}\n", observer.as_str(), table.drawn());
        met &= all_met;
    }
    met
}
