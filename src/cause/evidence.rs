//! What shows that a cause holds, and when it did.

use super::Cause;
use crate::input::environment_signal::{NetworkType, PressureState, RelayProtocol, TrackState};
use crate::input::units::{Milliseconds, Percent, Timestamp};
use serde::Serialize;
use std::cmp::Reverse;

/// A cause that is seen again after so long held in between as well: reports and samples come late.
const MERGE_GAP: Milliseconds = Milliseconds(3000.0);
/// Stretches kept of one call. Of more, the newest lengthens the last that has its cause.
const MAX_STRETCHES: usize = 100;

/// What was seen that shows a cause; of several seconds, the worst. What says nothing about the cause is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// State of the microphone's track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<TrackState>,
    /// Pressure on the processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<PressureState>,
    /// How late a timer of the page ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_ms: Option<Milliseconds>,
    /// Share of a second's sound that the loudspeaker did not get in time and the browser made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synthesized_pct: Option<Percent>,
    /// For how long packets came and nothing of them was played.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standstill_ms: Option<Milliseconds>,
    /// Kind of network of the local candidate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_type: Option<NetworkType>,
    /// How the relay is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relay_protocol: Option<RelayProtocol>,
    /// Mean length of a stretch of sound that was missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concealment_ms: Option<Milliseconds>,
    /// How much the jitter buffer's delay swung within some seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buffer_swing_ms: Option<Milliseconds>,
    /// How often the path had been another one, the first included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_changes: Option<u32>,
}

impl Evidence {
    /// In whole milliseconds and percent.
    pub(crate) fn rounded(self) -> Self {
        let ms = |value: Option<Milliseconds>| value.map(|value| Milliseconds(value.0.round()));
        Self {
            late_ms: ms(self.late_ms),
            synthesized_pct: self.synthesized_pct.map(|share| Percent(share.0.round())),
            standstill_ms: ms(self.standstill_ms),
            concealment_ms: ms(self.concealment_ms),
            buffer_swing_ms: ms(self.buffer_swing_ms),
            ..self
        }
    }

    /// Both pieces of evidence together; where both have a value, the worse one.
    pub(crate) fn with(self, other: &Self) -> Self {
        let worse = |one: Option<f64>, other: Option<f64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
        let ms = |one: Option<Milliseconds>, other: Option<Milliseconds>| {
            worse(one.map(f64::from), other.map(f64::from)).map(Milliseconds)
        };
        Self {
            track: self.track.max(other.track),
            pressure: self.pressure.max(other.pressure),
            late_ms: ms(self.late_ms, other.late_ms),
            synthesized_pct: worse(self.synthesized_pct.map(f64::from), other.synthesized_pct.map(f64::from))
                .map(Percent),
            standstill_ms: ms(self.standstill_ms, other.standstill_ms),
            network_type: self.network_type.or(other.network_type),
            relay_protocol: self.relay_protocol.or(other.relay_protocol),
            concealment_ms: ms(self.concealment_ms, other.concealment_ms),
            buffer_swing_ms: ms(self.buffer_swing_ms, other.buffer_swing_ms),
            path_changes: self.path_changes.max(other.path_changes),
        }
    }
}

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
