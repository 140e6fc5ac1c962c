//! One metric of one call: samples judge it, and where they cannot, the SDK's warnings do (rules D1, D2, D4).

use crate::call::detector::{Change, Detector};
use crate::call::interval::Interval;
use crate::call::loss_evidence::{LossEvidence, ProvenLoss};
use crate::condition::{ConditionName, Conditions};
use crate::input::metric::{Grade, Metric};
use crate::input::sample::Packets;
use crate::input::units::{Milliseconds, Percent, Timestamp, Value};
use crate::input::warning::{SDK_CLEAR_LAG, WarningData, WarningName, sdk_trigger};

/// After this long without a known value the samples judge no more, and the SDK's warnings count.
///
/// Samples come every second (970 to 1027 ms seen); five missing ones are not a hiccup.
const JUDGED_FOR: Milliseconds = Milliseconds(5000.0);

/// Loss that comes back within this time counts as never having stopped.
pub(crate) const MERGE_GAP: Milliseconds = Milliseconds(10_000.0);

/// Raises and clears the condition of one metric.
#[derive(Clone, Debug)]
pub(crate) struct MetricMonitor {
    metric: Metric,
    threshold: Value,
    detector: Detector,
    /// The statistical test of the packets; only for packet loss.
    evidence: Option<LossEvidence>,
    /// End of the last second with a known value.
    known_at: Option<Timestamp>,
    /// The SDK's warnings that are raised and pass the configured threshold.
    warned: Vec<WarningName>,
}

impl MetricMonitor {
    pub(crate) fn new(metric: Metric, threshold: Value) -> Self {
        Self {
            metric,
            threshold,
            detector: Detector::default(),
            evidence: (metric == Metric::PacketLoss).then(|| LossEvidence::new(Percent(threshold.0))),
            known_at: None,
            warned: Vec::new(),
        }
    }

    pub(crate) fn metric(&self) -> Metric {
        self.metric
    }

    pub(crate) fn threshold(&self) -> Value {
        self.threshold
    }

    fn name(&self) -> ConditionName {
        ConditionName::from_metric(self.metric)
    }

    /// Whether samples tell this metric's value at present.
    fn is_known(&self, now: Timestamp) -> bool {
        self.known_at.is_some_and(|at| now - at <= JUDGED_FOR)
    }

    /// Whether samples decide about the condition at present.
    fn is_judged(&self, now: Timestamp) -> bool {
        self.metric.is_judged_by_samples(self.threshold) && self.is_known(now)
    }

    /// Takes one second's known value.
    pub(crate) fn observe(&mut self, second: Interval, value: Value, conditions: &mut Conditions) {
        if self.is_to_judge(second, value, conditions) {
            let judgement = self.metric.judge(value, self.threshold);
            let active = conditions.is_active(self.name());
            let change = self.detector.observe(active, second.from, value, judgement);
            self.apply(change, second, value, judgement, conditions);
        }
    }

    /// Takes one second's packets, and the net loss over some seconds. Net loss still contains earlier seconds, so a second
    /// is bad only if it also lost packets itself beyond the threshold. `is_late`: packets come late, so that one second
    /// loses what another finds.
    pub(crate) fn observe_loss(
        &mut self,
        second: Interval,
        packets: Packets,
        Percent(net): Percent,
        is_late: bool,
        conditions: &mut Conditions,
    ) {
        let value = Value(net);
        let own = packets.loss().map_or(0.0, |loss| loss.0);
        if !self.is_to_judge(second, value, conditions) {
            return;
        }
        let judgement = match self.metric.judge(value, self.threshold) {
            breach if breach.is_breach() && !self.metric.breaches(Value(own), self.threshold) => {
                if own > 0.0 {
                    Grade::Marginal
                } else {
                    Grade::Good
                }
            }
            judgement => judgement,
        };
        let proven = self.evidence.as_mut().and_then(|evidence| {
            let expected = packets.lost.max(0.0) + packets.received;
            let lost = if is_late { net / 100.0 * expected } else { packets.lost };
            evidence.observe_second(second.from, lost, expected - lost)
        });
        let before = conditions.episodes_of(self.name()).last().map(|episode| episode.end);
        let proven = proven.map(|proven| match before.filter(|end| proven.since - *end <= MERGE_GAP) {
            Some(end) => ProvenLoss { since: end, ..proven },
            None => proven,
        });
        let active = conditions.is_active(self.name());
        let change = self.detector.observe_proven(active, second.from, value, judgement, proven);
        self.apply(change, second, value, judgement, conditions);
    }

    /// Whether samples decide about a second. If samples do not decide, the SDK's warning does; samples then only set the
    /// end of its episode.
    fn is_to_judge(&mut self, second: Interval, value: Value, conditions: &mut Conditions) -> bool {
        if !self.is_known(second.from) {
            // Breaches with unknown minutes between them are no run of bad seconds.
            self.forget();
        }
        self.known_at = Some(second.to);
        if !self.metric.is_judged_by_samples(self.threshold) {
            let name = self.name();
            if self.metric.breaches(value, sdk_trigger(self.metric)) {
                conditions.extend(name, Some(second.to), Some(value));
            } else {
                conditions.seen_until(name, second.from);
            }
            return false;
        }
        true
    }

    fn apply(&mut self, change: Change, second: Interval, value: Value, judgement: Grade, conditions: &mut Conditions) {
        let name = self.name();
        match change {
            Change::Raised { since } => {
                conditions.raise(name, second.to, since, Some(self.threshold));
                for value in self.detector.breaching_values() {
                    conditions.extend(name, None, Some(value));
                }
            }
            Change::Cleared => {
                conditions.clear(name, second.to, second.from);
                if let Some(evidence) = &mut self.evidence {
                    evidence.forget();
                }
            }
            Change::None => {}
        }
        if judgement.is_breach() {
            conditions.extend(name, Some(second.to), Some(value));
        } else {
            conditions.seen_until(name, second.from);
        }
    }

    /// The SDK raised one of its warnings about this metric.
    pub(crate) fn warned(
        &mut self,
        now: Timestamp,
        warning: WarningName,
        data: &WarningData,
        conditions: &mut Conditions,
    ) {
        let figure = data.figure();
        if !figure.is_some_and(|figure| self.metric.breaches(figure, self.threshold)) {
            return;
        }
        if !self.warned.contains(&warning) {
            self.warned.push(warning);
        }
        if !self.is_judged(now) && !conditions.is_active(self.name()) {
            // Should samples come again, they decide when it is over; the good ones before count for nothing.
            self.forget();
            let lead = data.trouble_for(self.metric).unwrap_or(warning.time_to_notice());
            conditions.raise(self.name(), now, now.before(lead), Some(self.threshold));
            // Where samples tell, the trouble may be over by the time that the SDK is sure of it.
            let until = self.is_known(now).then(|| now.before(data.quiet_for(self.metric)));
            conditions.extend(self.name(), until, figure);
        }
    }

    /// The SDK cleared one of them, perhaps one that never was raised.
    pub(crate) fn warning_cleared(&mut self, now: Timestamp, warning: WarningName, conditions: &mut Conditions) {
        let before = self.warned.len();
        self.warned.retain(|raised| *raised != warning);
        if self.warned.len() < before && self.warned.is_empty() && !self.is_judged(now) {
            conditions.clear(self.name(), now, now.before(SDK_CLEAR_LAG));
        }
    }

    /// There was a data gap: what is raised stays so, what was about to be raised or cleared starts again.
    pub(crate) fn forget(&mut self) {
        self.detector.forget();
        if let Some(evidence) = &mut self.evidence {
            evidence.forget();
        }
    }
}
