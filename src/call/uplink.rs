//! What happens to the agent's audio on its way out, as the far side reports it (rule D7). The Voice SDK hears nothing
//! of that.

use crate::condition::{ConditionName, Conditions};
use crate::input::stats::Statistics;
use crate::input::units::{Milliseconds, Percent, Timestamp, Value};

const LOSS: ConditionName = ConditionName::HighOutboundPacketLoss;
const INAUDIBLE: ConditionName = ConditionName::NoOutboundAudio;
const STALE: ConditionName = ConditionName::StaleRtt;

/// Reports about the customer's packets that come without one about the agent's, and the time since the last of those,
/// that make the agent inaudible: the far side has nothing to report on. Reports come at most one and a half times five
/// seconds apart (RFC 3550, 6.3.1; 620 intervals of healthy seconds in the recordings: none above 8.01 s as they are
/// read, a second late at most), so that in the eighth second one is missing.
const SILENT_REPORTS: f64 = 2.0;
const SILENT_FOR: Milliseconds = Milliseconds(7900.0);
/// A far side whose reports were seen this far apart has intervals of its own: silence is what lasts a second longer
/// than any of them, and than this at most, so that it is known within 22 s.
const USUAL: Milliseconds = Milliseconds(8100.0);
const SELDOM: Milliseconds = Milliseconds(13_000.0);
const SLACK: f64 = 1000.0;
/// Intervals that tell how often it reports.
const KNOWN_AFTER: u32 = 2;
/// The last report still told of packets, and the first that were missing came somewhere in the five seconds before it.
const HALF_A_REPORT: Milliseconds = Milliseconds(2500.0);
/// The newest of those reports has to be this much younger than the last one about the agent, or reports have stopped
/// altogether (stale_rtcp_then_healthy).
const STILL_REPORTING: Milliseconds = Milliseconds(6000.0);
/// Longer than this between two reports about the customer's packets, and reports had stopped.
const REPORTS_STOPPED: Milliseconds = Milliseconds(15_000.0);
/// The same where reports may be lost as well, one of which makes up to 15 s without: where packets of the customer are
/// lost, two in a row are rare. Where one was lost in the last two minutes, that the next one lost is a report is rare
/// enough to ask for no more of the others (one packet lost in 6000 makes one false notice in 38 hours).
const SILENT_REPORTS_IN_LOSS: f64 = 4.0;
const SILENT_FOR_IN_LOSS: Milliseconds = Milliseconds(15_000.0);
const LOSSY_FOR: Milliseconds = Milliseconds(120_000.0);
/// Reports come every 2 to 8 s, 10 to 12 s after a lost one: after this long without any, they have stopped, and the
/// Voice SDK's RTT is what it was then (recording stale_rtcp_rtt600).
const STALE_AFTER: Milliseconds = Milliseconds(16_000.0);
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

/// Judges the agent's audio on its way to Twilio, from the far side's reports.
#[derive(Clone, Debug)]
pub(crate) struct Uplink {
    /// Share of lost packets beyond which a report is bad: that of inbound loss.
    threshold: Percent,
    /// Reports about the agent's packets so far, and when the newest came.
    heard: Option<(f64, Timestamp)>,
    /// Reports about the customer's packets at that moment, or when the customer's packets came back after that.
    others: f64,
    /// Since when the far side has been silent about the agent: since then, or since the customer's packets came back.
    silent_since: Option<Timestamp>,
    /// When a report last told of too much loss.
    lossy_at: Option<Timestamp>,
    /// Seconds since the newest report in which little of the customer arrived.
    outage: u32,
    /// When packets of the customer last came late, counted as lost before.
    reordered_at: Option<Timestamp>,
    /// Bytes sent since the newest report.
    sent: f64,
    /// What the report before told, where it is to be believed.
    told: Percent,
    /// Intervals between reports about the agent's packets, in which none of either kind can have been lost: how many, and
    /// the longest.
    intervals: u32,
    longest: Milliseconds,
    /// When packets of the customer were last lost.
    inbound_loss_at: Option<Timestamp>,
    /// Reports about the customer's packets in the newest reading, and when the newest of them came.
    inbound_reports: f64,
    inbound_reported_at: Option<Timestamp>,
}

impl Uplink {
    pub(crate) fn new(threshold: Percent) -> Self {
        Self {
            threshold,
            heard: None,
            others: 0.0,
            silent_since: None,
            lossy_at: None,
            outage: 0,
            inbound_loss_at: None,
            inbound_reports: 0.0,
            inbound_reported_at: None,
            reordered_at: None,
            sent: 0.0,
            told: Percent(0.0),
            intervals: 0,
            longest: Milliseconds(0.0),
        }
    }

