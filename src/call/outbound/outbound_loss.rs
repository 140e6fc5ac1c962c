//! What the far side's receiver reports say about the agent's packets (rule D8a).
//!
//! A report counts all packets that are missing since the call began. What two reports that arrived differ by is the
//! loss of the time between them, however many reports were lost meanwhile.

use crate::call::interval::Interval;
use crate::call::loss_evidence::LossEvidence;
use crate::condition::{ConditionName, Conditions, InboundPackets};
use crate::input::units::{Milliseconds, Percent, Timestamp, Value};

const CONDITION: ConditionName = ConditionName::HighOutboundPacketLoss;

/// A reading is made once a second: the report came in the second before it, in the middle of that on average.
const MEAN_READING_DELAY: Milliseconds = Milliseconds(500.0);
/// Readings and samples are a second apart: of two ends that are no farther apart, nobody knows which was first.
const SAME_TIME: Milliseconds = Milliseconds(1000.0);
/// After the last bad report this long has to pass, so that two reports two seconds apart do not make it flap.
pub(crate) const CLEAR_AFTER: Milliseconds = Milliseconds(4000.0);
/// A report with less than this share of the threshold ends loss at once, one with more only together with the next.
pub(crate) const CLEAN_RATIO: f64 = 1.0 / 3.0;
/// Loss that comes back within this time, two reports, counts as never having stopped.
pub(crate) const MERGE_GAP: Milliseconds = Milliseconds(10_000.0);
/// Counters that say more than this is lost of what was sent are those of another stream.
const MAX_PLAUSIBLE_SHARE: f64 = 1.2;
/// A longer time with seconds that lost a quarter of the customer's packets is lasting loss and no outage.
const LONGEST_OUTAGE: Milliseconds = Milliseconds(4000.0);
/// In an outage, about as many packets of the agent are lost as of the customer. With this many times as many, the outage
/// is not the reason.
const MAX_OUTAGE_LOSS_RATIO: f64 = 1.5;
/// How long after the customer's packets came back a report still tells of the time before.
const REPORT_LAG: Milliseconds = Milliseconds(2500.0);
/// Least part of a report that has loss, if loss both ways ended in it.
const MIN_SHARE_OF_REPORT: f64 = 0.4;
/// With less than this part of the other reports' share, trouble did not last as long as the report.
const PARTIAL_RATIO: f64 = 0.85;
/// Shares of a few hundred packets differ by chance: the part of a partial report is taken a little too long.
const CHANCE_MARGIN: f64 = 1.1;
/// Fewer lost packets than these tell nothing about how long they were lost.
const MIN_LOST_PACKETS: f64 = 3.0;
/// Steady loss differs from report to report by no more than so many standard deviations of its packets; bursts do.
const STEADY_DEVIATIONS: f64 = 2.0;

/// The time that a report speaks of, and what became of the packets sent in it.
#[derive(Clone, Copy, Debug)]
struct Report {
    from: Timestamp,
    to: Timestamp,
    lost: f64,
    sent: f64,
}

