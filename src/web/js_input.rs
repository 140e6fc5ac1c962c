//! The page's input: plain objects, whose TypeScript is derived from these types.

use super::js_deserializer::{each, lenient, number_as_text, read, text};
use super::json_value::json_value;
use crate::agent::network_check::{Candidate, NetworkProbe};
use crate::alert::ClientInfo;
use crate::config::{Configuration, Worker};
use crate::input::conference::{Conference, Participant};
use crate::input::event::{self, CallDirection, PhoneNumbers};
use crate::input::units::Milliseconds;
use crate::outbox;
use js_sys::Reflect;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::Value;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What the page knows when the monitor is made.
#[derive(Clone, Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct Setup {
    /// `DeviceMonitoringPlugin` in the attributes of appConfig.js.
    #[serde(deserialize_with = "setting")]
    #[tsify(type = "unknown")]
    pub(super) app_config: Value,
    /// `DeviceMonitoringPlugin` in `ui_attributes` of the Flex configuration.
    #[serde(deserialize_with = "setting")]
    #[tsify(type = "unknown")]
    pub(super) ui_attributes: Value,
    /// `DeviceMonitoringPlugin` in `attributes` of the Flex configuration.
    #[serde(deserialize_with = "setting")]
    #[tsify(type = "unknown")]
    pub(super) attributes: Value,
    /// Address of the Function, without its name.
    #[serde(deserialize_with = "text")]
    pub(super) serverless_uri: Option<String>,
    /// Version of the plugin.
    #[serde(deserialize_with = "text")]
    pub(super) plugin_version: Option<String>,
    /// Version of Flex UI.
    #[serde(deserialize_with = "text")]
    pub(super) flex_ui_version: Option<String>,
    /// The browser's own description of itself.
    #[serde(deserialize_with = "text")]
    pub(super) browser: Option<String>,
    /// The worker who is signed in.
    #[serde(deserialize_with = "text")]
    pub(super) worker_sid: Option<String>,
    /// The worker's friendly name in TaskRouter.
    #[serde(deserialize_with = "text")]
    pub(super) worker_name: Option<String>,
    /// The worker's attributes in TaskRouter.
    #[serde(deserialize_with = "setting")]
    #[tsify(type = "unknown")]
    pub(super) worker_attributes: Value,
    /// Name of this page among the tabs of its browser.
    #[serde(deserialize_with = "text")]
    pub(super) tab: Option<String>,
}

/// [`Setup::read`] reads it: it can be of any type.
fn setting<'de, D: Deserializer<'de>>(property: D) -> Result<Value, D::Error> {
    IgnoredAny::deserialize(property).map(|_| Value::Null)
}

impl Setup {
    /// What cannot be read is absent.
    pub(super) fn read(setup: &Ts<Self>) -> Self {
        let place = |name: &str| {
            let block = Reflect::get(&setup.js_value(), &name.into());
            json_value(&block.unwrap_or_default())
        };
        let (app_config, ui_attributes) = (place("appConfig"), place("uiAttributes"));
        let (attributes, worker_attributes) = (place("attributes"), place("workerAttributes"));
        Self { app_config, ui_attributes, attributes, worker_attributes, ..read(setup) }
    }

    /// What is in force for the worker who is signed in.
    pub(super) fn configuration(&self) -> Configuration {
        self.block().for_worker(&self.worker())
    }

    /// What is in force for whoever is in no pilot.
    pub(super) fn block(&self) -> Configuration {
        let [app_config, ui_attributes, attributes] =
            [&self.app_config, &self.ui_attributes, &self.attributes].map(|place| Some(place.clone()));
        Configuration::look_up(app_config, ui_attributes, attributes)
    }

    pub(super) fn worker(&self) -> Worker {
        Worker {
            sid: self.worker_sid.clone(),
            name: self.worker_name.clone(),
            attributes: self.worker_attributes.clone(),
        }
    }

    pub(super) fn client(&self) -> ClientInfo {
        ClientInfo {
            plugin_version: self.plugin_version.clone().unwrap_or_default(),
            flex_ui_version: self.flex_ui_version.clone(),
            browser: self.browser.clone(),
            worker_sid: self.worker_sid.clone(),
        }
    }
}

/// Which way a call was made, whichever way it rang.
#[derive(Clone, Copy, Debug, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// To the agent.
    Inbound,
    /// By the agent.
    Outbound,
}

/// What Flex knows about a call. Absent values change nothing.
#[derive(Clone, Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct CallContext {
    /// Which way the call was made, whichever way it rang.
    #[serde(deserialize_with = "lenient")]
    direction: Option<Direction>,
    /// The task.
    #[serde(deserialize_with = "text")]
    task_sid: Option<String>,
    /// The worker's reservation of the task.
    #[serde(deserialize_with = "text")]
    reservation_sid: Option<String>,
    /// The conference that agent and customer meet in.
    #[serde(deserialize_with = "text")]
    conference_sid: Option<String>,
    /// The attributes of the task.
    #[serde(deserialize_with = "lenient")]
    attributes: TaskAttributes,
    /// Twilio's edge that the call goes through.
    #[serde(deserialize_with = "text")]
    edge: Option<String>,
    /// Version of the Voice SDK.
    #[serde(deserialize_with = "text")]
    voice_sdk_version: Option<String>,
    /// Name of the agent's microphone.
    #[serde(deserialize_with = "text")]
    microphone: Option<String>,
    /// Name of what the agent hears the customer through.
    #[serde(deserialize_with = "text")]
    speaker: Option<String>,
}

