//! A pilot: properties for some teams and workers, before the whole contact centre gets them (rule C7).
//!
//! In the block: `pilot: {teams, workers, properties}`. Who is in it has these properties on top of the rest of the block.

use super::read::{Reader, is_property, nearest, quoted};
use super::{Config, Finding, Severity, add, means_default};
use crate::quotation::shortened;
use serde::Serialize;
use serde_json::{Map, Value};

/// The property that holds the pilot.
pub(super) const PILOT: &str = "pilot";
/// Before the name of a property in a finding about the pilot's own properties.
pub(super) const PATH: &str = "pilot.properties.";
/// What a pilot can have.
pub(super) const PARTS: [&str; 4] = ["teams", "workers", "teamAttribute", "properties"];
/// The worker's attribute that names the team, as Flex itself has it.
pub(super) const TEAM_ATTRIBUTE: &str = "team_name";

/// Who is signed in: decides whether the pilot holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worker {
    /// The SID in TaskRouter.
    pub sid: Option<String>,
    /// The friendly name in TaskRouter.
    pub name: Option<String>,
    /// The attributes in TaskRouter, an object.
    pub attributes: Value,
}

/// Some teams and workers, and what is in force for them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pilot {
    /// Teams, as the worker's attribute names them.
    pub teams: Vec<String>,
    /// Workers, by SID or friendly name.
    pub workers: Vec<String>,
    /// The worker's attribute that names the team.
    pub team_attribute: String,
    /// What is in force for them: the rest of the block, and the pilot's properties on top.
    pub config: Config,
}

impl Pilot {
    /// Whether a worker is in it, by SID, by name or by team. Capitals and blanks at the ends make no difference.
    #[must_use]
    pub fn includes(&self, worker: &Worker) -> bool {
        let team = worker.attributes.get(&self.team_attribute).and_then(Value::as_str);
        let own_names = [worker.sid.as_deref(), worker.name.as_deref()];
        is_among(&self.teams, team) || own_names.into_iter().any(|name| is_among(&self.workers, name))
    }
}

/// Whether a name is in a list. Capitals and blanks at the ends make no difference.
pub(super) fn is_among(names: &[String], name: Option<&str>) -> bool {
    let plain = |name: &str| name.trim().to_lowercase();
    name.map(plain).is_some_and(|name| !name.is_empty() && names.iter().any(|other| plain(other) == name))
}

/// Reads the pilot of a block, if it has one; `config` is what the rest of the block sets.
pub(super) fn read(block: &Value, config: &Config, findings: &mut Vec<Finding>) -> Option<Pilot> {
    let setting = block.get(PILOT).filter(|setting| !means_default(setting))?;
    let Value::Object(parts) = setting else {
        let message =
            format!("{} is not an object with teams, workers and properties: there is no pilot.", quoted(setting));
        add(findings, Finding { severity: Severity::Error, property: PILOT.to_owned(), message });
        return None;
    };
    let mut reader = PilotReader { parts, findings };
    let pilot = Pilot {
        teams: reader.names("teams"),
        workers: reader.names("workers"),
        team_attribute: reader.team_attribute(),
        config: reader.properties(config),
    };
    reader.unknown_parts();
    if pilot.teams.is_empty() && pilot.workers.is_empty() {
        let message = "It names no team and no worker: nobody is in the pilot.";
        reader.find(Severity::Warning, PILOT, message.to_owned());
    }
    if pilot.config.enabled && !config.enabled {
        reader.find(Severity::Info, PILOT, "The plugin is switched on in the pilot alone.".to_owned());
    }
    if pilot.config == *config {
        let message = "It changes nothing: in the pilot the same is in force as outside of it.";
        reader.find(Severity::Warning, PILOT, message.to_owned());
    }
    Some(pilot)
}

struct PilotReader<'a> {
    parts: &'a Map<String, Value>,
    findings: &'a mut Vec<Finding>,
}

impl<'a> PilotReader<'a> {
    fn find(&mut self, severity: Severity, property: &str, message: String) {
        add(self.findings, Finding { severity, property: property.to_owned(), message });
    }

