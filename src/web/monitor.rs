//! The one exported object: the engine with a clock, timers and an outbox.

use super::mailbox::Mailbox;
use super::object::known;
use super::storage::LocalStorage;
use super::timer::Timer;
use super::view::{
    self, ConfigurationReport, Context, KeptAlerts, LeavingAlerts, MaybePanel, MaybeText, NextAlert, Numbers, OnEffect,
    Post, Remarks, Report, Setup, Texts,
};
use super::{clock, console, object};
use crate::alert::Alert;
use crate::call::Incoming;
use crate::engine::{self, CallId, Engine};
use crate::event::{CallDirection, Event};
use crate::outbox::{Answer, Session, Storage};
use crate::recovery::{Recovery, Step};
use crate::sample::{RawSample, Sample};
use crate::shift::Shift;
use crate::statistics::{RawStatistics, Statistics};
use crate::units::{Milliseconds, Seconds, Timestamp};
use crate::usual::{Equipment, Usual};
use crate::warning::{Statistic, WarningData, WarningName};
use std::cell::Cell;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

/// Watches the calls of a page. Unknown calls and events in any order are harmless.
///
/// A method that throws has failed in the middle (a panic of ours), and so do all others until
/// [`Monitor::rebuild`]; what it was told is not heard and may be told again.
#[wasm_bindgen]
pub struct Monitor {
    shared: Rc<Shared>,
}

struct Shared {
    /// Not there while it works: one that failed in the middle is not put back.
    engine: Cell<Option<Box<Engine>>>,
    recovery: Cell<Option<Box<Recovery>>>,
    timer: Timer,
    checkpoints: Timer,
    mailbox: Mailbox,
    /// Names this page among the tabs.
    tab: String,
    /// Where the shift is kept in the browser's storage; that of nobody is not.
    shift_key: Option<String>,
    /// Where it is kept what the agent's good calls are like, if the agent has the tools to hear of it.
    usual_key: Option<String>,
    /// Without an address nothing will ever be sent, so nothing is kept.
    sends: bool,
    on_effect: OnEffect,
}

/// Where a worker's shift is kept; not among the outbox's keys.
const SHIFT: &str = "device-monitoring.shift/";
/// Where it is kept what a worker's good calls are like.
const USUAL: &str = "device-monitoring.usual/";
/// A page that dies leaves the verdict on its calls as it was so long ago at most.
const CHECKPOINT_EVERY: Milliseconds = Milliseconds(5000.0);

