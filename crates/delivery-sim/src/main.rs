//! `delivery-sim [SEED [ALERTS]]`: the simulation, its table, and exit status 1 if an alert ended as none may.

use std::process::ExitCode;

const SEED: u64 = 1;
const ALERTS: usize = 1000;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (seed, alerts) = match (arguments.next().transpose(), arguments.next().transpose()) {
        (Ok(seed), Ok(alerts)) => (seed.unwrap_or(SEED), alerts.map_or(ALERTS, |alerts| alerts as usize)),
        _ => {
            eprintln!("delivery-sim [SEED [ALERTS]]: both whole numbers");
            return ExitCode::FAILURE;
        }
    };
    let ledger = delivery_sim::simulate(seed, alerts);
    println!("Seed {seed}\n{}", ledger.table());
    for (fate, id) in ledger.faults() {
        println!("{fate:?}: {id}");
    }
    if ledger.faults().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
