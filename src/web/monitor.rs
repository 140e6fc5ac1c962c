//! The one exported object: the engine with a clock, timers and an outbox. Its methods about alerts are in `monitor_delivery`.

use super::clock;
use super::engine_host::EngineHost;
use super::js_deserializer::read;
use super::js_input::{CallContext, ConferenceState, NetworkState, Setup};
use super::js_output::{AfterFailure, CheckResult, ConfigurationReport, Limits, OnEffect, plain};
use crate::agent::activity::Activity;
use crate::agent::audio_baseline::Equipment;
use crate::agent::panel::Panel;
use crate::call::CallParties;
use crate::engine::recovery::{Operation, Step};
use crate::engine::{CallId, Engine, MAX_FINISHED};
use crate::input::agent_endpoint::RawEndpoint;
use crate::input::environment_signal::{EnvironmentSignal, LATE_TICK, PressureState, RawPath, TrackState};
use crate::input::event::{CallDirection, Event};
use crate::input::sample::RawSample;
use crate::input::stats::RawStatistics;
use crate::input::units::Milliseconds;
use crate::input::warning::{Statistic, WarningData, WarningName};
use std::rc::Rc;
use tsify::Ts;
use wasm_bindgen::prelude::*;

const LIMITS: Limits = Limits {
    late_tick_ms: LATE_TICK.0,
    ended_calls: MAX_FINISHED,
    ended_texts: 8,
    // Some two rows a second: nearly three hours.
    recorded_rows: 20_000,
    // A call of ten minutes has some 21 KB.
    recorded_bytes: 10_000_000,
};

/// Watches the calls of a page. Unknown calls and events in any order are harmless.
///
/// A method that throws has failed in the middle (a panic of ours), and so do all others until [`Monitor::failed`] is
/// asked what to do about it; the arguments of that call are not used.
#[wasm_bindgen]
pub struct Monitor {
    pub(super) host: Rc<EngineHost>,
}

