//! More than one action: what an alert is for, by its rules, its diagnosis, its cause and the agent's team (rule C8).
//!
//! In the block: `actions: [{when: {rules, diagnoses, causes, teams}, run}]`. Every entry that matches is run; where none
//! does, `action` is.

use super::pilot::{TEAM_ATTRIBUTE, Worker, is_among};
use super::read::{Reader, is_action_name, nearest, quoted};
use super::{Config, Rule, Severity, means_default};
use crate::cause::Cause;
use crate::condition::diagnosis::Diagnosis;
use crate::serde_helpers::is_default;
use serde::Serialize;
use serde_json::{Map, Value};

/// The property that holds them.
pub(super) const ACTIONS: &str = "actions";
/// More entries than anybody keeps an eye on.
const MAX_ENTRIES: usize = 20;
/// So many actions the Function takes in one request.
const MAX_ACTIONS: usize = 8;
/// What an entry can have.
const PARTS: [&str; 2] = ["when", "run"];
/// What its `when` can have.
const WHEN_PARTS: [&str; 5] = ["rules", "diagnoses", "causes", "teams", "teamAttribute"];

/// An action, and the alerts that it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConditionalAction {
    /// Which alerts.
    #[serde(skip_serializing_if = "is_default")]
    pub when: When,
    /// The action's name.
    pub run: String,
}

/// Which alerts an action is for: all that is set has to match, and of a list any one. Nothing is set: all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct When {
    /// Rules, of which the call has broken one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<Rule>>,
    /// Names of diagnoses, of which one is the call's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnoses: Option<Vec<&'static str>>,
    /// Causes, of which one is that of the call's diagnosis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causes: Option<Vec<Cause>>,
    /// Teams, of which one is the agent's, as the worker's attribute names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teams: Option<Vec<String>>,
    /// The worker's attribute that names the team; `None`: `team_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_attribute: Option<String>,
}

/// What of an alert decides what is done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The rules that the call has broken.
    pub rules: Vec<Rule>,
    /// The worst of what was wrong with it.
    pub diagnosis: Option<Diagnosis>,
    /// Why that was, where it is known.
    pub cause: Option<Cause>,
}

impl When {
    /// Whether it is for alerts of this worker's at all.
    #[must_use]
    pub fn includes(&self, worker: &Worker) -> bool {
        let attribute = self.team_attribute.as_deref().unwrap_or(TEAM_ATTRIBUTE);
        self.includes_team(worker.attributes.get(attribute).and_then(Value::as_str))
    }

    /// Whether it is for alerts of a worker in this team, or in none. Capitals and blanks at the ends make no difference.
    #[must_use]
    pub fn includes_team(&self, team: Option<&str>) -> bool {
        self.teams.as_ref().is_none_or(|teams| is_among(teams, team))
    }

    /// Whether it is for this alert, of a worker that it [includes](When::includes).
    #[must_use]
    pub fn matches(&self, subject: &Subject) -> bool {
        let Subject { rules, diagnosis, cause } = subject;
        let is_diagnosis = |name: &&str| diagnosis.is_some_and(|diagnosis| diagnosis.as_str() == *name);
        self.rules.as_ref().is_none_or(|any| any.iter().any(|rule| rules.contains(rule)))
            && self.diagnoses.as_ref().is_none_or(|any| any.iter().any(is_diagnosis))
            && self.causes.as_ref().is_none_or(|any| any.iter().any(|one| *cause == Some(*one)))
    }
}

impl Config {
    /// The actions for an alert, each once, in the order of their first entries: those of every entry that matches; where
    /// none does, `action`. Never empty.
    #[must_use]
    pub fn actions_for(&self, subject: &Subject) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for ConditionalAction { when, run } in &self.actions {
            if when.matches(subject) && !names.contains(run) {
                names.push(run.clone());
            }
        }
        if names.is_empty() {
            names.push(self.action.clone());
        }
        names
    }
}

impl Reader<'_> {
    /// An entry that is not understood as a whole is left out: half of one could run for alerts that were not meant.
    pub(super) fn actions(&mut self, place: &mut Vec<ConditionalAction>) {
        let Some(setting) = self.setting(ACTIONS) else {
            return;
        };
        let Value::Array(entries) = setting else {
            let outside = if place.is_empty() { "none" } else { "its list" };
            return self.refuse(ACTIONS, setting, "a list of entries with when and run", outside);
        };
        place.clear();
        for (number, entry) in (1..).zip(entries.iter().take(MAX_ENTRIES)) {
            match conditional_action(entry) {
                Ok(ConditionalAction { run, .. }) if is_one_too_many(place, &run) => {
                    let message =
                        format!("Entry {number} is left out: there are {MAX_ACTIONS} other actions before it.");
                    self.find(Severity::Error, ACTIONS, message);
                }
                Ok(action) => {
                    place.push(action);
                    self.entry_numbers.push(number);
                }
                Err(problem) => {
                    self.find(Severity::Error, ACTIONS, format!("Entry {number} is left out: {problem}"));
                }
            }
        }
        if entries.len() > MAX_ENTRIES {
            let message = format!("There are {} entries; only the first {MAX_ENTRIES} are used.", entries.len());
            self.find(Severity::Error, ACTIONS, message);
        }
    }
}

