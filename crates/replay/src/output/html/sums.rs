//! What is counted over all calls for the report's charts.

use crate::judged::Judged;
use crate::output::flat::started_at;
use crate::totals::{Total, Totals};
use device_monitoring::json::{Json, Writer};
use device_monitoring::units::WallTime;
use device_monitoring::verdict::Rule;
use std::collections::BTreeMap;

/// Upper ends of the ranges of time in warning, percent; the first is none at all.
const RANGES: [f64; 8] = [0.0, 5.0, 10.0, 15.0, 25.0, 50.0, 75.0, 100.0];
/// Days that are told apart; a year and a day.
const MOST_DAYS: usize = 366;

/// See the module's description.
pub(super) struct Sums {
    pub(super) totals: Totals,
    /// Calls by configuration and range.
    shares: Vec<[usize; RANGES.len()]>,
    /// Calls by configuration and rule.
    rules: Vec<[usize; Rule::ALL.len()]>,
    /// Under the first configuration: calls that had the condition, by its name.
    conditions: BTreeMap<&'static str, usize>,
    /// Calls and alerts under the first configuration, by the day in UTC.
    days: BTreeMap<String, [usize; 2]>,
}

impl Sums {
    pub(super) fn new(names: &[String]) -> Self {
        Self {
            totals: Totals::new(names),
            shares: vec![[0; RANGES.len()]; names.len()],
            rules: vec![[0; Rule::ALL.len()]; names.len()],
            conditions: BTreeMap::new(),
            days: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, judged: &Judged) {
        self.totals.add(judged);
        for ((shares, rules), call) in self.shares.iter_mut().zip(&mut self.rules).zip(&judged.verdicts) {
            let Some(call) = call else { continue };
            let range = RANGES.iter().position(|most| call.warning_pct.0 <= *most).unwrap_or(RANGES.len() - 1);
            shares.iter_mut().skip(range).take(1).for_each(|count| *count += 1);
            for (count, rule) in rules.iter_mut().zip(Rule::ALL) {
                *count += usize::from(call.reasons.iter().any(|reason| reason.rule == rule));
            }
        }
        let Some(call) = judged.verdicts.first().and_then(Option::as_ref) else { return };
        for condition in &call.conditions {
            *self.conditions.entry(condition.name.as_str()).or_default() += 1;
        }
        let day = started_at(call).map(|at| WallTime(at as f64).said().chars().take(10).collect::<String>());
        if let Some(day) = day.filter(|day| self.days.len() < MOST_DAYS || self.days.contains_key(day)) {
            let [calls, alerts] = self.days.entry(day).or_default();
            *calls += 1;
            *alerts += usize::from(call.alert);
        }
    }
}

impl Json for Sums {
    fn write(&self, to: &mut Writer) {
        let list = |counts: &[usize]| counts.to_vec();
        let conditions: Vec<_> = self.conditions.iter().map(|(name, calls)| Named(name, vec![*calls])).collect();
        let days: Vec<_> = self.days.iter().map(|(day, counts)| Named(day, list(counts))).collect();
        let configurations: Vec<_> = self
            .totals
            .configurations
            .iter()
            .zip(self.shares.iter().zip(&self.rules))
            .map(|(total, (shares, rules))| OfConfiguration { total, shares: list(shares), rules: list(rules) })
            .collect();
        to.object()
            .field("calls", &self.totals.calls)
            .field("estimates", &self.totals.estimates)
            .field("problems", &self.totals.problems)
            .field("ranges", &RANGES.to_vec())
            .field("ruleNames", &Rule::ALL.map(Rule::as_str).as_slice())
            .field("configurations", &configurations)
            .field("conditions", &conditions)
            .field("days", &days)
            .end_object();
    }
}

struct Named<'a>(&'a str, Vec<usize>);

impl Json for Named<'_> {
    fn write(&self, to: &mut Writer) {
        to.object().field("name", &self.0).field("counts", &self.1).end_object();
    }
}

struct OfConfiguration<'a> {
    total: &'a Total,
    shares: Vec<usize>,
    rules: Vec<usize>,
}

impl Json for OfConfiguration<'_> {
    fn write(&self, to: &mut Writer) {
        let Total { name, alerts, come, go, stay } = self.total;
        to.object()
            .field("name", name)
            .field("alerts", alerts)
            .field("come", come)
            .field("go", go)
            .field("stay", stay)
            .field("shares", &self.shares)
            .field("rules", &self.rules)
            .end_object();
    }
}
