//! All calls of a page: events with their time go in, effects come out.
//!
//! The engine has no clock and does nothing by itself. Its owner opens a call with [`Engine::open`], passes what
//! happens to [`Engine::handle`], wakes it at [`Engine::poll_timeout`], and after each of these takes the effects
//! from [`Engine::poll_effect`] until there are none.

mod floor;
mod notices;
pub(crate) mod recovery;

use crate::agent::notice::{Notice, NoticeState};
use crate::agent::notice_chooser::NoticeChooser;
use crate::agent::panel::Panel;
use crate::agent::shift_limits::Shift;
use crate::alert::{Alert, CallReport, ClientInfo, Occasion};
use crate::call::{Call, CallParties};
use crate::config::Configuration;
use crate::floor::{Beat, BeatLimits, BeatTimer, Card};
use crate::input::event::Event;
use crate::input::units::{Milliseconds, Timestamp};
use crate::localized_text::Text;
use std::collections::VecDeque;
use std::sync::Arc;

/// Names a call from its opening on, before it has a CallSid (rule D8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub u32);

/// Something that the engine wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Show this in the call, or nothing any more.
    Notice {
        /// The call.
        call: CallId,
        /// What to show.
        notice: Option<Notice>,
    },
    /// Show this as the page's one notification in place of the one before, or take that down.
    Toast(Option<Notice>),
    /// The call is over; nothing more follows.
    Ended {
        /// The call.
        call: CallId,
        /// The sentence for the agent, if any.
        text: Option<Text>,
        /// Nobody's attention is to be called to it.
        quiet: bool,
        /// What is known of it; `None` if it never was accepted.
        report: Option<Box<CallReport>>,
    },
    /// Tell the agent what became of their report of a problem.
    Reported {
        /// The call.
        call: CallId,
        /// What became of it.
        outcome: ReportOutcome,
    },
    /// Send this to the server.
    Alert(Box<Alert>),
    /// Send this to the server some time: what is kept of a call that is over.
    Card(Box<Card>),
    /// Send this to the server now or never: how a call is at this moment.
    Beat {
        /// The call.
        call: CallId,
        /// What to send.
        beat: Box<Beat>,
    },
    /// [`Engine::shift`] has changed and is to be kept.
    Shift,
    /// Stop the test call that is being made: a call has come.
    StopPreflight,
}

/// What became of an agent's report of a problem.
#[derive(Clone, Debug, PartialEq)]
pub enum ReportOutcome {
    /// Noted. The call goes on, and another report would count too.
    InCall,
    /// Noted. The call is over, and no other report of it counts.
    AfterCall {
        /// What is known of the call now; `None`: it was reported after its end before, and nothing has changed.
        report: Option<Box<CallReport>>,
    },
    /// Refused: the call ended too long ago, or nothing is kept of it any more.
    TooLate,
}

/// What a call would leave if it ended now (rule A4).
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// The call.
    pub call: CallId,
    /// `None`: it would not alert.
    pub alert: Option<Alert>,
    /// `None`: calls are not reported.
    pub card: Option<Card>,
}

#[derive(Debug)]
struct Watched {
    id: CallId,
    call: Call,
    chooser: NoticeChooser,
    notice_state: NoticeState,
    /// `None`: calls are not reported, or it was not accepted yet.
    beats: Option<BeatTimer>,
}

/// A call that is over, kept for the agent's wrap-up.
#[derive(Clone, Debug)]
struct Finished {
    id: CallId,
    call: Call,
    at: Timestamp,
    has_alerted: bool,
    is_reported: bool,
}

/// No wrap-up is longer: who reports a problem later than this means another call, or pressed the key by mistake.
pub(crate) const WRAP_UP: Milliseconds = Milliseconds(15.0 * 60_000.0);
/// Tasks in wrap-up at once, whose calls can still be looked at and reported.
pub(crate) const MAX_FINISHED: usize = 3;

