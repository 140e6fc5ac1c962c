//! From when on what a browser was told showed a stretch of trouble: before that, nobody could have noticed it.

use crate::expected_trouble::Stretch;
use crate::impairment::{Impairment, Witness};
use crate::recording::Recording;
use crate::thresholds;
use serde_json::Value;

/// A moment and a value.
type Reading = (f64, f64);

/// What reports and connectivity checks said, as the browser had it.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Packets of the agent that were sent so far.
    sent: Vec<Reading>,
    /// Packets of the agent that are missing so far, when a report came.
    lost: Vec<Reading>,
    /// Round-trip times in the SDK's samples, which are those of RTCP; ms.
    samples: Vec<Reading>,
    /// Those of the candidate pair and of RTCP, each when it was new; ms.
    measured: Vec<Reading>,
}

/// Seconds from a stretch's beginning until it was shown; infinite: never.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShownAfter {
    /// To whoever has the samples.
    pub samples: f64,
    /// To whoever has the private statistics too.
    pub statistics: f64,
}

impl Told {
    /// In a call.
    #[must_use]
    pub fn from_recording(recording: &Recording) -> Self {
        let mut told = Self::default();
        let mut sent = 0.0;
        let (mut reports, mut answers) = (0.0, 0.0);
        for line in &recording.lines {
            let number = |path: &str| line.fields.pointer(path).and_then(Value::as_f64);
            match line.kind.as_str() {
                "sample" => {
                    sent += number("/sample/packetsSent").unwrap_or_default();
                    told.sent.push((line.at, sent));
                    told.samples.extend(number("/sample/rtt").map(|rtt| (line.at, rtt)));
                }
                "stats" => {
                    let count = number("/stats/remoteInbound/roundTripTimeMeasurements").unwrap_or_default();
                    if std::mem::replace(&mut reports, count) != count {
                        told.lost.extend(number("/stats/remoteInbound/packetsLost").map(|lost| (line.at, lost)));
                        let rtt = number("/stats/remoteInbound/roundTripTime");
                        told.measured.extend(rtt.map(|rtt| (line.at, 1000.0 * rtt)));
                    }
                    let count = number("/stats/candidatePair/responsesReceived").unwrap_or(line.at);
                    if std::mem::replace(&mut answers, count) != count {
                        let rtt = number("/stats/candidatePair/currentRoundTripTime");
                        told.measured.extend(rtt.map(|rtt| (line.at, 1000.0 * rtt)));
                    }
                }
                _ => {}
            }
        }
        told
    }

    /// When a stretch was shown. What is seen each second is shown at once.
    #[must_use]
    pub fn shows(&self, stretch: &Stretch) -> ShownAfter {
        let after = |at: Option<f64>| at.map_or(f64::INFINITY, |at| (at - stretch.span.from).max(0.0));
        match stretch.witness() {
            Witness::RoundTrips if stretch.kinds.contains(&Impairment::Rtt) => ShownAfter {
                samples: after(first_beyond(&self.samples, stretch.span.from, thresholds::RTT)),
                statistics: after(first_beyond(&self.measured, stretch.span.from, thresholds::RTT)),
            },
            Witness::Reports => {
                ShownAfter { samples: f64::INFINITY, statistics: after(self.reports_prove(stretch.span.from)) }
            }
            _ => ShownAfter::default(),
        }
    }

    /// When the reports since a moment say that more packets are lost than the threshold, by more than two standard
    /// deviations: the same that makes loss something that has to be noticed.
    fn reports_prove(&self, from: f64) -> Option<f64> {
        let until = |readings: &[Reading], at: f64| {
            readings.iter().rev().find(|(when, _)| *when <= at).map_or(0.0, |found| found.1)
        };
        let (lost_before, sent_before) = (until(&self.lost, from), until(&self.sent, from));
        let proves = |(at, lost): &&Reading| {
            let (lost, sent) = (lost - lost_before, until(&self.sent, *at) - sent_before);
            let share = if sent > 0.0 { (lost / sent).clamp(0.0, 1.0) } else { 0.0 };
            lost - 2.0 * (lost.max(0.0) * (1.0 - share)).sqrt() > thresholds::LOSS / 100.0 * sent
        };
        self.lost.iter().filter(|(at, _)| *at > from).find(proves).map(|(at, _)| *at)
    }

    /// The longest round-trip time that was measured between two moments, ms.
    #[must_use]
    pub fn longest_rtt(&self, from: f64, to: f64) -> Option<f64> {
        self.measured.iter().filter(|(at, _)| from <= *at && *at <= to).map(|(_, rtt)| *rtt).reduce(f64::max)
    }
}

fn first_beyond(readings: &[Reading], from: f64, limit: f64) -> Option<f64> {
    readings.iter().find(|(at, value)| *at >= from && *value > limit).map(|(at, _)| *at)
}
