//! What the Voice SDK says of a call by its own warnings, and what the engine says, with and without private statistics.

use crate::configured_thresholds;
use crate::recording::{File, Recording};
use crate::span::{Span, union_length};
use device_monitoring::replay::Player;
use device_monitoring::{ConditionName, Configuration};
use serde_json::Value;

/// Whose word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observer {
    /// The SDK's own warnings, as recorded.
    Sdk,
    /// The engine, with what every version of the SDK gives.
    Plain,
    /// The engine, with what the private peer connection tells.
    Full,
}

impl Observer {
    /// All of them, in the order of the report's columns.
    pub const ALL: [Self; 3] = [Self::Sdk, Self::Plain, Self::Full];

    /// The head of its column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sdk => "SDK",
            Self::Plain => "engine, samples only",
            Self::Full => "engine",
        }
    }

    /// Whether the private statistics are there for it.
    #[must_use]
    pub fn has_private_statistics(self) -> bool {
        self == Self::Full
    }
}

/// A condition that was raised.
#[derive(Clone, Debug, PartialEq)]
pub struct Raised {
    /// Its name.
    pub condition: String,
    /// The side that it blames.
    pub side: String,
    /// When it was raised.
    pub raised: f64,
    /// When it was taken back; `None` if the call ended first.
    pub cleared: Option<f64>,
    /// The seconds that it is about.
    pub span: Span,
}

/// Something that the agent read.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownNotice {
    /// When it was shown, or changed.
    pub at: f64,
    /// The diagnosis that it gave.
    pub diagnosis: String,
}

/// What an observer said about a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// The conditions, in the order in which they were raised.
    pub raised: Vec<Raised>,
    /// Time in warning, seconds.
    pub warning: f64,
    /// What the agent read; nothing of the SDK.
    pub notices: Vec<ShownNotice>,
}

impl Observation {
    /// By an observer about each call of a file.
    #[must_use]
    pub fn all(observer: Observer, file: &File) -> Vec<Self> {
        let mut all: Vec<Self> = match observer {
            Observer::Sdk => file.calls.iter().map(by_sdk).collect(),
            Observer::Plain | Observer::Full => by_engine(file, observer.has_private_statistics()),
        };
        for observed in &mut all {
            observed.raised.sort_by(|a, b| a.raised.total_cmp(&b.raised));
        }
        all
    }
}

/// Whether it is trouble, and not a question to the agent or a matter of the data alone (rules D6 and D7).
fn can_be_in_alert(condition: &str) -> bool {
    ConditionName::ALL.iter().any(|name| name.as_str() == condition && name.can_be_in_alert())
}

fn by_sdk(call: &Recording) -> Observation {
    let mut observed = Observation::default();
    for line in &call.lines {
        let Some(name) = line.str("name") else { continue };
        let open = observed.raised.iter_mut().find(|raised| raised.condition == name && raised.cleared.is_none());
        match (line.kind.as_str(), open) {
            ("warning", None) => {
                let (condition, side) = (name.to_owned(), side_of(name).to_owned());
                let span = Span { from: line.at, to: call.call().to };
                observed.raised.push(Raised { condition, side, raised: line.at, cleared: None, span });
            }
            ("warning-cleared", Some(raised)) => {
                raised.cleared = Some(line.at);
                raised.span.to = line.at;
            }
            _ => {}
        }
    }
    observed.warning = union_length(observed.raised.iter().map(|raised| raised.span));
    observed
}

/// The SDK blames nobody; this is what its warnings are about.
fn side_of(warning: &str) -> &'static str {
    match warning {
        "constant-audio-input-level" => "agent-microphone",
        "ice-connectivity-lost" => "connection",
        _ => "agent-network",
    }
}

fn by_engine(file: &File, private_statistics: bool) -> Vec<Observation> {
    let mut player = Player::new(Configuration::from_block(&configured_thresholds::configuration()));
    for line in file.text.lines() {
        if private_statistics || !is_statistics(line) {
            player.play(line);
        }
    }
    // As it is printed, so that a condition that this crate has never heard of is scored too.
    let replayed = serde_json::to_value(player.replayed()).unwrap_or_default();
    let calls = list(&replayed, "calls");
    file.calls
        .iter()
        .map(|call| {
            // A file of one call does not say which on its lines.
            let is_it = |observed: &&Value| {
                call.call_sid.is_none() || observed.get("callSid").and_then(Value::as_str) == call.call_sid.as_deref()
            };
            calls.iter().find(is_it).map(observation_in).unwrap_or_default()
        })
        .collect()
}

fn is_statistics(line: &str) -> bool {
    serde_json::from_str::<Value>(line).is_ok_and(|line| line.get("type").is_some_and(|kind| kind == "stats"))
}

fn observation_in(call: &Value) -> Observation {
    let warning = seconds(call, "warningMs").unwrap_or_default();
    let mut observed = Observation { warning, ..Observation::default() };
    for notice in list(call, "notices") {
        let diagnosis = notice.get("diagnosis").and_then(Value::as_str).unwrap_or_default().to_owned();
        observed.notices.push(ShownNotice { at: seconds(notice, "ms").unwrap_or_default(), diagnosis });
    }
    for condition in list(call, "conditions") {
        let text = |name: &str| condition.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        for episode in list(condition, "episodes") {
            let moment = |name| seconds(episode, name).unwrap_or_default();
            let raised = Raised {
                condition: text("name"),
                side: text("side"),
                raised: moment("raisedMs"),
                cleared: seconds(episode, "clearedMs"),
                span: Span { from: moment("startMs"), to: moment("endMs") },
            };
            if can_be_in_alert(&raised.condition) {
                observed.raised.push(raised);
            }
        }
    }
    observed
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn seconds(value: &Value, name: &str) -> Option<f64> {
    Some(value.get(name)?.as_f64()? / 1000.0)
}