fn is_one_too_many(actions: &[ConditionalAction], run: &str) -> bool {
    let mut names: Vec<_> = actions.iter().map(|action| action.run.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.len() >= MAX_ACTIONS && !names.contains(&run)
}

/// An entry; else what is wrong with it, as the rest of a sentence and its end.
fn conditional_action(entry: &Value) -> Result<ConditionalAction, String> {
    let parts = object(entry, "an entry", &PARTS)?;
    let run = match part(parts, "run") {
        Some(Value::String(name)) if is_action_name(name.trim_ascii()) => name.trim_ascii().to_owned(),
        Some(other) => return Err(format!("{} is not the name of an action.", quoted(other))),
        None => return Err("it has no run, which names an action.".to_owned()),
    };
    let when = part(parts, "when").map(when).transpose()?.unwrap_or_default();
    Ok(ConditionalAction { when, run })
}

/// The names of all diagnoses, worst first; some share one.
pub(super) fn diagnoses() -> Vec<&'static str> {
    let mut names: Vec<_> = Diagnosis::all().into_iter().map(Diagnosis::as_str).collect();
    names.dedup();
    names
}

fn when(setting: &Value) -> Result<When, String> {
    let parts = object(setting, "when", &WHEN_PARTS)?;
    let diagnoses: Vec<_> = diagnoses().into_iter().map(|name| (name, name)).collect();
    let rules: Vec<_> = Rule::ALL.iter().map(|rule| (rule.as_str(), *rule)).collect();
    let causes: Vec<_> = Cause::ALL.iter().map(|cause| (cause.as_str(), *cause)).collect();
    let when = When {
        rules: known(parts, "rules", "rule", &rules)?,
        diagnoses: known(parts, "diagnoses", "diagnosis", &diagnoses)?,
        causes: known(parts, "causes", "cause", &causes)?,
        teams: words(parts, "teams")?.map(|teams| teams.into_iter().map(str::to_owned).collect()),
        team_attribute: match part(parts, "teamAttribute") {
            None => None,
            Some(Value::String(name)) => Some(name.trim().to_owned()),
            Some(other) => return Err(format!("{} is not the name of a worker's attribute.", quoted(other))),
        },
    };
    Ok(when)
}

/// What a part is set to, if that is not the default's other name.
fn part<'a>(parts: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    parts.get(name).filter(|part| !means_default(part))
}

/// An object with no other parts than these: one that is misspelt would let an entry run for all alerts.
fn object<'a>(setting: &'a Value, name: &str, known: &[&'static str]) -> Result<&'a Map<String, Value>, String> {
    let Value::Object(parts) = setting else {
        return Err(format!("{} is not an object with {}.", quoted(setting), known.join(", ")));
    };
    match parts.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(parts),
        Some(unknown) => Err(unknown_word(unknown, &format!("part of {name}"), known)),
    }
}

fn unknown_word(word: &str, noun: &str, known: &[&'static str]) -> String {
    let written = quoted(&word.into());
    match nearest(word, known) {
        Some(meant) => format!("{written} is no {noun}; did you mean {meant}?"),
        None => format!("{written} is no {noun}. There are {}.", known.join(", ")),
    }
}

/// A list of words; a single one may stand for itself. `None`: it is not set.
fn words<'a>(parts: &'a Map<String, Value>, name: &str) -> Result<Option<Vec<&'a str>>, String> {
    let written = match part(parts, name) {
        None => return Ok(None),
        // An emptied list must not make an action run for all alerts.
        Some(Value::Array(written)) if written.is_empty() => {
            return Err(format!("{name} is an empty list, which nothing matches."));
        }
        Some(Value::Array(written)) => written.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let word = |word: &'a Value| match word {
        Value::String(text) if !text.trim().is_empty() => Ok(text.trim()),
        other => Err(format!("{} in {name} is not a name in quotes.", quoted(other))),
    };
    written.iter().map(word).collect::<Result<_, _>>().map(Some)
}

/// The values of a list of words that are known by name.
fn known<T: Copy + PartialEq>(
    parts: &Map<String, Value>,
    name: &str,
    noun: &str,
    all: &[(&'static str, T)],
) -> Result<Option<Vec<T>>, String> {
    let Some(written) = words(parts, name)? else {
        return Ok(None);
    };
    let mut found = Vec::new();
    for word in written {
        let Some((_, one)) = all.iter().find(|(known, _)| *known == word) else {
            let names: Vec<_> = all.iter().map(|(known, _)| *known).collect();
            return Err(unknown_word(word, noun, &names));
        };
        if !found.contains(one) {
            found.push(*one);
        }
    }
    Ok(Some(found))
}
