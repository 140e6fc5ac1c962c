//! What becomes of alerts when everything between an agent's browser and the contact centre's server fails.
//!
//! The outbox and the engine are the real ones; the browser around them, the network and the server are simulated, on a
//! clock of their own, so that thousands of alerts pass in seconds and everything follows from one seed.

pub mod chance;
pub mod ledger;
pub mod server;
pub mod shift;
pub mod storage;

use ledger::Ledger;
use shift::Shift;

/// Plays shifts until there were so many alerts.
#[must_use]
pub fn simulate(seed: u64, alerts: usize) -> Ledger {
    let mut ledger = Ledger::default();
    let mut number = 0;
    while ledger.alerts() < alerts {
        Shift::new(seed, number, &mut ledger).play();
        number += 1;
    }
    ledger
}
