//! The round-trip time of the path that the media takes, as ICE's connectivity checks measure it (rule D7).

use crate::input::metric::Metric;
use crate::input::stats::Statistics;
use crate::input::units::{Milliseconds, Timestamp};

/// For how long after an answered check the round-trip time is believed. Chromium checks every 2.5 s, Firefox every 4
/// to 6 s (RFC 7675), and an answer is read a second late at most.
const ANSWERED_FOR: Milliseconds = Milliseconds(7500.0);

/// Checks are this far apart at most, once a call has settled (Chromium).
const CHECKED_EVERY: Milliseconds = Milliseconds(2500.0);

/// Checks whose answers came late, and together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LateAnswers {
    /// When the first of them was sent, at the latest.
    pub(crate) from: Timestamp,
    /// How long its answer took, at least.
    pub(crate) rtt: Milliseconds,
}

/// Follows the round-trip time of the candidate pair in use, as long as its connectivity checks are answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct IceRtt {
    /// Checks answered so far, in the newest reading that counts them.
    responses: Option<f64>,
    /// When that reading was made.
    read_at: Option<Timestamp>,
    /// When their number last grew.
    answered_at: Option<Timestamp>,
    /// What the newest reading shows to have been late.
    late: Option<LateAnswers>,
}

impl LateAnswers {
    /// Several answers arrived since `unanswered`, the previous reading. The answer before them was seen at `last`.
    fn between(last: Timestamp, unanswered: Timestamp) -> Option<Self> {
        let from = last.after(CHECKED_EVERY);
        let rtt = unanswered - from;
        (rtt.0 > 0.0 && Metric::Rtt.is_plausible(rtt.0)).then_some(Self { from, rtt })
    }
}

impl IceRtt {
    /// Answers in the newest reading that came late. While the path is stuck, no reading shows it.
    pub(crate) fn late_answers(&self) -> Option<LateAnswers> {
        self.late
    }

    /// The round-trip time in a reading. If a pair's checks are not answered, its round-trip time is old: it is not the
    /// pair in use, or nothing passes. If the browser does not count the answers, the reading is believed.
    pub(crate) fn rtt(&mut self, now: Timestamp, read: &Statistics) -> Option<Milliseconds> {
        self.late = None;
        let Some(responses) = read.ice_responses else {
            return read.ice_rtt;
        };
        let read_before = self.read_at.replace(now);
        match self.responses.replace(responses) {
            Some(before) if responses > before => {
                let last = self.answered_at.replace(now).filter(|_| responses - before >= 2.0);
                self.late = last.zip(read_before).and_then(|(last, before)| LateAnswers::between(last, before));
            }
            // Another pair, of which nothing is known yet.
            Some(before) if responses < before => self.answered_at = None,
            _ => {}
        }
        read.ice_rtt.filter(|_| self.answered_at.is_some_and(|at| now - at <= ANSWERED_FOR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(responses: Option<f64>) -> Statistics {
        Statistics { ice_rtt: Some(Milliseconds(512.0)), ice_responses: responses, ..Statistics::default() }
    }

    /// The seconds, of one reading a second, in which the round-trip time is known.
    fn seconds_with_rtt(responses: &[Option<f64>]) -> Vec<i64> {
        let mut path = IceRtt::default();
        let mut rtt = |second: i64, responses| path.rtt(Timestamp(second * 1000), &read(responses));
        (0..).zip(responses).filter_map(|(second, responses)| rtt(second, *responses).map(|_| second)).collect()
    }

    #[test]
    fn a_pair_whose_checks_were_never_seen_to_be_answered_tells_nothing() {
        assert_eq!(seconds_with_rtt(&[Some(2.0); 20]), [0; 0]);
    }

    #[test]
    fn a_pair_whose_checks_are_answered_every_six_seconds_tells_all_the_time() {
        let responses: Vec<_> = (0..30).map(|second| Some(f64::from(second / 6))).collect();
        assert_eq!(seconds_with_rtt(&responses), (6..30).collect::<Vec<_>>());
    }

    #[test]
    fn once_the_answers_stop_the_last_one_is_soon_an_old_one() {
        let responses: Vec<_> = (0..20).map(|second: u32| Some(f64::from(second.min(3)))).collect();
        assert_eq!(seconds_with_rtt(&responses), (1..=10).collect::<Vec<_>>());
    }

    #[test]
    fn several_answers_at_once_after_a_pause_show_how_late_the_first_of_them_was() {
        let mut path = IceRtt::default();
        let mut late = |second: i64, responses| {
            path.rtt(Timestamp(second * 1000), &read(Some(responses)));
            path.late_answers()
        };
        assert_eq!([late(0, 1.0), late(2, 2.0), late(3, 4.0), late(9, 5.0), late(15, 5.0)], [None; 5]);
        assert_eq!(late(16, 7.0), Some(LateAnswers { from: Timestamp(11_500), rtt: Milliseconds(3500.0) }));
        assert_eq!(late(17, 7.0), None);
    }

    #[test]
    fn answers_that_came_while_nobody_read_were_not_late() {
        let mut path = IceRtt::default();
        let mut late = |second: i64, responses| {
            path.rtt(Timestamp(second * 1000), &read(Some(responses)));
            path.late_answers()
        };
        // A computer that slept for an hour.
        assert_eq!([late(0, 1.0), late(2, 2.0), late(3, 2.0), late(3603, 9.0)], [None; 4]);
    }

    #[test]
    fn another_pair_has_to_be_answered_first() {
        assert_eq!(seconds_with_rtt(&[Some(7.0), Some(8.0), Some(2.0), Some(2.0), Some(3.0)]), [1, 4]);
    }

    #[test]
    fn where_answers_are_not_counted_the_reading_is_taken_at_its_word() {
        assert_eq!(seconds_with_rtt(&[None; 3]), [0, 1, 2]);
    }
}
