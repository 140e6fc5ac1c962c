//! When in a call which cause held.

use super::Cause;
use super::evidence::Evidence;
use crate::input::units::{Milliseconds, Timestamp};
use serde::Serialize;
use std::cmp::Reverse;

/// A cause that is seen again after so long held in between as well: reports and samples come late.
const MERGE_GAP: Milliseconds = Milliseconds(3000.0);
/// Stretches kept of one call. Of more, the newest lengthens the last that has its cause.
const MAX_STRETCHES: usize = 100;

/// A cause of what was wrong with a call; times are milliseconds since the call was accepted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CauseReport {
    /// Which.
    pub name: Cause,
    /// When it was first seen to hold.
    pub start_ms: Milliseconds,
    /// When it was last seen to.
    pub end_ms: Milliseconds,
    /// What shows it.
    pub evidence: Evidence,
}

/// A stretch in which a cause held.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    cause: Cause,
    from: Timestamp,
    until: Timestamp,
    evidence: Evidence,
}

/// The stretches of one call in which causes held, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct CauseLog(Vec<Stretch>);

impl CauseLog {
    /// A cause holds now.
    pub(super) fn note(&mut self, cause: Cause, now: Timestamp, evidence: Evidence) {
        let is_full = self.0.len() >= MAX_STRETCHES;
        let last = self.0.iter_mut().rfind(|stretch| stretch.cause == cause);
        match last.filter(|stretch| is_full || now - stretch.until <= MERGE_GAP) {
            Some(stretch) => {
                stretch.until = now;
                stretch.evidence = stretch.evidence.with(&evidence);
            }
            // More causes than stretches there cannot be.
            None if is_full => {}
            None => self.0.push(Stretch { cause, from: now, until: now, evidence }),
        }
    }

    /// The counted cause that held longest between two moments. Ties go to the first in the order of causes.
    pub(super) fn between(&self, from: Timestamp, until: Timestamp, counts: impl Fn(Cause) -> bool) -> Option<Cause> {
        let mut held: Vec<(Cause, i64)> = Vec::new();
        // What was seen a moment after the last bad second was seen because of it.
        let until = until.after(MERGE_GAP);
        for stretch in self.0.iter().filter(|stretch| counts(stretch.cause)) {
            if stretch.from <= until && stretch.until >= from {
                let overlap = stretch.until.min(until).0.saturating_sub(stretch.from.max(from).0);
                match held.iter_mut().find(|(cause, _)| *cause == stretch.cause) {
                    Some((_, sum)) => *sum = sum.saturating_add(overlap),
                    None => held.push((stretch.cause, overlap)),
                }
            }
        }
        held.into_iter().min_by_key(|(cause, overlap)| (Reverse(*overlap), *cause)).map(|(cause, _)| cause)
    }

    /// Each cause once, in the order of the first moments.
    pub(super) fn report(&self, accepted: Timestamp) -> Vec<CauseReport> {
        let mut reports: Vec<CauseReport> = Vec::new();
        for Stretch { cause, from, until, evidence } in self.0.iter().copied() {
            match reports.iter_mut().find(|report| report.name == cause) {
                Some(report) => {
                    report.end_ms = until - accepted;
                    report.evidence = report.evidence.with(&evidence);
                }
                None => reports.push(CauseReport {
                    name: cause,
                    start_ms: from - accepted,
                    end_ms: until - accepted,
                    evidence,
                }),
            }
        }
        reports
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::environment_signal::PressureState;
    use crate::input::units::Percent;

    fn noted(notes: &[(Cause, i64)]) -> CauseLog {
        let mut log = CauseLog::default();
        for (cause, at) in notes {
            log.note(*cause, Timestamp(*at), Evidence::default());
        }
        log
    }

    #[test]
    fn a_cause_that_is_seen_again_soon_has_held_in_between() {
        let log = noted(&[(Cause::Wifi, 1000), (Cause::Wifi, 4000), (Cause::Wifi, 9000)]);
        let spans: Vec<_> = log.0.iter().map(|stretch| (stretch.from.0, stretch.until.0)).collect();
        assert_eq!(spans, [(1000, 4000), (9000, 9000)]);
        let reports = log.report(Timestamp(500));
        assert_eq!((reports.len(), reports[0].start_ms.0, reports[0].end_ms.0), (1, 500.0, 8500.0));
    }

    #[test]
    fn of_two_causes_of_a_stretch_the_longer_counts_and_of_two_as_long_the_first_in_order() {
        let log = noted(&[
            (Cause::Wifi, 1000),
            (Cause::Wifi, 2000),
            (Cause::PathSwitched, 3000),
            (Cause::PathSwitched, 6000),
            (Cause::ComputerBusy, 20_000),
            (Cause::Wifi, 20_000),
        ]);
        let of = |from, until| log.between(Timestamp(from), Timestamp(until), |_| true);
        assert_eq!(of(0, 7000), Some(Cause::PathSwitched));
        assert_eq!(of(20_000, 21_000), Some(Cause::ComputerBusy));
        assert_eq!(of(10_000, 12_000), None);
        assert_eq!(log.between(Timestamp(0), Timestamp(7000), |cause| cause == Cause::Wifi), Some(Cause::Wifi));
    }

    #[test]
    fn a_call_that_comes_and_goes_for_hours_keeps_few_stretches_and_its_last_moment() {
        let notes: Vec<_> = (0..1000).map(|n| (Cause::Wifi, n * 60_000)).collect();
        let log = noted(&notes);
        assert_eq!(log.0.len(), MAX_STRETCHES);
        assert_eq!(log.report(Timestamp(0))[0].end_ms.0, 999.0 * 60_000.0);
    }

    #[test]
    fn of_two_pieces_of_evidence_the_worse_stays() {
        let one = Evidence {
            pressure: Some(PressureState::Serious),
            late_ms: Some(Milliseconds(300.0)),
            ..Evidence::default()
        };
        let other = Evidence {
            pressure: Some(PressureState::Critical),
            synthesized_pct: Some(Percent(2.0)),
            ..Evidence::default()
        };
        let both = Evidence { late_ms: one.late_ms, ..other };
        assert_eq!((one.with(&other), other.with(&one)), (both, both));
    }
}