#[wasm_bindgen]
impl Monitor {
    /// Makes a monitor without calls. A setup that cannot be read is one without anything in it.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(setup: Ts<Setup>, on_effect: OnEffect) -> Self {
        Self { host: EngineHost::new(Setup::read(&setup), on_effect) }
    }

    /// The crate's version.
    #[must_use]
    pub fn version() -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    /// How much of what is over is kept.
    #[must_use]
    pub fn limits() -> Ts<Limits> {
        plain(&LIMITS)
    }

    /// The configuration in force, its source and its findings.
    #[must_use]
    pub fn configuration(&self) -> Ts<ConfigurationReport> {
        self.host.with_engine(|engine| plain(&ConfigurationReport::from(engine.configuration())))
    }

    /// Opens a call, incoming or outgoing, and gives the number that stands for it from here on.
    pub fn incoming(&self, direction: &str, call_sid: Option<String>, from: Option<String>, to: Option<String>) -> u32 {
        let direction = match direction {
            "OUTGOING" => CallDirection::Outgoing,
            _ => CallDirection::Incoming,
        };
        let parties = CallParties { direction, call_sid: known(call_sid), from: known(from), to: known(to) };
        self.host.begin(Operation::Open);
        let (now, id) = self.host.with_engine(|engine| (clock::now(), engine.open(parties.clone())));
        self.host.run_effects();
        self.host.record(now, Step::Open(parties));
        id.0
    }

    /// The CallSid of an outgoing call, once it is known.
    pub fn identify(&self, call: u32, call_sid: String) {
        if !call_sid.is_empty() {
            self.handle(call, Event::Identified(call_sid));
        }
    }

    /// What Flex knows of the call; later values win.
    pub fn describe(&self, call: u32, context: &Ts<CallContext>) {
        self.handle(call, Event::Described(read(context).into()));
        // Without the task and the conference the server could not find the customer.
        self.host.checkpoint_soon();
    }

    /// The agent took the call just now; `found_in_progress`: at some time before, and the plugin finds it now.
    pub fn accept(&self, call: u32, found_in_progress: bool) {
        self.host.takes_call();
        self.handle(call, Event::Accepted { at: clock::time_of_day(), found_in_progress });
        self.host.checkpoint_soon();
    }

    /// One second of statistics: the SDK's `RTCSample`.
    pub fn sample(&self, call: u32, sample: &Ts<RawSample>) {
        self.handle(call, Event::Sample(read(sample).into()));
    }

    /// What the peer connection itself says at this moment.
    pub fn stats(&self, call: u32, stats: &Ts<RawStatistics>) {
        self.handle(call, Event::Statistics(read(stats).into()));
    }

    /// All that is read of a sample, as a recording has it.
    #[must_use]
    #[wasm_bindgen(js_name = recordedSample)]
    pub fn recorded_sample(sample: &Ts<RawSample>) -> Ts<RawSample> {
        plain(&read(sample))
    }

    /// All that is read of a peer connection's statistics, as a recording has them.
    #[must_use]
    #[wasm_bindgen(js_name = recordedStats)]
    pub fn recorded_stats(stats: &Ts<RawStatistics>) -> Ts<RawStatistics> {
        plain(&read(stats))
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

    /// What Flex shows of the call's conference, whenever that has changed.
    pub fn conference(&self, call: u32, conference: &Ts<ConferenceState>) {
        self.handle(call, Event::Conference(read(conference).into()));
        self.host.checkpoint_soon();
    }

    /// The call began while this user was starting or doing call monitoring in Flex. `speaking`: the supervisor is not
    /// muted in the colleague's conference; called again when that changes.
    pub fn monitoring(&self, call: u32, speaking: bool) {
        self.handle(call, Event::Monitoring { speaking });
        self.host.checkpoint_soon();
    }

    /// The AudioContext with which the SDK measures the levels has changed its state: `suspended`, `running`, ….
    #[wasm_bindgen(js_name = audioContext)]
    pub fn audio_context(&self, call: u32, state: &str) {
        self.handle(call, Event::from_audio_context_state(state));
    }

    /// The track that the call sends the microphone with is in another state: `live`, `muted` (by the system) or `ended`.
    pub fn track(&self, call: u32, state: &str) {
        if let Some(state) = TrackState::parse(state) {
            self.handle(call, Event::Signal(EnvironmentSignal::Track(state)));
        }
    }

    /// The pressure on the processor is another one: `nominal`, `fair`, `serious` or `critical`.
    pub fn pressure(&self, call: u32, state: &str) {
        if let Some(state) = PressureState::parse(state) {
            self.handle(call, Event::Signal(EnvironmentSignal::Pressure(state)));
        }
    }

    /// A timer of the page, which is visible, ran so many milliseconds late.
    #[wasm_bindgen(js_name = lateTick)]
    pub fn late_tick(&self, call: u32, late: f64) {
        self.handle(call, Event::Signal(EnvironmentSignal::LateTick(Milliseconds(late))));
    }

    /// What the microphone hears while the agent is muted, 0 to 1.
    #[wasm_bindgen(js_name = mutedLevel)]
    pub fn muted_level(&self, call: u32, level: f64) {
        self.handle(call, Event::Signal(EnvironmentSignal::MutedLevel(level)));
    }

    /// The path that the media take has changed.
    pub fn path(&self, call: u32, path: &Ts<RawPath>) {
        self.handle(call, Event::Signal(EnvironmentSignal::Path(read(path).into())));
    }

    /// A part of the call's endpoint has become known, or has changed.
    pub fn endpoint(&self, call: u32, endpoint: &Ts<RawEndpoint>) {
        self.handle(call, Event::Endpoint(read(endpoint).into()));
    }

    /// All that is kept of a call's endpoint, as a recording has it: no name of a device, no address.
    #[must_use]
    #[wasm_bindgen(js_name = recordedEndpoint)]
    pub fn recorded_endpoint(endpoint: &Ts<RawEndpoint>) -> Ts<RawEndpoint> {
        plain(&read(endpoint).recorded())
    }

    /// The agent wants to hear no more of this call's troubles, or wants to again.
    pub fn snooze(&self, call: u32, snoozed: bool) {
        self.handle(call, Event::Snoozed(snoozed));
    }

    /// The agent says that there was a problem, in a call or in its wrap-up.
    pub fn report(&self, call: u32) {
        self.handle(call, Event::Reported);
        self.host.checkpoint_soon();
    }

    /// What the agent's panel shows of a call in progress or in wrap-up.
    #[must_use]
    pub fn panel(&self, call: u32) -> Option<Ts<Panel>> {
        let panel = |engine: &mut Engine| engine.panel(clock::now(), CallId(call)).as_ref().map(plain);
        let panel = self.host.with_engine(panel);
        self.host.succeeded();
        panel
    }

    /// Checks the agent's equipment and network: the microphone's name (none: it could not be opened), that of what
    /// they hear through, whether the Device is registered, and the mean level of each second in which they spoke; and
    /// what a look at the network found.
    #[must_use]
    pub fn check(
        &self,
        microphone: Option<String>,
        speaker: Option<String>,
        registered: bool,
        levels: Vec<f64>,
        network: &Ts<NetworkState>,
    ) -> Vec<Ts<CheckResult>> {
        let equipment = Equipment { microphone: known(microphone), speaker: known(speaker), registered, levels };
        let results = self.host.baseline().judge(&equipment).into_iter();
        let results = results
            .chain(self.host.judge_network(&read(network).into()))
            .map(|result| plain(&CheckResult::from(result)))
            .collect();
        self.host.succeeded();
        results
    }

    /// The agent's activity in TaskRouter is known or has changed: its name and SID, and the SID of the one that is
    /// Offline, where the workspace names one.
    pub fn activity(&self, name: &str, sid: &str, offline_sid: Option<String>) {
        let offline = Activity { name, sid }.is_offline(offline_sid.as_deref());
        let now = self.host.with_engine(|engine| {
            let now = clock::now();
            engine.activity(now, offline);
            now
        });
        self.host.run_effects();
        self.host.record(now, Step::Activity { offline });
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
    pub fn failed(&self, error: JsValue) -> Ts<AfterFailure> {
        plain(&AfterFailure::from(self.host.failed(&error)))
    }

    fn handle(&self, call: u32, event: Event) {
        let id = CallId(call);
        let last = matches!(event, Event::Disconnected | Event::Cancelled | Event::Rejected);
        self.host.begin(Operation::Event { call: id, last });
        let now = self.host.with_engine(|engine| {
            let now = clock::now();
            engine.handle(now, id, &event);
            now
        });
        self.host.run_effects();
        // Last: a step that failed anywhere on its way is repeated.
        self.host.record(now, Step::Handle(id, event));
    }
}

/// A text with something in it.
pub(super) fn known(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Twilio's error codes are whole numbers of five digits.
fn code_of(code: f64) -> Option<u32> {
    (0.0..=f64::from(u32::MAX)).contains(&code).then_some(code as u32)
}