impl Report {
    fn share(self) -> f64 {
        if self.sent > 0.0 { (self.lost / self.sent).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// When the time that it speaks of began, at the latest: at the reading that showed the report before.
    fn began_at_latest(self) -> Timestamp {
        self.from.after(MEAN_READING_DELAY)
    }

    /// The part of it that loss of such a share filled.
    fn lossy_part(self, share: f64) -> Milliseconds {
        Milliseconds((self.to - self.from).0 * (CHANCE_MARGIN * self.share() / share).min(1.0))
    }

    /// Whether it is one of several with such a share that differ by chance alone.
    fn is_steady(self, share: f64) -> bool {
        let expected = share * self.sent;
        (self.lost - expected).abs() <= STEADY_DEVIATIONS * expected.sqrt()
    }

    /// Whether its share is less by more than chance.
    fn is_below(self, share: f64) -> bool {
        let expected = share * self.sent;
        self.lost < expected - STEADY_DEVIATIONS * expected.sqrt()
    }

    /// Whether its loss is a part of what a whole report of the same trouble has.
    fn is_partial(self, share: f64) -> bool {
        self.share() < PARTIAL_RATIO * share
    }
}

/// What the customer's packets were like since the newest report.
#[derive(Clone, Copy, Debug, Default)]
struct Inbound {
    /// First and last moment of seconds that lost a good part of them.
    outage: Option<(Timestamp, Timestamp)>,
    /// Packets that were missing in these seconds.
    missing: f64,
}

/// When packets of the customer were last seen to be lost or missing.
fn inbound_bad_until(now: Timestamp, conditions: &Conditions) -> Option<Timestamp> {
    let is_concerned = |name: &&ConditionName| name.inbound_packets() != InboundPackets::NotConcerned;
    ConditionName::ALL.iter().filter(is_concerned).filter_map(|name| conditions.bad_until(*name, now)).max()
}

/// When packets of the customer began to be lost, in the newest episode of that.
fn inbound_lost_since(conditions: &Conditions) -> Option<Timestamp> {
    let lost = ConditionName::ALL.iter().filter(|name| name.inbound_packets() == InboundPackets::Lost);
    let newest = |name: ConditionName| conditions.episodes_of(name).last().map(|episode| episode.start);
    lost.filter_map(|name| conditions.began(*name).or_else(|| newest(*name))).max()
}

/// Judges the agent's packets that receiver reports say are lost.
#[derive(Clone, Debug)]
pub(super) struct OutboundLoss {
    /// Share of lost packets beyond which a report is bad.
    threshold: Percent,
    evidence: LossEvidence,
    /// Packets lost in all, in the newest report.
    counted: Option<f64>,
    /// Packets sent since then.
    sent: f64,
    inbound: Inbound,
    /// The report that the evidence began with, until later ones show how much of its time was meant.
    first_lossy_report: Option<Report>,
    /// The newest bad report.
    last_lossy_report: Option<Report>,
    /// Packets lost and sent in all bad ones but the first and the newest.
    middle_reports: (f64, f64),
    /// Good reports since the newest bad one.
    good_reports: u32,
    /// The first good report still covered the end of the loss.
    good_report_has_tail: bool,
    /// Good reports were followed by bad ones: it comes in bursts, and how long it fills a report does not follow from its
    /// share.
    in_bursts: bool,
}

impl OutboundLoss {
    pub(super) fn new(threshold: Percent) -> Self {
        Self {
            threshold,
            evidence: LossEvidence::new(threshold),
            counted: None,
            sent: 0.0,
            inbound: Inbound::default(),
            first_lossy_report: None,
            last_lossy_report: None,
            middle_reports: (0.0, 0.0),
            good_reports: 0,
            good_report_has_tail: false,
            in_bursts: false,
        }
    }

    /// Takes a new report, read now. `before`: when the one before was read, or the call began. `lost`: how many packets are
    /// missing in all; `fraction`: the share of the last interval, where that is all that is known.
    pub(super) fn observe(
        &mut self,
        now: Timestamp,
        before: Option<Timestamp>,
        lost: Option<f64>,
        fraction: Option<Percent>,
        conditions: &mut Conditions,
    ) {
        let sent = std::mem::take(&mut self.sent);
        let inbound = std::mem::take(&mut self.inbound);
        let counted = std::mem::replace(&mut self.counted, lost);
        let Some(before) = before else { return };
        // The first report of a call counts from its beginning.
        let since =
            lost.map(|lost| lost - counted.unwrap_or(0.0)).filter(|lost| lost.abs() <= MAX_PLAUSIBLE_SHARE * sent);
        let Some(lost) = since.or(fraction.map(|Percent(share)| share / 100.0 * sent)) else { return };
        let report = Report { from: before.before(MEAN_READING_DELAY), to: now.before(MEAN_READING_DELAY), lost, sent };
        let proven = self.evidence.observe_report(report.from, lost, (sent - lost).max(0.0));
        if self.evidence.since() == Some(report.from) {
            self.first_lossy_report = Some(report);
        }
        let is_lossy = 100.0 * report.share() > self.threshold.0;
        if conditions.is_active(CONDITION) {
            if is_lossy {
                self.continue_episode(report, conditions);
            } else {
                self.observe_good_report(now, report, conditions);
            }
        } else if let Some(proven) = proven.filter(|_| is_lossy) {
            self.start_episode(now, proven.since, report, inbound, conditions);
        }
    }

    /// Loss is proven.
    fn start_episode(
        &mut self,
        now: Timestamp,
        since: Timestamp,
        report: Report,
        inbound: Inbound,
        conditions: &mut Conditions,
    ) {
        let value = Some(Value(100.0 * report.share()));
        let threshold = Some(Value(self.threshold.0));
        let is_over = |until: Timestamp| now - until >= REPORT_LAG;
        // An outage both ways explains it: then it was when the outage was. If it goes on, the next report will show.
        let explains = |(from, to): &(Timestamp, Timestamp)| {
            *to - *from <= LONGEST_OUTAGE && report.lost <= MAX_OUTAGE_LOSS_RATIO * inbound.missing
        };
        if let Some(span) = inbound.outage.filter(explains) {
            conditions.record(CONDITION, now, span, value, threshold);
            self.evidence.forget();
            return;
        }
        let ended = inbound_bad_until(now, conditions);
        // If inbound loss began within this report, its start is taken: the report itself does not say when.
        let is_within = |began: &Timestamp| since == report.from && *began > report.from && *began < report.to;
        let since = inbound_lost_since(conditions).filter(is_within).unwrap_or(since);
        // Inbound loss that covers most of this report is already over: outbound loss is assumed to be over too. The next
        // report will show.
        let fits = |until: &Timestamp| (*until - report.from).0 >= MIN_SHARE_OF_REPORT * (report.to - report.from).0;
        if let Some(until) = ended.filter(|until| is_over(*until) && fits(until)) {
            conditions.record(CONDITION, now, (since.min(until), until), value, threshold);
            return;
        }
        let before = conditions.episodes_of(CONDITION).last().map(|episode| episode.end);
        let bridged = before.filter(|end| since - *end <= MERGE_GAP);
        if bridged.is_none() {
            self.in_bursts = false;
        }
        let start = bridged.unwrap_or(since);
        conditions.raise(CONDITION, now, start, threshold);
        conditions.extend_over(CONDITION, Some((report.began_at_latest(), report.to)), value);
        self.first_lossy_report = self.first_lossy_report.filter(|first| first.from == start);
        self.last_lossy_report = Some(report);
        self.middle_reports = (0.0, 0.0);
        self.good_reports = 0;
        self.good_report_has_tail = false;
    }

    /// Another bad report.
    fn continue_episode(&mut self, report: Report, conditions: &mut Conditions) {
        self.in_bursts |= std::mem::take(&mut self.good_reports) > 0;
        self.good_report_has_tail = false;
        if let Some(lossy) = self.last_lossy_report.replace(report)
            && self.first_lossy_report.is_none_or(|first| first.from != lossy.from)
        {
            self.middle_reports = (self.middle_reports.0 + lossy.lost, self.middle_reports.1 + lossy.sent);
            if let Some(start) =
                self.first_lossy_report.take().and_then(|first| self.start_of_steady_loss(first, lossy, report))
            {
                conditions.begin_later(CONDITION, start);
            }
        }
        // What came between was a part of it.
        let value = Value(100.0 * report.share());
        conditions.extend_over(CONDITION, Some((report.began_at_latest(), report.to)), Some(value));
    }

    /// When steady loss began: in its first report, if the share of that is less than that of the two after it.
    fn start_of_steady_loss(&self, first: Report, second: Report, third: Report) -> Option<Timestamp> {
        let share = (second.lost + third.lost) / (second.sent + third.sent);
        let is_steady = !self.in_bursts && second.is_steady(share) && third.is_steady(share);
        (is_steady && first.is_partial(share)).then(|| first.to.before(first.lossy_part(share)))
    }

    /// A good report while the condition is there.
    fn observe_good_report(&mut self, now: Timestamp, report: Report, conditions: &mut Conditions) {
        self.good_reports = self.good_reports.saturating_add(1);
        let Some(lossy) = self.last_lossy_report else { return };
        self.first_lossy_report = None;
        if self.good_reports == 1 {
            self.extend_into_good_report(report, lossy, conditions);
        }
        let is_less = self.middle_reports.1 > 0.0 && report.is_below(self.share(lossy));
        let is_clean = 100.0 * report.share() <= CLEAN_RATIO * self.threshold.0 || is_less;
        if now - lossy.to < CLEAR_AFTER || !(is_clean && !self.in_bursts || self.good_reports > 1) {
            return;
        }
        if let Some(end) = self.end_of_steady_loss(lossy, report.from, inbound_bad_until(now, conditions)) {
            conditions.end_earlier(CONDITION, end);
        }
        self.is_over(now, conditions);
    }

    /// For loss both ways: when inbound loss ends, assumes that outbound loss has ended too, because the next report may
    /// take long. If that report says otherwise, the condition goes on as if it had never ended.
    pub(super) fn inbound_is_over(&mut self, now: Timestamp, ended: Timestamp, conditions: &mut Conditions) {
        let Some(lossy) = self.last_lossy_report.filter(|_| conditions.is_active(CONDITION)) else { return };
        let is_known = ended >= lossy.from && (lossy.to - ended <= SAME_TIME || lossy.is_partial(self.share(lossy)));
        if is_known && self.good_reports == 0 && !self.in_bursts {
            if let Some(end) = self.end_of_steady_loss(lossy, lossy.to, Some(ended)) {
                conditions.end_earlier(CONDITION, end);
            }
            self.is_over(now, conditions);
        }
    }

    fn is_over(&mut self, now: Timestamp, conditions: &mut Conditions) {
        let Some(lossy) = self.last_lossy_report else { return };
        conditions.clear(CONDITION, now, lossy.to);
        self.evidence.forget();
    }

    /// The share of whole reports, as far as it is known.
    fn share(&self, lossy: Report) -> f64 {
        let (lost, sent) = self.middle_reports;
        if sent > 0.0 { lost / sent } else { lossy.share() }
    }

    /// Steady loss ended in a report that is good as a whole: the part of it that it filled.
    fn extend_into_good_report(&mut self, good: Report, lossy: Report, conditions: &mut Conditions) {
        let (lost, sent) = self.middle_reports;
        if self.in_bursts || good.from != lossy.to || good.lost < MIN_LOST_PACKETS || sent <= 0.0 {
            return;
        }
        let part = good.lossy_part(lost / sent);
        self.good_report_has_tail = true;
        conditions.extend_over(CONDITION, Some((good.from, good.from.after(part))), None);
    }

    /// When steady loss ended: in the newest bad report, if its share is less than that of those before. Where that of the
    /// customer's packets ended in the same time, both did.
    fn end_of_steady_loss(&self, lossy: Report, good_from: Timestamp, inbound: Option<Timestamp>) -> Option<Timestamp> {
        let (lost, sent) = self.middle_reports;
        if self.in_bursts || sent <= 0.0 || good_from != lossy.to || self.good_report_has_tail {
            return None;
        }
        let share = lost / sent;
        let part = lossy.lossy_part(share);
        let fits = |end: &Timestamp| *end < lossy.to && (*end - lossy.from).0 >= PARTIAL_RATIO * part.0;
        inbound.filter(fits).or_else(|| lossy.is_partial(share).then(|| lossy.from.after(part)))
    }

    /// A second in which a good part of the customer's packets was missing: so many.
    pub(super) fn inbound_outage(&mut self, second: Interval, missing: f64) {
        let begun = self.inbound.outage.map_or(second.from, |(begun, _)| begun);
        self.inbound.outage = Some((begun, second.to));
        self.inbound.missing += missing;
    }

    /// Takes the packets that went out in a second.
    pub(super) fn sent(&mut self, packets: f64) {
        self.sent += packets;
    }

    /// What was before says nothing about what comes after.
    pub(super) fn forget(&mut self) {
        self.evidence.forget();
        self.inbound = Inbound::default();
        self.counted = None;
        self.sent = 0.0;
    }
}