#[wasm_bindgen]
impl Monitor {
    /// Makes a monitor without calls. A setup that cannot be read is one without anything in it.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(setup: Setup, on_effect: OnEffect) -> Self {
        let setup = JsValue::from(setup);
        let worker_sid = object::text(&setup, "workerSid");
        let shift_key = worker_sid.as_ref().map(|worker_sid| SHIFT.to_owned() + worker_sid);
        let mut engine = Engine::new(view::configuration(&setup), view::environment(&setup));
        let has_tools = engine.configuration().config.agent_tools;
        let usual_key = worker_sid.as_ref().filter(|_| has_tools).map(|worker_sid| USUAL.to_owned() + worker_sid);
        let kept = shift_key.as_ref().and_then(|key| LocalStorage.get(key));
        if let Some(shift) = kept.and_then(|text| Shift::parse(&text, clock::now(), clock::time_of_day())) {
            engine.resume(shift);
        }
        let shared = Rc::new_cyclic(|shared: &Weak<Shared>| {
            let (shared, checkpointed) = (shared.clone(), shared.clone());
            Shared {
                recovery: Cell::new(Some(Box::new(Recovery::of(&engine)))),
                engine: Cell::new(Some(Box::new(engine))),
                timer: Timer::new(move || {
                    if let Some(shared) = shared.upgrade() {
                        shared.with_engine(|engine| engine.handle_timeout(clock::now()));
                        shared.settle();
                    }
                }),
                checkpoints: Timer::new(move || {
                    if let Some(shared) = checkpointed.upgrade() {
                        shared.checkpoint();
                    }
                }),
                mailbox: Mailbox::new(worker_sid),
                tab: object::text(&setup, "tab").unwrap_or_default(),
                shift_key,
                usual_key,
                sends: object::text(&setup, "serverlessUri").is_some(),
                on_effect,
            }
        });
        Self { shared }
    }

    /// The crate's version.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn version() -> JsValue {
        env!("CARGO_PKG_VERSION").into()
    }

    /// What is configured, where that was found, and what is to be said about it.
    #[must_use]
    pub fn configuration(&self) -> ConfigurationReport {
        self.shared.with_engine(|engine| object::object(&Report(engine.configuration()))).unchecked_into()
    }

    /// What pages left behind of calls that were in progress, in this browser and of this worker.
    #[must_use]
    pub fn checkpoints(&self) -> Texts {
        let mut found = Vec::new();
        self.shared.mailbox.open(&mut |outbox| found = outbox.checkpoints());
        object::object(&found).unchecked_into()
    }

    /// Takes over those whose page is not among the living tabs, and forgets what was kept long enough. `living`
    /// undefined: nobody knows.
    pub fn adopt(&self, checkpoints: Texts, living: Texts) {
        let (checkpoints, living) = (object::texts(&checkpoints), living.is_object().then(|| object::texts(&living)));
        self.shared.mailbox.open(&mut |outbox| {
            let now = clock::time_of_day();
            outbox.signed_in();
            outbox.adopt(now, &checkpoints, living.as_deref());
            outbox.tidy(now, false);
        });
    }

    /// What is to be done about the alerts, for whoever is signed in now. `chance`: from 0 to 1, another each time.
    #[wasm_bindgen(js_name = nextAlert)]
    pub fn next_alert(&self, token: MaybeText, worker_sid: MaybeText, chance: f64) -> NextAlert {
        let session = session(&token, &worker_sid);
        let mut next = JsValue::UNDEFINED;
        self.shared.mailbox.open(&mut |outbox| {
            next = object::object(&outbox.next(clock::time_of_day(), &session, chance));
        });
        next.unchecked_into()
    }

    /// What came back for an alert that was posted with this token: HTTP status, and from the answer's JSON `error`,
    /// `message` and how long the server asks to be left alone. Status 0: nothing came back.
    pub fn answered(
        &self,
        id: MaybeText,
        token: MaybeText,
        status: u16,
        error: MaybeText,
        message: MaybeText,
        retry_after_seconds: f64,
    ) {
        let answer = match status {
            0 => Answer::None,
            status => {
                let span = Milliseconds::from(Seconds(retry_after_seconds));
                let retry_after = Some(span).filter(|span| span.0 > 0.0);
                Answer::Http { status, error: known(&error), message: known(&message), retry_after }
            }
        };
        let (id, token) = (known(&id).unwrap_or_default(), known(&token));
        self.shared.mailbox.open(&mut |outbox| outbox.answered(clock::time_of_day(), &id, token.as_deref(), &answer));
    }

    /// The browser is online again.
    pub fn online(&self, chance: f64) {
        self.shared.mailbox.open(&mut |outbox| outbox.hurry(clock::time_of_day(), chance));
    }

    /// The page ends: calls in progress are judged as they are. Gives what is to be posted at once, oldest first.
    /// `persisted`: the page may come back, and its calls with it.
    pub fn leave(&self, token: MaybeText, worker_sid: MaybeText, persisted: bool) -> LeavingAlerts {
        self.shared.checkpoint();
        let session = session(&token, &worker_sid);
        let mut leaving = JsValue::UNDEFINED;
        self.shared.mailbox.open(&mut |outbox| {
            let now = clock::time_of_day();
            if !persisted {
                outbox.close_tab(now, &self.shared.tab);
            }
            let entries = outbox.leave(now, &session);
            leaving = object::object(&entries.iter().map(Post).collect::<Vec<_>>());
        });
        leaving.unchecked_into()
    }

    /// The worker has logged out of this browser, or nothing will be sent: phone numbers are forgotten, and from here
    /// on kept nowhere.
    #[wasm_bindgen(js_name = loggedOut)]
    pub fn logged_out(&self) {
        self.shared.mailbox.open(&mut |outbox| outbox.logged_out(clock::time_of_day()));
    }

    /// The alerts that the server has not taken, or not yet.
    #[must_use]
    pub fn alerts(&self) -> KeptAlerts {
        let mut kept = JsValue::UNDEFINED;
        self.shared.mailbox.open(&mut |outbox| kept = object::object(&outbox.entries()));
        kept.unchecked_into()
    }

    /// Opens a call, incoming or outgoing, and gives the number that stands for it from here on.
    pub fn incoming(&self, direction: MaybeText, call_sid: MaybeText, from: MaybeText, to: MaybeText) -> u32 {
        let direction = match known(&direction).as_deref() {
            Some("OUTGOING") => CallDirection::Outgoing,
            _ => CallDirection::Incoming,
        };
        let parties = Incoming { direction, call_sid: known(&call_sid), from: known(&from), to: known(&to) };
        let (now, id) = self.shared.with_engine(|engine| (clock::now(), engine.open(parties.clone())));
        self.shared.note(now, Step::Open(parties));
        id.0
    }

    /// The CallSid of an outgoing call, once it is known.
    pub fn identify(&self, call: u32, call_sid: MaybeText) {
        self.handle(call, Event::Identified(known(&call_sid).unwrap_or_default()));
    }

    /// What Flex knows of the call; later values win.
    pub fn describe(&self, call: u32, context: Context) {
        self.handle(call, Event::Described(view::context(&context)));
        // Without the task and the conference the server could not find the customer.
        self.shared.checkpoint();
    }

    /// The agent took the call just now; `midway`: at some time before, and the call was found going on.
    pub fn accept(&self, call: u32, midway: bool) {
        self.handle(call, Event::Accepted { at: clock::time_of_day(), midway });
        self.shared.checkpoint();
    }

    /// One second of `RTCSample`, number by number; NaN for what is not a number there.
    #[expect(clippy::too_many_arguments, reason = "numbers cross the boundary without an object to build and parse")]
    pub fn sample(
        &self,
        call: u32,
        jitter: f64,
        rtt: f64,
        packets_lost: f64,
        packets_received: f64,
        mos: f64,
        bytes_received: f64,
        bytes_sent: f64,
        audio_input_level: f64,
        audio_output_level: f64,
    ) {
        let raw = RawSample {
            jitter,
            rtt,
            packets_lost,
            packets_received,
            mos,
            bytes_received,
            bytes_sent,
            audio_input_level,
            audio_output_level,
        };
        self.handle(call, Event::Sample(Sample::from(raw)));
    }

    /// What the peer connection itself says at this moment, under the names of W3C webrtc-stats and in their units; NaN
    /// for what is not there.
    #[expect(clippy::too_many_arguments, reason = "numbers cross the boundary without an object to build and parse")]
    pub fn statistics(
        &self,
        call: u32,
        current_round_trip_time: f64,
        fraction_lost: f64,
        round_trip_time_measurements: f64,
        reports_sent: f64,
        concealed_samples: f64,
        total_samples_received: f64,
        packets_lost: f64,
        packets_received: f64,
        audio_level: f64,
    ) {
        let raw = RawStatistics {
            current_round_trip_time,
            fraction_lost,
            round_trip_time_measurements,
            reports_sent,
            concealed_samples,
            total_samples_received,
            packets_lost,
            packets_received,
            audio_level,
        };
        self.handle(call, Event::Statistics(Statistics::from(raw)));
    }

    /// The SDK raised a warning: its name, `data.threshold.name` and `data.values`.
    pub fn warning(&self, call: u32, name: MaybeText, threshold_name: MaybeText, values: Numbers) {
        if let Some(name) = known(&name).as_deref().and_then(WarningName::parse) {
            let statistic = known(&threshold_name).as_deref().and_then(Statistic::parse);
            let values = object::items(&values).map(|value| value.as_f64().unwrap_or(f64::NAN)).collect();
            self.handle(call, Event::Warning(name, WarningData { statistic, values }));
        }
    }

    /// The SDK cleared a warning.
    #[wasm_bindgen(js_name = warningCleared)]
    pub fn warning_cleared(&self, call: u32, name: MaybeText) {
        if let Some(name) = known(&name).as_deref().and_then(WarningName::parse) {
            self.handle(call, Event::WarningCleared(name));
        }
    }

    /// The agent muted or unmuted.
    pub fn mute(&self, call: u32, muted: bool) {
        self.handle(call, Event::Muted(muted));
    }

    /// The customer was put on hold or taken off it.
    pub fn hold(&self, call: u32, held: bool) {
        self.handle(call, Event::Held(held));
    }

    /// The agent wants to hear no more of this call's troubles, or wants to again.
    pub fn snooze(&self, call: u32, snoozed: bool) {
        self.handle(call, Event::Snoozed(snoozed));
    }

    /// The agent says that there was a problem, in a call or in its wrap-up.
    pub fn report(&self, call: u32) {
        self.handle(call, Event::Reported);
        self.shared.checkpoint();
    }

    /// What the agent's panel shows of a call in progress or in wrap-up.
    #[must_use]
    pub fn panel(&self, call: u32) -> MaybePanel {
        let panel = |engine: &mut Engine| {
            let panel = engine.panel(clock::now(), CallId(call));
            panel.map_or(JsValue::NULL, |panel| object::object(&panel))
        };
        self.shared.with_engine(panel).unchecked_into()
    }

    /// What is to be said of the agent's equipment: the microphone's name (none: it could not be opened), that of what
    /// they hear through, whether the Device is registered, and the mean level of each second in which they spoke.
    #[must_use]
    pub fn check(&self, microphone: MaybeText, speaker: MaybeText, registered: bool, levels: Numbers) -> Remarks {
        let levels = object::items(&levels).filter_map(|level| level.as_f64()).collect();
        let equipment = Equipment { microphone: known(&microphone), speaker: known(&speaker), registered, levels };
        object::object(&self.shared.usual().judge(&equipment)).unchecked_into()
    }

    /// The agent's activity in TaskRouter is known or has changed.
    pub fn activity(&self, offline: bool) {
        let now = self.shared.with_engine(|engine| {
            let now = clock::now();
            engine.activity(now, offline);
            now
        });
        self.shared.settle();
        self.shared.note(now, Step::Activity { offline });
    }

    /// The SDK tries to get a connection back; `code` of its error, NaN if it has none.
    pub fn reconnecting(&self, call: u32, code: f64) {
        self.handle(call, Event::Reconnecting { code: code_of(code) });
    }

    /// It got it back.
    pub fn reconnected(&self, call: u32) {
        self.handle(call, Event::Reconnected);
    }

    /// The signalling transport closed.
    #[wasm_bindgen(js_name = transportClose)]
    pub fn transport_close(&self, call: u32) {
        self.handle(call, Event::TransportClosed);
    }

    /// An error of the SDK; its `code`, NaN if it has none.
    pub fn error(&self, call: u32, code: f64) {
        self.handle(call, Event::Error { code: code_of(code) });
    }

    /// The call is over.
    pub fn disconnect(&self, call: u32) {
        self.handle(call, Event::Disconnected);
    }

    /// The caller hung up before the call was taken.
    pub fn cancel(&self, call: u32) {
        self.handle(call, Event::Cancelled);
    }

    /// The agent refused the call.
    pub fn reject(&self, call: u32) {
        self.handle(call, Event::Rejected);
    }

    /// Drops a call without a verdict: one that makes every engine fail.
    pub fn forget(&self, call: u32) {
        let id = CallId(call);
        let now = self.shared.with_engine(|engine| {
            engine.forget(id);
            clock::now()
        });
        self.shared.note_checkpoint(call, None);
        self.shared.settle();
        self.shared.note(now, Step::Forget(id));
    }

    /// After a method has thrown: makes an engine as it was before that, with the same calls, and goes on with it.
    /// Throws if even that fails.
    pub fn rebuild(&self) {
        let Shared { engine, recovery, .. } = &*self.shared;
        match recovery.take() {
            Some(kept) => {
                engine.set(Some(Box::new(kept.engine())));
                recovery.set(Some(kept));
            }
            None => wasm_bindgen::throw_str("nothing is left of the engine"),
        }
    }

    fn handle(&self, call: u32, event: Event) {
        let id = CallId(call);
        let now = self.shared.with_engine(|engine| {
            let now = clock::now();
            engine.handle(now, id, &event);
            now
        });
        self.shared.settle();
        // Last: a step that failed anywhere on its way is told again.
        self.shared.note(now, Step::Handle(id, event));
    }
}

