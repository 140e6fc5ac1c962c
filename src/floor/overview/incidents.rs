//! Incidents as a supervisor sees them: with the names of their agents.

use super::Overview;
use crate::fleet::{Incident, Incidents};
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
    /// The newest first.
    pub open: Vec<ShownIncident>,
    /// As above.
    pub closed: Vec<ShownIncident>,
}

impl Overview {
    /// These incidents with the names that are known.
    #[must_use]
    pub fn incidents(&self, incidents: &Incidents) -> ShownIncidents {
        let shown = |incident: &Incident| ShownIncident {
            names: incident.agents.iter().map(|worker| self.called(worker)).collect(),
            incident: incident.clone(),
        };
        ShownIncidents {
            open: incidents.open().iter().rev().map(shown).collect(),
            closed: incidents.closed().iter().map(shown).collect(),
        }
    }
}
