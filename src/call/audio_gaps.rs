//! Gaps in the customer's audio (rule D7): seconds without packets that the Voice SDK does not count as lost, because the
//! sequence numbers then go on as if nothing had been; seconds in a row of which much is concealed; interruptions that come back.

use crate::call::interval::Interval;
use crate::call::recurring_interruptions::RecurringInterruptions;
use crate::condition::{ConditionName, Conditions};
use crate::input::sample::Packets;
use crate::input::units::{Milliseconds, Timestamp};

const CONDITION: ConditionName = ConditionName::AudioGaps;

/// Samples closer together than this are those of a page that was busy: the second one has nothing to tell.
pub(crate) const SHORTEST_SECOND: Milliseconds = Milliseconds(500.0);
/// Seconds in a row of which much was made up that are a gap across them.
pub(crate) const CONCEALED_TO_RAISE: u32 = 2;
/// Share of a second's sound that was made up, beyond what lost packets explain, that each of them has to reach (1.5 s, at whatever moment it begins, makes up at least 0.5 of one of two and 0.75 of the other). A busy
/// machine made up 0.48 of a lone second (clean_opus), and 0.30 and 0.22 of two in a row (clean).
pub(crate) const MIN_CONCEALED_SHARE: f64 = 0.4;
/// Good samples in a row, one a second, that clear.
pub(crate) const CLEAR_AT: u32 = 5;
/// The last of them may come so much early.
const EARLY: Milliseconds = Milliseconds(200.0);
/// Good time that clears. Gaps less than this apart are one episode.
const CLEAR_AFTER: Milliseconds = Milliseconds(1000.0 * CLEAR_AT as f64 - EARLY.0);

/// After a second in which only the counters stalled, the next one has at least this many times the usual packets, both
/// ways.
const CATCH_UP_RATIO: f64 = 1.5;

/// Seconds in a row, each with a large made-up share.
#[derive(Clone, Copy, Debug)]
struct ConcealedRun {
    span: Interval,
    seconds: u32,
}

/// What went each way in a second.
#[derive(Clone, Copy, Debug)]
struct BothWays {
    received: f64,
    sent: f64,
}

/// Detects gaps in the customer's audio, from samples and, where they are available, statistics.
///
/// A second in which nothing at all arrives is a gap by itself: discontinuous transmission (Opus DTX: a packet every
/// 400 ms; comfort noise, RFC 3389: several a second) thins packets out in silence but never stops them. Whether a
/// thinner second is silence or half a gap only the peer connection knows: it makes sound up in a gap and not in
/// silence.
#[derive(Clone, Debug, Default)]
pub(crate) struct AudioGaps {
    /// Something has arrived in this call: before that it has not begun.
    began: bool,
    /// End of the last second without packets, or largely made up.
    bad_until: Timestamp,
    /// Made-up seconds, should the next be one too.
    concealed: Option<ConcealedRun>,
    /// The newest second, if packets went both ways.
    before: Option<BothWays>,
    interruptions: RecurringInterruptions,
    /// The second before, with packets, and the one in which there were none: the next one shows whether it was a gap.
    possible_stall: Option<(Interval, BothWays)>,
}

impl AudioGaps {
    /// Takes one second's packets, and the bytes that were sent in it.
    pub(crate) fn observe(
        &mut self,
        second: Interval,
        packets: Option<Packets>,
        sent: Option<f64>,
        conditions: &mut Conditions,
    ) {
        let before = self.before.take();
        let possible_stall = self.possible_stall.take();
        let both_ways = packets.zip(sent).map(|(packets, sent)| BothWays { received: packets.received, sent });
        self.before = both_ways.filter(|both| both.received >= 1.0 && both.sent >= 1.0);
        if let Some((still, before)) = possible_stall
            && still.to == second.from
        {
            let doubled = self.before.is_some_and(|now| {
                now.received >= CATCH_UP_RATIO * before.received && now.sent >= CATCH_UP_RATIO * before.sent
            });
            if doubled {
                // Otherwise the next second would seem to have only half of the usual packets.
                self.before = Some(before);
            } else {
                self.extend_gap(second.to, still, conditions);
            }
        }
        let Some(packets) = packets.filter(|_| second.to - second.from >= SHORTEST_SECOND) else {
            return;
        };
        if let Some(interruption) = self.interruptions.observe(second, packets) {
            self.extend_gap(second.to, interruption, conditions);
        }
        // Other packets that are counted as lost are the business of another condition.
        let no_packets = packets.received < 1.0 && packets.lost <= 0.0;
        self.began |= packets.received >= 1.0;
        if conditions.is_active(ConditionName::LowBytesReceived) {
            // Nothing at all any more: that is another trouble, and its end is the end of this one.
            conditions.clear(CONDITION, second.to, self.bad_until);
        } else if no_packets && self.began {
            match before.filter(|_| both_ways.is_some_and(|both| both.sent < 1.0)) {
                Some(before) => self.possible_stall = Some((second, before)),
                None => self.extend_gap(second.to, second, conditions),
            }
        } else if self.concealed.is_none() && second.to - self.bad_until >= CLEAR_AFTER {
            conditions.clear(CONDITION, second.to, self.bad_until);
        }
    }

    /// Takes the share of a second's sound that was made up without a packet lost.
    pub(crate) fn concealed(&mut self, second: Interval, share: f64, conditions: &mut Conditions) {
        let before = self.concealed.take();
        // Seconds without any packet are already a gap; the partly filled second after them must not start another.
        if share < MIN_CONCEALED_SHARE || !self.began || conditions.is_active(ConditionName::LowBytesReceived) {
            return;
        }
        let run = match before.filter(|before| before.span.to == second.from) {
            Some(ConcealedRun { span, seconds }) => {
                ConcealedRun { span: Interval { from: span.from, to: second.to }, seconds: seconds + 1 }
            }
            None => ConcealedRun { span: second, seconds: 1 },
        };
        self.concealed = Some(run);
        if run.seconds >= CONCEALED_TO_RAISE {
            self.extend_gap(second.to, run.span, conditions);
        }
    }

    fn extend_gap(&mut self, now: Timestamp, second: Interval, conditions: &mut Conditions) {
        self.bad_until = self.bad_until.max(second.to);
        conditions.raise(CONDITION, now, second.from, None);
        conditions.extend(CONDITION, Some(second.to), None);
    }

    /// Whether the newest second may be one in which only the statistics stood still.
    pub(crate) fn is_undecided(&self) -> bool {
        self.possible_stall.is_some()
    }

    /// Whether short interruptions have come back, and may do so again.
    pub(crate) fn recur(&self, now: Timestamp) -> bool {
        self.interruptions.recur(now)
    }

    /// Forgets what was before a data gap.
    pub(crate) fn forget(&mut self) {
        self.interruptions.forget();
        self.concealed = None;
        self.before = None;
        self.possible_stall = None;
    }
}
