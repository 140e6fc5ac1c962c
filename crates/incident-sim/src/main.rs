//! `incident-sim [SEED [DAYS [REPORT]]]`: the month, its table, and exit status 1 if a goal is missed. `REPORT`: the file that
//! the report is written to.

use incident_sim::{Centre, scenarios, simulate};
use std::process::ExitCode;

const SEED: u64 = 1;
const DAYS: u64 = 30;

fn main() -> ExitCode {
    match run() {
        Ok(missed) if missed.is_empty() => ExitCode::SUCCESS,
        Ok(missed) => {
            missed.iter().for_each(|goal| eprintln!("Missed: {goal}"));
            ExitCode::FAILURE
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<Vec<String>, String> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| match arguments.next() {
        None => Ok(default),
        Some(text) => {
            text.parse().map_err(|_| format!("incident-sim [SEED [DAYS [REPORT]]]: {text} is no whole number"))
        }
    };
    let (seed, days) = (number(SEED)?, number(DAYS)?);
    let centre = Centre::documented().map_err(|wrong| format!("centre.json: {wrong}"))?;
    let report = simulate(&centre, &scenarios()?, days as i64, seed);
    println!("{}", report.document());
    report.details().iter().for_each(|line| println!("{line}"));
    if let Some(file) = arguments.next() {
        std::fs::write(&file, report.document()).map_err(|wrong| format!("{file}: {wrong}"))?;
    }
    Ok(report.missed_goals())
}
