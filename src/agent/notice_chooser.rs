//! What becomes the notice while something clears (rule N2).
//!
//! A condition clears some seconds after its last bad second, and some conditions sooner than others. If a network lost
//! packets both ways, the customer's are seen to arrive again while the last report about the agent's is still an old,
//! bad one. Showing what is left would be a second notice when all is over. So something else becomes the notice only
//! if it has been seen to be bad since, and still is.

use crate::condition::diagnosis::Diagnosis;
use crate::condition::{ConditionName, Conditions};
use crate::input::units::{Milliseconds, Timestamp};

/// Reports come every 2 to 8 s, and 10 to 12 s after a lost one. For so long the notice of an unsteady network stays as
/// it was, until they say whether the other direction is steady as well.
const OTHER_DIRECTION_KNOWN_AFTER: Milliseconds = Milliseconds(12_000.0);

/// Chooses what the agent of one call is shown.
///
/// Several things can happen at the same moment, in any order. Each choice is made from what was shown before that
/// moment, so that the last one does not depend on those between.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoticeChooser {
    chosen_at: Timestamp,
    before: Shown,
    after: Shown,
}

#[derive(Clone, Copy, Debug, Default)]
struct Shown {
    /// What was shown last.
    shown: Option<Diagnosis>,
    /// When the previous notice's trouble ended; older trouble is not shown again.
    over: Option<Timestamp>,
}

impl NoticeChooser {
    /// What to show now. `recurs`: short interruptions keep coming back. They are shown once, and not each of them.
    pub(crate) fn choose(&mut self, now: Timestamp, conditions: &Conditions, recurs: bool) -> Option<Diagnosis> {
        if now > self.chosen_at {
            self.before = self.after;
            self.chosen_at = now;
        }
        self.after = self.before;
        self.after.choose(now, conditions, recurs)
    }
}

impl Shown {
    fn choose(&mut self, now: Timestamp, conditions: &Conditions, recurs: bool) -> Option<Diagnosis> {
        let worst = Diagnosis::from_conditions(conditions);
        let Some(shown) = self.shown.filter(|shown| worst != Some(*shown)) else {
            self.shown = worst.or(self.shown);
            return worst;
        };
        if worst.is_none() && recurs && shown.is_network() {
            return Some(shown);
        }
        let own = |name: ConditionName| shown.conditions().contains(name) && conditions.is_active(name);
        let is_shown = Diagnosis::worst_of(own) == Some(shown);
        let clears = !is_shown || shown.conditions().iter().all(|name| !own(name) || conditions.is_clearing(name, now));
        // Conditions still active do not count when dating the end of the others.
        let stands = |name: ConditionName| own(name) && !conditions.is_clearing(name, now);
        let may_be_shown = |name: ConditionName| {
            let is_over = |other| other != name && !stands(other);
            let since = if clears { bad_until(shown, conditions, now, is_over) } else { None };
            let is_new = self.over.max(since).is_none_or(|since| conditions.is_bad_since(name, since));
            is_shown && own(name) || is_new && !(clears && conditions.is_clearing(name, now))
        };
        let chosen = Diagnosis::worst_of(|name| conditions.is_active(name) && may_be_shown(name));
        if let Some(chosen) = chosen {
            if clears {
                let is_over = |name| !chosen.conditions().contains(name) && !stands(name);
                let over = bad_until(shown, conditions, now, is_over);
                self.over = self.over.max(over);
            }
            self.shown = Some(chosen);
            return Some(chosen);
        }
        let until = bad_until(shown, conditions, now, |_| true);
        let is_undecided = shown.is_network()
            && worst.is_some_and(Diagnosis::is_network)
            && until.is_some_and(|until| now - until <= OTHER_DIRECTION_KNOWN_AFTER);
        is_undecided.then_some(shown)
    }
}

/// When some of a diagnosis's conditions were last seen to be bad.
fn bad_until(
    diagnosis: Diagnosis,
    conditions: &Conditions,
    now: Timestamp,
    counts: impl Fn(ConditionName) -> bool,
) -> Option<Timestamp> {
    let names = diagnosis.conditions().iter().filter(|name| counts(*name));
    names.filter_map(|name| conditions.bad_until(name, now)).max()
}
