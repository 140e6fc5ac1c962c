//! What the agent is shown of the calls of a page: a notice in each, and one toast.

use super::{CallId, Effect, Engine, Watched};
use crate::agent::explained_diagnosis::ExplainedDiagnosis;
use crate::agent::notice::{Notice, NoticeChange, Update};
use crate::call::Call;
use crate::input::units::Timestamp;

impl Engine {
    /// Whether what is shown has changed.
    pub(super) fn update_notice(&mut self, now: Timestamp, id: CallId) -> bool {
        let Self { configuration, calls, effects, newest_notice, shift, .. } = self;
        if !configuration.config.alert_agent {
            return false;
        }
        let Some(Watched { call, chooser, notice_state, .. }) = calls.iter_mut().find(|watched| watched.id == id)
        else {
            return false;
        };
        if let Some(max_urgency) = shift.snoozed(names(call))
            && let Some(notice) = notice_state.resume_snooze(max_urgency, newest_notice.wrapping_add(1))
        {
            *newest_notice = notice.id;
            effects.push_back(Effect::Notice { call: id, notice: Some(notice) });
        }
        let next = newest_notice.wrapping_add(1);
        let max = configuration.config.notices_per_shift;
        let diagnosis = chooser.choose(now, call.conditions(), call.interruptions_recur(now));
        let trouble = diagnosis.map(|diagnosis| ExplainedDiagnosis {
            diagnosis,
            cause: call.causes().of(diagnosis),
            is_on_cable: call.causes().is_on_cable(),
        });
        let Update { change, announces } = notice_state.update(now, trouble, next, shift.may_announce(now, max));
        if announces {
            shift.announce(now, max);
            effects.push_back(Effect::Shift);
        }
        if notice_state.shown().is_some_and(|notice| notice.id == next) {
            *newest_notice = next;
        }
        match change {
            NoticeChange::Unchanged => return false,
            NoticeChange::Show(notice) => self.show(id, Some(notice)),
            NoticeChange::Hide => self.show(id, None),
        }
        true
    }

    fn show(&mut self, id: CallId, notice: Option<Notice>) {
        self.effects.push_back(Effect::Notice { call: id, notice });
        match notice.filter(Notice::wants_attention) {
            Some(notice) => {
                self.toast = Some(id);
                self.effects.push_back(Effect::Toast(Some(notice)));
            }
            None => self.take_toast_down(id),
        }
    }

    pub(super) fn snooze(&mut self, now: Timestamp, id: CallId, snoozed: bool) {
        let Some(Watched { call, notice_state, .. }) = self.calls.iter_mut().find(|watched| watched.id == id) else {
            return;
        };
        let before = notice_state.shown();
        let max_urgency = if snoozed { notice_state.snooze() } else { None };
        if max_urgency.is_some() || !snoozed && notice_state.wake() {
            self.shift.snooze(names(call).into_iter().flatten().next().cloned().zip(max_urgency));
            let shown = notice_state.shown();
            self.effects.push_back(Effect::Shift);
            // One effect instead of two: the current trouble replaces the un-snoozed notice directly. A worse notice stays.
            if !self.update_notice(now, id) && shown != before {
                self.show(id, shown);
            }
        }
    }

    pub(super) fn take_toast_down(&mut self, id: CallId) {
        if self.toast == Some(id) {
            self.toast = None;
            self.effects.push_back(Effect::Toast(None));
        }
    }
}

/// What a call is known by, the best first: a task outlives a call that is connected anew.
fn names(call: &Call) -> [&Option<String>; 2] {
    [&call.context.task_sid, &call.parties.call_sid]
}
