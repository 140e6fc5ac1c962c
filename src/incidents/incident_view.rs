//! Incidents as a supervisor sees them: with the names of their agents.

use super::incident::Incident;
use super::lifecycle::Incidents;
use crate::floor::overview::Overview;
use serde::Serialize;

/// An incident on the page *Floor*.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownIncident {
    /// What is known of it.
    #[serde(flatten)]
    pub incident: Incident,
    /// What its agents are called, in their order.
    pub names: Vec<String>,
}

/// The incidents of the last 24 hours.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownIncidents {
    /// Those that are open, the newest first.
    pub open: Vec<ShownIncident>,
    /// Those that are closed, the newest first.
    pub closed: Vec<ShownIncident>,
}

impl Incidents {
    /// These incidents with the names that the overview knows.
    #[must_use]
    pub fn shown(&self, overview: &Overview) -> ShownIncidents {
        let shown = |incident: &Incident| ShownIncident {
            names: incident.agents.iter().map(|worker| overview.called(worker)).collect(),
            incident: incident.clone(),
        };
        ShownIncidents {
            open: self.open().iter().rev().map(shown).collect(),
            closed: self.closed().iter().map(shown).collect(),
        }
    }
}