fn session(token: &MaybeText, worker_sid: &MaybeText) -> Session {
    Session { token: known(token), worker_sid: known(worker_sid) }
}

/// Twilio's error codes are whole numbers of five digits.
fn code_of(code: f64) -> Option<u32> {
    (0.0..=f64::from(u32::MAX)).contains(&code).then_some(code as u32)
}

impl Shared {
    fn with_engine<T>(&self, work: impl FnOnce(&mut Engine) -> T) -> T {
        let Some(mut engine) = self.engine.take() else { wasm_bindgen::throw_str("the engine has failed") };
        let result = work(&mut engine);
        self.engine.set(Some(engine));
        result
    }

    fn note(&self, now: Timestamp, step: Step) {
        if let Some(mut recovery) = self.recovery.take() {
            self.with_engine(|engine| recovery.note(now, step, engine));
            self.recovery.set(Some(recovery));
        }
    }

    /// Carries out what the engine wants, and sets the timer that it asks for.
    fn settle(&self) {
        loop {
            // In its place again while a callback runs, which may call the monitor.
            let effect = self.with_engine(Engine::poll_effect);
            let Some(effect) = effect else { break };
            match &effect {
                engine::Effect::Alert(_) if !self.sends => {
                    console::say("An alert was not sent: REACT_APP_SERVERLESS_URI was not set.", false);
                }
                engine::Effect::Shift => {
                    if let Some(key) = &self.shift_key {
                        let (now, wall) = (clock::now(), clock::time_of_day());
                        let text = self.with_engine(|engine| engine.shift().to_text(now, wall));
                        // Where nothing can be kept, the next page begins anew.
                        let _ = LocalStorage.set(key, &text);
                    }
                    continue;
                }
                engine::Effect::Alert(alert) => {
                    self.mailbox.open(&mut |outbox| outbox.put(clock::time_of_day(), alert));
                }
                // Its alert, if any, is in the outbox already.
                engine::Effect::Ended { call, report, .. } => {
                    self.note_checkpoint(call.0, None);
                    if let (Some(key), Some(report)) = (&self.usual_key, report) {
                        let mut usual = self.usual();
                        if usual.learn(report) {
                            let _ = LocalStorage.set(key, &usual.to_text());
                        }
                    }
                }
                engine::Effect::Notice { .. } | engine::Effect::Reported { .. } | engine::Effect::Toast(_) => {}
            }
            if self.on_effect.call(&JsValue::NULL, &object::object(&effect)).is_err() {
                console::say("The page could not show a notice.", false);
            }
        }
        let wanted = self.with_engine(|engine| engine.poll_timeout());
        self.timer.set(wanted.map(|at| at - clock::now()));
    }

