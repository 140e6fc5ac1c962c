//! Gaps in what the agent hears that arise in the computer: packets arrive, and the loudspeaker does not get its sound in
//! time, or none of it (rule D7). The Voice SDK sees nothing of it: its figures are perfect meanwhile.

use crate::call::interval::Interval;
use crate::condition::{ConditionName, Conditions};
use crate::input::stats::{Playout, Statistics};
use crate::input::units::{Milliseconds, Percent};
use std::collections::VecDeque;

const CONDITION: ConditionName = ConditionName::PlayoutGaps;

/// Share of a second's sound that was made up for the loudspeaker beyond which the second is bad.
pub(crate) const SYNTHESIZED: Percent = Percent(1.0);
/// Share of two seconds' sound that the loudspeaker never asked for beyond which the second of them is bad. A process
/// that gets a seventh of a processor plays 75 % of its sound, and a healthy one all; a reading that comes 100 ms late
/// makes 5 % of two seconds.
pub(crate) const SHORTFALL: Percent = Percent(10.0);
/// From here on nothing is played at all: that is no gap, but a loudspeaker that is not there; or, if packets come that
/// were played before, a browser that has stopped playing them.
const NOTHING_PLAYED: Percent = Percent(95.0);
/// One stop lasts no longer than this. It may lie across two readings, and is one all the same: who heard it can do
/// nothing about it any more.
pub(crate) const LONGEST_STOP: Milliseconds = Milliseconds(1000.0);
/// Readings that are judged together, and bad ones among them that raise.
pub(crate) const WINDOW: usize = 3;
pub(crate) const RAISE_AT: usize = 2;
/// Good readings in a row that clear.
const CLEAR_AT: u32 = 5;

/// One reading: when it was taken, and what had been played by then.
#[derive(Clone, Copy, Debug)]
struct Reading {
    second: Interval,
    playout: Playout,
    /// Nothing of the second's packets was played.
    stands_still: bool,
}

/// How well a second was played.
#[derive(Clone, Copy, Debug, PartialEq)]
enum PlayoutGrade {
    Complete,
    /// Too much of it was made up, or nothing of it was played.
    Concealed,
    /// The loudspeaker did not ask for so much of it.
    Underrun(Milliseconds),
    /// The missing audio may be the rest of the previous second's interruption.
    SameUnderrun,
}

fn share_of(missing: Milliseconds, elapsed: Milliseconds) -> Percent {
    Percent(if elapsed.0 > 0.0 { 100.0 * missing.0 / elapsed.0 } else { 0.0 })
}

/// Detects gaps in what the loudspeaker plays.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlayoutGaps {
    /// The newest readings, two seconds of them.
    readings: VecDeque<Reading>,
    grades: VecDeque<PlayoutGrade>,
    good_in_a_row: u32,
    /// The whole of the newest reading.
    before: Option<Statistics>,
    /// The first bad second that no run of good ones separates from now, and the last.
    span: Option<Interval>,
}

impl PlayoutGaps {
    /// Takes the reading of the second until now.
    pub(crate) fn observe(&mut self, second: Interval, read: &Statistics, conditions: &mut Conditions) {
        let Some(playout) = read.playout else { return self.forget() };
        let stands_still = self.before.replace(*read).is_some_and(|before| read.stands_still_since(&before));
        let reading = Reading { second, playout, stands_still };
        let grade = self.grade(reading);
        if self.readings.len() == 2 {
            self.readings.pop_front();
        }
        self.readings.push_back(reading);
        let Some(grade) = grade else { return };
        if self.grades.len() == WINDOW {
            self.grades.pop_front();
        }
        self.grades.push_back(grade);
        let is_bad = grade != PlayoutGrade::Complete;
        if is_bad {
            self.good_in_a_row = 0;
            let from = self.span.map_or(second.from, |span| span.from);
            self.span = Some(Interval { from, to: second.to });
        } else {
            self.good_in_a_row = self.good_in_a_row.saturating_add(1);
        }
        if let Some(span) = self.span {
            let is_counted =
                |grade: &&PlayoutGrade| matches!(grade, PlayoutGrade::Concealed | PlayoutGrade::Underrun(_));
            if self.grades.iter().filter(is_counted).count() >= RAISE_AT {
                conditions.raise(CONDITION, second.to, span.from, None);
            }
            if is_bad {
                conditions.extend(CONDITION, Some(second.to), None);
            }
            if self.good_in_a_row >= CLEAR_AT {
                conditions.clear(CONDITION, second.to, span.to);
                self.span = None;
            }
        }
    }

