//! Whether incidents are opened in time, with the right key, and not by chance (rule F3).
//!
//! A contact centre's month on a clock of its own: agents with sites, networks and headsets take calls, which get into
//! trouble by chance, and now and then because something breaks. Their beats are what real ones say, and the incidents are
//! judged by the same code as in the Function. Everything follows from one seed. The centre and what breaks are data:
//! `centre.json` and `scenarios/`.

mod agent;
mod centre;
mod month;
mod occurrence;
mod report;
mod scenario;

pub use centre::Centre;
pub use month::simulate;
pub use occurrence::{Occurrence, Outcome};
pub use report::Report;
pub use scenario::{Expected, Scenario, scenarios};
