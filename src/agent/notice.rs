//! What the agent is shown during a call: one notice an episode, updated in place, and gone with the trouble (rule N2).
//!
//! A snoozed call says nothing more, unless it gets worse than what was snoozed: who has heard enough of an unsteady
//! network still wants to know that the customer hears nothing.

use crate::agent::explained_diagnosis::ExplainedDiagnosis;
use crate::condition::diagnosis::{Diagnosis, Urgency};
use crate::input::units::{Milliseconds, Timestamp};
use crate::localized_text::Text;

/// How long "fine again" stays: long enough to be read, too short to be in the way.
const RECOVERED_SHOWN_FOR: Milliseconds = Milliseconds(5000.0);

/// Improvement has to last this long before it is shown; worse trouble is shown at once. The end of an outage comes in
/// pieces (blackout10: the SDK takes back one direction a millisecond before the sample that shows
/// both), and each piece on its own would tell the agent something false.
const IMPROVED_AFTER: Milliseconds = Milliseconds(500.0);
/// "Fine again" is only said when it has been so for longer: a line that gives a byte now and then is not.
const RECOVERED_AFTER: Milliseconds = Milliseconds(2000.0);

/// Causes found later than this do not change the notice: nobody is interrupted twice.
pub(crate) const CAUSE_SHOWN_WITHIN: Milliseconds = Milliseconds(3000.0);

/// Whether the trouble is there, just over, or snoozed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is there.
    Active,
    /// It is over since a moment.
    Recovered,
    /// The agent wants to hear no more of it.
    Snoozed,
}

/// A notice. It keeps its number while it changes with the trouble: the page updates it in place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Notice {
    /// Number of the notice within the page's life.
    pub id: u32,
    /// Whether the trouble is there, just over, or snoozed.
    pub phase: Phase,
    /// What is wrong; of a snoozed call, what was snoozed.
    pub trouble: ExplainedDiagnosis,
    /// It is shown, but nobody's attention is called to it: both can hear each other as far as is known, or the shift's
    /// budget is used up.
    pub quiet: bool,
}

impl Notice {
    /// What the agent notices.
    #[must_use]
    pub fn symptom(&self) -> Text {
        match self.phase {
            Phase::Active => self.trouble.symptom(),
            Phase::Recovered => Text::plain("DeviceMonitoringRecovered"),
            Phase::Snoozed => Text::plain("DeviceMonitoringSnoozed"),
        }
    }

    /// Key of the one thing to do, while there is something to do.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        (self.phase == Phase::Active).then(|| self.trouble.advice())
    }

    /// Whether it only says that the trouble is over.
    #[must_use]
    pub(crate) fn is_recovery(&self) -> bool {
        self.phase == Phase::Recovered
    }

    /// Whether it is about trouble that is there, and not just a question.
    fn is_active_trouble(&self) -> bool {
        self.phase == Phase::Active && !self.trouble.diagnosis.is_question()
    }

    /// Whether it calls for the agent's attention.
    #[must_use]
    pub(crate) fn wants_attention(&self) -> bool {
        !self.quiet && self.phase == Phase::Active
    }

    /// Whether this notice may change into one about `diagnosis`. Questions and problems never replace each other in
    /// place.
    fn can_become(&self, diagnosis: Diagnosis) -> bool {
        self.phase != Phase::Snoozed && self.trouble.diagnosis.is_question() == diagnosis.is_question()
    }

    /// Whether a screen reader may be interrupted for it: only when the customer hears nothing (rule N3).
    #[must_use]
    pub fn interrupts(&self) -> bool {
        self.wants_attention() && self.trouble.silences_agent()
    }
}

/// What changes in what the agent is shown of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum NoticeChange {
    /// Nothing.
    #[default]
    Unchanged,
    /// This notice takes the place of the one before, if there was one.
    Show(Notice),
    /// The notice goes, and none takes its place.
    Hide,
}

impl NoticeChange {
    fn new(before: Option<Notice>, after: Option<Notice>) -> Self {
        if before == after { Self::Unchanged } else { after.map_or(Self::Hide, Self::Show) }
    }
}

/// What an update of the state brings about.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Update {
    /// What changes in what is shown.
    pub(crate) change: NoticeChange,
    /// A notice would call for attention for the first time: it takes one of the shift's budget, if one is left.
    pub(crate) announces: bool,
}

/// The notice of one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoticeState {
    shown: Option<Notice>,
    /// Since when its diagnosis is shown.
    since: Timestamp,
    /// When what got better is to be shown.
    better_at: Option<Timestamp>,
    /// When "recovered" is to go.
    gone_at: Option<Timestamp>,
    /// What is this urgent, or less, is snoozed.
    snoozed: Option<Urgency>,
    /// Whether the shift's budget was used up when this notice called for attention; `None` if it has not called for any.
    over_budget: Option<bool>,
}

