//! The scores of several calls, added up.

use crate::impairment::ShownBy;
use crate::score::{Noticed, Score};

/// Many values in three.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// 95 of 100 are not above (nearest rank).
    pub p95: f64,
    /// None is above.
    pub max: f64,
}

impl Spread {
    /// `None` of nothing.
    #[must_use]
    pub fn from_values(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let count = values.len();
        let at = |index: usize| values.get(index).copied();
        let median = (at(count.checked_sub(1)? / 2)? + at(count / 2)?) / 2.0;
        let p95 = at((count * 95).div_ceil(100).checked_sub(1)?)?;
        Some(Self { median, p95, max: *values.last()? })
    }
}

/// Whether a time is above a limit, as both are printed.
#[must_use]
pub fn exceeds(time: f64, limit: f64) -> bool {
    time >= limit + 0.05
}

/// An observer's scores of some calls.
#[derive(Clone, Debug, Default)]
pub struct Totals<'a> {
    scores: Vec<&'a Score>,
}

impl<'a> FromIterator<&'a Score> for Totals<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Score>>(scores: I) -> Self {
        Self { scores: scores.into_iter().collect() }
    }
}

impl<'a> Totals<'a> {
    fn sum(&self, count: impl Fn(&Score) -> usize) -> usize {
        self.scores.iter().map(|score| count(score)).sum()
    }

    /// Stretches that had to be noticed and could be.
    #[must_use]
    pub fn musts(&self) -> usize {
        self.sum(|score| score.musts)
    }

    /// Number of stretches that had to be noticed and were not.
    #[must_use]
    pub fn missed(&self) -> usize {
        self.sum(|score| score.missed.len())
    }

    /// How many stretches were noticed that nobody could expect to be.
    #[must_use]
    pub fn unseen(&self) -> String {
        let noticed = self.sum(|score| score.unseen.iter().filter(|noticed| **noticed).count());
        format!("{noticed} of {}", self.sum(|score| score.unseen.len()))
    }

    /// How many of the stretches that may be noticed were.
    #[must_use]
    pub fn mays(&self) -> String {
        format!("{} of {}", self.sum(|score| score.mays_noticed), self.sum(|score| score.mays))
    }

    /// Conditions raised where nothing of that kind was wrong.
    #[must_use]
    pub fn invented(&self) -> usize {
        self.sum(|score| score.invented.len())
    }

    /// Conditions that stayed up too long after the trouble that they told.
    #[must_use]
    pub fn overstayed(&self) -> usize {
        self.sum(|score| score.overstayed.len())
    }

    /// Stretches for which only wrong sides were blamed.
    #[must_use]
    pub fn wrong_sides(&self) -> usize {
        self.sum(Score::wrong_sides)
    }

    /// Conditions that came and went twice too quickly.
    #[must_use]
    pub fn flapping(&self) -> usize {
        self.sum(|score| score.flapping.len())
    }

    fn noticed(&self) -> impl Iterator<Item = &'a Noticed> {
        self.scores.iter().flat_map(|score| &score.noticed)
    }

    /// Seconds to notice, of what one source shows.
    #[must_use]
    pub fn to_notice(&self, shown_by: ShownBy) -> Option<Spread> {
        Spread::from_values(self.noticed().filter(|noticed| noticed.shown_by == shown_by).map(|noticed| noticed.after))
    }

    /// The same without stretches that were noticed later than this limit, as printed, and not shown within it either.
    #[must_use]
    pub fn to_notice_if_shown_within(&self, shown_by: ShownBy, limit: f64) -> Option<Spread> {
        let hidden = |noticed: &&Noticed| exceeds(noticed.after, limit) && exceeds(noticed.shown_after, limit);
        let shown = self.noticed().filter(|noticed| noticed.shown_by == shown_by).filter(|noticed| !hidden(noticed));
        Spread::from_values(shown.map(|noticed| noticed.after))
    }

    /// Stretches that one source shows and that were noticed later than this limit, as printed.
    pub fn later_than(&self, shown_by: ShownBy, limit: f64) -> impl Iterator<Item = &'a Noticed> {
        self.noticed().filter(move |noticed| noticed.shown_by == shown_by && exceeds(noticed.after, limit))
    }

    /// How many of these took no longer, as it is printed.
    #[must_use]
    pub fn within(&self, shown_by: ShownBy, limit: f64) -> String {
        let times: Vec<f64> =
            self.noticed().filter(|noticed| noticed.shown_by == shown_by).map(|noticed| noticed.after).collect();
        let within = times.iter().filter(|after| !exceeds(**after, limit)).count();
        format!("{within} of {}", times.len())
    }

    /// Time to notice of the quickest stretch, to find notices that come too early.
    #[must_use]
    pub fn soonest(&self, shown_by: ShownBy) -> Option<f64> {
        self.noticed().filter(|noticed| noticed.shown_by == shown_by).map(|noticed| noticed.after).reduce(f64::min)
    }

    /// Seconds to notice, of everything.
    #[must_use]
    pub fn to_notice_any(&self) -> Option<Spread> {
        Spread::from_values(self.noticed().map(|noticed| noticed.after))
    }

    /// Seconds from a stretch's end until it is taken back.
    #[must_use]
    pub fn to_clear(&self) -> Option<Spread> {
        Spread::from_values(self.noticed().filter_map(|noticed| noticed.clear_after))
    }

    /// By how much the measured time in warning is off, seconds, where there is or should be any.
    #[must_use]
    pub fn error(&self) -> Option<Spread> {
        let some = self.scores.iter().filter(|score| score.truth.1.max(score.warning) > 0.0);
        Spread::from_values(some.map(|score| score.error().abs()))
    }

    /// Calls whose time in warning is off by more than it may.
    #[must_use]
    pub fn wrong_times(&self) -> usize {
        self.scores.iter().filter(|score| score.is_time_wrong()).count()
    }

    /// The same without the seconds that nothing shows.
    #[must_use]
    pub fn wrong_shown_times(&self) -> usize {
        self.scores.iter().filter(|score| score.is_time_wrong() && score.is_shown_time_wrong()).count()
    }

    /// How many calls.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.scores.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_95th_percentile_is_a_value_that_was_there() {
        let spread = Spread::from_values((1..=20).map(f64::from)).unwrap();
        assert_eq!(spread, Spread { median: 10.5, p95: 19.0, max: 20.0 });
        assert_eq!(Spread::from_values([3.0]), Some(Spread { median: 3.0, p95: 3.0, max: 3.0 }));
        assert_eq!(Spread::from_values([]), None);
    }
}
