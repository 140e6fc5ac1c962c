//! Incidents: trouble that agents in calls have in common (rule F3).
//!
//! From the beats that the Function keeps, [`Incidents::judge`] finds who is in a call now and who of them is in trouble.
//! For each key that agents share (a site, a VPN, a version …), it asks whether more of them are in trouble than of all
//! others, and more than usual with that key, than chance explains. Of the keys for which that holds, the one that explains
//! the trouble best opens an incident, as soon as it is clear which one that is. It stays open while clearly more agents with
//! its key are in trouble than usual, and is closed when that has not been so for two minutes.
//!
//! Moments are in milliseconds since 1970, by the Function's clock.

mod agents;
mod baseline;
mod description;
mod incident;
mod incident_view;
mod json_api;
mod key;
mod lifecycle;
mod past_incidents;
mod significance;
mod suspicion;

pub use description::{Description, describe_json};
pub use incident::{Ending, Incident, Tally};
pub use incident_view::{ShownIncident, ShownIncidents};
pub use json_api::judge_json;
pub use key::{Key, KeyKind};
pub use lifecycle::{Change, Incidents};
pub use past_incidents::past_incidents;
pub(crate) use significance::LogFactorials;

#[cfg(test)]
pub(crate) use agents::SILENT_MS;
#[cfg(test)]
pub(crate) use lifecycle::{CLOSE_AFTER_MS, MAX_AGENTS, MIN_AGENTS};
#[cfg(test)]
pub(crate) use suspicion::{PATIENCE_MS, SETTLE_MS};