impl NoticeState {
    /// Takes what is wrong now. `next` is the number of a new notice; `may_announce`: the shift has a
    /// notice left that may call for attention.
    pub(crate) fn update(
        &mut self,
        now: Timestamp,
        trouble: Option<ExplainedDiagnosis>,
        next: u32,
        may_announce: bool,
    ) -> Update {
        let before = self.shown;
        let is_snoozed =
            |trouble: &ExplainedDiagnosis| self.snoozed.is_some_and(|max_urgency| trouble.urgency() >= max_urgency);
        let trouble =
            trouble.filter(|trouble| !is_snoozed(trouble)).map(|trouble| self.with_shown_explanation(now, trouble));
        if self.is_better(trouble) {
            let delay = if trouble.is_some() { IMPROVED_AFTER } else { RECOVERED_AFTER };
            if now < *self.better_at.get_or_insert(now.after(delay)) {
                return Update::default();
            }
        } else {
            self.better_at = None;
        }
        let mut announces = false;
        self.shown = match (self.shown, trouble) {
            (shown, Some(trouble)) => {
                // Trouble that comes back while "fine again" is still shown is the same trouble.
                let id = match shown.filter(|notice| notice.can_become(trouble.diagnosis)) {
                    Some(notice) => notice.id,
                    None => {
                        self.over_budget = None;
                        next
                    }
                };
                if trouble.urgency() != Urgency::Quiet && self.over_budget.is_none() {
                    announces = true;
                    self.over_budget = Some(!may_announce);
                }
                let quiet = trouble.urgency() == Urgency::Quiet || self.over_budget == Some(true);
                Some(Notice { id, phase: Phase::Active, trouble, quiet })
            }
            (Some(notice), None) if notice.is_active_trouble() => {
                self.gone_at = Some(now.after(RECOVERED_SHOWN_FOR));
                Some(Notice { phase: Phase::Recovered, ..notice })
            }
            (Some(notice), None) if notice.phase == Phase::Active || self.gone_at.is_some_and(|at| now >= at) => {
                self.snoozed.map(|_| Notice { phase: Phase::Snoozed, ..notice })
            }
            (unchanged, None) => unchanged,
        };
        if self.shown.map(|notice| notice.trouble.diagnosis) != before.map(|notice| notice.trouble.diagnosis) {
            self.since = now;
        }
        self.better_at = None;
        if !self.shown.is_some_and(|notice| notice.is_recovery()) {
            self.gone_at = None;
        }
        Update { change: NoticeChange::new(before, self.shown), announces }
    }

    /// The trouble as it may be shown: what was shown for some seconds keeps the words that it has.
    fn with_shown_explanation(&self, now: Timestamp, trouble: ExplainedDiagnosis) -> ExplainedDiagnosis {
        let shown = self.shown.filter(|notice| notice.phase == Phase::Active).map(|notice| notice.trouble);
        match shown.filter(|shown| shown.diagnosis == trouble.diagnosis) {
            Some(shown) if now - self.since > CAUSE_SHOWN_WITHIN => shown,
            Some(shown) => ExplainedDiagnosis { cause: trouble.cause.or(shown.cause), ..trouble },
            None => trouble,
        }
    }

    /// Whether this is less than what is shown. Diagnoses are ordered worst first.
    fn is_better(&self, trouble: Option<ExplainedDiagnosis>) -> bool {
        let active = self.shown.filter(|notice| notice.phase == Phase::Active);
        active.is_some_and(|notice| trouble.is_none_or(|trouble| trouble.diagnosis > notice.trouble.diagnosis))
    }

    /// Snoozes the notice that is shown. Gives the urgency from which the call is snoozed, if a notice is shown.
    pub(crate) fn snooze(&mut self) -> Option<Urgency> {
        let notice = self.shown.filter(|notice| notice.phase != Phase::Snoozed)?;
        let max_urgency = notice.trouble.urgency();
        self.snoozed = Some(self.snoozed.map_or(max_urgency, |before| before.min(max_urgency)));
        self.better_at = None;
        self.gone_at = None;
        self.shown = Some(Notice { phase: Phase::Snoozed, ..notice });
        self.snoozed
    }

    /// The call is snoozed since an earlier page. Gives what is to be shown, if that is new.
    pub(crate) fn resume_snooze(&mut self, max_urgency: Urgency, id: u32) -> Option<Notice> {
        if self.snoozed.is_some() || self.shown.is_some() {
            return None;
        }
        self.snoozed = Some(max_urgency);
        // That urgent it was; what exactly, nobody remembers.
        let diagnosis = match max_urgency {
            Urgency::Critical => Diagnosis::ConnectionLost,
            Urgency::Warning => Diagnosis::NetworkDelay,
            Urgency::Quiet => Diagnosis::SignalingLost,
        };
        self.shown = Some(Notice { id, phase: Phase::Snoozed, trouble: diagnosis.into(), quiet: true });
        self.shown
    }

