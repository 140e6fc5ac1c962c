//! What happens to the agent's audio on its way out, as the far side reports it (rule D7). The Voice SDK sees nothing of
//! that.
//!
//! [`ReportClock`] goes by when RTCP reports come: a far side that reports on its own packets alone receives none of the
//! agent's. [`OutboundLoss`] goes by what a report says.

mod outbound_loss;
mod report_clock;

use crate::condition::Conditions;
use crate::input::stats::Statistics;
use crate::input::units::{Percent, Timestamp};
use outbound_loss::OutboundLoss;
use report_clock::ReportClock;

/// Judges the agent's audio on its way to Twilio, from the far side's reports.
#[derive(Clone, Debug)]
pub(crate) struct Uplink {
    clock: ReportClock,
    loss: OutboundLoss,
}

impl Uplink {
    /// Loss beyond the threshold is bad: that of inbound loss.
    pub(crate) fn new(threshold: Percent) -> Self {
        Self { clock: ReportClock::default(), loss: OutboundLoss::new(threshold) }
    }

    /// Takes a reading.
    pub(crate) fn observe(&mut self, now: Timestamp, read: &Statistics, conditions: &mut Conditions) {
        let before = self.clock.observe(now, read, conditions);
        if let Some((before, loss)) = before.zip(read.outbound_loss) {
            self.loss.observe(now, before, loss, conditions);
        }
    }

    /// A second in which packets of the customer were lost, or did not come: reports get lost with them. `is_outage`: a
    /// good part of them; `is_gap`: they come with gaps, or not at all.
    pub(crate) fn inbound_trouble(&mut self, now: Timestamp, is_outage: bool, is_gap: bool) {
        self.clock.inbound_loss(now, is_gap);
        if is_outage {
            self.loss.inbound_outage();
        }
    }

    /// Bytes went out; unknown ones count as enough.
    pub(crate) fn sent(&mut self, bytes: Option<f64>) {
        self.loss.sent(bytes);
    }

    /// Packets of the customer came late: those of the agent may too, and are found again by the next report.
    pub(crate) fn inbound_reordering(&mut self, now: Timestamp) {
        self.loss.inbound_reordering(now);
    }

    /// Forgets what was before a data gap.
    pub(crate) fn forget(&mut self) {
        self.clock.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::ConditionName;

    /// What is raised by two reports about the customer's packets, 15 s apart, after one about the agent's; on a page
    /// that was opened so long before.
    fn raised(opened_before: i64) -> Vec<ConditionName> {
        let mut uplink = Uplink::new(Percent(3.0));
        let mut conditions = Conditions::from(Timestamp(opened_before));
        let reading = |outbound, inbound| Statistics {
            receiver_reports: Some(outbound),
            sender_reports: Some(inbound),
            ..Statistics::default()
        };
        for (at, inbound) in [(500, 0.0), (1000, 5.0), (16_000, 6.0)] {
            uplink.observe(Timestamp(opened_before + at), &reading(1.0, inbound), &mut conditions);
        }
        conditions.active().collect()
    }

    #[test]
    fn what_a_report_means_does_not_depend_on_when_the_page_was_opened() {
        assert_eq!(raised(0), raised(3_600_000));
        assert!(raised(0).is_empty());
    }
}
