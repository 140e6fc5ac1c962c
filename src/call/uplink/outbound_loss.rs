//! What the far side's receiver reports say about the agent's packets.

use crate::condition::{ConditionName, Conditions};
use crate::input::units::{Milliseconds, Percent, Timestamp, Value};

const LOSS: ConditionName = ConditionName::HighOutboundPacketLoss;

/// A report is a summary of some seconds, and 250 packets: one is proof enough to raise (loss10_up: 7 to 10 % in every
/// one). After the last bad one this long has to pass, so that two reports two seconds apart do not make it flap.
const CLEAR_AFTER: Milliseconds = Milliseconds(4000.0);

/// Less than so many times the threshold is believed when the report before had some of it too (loss5: 2 and 4 %). Of 250
/// packets 1 % lost makes three reports an hour pass a threshold of 3 %, but none in 100 hours pass one and a half times
/// that, and one in five hours pass it together with the one before.
const MARGINAL: f64 = 1.5;
const TOGETHER: f64 = 1.75;
/// In a network that jumbled the customer's packets so lately, late packets of the agent make a report of up to 4 %
/// (reorder_strong): less than so many times the threshold is believed when the report before was beyond it too.
const MARGINAL_IN_REORDERING: f64 = 2.0;
const REORDERED_FOR: Milliseconds = Milliseconds(10_000.0);
/// Less than a second of G.711, or two of Opus.
const FEW_BYTES: f64 = 8000.0;
/// Seconds with a fifth or more of the customer's packets missing that a report can have been spoilt by (gaps: 0.5 s are
/// 8 % of the six seconds that it sums up). In lasting loss like that (loss30) there are more of them.
const OUTAGE: u32 = 3;

/// Judges the share of the agent's packets that a receiver report says was lost.
#[derive(Clone, Debug)]
pub(super) struct OutboundLoss {
    /// Share of lost packets beyond which a report is bad.
    threshold: Percent,
    /// When a report last showed too much loss.
    lossy_at: Option<Timestamp>,
    /// Seconds since the newest report in which little of the customer arrived.
    outage: u32,
    /// When packets of the customer last came late, counted as lost before.
    reordered_at: Option<Timestamp>,
    /// Bytes sent since the newest report.
    sent: f64,
    /// The loss in the report before, where it is to be believed.
    last_loss: Percent,
}

impl OutboundLoss {
    pub(super) fn new(threshold: Percent) -> Self {
        Self { threshold, lossy_at: None, outage: 0, reordered_at: None, sent: 0.0, last_loss: Percent(0.0) }
    }

    /// Takes the loss in a report that sums up the time since the one before.
    pub(super) fn observe(&mut self, now: Timestamp, before: Timestamp, loss: Percent, conditions: &mut Conditions) {
        let last_loss = std::mem::take(&mut self.last_loss);
        let outage = std::mem::take(&mut self.outage);
        let sent = std::mem::take(&mut self.sent);
        // It shows an outage that is over and was raised while it lasted; the next one will show.
        if (1..=OUTAGE).contains(&outage) {
            return;
        }
        let may_be_late = self.reordered_at.is_some_and(|at| now - at <= REORDERED_FOR);
        // A share of a few packets says nothing: in silence, discontinuous transmission sends a dozen between two reports.
        if sent < FEW_BYTES && loss > self.threshold {
            return;
        }
        self.last_loss = loss;
        let Percent(threshold) = self.threshold;
        let (marginal, again) = if may_be_late {
            (MARGINAL_IN_REORDERING, last_loss.0 > threshold)
        } else {
            (MARGINAL, last_loss.0 + loss.0 >= TOGETHER * threshold)
        };
        if loss.0 > threshold && (again || loss.0 >= marginal * threshold) {
            // The report is about the time since the one before.
            conditions.raise(LOSS, now, before, Some(Value(self.threshold.0)));
            conditions.extend_over(LOSS, Some((before, now)), Some(Value(loss.0)));
            self.lossy_at = Some(now);
        } else if let Some(lossy_at) = self.lossy_at
            && loss <= self.threshold
            && now - lossy_at >= CLEAR_AFTER
        {
            conditions.clear(LOSS, now, lossy_at);
        }
    }

    /// A second in which a good part of the customer's packets was lost.
    pub(super) fn inbound_outage(&mut self) {
        self.outage = self.outage.saturating_add(1);
    }

    /// Bytes went out; unknown ones count as enough.
    pub(super) fn sent(&mut self, bytes: Option<f64>) {
        self.sent += bytes.unwrap_or(FEW_BYTES);
    }

    /// Packets of the customer came late.
    pub(super) fn inbound_reordering(&mut self, now: Timestamp) {
        self.reordered_at = Some(now);
    }
}