    /// What the agent's good calls are like.
    fn usual(&self) -> Usual {
        let kept = self.usual_key.as_ref().and_then(|key| LocalStorage.get(key));
        Usual::parse(&kept.unwrap_or_default())
    }

    /// Notes what the calls in progress would alert if the page ended now.
    fn checkpoint(&self) {
        // First: should the engine fail at this, there is a next time.
        self.checkpoints.set(Some(CHECKPOINT_EVERY));
        let engine = self.engine.take();
        let failed = engine.is_none();
        self.engine.set(engine);
        if failed {
            // Until it is made anew, the checkpoints before stand.
            return;
        }
        let (now, calls, turn, idle) = self.with_engine(|engine| {
            let now = clock::now();
            (now, engine.checkpoints(now), engine.next_turn(now), engine.is_idle())
        });
        for checkpoint in calls {
            self.note_checkpoint(checkpoint.call.0, checkpoint.alert.as_ref());
        }
        let next = turn.map_or(CHECKPOINT_EVERY.0, |turn| (turn - now).0.min(CHECKPOINT_EVERY.0));
        self.checkpoints.set((!idle).then_some(Milliseconds(next)));
    }

    fn note_checkpoint(&self, call: u32, alert: Option<&Alert>) {
        if !self.sends {
            return;
        }
        self.mailbox.open(&mut |outbox| outbox.checkpoint(clock::time_of_day(), &self.tab, call, alert));
    }
}
