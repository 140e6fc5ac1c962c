//! Hosts a page's engine: keeps it with its timers and its outbox, carries out its effects, and replaces it when it fails.

use super::delivery::{BeatSender, Delivery};
use super::js_input::Setup;
use super::js_output::{Effect, OnEffect, plain};
use super::local_storage::LocalStorage;
use super::page_outbox::PageOutbox;
use super::preflight::PagePreflight;
use super::timer::Timer;
use super::{clock, console, trap};
use crate::agent::audio_baseline::{AudioBaseline, CheckResult};
use crate::agent::network_check::{NetworkBaseline, NetworkProbe};
use crate::agent::shift_limits::Shift;
use crate::alert::Alert;
use crate::engine::recovery::{AfterFailure, Failures, Operation, Recovery, Step};
use crate::engine::{self, CallId, Engine};
use crate::floor::Card;
use crate::input::units::{Milliseconds, Timestamp};
use crate::outbox::{CHECKPOINT_EVERY, EntryKind, Storage};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

/// Where a worker's shift is kept; not among the outbox's keys.
const SHIFT: &str = "device-monitoring.shift/";
/// Where the baseline of a worker's good calls is kept, under the name that it was first stored by.
const BASELINE: &str = "device-monitoring.usual/";

/// Where that of the worker's checks of the network is kept.
const NETWORK: &str = "device-monitoring.network/";

/// The engine of a page with its timers and its outbox. Timers use it as the monitor's methods do.
pub(super) struct EngineHost {
    /// Not there while it works: one that failed in the middle is not put back.
    pub(super) engine: Cell<Option<Box<Engine>>>,
    pub(super) recovery: Cell<Option<Box<Recovery>>>,
    failures: RefCell<Failures>,
    /// It has failed too often.
    is_stopped: Cell<bool>,
    timer: Timer,
    checkpoints: Timer,
    /// The outbox of alerts.
    pub(super) outbox: PageOutbox,
    pub(super) cards: PageOutbox,
    /// Of recorded calls that are shared.
    pub(super) recordings: PageOutbox,
    /// Whose page it is.
    pub(super) worker_sid: Option<String>,
    /// The worker is about to log out of this page.
    is_logging_out: Cell<bool>,
    /// Names this page among the tabs.
    pub(super) tab: String,
    /// Where the shift is kept in the browser's storage; that of nobody is not.
    shift_key: Option<String>,
    /// Where the agent's baseline is kept; `None` without the agent's tools, which alone use it.
    baseline_key: Option<String>,
    /// Where the network's baseline is kept; `None` without the agent's tools, which alone use it.
    network_key: Option<String>,
    /// Where the Function is. Without it, or switched off, nothing will ever be sent, so nothing is kept.
    pub(super) serverless_uri: Option<String>,
    pub(super) delivery: OnceCell<Rc<Delivery>>,
    /// Sends cards, where calls are reported.
    pub(super) card_delivery: OnceCell<Rc<Delivery>>,
    /// Sends recorded calls, where they are shared.
    pub(super) recording_delivery: OnceCell<Rc<Delivery>>,
    /// Sends beats, where calls are reported.
    pub(super) beats: OnceCell<Rc<BeatSender>>,
    /// The test call that is being made.
    pub(super) preflight: RefCell<Option<PagePreflight>>,
    on_effect: OnEffect,
}

impl EngineHost {
    /// The host for a page that knows this when the monitor is made.
    pub(super) fn new(setup: Setup, on_effect: OnEffect) -> Rc<Self> {
        let mut engine = Engine::new(setup.configuration(), setup.client());
        let Setup { worker_sid, tab, serverless_uri, .. } = setup;
        let shift_key = worker_sid.as_ref().map(|worker_sid| SHIFT.to_owned() + worker_sid);
        let config = &engine.configuration().config;
        let serverless_uri = serverless_uri.filter(|_| config.enabled);
        let has_tools = config.agent_tools;
        let baseline_key = worker_sid.as_ref().filter(|_| has_tools).map(|worker_sid| BASELINE.to_owned() + worker_sid);
        let network_key = worker_sid.as_ref().filter(|_| has_tools).map(|worker_sid| NETWORK.to_owned() + worker_sid);
        let kept = shift_key.as_ref().and_then(|key| LocalStorage.get(key));
        if let Some(shift) = kept.and_then(|text| Shift::parse(&text, clock::now(), clock::time_of_day())) {
            engine.resume(shift);
        }
        Rc::new_cyclic(|host: &Weak<Self>| {
            let (host, checkpointed) = (host.clone(), host.clone());
            Self {
                recovery: Cell::new(Some(Box::new(Recovery::new(&engine)))),
                engine: Cell::new(Some(Box::new(engine))),
                failures: RefCell::default(),
                is_stopped: Cell::new(false),
                timer: Timer::new(move || {
                    if let Some(host) = host.upgrade() {
                        host.by_itself(|| {
                            host.with_engine(|engine| engine.handle_timeout(clock::now()));
                            host.run_effects();
                        });
                    }
                }),
                checkpoints: Timer::new(move || {
                    if let Some(host) = checkpointed.upgrade() {
                        host.checkpoint();
                    }
                }),
                outbox: PageOutbox::new(EntryKind::Alerts, worker_sid.clone()),
                cards: PageOutbox::new(EntryKind::Cards, worker_sid.clone()),
                recordings: PageOutbox::new(EntryKind::Recordings, worker_sid.clone()),
                worker_sid,
                is_logging_out: Cell::new(false),
                tab: tab.unwrap_or_default(),
                shift_key,
                baseline_key,
                network_key,
                serverless_uri,
                delivery: OnceCell::new(),
                card_delivery: OnceCell::new(),
                recording_delivery: OnceCell::new(),
                beats: OnceCell::new(),
                preflight: RefCell::default(),
                on_effect,
            }
        })
    }

