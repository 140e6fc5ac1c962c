//! What an observer said about a call, held against what is expected of it.

use crate::expectation::Expectation;
use crate::expected_trouble::Stretch;
use crate::impairment::ShownBy;
use crate::sdk_and_engine::{Observation, Observer, Raised};
use crate::span::Span;

/// A condition may be raised this much before its stretch: the lab's clock and the page's are two.
const MAX_EARLY: f64 = 0.5;
/// Or this much after it and still count as having noticed it: a sample is a second old.
const MAX_LATE: f64 = 1.5;
/// Or this much and at least not be invented: an RTCP report that was lost is followed by the next 12 s later.
pub(crate) const MAX_AFTERWARDS: f64 = 14.0;
/// A condition that comes and goes twice within this is a nuisance.
pub(crate) const FLAPPING_WITHIN: f64 = 10.0;

/// How one stretch that had to be noticed was noticed.
#[derive(Clone, Debug, PartialEq)]
pub struct Noticed {
    /// What showed it.
    pub shown_by: ShownBy,
    /// Seconds from its beginning.
    pub after: f64,
    /// Seconds until what the observer is told showed it.
    pub shown_after: f64,
    /// Whether a right side was blamed.
    pub right_side: bool,
    /// Seconds from its end until nothing that told it was raised any more; `None` if the call ended first, or other
    /// trouble followed.
    pub clear_after: Option<f64>,
}

/// One call, one observer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// Stretches that had to be noticed and could be.
    pub musts: usize,
    /// Stretches that had to be noticed and were.
    pub noticed: Vec<Noticed>,
    /// Stretches that had to be noticed and were not.
    pub missed: Vec<Stretch>,
    /// For each stretch that this observer cannot be expected to notice: whether it did.
    pub unseen: Vec<bool>,
    /// Stretches that may be noticed.
    pub mays: usize,
    /// Stretches that may be noticed and were.
    pub mays_noticed: usize,
    /// What was raised where nothing of that kind was wrong.
    pub invented: Vec<Raised>,
    /// What stayed up too long after the trouble that it told.
    pub overstayed: Vec<Raised>,
    /// Conditions that came and went twice too quickly.
    pub flapping: Vec<String>,
    /// Time in warning, seconds.
    pub warning: f64,
    /// What it is to be: at least, at most.
    pub truth: (f64, f64),
    /// What of the least this observer is shown, seconds.
    pub shown: f64,
    /// Some of it is shown by RTCP alone.
    pub by_rtcp: bool,
}

impl Score {
    /// The score of one call.
    #[must_use]
    pub fn new(observer: Observer, observed: &Observation, expected: &Expectation) -> Self {
        let can_see = |stretch: &Stretch| observer.has_private_statistics() || stretch.is_in_samples();
        let seen = |stretch: &Stretch| {
            let of_it = if observer == Observer::Plain { stretch.in_samples() } else { stretch.clone() };
            can_see(stretch).then_some(of_it)
        };
        let shown = |stretch: &Stretch| {
            let hidden = match observer {
                // It is not excused: see below.
                Observer::Sdk => 0.0,
                Observer::Plain => stretch.hidden.samples,
                Observer::Full => stretch.hidden.statistics,
            };
            Some(seen(stretch)?.without_first(hidden))
        };
        let mut score = Self {
            warning: observed.warning,
            truth: expected.seconds(seen),
            shown: expected.seconds(shown).0,
            by_rtcp: expected.must.iter().flat_map(|stretch| &stretch.kinds).any(|kind| kind.shown_by().is_rtcp()),
            ..Self::default()
        };
        for stretch in &expected.must {
            let seen = seen(stretch).unwrap_or_else(|| stretch.clone());
            let noticed = noticed(observer, &seen, observed, expected);
            // The SDK is not excused: that it cannot see is what it is measured by.
            if !can_see(stretch) && observer != Observer::Sdk {
                score.unseen.push(noticed.is_some());
                continue;
            }
            score.musts += 1;
            match noticed {
                Some(noticed) => score.noticed.push(noticed),
                None => score.missed.push(stretch.clone()),
            }
        }
        let apart = |stretch: &&Stretch| expected.is_apart(stretch);
        score.mays = expected.may.iter().filter(apart).count();
        let is_noticed = |stretch: &&Stretch| noticed(observer, stretch, observed, expected).is_some();
        score.mays_noticed = expected.may.iter().filter(apart).filter(is_noticed).count();
        let is_true = |raised: &&Raised| expected.covered_until(raised).is_some();
        score.invented = observed.raised.iter().filter(|raised| !is_true(raised)).cloned().collect();
        let overstays = |raised: &&Raised| {
            let until = raised.cleared.unwrap_or(expected.ended);
            expected.covered_until(raised).is_some_and(|covered| covered < until)
        };
        score.overstayed = observed.raised.iter().filter(overstays).cloned().collect();
        // Over a measured link trouble itself comes and goes.
        score.flapping = if expected.over_link { Vec::new() } else { flapping(&observed.raised) };
        score
    }

