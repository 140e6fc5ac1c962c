//! What crosses the boundary as objects, with its TypeScript beside it.

use super::object::{block, field, object, text};
use crate::alert::Environment;
use crate::config::{Configuration, Finding};
use crate::diagnosis::Urgency;
use crate::engine::Effect;
use crate::event::{CallContext, CallDirection};
use crate::notice::{Notice, Phase};
use crate::outbox::{Entry, Next};
use crate::text::Text;
use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPESCRIPT: &str = r"
/** What the page knows when the monitor is made. */
export interface Setup {
  /** `DeviceMonitoringPlugin` in the attributes of appConfig.js. */
  appConfig?: unknown;
  /** `DeviceMonitoringPlugin` in `ui_attributes` of the Flex configuration. */
  uiAttributes?: unknown;
  /** `DeviceMonitoringPlugin` in `attributes` of the Flex configuration. */
  attributes?: unknown;
  /** Where the Function is: the address without the Function's name. */
  serverlessUri?: string;
  pluginVersion?: string;
  flexUiVersion?: string;
  /** The browser's own description of itself. */
  browser?: string;
  workerSid?: string;
  /** Names this page among the tabs of its browser. */
  tab?: string;
}

/** What Flex knows about a call. Absent values change nothing. */
export interface CallContext {
  /** Which way the call was made, whichever way it rang. */
  direction?: 'inbound' | 'outbound';
  taskSid?: string;
  reservationSid?: string;
  conferenceSid?: string;
  /** The customer's number. */
  callerId?: string;
  /** The number that the customer called, or that was shown to them. */
  dnis?: string;
  /** Twilio's edge that the call goes through. */
  edge?: string;
  voiceSdkVersion?: string;
}

/** What is configured, where that was found, and what is to be said about it, worst first. */
export interface ConfigurationReport {
  source: 'appConfig' | 'ui_attributes' | 'attributes' | 'defaults';
  /** False: the admin has switched the plugin off. */
  enabled: boolean;
  /** Whether agents are to see anything. */
  alertAgent: boolean;
  /** Whether Flex's own badge is to go. */
  hideFlexIndicator: boolean;
  findings: { severity: 'error' | 'warning' | 'info'; property: string; message: string }[];
}

/** A text of `manager.strings` and what goes into its `{{places}}`: where that is the key of a text, the text. */
export interface Text {
  key: string;
  params: Record<string, string>;
}

/** What the agent is shown during a call. */
export interface Notice {
  /** Stays the same while the notice changes with the trouble. */
  id: number;
  phase: 'active' | 'recovered' | 'snoozed';
  diagnosis: 'connection-lost' | 'customer-cannot-hear-you' | 'no-audio-from-customer' | 'your-microphone' | 'your-network';
  severity: 'critical' | 'warning' | 'recovered' | 'snoozed';
  /** The role of the live region, none if it is not to be read out: `alert` interrupts a screen reader. */
  announce: 'alert' | 'status' | 'none';
  /** What to do about it is the text of the same key with `Advice` behind it, where there is one. */
  symptom: Text;
}

/** What is posted about one call, beside the token: the fields that the 2021 sample plugin sent, and the alert as JSON. */
export interface Post {
  id: string;
  issues: string;
  callerId: string;
  dnis: string;
  action: string;
  alert: string;
}

/** What is to be done about the alerts; undefined: nothing until there is a new one. */
export type NextAlert = { post: Post } | { waitMs: number } | undefined;

/** An alert that the server has not taken, or not yet. */
export interface KeptAlert {
  id: string;
  /** When it was made, in milliseconds since 1970. */
  created: number;
  attempts: number;
  /** Why the server will never take it; null: it is tried again. */
  refused: string | null;
}

/** What the engine wants the page to do. */
export type Effect =
  /** This call's notice changed; null: nothing to show any more. */
  | { type: 'notice'; call: number; notice: Notice | null }
  /** Show this as the one notification in place of the one before; null: take it down. */
  | { type: 'toast'; notice: Notice | null }
  /** The call is over, with the alert for the agent, if any; quiet: without a notification. */
  | { type: 'ended'; call: number; text: Text | null; quiet: boolean }
  /** There is a new alert to be sent. */
  | { type: 'alert' };
";

#[wasm_bindgen]
extern "C" {
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "Setup")]
    pub type Setup;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "CallContext")]
    pub type Context;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "ConfigurationReport")]
    pub type ConfigurationReport;
    /// Called with every effect, from inside the methods or from the monitor's own timer.
    #[wasm_bindgen(typescript_type = "(effect: Effect) => void")]
    pub type OnEffect;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "NextAlert")]
    pub type NextAlert;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "Post[]")]
    pub type LeavingAlerts;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "KeptAlert[]")]
    pub type KeptAlerts;
}

pub(super) fn configuration(setup: &JsValue) -> Configuration {
    let place = |name| Some(block(&field(setup, name)));
    Configuration::look_up(place("appConfig"), place("uiAttributes"), place("attributes"))
}

