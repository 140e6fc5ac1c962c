//! What crosses the boundary as objects: read field by field, and written as JSON.

use super::object::{block, field, items, text};
use crate::alert::{CallReport, Environment};
use crate::conference::{Conference, Participant};
use crate::config::Configuration;
use crate::diagnosis::Urgency;
use crate::engine::Effect;
use crate::event::{CallContext, CallDirection};
use crate::json::{Json, Writer};
use crate::notice::{Notice, Phase};
use crate::outbox::Entry;
use crate::text::Text;
use crate::usual::{Health, Remark};
use crate::verdict::Reason;
use wasm_bindgen::prelude::*;

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
        microphone: text(context, "microphone"),
        speaker: text(context, "speaker"),
    }
}

pub(super) fn conference(conference: &JsValue) -> Conference {
    let on_hold = |one: &JsValue| field(one, "onHold").is_truthy();
    let participant = |other: JsValue| {
        let [kind, status] = ["type", "status"].map(|name| text(&other, name).unwrap_or_default());
        Participant::new(&kind, &status, on_hold(&other))
    };
    let others = items(&field(conference, "others")).map(participant).collect();
    Conference { on_hold: on_hold(conference), others }
}

/// See [`super::types::ConfigurationReport`].
pub(super) struct Report<'a>(pub(super) &'a Configuration);

impl Json for Report<'_> {
    fn write(&self, to: &mut Writer) {
        let Configuration { source, config, findings } = self.0;
        to.object()
            .field("source", &source.as_str())
            .field("enabled", &config.enabled)
            .field("alertAgent", &config.alert_agent)
            .field("agentTools", &config.agent_tools)
            .field("recordCalls", &config.record_calls)
            .field("hideFlexIndicator", &config.hide_flex_indicator)
            .field("findings", findings)
            .end_object();
    }
}

/// See [`super::types::KeptAlerts`].
impl Json for Entry {
    fn write(&self, to: &mut Writer) {
        to.object()
            .field("id", &self.id)
            .field("created", &self.created.0)
            .field("attempts", &self.attempts)
            .field("refused", &self.refused)
            .field("waiting", &self.waiting)
            .end_object();
    }
}

impl Json for Text {
    fn write(&self, to: &mut Writer) {
        to.object().field("key", &self.key).field("params", &Params(self)).end_object();
    }
}

struct Params<'a>(&'a Text);

impl Json for Params<'_> {
    fn write(&self, to: &mut Writer) {
        to.object();
        for (place, value) in &self.0.params {
            to.field(place, value);
        }
        to.end_object();
    }
}

/// See the TypeScript.
impl Json for Remark {
    fn write(&self, to: &mut Writer) {
        let severity = match self.health {
            Health::Good => "recovered",
            Health::Doubtful => "warning",
            Health::Bad => "critical",
        };
        to.object().field("severity", &severity).field("text", &self.text).end_object();
    }
}

impl Json for Notice {
    fn write(&self, to: &mut Writer) {
        let severity = match (self.phase, self.diagnosis.urgency()) {
            (Phase::Snoozed, _) => "snoozed",
            (Phase::Recovered, _) => "recovered",
            (Phase::Active, Urgency::Critical) => "critical",
            (Phase::Active, Urgency::Warning) => "warning",
            (Phase::Active, Urgency::Quiet) => "information",
        };
        let announce = match self.interrupts() {
            _ if self.quiet || self.phase == Phase::Snoozed => "none",
            true => "alert",
            false => "status",
        };
        to.object()
            .field("id", &self.id)
            .field("phase", &if self.phase == Phase::Active { "active" } else { severity })
            .field("diagnosis", &self.diagnosis.as_str())
            .field("severity", &severity)
            .field("announce", &announce)
            .field("symptom", &self.symptom())
            .end_object();
    }
}

/// The name of an effect, as the page has it.
pub(super) fn kind(effect: &Effect) -> &'static str {
    match effect {
        Effect::Notice { .. } => "notice",
        Effect::Toast(_) => "toast",
        Effect::Ended { .. } => "ended",
        Effect::Reported { .. } => "reported",
        Effect::Shift => "shift",
        Effect::Alert(_) => "alert",
    }
}

/// Of the verdict on a call that is over.
fn reasons(report: &Option<Box<CallReport>>) -> Option<&Vec<Reason>> {
    report.as_ref().map(|report| &report.verdict.reasons)
}

/// See the TypeScript.
impl Json for Effect {
    fn write(&self, to: &mut Writer) {
        to.object();
        match self {
            Self::Notice { call, notice } => {
                to.field("type", &"notice").field("call", &call.0).field("notice", notice).end_object();
            }
            Self::Toast(notice) => to.field("type", &"toast").field("notice", notice).end_object(),
            Self::Ended { call, text, quiet, report } => {
                to.field("type", &"ended")
                    .field("call", &call.0)
                    .field("text", text)
                    .field("quiet", quiet)
                    .field("reasons", &reasons(report))
                    .end_object();
            }
            Self::Reported { call, report } => {
                to.field("type", &"reported").field("call", &call.0).field("reasons", &reasons(report)).end_object();
            }
            // The page has no part in these.
            Self::Shift | Self::Alert(_) => to.end_object(),
        }
    }
}
