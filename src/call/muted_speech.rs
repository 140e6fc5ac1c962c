//! Whether the agent talks while muted: told once in each stretch of mute, quietly, and counted in nothing.
//!
//! Speech comes and goes several times a second, and rises far above what is between its words; a room's noise, however
//! loud, does neither. So neither the level alone counts nor how it compares with other calls, but how it moves. What is
//! spoken without a pause rises and falls as well, though it seldom falls back to the room's noise; and noise that is just
//! loud enough to count crosses any fixed level all the time.

use crate::condition::{ConditionName, Conditions};
use crate::input::units::{Milliseconds, Timestamp};
use std::collections::VecDeque;

const CONDITION: ConditionName = ConditionName::TalkingWhileMuted;

/// Levels that are looked back on.
pub(crate) const WINDOW: Milliseconds = Milliseconds(2000.0);
/// Levels that are remembered to know what the room is like.
const MEMORY: Milliseconds = Milliseconds(10_000.0);
/// How far above the quietest moment of the memory a level is loud; and how far it has to rise and fall to have moved. In a
/// lab's office (a fan, typing) two levels in a row differ by 0.08 at most, if no door is slammed.
const LOUD_ABOVE_FLOOR: f64 = 0.12;
/// Share of the window's levels that are loud when somebody speaks: the rest are pauses between words.
const MIN_LOUD_SHARE: f64 = 0.5;
/// How often it rises so far in the window: speech does, noise that begins or ends does once at most.
const MIN_RISES: usize = 2;
/// The least part of the window that has to be known.
const MIN_KNOWN: Milliseconds = Milliseconds(1400.0);
/// How long without a loud level means that nobody speaks any more.
const SILENT_AFTER: Milliseconds = Milliseconds(4000.0);

/// Looks for speech in the levels of a muted microphone.
#[derive(Clone, Debug, Default)]
pub(crate) struct MutedSpeech {
    levels: VecDeque<(Timestamp, f64)>,
    loud_at: Option<Timestamp>,
    /// It was told in this stretch of mute.
    is_told: bool,
}

impl MutedSpeech {
    /// The agent muted or unmuted.
    pub(crate) fn mute(&mut self, now: Timestamp, conditions: &mut Conditions) {
        conditions.clear(CONDITION, now, now);
        *self = Self::default();
    }

    /// Takes what the microphone hears while it is muted, 0 to 1.
    pub(crate) fn observe(&mut self, now: Timestamp, level: f64, conditions: &mut Conditions) {
        self.levels.push_back((now, level));
        while self.levels.front().is_some_and(|(at, _)| now - *at > MEMORY) {
            self.levels.pop_front();
        }
        let floor = self.levels.iter().map(|(_, level)| *level).fold(f64::INFINITY, f64::min);
        let is_loud = |level: f64| level >= floor + LOUD_ABOVE_FLOOR;
        if is_loud(level) {
            self.loud_at = Some(now);
            conditions.extend(CONDITION, Some(now), None);
        } else if self.loud_at.is_some_and(|at| now - at >= SILENT_AFTER) {
            conditions.clear(CONDITION, now, self.loud_at.unwrap_or(now));
        }
        let newest = || self.levels.iter().filter(|(at, _)| now - *at < WINDOW);
        let first = newest().next().map_or(now, |(at, _)| *at);
        let loud = newest().filter(|(_, level)| is_loud(*level)).count();
        let is_speech = loud as f64 >= MIN_LOUD_SHARE * newest().count() as f64
            && rises(newest().map(|(_, level)| *level)) >= MIN_RISES;
        if is_speech && now - first >= MIN_KNOWN && !self.is_told {
            self.is_told = true;
            conditions.raise(CONDITION, now, first, None);
        }
    }
}