pub(super) fn environment(setup: &JsValue) -> Environment {
    Environment {
        plugin_version: text(setup, "pluginVersion").unwrap_or_default(),
        flex_ui_version: text(setup, "flexUiVersion"),
        browser: text(setup, "browser"),
        worker_sid: text(setup, "workerSid"),
    }
}

pub(super) fn context(context: &JsValue) -> CallContext {
    let direction = match text(context, "direction").as_deref() {
        Some("inbound") => Some(CallDirection::Incoming),
        Some("outbound") => Some(CallDirection::Outgoing),
        _ => None,
    };
    CallContext {
        direction,
        task_sid: text(context, "taskSid"),
        reservation_sid: text(context, "reservationSid"),
        conference_sid: text(context, "conferenceSid"),
        caller_id: text(context, "callerId"),
        dnis: text(context, "dnis"),
        edge: text(context, "edge"),
        voice_sdk_version: text(context, "voiceSdkVersion"),
    }
}

pub(super) fn report(configuration: &Configuration) -> JsValue {
    let findings: Array = configuration.findings.iter().map(finding).collect();
    object(&[
        ("source", configuration.source.as_str().into()),
        ("enabled", configuration.config.enabled.into()),
        ("alertAgent", configuration.config.alert_agent.into()),
        ("hideFlexIndicator", configuration.config.hide_flex_indicator.into()),
        ("findings", findings.into()),
    ])
}

fn finding(finding: &Finding) -> JsValue {
    object(&[
        ("severity", finding.severity.as_str().into()),
        ("property", finding.property.as_str().into()),
        ("message", finding.message.as_str().into()),
    ])
}

pub(super) fn next_alert(next: &Next) -> JsValue {
    match next {
        Next::Post(entry) => object(&[("post", post(entry))]),
        Next::Wait(span) => object(&[("waitMs", span.0.into())]),
        Next::Nothing => JsValue::UNDEFINED,
    }
}

pub(super) fn leaving(entries: &[Entry]) -> JsValue {
    entries.iter().map(post).collect::<Array>().into()
}

fn post(entry: &Entry) -> JsValue {
    let form = &entry.form;
    object(&[
        ("id", entry.id.as_str().into()),
        ("issues", form.issues.as_str().into()),
        ("callerId", form.caller_id.as_str().into()),
        ("dnis", form.dnis.as_str().into()),
        ("action", form.action.as_str().into()),
        ("alert", form.document().into()),
    ])
}

pub(super) fn alert() -> JsValue {
    object(&[("type", "alert".into())])
}

pub(super) fn kept_alerts(entries: &[Entry]) -> JsValue {
    let alerts = entries.iter().map(|entry| {
        object(&[
            ("id", entry.id.as_str().into()),
            ("created", entry.created.0.into()),
            ("attempts", entry.attempts.into()),
            ("refused", entry.refused.as_deref().map_or(JsValue::NULL, JsValue::from_str)),
        ])
    });
    alerts.collect::<Array>().into()
}

fn text_view(text: &Text) -> JsValue {
    let params = object(&[]);
    for (place, value) in &text.params {
        let _ = js_sys::Reflect::set(&params, &JsValue::from_str(place), &JsValue::from_str(value));
    }
    object(&[("key", text.key.into()), ("params", params)])
}

fn notice_view(notice: Option<Notice>) -> JsValue {
    let Some(notice) = notice else {
        return JsValue::NULL;
    };
    let severity = match (notice.phase, notice.diagnosis.urgency()) {
        (Phase::Snoozed, _) => "snoozed",
        (Phase::Recovered, _) => "recovered",
        (Phase::Active, Urgency::Critical) => "critical",
        (Phase::Active, Urgency::Warning) => "warning",
    };
    let phase = if notice.phase == Phase::Active { "active" } else { severity };
    let announce = match notice.interrupts() {
        _ if notice.quiet || notice.phase == Phase::Snoozed => "none",
        true => "alert",
        false => "status",
    };
    object(&[
        ("id", notice.id.into()),
        ("phase", phase.into()),
        ("diagnosis", notice.diagnosis.as_str().into()),
        ("severity", severity.into()),
        ("announce", announce.into()),
        ("symptom", text_view(&notice.symptom())),
    ])
}

/// `None` for what is not the page's business.
pub(super) fn effect(effect: &Effect) -> Option<JsValue> {
    Some(match effect {
        Effect::Notice { call, notice } => {
            object(&[("type", "notice".into()), ("call", call.0.into()), ("notice", notice_view(*notice))])
        }
        Effect::Toast(notice) => object(&[("type", "toast".into()), ("notice", notice_view(*notice))]),
        Effect::Ended { call, text, quiet, .. } => {
            let text = text.as_ref().map_or(JsValue::NULL, text_view);
            object(&[("type", "ended".into()), ("call", call.0.into()), ("text", text), ("quiet", (*quiet).into())])
        }
        Effect::Alert(_) | Effect::Shift => return None,
    })
}