/// All calls of a page.
///
/// A call that is spoiled for four seconds and then heals:
///
/// ```
/// use device_monitoring::{CallParties, ClientInfo, Configuration, Effect, Engine, Event, Phase, RawSample, Sample};
/// use device_monitoring::{Timestamp, WallTime};
///
/// let configuration = Configuration::from_block(&serde_json::json!({ "alertAgent": true, "highRttThreshold": 300 }));
/// let mut engine = Engine::new(configuration, ClientInfo::default());
/// let call = engine.open(CallParties::default());
/// engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(1.7e12), found_in_progress: false });
/// let mut shown = Vec::new();
/// for second in 1..=20 {
///     let rtt = if (5..9).contains(&second) { 450.0 } else { 60.0 };
///     let sample = Sample::from(RawSample { rtt, ..RawSample::default() });
///     engine.handle_timeout(Timestamp(second * 1000));
///     engine.handle(Timestamp(second * 1000), call, &Event::Sample(sample));
///     while let Some(effect) = engine.poll_effect() {
///         if let Effect::Notice { notice, .. } = effect {
///             shown.push((second, notice.map(|notice| notice.phase)));
///         }
///     }
/// }
/// assert_eq!(shown, [(6, Some(Phase::Active)), (15, Some(Phase::Recovered)), (20, None)]);
/// ```
#[derive(Debug)]
pub struct Engine {
    configuration: Arc<Configuration>,
    client: Arc<ClientInfo>,
    calls: Vec<Watched>,
    finished: VecDeque<Finished>,
    effects: VecDeque<Effect>,
    newest_call: u32,
    newest_notice: u32,
    shift: Shift,
    /// The call whose notice the toast shows.
    toast: Option<CallId>,
    beat_limits: BeatLimits,
    /// A test call is being made.
    is_in_preflight: bool,
    /// The latest moment that it was told of: its time never goes back.
    latest: Timestamp,
}

impl Engine {
    /// An engine without calls.
    #[must_use]
    pub fn new(configuration: Configuration, client: ClientInfo) -> Self {
        Self {
            configuration: Arc::new(configuration),
            client: Arc::new(client),
            calls: Vec::new(),
            finished: VecDeque::new(),
            effects: VecDeque::new(),
            newest_call: 0,
            newest_notice: 0,
            shift: Shift::default(),
            toast: None,
            beat_limits: BeatLimits::default(),
            is_in_preflight: false,
            latest: Timestamp::default(),
        }
    }

    /// One without calls in progress that goes on numbering where this one is.
    #[must_use]
    pub(crate) fn successor(&self) -> Self {
        Self {
            configuration: Arc::clone(&self.configuration),
            client: Arc::clone(&self.client),
            calls: Vec::new(),
            // Of an engine that failed.
            finished: VecDeque::new(),
            effects: VecDeque::new(),
            newest_call: self.newest_call,
            newest_notice: self.newest_notice,
            shift: self.shift.clone(),
            toast: None,
            beat_limits: self.beat_limits.clone(),
            is_in_preflight: self.is_in_preflight,
            latest: self.latest,
        }
    }