    /// The agent wants to hear of it again. Whether it was snoozed.
    pub(crate) fn wake(&mut self) -> bool {
        self.shown = self.shown.filter(|notice| notice.phase != Phase::Snoozed);
        self.snoozed.take().is_some()
    }

    /// Whether the agent wants to hear no more.
    pub(crate) fn is_snoozed(&self) -> bool {
        self.snoozed.is_some()
    }

    /// What is shown.
    pub(crate) fn shown(&self) -> Option<Notice> {
        self.shown
    }

    /// The call is over: nothing more to show.
    pub(crate) fn take_down(&mut self) -> bool {
        self.better_at = None;
        self.gone_at = None;
        self.shown.take().is_some()
    }

    /// When it wants to be asked again although nothing happened.
    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        [self.better_at, self.gone_at].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK: Option<Diagnosis> = Some(Diagnosis::NetworkGapsInbound);
    const LOST: Option<Diagnosis> = Some(Diagnosis::ConnectionLost);

    impl NoticeChange {
        fn notice(self) -> Notice {
            let Self::Show(notice) = self else { panic!("{self:?} shows nothing") };
            notice
        }
    }

    /// Updates the state, with enough of the budget left.
    fn update(state: &mut NoticeState, at: i64, diagnosis: Option<Diagnosis>, ids: &mut u32) -> NoticeChange {
        *ids += 1;
        state.update(Timestamp(at), diagnosis.map(ExplainedDiagnosis::from), *ids, true).change
    }

    #[test]
    fn a_notice_is_shown_once_and_keeps_its_number_while_the_trouble_changes() {
        let (mut state, mut ids) = (NoticeState::default(), 0);
        let first = update(&mut state, 0, NETWORK, &mut ids).notice();
        assert_eq!(update(&mut state, 1000, NETWORK, &mut ids), NoticeChange::Unchanged);
        let worse = update(&mut state, 2000, LOST, &mut ids).notice();
        assert_eq!(worse.id, first.id);
        assert_eq!(worse.trouble.diagnosis, Diagnosis::ConnectionLost);
    }

    #[test]
    fn what_is_quiet_costs_nothing_and_what_is_worse_calls_for_attention_once() {
        let (mut state, mut spent) = (NoticeState::default(), 0);
        let mut show = |at, diagnosis| {
            let Update { change, announces } =
                state.update(Timestamp(at), Some(ExplainedDiagnosis::from(diagnosis)), 1, true);
            spent += u32::from(announces);
            let notice = if let NoticeChange::Show(notice) = change { Some(notice) } else { None };
            (notice.map(|notice| (notice.id, notice.wants_attention())), spent)
        };
        assert_eq!(show(0, Diagnosis::SignalingLost), (Some((1, false)), 0));
        assert_eq!(show(1000, NETWORK.unwrap()), (Some((1, true)), 1));
        assert_eq!(show(2000, Diagnosis::SignalingLost), (None, 1));
        assert_eq!(show(2500, Diagnosis::SignalingLost), (Some((1, false)), 1));
        assert_eq!(show(3000, NETWORK.unwrap()), (Some((1, true)), 1));
    }

    #[test]
    fn after_the_trouble_it_says_recovered_for_a_moment_and_is_gone() {
        let (mut state, mut ids) = (NoticeState::default(), 0);
        update(&mut state, 0, NETWORK, &mut ids);
        assert_eq!(update(&mut state, 1000, None, &mut ids), NoticeChange::Unchanged);
        assert_eq!(state.poll_timeout(), Some(Timestamp(3000)));
        let recovered = update(&mut state, 3000, None, &mut ids).notice();
        assert_eq!(recovered.phase, Phase::Recovered);
        assert_eq!(state.poll_timeout(), Some(Timestamp(8000)));
        assert_eq!(update(&mut state, 7999, None, &mut ids), NoticeChange::Unchanged);
        assert_eq!(update(&mut state, 8000, None, &mut ids), NoticeChange::Hide);
        assert_eq!(state.poll_timeout(), None);
    }

