//! What the search has found, and what it is worth.

use super::grid::{Choice, Grid, Property};
use super::played_call::PlayedCall;
use crate::config::Rule;
use crate::floor::overview::wilson_lower;
use crate::incidents::{LogFactorials, Tally};
use crate::input::units::{Percent, Value};
use serde::Serialize;
use std::collections::BTreeMap;

/// With a larger probability, chance explains that reported calls alert more often than others.
const CHANCE: f64 = 0.05;

/// A value as it is configured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Setting {
    /// Of a property that is on or off.
    Switch(bool),
    /// Of any other.
    Number(Value),
}

/// What some thresholds do with some calls. Alerts only because of an agent's report are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Reported calls that alert.
    pub caught: usize,
    /// Calls that alert though nobody reported them.
    pub others: usize,
    /// Alerts on the day that has most.
    pub most_per_day: usize,
}

/// Some of the calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// How many.
    pub calls: usize,
    /// On how many days.
    pub days: usize,
    /// How many were reported.
    pub reported: usize,
    /// What the thresholds in force do.
    pub now: Outcome,
    /// What the suggested ones do.
    pub suggested: Outcome,
}

/// A property that is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Its name.
    pub property: &'static str,
    /// In force.
    pub now: Setting,
    /// Suggested.
    pub suggested: Setting,
    /// What the others would do to the calls that are held out, without this one.
    pub without: Outcome,
}

/// What one rule does under the suggested thresholds, with the calls that are held out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RuleCounts {
    /// The rule.
    pub rule: Rule,
    /// Reported calls that alert by it.
    pub caught: usize,
    /// Other calls that do.
    pub others: usize,
}

/// A call that was held out, and that was reported or alerts under the suggested thresholds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldOutCall {
    /// What its caller knows it by.
    pub id: usize,
    /// Its agent reported a problem.
    pub is_reported: bool,
    /// By which rules it alerts.
    pub rules: Vec<Rule>,
    /// How much of it was under warning.
    pub warning_pct: Percent,
    /// Whether any thresholds that were tried could make it alert.
    pub is_within_reach: bool,
}

/// Thresholds, and what they do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// For at most so many alerts a day.
    pub per_day: usize,
    /// The calls in which they were searched.
    pub searched: Part,
    /// Those that the search has not seen.
    pub held_out: Part,
    /// The share of reported calls that they catch, by the calls that are held out, lies between these, with a confidence
    /// of 90 % (Wilson).
    pub caught_pct: [Percent; 2],
    /// Chance hardly explains that of the calls that are held out more reported ones alert than others (Fisher's exact
    /// test, 5 %).
    pub is_better_than_chance: bool,
    /// The value of every property that was searched over, changed or not.
    pub settings: BTreeMap<&'static str, Setting>,
    /// What is to be changed; empty: nothing that was tried is better than what is in force.
    pub changes: Vec<Change>,
    /// Each rule that does anything with the calls that are held out.
    pub rules: Vec<RuleCounts>,
    /// The calls that are held out, as far as there is anything to say of them, the oldest first.
    pub calls: Vec<HeldOutCall>,
}

impl Suggestion {
    pub(super) fn new(
        grid: &Grid,
        per_day: usize,
        searched: &[PlayedCall],
        held_out: &[PlayedCall],
        choice: Choice,
    ) -> Self {
        let part = |calls: &[PlayedCall]| Part {
            calls: calls.len(),
            days: calls.chunk_by(|one, other| one.day == other.day).count(),
            reported: calls.iter().filter(|call| call.is_reported).count(),
            now: Outcome::new(grid, calls, grid.now),
            suggested: Outcome::new(grid, calls, choice),
        };
        let changed = Property::ALL.iter().filter(|property| choice.place(**property) != grid.now.place(**property));
        let changes = changed.map(|property| Change {
            property: property.name(),
            now: setting(*property, grid.value(*property, grid.now)),
            suggested: setting(*property, grid.value(*property, choice)),
            without: Outcome::new(grid, held_out, choice.with(*property, grid.now.place(*property))),
        });
        let calls: Vec<_> = held_out.iter().filter_map(|call| HeldOutCall::new(grid, call, choice)).collect();
        let counts = |rule: &Rule| {
            let by = calls.iter().filter(|call| call.rules.contains(rule));
            let (caught, others): (Vec<_>, Vec<_>) = by.partition(|call| call.is_reported);
            RuleCounts { rule: *rule, caught: caught.len(), others: others.len() }
        };
        let held_out = part(held_out);
        Self {
            per_day,
            searched: part(searched),
            held_out,
            caught_pct: caught_pct(held_out),
            is_better_than_chance: chance(held_out) <= CHANCE,
            settings: Property::ALL
                .iter()
                .map(|property| (property.name(), setting(*property, grid.value(*property, choice))))
                .collect(),
            changes: changes.collect(),
            rules: Rule::ALL.iter().map(counts).filter(|counts| counts.caught + counts.others > 0).collect(),
            calls,
        }
    }
}

impl Outcome {
    /// `calls`: in the order of their days.
    fn new(grid: &Grid, calls: &[PlayedCall], choice: Choice) -> Self {
        let mut outcome = Self::default();
        for day in calls.chunk_by(|one, other| one.day == other.day) {
            let alerts = day.iter().filter(|call| !call.rules(grid, choice).is_empty());
            let (caught, others): (Vec<_>, Vec<_>) = alerts.partition(|call| call.is_reported);
            outcome.caught += caught.len();
            outcome.others += others.len();
            outcome.most_per_day = outcome.most_per_day.max(caught.len() + others.len());
        }
        outcome
    }
}

impl HeldOutCall {
    fn new(grid: &Grid, call: &PlayedCall, choice: Choice) -> Option<Self> {
        let rules = call.rules(grid, choice);
        (call.is_reported || !rules.is_empty()).then(|| Self {
            id: call.id,
            is_reported: call.is_reported,
            rules,
            warning_pct: Percent(call.degradation(choice, &mut Vec::new()).warning_pct),
            is_within_reach: call.is_within_reach(grid),
        })
    }
}

fn setting(property: Property, value: f64) -> Setting {
    match property {
        Property::EndedInWarningIsTrigger => Setting::Switch(value > 0.0),
        _ => Setting::Number(Value(value)),
    }
}

fn caught_pct(Part { reported, suggested: Outcome { caught, .. }, .. }: Part) -> [Percent; 2] {
    let missed = reported.saturating_sub(caught);
    [wilson_lower(caught, reported), 1.0 - wilson_lower(missed, reported)].map(|share| Percent(100.0 * share))
}

/// How probable it is by chance that so many of the reported calls alert, given how many alert at all.
fn chance(Part { calls, reported, suggested: Outcome { caught, others, .. }, .. }: Part) -> f64 {
    let of_reported = Tally { agents: reported, troubled: caught };
    let of_others = Tally { agents: calls.saturating_sub(reported), troubled: others };
    LogFactorials::up_to(calls).fisher(of_reported, of_others, 1.0)
}
