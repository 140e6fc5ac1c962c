//! What is counted over all calls for the report's charts.

use crate::judged_call::JudgedCall;
use crate::output::row::started_at;
use crate::totals::{Total, Totals};
use device_monitoring::{Rule, Value, WallTime};
use serde::Serialize;
use std::collections::BTreeMap;

/// Upper ends of the ranges of time in warning, percent; the first is none at all.
const RANGES: [f64; 8] = [0.0, 5.0, 10.0, 15.0, 25.0, 50.0, 75.0, 100.0];
/// Days that are told apart; a year and a day.
const MAX_DAYS: usize = 366;

/// Counts all calls for the report's charts.
pub(super) struct ReportTotals {
    pub(super) totals: Totals,
    /// Calls by configuration and range.
    shares: Vec<[usize; RANGES.len()]>,
    /// Calls by configuration and rule.
    rules: Vec<Vec<usize>>,
    /// Under the first configuration: calls that had the condition, by its name.
    conditions: BTreeMap<&'static str, usize>,
    /// Calls and alerts under the first configuration, by the day in UTC.
    days: BTreeMap<String, [usize; 2]>,
}

impl ReportTotals {
    pub(super) fn new(names: &[String]) -> Self {
        Self {
            totals: Totals::new(names),
            shares: vec![[0; RANGES.len()]; names.len()],
            rules: vec![vec![0; Rule::ALL.len()]; names.len()],
            conditions: BTreeMap::new(),
            days: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, judged: &JudgedCall) {
        self.totals.add(judged);
        for ((shares, rules), call) in self.shares.iter_mut().zip(&mut self.rules).zip(&judged.verdicts) {
            let Some(call) = call else { continue };
            let range = RANGES.iter().position(|most| call.warning_pct.0 <= *most).unwrap_or(RANGES.len() - 1);
            shares.iter_mut().skip(range).take(1).for_each(|count| *count += 1);
            for (count, rule) in rules.iter_mut().zip(Rule::ALL) {
                *count += usize::from(call.reasons.iter().any(|reason| reason.rule == *rule));
            }
        }
        let Some(call) = judged.verdicts.first().and_then(Option::as_ref) else { return };
        for condition in &call.conditions {
            *self.conditions.entry(condition.name.as_str()).or_default() += 1;
        }
        let day = started_at(call).map(|at| WallTime(at as f64).to_rfc3339().chars().take(10).collect::<String>());
        if let Some(day) = day.filter(|day| self.days.len() < MAX_DAYS || self.days.contains_key(day)) {
            let [calls, alerts] = self.days.entry(day).or_default();
            *calls += 1;
            *alerts += usize::from(call.alert);
        }
    }
}

impl ReportTotals {
    /// The totals as the script reads them.
    pub(super) fn totalled(&self) -> Totalled<'_> {
        let totals = self.totals.configurations.iter().zip(self.shares.iter().zip(&self.rules));
        let named = |name, counts| Named { name, counts };
        Totalled {
            calls: self.totals.calls,
            estimates: self.totals.estimates,
            problems: self.totals.problems,
            ranges: RANGES.map(Value),
            rule_names: Rule::ALL,
            configurations: totals.map(|(total, (shares, rules))| OfConfiguration { total, shares, rules }).collect(),
            conditions: self.conditions.iter().map(|(name, calls)| named(*name, vec![*calls])).collect(),
            days: self.days.iter().map(|(day, counts)| named(day.as_str(), counts.to_vec())).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Totalled<'a> {
    calls: usize,
    estimates: usize,
    problems: usize,
    ranges: [Value; RANGES.len()],
    rule_names: &'static [Rule],
    configurations: Vec<OfConfiguration<'a>>,
    conditions: Vec<Named<'a>>,
    days: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    counts: Vec<usize>,
}

#[derive(Serialize)]
struct OfConfiguration<'a> {
    #[serde(flatten)]
    total: &'a Total,
    shares: &'a [usize],
    rules: &'a [usize],
}
