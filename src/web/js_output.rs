//! What leaves: plain objects, whose TypeScript is derived from these types.

use crate::agent::audio_baseline::{self, CheckGrade};
use crate::agent::notice::{self, Phase};
use crate::alert::CallReport;
use crate::cause::Cause;
use crate::condition::diagnosis::Urgency;
use crate::config::{Configuration, Finding, Source};
use crate::engine;
use crate::engine::recovery;
use crate::localized_text::Text;
use crate::outbox::Entry;
use crate::verdict::Reason;
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// The value as a plain object.
pub(super) fn plain<T: Tsify + Serialize>(value: &T) -> Ts<T> {
    // Nothing in these types can fail to be written.
    value.into_ts().unwrap_or_else(|_| Ts::new_unchecked(JsValue::UNDEFINED))
}

/// How urgent something is that is shown, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum NoticeSeverity {
    /// One of the two cannot hear the other.
    Critical,
    /// They can, but badly.
    Warning,
    /// Nobody's attention is called to it.
    Information,
    /// The agent wants to hear no more of it.
    Snoozed,
    /// In order, or in order again.
    Recovered,
}

/// The role of the live region that a notice is read out from; `none`: it is not.
#[derive(Clone, Copy, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Announcement {
    /// Interrupts a screen reader.
    Alert,
    /// Waits for it.
    Status,
    /// Nothing is read out.
    None,
}

/// What the agent is shown during a call.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Stays the same while the notice changes with the trouble.
    id: u32,
    /// Whether the trouble is there, just over, or snoozed.
    #[tsify(type = "'active' | 'recovered' | 'snoozed'")]
    phase: &'static str,
    /// Name of the diagnosis.
    diagnosis: &'static str,
    severity: NoticeSeverity,
    /// Place among the notices of several calls: the lowest is shown first.
    rank: u8,
    announce: Announcement,
    /// Name of the cause, where it is known.
    #[tsify(optional)]
    cause: Option<&'static str>,
    symptom: Text,
    /// Key of what to do about it, while there is something to do.
    #[tsify(optional)]
    advice: Option<String>,
}

impl From<&notice::Notice> for Notice {
    fn from(notice: &notice::Notice) -> Self {
        let severity = match (notice.phase, notice.trouble.urgency()) {
            (Phase::Snoozed, _) => NoticeSeverity::Snoozed,
            (Phase::Recovered, _) => NoticeSeverity::Recovered,
            (Phase::Active, Urgency::Critical) => NoticeSeverity::Critical,
            (Phase::Active, Urgency::Warning) => NoticeSeverity::Warning,
            (Phase::Active, Urgency::Quiet) => NoticeSeverity::Information,
        };
        Self {
            id: notice.id,
            phase: match notice.phase {
                Phase::Active => "active",
                Phase::Recovered => "recovered",
                Phase::Snoozed => "snoozed",
            },
            diagnosis: notice.trouble.diagnosis.as_str(),
            severity,
            rank: severity as u8,
            announce: match notice.interrupts() {
                _ if notice.quiet || notice.phase == Phase::Snoozed => Announcement::None,
                true => Announcement::Alert,
                false => Announcement::Status,
            },
            cause: notice.trouble.cause.map(Cause::as_str),
            symptom: notice.symptom(),
            advice: notice.advice(),
        }
    }
}

/// What became of an agent's report of a problem.
#[derive(Clone, Copy, Debug, Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub enum ReportOutcome {
    /// Noted; the agent may report another one.
    InCall,
    /// Noted; nothing more can be reported of this call.
    AfterCall,
    /// Refused: this call can be reported no more.
    TooLate,
}

/// What the engine wants the page to do.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Effect {
    /// This call's notice changed; null: nothing to show any more.
    Notice {
        /// The call.
        call: u32,
        /// What to show.
        notice: Option<Notice>,
    },
    /// Show this as the one notification in place of the one before; null: take it down.
    Toast {
        /// What to show.
        notice: Option<Notice>,
    },
    /// The call is over.
    Ended {
        /// The call.
        call: u32,
        /// The sentence for the agent, if any.
        text: Option<Text>,
        /// No notification is shown.
        quiet: bool,
        /// The reasons of the call's verdict; null for a call that nobody took.
        reasons: Option<Vec<Reason>>,
    },
    /// The agent is to read what became of their report of a problem.
    Reported {
        /// The call.
        call: u32,
        /// What became of it.
        outcome: ReportOutcome,
        /// The reasons of the verdict, where the report has changed it; null: not, or not yet.
        reasons: Option<Vec<Reason>>,
    },
}

impl Effect {
    /// What of an engine's effect is the page's business, if anything.
    pub(super) fn from_engine(effect: engine::Effect) -> Option<Self> {
        Some(match effect {
            engine::Effect::Notice { call, notice } => {
                Self::Notice { call: call.0, notice: notice.as_ref().map(Notice::from) }
            }
            engine::Effect::Toast(notice) => Self::Toast { notice: notice.as_ref().map(Notice::from) },
            engine::Effect::Ended { call, text, quiet, report } => {
                Self::Ended { call: call.0, text, quiet, reasons: reasons(report) }
            }
            engine::Effect::Reported { call, outcome } => {
                let (outcome, report) = match outcome {
                    engine::ReportOutcome::InCall => (ReportOutcome::InCall, None),
                    engine::ReportOutcome::AfterCall { report } => (ReportOutcome::AfterCall, report),
                    engine::ReportOutcome::TooLate => (ReportOutcome::TooLate, None),
                };
                Self::Reported { call: call.0, outcome, reasons: reasons(report) }
            }
            engine::Effect::Alert(_)
            | engine::Effect::Card(_)
            | engine::Effect::Beat { .. }
            | engine::Effect::Shift
            | engine::Effect::StopPreflight => return None,
        })
    }