/// How often levels rise by [`LOUD_ABOVE_FLOOR`] from where they had fallen to, having fallen by as much in between.
fn rises(levels: impl Iterator<Item = f64>) -> usize {
    let (mut count, mut is_up) = (0, false);
    // The highest level of a rise, the lowest of a fall.
    let mut turn = f64::INFINITY;
    for level in levels {
        turn = if is_up { turn.max(level) } else { turn.min(level) };
        let has_turned = if is_up { level <= turn - LOUD_ABOVE_FLOOR } else { level >= turn + LOUD_ABOVE_FLOOR };
        if has_turned {
            is_up = !is_up;
            turn = level;
            count += usize::from(is_up);
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When it is told, in milliseconds of mute, of levels every 250 ms.
    fn told(levels: impl IntoIterator<Item = f64>) -> Vec<i64> {
        let mut speech = MutedSpeech::default();
        let mut conditions = Conditions::from(Timestamp(0));
        let mut told = Vec::new();
        for (at, level) in (1..).map(|n| n * 250).zip(levels) {
            let before = conditions.is_active(CONDITION);
            speech.observe(Timestamp(at), level, &mut conditions);
            if conditions.is_active(CONDITION) && !before {
                told.push(at);
            }
        }
        told
    }

    /// Words of half a second with short pauses between them.
    fn words(seconds: usize) -> impl Iterator<Item = f64> {
        [0.3, 0.35, 0.05, 0.32, 0.28, 0.3, 0.04, 0.33].into_iter().cycle().take(seconds * 4)
    }

    #[test]
    fn somebody_who_talks_is_told_once_after_less_than_two_seconds() {
        let quiet = [0.04; 12];
        assert_eq!(told(quiet.into_iter().chain(words(20))).len(), 1);
        let at = told(quiet.into_iter().chain(words(20)))[0];
        assert!(at - 3000 <= 2000, "{at}");
        let again = words(4).chain([0.04; 40]).chain(words(10));
        assert_eq!(told(again).len(), 1, "once in a stretch of mute");
    }

    #[test]
    fn steady_noise_is_no_speech_however_loud_it_is_or_becomes() {
        let noise = (0..2400).map(|n| 0.3 + 0.02 * f64::from(n % 5));
        assert_eq!(told(noise), [0; 0]);
        let begins = [0.04; 40].into_iter().chain([0.4; 200]);
        assert_eq!(told(begins), [0; 0]);
        let ends = [0.4; 200].into_iter().chain([0.04; 40]).chain([0.4; 6]).chain([0.04; 40]);
        assert_eq!(told(ends), [0; 0]);
    }

    /// Measured in the lab, over speech that pauses for less than a quarter of a second.
    #[test]
    fn somebody_who_talks_without_a_pause_is_told_as_soon() {
        let speech = [0.0, 0.28, 0.41, 0.46, 0.14, 0.46, 0.45, 0.39, 0.43, 0.25, 0.3, 0.32, 0.48, 0.4, 0.48];
        assert_eq!(told(speech), [1750]);
        let room = [0.16, 0.17, 0.17, 0.16, 0.17, 0.18, 0.17, 0.17];
        assert_eq!(told(room.into_iter().chain(speech.map(|level: f64| level.max(0.17)))), [3500]);
    }

    /// Measured in the lab, in an office: after a moment of silence, a fan is just as loud as counts, or not quite.
    #[test]
    fn noise_that_hovers_where_loud_begins_is_no_speech() {
        let fan = [0.29, 0.28, 0.27, 0.29, 0.28, 0.28, 0.29, 0.27, 0.3, 0.28, 0.35, 0.31, 0.29, 0.27, 0.28, 0.42, 0.29];
        assert_eq!(told([0.163; 8].into_iter().chain(fan).chain(fan)), [0; 0]);
    }

    #[test]
    fn a_cough_or_a_knock_is_no_speech() {
        let knocks = (0..2400).map(|n| if n % 24 < 2 { 0.5 } else { 0.04 });
        assert_eq!(told(knocks), [0; 0]);
    }
}
