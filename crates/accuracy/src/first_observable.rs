//! From when on what a browser was told showed a stretch of trouble: before that, nobody could have noticed it.

use crate::configured_thresholds;
use crate::expected_trouble::Stretch;
use crate::impairment::{Impairment, ShownBy};
use crate::recording::Recording;
use serde_json::Value;

/// What of a stretch with loss nothing shows sooner than the loss, a round-trip time, or a report.
const SHOWN_BY_LOSS: [Impairment; 4] = [Impairment::DownLoss, Impairment::UpLoss, Impairment::Rtt, Impairment::Mos];

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
    /// Jitter in the samples, ms.
    jitter: Vec<Reading>,
    /// Packets of the customer that arrived in each second, and that were lost.
    arrived: Vec<Reading>,
    missing: Vec<Reading>,
    /// Samples of the customer's sound that were made up in each second.
    made_up: Vec<Reading>,
}

/// Seconds from a stretch's beginning until it was shown; infinite: never.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShownAfter {
    /// To whoever has the samples.
    pub samples: f64,
    /// To whoever has the private statistics too.
    pub statistics: f64,
}

/// Seconds of a stretch that nothing shows, 0 or more.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hidden {
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
        let mut made_up_before = None;
        for line in &recording.lines {
            let number = |path: &str| line.fields.pointer(path).and_then(Value::as_f64);
            match line.kind.as_str() {
                "sample" => {
                    sent += number("/sample/packetsSent").unwrap_or_default();
                    told.sent.push((line.at, sent));
                    told.samples.extend(number("/sample/rtt").map(|rtt| (line.at, rtt)));
                    told.jitter.extend(number("/sample/jitter").map(|jitter| (line.at, jitter)));
                    told.arrived.extend(number("/sample/packetsReceived").map(|arrived| (line.at, arrived)));
                    told.missing.extend(number("/sample/packetsLost").map(|lost| (line.at, lost)));
                }
                "stats" => {
                    let count = number("/stats/remoteInbound/roundTripTimeMeasurements").unwrap_or_default();
                    if std::mem::replace(&mut reports, count) != count {
                        told.lost.extend(number("/stats/remoteInbound/packetsLost").map(|lost| (line.at, lost)));
                        let rtt = number("/stats/remoteInbound/roundTripTime");
                        told.measured.extend(rtt.map(|rtt| (line.at, 1000.0 * rtt)));
                    }
                    if let Some(made_up) = number("/stats/inbound/concealedSamples") {
                        told.made_up.push((line.at, made_up - made_up_before.replace(made_up).unwrap_or(made_up)));
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
        match stretch.shown_by() {
            ShownBy::RoundTrips if stretch.kinds.contains(&Impairment::Rtt) => ShownAfter {
                samples: after(first_beyond(&self.samples, stretch.span.from, configured_thresholds::RTT)),
                statistics: after(first_beyond(&self.measured, stretch.span.from, configured_thresholds::RTT)),
            },
            ShownBy::Reports => {
                ShownAfter { samples: f64::INFINITY, statistics: after(self.reports_prove(stretch.span.from)) }
            }
            ShownBy::Samples if stretch.kinds.iter().all(|kind| SHOWN_BY_LOSS.contains(kind)) => {
                let (from, in_samples) = (stretch.span.from, stretch.in_samples().span.from);
                let is = |kind: Impairment| stretch.kinds.contains(&kind).then_some(());
                let beyond = |rtt: &[Reading]| {
                    is(Impairment::Rtt).and_then(|()| first_beyond(rtt, from, configured_thresholds::RTT))
                };
                let reported = is(Impairment::UpLoss).and_then(|()| self.reports_prove(from));
                let first = |moments: [Option<f64>; 3]| moments.into_iter().flatten().reduce(f64::min);
                let lossy = self.second_lossy_sample(in_samples);
                let samples = first([lossy, beyond(&self.samples), None]);
                ShownAfter {
                    samples: samples.map_or(f64::INFINITY, |at| (at - in_samples).max(0.0)),
                    statistics: after(first([lossy, beyond(&self.measured), reported])),
                }
            }
            _ => ShownAfter::default(),
        }
    }

    /// How much longer a stretch of high round-trip time was than measurements beyond the threshold stood: they do not say
    /// since when it is so. What stands on after the end makes up for a late beginning.
    #[must_use]
    pub fn hides(&self, stretch: &Stretch) -> Hidden {
        let span = stretch.span;
        let hidden = |rtt: &[Reading]| {
            let from =
                first_beyond(rtt, span.from, configured_thresholds::RTT).map_or(span.to, |from| from.min(span.to));
            let is_over = |(at, rtt): &&Reading| *at >= span.to && *rtt <= configured_thresholds::RTT;
            let to = rtt.iter().find(is_over).map_or(span.to, |(at, _)| *at);
            let shown = if from < span.to { to - from } else { 0.0 };
            (span.length() - shown).max(0.0)
        };
        // Other trouble shows by itself.
        if stretch.kinds == [Impairment::Rtt] {
            Hidden { samples: hidden(&self.samples), statistics: hidden(&self.measured) }
        } else {
            Hidden::default()
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
            lost - 2.0 * (lost.max(0.0) * (1.0 - share)).sqrt() > configured_thresholds::LOSS / 100.0 * sent
        };
        self.lost.iter().filter(|(at, _)| *at > from).find(proves).map(|(at, _)| *at)
    }

    /// When the second of the samples since a moment came that each lost more of the customer's packets than the threshold:
    /// of one burst alone nobody can tell whether there will be another.
    fn second_lossy_sample(&self, from: f64) -> Option<f64> {
        let samples = self.arrived.iter().zip(&self.missing).filter(|((at, _), _)| *at > from);
        let is_lossy = |arrived: f64, lost: f64| 100.0 * lost > configured_thresholds::LOSS * (arrived + lost);
        samples.filter(|((_, arrived), (_, lost))| is_lossy(*arrived, *lost)).map(|((at, _), _)| *at).nth(1)
    }

    /// Whether anything showed, between two moments, that packets came late: a round-trip time above `late` (ms), jitter
    /// above its threshold, a second in which fewer than `fewest` packets of the customer arrived, or sound that was made up.
    #[must_use]
    pub fn shows_late_packets(&self, from: f64, to: f64, late: f64, fewest: f64) -> bool {
        let any = |readings: &[Reading], shows: &dyn Fn(f64) -> bool| {
            readings.iter().filter(|(at, _)| from <= *at && *at <= to).any(|(_, value)| shows(*value))
        };
        any(&self.measured, &|rtt| rtt > late)
            || any(&self.jitter, &|jitter| jitter > configured_thresholds::JITTER)
            || any(&self.arrived, &|arrived| arrived < fewest)
            || any(&self.made_up, &|samples| samples > 0.0)
    }
}

fn first_beyond(readings: &[Reading], from: f64, limit: f64) -> Option<f64> {
    readings.iter().find(|(at, value)| *at >= from && *value > limit).map(|(at, _)| *at)
}
