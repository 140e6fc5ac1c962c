//! The conference that agent and customer meet in, as Flex shows it: who is on hold, and who has come.

use crate::input::units::Timestamp;

/// Somebody else in the conference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
pub struct Participant {
    /// A supervisor, who monitors the call.
    pub is_supervisor: bool,
    /// In the conference now: not still being called, and not gone.
    pub has_joined: bool,
    /// On hold.
    pub on_hold: bool,
}

impl Participant {
    /// By the words that Flex has for the type and the status of a participant.
    #[must_use]
    pub fn new(kind: &str, status: &str, on_hold: bool) -> Self {
        Self { is_supervisor: kind == "supervisor", has_joined: status == "joined", on_hold }
    }
}

/// Describes the call's conference: whether the agent's leg is on hold, and everybody else in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
pub struct Conference {
    /// The agent's own leg is on hold.
    pub on_hold: bool,
    /// Everybody else.
    pub others: Vec<Participant>,
}

impl Conference {
    /// Those who take part. Flex calls anybody who was put on hold a customer, so the type only tells who listens in.
    fn present(&self) -> impl Iterator<Item = &Participant> {
        self.others.iter().filter(|other| other.has_joined && !other.is_supervisor)
    }

    /// Whether nobody hears the agent: the agent's leg is on hold, or everybody else is (rule D6).
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.on_hold || self.has_others() && self.present().all(|other| other.on_hold)
    }

    /// Whether somebody else takes part.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.present().next().is_some()
    }
}

/// Whether the agent has had anybody to talk to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OtherParty {
    /// Flex has shown no conference.
    #[default]
    Unknown,
    /// Nobody else has come.
    Nobody,
    /// Somebody came then.
    Since(Timestamp),
}

impl OtherParty {
    /// Takes what Flex shows now. The first arrival sets the time.
    pub(crate) fn observe(&mut self, now: Timestamp, conference: &Conference) {
        if !matches!(self, Self::Since(_)) {
            *self = if conference.has_others() { Self::Since(now) } else { Self::Nobody };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(on_hold: bool, others: &[(&str, &str, bool)]) -> bool {
        let others = others.iter().map(|(kind, status, on_hold)| Participant::new(kind, status, *on_hold)).collect();
        Conference { on_hold, others }.is_held()
    }

    #[test]
    fn a_call_is_held_when_its_own_leg_is_or_everybody_else_is() {
        assert!(!held(false, &[("customer", "joined", false)]));
        assert!(held(false, &[("customer", "joined", true)]));
        assert!(held(true, &[("customer", "joined", false)]));
        assert!(held(false, &[("worker", "joined", true)]), "a colleague who is the only other one");
        assert!(held(false, &[("external", "joined", true)]));
    }

    #[test]
    fn in_a_consultation_whoever_is_not_on_hold_hears_the_agent() {
        assert!(!held(false, &[("customer", "joined", true), ("worker", "joined", false)]));
        assert!(!held(false, &[("customer", "joined", false), ("customer", "joined", true)]), "an external on hold");
        assert!(held(false, &[("customer", "joined", true), ("customer", "joined", true)]));
    }

    #[test]
    fn who_has_left_who_is_still_called_and_who_listens_in_do_not_count() {
        for status in ["left", "recently_left", "connecting", ""] {
            assert!(held(false, &[("customer", "joined", true), ("worker", status, false)]), "{status}");
            assert!(!held(false, &[("customer", "joined", false), ("worker", status, true)]), "{status}");
            assert!(!held(false, &[("customer", status, true)]), "nobody is there: {status}");
        }
        assert!(held(false, &[("customer", "joined", true), ("supervisor", "joined", false)]));
        assert!(!held(false, &[("supervisor", "joined", true)]));
        assert!(!held(false, &[]));
    }

    #[test]
    fn the_first_who_comes_says_since_when_somebody_is_there() {
        let with =
            |status: &str| Conference { on_hold: false, others: vec![Participant::new("customer", status, false)] };
        let mut company = OtherParty::default();
        company.observe(Timestamp(1000), &with("connecting"));
        assert_eq!(company, OtherParty::Nobody);
        company.observe(Timestamp(2000), &with("joined"));
        company.observe(Timestamp(3000), &with("left"));
        company.observe(Timestamp(4000), &with("joined"));
        assert_eq!(company, OtherParty::Since(Timestamp(2000)));
    }
}
