//! A stretch of trouble: when, of what kinds, what shows it, and whom and what it is right to blame.

use crate::configured_thresholds;
use crate::first_observable::{Hidden, ShownAfter};
use crate::impairment::{Impairment, ShownBy};
use crate::span::Span;
use crate::truth::{Passed, Second};

/// Seconds over which a browser sees a share of packets.
pub(crate) const WINDOW: f64 = 3.0;
/// Rule D2's good seconds in a row, which `src/document_tests.rs` of the engine holds against the detector's.
pub(crate) const GOOD_SECONDS_THAT_END: f64 = 5.0;
/// Rounding of the clock, in seconds.
pub(crate) const CLOCK_ROUNDING: f64 = 0.01;

/// A stretch that has to, or may, be noticed.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// When.
    pub span: Span,
    /// What begins to be wrong with it, worst first.
    pub kinds: Vec<Impairment>,
    /// The outages in it, for a series of outages.
    pub outages: Vec<Span>,
    /// The parts with loss in them, for loss alone.
    pub lossy: Vec<Span>,
    /// The parts with loss of the customer's packets, for loss alone.
    pub lossy_inbound: Vec<Span>,
    /// From when on what a browser is told shows it.
    pub shown: ShownAfter,
    /// Seconds of it that nothing shows.
    pub hidden: Hidden,
    /// No RTCP passes: the SDK's round-trip time stands still.
    pub without_rtcp: bool,
}

impl Stretch {
    /// What shows it soonest.
    #[must_use]
    pub fn shown_by(&self) -> ShownBy {
        self.kinds.iter().map(|kind| kind.shown_by()).min().unwrap_or(ShownBy::Samples)
    }

    /// Whether it can be known at all without the private statistics. A second with half its packets can also be one
    /// in which the customer stopped speaking.
    #[must_use]
    pub fn is_in_samples(&self) -> bool {
        self.outages.is_empty()
            && self.kinds.iter().any(|kind| match kind.shown_by() {
                ShownBy::Samples | ShownBy::Microphone => true,
                ShownBy::RoundTrips => !self.without_rtcp,
                ShownBy::Reports | ShownBy::Silence => false,
            })
    }

    /// What of it can be known without the private statistics: of loss both ways, that of the customer's packets.
    #[must_use]
    pub fn in_samples(&self) -> Self {
        let kinds: Vec<Impairment> =
            self.kinds.iter().copied().filter(|kind| kind.shown_by() != ShownBy::Reports).collect();
        match self.lossy_inbound.as_slice() {
            [first, .., last] => {
                let span = Span { from: first.from, to: last.to };
                Self { span, kinds, lossy: self.lossy_inbound.clone(), ..self.clone() }
            }
            [only] => Self { span: *only, kinds, lossy: self.lossy_inbound.clone(), ..self.clone() },
            [] => self.clone(),
        }
    }

    /// The same without so many seconds at its beginning.
    #[must_use]
    pub(crate) fn without_first(mut self, seconds: f64) -> Self {
        self.span.from += seconds;
        self
    }

    /// Whether blaming this side for it is right.
    #[must_use]
    pub fn is_on(&self, side: &str) -> bool {
        self.kinds.iter().any(|kind| kind.sides().contains(&side))
    }

    /// Whether a condition of this name is true of it.
    #[must_use]
    pub fn matches(&self, condition: &str) -> bool {
        self.kinds.iter().any(|kind| kind.matches(condition))
    }

    /// Loss alone begins with the first second of loss among three that together are beyond the threshold, and ends
    /// with the last: bursts may leave the first seconds of a lossy network whole, and the last. And where they leave enough
    /// seconds in a row whole for anybody to say that it is over, it was.
    pub(crate) fn with_its_drops(mut self, seconds: &[Second]) -> Self {
        if self.kinds.contains(&Impairment::Rtt) {
            return self.begun_when_beyond(seconds);
        }
        if !self.kinds.iter().all(|kind| matches!(kind, Impairment::DownLoss | Impairment::UpLoss)) {
            return self;
        }
        self.lossy = self.lossy_parts(seconds, &self.kinds);
        self.lossy_inbound = if self.kinds.contains(&Impairment::DownLoss) {
            self.lossy_parts(seconds, &[Impairment::DownLoss])
        } else {
            Vec::new()
        };
        if let ([first, ..], [.., last]) = (self.lossy.as_slice(), self.lossy.as_slice()) {
            self.span = Span { from: first.from, to: last.to };
        }
        self
    }

    /// A queue takes seconds to fill. Such a stretch begins with the second before the first that is beyond a threshold.
    fn begun_when_beyond(mut self, seconds: &[Second]) -> Self {
        let is_beyond = |second: &&Second| {
            let delay = second.down.delay.unwrap_or_default() + second.up.delay.unwrap_or_default();
            let is_lossy = |passed: Passed| passed.dropped * 100.0 > configured_thresholds::LOSS * passed.came;
            delay > configured_thresholds::RTT || is_lossy(second.down) || is_lossy(second.up)
        };
        let mut inside = seconds.iter().filter(|second| second.span.overlap(self.span) > 0.0);
        if let Some(first) = inside.find(is_beyond) {
            self.span.from = self.span.from.max(first.span.from - 1.0);
        }
        self
    }

    /// Its parts in which packets were dropped, of these kinds together.
    fn lossy_parts(&self, seconds: &[Second], kinds: &[Impairment]) -> Vec<Span> {
        let passed = |second: &Second| {
            let directions =
                kinds.iter().map(|kind| if *kind == Impairment::DownLoss { second.down } else { second.up });
            directions.fold((0.0, 0.0), |(dropped, came), one| (dropped + one.dropped, came + one.came))
        };
        let is_beyond = |window: &[Second]| {
            let (dropped, came) = window.iter().map(passed).fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
            dropped * 100.0 > configured_thresholds::LOSS * came
        };
        let inside: Vec<Second> =
            seconds.iter().filter(|second| second.span.overlap(self.span) > 0.0).copied().collect();
        let beyond: Vec<f64> = inside
            .windows(WINDOW as usize)
            .filter(|window| is_beyond(window))
            .flatten()
            .map(|second| second.span.from)
            .collect();
        let mut parts: Vec<Span> = Vec::new();
        for second in inside.iter().filter(|second| passed(second).0 > 0.0 && beyond.contains(&second.span.from)) {
            let lossy = Span { from: self.span.from.max(second.span.from), to: self.span.to.min(second.span.to) };
            match parts.last_mut() {
                Some(last) if lossy.from - last.to < GOOD_SECONDS_THAT_END - CLOCK_ROUNDING => last.to = lossy.to,
                _ => parts.push(lossy),
            }
        }
        // A burst before that, which is over before anybody can say whether there will be another, is none of it.
        let least = ShownBy::Samples.least();
        let last = parts.len().saturating_sub(1);
        let alone = parts.iter().take(last).take_while(|part| part.length() < least).count();
        parts.split_off(alone)
    }

    pub(crate) fn is_outage(&self) -> bool {
        self.kinds.iter().any(|kind| matches!(kind, Impairment::BothDead | Impairment::DownDead))
    }
}
