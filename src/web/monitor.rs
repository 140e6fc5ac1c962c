//! The one exported object: the engine with a clock, a timer and a network.

use super::timer::Timer;
use super::view::{self, ConfigurationReport, Context, OnEffect, ReadToken, Setup, Strings};
use super::{clock, delivery, object};
use crate::alert::Alert;
use crate::call::Incoming;
use crate::engine::{self, CallId, Engine};
use crate::event::{CallDirection, Event};
use crate::recovery::{Recovery, Step};
use crate::sample::{RawSample, Sample};
use crate::statistics::{RawStatistics, Statistics};
use crate::units::Timestamp;
use crate::warning::{Statistic, WarningData, WarningName};
use js_sys::Function;
use std::cell::Cell;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::console;

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
    serverless_uri: Option<String>,
    on_effect: Function,
    read_token: Function,
}

#[wasm_bindgen]
impl Monitor {
    /// Makes a monitor without calls. A setup that cannot be read is one without anything in it.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(setup: Setup, on_effect: OnEffect, read_token: ReadToken) -> Self {
        let setup = JsValue::from(setup);
        let engine = Engine::new(view::configuration(&setup), view::environment(&setup));
        let shared = Rc::new_cyclic(|shared: &Weak<Shared>| {
            let shared = shared.clone();
            Shared {
                recovery: Cell::new(Some(Box::new(Recovery::of(&engine)))),
                engine: Cell::new(Some(Box::new(engine))),
                timer: Timer::new(move || {
                    if let Some(shared) = shared.upgrade() {
                        shared.with_engine(|engine| engine.handle_timeout(clock::now()));
                        shared.settle();
                    }
                }),
                serverless_uri: object::text(&setup, "serverlessUri"),
                on_effect: JsValue::from(on_effect).unchecked_into(),
                read_token: JsValue::from(read_token).unchecked_into(),
            }
        });
        Self { shared }
    }

    /// The crate's version.
    #[must_use]
    pub fn version() -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    /// What is configured, where that was found, and what is to be said about it.
    #[must_use]
    pub fn configuration(&self) -> ConfigurationReport {
        self.shared.with_engine(|engine| view::report(engine.configuration())).unchecked_into()
    }

    /// Every text in English.
    #[must_use]
    pub fn strings(&self) -> Strings {
        view::strings().unchecked_into()
    }

    /// Opens a call, incoming or outgoing, and gives the number that stands for it from here on.
    pub fn incoming(&self, direction: &str, call_sid: Option<String>, from: Option<String>, to: Option<String>) -> u32 {
        let direction = match direction {
            "OUTGOING" => CallDirection::Outgoing,
            _ => CallDirection::Incoming,
        };
        let parties = Incoming { direction, call_sid, from, to };
        let (now, id) = self.shared.with_engine(|engine| (clock::now(), engine.open(parties.clone())));
        self.shared.note(now, Step::Open(parties));
        id.0
    }

    /// The CallSid of an outgoing call, once it is known.
    pub fn identify(&self, call: u32, call_sid: String) {
        self.handle(call, Event::Identified(call_sid));
    }

    /// What Flex knows of the call; later values win.
    pub fn describe(&self, call: u32, context: Context) {
        self.handle(call, Event::Described(view::context(&context)));
    }

    /// The agent took the call just now; `midway`: at some time before, and the call was found going on.
    pub fn accept(&self, call: u32, midway: bool) {
        self.handle(call, Event::Accepted { at: clock::time_of_day(), midway });
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
    pub fn warning(&self, call: u32, name: &str, threshold_name: Option<String>, values: Vec<f64>) {
        if let Some(name) = WarningName::parse(name) {
            let statistic = threshold_name.as_deref().and_then(Statistic::parse);
            self.handle(call, Event::Warning(name, WarningData { statistic, values }));
        }
    }

    /// The SDK cleared a warning.
    #[wasm_bindgen(js_name = warningCleared)]
    pub fn warning_cleared(&self, call: u32, name: &str) {
        if let Some(name) = WarningName::parse(name) {
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
            engine.handle(now, id, event.clone());
            now
        });
        self.shared.settle();
        // Last: a step that failed anywhere on its way is told again.
        self.shared.note(now, Step::Handle(id, event));
    }
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
            match effect {
                Some(engine::Effect::Alert(alert)) => self.send(*alert),
                Some(effect) => self.show(&effect),
                None => break,
            }
        }
        let wanted = self.with_engine(|engine| engine.poll_timeout());
        self.timer.set(wanted.map(|at| at - clock::now()));
    }

    fn show(&self, effect: &engine::Effect) {
        let Some(effect) = view::effect(effect) else {
            return;
        };
        if self.on_effect.call1(&JsValue::NULL, &effect).is_err() {
            console::warn_1(&"[device-monitoring] The page could not show a notice.".into());
        }
    }

    fn send(&self, alert: Alert) {
        let Some(uri) = self.serverless_uri.clone() else {
            console::warn_1(&"[device-monitoring] An alert was not sent: REACT_APP_SERVERLESS_URI was not set.".into());
            return;
        };
        let token = self.read_token.call0(&JsValue::NULL).ok().and_then(|token| token.as_string());
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            console::error_1(&"[device-monitoring] An alert was not sent: Flex has no token.".into());
            return;
        };
        wasm_bindgen_futures::spawn_local(async move {
            if let Err(reason) = delivery::post(&uri, &token, &alert).await {
                console::error_1(&format!("[device-monitoring] An alert was not delivered: {reason}").into());
            }
        });
    }
}