    /// Stretches for which only wrong sides were blamed.
    #[must_use]
    pub fn wrong_sides(&self) -> usize {
        self.noticed.iter().filter(|noticed| !noticed.right_side).count()
    }

    /// By how much the measured time in warning is off, seconds.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.error_if_at_least(self.truth.0)
    }

    fn error_if_at_least(&self, least: f64) -> f64 {
        let (_, most) = self.truth;
        if self.warning < least { self.warning - least } else { (self.warning - most).max(0.0) }
    }

    /// Whether that is more than it may be.
    #[must_use]
    pub fn is_time_wrong(&self) -> bool {
        self.is_wrong_if_at_least(self.truth.0)
    }

    /// The same without the seconds that nothing shows.
    #[must_use]
    pub fn is_shown_time_wrong(&self) -> bool {
        self.is_wrong_if_at_least(self.shown)
    }

    /// It may be off by some seconds, or by a tenth.
    fn is_wrong_if_at_least(&self, least: f64) -> bool {
        let seconds: f64 = if self.by_rtcp { 6.0 } else { 3.0 };
        self.error_if_at_least(least).abs() > seconds.max(least / 10.0)
    }
}

impl Expectation {
    /// Whether a stretch that may be noticed stands by itself: not in one that has to be, nor in a longer one.
    #[must_use]
    pub fn is_apart(&self, may: &Stretch) -> bool {
        let is_longer = |other: &&Stretch| other.span.length() > may.span.length();
        let others = self.must.iter().chain(self.may.iter().filter(is_longer));
        !others.into_iter().any(|other| other.span.overlap(may.span) > 0.0)
    }

    /// Until when a condition may be up, one stretch after the other; `None` if it should not have been raised.
    fn covered_until(&self, raised: &Raised) -> Option<f64> {
        let matching = || self.must.iter().chain(&self.may).filter(|stretch| stretch.matches(&raised.condition));
        let reaches = |at: f64| {
            let around = matching()
                .filter(|stretch| stretch.span.from - MAX_EARLY <= at && at <= stretch.span.to + MAX_AFTERWARDS);
            around.map(|stretch| stretch.span.to + MAX_AFTERWARDS).reduce(f64::max)
        };
        let mut until = reaches(raised.raised)?;
        while let Some(further) = reaches(until).filter(|further| *further > until) {
            until = further;
        }
        Some(until)
    }
}

fn noticed(observer: Observer, stretch: &Stretch, observed: &Observation, expected: &Expectation) -> Option<Noticed> {
    let Span { from, to } = stretch.span;
    let matches = |raised: &&Raised| stretch.matches(&raised.condition);
    let within = |raised: &&Raised| raised.raised >= from - MAX_EARLY && raised.raised <= to + MAX_LATE;
    // Still raised from before counts as noticed, at once.
    let still = |raised: &&Raised| raised.raised < from && raised.cleared.is_none_or(|cleared| cleared >= from);
    let hits: Vec<&Raised> =
        observed.raised.iter().filter(matches).filter(|raised| within(raised) || still(raised)).collect();
    let first = hits.iter().map(|raised| raised.raised).reduce(f64::min)?;
    let ends: Option<Vec<f64>> = hits.iter().map(|raised| raised.cleared).collect();
    let last = ends.and_then(|ends| ends.into_iter().reduce(f64::max));
    // Where other trouble follows, it is that which keeps the condition up.
    let follows = |other: &Stretch, last: f64| other.span.to > to + 0.01 && other.span.from < last;
    let last = last.filter(|last| !expected.must.iter().chain(&expected.may).any(|other| follows(other, *last)));
    Some(Noticed {
        shown_by: stretch.shown_by(),
        after: (first - from).max(0.0),
        shown_after: if observer.has_private_statistics() { stretch.shown.statistics } else { stretch.shown.samples },
        right_side: hits.iter().any(|raised| stretch.is_on(&raised.side)),
        clear_after: last.map(|last| (last - to).max(0.0)),
    })
}

fn flapping(raised: &[Raised]) -> Vec<String> {
    // What is known only when it is over never came.
    let raised: Vec<&Raised> = raised.iter().filter(|raised| raised.cleared != Some(raised.raised)).collect();
    let twice = |(at, first): (usize, &&Raised)| {
        let again = raised.iter().skip(at + 1).find(|next| next.condition == first.condition)?;
        (again.cleared? - first.raised <= FLAPPING_WITHIN).then(|| first.condition.clone())
    };
    raised.iter().enumerate().filter_map(twice).collect()
}