    /// What it is about, for the console.
    pub(super) fn subject(&self) -> &'static str {
        match self {
            Self::Notice { .. } => "a notice",
            Self::Toast { .. } => "a notification",
            Self::Ended { .. } => "the end of a call",
            Self::Reported { .. } => "the agent's report",
        }
    }
}

fn reasons(report: Option<Box<CallReport>>) -> Option<Vec<Reason>> {
    report.map(|report| report.verdict.reasons)
}

/// One sentence about the agent's equipment; what to do is the text of the same key with `Advice` behind it.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct CheckResult {
    severity: NoticeSeverity,
    /// Stable name of what was found.
    code: &'static str,
    text: Text,
}

impl From<audio_baseline::CheckResult> for CheckResult {
    fn from(audio_baseline::CheckResult { grade, code, text }: audio_baseline::CheckResult) -> Self {
        let severity = match grade {
            CheckGrade::Ok => NoticeSeverity::Recovered,
            CheckGrade::Warning => NoticeSeverity::Warning,
            CheckGrade::Critical => NoticeSeverity::Critical,
        };
        Self { severity, code, text }
    }
}

/// The configuration in force, its source and its findings.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationReport {
    source: Source,
    /// Whether the worker is in the configuration's pilot.
    in_pilot: bool,
    /// False: the admin has switched the plugin off.
    enabled: bool,
    /// Whether agents are to see anything.
    alert_agent: bool,
    /// Whether agents have their own panel, report and check.
    agent_tools: bool,
    /// Whether the last calls are kept in the browser.
    record_calls: bool,
    /// Whether those are also sent to the Function.
    shares_recordings: bool,
    /// Whether anybody's calls are reported to the floor.
    reports_calls: bool,
    /// Whether Flex's own badge is to go.
    hide_flex_indicator: bool,
    /// Worst first.
    findings: Vec<Finding>,
}

impl From<&Configuration> for ConfigurationReport {
    fn from(Configuration { source, config, in_pilot, reports_calls, findings, .. }: &Configuration) -> Self {
        Self {
            source: *source,
            in_pilot: *in_pilot,
            enabled: config.enabled,
            alert_agent: config.alert_agent,
            agent_tools: config.agent_tools,
            record_calls: config.record_calls,
            shares_recordings: config.shares_recordings(),
            reports_calls: *reports_calls,
            hide_flex_indicator: config.hide_flex_indicator,
            findings: findings.clone(),
        }
    }
}

/// How much of what is over is kept.
#[derive(Clone, Copy, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// A timer that runs this much late is told of, in milliseconds.
    pub(super) late_tick_ms: f64,
    /// Calls that are over and can still be asked about.
    pub(super) ended_calls: usize,
    /// Tasks in wrap-up whose sentence about the call is kept.
    pub(super) ended_texts: usize,
    /// Rows of one recorded call; a call with more is not kept.
    pub(super) recorded_rows: usize,
    /// Bytes of all recorded calls together.
    pub(super) recorded_bytes: usize,
}

/// An alert that the server has not taken, or not yet.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct UndeliveredAlert {
    id: String,
    /// When it was made, in milliseconds since 1970.
    created: f64,
    /// How often it was tried.
    attempts: u32,
    /// Why it is not tried any more; null: it is.
    refused: Option<String>,
    /// Why the server did not take it last time; null: there is no answer yet, or it is not tried any more.
    waiting: Option<String>,
}

impl From<Entry> for UndeliveredAlert {
    fn from(Entry { id, created, attempts, refused, last_problem, .. }: Entry) -> Self {
        Self { id, created: created.0, attempts, refused, waiting: last_problem }
    }
}

/// What to do after a method of the monitor has thrown.
#[derive(Clone, Copy, Debug, Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub enum AfterFailure {
    /// Call the same method once more.
    Retry,
    /// Leave out what failed.
    Skip,
    /// Leave the call out as well.
    GiveUp,
    /// Call the monitor no more.
    Stop,
}

impl From<recovery::AfterFailure> for AfterFailure {
    fn from(after: recovery::AfterFailure) -> Self {
        match after {
            recovery::AfterFailure::Retry => Self::Retry,
            recovery::AfterFailure::Skip => Self::Skip,
            recovery::AfterFailure::GiveUp(_) | recovery::AfterFailure::GiveUpEnded(_) => Self::GiveUp,
            recovery::AfterFailure::Stop => Self::Stop,
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// Called with every effect, from inside the methods or from the monitor's own timer.
    #[wasm_bindgen(typescript_type = "(effect: Effect) => void")]
    pub type OnEffect;
    #[wasm_bindgen(method, catch)]
    pub(super) fn call(this: &OnEffect, context: &JsValue, effect: &JsValue) -> Result<(), JsValue>;
}
