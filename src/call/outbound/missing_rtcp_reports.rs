//! When the far side's RTCP reports come, and what their absence means.

use crate::condition::{ConditionName, Conditions};
use crate::input::stats::{SenderReports, Statistics};
use crate::input::units::{Milliseconds, Timestamp};

/// The agent is inaudible if at least this many reports about the customer's packets, and [`NO_RECEIVER_REPORT_FOR`], have
/// passed since the last report about the agent's packets: the far side then has nothing to report on.
const MIN_SENDER_REPORTS: f64 = 2.0;
/// Time since the last report about the agent's packets after which one is missing: reports come at most 7.5 s apart (RFC
/// 3550, 6.3.1). In the recordings, none of 620 intervals in healthy seconds is above 8.01 s, as read up to a second late.
pub(crate) const NO_RECEIVER_REPORT_FOR: Milliseconds = Milliseconds(7900.0);
/// A far side whose reports were seen farther apart than this has intervals of its own.
const LONGEST_REGULAR_INTERVAL: Milliseconds = Milliseconds(8100.0);
/// Longer intervals of its own are not waited for, so that silence is known within 22 s.
const MAX_OWN_INTERVAL: Milliseconds = Milliseconds(13_000.0);
/// Silence lasts this much longer than the longest interval.
const INTERVAL_MARGIN_MS: f64 = 1000.0;
/// Intervals from which its rate of reports is known.
const MIN_INTERVALS: u32 = 2;
/// The last report still covered packets, and the first that were missing came somewhere in the five seconds before it.
const HALF_REPORT_INTERVAL: Milliseconds = Milliseconds(2500.0);
/// The newest sender report must be this much later than the last receiver report. Otherwise all reports have stopped
/// (stale_rtcp_then_healthy).
const MIN_AGE_DIFFERENCE: Milliseconds = Milliseconds(6000.0);
/// Longer than this between two reports about the customer's packets, and reports had stopped.
const MAX_REPORT_INTERVAL: Milliseconds = Milliseconds(15_000.0);
/// Sender reports that are required instead if packets of the customer were lost in the last 15 s: a receiver report may
/// be lost too.
const MIN_SENDER_REPORTS_IN_LOSS: f64 = 4.0;
/// How long the silence has to last if packets of the customer were lost in the last two minutes: one lost report makes
/// up to 15 s of it, and two in a row are rare.
pub(crate) const NO_RECEIVER_REPORT_FOR_IN_LOSS: Milliseconds = Milliseconds(15_000.0);
/// How long a lost packet counts for that. Beyond the last 15 s, no more reports are required: a network that loses one
/// packet in 6000 then makes one false notice in 38 hours.
pub(crate) const INBOUND_LOSS_COUNTS_FOR: Milliseconds = Milliseconds(120_000.0);
/// Reports come every 2 to 8 s, 10 to 12 s after a lost one: after this long without any, they have stopped, and the
/// Voice SDK's RTT is what it was then (recording stale_rtcp_rtt600).
const STALE_AFTER: Milliseconds = Milliseconds(16_000.0);

/// A report about the agent's packets that came with the newest reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewReport {
    /// The first one.
    First,
    /// The one before came at this moment.
    After(Timestamp),
    /// The first after the far side has set its counters back.
    CountersReset,
}

/// Knows how often the far side reports: about the agent's packets in receiver reports, about the customer's in sender
/// reports.
#[derive(Clone, Debug, Default)]
pub(super) struct MissingRtcpReports {
    /// Receiver reports so far, and when the newest came.
    receiver_report: Option<(f64, Timestamp)>,
    /// Sender reports so far: as the browser counts them, or as they were seen here.
    sender_reports: f64,
    /// When the newest one was sent, where the browser does not count them.
    newest_sent_at: Option<f64>,
    /// When the newest sender report came.
    sender_reported_at: Option<Timestamp>,
    /// Sender reports when the newest receiver report came, or when the customer's packets came back after that.
    sender_reports_then: f64,
    /// When the newest receiver report came, or the customer's packets came back, whichever is later.
    no_receiver_report_since: Option<Timestamp>,
    /// Intervals between receiver reports in which no report of either kind can have been lost.
    intervals: u32,
    /// The longest of them.
    longest: Milliseconds,
    /// When packets of the customer were last lost.
    inbound_loss_at: Option<Timestamp>,
}

