//! The round-trip time of the path that the media takes, as ICE's connectivity checks measure it (rule D7).

use crate::input::stats::Statistics;
use crate::input::units::{Milliseconds, Timestamp};

/// For how long after an answered check the round-trip time is believed. Chromium checks every 2.5 s, Firefox every 4
/// to 6 s (RFC 7675), and an answer is read a second late at most.
const ANSWERED_FOR: Milliseconds = Milliseconds(7500.0);

/// Follows the round-trip time of the candidate pair in use, as long as its connectivity checks are answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    /// Checks answered so far, in the newest reading that counts them.
    responses: Option<f64>,
    /// When their number last grew.
    answered_at: Option<Timestamp>,
}

impl Path {
    /// The round-trip time in a reading. If a pair's checks are not answered, its round-trip time is old: it is not the
    /// pair in use, or nothing passes. If the browser does not count the answers, the reading is believed.
    pub(crate) fn rtt(&mut self, now: Timestamp, read: &Statistics) -> Option<Milliseconds> {
        let Some(responses) = read.path_responses else {
            return read.path_rtt;
        };
        match self.responses.replace(responses) {
            Some(before) if responses > before => self.answered_at = Some(now),
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
    fn another_pair_has_to_be_answered_first() {
        assert_eq!(seconds_with_rtt(&[Some(7.0), Some(8.0), Some(2.0), Some(2.0), Some(3.0)]), [1, 4]);
    }

    #[test]
    fn where_answers_are_not_counted_the_reading_is_taken_at_its_word() {
        assert_eq!(seconds_with_rtt(&[None; 3]), [0, 1, 2]);
    }
}
