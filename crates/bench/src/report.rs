//! What was measured, as `cargo xtask bench` reads it.

use anyhow::{Context, Result};
use serde::Serialize;
use std::fs;
use std::path::Path;

/// What is to be reached, and what was.
#[derive(Serialize)]
pub(crate) struct Goal {
    what: String,
    unit: &'static str,
    limit: f64,
    /// Whether more is better.
    least: bool,
    reached: f64,
}

/// Goals, and the figures behind them as Markdown.
#[derive(Default, Serialize)]
pub(crate) struct Report {
    goals: Vec<Goal>,
    text: String,
}

impl Report {
    pub(crate) fn at_least(&mut self, what: &str, unit: &'static str, limit: f64, reached: f64) {
        self.goals.push(Goal { what: what.to_owned(), unit, limit, least: true, reached });
    }

    pub(crate) fn at_most(&mut self, what: &str, unit: &'static str, limit: f64, reached: f64) {
        self.goals.push(Goal { what: what.to_owned(), unit, limit, least: false, reached });
    }

    /// One more line of Markdown.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
    }
}

/// The middle one, and the slowest and the fastest of a twentieth at either end; NaN of none.
pub(crate) fn spread(mut times: Vec<f64>) -> [f64; 3] {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let index = ((times.len() as f64 - 1.0) * share).round();
        times.get(index as usize).copied().unwrap_or(f64::NAN)
    };
    [at(0.05), at(0.5), at(0.95)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_is_the_median_and_what_a_twentieth_is_beyond() {
        let times = (0..=100).rev().map(f64::from).collect();
        assert_eq!(spread(times), [5.0, 50.0, 95.0]);
        assert_eq!(spread(vec![3.0]), [3.0; 3]);
        assert!(spread(Vec::new()).iter().all(|time| time.is_nan()));
    }
}