    fn part(&self, name: &str) -> Option<&'a Value> {
        self.parts.get(name).filter(|part| !means_default(part))
    }

    /// A list of names; a single one may stand for itself.
    fn names(&mut self, part: &str) -> Vec<String> {
        let written = match self.part(part) {
            None => return Vec::new(),
            Some(Value::Array(written)) => written.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let mut names = Vec::new();
        for name in written {
            match name {
                Value::String(name) if !name.trim().is_empty() => names.push(name.trim().to_owned()),
                _ => {
                    let message = format!("{} is not a name in quotes; it is left out.", quoted(name));
                    self.find(Severity::Error, &format!("{PILOT}.{part}"), message);
                }
            }
        }
        names
    }

    fn team_attribute(&mut self) -> String {
        match self.part("teamAttribute") {
            None => {}
            Some(Value::String(name)) => return name.trim().to_owned(),
            Some(other) => {
                let message = format!(
                    "{} is not the name of a worker's attribute; the default, {TEAM_ATTRIBUTE}, stays in force.",
                    quoted(other)
                );
                self.find(Severity::Error, "pilot.teamAttribute", message);
            }
        }
        TEAM_ATTRIBUTE.to_owned()
    }

    /// What is in force in the pilot. A value that makes no sense leaves what is in force outside of it.
    fn properties(&mut self, outside: &Config) -> Config {
        let mut config = outside.clone();
        match self.part("properties") {
            None => {}
            Some(Value::Object(properties)) => {
                let mut reader = Reader::of_pilot(properties);
                reader.read_into(&mut config);
                #[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
                super::lints::about(&config, &mut reader);
                reader.into_findings().into_iter().for_each(|finding| add(self.findings, finding));
            }
            Some(other) => {
                let message = format!("{} is not an object; it changes nothing.", quoted(other));
                self.find(Severity::Error, "pilot.properties", message);
            }
        }
        config
    }

    fn unknown_parts(&mut self) {
        for (name, part) in self.parts.iter().filter(|(name, _)| !PARTS.contains(&name.as_str())) {
            let value = quoted(part);
            let message = if is_property(name) {
                format!("{value} does nothing here: a pilot has its properties in \"properties\".")
            } else if let Some(known) = nearest(name, &PARTS) {
                format!("{value} does nothing; did you mean {known}?")
            } else {
                format!("{value} does nothing: a pilot has {}.", PARTS.join(", "))
            };
            self.find(Severity::Warning, &shortened(&format!("{PILOT}.{name}")), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::*;
    use serde_json::json;

    fn pilot(setting: Value) -> Option<Pilot> {
        Configuration::from_block(&json!({ "pilot": setting })).pilot
    }

    #[test]
    fn a_worker_is_in_the_pilot_by_sid_by_name_or_by_team_and_by_nothing_else() {
        let pilot = pilot(json!({"teams": ["Blue"], "workers": ["WK01", "anna@example.com"]})).unwrap();
        let worker = |sid: &str, name: &str, attributes| Worker {
            sid: Some(sid.to_owned()),
            name: Some(name.to_owned()),
            attributes,
        };
        for (is_in, who) in [
            (true, worker("WK01", "ben", json!({}))),
            (true, worker("WK02", " Anna@Example.com ", json!({}))),
            (true, worker("WK02", "ben", json!({"team_name": " blue"}))),
            (false, worker("WK02", "ben", json!({"team_name": "Blue-2"}))),
            (false, worker("WK02", "Blue", json!({"team_name": "WK01"}))),
            (false, worker("WK02", "ben", json!({"team_name": ["Blue"], "team": "Blue"}))),
            (false, worker("", "", json!("Blue"))),
            (false, Worker::default()),
        ] {
            assert_eq!(pilot.includes(&who), is_in, "{who:?}");
        }
    }

    #[test]
    fn another_attribute_can_name_the_team() {
        let pilot = pilot(json!({"teams": "Blue", "teamAttribute": "squad"})).unwrap();
        let member = |attribute: &str| Worker { attributes: json!({ attribute: "Blue" }), ..Worker::default() };
        assert!(pilot.includes(&member("squad")) && !pilot.includes(&member("team_name")));
    }

    #[test]
    fn a_pilot_that_says_nothing_is_none() {
        for nothing in [json!(null), json!(""), json!(" "), json!(7), json!(["Blue"]), json!("Blue")] {
            assert_eq!(pilot(nothing), None);
        }
    }
}
