//! What was measured: goals, how far each was reached, and the figures behind them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::size::grouped;

/// What is to be reached, and what was.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Goal {
    pub(super) what: String,
    /// May be empty: a ratio.
    pub(super) unit: String,
    pub(super) limit: f64,
    /// Whether more is better: then the limit is the least.
    #[serde(default)]
    pub(super) least: bool,
    /// Null in JSON, and NaN here, where nothing was measured.
    #[serde(default = "nan", deserialize_with = "number_or_nan")]
    pub(super) reached: f64,
}

fn number_or_nan<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

fn nan() -> f64 {
    f64::NAN
}

impl Goal {
    pub(super) fn is_met(&self) -> bool {
        if self.least { self.reached >= self.limit } else { self.reached <= self.limit }
    }

    fn with_unit(&self, value: f64) -> String {
        let unit = if value.is_finite() { &self.unit } else { "" };
        format!("{} {unit}", number(value)).trim_end().to_owned()
    }

    fn wanted(&self) -> String {
        let word = if self.least { "at least" } else { "at most" };
        format!("{word} {}", self.with_unit(self.limit))
    }

    /// The goal and its distance, if it is missed.
    pub(super) fn distance(&self) -> Option<String> {
        (!self.is_met()).then(|| {
            let distance = (self.reached - self.limit).abs();
            format!("{}: {}, missed by {}", self.what, self.wanted(), self.with_unit(distance))
        })
    }

    fn row(&self) -> String {
        let ratio = if self.limit == 0.0 { "–".to_owned() } else { number(self.reached / self.limit) };
        let met = if self.is_met() { "met" } else { "**missed**" };
        let (wanted, reached) = (self.wanted(), self.with_unit(self.reached));
        format!("| {} | {wanted} | {reached} | {ratio} | {met} |\n", self.what)
    }
}

/// Goals, and what is behind them as Markdown.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Report {
    pub(super) goals: Vec<Goal>,
    pub(super) text: String,
}

impl Report {
    /// As a measuring program has written it.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let bytes = fs::read(file).with_context(|| format!("{} was not written", file.display()))?;
        serde_json::from_slice(&bytes).with_context(|| format!("{} cannot be understood", file.display()))
    }

    /// This one and the other behind it.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.goals.extend(other.goals);
        self.text = format!("{}\n\n{}", self.text.trim_end(), other.text);
        self
    }

    /// The table of the goals, and what is behind them.
    pub(super) fn markdown(&self) -> String {
        let rows: String = self.goals.iter().map(Goal::row).collect();
        format!(
            "| | goal | reached | reached / goal | |\n| --- | --- | --- | --- | --- |\n{rows}\n{}\n",
            self.text.trim()
        )
    }
}

/// As many digits as say something.
fn number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        "not measured".to_owned()
    } else if size >= 100.0 {
        format!("{}{}", if value < 0.0 { "−" } else { "" }, grouped(size.round() as usize))
    } else {
        let digits = if size >= 10.0 { 1 } else { 2 };
        let text = format!("{value:.digits$}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        text.replacen('-', "−", 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(least: bool, reached: f64) -> Goal {
        Goal { what: "speed".to_owned(), unit: "MB/s".to_owned(), limit: 300.0, least, reached }
    }

    #[test]
    fn a_goal_at_its_limit_is_met_and_what_was_not_measured_is_not() {
        assert!(goal(true, 300.0).is_met() && goal(false, 300.0).is_met());
        assert!(!goal(true, 299.9).is_met() && !goal(false, 300.1).is_met());
        assert!(!goal(true, f64::NAN).is_met() && !goal(false, f64::NAN).is_met());
    }

    #[test]
    fn a_row_has_the_goal_what_was_reached_and_the_ratio() {
        assert_eq!(goal(true, 1074.4).row(), "| speed | at least 300 MB/s | 1,074 MB/s | 3.58 | met |\n");
        assert_eq!(goal(false, 450.0).row(), "| speed | at most 300 MB/s | 450 MB/s | 1.5 | **missed** |\n");
    }

    #[test]
    fn the_distance_is_told_of_what_is_missed_only() {
        assert_eq!(goal(true, 310.0).distance(), None);
        let text = goal(true, 287.5).distance();
        assert_eq!(text.as_deref(), Some("speed: at least 300 MB/s, missed by 12.5 MB/s"));
    }

    #[test]
    fn numbers_have_as_many_digits_as_say_something() {
        let cases =
            [(0.6, "0.6"), (0.533, "0.53"), (22.04, "22"), (99.96, "100"), (61_440.0, "61,440"), (-1.5, "−1.5")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_report_is_read_as_the_measuring_programs_write_it() {
        let text = r#"{"goals":[{"what":"a","unit":"ms","limit":5,"reached":null},
            {"what":"b","unit":"","limit":0}],"text":"| x |"}"#;
        let report: Report = serde_json::from_str(text).unwrap();
        assert!(report.goals.iter().all(|goal| goal.reached.is_nan() && !goal.is_met()));
        assert!(report.and(Report::default()).markdown().contains("| a | at most 5 ms | not measured |"));
    }
}
