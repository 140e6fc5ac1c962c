//! The round-trip time of the path that the media takes, as ICE's connectivity checks measure it (rule D7).

use crate::input::stats::Statistics;
use crate::input::units::{Milliseconds, Timestamp};

/// For how long after an answered check the round-trip time is believed. Chromium checks every 2.5 s, Firefox every 4
/// to 6 s (RFC 7675), and an answer is read a second late at most.
const ANSWERED_FOR: Milliseconds = Milliseconds(7500.0);

/// Checks are this far apart at most, once a call has settled (Chromium).
const CHECKED_EVERY: Milliseconds = Milliseconds(2500.0);
/// A reading is made once a second: an answer may have come so long before it is seen.
const READ_EVERY: Milliseconds = Milliseconds(1000.0);

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
pub(crate) struct Path {
    /// Checks answered so far, in the newest reading that counts them.
    responses: Option<f64>,
    /// When their number last grew.
    answered_at: Option<Timestamp>,
    /// What the newest reading shows to have been late.
    late: Option<LateAnswers>,
}

impl LateAnswers {
    /// Several answers were read now, and none since the last one.
    fn between(last: Timestamp, now: Timestamp) -> Option<Self> {
        let from = last.after(CHECKED_EVERY);
        let rtt = now.before(READ_EVERY) - from;
        (rtt.0 > 0.0).then_some(Self { from, rtt })
    }
}

impl Path {
    /// Answers in the newest reading that came late. While the path is stuck, no reading shows it.
    pub(crate) fn late_answers(&self) -> Option<LateAnswers> {
        self.late
    }

    /// The round-trip time in a reading. If a pair's checks are not answered, its round-trip time is old: it is not the
    /// pair in use, or nothing passes. If the browser does not count the answers, the reading is believed.
    pub(crate) fn rtt(&mut self, now: Timestamp, read: &Statistics) -> Option<Milliseconds> {
        self.late = None;
        let Some(responses) = read.path_responses else {
            return read.path_rtt;
        };
        match self.responses.replace(responses) {
            Some(before) if responses > before => {
                let last = self.answered_at.replace(now);
                self.late = last.filter(|_| responses - before >= 2.0).and_then(|last| LateAnswers::between(last, now));
            }
            // Another pair, of which nothing is known yet.
            Some(before) if responses < before => self.answered_at = None,
            _ => {}
        }
        read.path_rtt.filter(|_| self.answered_at.is_some_and(|at| now - at <= ANSWERED_FOR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(responses: Option<f64>) -> Statistics {
        Statistics { path_rtt: Some(Milliseconds(512.0)), path_responses: responses, ..Statistics::default() }
    }

    /// The seconds, of one reading a second, in which the round-trip time is known.
    fn seconds_with_rtt(responses: &[Option<f64>]) -> Vec<i64> {
        let mut path = Path::default();
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
        let mut path = Path::default();
        let mut late = |second: i64, responses| {
            path.rtt(Timestamp(second * 1000), &read(Some(responses)));
            path.late_answers()
        };
        assert_eq!([late(0, 1.0), late(2, 2.0), late(3, 4.0), late(9, 5.0)], [None; 4]);
        assert_eq!(late(16, 7.0), Some(LateAnswers { from: Timestamp(11_500), rtt: Milliseconds(3500.0) }));
        assert_eq!(late(17, 7.0), None);
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
