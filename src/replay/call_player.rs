//! What one configuration makes of one call: an engine of its own, woken when it asks for it.

use super::replayed_call::{ReplayedCall, ReplayedNotice};
use super::wrap_up::Reportable;
use crate::agent::notice::Phase;
use crate::call::CallParties;
use crate::engine::{CallId, Effect, Engine};
use crate::input::event::Event;
use crate::input::units::Timestamp;
use crate::localized_text::english;

/// Notices of one call that are kept: an agent who is shown more has given up reading them.
const MAX_NOTICES: usize = 1000;

/// Plays one call under one configuration, and wakes the engine when it asks for it.
#[derive(Debug)]
pub(super) struct Watcher {
    engine: Engine,
    id: CallId,
    notices: Vec<ReplayedNotice>,
}

impl Watcher {
    /// The watcher of a call that is announced now; `engine` has the configuration.
    pub(super) fn new(engine: &Engine, parties: &CallParties) -> Self {
        let mut engine = engine.successor();
        let id = engine.open(parties.clone());
        Self { engine, id, notices: Vec::new() }
    }

    /// Something happened to the call, but for its end.
    pub(super) fn handle(&mut self, at: Timestamp, event: &Event) {
        self.wake(at);
        self.engine.handle(at, self.id, event);
        self.drain(at);
    }

    /// The call is over. Gives the result, and what a report in wrap-up would need. `None`: it never was accepted, or
    /// is not watched.
    pub(super) fn end(mut self, at: Timestamp, event: &Event) -> (Option<ReplayedCall>, Option<Reportable>) {
        self.wake(at);
        self.engine.handle(at, self.id, event);
        let mut ended = None;
        while let Some(effect) = self.engine.poll_effect() {
            if let Effect::Ended { report, .. } = effect {
                ended = report;
            }
        }
        let config = &self.engine.configuration().config;
        let reportable = ended.as_ref().map(|report| Reportable::new(report, at, config));
        (ended.map(|report| ReplayedCall::new(*report, self.notices, config)), reportable)
    }

    /// At every moment that the engine asked for up to now.
    fn wake(&mut self, now: Timestamp) {
        while let Some(due) = self.engine.poll_timeout().filter(|due| *due <= now) {
            self.engine.handle_timeout(due);
            self.drain(due);
        }
    }

    fn drain(&mut self, now: Timestamp) {
        while let Some(effect) = self.engine.poll_effect() {
            if let Effect::Notice { notice: Some(notice), .. } = effect
                && notice.phase == Phase::Active
                && self.notices.len() < MAX_NOTICES
            {
                self.notices.push(ReplayedNotice {
                    ms: now - Timestamp(0),
                    diagnosis: notice.trouble.diagnosis.as_str(),
                    cause: notice.trouble.cause,
                    text: format!(
                        "{} {}",
                        notice.symptom().in_english(),
                        english(&notice.advice().unwrap_or_default())
                    ),
                });
            }
        }
    }
}