    /// Whether no call is in progress.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.calls.is_empty()
    }

    /// What is in force.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Goes on with the shift of an earlier page.
    pub fn resume(&mut self, shift: Shift) {
        self.shift = shift;
    }

    /// The shift: notices used up, the snoozed call, whether the test call was made.
    #[must_use]
    pub fn shift(&self) -> &Shift {
        &self.shift
    }

    /// The agent's activity in TaskRouter is known or has changed.
    pub fn activity(&mut self, now: Timestamp, offline: bool) {
        let now = self.advance(now);
        if self.shift.activity(now, offline) {
            self.effects.push_back(Effect::Shift);
        }
    }

    /// Whether a test call may be made now, which is then being made: only where the admin lets agents make it, once a
    /// shift, and never in a call.
    pub fn begin_preflight(&mut self, now: Timestamp) -> bool {
        let now = self.advance(now);
        let config = &self.configuration.config;
        let is_wanted = config.enabled && config.agent_tools && config.run_preflight;
        if !is_wanted || !self.is_idle() || self.is_in_preflight || !self.shift.begin_preflight(now) {
            return false;
        }
        self.is_in_preflight = true;
        self.effects.push_back(Effect::Shift);
        true
    }

    /// Whether a test call is being made.
    #[must_use]
    pub fn is_in_preflight(&self) -> bool {
        self.is_in_preflight
    }

    /// Ends the test call; if it was not made (`is_made` is false), another one is possible in this shift. Returns whether
    /// one was being made: false if a call had already stopped it.
    pub fn end_preflight(&mut self, is_made: bool) -> bool {
        if !is_made && self.shift.give_preflight_back() {
            self.effects.push_back(Effect::Shift);
        }
        std::mem::take(&mut self.is_in_preflight)
    }

    /// A call was announced, or is being made.
    pub fn open(&mut self, parties: CallParties) -> CallId {
        self.newest_call = self.newest_call.wrapping_add(1);
        let id = CallId(self.newest_call);
        if self.end_preflight(true) {
            self.effects.push_back(Effect::StopPreflight);
        }
        if self.configuration.config.enabled {
            let call = Call::new(parties, &self.configuration.config);
            self.calls.push(Watched {
                id,
                call,
                chooser: NoticeChooser::default(),
                notice_state: NoticeState::default(),
                beats: None,
            });
        }
        id
    }

    /// Drops a call without a verdict, and its notice: one that makes the engine fail must not take the others with it.
    pub fn forget(&mut self, id: CallId) {
        let Some(index) = self.calls.iter().position(|watched| watched.id == id) else {
            return;
        };
        if self.calls.remove(index).notice_state.take_down() {
            self.effects.push_back(Effect::Notice { call: id, notice: None });
        }
        self.take_toast_down(id);
    }

    /// Something happened to a call. Events of a call that is unknown or over are ignored, but for a report, which is
    /// always answered: the agent waits for it.
    pub fn handle(&mut self, now: Timestamp, id: CallId, event: &Event) {
        let now = self.advance(now);
        match event {
            Event::Disconnected | Event::Cancelled | Event::Rejected => self.end(now, id),
            Event::Snoozed(snoozed) => self.snooze(now, id, *snoozed),
            Event::Reported if !self.calls.iter().any(|watched| watched.id == id) => {
                let outcome = self.report_late(now, id);
                self.effects.push_back(Effect::Reported { call: id, outcome });
            }
            event => {
                if let Some(watched) = self.calls.iter_mut().find(|watched| watched.id == id)
                    && watched.call.handle(now, event)
                {
                    if *event == Event::Reported && watched.call.accepted().is_some() {
                        self.effects.push_back(Effect::Reported { call: id, outcome: ReportOutcome::InCall });
                    }
                    self.update_notice(now, id);
                    self.beat(now, id);
                }
            }
        }
    }

    fn advance(&mut self, now: Timestamp) -> Timestamp {
        self.latest = self.latest.max(now);
        self.latest
    }

    /// Time has passed. To be called at [`Engine::poll_timeout`] or any time later.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let now = self.advance(now);
        let is_due = |watched: &&Watched| watched.notice_state.poll_timeout().is_some_and(|at| at <= now);
        for index in 0..self.calls.len() {
            if let Some(id) = self.calls.get(index).filter(is_due).map(|watched| watched.id) {
                self.update_notice(now, id);
            }
        }
        self.beat_where_due(now);
    }

    /// When it wants to be woken although nothing happens. May change with every event.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let timeouts = |watched: &Watched| {
            [watched.notice_state.poll_timeout(), watched.beats.as_ref().and_then(BeatTimer::poll_timeout)]
        };
        self.calls.iter().flat_map(timeouts).flatten().min()
    }

    /// The next thing to do.
    #[must_use]
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// What the calls in progress would leave if the page ended now. Changes nothing.
    #[must_use]
    pub fn checkpoints(&self, now: Timestamp) -> Vec<Checkpoint> {
        let now = now.max(self.latest);
        let accepted = self.calls.iter().filter(|watched| watched.call.accepted().is_some());
        accepted
            .map(|Watched { id, call, .. }| {
                let report = self.judge(call, now, !self.configuration.config.report_calls);
                let alert = report.as_ref().and_then(|report| self.alert(report, Occasion::CutShort));
                Checkpoint { call: *id, alert, card: self.card(report.as_ref(), Occasion::CutShort) }
            })
            .collect()
    }

    /// What the agent's panel shows of a call in progress, or of one of the last that were.
    #[must_use]
    pub fn panel(&self, now: Timestamp, id: CallId) -> Option<Panel> {
        let now = now.max(self.latest);
        let config = &self.configuration.config;
        if let Some(watched) = self.calls.iter().find(|watched| watched.id == id) {
            return Panel::new(&watched.call, now, false, config);
        }
        let finished = self.finished.iter().find(|finished| finished.id == id)?;
        Panel::new(&finished.call, finished.at, true, config)
    }

    /// When the next call passes `shortCallThreshold`: its checkpoint changes then.
    #[must_use]
    pub fn next_checkpoint_change(&self, now: Timestamp) -> Option<Timestamp> {
        let span = Milliseconds::from(self.configuration.config.short_call_threshold);
        let changes = self.calls.iter().filter_map(|watched| Some(watched.call.counted_from()?.after(span)));
        changes.filter(|change| *change > now).min()
    }

    fn judge(&self, call: &Call, now: Timestamp, alerts_alone: bool) -> Option<CallReport> {
        CallReport::new(call, now, &self.configuration.config, alerts_alone)
    }

    fn alert(&self, report: &CallReport, occasion: Occasion) -> Option<Alert> {
        let is_alert = report.verdict.is_alert();
        is_alert.then(|| Alert::new(report, &self.configuration, &self.client, occasion))
    }

    fn end(&mut self, now: Timestamp, id: CallId) {
        let Some(index) = self.calls.iter().position(|watched| watched.id == id) else {
            return;
        };
        let mut watched = self.calls.remove(index);
        let report = self.judge(&watched.call, now, false);
        let is_shown = self.configuration.config.alert_agent;
        let text = report.as_ref().filter(|_| is_shown).and_then(|report| report.verdict.for_agent.clone());
        let alert = report.as_ref().and_then(|report| self.alert(report, Occasion::End));
        let card = self.card(report.as_ref(), Occasion::End);
        self.last_beat(now, &mut watched);
        let quiet = text.is_none()
            || watched.notice_state.is_snoozed()
            || !self.shift.announce(now, self.configuration.config.notices_per_shift);

        if watched.notice_state.take_down() {
            self.effects.push_back(Effect::Notice { call: id, notice: None });
        }
        self.take_toast_down(id);
        if report.is_some() {
            if self.finished.len() == MAX_FINISHED {
                self.finished.pop_front();
            }
            let has_alerted = alert.is_some();
            self.finished.push_back(Finished { id, call: watched.call, at: now, has_alerted, is_reported: false });
        }
        // Before `Ended`, which removes the call's checkpoint.
        self.effects.extend(alert.map(|alert| Effect::Alert(Box::new(alert))));
        self.effects.extend(card.map(|card| Effect::Card(Box::new(card))));
        self.effects.push_back(Effect::Ended { call: id, text, quiet, report: report.map(Box::new) });
        if !quiet {
            self.effects.push_back(Effect::Shift);
        }
    }

    /// The agent reports a problem in wrap-up, once. A call without an alert gets the one that it would have had; where
    /// there is one, which may have been sent long ago, another beside it.
    fn report_late(&mut self, now: Timestamp, id: CallId) -> ReportOutcome {
        let Some(finished) = self.finished.iter_mut().find(|finished| finished.id == id) else {
            return ReportOutcome::TooLate;
        };
        if finished.is_reported {
            return ReportOutcome::AfterCall { report: None };
        }
        if now - finished.at > WRAP_UP {
            return ReportOutcome::TooLate;
        }
        finished.is_reported = true;
        finished.call.report(now);
        let occasion = if finished.has_alerted { Occasion::Report } else { Occasion::End };
        let report = CallReport::new(&finished.call, finished.at, &self.configuration.config, false);
        let alert = report.as_ref().and_then(|report| self.alert(report, occasion));
        self.effects.extend(alert.map(|alert| Effect::Alert(Box::new(alert))));
        // It takes the place of the one before, which did not know of the report.
        let card = report.as_ref().and_then(|report| self.card(Some(report), Occasion::Report));
        self.effects.extend(card.map(|card| Effect::Card(Box::new(card))));
        ReportOutcome::AfterCall { report: report.map(Box::new) }
    }
}
