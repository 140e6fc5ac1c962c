//! What came of a month.

use crate::occurrence::{Occurrence, Outcome};
use crate::scenario::Expected;
use comfy_table::Table;
use device_monitoring::floor::overview::StoredBeat;
use device_monitoring::incidents::{Incident, Incidents};
use std::collections::BTreeMap;

/// An incident is to be told so long after the fourth agent got into trouble, in seconds.
const IN_TIME_S: f64 = 60.0;
/// How many percent of the occurrences have to end as they are to.
const RIGHT_PCT: f64 = 95.0;
/// How many incidents by chance there may be in 30 days.
const FALSE_A_MONTH: f64 = 1.0;

/// What came of a month.
#[derive(Clone, Debug)]
pub struct Report {
    seed: u64,
    days: i64,
    agents: usize,
    pub(crate) quiet_days: usize,
    rows: BTreeMap<&'static str, Row>,
    wrong: Vec<String>,
    /// Incidents while nothing was broken.
    false_incidents: Vec<Incident>,
    looks: usize,
    in_calls: usize,
    troubled: usize,
    state_bytes: usize,
}

/// What came of a scenario's occurrences.
#[derive(Clone, Debug, Default)]
struct Row {
    count: usize,
    right: usize,
    /// Of how many it counts whether they came in time.
    timed: usize,
    in_time: usize,
    delays: Vec<f64>,
    missed: usize,
    wrong: usize,
    repeated: usize,
    too_small: usize,
}

impl Report {
    pub(crate) fn new(seed: u64, days: i64, agents: usize) -> Self {
        Self {
            seed,
            days,
            agents,
            quiet_days: 0,
            rows: BTreeMap::new(),
            wrong: Vec::new(),
            false_incidents: Vec::new(),
            looks: 0,
            in_calls: 0,
            troubled: 0,
            state_bytes: 0,
        }
    }

    pub(crate) fn look(&mut self, beats: &[&StoredBeat]) {
        self.looks += 1;
        self.in_calls += beats.len();
        self.troubled += beats.iter().filter(|beat| !beat.conditions.is_empty()).count();
    }

    pub(crate) fn note(&mut self, occurrence: &Occurrence) {
        let row = self.rows.entry(occurrence.scenario).or_default();
        row.count += 1;
        match occurrence.outcome() {
            Outcome::TooSmall => row.too_small += 1,
            Outcome::Silent | Outcome::Unproven => row.right += 1,
            Outcome::Missed => row.missed += 1,
            Outcome::Repeated => row.repeated += 1,
            Outcome::Right(delay) => {
                row.right += 1;
                if occurrence.expected == Expected::Key {
                    row.timed += 1;
                    row.in_time += usize::from(delay <= IN_TIME_S);
                }
                row.delays.push(delay);
            }
            Outcome::Wrong(key) => {
                row.wrong += 1;
                self.wrong.push(format!("{} ({:?}): {key:?}", occurrence.scenario, occurrence.key));
            }
        }
    }

    pub(crate) fn false_incident(&mut self, incident: Incident) {
        self.false_incidents.push(incident);
    }

    pub(crate) fn seal(&mut self, incidents: &Incidents) {
        self.state_bytes = incidents.state().len();
        for row in self.rows.values_mut() {
            row.delays.sort_by(f64::total_cmp);
        }
    }

    /// How many occurrences there were that something could be told of.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.values().map(|row| row.count - row.too_small).sum()
    }

    /// How many percent of them ended as they are to: one incident with the right key, or none with a wrong one.
    #[must_use]
    pub fn right_pct(&self) -> f64 {
        percent(self.rows.values().map(|row| row.right).sum(), self.count())
    }

    /// How many percent of the incidents with the right key came in time, where that is not hard.
    #[must_use]
    pub fn in_time_pct(&self) -> f64 {
        let all = self.rows.values().map(|row| row.timed).sum();
        percent(self.rows.values().map(|row| row.in_time).sum(), all)
    }

    /// How many incidents there were by chance, for 30 days.
    #[must_use]
    pub fn false_a_month(&self) -> f64 {
        self.false_incidents.len() as f64 * 30.0 / self.days.max(1) as f64
    }

    /// What was not reached, each in a sentence.
    #[must_use]
    pub fn missed_goals(&self) -> Vec<String> {
        let goals = [
            (self.right_pct() >= RIGHT_PCT, format!("the right key: {:.1} % of {RIGHT_PCT} %", self.right_pct())),
            (self.in_time_pct() >= RIGHT_PCT, format!("within 60 s: {:.1} % of {RIGHT_PCT} %", self.in_time_pct())),
            (
                self.false_a_month() <= FALSE_A_MONTH,
                format!("by chance: {:.1} a month, at most {FALSE_A_MONTH}", self.false_a_month()),
            ),
        ];
        goals.into_iter().filter(|(is_reached, _)| !is_reached).map(|(_, goal)| goal).collect()
    }

    /// What is worth a look: incidents by chance, and wrong keys.
    #[must_use]
    pub fn details(&self) -> Vec<String> {
        let by_chance = self.false_incidents.iter().map(|incident| format!("by chance: {incident:?}"));
        self.wrong.iter().cloned().chain(by_chance).collect()
    }

    /// The scenarios, for a terminal or a document in Markdown.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::ASCII_MARKDOWN);
        table.set_header([
            "what breaks",
            "times",
            "as expected",
            "found",
            "s after the fourth agent: median",
            "most",
            "missed",
            "wrong key",
            "twice",
        ]);
        for (name, row) in &self.rows {
            let seconds = |delay: Option<&f64>| delay.map_or("–".to_owned(), |delay| format!("{delay:.0}"));
            table.add_row([
                (*name).to_owned(),
                (row.count - row.too_small).to_string(),
                row.right.to_string(),
                row.delays.len().to_string(),
                seconds(row.delays.get(row.delays.len() / 2)),
                seconds(row.delays.last()),
                row.missed.to_string(),
                row.wrong.to_string(),
                row.repeated.to_string(),
            ]);
        }
        table.to_string()
    }

    /// The whole of it in Markdown.
    #[must_use]
    pub fn document(&self) -> String {
        let Self { seed, days, agents, quiet_days, .. } = self;
        let looks = self.looks.max(1) as f64;
        format!(
            "# Incidents in a simulated month

`cargo xtask incidents --seed {seed} --report` has written this. [What it plays](../incidents.md#tried-with-a-simulated-month).

| | |
| --- | --- |
| agents | {agents}, of whom {:.0} are in a call in the mean |
| days | {days}, on {quiet_days} of which nothing broke |
| agents in calls who are in trouble, in the mean | {:.1} % |
| looks | {} |
| incidents by chance | {} |
| as expected | {:.1} % of {} |
| within 60 s of the fourth agent | {:.1} % |
| bytes of the state at the end | {} |

{}
",
            self.in_calls as f64 / looks,
            percent(self.troubled, self.in_calls),
            self.looks,
            self.false_incidents.len(),
            self.right_pct(),
            self.count(),
            self.in_time_pct(),
            self.state_bytes,
            self.table()
        )
    }
}

fn percent(part: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { 100.0 * part as f64 / all as f64 }
}