impl MissingRtcpReports {
    /// Takes a reading. Gives the receiver report that came with it.
    pub(super) fn observe(
        &mut self,
        now: Timestamp,
        read: &Statistics,
        conditions: &mut Conditions,
    ) -> Option<NewReport> {
        if let Some(reports) = self.new_sender_reports(read) {
            self.sender_reports = reports;
            if self.sender_reported_at.is_none_or(|at| now - at > MAX_REPORT_INTERVAL) {
                // They begin, or begin again, with either kind.
                self.no_receiver_report_since = Some(now);
                self.sender_reports_then = reports;
            }
            self.sender_reported_at = Some(now);
        }
        let reports = read.receiver_reports?;
        let new = match self.receiver_report {
            Some((known, at)) if reports > known => {
                if !conditions.is_active(ConditionName::NoOutboundAudio)
                    && !self.is_lossy(now, NO_RECEIVER_REPORT_FOR_IN_LOSS)
                {
                    self.intervals = self.intervals.saturating_add(1);
                    let silence = self.no_receiver_report_since.map_or(Milliseconds(0.0), |since| now - since);
                    self.longest = Milliseconds(self.longest.0.max(silence.0));
                }
                conditions.clear(ConditionName::NoOutboundAudio, now, now);
                conditions.clear(ConditionName::StaleRtt, now, now);
                Some(if known > 0.0 { NewReport::After(at) } else { NewReport::First })
            }
            Some((known, _)) if reports == known => {
                self.silence(now, conditions);
                return None;
            }
            // Counted anew: the far side is another one, or has begun again.
            Some(_) => {
                conditions.clear(ConditionName::NoOutboundAudio, now, now);
                conditions.clear(ConditionName::StaleRtt, now, now);
                Some(NewReport::CountersReset)
            }
            None => (reports > 0.0).then_some(NewReport::First),
        };
        self.receiver_report = Some((reports, now));
        self.sender_reports_then = self.sender_reports;
        self.no_receiver_report_since = Some(now);
        new
    }

    /// How many sender reports there are by now, if that has changed.
    fn new_sender_reports(&mut self, read: &Statistics) -> Option<f64> {
        match read.sender_reports? {
            SenderReports::Count(reports) => (reports != self.sender_reports).then_some(reports),
            SenderReports::NewestSentAt(sent_at) => {
                let before = self.newest_sent_at.replace(sent_at);
                (before != Some(sent_at)).then_some(self.sender_reports + 1.0)
            }
        }
    }

    /// No new report about the agent's packets.
    fn silence(&mut self, now: Timestamp, conditions: &mut Conditions) {
        let Some(no_receiver_report_since) = self.no_receiver_report_since else {
            return;
        };
        let lasts = now - no_receiver_report_since;
        let sender_reports = self.sender_reports - self.sender_reports_then;
        let still_reporting =
            self.sender_reported_at.is_some_and(|at| at - no_receiver_report_since >= MIN_AGE_DIFFERENCE);
        let enough = if self.is_lossy(now, NO_RECEIVER_REPORT_FOR_IN_LOSS) {
            MIN_SENDER_REPORTS_IN_LOSS
        } else {
            MIN_SENDER_REPORTS
        };
        let long = if self.intervals < MIN_INTERVALS || self.is_lossy(now, INBOUND_LOSS_COUNTS_FOR) {
            NO_RECEIVER_REPORT_FOR_IN_LOSS.0
        } else if self.longest > LONGEST_REGULAR_INTERVAL {
            self.longest.0.min(MAX_OWN_INTERVAL.0) + INTERVAL_MARGIN_MS
        } else {
            NO_RECEIVER_REPORT_FOR.0
        };
        if sender_reports >= enough && still_reporting && lasts.0 >= long {
            conditions.raise(
                ConditionName::NoOutboundAudio,
                now,
                no_receiver_report_since.before(HALF_REPORT_INTERVAL),
                None,
            );
            conditions.extend(ConditionName::NoOutboundAudio, Some(now), None);
        }
        if sender_reports < 1.0 && lasts >= STALE_AFTER {
            conditions.raise(ConditionName::StaleRtt, now, no_receiver_report_since, None);
        }
    }

    /// Whether packets of the customer were lost so lately.
    fn is_lossy(&self, now: Timestamp, lately: Milliseconds) -> bool {
        self.inbound_loss_at.is_some_and(|at| now - at <= lately)
    }

    /// A second in which packets of the customer were lost; `is_gap`: they came with gaps, or not at all.
    pub(super) fn inbound_loss(&mut self, now: Timestamp, is_gap: bool) {
        self.inbound_loss_at = Some(now);
        if is_gap {
            self.nothing_to_report(now);
        }
    }

    /// Until now the far side can have had nothing to report on.
    pub(super) fn nothing_to_report(&mut self, now: Timestamp) {
        self.no_receiver_report_since = Some(now);
        self.sender_reports_then = self.sender_reports;
    }

    /// Forgets what was before a data gap.
    pub(super) fn forget(&mut self) {
        self.receiver_report = None;
    }
}
