//! What one agent is spared in one shift: more notices than the budget has, and those of the call that they snoozed
//! (rules N2 and C6).
//!
//! It outlives the page: its owner keeps [`Shift::to_text`] and gives it back to [`Shift::parse`].

use crate::condition::diagnosis::Urgency;
use crate::input::units::{Milliseconds, Timestamp, WallTime};
use crate::versioned_json;
use serde::{Deserialize, Serialize};

/// No shift is longer: who never goes Offline gets a new budget after this.
pub(crate) const MAX_SHIFT: Milliseconds = Milliseconds(12.0 * 3_600_000.0);
/// The version of the stored format.
const VERSION: u32 = 2;
/// How a text of the format before begins, which is read and not written any more.
const VERSION_1_PREFIX: &str = "shift1 ";

/// Counts the agent's interruptions in one shift, and remembers the snoozed call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shift {
    /// `None`: the agent is Offline, or nothing is known yet.
    since: Option<Timestamp>,
    announced: u32,
    /// When a test call was begun in this shift, or before it since the last one ended.
    preflight: Option<Timestamp>,
    /// The call that was snoozed last (task SID, or else CallSid), and the highest urgency that stays hidden.
    snoozed: Option<(String, Urgency)>,
}

impl Shift {
    /// The agent is Offline, which ends the shift, or not, which begins one. Whether anything has changed.
    pub(crate) fn activity(&mut self, now: Timestamp, offline: bool) -> bool {
        let before = self.since;
        if offline {
            // A test call made while Offline counts for the next shift, so it is kept.
            *self = Self { preflight: self.preflight.filter(|_| before.is_none()), ..Self::default() };
        } else if !self.is_on(now) {
            *self = Self { since: Some(now), preflight: self.preflight, ..Self::default() };
        }
        self.since != before
    }

    /// Whether one of `max` is left for something that the agent is to notice.
    pub(crate) fn may_announce(&self, now: Timestamp, max: u32) -> bool {
        let announced = if self.is_on(now) { self.announced } else { 0 };
        announced < max
    }

    /// Takes one of `max` for something that the agent is to notice; false: none is left.
    pub(crate) fn announce(&mut self, now: Timestamp, max: u32) -> bool {
        self.activity(now, false);
        let is_left = self.announced < max;
        self.announced = self.announced.saturating_add(u32::from(is_left));
        is_left
    }

    /// Takes the one test call of the shift, also of one that has not begun yet; false: it has been made.
    pub(crate) fn begin_preflight(&mut self, now: Timestamp) -> bool {
        if self.preflight.is_some_and(|at| now - at < MAX_SHIFT) {
            return false;
        }
        self.preflight = Some(now);
        true
    }

    /// The test call was not made after all; false: none was noted.
    pub(crate) fn give_preflight_back(&mut self) -> bool {
        self.preflight.take().is_some()
    }

    /// Whether the shift goes on.
    fn is_on(&self, now: Timestamp) -> bool {
        self.since.is_some_and(|since| now - since < MAX_SHIFT)
    }

    /// The agent snoozes this call, or none any more.
    pub(crate) fn snooze(&mut self, call: Option<(String, Urgency)>) {
        self.snoozed = call;
    }

    /// From which urgency on a call is snoozed that has one of these names.
    pub(crate) fn snoozed(&self, names: [&Option<String>; 2]) -> Option<Urgency> {
        let (snoozed, urgency) = self.snoozed.as_ref()?;
        names.into_iter().flatten().any(|name| name == snoozed).then_some(*urgency)
    }

    /// As it is stored. `now` and `wall` are the same moment on the two clocks.
    #[must_use]
    pub fn to_text(&self, now: Timestamp, wall: WallTime) -> String {
        let at = |time: Timestamp| WallTime(wall.0 - (now - time).0);
        let (since, preflight) = (self.since.map(at), self.preflight.map(at));
        let snoozed = self.snoozed.clone().map(|(call, urgency)| Snoozed { call, urgency });
        versioned_json::to_text(VERSION, &Stored { since, announced: self.announced, preflight, snoozed })
    }

    /// What [`Shift::to_text`] wrote, in an earlier page perhaps; anything else is no shift.
    #[must_use]
    pub fn parse(text: &str, now: Timestamp, wall: WallTime) -> Option<Self> {
        let Stored { since, announced, preflight, snoozed } = match text.strip_prefix(VERSION_1_PREFIX) {
            Some(words) => first_form(words)?,
            None => versioned_json::parse(VERSION, text).ok()?,
        };
        // A clock that was set back makes it no shift of tomorrow.
        let began = |since: WallTime| now.before(Milliseconds((wall.0 - since.0).max(0.0)));
        let snoozed = snoozed.map(|Snoozed { call, urgency }| (call, urgency));
        Some(Self { since: since.map(began), announced, preflight: preflight.map(began), snoozed })
    }
}