    pub(super) fn with_engine<T>(&self, work: impl FnOnce(&mut Engine) -> T) -> T {
        let Some(mut engine) = self.engine.take() else { wasm_bindgen::throw_str("the engine has failed") };
        let result = work(&mut engine);
        self.engine.set(Some(engine));
        result
    }

    /// The worker is about to log out of this page; phone numbers are forgotten.
    pub(super) fn log_out(&self) {
        self.is_logging_out.set(true);
        self.outbox.with(|outbox| outbox.logged_out(clock::time_of_day()));
    }

    /// The worker takes a call. After a logout of theirs in this page another plugin has prevented that: Flex tells
    /// nobody.
    pub(super) fn takes_call(&self) {
        if self.is_logging_out.take() {
            self.outbox.with(|outbox| outbox.signed_in());
        }
    }

    /// The engine is about to do this; if it fails, `operation` decides what follows.
    pub(super) fn begin(&self, operation: Operation) {
        self.failures.borrow_mut().begin(operation);
    }

    /// The engine has done it. To be called by every method of the monitor that may be tried again, also by those that only
    /// answer a question: what fails next has a second try of its own.
    pub(super) fn succeeded(&self) {
        self.failures.borrow_mut().succeeded();
    }

    /// Runs work that no method of the monitor started, such as a timer's. Failures end here.
    fn by_itself(&self, work: impl Fn()) {
        while !self.is_stopped.get() {
            self.begin(Operation::Other);
            let Err(error) = trap::catch(&work) else { return self.succeeded() };
            let after = trap::catch(|| self.failed(&error));
            if after.unwrap_or_else(|_| self.stop(&error)) != AfterFailure::Retry {
                return;
            }
        }
    }

    /// The engine, or something around it, has failed in the middle of what it was doing. Makes the engine as it was
    /// before that, with the same calls, and says how to go on.
    pub(super) fn failed(&self, error: &JsValue) -> AfterFailure {
        let after = self.failures.borrow_mut().failed();
        if after == AfterFailure::Stop {
            return self.stop(error);
        }
        console::exception_once("The engine failed and is made anew; calls in progress stay monitored.", error);
        let Some(recovery) = self.recovery.take() else { return self.stop(error) };
        self.engine.set(Some(Box::new(recovery.engine())));
        self.recovery.set(Some(recovery));
        match after {
            AfterFailure::GiveUpEnded(call) => {
                self.keep_checkpoint(call);
                self.forget(call);
            }
            AfterFailure::GiveUp(Some(call)) => self.forget(call),
            AfterFailure::GiveUp(None) | AfterFailure::Retry | AfterFailure::Skip | AfterFailure::Stop => {}
        }
        after
    }

    fn stop(&self, error: &JsValue) -> AfterFailure {
        if !self.is_stopped.replace(true) {
            console::exception("The engine keeps failing: monitoring has stopped until Flex is reloaded.", error);
        }
        self.timer.set(None);
        self.checkpoints.set(None);
        AfterFailure::Stop
    }

    /// The last checkpoint of a call that is over becomes its alert, and its card.
    fn keep_checkpoint(&self, call: CallId) {
        let now = clock::time_of_day();
        for (outbox, delivery) in [(&self.outbox, &self.delivery), (&self.cards, &self.card_delivery)] {
            outbox.with(|outbox| outbox.close_call(now, &self.tab, call.0));
            if let Some(delivery) = delivery.get() {
                delivery.send();
            }
        }
    }

    /// Drops a call without a verdict.
    fn forget(&self, call: CallId) {
        let now = clock::now();
        self.with_engine(|engine| engine.forget(call));
        self.save_checkpoint(call.0, None, None);
        self.run_effects();
        self.record(now, Step::Forget(call));
    }

    /// Records a step that the engine has taken.
    pub(super) fn record(&self, now: Timestamp, step: Step) {
        self.succeeded();
        if let Some(mut recovery) = self.recovery.take() {
            self.with_engine(|engine| recovery.record(now, step, engine));
            self.recovery.set(Some(recovery));
        }
    }

