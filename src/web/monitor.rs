//! The one exported object: the engine with a clock, timers and an outbox. Its methods about alerts are in `alerts`.

use super::object::known;
use super::shared::Shared;
use super::types::{
    AfterFailure, ConferenceState, ConfigurationReport, Context, MaybePanel, MaybeText, Numbers, OnEffect, Remarks,
    Setup,
};
use super::view::{self, Report};
use super::{clock, object};
use crate::call::Incoming;
use crate::engine::{CallId, Engine};
use crate::event::{CallDirection, Event};
use crate::recovery::{self, Doing, Step};
use crate::sample::{RawSample, Sample};
use crate::statistics::{RawStatistics, Statistics};
use crate::usual::Equipment;
use crate::warning::{Statistic, WarningData, WarningName};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Watches the calls of a page. Unknown calls and events in any order are harmless.
///
/// A method that throws has failed in the middle (a panic of ours), and so do all others until [`Monitor::failed`] is
/// asked what to do about it; what it was told is not heard.
#[wasm_bindgen]
pub struct Monitor {
    pub(super) shared: Rc<Shared>,
}

#[wasm_bindgen]
impl Monitor {
    /// Makes a monitor without calls. A setup that cannot be read is one without anything in it.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(setup: Setup, on_effect: OnEffect) -> Self {
        Self { shared: Shared::new(&JsValue::from(setup), on_effect) }
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

    /// Opens a call, incoming or outgoing, and gives the number that stands for it from here on.
    pub fn incoming(&self, direction: MaybeText, call_sid: MaybeText, from: MaybeText, to: MaybeText) -> u32 {
        let direction = match known(&direction).as_deref() {
            Some("OUTGOING") => CallDirection::Outgoing,
            _ => CallDirection::Incoming,
        };
        let parties = Incoming { direction, call_sid: known(&call_sid), from: known(&from), to: known(&to) };
        self.shared.begin(Doing::Open);
        let (now, id) = self.shared.with_engine(|engine| (clock::now(), engine.open(parties.clone())));
        self.shared.note(now, Step::Open(parties));
        id.0
    }

    /// The CallSid of an outgoing call, once it is known.
    pub fn identify(&self, call: u32, call_sid: MaybeText) {
        if let Some(call_sid) = known(&call_sid) {
            self.handle(call, Event::Identified(call_sid));
        }
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
        responses_received: f64,
    ) {
        let raw = RawStatistics {
            current_round_trip_time,
            responses_received,
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

    /// What Flex shows of the call's conference, whenever that has changed.
    pub fn conference(&self, call: u32, conference: ConferenceState) {
        self.handle(call, Event::Conference(view::conference(&conference)));
        // A call that was dialled may be a short one only once somebody else has joined.
        self.shared.checkpoint();
    }

    /// The call began while this user was starting or doing call monitoring in Flex. `speaking`: the supervisor is not
    /// muted in the colleague's conference; called again when that changes.
    pub fn monitoring(&self, call: u32, speaking: bool) {
        self.handle(call, Event::Monitoring { speaking });
        self.shared.checkpoint();
    }

    /// The AudioContext with which the SDK measures the levels has changed its state: `suspended`, `running`, ….
    #[wasm_bindgen(js_name = audioContext)]
    pub fn audio_context(&self, call: u32, state: MaybeText) {
        if let Some(state) = known(&state) {
            self.handle(call, Event::of_audio_context(&state));
        }
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
        let panel = self.shared.with_engine(panel).unchecked_into();
        self.shared.succeeded();
        panel
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

    /// After a method has thrown: makes an engine as it was before that, with the same calls, and says how to go on.
    /// Throws if even that fails.
    pub fn failed(&self, error: JsValue) -> AfterFailure {
        let after = match self.shared.failed(&error) {
            recovery::AfterFailure::Again => "again",
            recovery::AfterFailure::Skip => "skip",
            recovery::AfterFailure::GiveUp(_) => "give-up",
            recovery::AfterFailure::Stop => "stop",
        };
        JsValue::from(after).unchecked_into()
    }

    fn handle(&self, call: u32, event: Event) {
        let id = CallId(call);
        let last = matches!(event, Event::Disconnected | Event::Cancelled | Event::Rejected);
        self.shared.begin(Doing::Event { call: id, last });
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

/// Twilio's error codes are whole numbers of five digits.
fn code_of(code: f64) -> Option<u32> {
    (0.0..=f64::from(u32::MAX)).contains(&code).then_some(code as u32)
}