/// A shift as it is stored: by the time of day.
#[derive(Serialize, Deserialize)]
struct Stored {
    since: Option<WallTime>,
    announced: u32,
    /// Earlier releases made none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preflight: Option<WallTime>,
    snoozed: Option<Snoozed>,
}

#[derive(Serialize, Deserialize)]
struct Snoozed {
    call: String,
    urgency: Urgency,
}

/// Words: since when, or 0; how many announced; from which urgency on, down, which call is snoozed.
fn first_form(words: &str) -> Option<Stored> {
    let mut words = words.split(' ');
    let since: u64 = words.next()?.parse().ok()?;
    let announced = words.next()?.parse().ok()?;
    let urgency = match words.next() {
        Some("1") => Urgency::Critical,
        Some("2") => Urgency::Quiet,
        _ => Urgency::Warning,
    };
    let snoozed = words.next().map(|call| Snoozed { call: call.to_owned(), urgency });
    Some(Stored { since: (since > 0).then_some(WallTime(since as f64)), announced, preflight: None, snoozed })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: WallTime = WallTime(1_700_000_000_000.0);
    const HOUR: i64 = 3_600_000;

    fn left(shift: &mut Shift, now: i64) -> usize {
        (0..100).take_while(|_| shift.announce(Timestamp(now), 6)).count()
    }

    #[test]
    fn a_shift_has_its_budget_once_and_the_next_one_again() {
        let mut shift = Shift::default();
        assert_eq!(left(&mut shift, 0), 6);
        assert_eq!(left(&mut shift, 11 * HOUR), 0);
        shift.activity(Timestamp(11 * HOUR), true);
        assert_eq!(left(&mut shift, 11 * HOUR), 6);
    }

    #[test]
    fn an_agent_who_never_goes_offline_gets_a_new_budget_after_twelve_hours() {
        let mut shift = Shift::default();
        shift.activity(Timestamp(0), false);
        assert_eq!(left(&mut shift, HOUR), 6);
        assert!(!shift.activity(Timestamp(2 * HOUR), false), "going on a break begins no shift");
        assert_eq!(left(&mut shift, 12 * HOUR - 1), 0);
        assert_eq!(left(&mut shift, 12 * HOUR), 6);
    }

    #[test]
    fn a_test_call_is_made_once_a_shift_whether_before_it_or_in_it() {
        let mut shift = Shift::default();
        assert!(shift.begin_preflight(Timestamp(0)));
        // A page that is loaded again finds the agent Offline.
        let text = shift.to_text(Timestamp(1000), NOON);
        let mut shift = Shift::parse(&text, Timestamp(0), NOON).unwrap();
        shift.activity(Timestamp(0), true);
        assert!(!shift.begin_preflight(Timestamp(0)));
        shift.activity(Timestamp(HOUR), false);
        assert!(!shift.begin_preflight(Timestamp(2 * HOUR)));
        shift.activity(Timestamp(8 * HOUR), true);
        assert!(shift.begin_preflight(Timestamp(8 * HOUR)));
        shift.activity(Timestamp(9 * HOUR), false);
        assert!(!shift.begin_preflight(Timestamp(19 * HOUR)));
        assert!(shift.begin_preflight(Timestamp(20 * HOUR)), "no shift is longer than twelve hours");
    }

    #[test]
    fn a_budget_of_nothing_announces_nothing() {
        assert!(!Shift::default().announce(Timestamp(0), 0));
    }

    #[test]
    fn a_reload_changes_nothing() {
        let mut shift = Shift::default();
        assert!(shift.announce(Timestamp(5000), 6));
        let names = [Some("WT1".to_owned()), Some("CA1".to_owned()), None];
        let snoozed = |shift: &Shift| shift.snoozed([&names[0], &names[2]]);
        for urgency in [Some(Urgency::Warning), Some(Urgency::Critical), Some(Urgency::Quiet), None] {
            shift.snooze(names[0].clone().zip(urgency));
            let text = shift.to_text(Timestamp(65_000), NOON);
            // The new page's clock begins with it.
            let again = Shift::parse(&text, Timestamp(200), WallTime(NOON.0 + 10_000.0)).unwrap();
            assert_eq!((again.since, again.announced), (Some(Timestamp(200 - 70_000)), 1));
            assert_eq!((snoozed(&again), again.snoozed([&names[1], &names[2]])), (urgency, None));
        }
    }

    #[test]
    fn what_is_no_shift_is_not_read_and_a_clock_that_was_set_back_does_no_harm() {
        for text in ["", "1\npending", "shift1", "shift1 x 1", "shift1 5"] {
            assert_eq!(Shift::parse(text, Timestamp(0), NOON), None, "{text}");
        }
        let mut shift = Shift::parse("shift1 1800000000000 6", Timestamp(0), NOON).unwrap();
        assert_eq!(left(&mut shift, 0), 0);
        assert_eq!(left(&mut shift, 12 * HOUR), 6);
    }
}
