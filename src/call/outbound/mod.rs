//! What happens to the agent's audio on its way out, as the far side reports it (rule D7). The Voice SDK sees nothing of
//! that.
//!
//! [`MissingRtcpReports`] judges by when RTCP reports come: a far side that reports on its own packets alone receives none
//! of the agent's. [`OutboundLoss`] judges by what a report says.

pub(crate) mod missing_rtcp_reports;
pub(crate) mod outbound_loss;

use crate::call::interval::Interval;
use crate::condition::Conditions;
use crate::input::sample::{Packets, Sample};
use crate::input::stats::Statistics;
use crate::input::units::{Percent, Timestamp};
use missing_rtcp_reports::{MissingRtcpReports, NewReport};
use outbound_loss::OutboundLoss;

/// Packets of audio in a second (20 ms each), where their number is not known.
const PACKETS_PER_SECOND: f64 = 50.0;

/// Judges the agent's audio on its way to Twilio, from the far side's reports.
#[derive(Clone, Debug)]
pub(crate) struct OutboundMonitor {
    reports: MissingRtcpReports,
    loss: OutboundLoss,
    /// When the call began, as long as every packet since then is known.
    began: Option<Timestamp>,
}

impl OutboundMonitor {
    /// Loss beyond the threshold is bad: that of inbound loss.
    pub(crate) fn new(threshold: Percent) -> Self {
        Self { reports: MissingRtcpReports::default(), loss: OutboundLoss::new(threshold), began: None }
    }

    /// The call begins: the first report counts from here.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.began = Some(now);
    }

    /// Takes a reading.
    pub(crate) fn observe(&mut self, now: Timestamp, read: &Statistics, conditions: &mut Conditions) {
        let before = match self.reports.observe(now, read, conditions) {
            None => return,
            Some(NewReport::After(before)) => Some(before),
            Some(NewReport::First) => self.began,
            Some(NewReport::CountersReset) => {
                self.loss.forget();
                None
            }
        };
        self.loss.observe(now, before, read.outbound_lost, read.outbound_loss, conditions);
    }

    /// Takes a second's packets, both ways. `in_gaps`: those of the customer come with gaps.
    pub(crate) fn sample(&mut self, second: Interval, sample: &Sample, in_gaps: bool) {
        let sent = match (sample.packets_sent, sample.bytes_sent) {
            (Some(packets), _) => packets,
            (None, Some(0.0)) => 0.0,
            (None, _) => PACKETS_PER_SECOND * (second.to - second.from).0 / 1000.0,
        };
        self.loss.sent(sent);
        let troubled = |packets: &Packets| packets.lost > 0.0 || packets.received < 1.0 || in_gaps;
        if let Some(Packets { lost, received }) = sample.packets.filter(troubled) {
            self.reports.inbound_loss(second.to, in_gaps || received < 1.0);
            let missing = if lost > 0.0 { lost } else { (PACKETS_PER_SECOND - received).max(0.0) };
            if missing >= received / 3.0 {
                self.loss.inbound_outage(second, missing);
            }
        }
    }

    /// There is no microphone to send anything from: the far side has nothing to report on.
    pub(crate) fn nothing_to_send(&mut self, now: Timestamp) {
        self.reports.nothing_to_report(now);
    }

    /// Loss of the customer's packets is over: it was last seen at that moment.
    pub(crate) fn inbound_is_over(&mut self, now: Timestamp, ended: Timestamp, conditions: &mut Conditions) {
        self.loss.inbound_is_over(now, ended, conditions);
    }

    /// Forgets what was before a data gap.
    pub(crate) fn forget(&mut self) {
        self.reports.forget();
        self.loss.forget();
        self.began = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::ConditionName;
    use crate::input::stats::SenderReports;

    /// What is raised by two reports about the customer's packets, 15 s apart, after one about the agent's; on a page
    /// that was opened so long before.
    fn raised(opened_before: i64) -> Vec<ConditionName> {
        let mut outbound = OutboundMonitor::new(Percent(3.0));
        let mut conditions = Conditions::from(Timestamp(opened_before));
        let reading = |outbound, inbound| Statistics {
            receiver_reports: Some(outbound),
            sender_reports: Some(SenderReports::Count(inbound)),
            ..Statistics::default()
        };
        for (at, inbound) in [(500, 0.0), (1000, 5.0), (16_000, 6.0)] {
            outbound.observe(Timestamp(opened_before + at), &reading(1.0, inbound), &mut conditions);
        }
        conditions.active().collect()
    }

    #[test]
    fn what_a_report_means_does_not_depend_on_when_the_page_was_opened() {
        assert_eq!(raised(0), raised(3_600_000));
        assert!(raised(0).is_empty());
    }
}