/// The phone numbers among a task's attributes, as Twilio's flows and Flex's own outbound calls name them. Anybody may
/// have written them.
#[derive(Clone, Debug, Default, Deserialize, Tsify)]
#[serde(default)]
pub struct TaskAttributes {
    /// Who calls.
    #[serde(deserialize_with = "number_as_text")]
    from: Option<String>,
    /// Who is called.
    #[serde(deserialize_with = "number_as_text")]
    to: Option<String>,
    /// Who calls, under its older name.
    #[serde(deserialize_with = "number_as_text")]
    caller: Option<String>,
    /// Who is called, under its older name.
    #[serde(deserialize_with = "number_as_text")]
    called: Option<String>,
    /// Whom the agent has dialled.
    #[serde(deserialize_with = "number_as_text")]
    outbound_to: Option<String>,
}

impl From<CallContext> for event::CallContext {
    fn from(context: CallContext) -> Self {
        let TaskAttributes { from, to, caller, called, outbound_to } = context.attributes;
        let numbers = PhoneNumbers::from_task_direction(outbound_to, from.or(caller), to.or(called));
        Self {
            direction: context.direction.map(|direction| match direction {
                Direction::Inbound => CallDirection::Incoming,
                Direction::Outbound => CallDirection::Outgoing,
            }),
            task_sid: context.task_sid,
            reservation_sid: context.reservation_sid,
            conference_sid: context.conference_sid,
            caller_id: numbers.caller_id,
            dnis: numbers.dnis,
            edge: context.edge,
            voice_sdk_version: context.voice_sdk_version,
            microphone: context.microphone,
            speaker: context.speaker,
        }
    }
}

/// What Flex shows of a call's conference.
#[derive(Clone, Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct ConferenceState {
    /// The agent's own leg is on hold.
    #[serde(deserialize_with = "lenient")]
    on_hold: bool,
    /// Everybody else.
    #[serde(deserialize_with = "each")]
    others: Vec<ParticipantState>,
}

/// Somebody else in a call's conference, in Flex's own words.
#[derive(Clone, Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct ParticipantState {
    /// `customer`, `worker`, `supervisor` or another.
    #[serde(rename = "type", deserialize_with = "text")]
    kind: Option<String>,
    /// `joined`, `connecting`, `left` or another.
    #[serde(deserialize_with = "text")]
    status: Option<String>,
    /// Whether they are on hold.
    #[serde(deserialize_with = "lenient")]
    on_hold: bool,
}

impl From<ConferenceState> for Conference {
    fn from(ConferenceState { on_hold, others }: ConferenceState) -> Self {
        let participant = |ParticipantState { kind, status, on_hold }| {
            Participant::new(&kind.unwrap_or_default(), &status.unwrap_or_default(), on_hold)
        };
        Self { on_hold, others: others.into_iter().map(participant).collect() }
    }
}

/// What a look at the network found, before a shift.
#[derive(Clone, Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkState {
    /// What ICE has gathered; absent where nothing was asked.
    #[serde(deserialize_with = "each")]
    candidates: Vec<GatheredCandidate>,
    /// A server did not answer.
    #[serde(deserialize_with = "lenient")]
    has_failures: bool,
    /// Milliseconds until a connection for signalling was open; absent: none was.
    #[serde(deserialize_with = "lenient")]
    signalling_ms: Option<f64>,
    /// Twilio's edge that the Device is connected to.
    #[serde(deserialize_with = "text")]
    edge: Option<String>,
}

/// A candidate that ICE has gathered (`RTCIceCandidate`).
#[derive(Clone, Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct GatheredCandidate {
    /// `host`, `srflx` or `relay`.
    #[serde(rename = "type", deserialize_with = "text")]
    kind: Option<String>,
    /// How a relay is reached.
    #[serde(deserialize_with = "text")]
    relay_protocol: Option<String>,
    /// The address of the server that it was gathered through.
    #[serde(deserialize_with = "text")]
    url: Option<String>,
}

impl From<NetworkState> for NetworkProbe {
    fn from(NetworkState { candidates, has_failures, signalling_ms, edge }: NetworkState) -> Self {
        let candidate = |GatheredCandidate { kind, relay_protocol, url }: GatheredCandidate| {
            Candidate::parse(&kind.unwrap_or_default(), relay_protocol.as_deref(), url.as_deref())
        };
        Self {
            candidates: candidates.into_iter().filter_map(candidate).collect(),
            has_failures,
            signalling: signalling_ms.map(Milliseconds),
            edge,
        }
    }
}

/// Who is signed in at this moment.
#[derive(Clone, Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct Session {
    /// The Flex token, which is renewed during a shift.
    #[serde(deserialize_with = "text")]
    token: Option<String>,
    /// The worker.
    #[serde(deserialize_with = "text")]
    worker_sid: Option<String>,
}

impl From<Session> for outbox::Session {
    fn from(Session { token, worker_sid }: Session) -> Self {
        Self { token, worker_sid }
    }
}

#[wasm_bindgen]
extern "C" {
    /// Called for each post.
    #[wasm_bindgen(typescript_type = "() => Session")]
    pub type ReadSession;
    #[wasm_bindgen(method, catch)]
    pub(super) fn call(this: &ReadSession, context: &JsValue) -> Result<JsValue, JsValue>;
}