    #[test]
    fn what_gets_better_in_pieces_is_shown_when_it_has_settled() {
        let (mut state, mut ids) = (NoticeState::default(), 0);
        update(&mut state, 0, LOST, &mut ids);
        assert_eq!(update(&mut state, 1000, NETWORK, &mut ids), NoticeChange::Unchanged);
        assert_eq!(update(&mut state, 1001, LOST, &mut ids), NoticeChange::Unchanged);
        assert_eq!(state.poll_timeout(), None);
        assert_eq!(update(&mut state, 2000, NETWORK, &mut ids), NoticeChange::Unchanged);
        assert_eq!(update(&mut state, 2500, NETWORK, &mut ids).notice().trouble.diagnosis, NETWORK.unwrap());
    }

    #[test]
    fn trouble_that_comes_back_while_it_says_recovered_is_the_same_and_later_it_is_new() {
        let (mut state, mut ids) = (NoticeState::default(), 0);
        let first = update(&mut state, 0, NETWORK, &mut ids).notice();
        update(&mut state, 1000, None, &mut ids);
        update(&mut state, 3000, None, &mut ids);
        let again = update(&mut state, 4000, LOST, &mut ids).notice();
        assert_eq!((again.id, again.phase), (first.id, Phase::Active));
        assert_eq!(state.poll_timeout(), None);

        for at in [5000, 7000, 12_000] {
            update(&mut state, at, None, &mut ids);
        }
        let second = update(&mut state, 13_000, NETWORK, &mut ids).notice();
        assert_ne!(second.id, first.id);
    }

    #[test]
    fn a_snoozed_call_is_silent_about_the_same_and_speaks_of_what_is_worse() {
        let (mut state, mut ids) = (NoticeState::default(), 0);
        let first = update(&mut state, 0, NETWORK, &mut ids).notice();
        assert_eq!(state.snooze(), Some(Urgency::Warning));
        assert_eq!(state.shown(), Some(Notice { phase: Phase::Snoozed, ..first }));
        for at in [1000, 5000, 60_000] {
            assert_eq!(update(&mut state, at, NETWORK, &mut ids), NoticeChange::Unchanged);
            assert_eq!(update(&mut state, at + 500, None, &mut ids), NoticeChange::Unchanged);
        }
        let worse = update(&mut state, 61_000, LOST, &mut ids).notice();
        assert!(worse.id > first.id && worse.wants_attention());

        // The connection is back, and the network as before.
        assert_eq!(update(&mut state, 62_000, NETWORK, &mut ids), NoticeChange::Unchanged);
        assert!(update(&mut state, 64_000, NETWORK, &mut ids).notice().is_recovery());
        let snoozed = update(&mut state, 69_000, NETWORK, &mut ids).notice();
        assert_eq!((snoozed.phase, state.poll_timeout()), (Phase::Snoozed, None));
    }

    #[test]
    fn what_was_snoozed_at_its_worst_stays_so_until_the_agent_wants_it_again() {
        let (mut state, mut ids) = (NoticeState::default(), 0);
        update(&mut state, 0, LOST, &mut ids);
        assert_eq!(state.snooze(), Some(Urgency::Critical));
        assert_eq!(state.snooze(), None, "it is already");
        assert_eq!(update(&mut state, 1000, LOST, &mut ids), NoticeChange::Unchanged);
        assert!(state.wake() && !state.wake() && state.shown().is_none());
        assert!(update(&mut state, 2000, LOST, &mut ids).notice().wants_attention());
    }

    #[test]
    fn a_question_is_quiet_goes_without_a_word_and_makes_way_for_trouble_which_is_a_notice_of_its_own() {
        const QUESTION: Option<Diagnosis> = Some(Diagnosis::CanCustomerHearYou);
        let (mut state, mut ids) = (NoticeState::default(), 0);
        let question = update(&mut state, 0, QUESTION, &mut ids).notice();
        assert!(question.quiet && !question.interrupts());
        let trouble = update(&mut state, 1000, NETWORK, &mut ids).notice();
        assert!(trouble.wants_attention() && trouble.id != question.id);
        update(&mut state, 2000, QUESTION, &mut ids);
        let again = update(&mut state, 2500, QUESTION, &mut ids).notice();
        assert!(again.quiet && again.id != trouble.id);
        assert_eq!(update(&mut state, 3000, None, &mut ids), NoticeChange::Unchanged);
        assert_eq!(update(&mut state, 5000, None, &mut ids), NoticeChange::Hide);
    }

    #[test]
    fn a_question_that_was_snoozed_leaves_trouble_to_be_told() {
        let (mut state, mut ids) = (NoticeState::default(), 0);
        update(&mut state, 0, Some(Diagnosis::CanCustomerHearYou), &mut ids);
        assert_eq!(state.snooze(), Some(Urgency::Quiet));
        assert_eq!(update(&mut state, 1000, Some(Diagnosis::CanCustomerHearYou), &mut ids), NoticeChange::Unchanged);
        assert!(update(&mut state, 2000, NETWORK, &mut ids).notice().wants_attention());
    }
}