    /// The grade of the time since the reading before; `None` where it cannot be told.
    fn grade(&self, reading: Reading) -> Option<PlayoutGrade> {
        if reading.stands_still {
            return Some(PlayoutGrade::Concealed);
        }
        let before = self.readings.back()?;
        if reading.playout.synthesized_since(before.playout)? > SYNTHESIZED {
            return Some(PlayoutGrade::Concealed);
        }
        // After a standstill the second before has none of its sound.
        let earlier = self.readings.front().filter(|_| self.readings.len() == 2 && !before.stands_still);
        let is_short = |missing: Milliseconds, since: &Reading| {
            let share = share_of(missing, reading.second.to - since.second.to);
            share > SHORTFALL && share < NOTHING_PLAYED
        };
        let missing = reading.missing_since(before);
        let is_short = earlier.is_some_and(|earlier| is_short(reading.missing_since(earlier), earlier))
            // What the second before lacked is that one's.
            && share_of(missing, reading.second.to - before.second.to) > SHORTFALL;
        Some(match self.grades.back() {
            _ if !is_short => PlayoutGrade::Complete,
            Some(PlayoutGrade::Underrun(earlier)) if earlier.0 + missing.0 <= LONGEST_STOP.0 => {
                PlayoutGrade::SameUnderrun
            }
            _ => PlayoutGrade::Underrun(missing),
        })
    }

    /// Forgets what was before a data gap.
    pub(crate) fn forget(&mut self) {
        self.readings.clear();
        self.before = None;
        self.grades.clear();
        self.good_in_a_row = 0;
        self.span = None;
    }
}

impl Playout {
    /// Share of the sound between two readings that was made up; `None` where it would be more than all.
    pub(crate) fn synthesized_since(self, earlier: Self) -> Option<Percent> {
        let total = self.total - earlier.total;
        let share = 100.0 * (self.synthesized - earlier.synthesized).max(0.0) / total;
        (total > 0.0 && share <= 100.0).then_some(Percent(share))
    }
}

impl Reading {
    /// Sound that the loudspeaker did not ask for since another reading.
    fn missing_since(&self, earlier: &Self) -> Milliseconds {
        let elapsed = self.second.to - earlier.second.to;
        Milliseconds(elapsed.0 - (self.playout.total - earlier.playout.total) * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::units::Timestamp;

    /// The seconds in which the condition is up, of seconds with these milliseconds played and made up, each reading so
    /// many milliseconds late.
    fn raised(seconds: &[(f64, f64, i64)]) -> Vec<usize> {
        let mut gaps = PlayoutGaps::default();
        let mut conditions = Conditions::from(Timestamp(0));
        let mut playout = Playout::default();
        let mut from = Timestamp(0);
        let mut raised = Vec::new();
        for (index, (total, synthesized, late)) in seconds.iter().enumerate() {
            playout.total += total / 1000.0;
            playout.synthesized += synthesized / 1000.0;
            let second = Interval { from, to: Timestamp((index as i64 + 1) * 1000 + late) };
            from = second.to;
            let read = Statistics { playout: Some(playout), ..Statistics::default() };
            gaps.observe(second, &read, &mut conditions);
            if conditions.is_active(CONDITION) {
                raised.push(index);
            }
        }
        raised
    }

    #[test]
    fn two_of_three_seconds_with_made_up_sound_raise_and_five_good_ones_clear() {
        let mut seconds = vec![(1000.0, 0.0, 0); 3];
        seconds.extend([(1000.0, 20.0, 0), (1000.0, 0.0, 0), (1000.0, 15.0, 0)]);
        seconds.extend([(1000.0, 0.0, 0); 6]);
        assert_eq!(raised(&seconds), (5..10).collect::<Vec<_>>());
    }

    #[test]
    fn a_loudspeaker_that_asks_for_three_quarters_of_its_sound_has_gaps() {
        let mut seconds = vec![(1000.0, 0.0, 0); 3];
        seconds.extend([(750.0, 0.0, 0); 4]);
        assert_eq!(raised(&seconds), [5, 6]);
        // More than one stop can lack.
        seconds.truncate(3);
        seconds.extend([(400.0, 0.0, 0); 4]);
        assert_eq!(raised(&seconds), [4, 5, 6]);
    }

    #[test]
    fn one_stop_of_the_loudspeaker_counts_once_wherever_it_lies() {
        for (first, second) in [(600.0, 0.0), (300.0, 300.0), (480.0, 120.0), (150.0, 450.0)] {
            let mut seconds = vec![(1000.0, 0.0, 0); 3];
            seconds.extend([(1000.0 - first, 0.0, 0), (1000.0 - second, 0.0, 0)]);
            seconds.extend([(1000.0, 0.0, 0); 6]);
            assert_eq!(raised(&seconds), [0; 0], "{first} {second}");
        }
    }

    #[test]
    fn a_second_stop_two_seconds_after_the_first_is_another_one() {
        let mut seconds = vec![(1000.0, 0.0, 0); 3];
        seconds.extend([(400.0, 0.0, 0), (1000.0, 0.0, 0), (400.0, 0.0, 0)]);
        assert_eq!(raised(&seconds), [5]);
    }

    #[test]
    fn readings_that_come_late_now_and_then_are_no_gaps() {
        let late = [0, 100, 0, 0, 120, 0, 90, 0, 0];
        let seconds: Vec<_> = late.iter().map(|late| (1000.0, 0.0, *late)).collect();
        assert_eq!(raised(&seconds), [0; 0]);
    }

    #[test]
    fn a_loudspeaker_that_is_not_there_is_no_busy_computer() {
        let mut seconds = vec![(1000.0, 0.0, 0); 3];
        seconds.extend([(0.0, 0.0, 0); 6]);
        assert_eq!(raised(&seconds), [0; 0]);
    }
}
