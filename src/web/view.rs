//! What crosses the boundary as objects. The TypeScript beside the wasm is generated from these.

use crate::alert::Environment;
use crate::config::{Configuration, Severity, Source};
use crate::diagnosis::{Direction, Side, Urgency};
use crate::engine;
use crate::event;
use crate::notice::{self, Phase};
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tsify::Tsify;

/// What the page knows when the monitor is made.
#[derive(Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct Setup {
    /// `DeviceMonitoringPlugin` in the attributes of appConfig.js.
    #[tsify(optional, type = "unknown")]
    pub(super) app_config: Option<serde_json::Value>,
    /// `DeviceMonitoringPlugin` in `ui_attributes` of the Flex configuration.
    #[tsify(optional, type = "unknown")]
    pub(super) ui_attributes: Option<serde_json::Value>,
    /// `DeviceMonitoringPlugin` in `attributes` of the Flex configuration.
    #[tsify(optional, type = "unknown")]
    pub(super) attributes: Option<serde_json::Value>,
    /// Where the Function is: the address without the Function's name.
    pub(super) serverless_uri: Option<String>,
    pub(super) plugin_version: Option<String>,
    pub(super) flex_ui_version: Option<String>,
    pub(super) voice_sdk_version: Option<String>,
    /// The browser's own description of itself.
    pub(super) browser: Option<String>,
    /// Twilio's edge that the Device is connected to.
    pub(super) edge: Option<String>,
    pub(super) worker_sid: Option<String>,
}

impl Setup {
    pub(super) fn configuration(&self) -> Configuration {
        Configuration::look_up(self.app_config.as_ref(), self.ui_attributes.as_ref(), self.attributes.as_ref())
    }

    pub(super) fn into_environment(self) -> Environment {
        Environment {
            plugin_version: self.plugin_version.unwrap_or_default(),
            flex_ui_version: self.flex_ui_version,
            voice_sdk_version: self.voice_sdk_version,
            browser: self.browser,
            edge: self.edge,
            worker_sid: self.worker_sid,
        }
    }
}

/// What Flex knows about a call. Absent values change nothing.
#[derive(Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct CallContext {
    task_sid: Option<String>,
    reservation_sid: Option<String>,
    conference_sid: Option<String>,
    /// The customer's number.
    caller_id: Option<String>,
    /// The number that the customer called, or that was shown to them.
    dnis: Option<String>,
}

impl From<CallContext> for event::CallContext {
    fn from(context: CallContext) -> Self {
        let CallContext { task_sid, reservation_sid, conference_sid, caller_id, dnis } = context;
        Self { task_sid, reservation_sid, conference_sid, caller_id, dnis }
    }
}

/// What is configured, where that was found, and what is to be said about it.
#[derive(Serialize, Tsify)]
pub struct ConfigurationReport {
    #[tsify(type = "'appConfig' | 'ui_attributes' | 'attributes' | 'defaults'")]
    source: Source,
    /// The properties in force, under their documented names.
    #[tsify(type = "Record<string, unknown>")]
    configuration: serde_json::Value,
    /// Worst first.
    findings: Vec<Finding>,
}

/// One plain sentence about one property.
#[derive(Serialize, Tsify)]
pub struct Finding {
    #[tsify(type = "'error' | 'warning' | 'info'")]
    severity: Severity,
    property: String,
    message: String,
}

impl From<&Configuration> for ConfigurationReport {
    fn from(configuration: &Configuration) -> Self {
        let Configuration { source, config, findings } = configuration.clone();
        Self {
            source,
            configuration: serde_json::to_value(config).unwrap_or_default(),
            findings: findings
                .into_iter()
                .map(|finding| Finding {
                    severity: finding.severity,
                    property: finding.property,
                    message: finding.message,
                })
                .collect(),
        }
    }
}

/// Key and template of every text, to be filled in where `manager.strings` has none.
#[derive(Serialize, Tsify)]
pub struct Strings(#[tsify(type = "Record<string, string>")] pub(super) BTreeMap<&'static str, &'static str>);

/// A text of `manager.strings` and what goes into its `{{places}}`.
#[derive(Serialize, Tsify)]
pub struct Text {
    key: &'static str,
    #[tsify(type = "Record<string, string>")]
    params: BTreeMap<&'static str, String>,
}

impl From<text::Text> for Text {
    fn from(text: text::Text) -> Self {
        Self { key: text.key, params: text.params }
    }
}

/// What the agent is shown during a call.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Stays the same while the notice changes with the trouble.
    id: u32,
    #[tsify(type = "'active' | 'recovered'")]
    phase: &'static str,
    diagnosis: &'static str,
    #[tsify(type = "'connection' | 'agent-network' | 'agent-microphone' | 'customer-audio'")]
    side: Side,
    #[tsify(type = "'inbound' | 'outbound' | 'both'")]
    direction: Direction,
    #[tsify(type = "'critical' | 'warning' | 'recovered'")]
    severity: &'static str,
    /// The role of the live region: `alert` interrupts a screen reader.
    #[tsify(type = "'alert' | 'status'")]
    announce: &'static str,
    symptom: Text,
    advice: Text,
}

impl From<notice::Notice> for Notice {
    fn from(notice: notice::Notice) -> Self {
        let diagnosis = notice.diagnosis;
        let recovered = notice.phase == Phase::Recovered;
        Self {
            id: notice.id,
            phase: if recovered { "recovered" } else { "active" },
            diagnosis: diagnosis.as_str(),
            side: diagnosis.side(),
            direction: diagnosis.direction(),
            severity: match diagnosis.urgency() {
                _ if recovered => "recovered",
                Urgency::Critical => "critical",
                Urgency::Warning => "warning",
            },
            announce: if notice.interrupts() { "alert" } else { "status" },
            symptom: notice.symptom().into(),
            advice: notice.advice().into(),
        }
    }
}

/// What the engine wants the page to do.
#[derive(Serialize, Tsify)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Effect {
    /// This call's notice changed; null: nothing to show any more.
    Notice {
        /// Number of the call.
        call: u32,
        /// Its CallSid, once known.
        call_sid: Option<String>,
        /// What to show.
        notice: Option<Notice>,
    },
    /// Show this as the one notification in place of the one before; null: take it down.
    Toast {
        /// What to show.
        notice: Option<Notice>,
    },
    /// The call is over, with the alert for the agent, if any.
    Ended {
        /// Number of the call.
        call: u32,
        /// Its CallSid, if it ever was known.
        call_sid: Option<String>,
        /// What to tell the agent.
        text: Option<Text>,
    },
}

impl Effect {
    /// `None` for what is not the page's business.
    pub(super) fn of(effect: engine::Effect) -> Option<Self> {
        Some(match effect {
            engine::Effect::Notice { call, call_sid, notice } => {
                Self::Notice { call: call.0, call_sid, notice: notice.map(Into::into) }
            }
            engine::Effect::Toast(notice) => Self::Toast { notice: notice.map(Into::into) },
            engine::Effect::Ended { call, call_sid, text, .. } => {
                Self::Ended { call: call.0, call_sid, text: text.map(Into::into) }
            }
            engine::Effect::Alert(_) => return None,
        })
    }
}
