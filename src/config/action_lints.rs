//! Which entries of `actions` can never be run, or change nothing (rule C4).

use super::actions::{ACTIONS, ConditionalAction, When};
use super::read::Reader;
use super::{Config, Rule, Severity};
use crate::cause::Cause;
use crate::condition::diagnosis::Diagnosis;

/// Findings about the entries that this reader has read.
pub(super) fn about(config: &Config, reader: &mut Reader<'_>) {
    let numbers = std::mem::take(&mut reader.entry_numbers);
    let entries: Vec<_> = numbers.into_iter().zip(&config.actions).collect();
    for (index, (number, entry)) in entries.iter().enumerate() {
        let earlier = entries.get(..index).unwrap_or_default();
        let name = format!("Entry {number}, {}", entry.run);
        let mut warn = |rest: String| reader.find(Severity::Warning, ACTIONS, format!("{name}, {rest}"));
        if entry.run.bytes().any(|byte| byte.is_ascii_uppercase()) {
            warn("has capitals: if the Function's file has not, the action is refused.".to_owned());
        }
        if let Some(reason) = never(&entry.when, config) {
            warn(format!("is never run: {reason}"));
        } else if let Some((other, _)) = earlier.iter().find(|(_, other)| covers(other, entry)) {
            warn(format!("changes nothing: entry {other} runs the same action in all of its cases."));
        } else if entry.when == When::default() {
            let message =
                format!("{name}, is run for every alert: it has no when. The action {} is not used.", config.action);
            reader.find(Severity::Info, ACTIONS, message);
        } else {
            partly_never(&entry.when, config).into_iter().for_each(warn);
        }
    }
}

fn is_off(rule: Rule) -> String {
    format!("with {} as it is, no call alerts by {}.", rule.property(), rule.as_str())
}

/// Whether what has this name is never the diagnosis of a call.
pub(super) fn is_never_of_call(name: &str) -> bool {
    Diagnosis::all().into_iter().filter(|one| one.as_str() == name).all(|one| !one.affects_audio())
}

fn explains(cause: Cause, name: &str) -> bool {
    Diagnosis::all().into_iter().any(|one| one.as_str() == name && cause.explains(one))
}

/// Why no alert ever matches, if none does.
fn never(When { rules, diagnoses, causes, .. }: &When, config: &Config) -> Option<String> {
    let off = rules.as_ref().filter(|rules| !rules.iter().any(|rule| rule.is_on(config)));
    if let Some(rule) = off.and_then(|rules| rules.first()) {
        return Some(is_off(*rule));
    }
    let quiet = diagnoses.as_ref().filter(|names| names.iter().all(|name| is_never_of_call(name)));
    if let Some(name) = quiet.and_then(|names| names.first()) {
        return Some(format!("{name} is never the diagnosis of a call."));
    }
    let (names, causes) = (diagnoses.as_ref()?, causes.as_ref()?);
    let fits = causes.iter().any(|cause| names.iter().any(|name| explains(*cause, name)));
    let cause = causes.first().filter(|_| !fits)?;
    Some(format!("{} is never the cause of {}.", cause.as_str(), names.join(" or ")))
}

/// Words of which no alert ever has one, beside others that it may have.
fn partly_never(When { rules, diagnoses, causes, .. }: &When, config: &Config) -> Vec<String> {
    let rules = rules.iter().flatten().filter(|rule| !rule.is_on(config));
    let off = rules.map(|rule| format!("is not run for {}: {}", rule.as_str(), is_off(*rule)));
    let names = diagnoses.iter().flatten().filter(|name| is_never_of_call(name));
    let quiet = names.map(|name| format!("is not run for {name}: it is never the diagnosis of a call."));
    let among = diagnoses.as_deref().unwrap_or_default();
    let is_of_none = |cause: &&Cause| !among.is_empty() && !among.iter().any(|name| explains(**cause, name));
    let others = causes.iter().flatten().filter(is_of_none);
    let apart = others
        .map(|cause| format!("is not run for {}: it is never the cause of {}.", cause.as_str(), among.join(" or ")));
    off.chain(quiet).chain(apart).collect()
}

/// Whether one runs the same action in all cases of another.
fn covers(one: &ConditionalAction, other: &ConditionalAction) -> bool {
    fn is_within<T: PartialEq>(inner: Option<&Vec<T>>, outer: Option<&Vec<T>>) -> bool {
        match (inner, outer) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(inner), Some(outer)) => inner.iter().all(|word| outer.contains(word)),
        }
    }
    let teams = |when: &When| {
        let names = when.teams.as_ref()?;
        Some(names.iter().map(|name| (when.team_attribute.clone(), name.to_lowercase())).collect::<Vec<_>>())
    };
    let (wide, narrow) = (&one.when, &other.when);
    one.run == other.run
        && is_within(narrow.rules.as_ref(), wide.rules.as_ref())
        && is_within(narrow.diagnoses.as_ref(), wide.diagnoses.as_ref())
        && is_within(narrow.causes.as_ref(), wide.causes.as_ref())
        && is_within(teams(narrow).as_ref(), teams(wide).as_ref())
}
