//! Watches the voice quality of the calls that a Twilio Flex agent takes.
//!
//! A call is announced, accepted, and then speaks once a second: a [`Sample`] of what the Voice SDK measured. Each
//! [`Metric`] is judged against the admin's [`Config`]. Enough bad seconds among the last few raise a condition
//! ([`ConditionName`]); packet loss is raised by a statistical test on the packets instead. The SDK's own warnings
//! ([`WarningName`]) stand in where samples cannot judge. What is active maps to one [`Diagnosis`], and that to the one
//! [`Notice`] the agent sees. When the call ends, its episodes give a [`Verdict`], and a verdict with reasons gives an
//! [`Alert`], which the [`outbox::Outbox`] keeps until the server has it. [`floor`] tells supervisors of calls that go on and
//! of calls that have ended, and [`incidents`] finds trouble that several agents share.
//!
//! [`Engine`] holds all calls of a page and is pure: it has no clock, does no I/O and knows no JavaScript. Only `web`, the
//! browser's side of it, has and does all that; it exists on wasm32 alone. With the feature `function`, the Twilio
//! Function's side is in its place. [`replay`] plays recorded calls through the same engine, for the native command of
//! that name and for tests.

mod agent;
mod alert;
mod call;
mod cause;
mod condition;
mod config;
#[cfg(test)]
mod document_tests;
mod engine;
pub mod floor;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod incidents;
mod input;
mod keep_most_important;
mod localized_text;
mod number_format;
pub mod outbox;
mod quotation;
pub mod replay;
mod serde_helpers;
pub mod spreadsheet;
mod verdict;
mod versioned_json;
#[cfg(all(target_arch = "wasm32", not(feature = "function")))]
pub mod web;
#[cfg(all(target_arch = "wasm32", feature = "function"))]
#[path = "web/serverless.rs"]
pub mod web;

pub use agent::activity::Activity;
pub use agent::audio_baseline::{AudioBaseline, CheckGrade, CheckResult, Equipment};
pub use agent::explained_diagnosis::ExplainedDiagnosis;
pub use agent::network_check::{Candidate, NetworkBaseline, NetworkProbe};
pub use agent::notice::{Notice, Phase};
pub use agent::panel::{Chart, Panel, TimeRange, TimelineEvent};
pub use agent::preflight::{PREFLIGHT_LIMIT, Preflight, PreflightReport};
pub use agent::shift_limits::Shift;
pub use alert::{Alert, CallReport, ClientInfo, ConditionReport, EpisodeReport, Occasion};
pub use call::CallParties;
pub use call::concealment::SeverelyConcealed;
pub use call::endpoint_monitor::EndpointReport;
pub use call::metric_summary::{Summaries, Summary};
pub use call::trouble_timeline::TroubleStretch;
pub use cause::{Cause, CauseReport, Evidence};
pub use condition::ConditionName;
pub use condition::diagnosis::{Diagnosis, Direction, Side, Urgency};
pub use config::{
    Advised, ConditionalAction, Config, Configuration, Finding, NAMESPACE, PROPERTIES, Pilot, Severity, Source,
    Subject, Suggestion, When, Worker, is_known_property,
};
pub use engine::recovery::{AfterFailure, Failures, Operation, Recovery, Step};
pub use engine::{CallId, Checkpoint, Effect, Engine, ReportOutcome};
pub use floor::{Beat, Card};
pub use input::agent_endpoint::{AddressPrefix, Endpoint, Headset, RawEndpoint};
pub use input::conference::{Conference, Participant};
pub use input::environment_signal::{
    EnvironmentSignal, LATE_TICK, NetworkPath, NetworkType, PressureState, RawPath, RelayProtocol, TrackState,
};
pub use input::event::{CallContext, CallDirection, Event, PhoneNumbers};
pub use input::metric::{Grade, Metric};
pub use input::mos::{BEST as BEST_MOS, estimate as estimate_mos};
pub use input::sample::{Packets, RawSample, Sample};
pub use input::stats::{
    CandidatePair, Inbound, JitterBuffer, MediaPlayout, MediaSource, Played, Playout, RawStatistics, RemoteInbound,
    RemoteOutbound, SenderReports, Statistics,
};
pub use input::units::{Milliseconds, Mos, Percent, Seconds, Timestamp, Value, WallTime};
pub use input::warning::{Statistic, WarningData, WarningName};
pub use localized_text::Text;
pub use verdict::{Reason, Rule, Span, Verdict};