    /// An engine without calls has changed by something else than a step.
    pub(super) fn renew_recovery(&self) {
        self.recovery.set(Some(Box::new(self.with_engine(|engine| Recovery::new(engine)))));
    }

    /// Carries out what the engine wants, and sets the timer that it asks for.
    pub(super) fn run_effects(&self) {
        loop {
            // In its place again while a callback runs, which may call the monitor.
            let effect = self.with_engine(Engine::poll_effect);
            let Some(effect) = effect else { break };
            match &effect {
                engine::Effect::Alert(alert) => {
                    if self.serverless_uri.is_some() {
                        self.outbox.with(|outbox| outbox.put(clock::time_of_day(), alert));
                        if let Some(delivery) = self.delivery.get() {
                            delivery.send();
                        }
                    } else {
                        console::warn("An alert was not sent: REACT_APP_SERVERLESS_URI was not set.");
                    }
                    continue;
                }
                engine::Effect::Card(card) => {
                    if self.serverless_uri.is_some() {
                        self.cards.with(|outbox| outbox.put_card(clock::time_of_day(), card));
                        if let Some(delivery) = self.card_delivery.get() {
                            delivery.send();
                        }
                    }
                    continue;
                }
                engine::Effect::Beat { call, beat } => {
                    if let Some(beats) = self.beats.get() {
                        beats.send(call.0, beat);
                    }
                    continue;
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
                engine::Effect::StopPreflight => {
                    self.stop_preflight();
                    continue;
                }
                // Its alert and its card, if any, are in their outboxes already.
                engine::Effect::Ended { call, report, .. } => {
                    self.save_checkpoint(call.0, None, None);
                    if let (Some(key), Some(report)) = (&self.baseline_key, report) {
                        let mut baseline = self.baseline();
                        if baseline.learn(report) {
                            // As above.
                            let _ = LocalStorage.set(key, &baseline.to_text());
                        }
                    }
                }
                engine::Effect::Notice { .. } | engine::Effect::Reported { .. } | engine::Effect::Toast(_) => {}
            }
            if let Some(effect) = Effect::from_engine(effect)
                && let Err(error) = self.on_effect.call(&JsValue::NULL, &plain(&effect).into())
            {
                console::exception(&format!("The page failed at {}.", effect.subject()), &error);
            }
        }
        let wanted = self.with_engine(|engine| engine.poll_timeout());
        self.timer.set(wanted.map(|at| at - clock::now()));
    }

    /// Judges a look at the network beside the agent's earlier ones.
    pub(super) fn judge_network(&self, probe: &NetworkProbe) -> Vec<CheckResult> {
        let kept = self.network_key.as_ref().and_then(|key| LocalStorage.get(key));
        let mut baseline = NetworkBaseline::parse(&kept.unwrap_or_default());
        let results = baseline.judge(probe);
        if let Some(key) = &self.network_key {
            // Where nothing can be kept, the next check begins anew.
            let _ = LocalStorage.set(key, &baseline.to_text());
        }
        results
    }

    /// The baseline of the agent's good calls.
    pub(super) fn baseline(&self) -> AudioBaseline {
        let kept = self.baseline_key.as_ref().and_then(|key| LocalStorage.get(key));
        AudioBaseline::parse(&kept.unwrap_or_default())
    }

    /// [`EngineHost::checkpoint`], in a task of its own: what is told of a call in one go needs it once, and the page can do
    /// something else in between.
    pub(super) fn checkpoint_soon(&self) {
        if self.serverless_uri.is_some() {
            self.checkpoints.set(Some(Milliseconds(0.0)));
        }
    }

    /// Saves what the calls in progress would leave if the page ended now.
    pub(super) fn checkpoint(&self) {
        if self.serverless_uri.is_none() {
            return;
        }
        // First: should this fail, there is a next time.
        self.checkpoints.set(Some(CHECKPOINT_EVERY));
        self.by_itself(|| self.save_checkpoints());
    }

    fn save_checkpoints(&self) {
        let (now, calls, change, idle) = self.with_engine(|engine| {
            let now = clock::now();
            (now, engine.checkpoints(now), engine.next_checkpoint_change(now), engine.is_idle())
        });
        for checkpoint in calls {
            self.save_checkpoint(checkpoint.call.0, checkpoint.alert.as_ref(), checkpoint.card.as_ref());
        }
        let next = change.map_or(CHECKPOINT_EVERY.0, |change| (change - now).0.min(CHECKPOINT_EVERY.0));
        self.checkpoints.set((!idle).then_some(Milliseconds(next)));
    }

    fn save_checkpoint(&self, call: u32, alert: Option<&Alert>, card: Option<&Card>) {
        if self.serverless_uri.is_none() {
            return;
        }
        self.cards.with(|outbox| outbox.checkpoint_card(clock::time_of_day(), &self.tab, call, card));
        let entry = self.outbox.with(|outbox| outbox.checkpoint(clock::time_of_day(), &self.tab, call, alert));
        if let Some(delivery) = self.delivery.get() {
            delivery.checkpoint(call, entry.as_ref());
        }
    }
}