    /// Takes a reading.
    pub(crate) fn observe(&mut self, now: Timestamp, read: &Statistics, conditions: &mut Conditions) {
        if let Some(reports) = read.inbound_reports.filter(|reports| *reports != self.inbound_reports) {
            self.inbound_reports = reports;
            if self.inbound_reported_at.is_none_or(|at| now - at > REPORTS_STOPPED) {
                // They begin, or begin again, with either kind.
                self.silent_since = Some(now);
                self.others = reports;
            }
            self.inbound_reported_at = Some(now);
        }
        let Some(reports) = read.outbound_reports else {
            return;
        };
        match self.heard {
            Some((known, at)) if reports > known => {
                if !conditions.is_active(INAUDIBLE) && !self.is_lossy(now, SILENT_FOR_IN_LOSS) {
                    self.intervals = self.intervals.saturating_add(1);
                    let silence = self.silent_since.map_or(Milliseconds(0.0), |since| now - since);
                    self.longest = Milliseconds(self.longest.0.max(silence.0));
                }
                conditions.clear(INAUDIBLE, now, now);
                conditions.clear(STALE, now, now);
                self.reported(now, at, read.outbound_loss, conditions);
            }
            Some((known, _)) if reports == known => return self.silence(now, conditions),
            // Counted anew: the far side is another one, or has begun again.
            Some(_) => {
                conditions.clear(INAUDIBLE, now, now);
                conditions.clear(STALE, now, now);
            }
            None => {}
        }
        self.heard = Some((reports, now));
        self.others = self.inbound_reports;
        self.silent_since = Some(now);
    }

    fn reported(&mut self, now: Timestamp, before: Timestamp, loss: Option<Percent>, conditions: &mut Conditions) {
        let Some(loss) = loss else {
            return;
        };
        let told = std::mem::take(&mut self.told);
        let outage = std::mem::take(&mut self.outage);
        let sent = std::mem::take(&mut self.sent);
        // What it tells of is an outage that is over and was told of when it was there; the next one will show.
        if (1..=OUTAGE).contains(&outage) {
            return;
        }
        let may_be_late = self.reordered_at.is_some_and(|at| now - at <= REORDERED_FOR);
        // A share of a few packets says nothing: in silence, discontinuous transmission sends a dozen between two reports.
        if sent < FEW_BYTES && loss > self.threshold {
            return;
        }
        self.told = loss;
        let Percent(threshold) = self.threshold;
        let (marginal, again) = if may_be_late {
            (MARGINAL_IN_REORDERING, told.0 > threshold)
        } else {
            (MARGINAL, told.0 + loss.0 >= TOGETHER * threshold)
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

    /// No new report about the agent's packets.
    fn silence(&mut self, now: Timestamp, conditions: &mut Conditions) {
        let Some(silent_since) = self.silent_since else {
            return;
        };
        let lasts = now - silent_since;
        let others = self.inbound_reports - self.others;
        let still_reporting = self.inbound_reported_at.is_some_and(|at| at - silent_since >= STILL_REPORTING);
        let enough = if self.is_lossy(now, SILENT_FOR_IN_LOSS) { SILENT_REPORTS_IN_LOSS } else { SILENT_REPORTS };
        let long = if self.intervals < KNOWN_AFTER || self.is_lossy(now, LOSSY_FOR) {
            SILENT_FOR_IN_LOSS.0
        } else if self.longest > USUAL {
            self.longest.0.min(SELDOM.0) + SLACK
        } else {
            SILENT_FOR.0
        };
        if others >= enough && still_reporting && lasts.0 >= long {
            conditions.raise(INAUDIBLE, now, silent_since.before(HALF_A_REPORT), None);
            conditions.extend(INAUDIBLE, Some(now), None);
        }
        if others < 1.0 && lasts >= STALE_AFTER {
            conditions.raise(STALE, now, silent_since, None);
        }
    }

    /// Whether packets of the customer were lost so lately.
    fn is_lossy(&self, now: Timestamp, lately: Milliseconds) -> bool {
        self.inbound_loss_at.is_some_and(|at| now - at <= lately)
    }

    /// A second in which packets of the customer were lost, or did not come: reports get lost with them. `is_outage`: a
    /// good part of them; `is_gap`: they come with gaps, or not at all.
    pub(crate) fn inbound_trouble(&mut self, now: Timestamp, is_outage: bool, is_gap: bool) {
        self.inbound_loss_at = Some(now);
        self.outage = self.outage.saturating_add(u32::from(is_outage));
        if is_gap {
            self.silent_since = Some(now);
            self.others = self.inbound_reports;
        }
    }

    /// Bytes went out; unknown ones count as enough.
    pub(crate) fn sent(&mut self, bytes: Option<f64>) {
        self.sent += bytes.unwrap_or(FEW_BYTES);
    }

    /// Packets of the customer came late: those of the agent may too, and are found again by the next report.
    pub(crate) fn inbound_reordering(&mut self, now: Timestamp) {
        self.reordered_at = Some(now);
    }

    /// Forgets what was before a hole.
    pub(crate) fn forget(&mut self) {
        self.heard = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is raised by two reports about the customer's packets, 15 s apart, after one about the agent's; on a page
    /// that was opened so long before.
    fn raised(opened_before: i64) -> Vec<ConditionName> {
        let mut uplink = Uplink::new(Percent(3.0));
        let mut conditions = Conditions::from(Timestamp(opened_before));
        let reading = |outbound, inbound| Statistics {
            outbound_reports: Some(outbound),
            inbound_reports: Some(inbound),
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
