//! The alert: one document about one call, for the contact centre's server (rule A1).

use crate::call::{Call, Incoming};
use crate::condition::{ConditionName, Episode};
use crate::config::{Config, Configuration};
use crate::diagnosis::{Diagnosis, Direction, Side};
use crate::event::{CallContext, CallDirection};
use crate::json::to_json;
use crate::summary::Summaries;
use crate::units::{Milliseconds, Percent, Timestamp, Value, WallTime};
use crate::verdict::{Reason, Span, Verdict};
use serde::Serialize;

/// Changes when a field changes its meaning or goes; new fields do not change it.
const VERSION: u32 = 1;

/// Where the call was watched: the same for all calls of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Version of the plugin.
    pub plugin_version: String,
    /// Version of Flex UI.
    pub flex_ui_version: Option<String>,
    /// The browser's own description.
    pub browser: Option<String>,
    /// The agent.
    pub worker_sid: Option<String>,
}

/// One stretch of trouble; times are milliseconds since the call was accepted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EpisodeReport {
    /// Start of its first breaching second.
    pub start_ms: Milliseconds,
    /// End of its last.
    pub end_ms: Milliseconds,
    /// When it was noticed.
    pub raised_ms: Milliseconds,
    /// When it was taken back; null if the call ended first.
    pub cleared_ms: Option<Milliseconds>,
    /// The worst value; null for conditions without a metric.
    pub worst: Option<Value>,
    /// The threshold in force; null for conditions without a metric.
    pub threshold: Option<Value>,
}

/// Everything that was wrong in one way.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionReport {
    /// What.
    pub name: ConditionName,
    /// Whose side.
    pub side: Side,
    /// Which way; null where it is none.
    pub direction: Option<Direction>,
    /// When.
    pub episodes: Vec<EpisodeReport>,
    /// How many shorter episodes an alert leaves out.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted_episodes: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// An hour of a network that comes and goes has more than a thousand episodes, and a server takes only so much: this
/// many of every condition are kept, and fewer where the document would still be too long.
const MOST_EPISODES: usize = 10;
/// The server takes 16 KB (rule A1); the two phone numbers come on top of the document.
const MOST_CHARACTERS: usize = 16_000;
/// No text that others gave is longer: a browser's description of itself has some 150 characters, a SID 34.
const LONGEST_TEXT: usize = 256;

impl ConditionReport {
    /// With the longest episodes only, still in order.
    fn bounded(mut self, most: usize) -> Self {
        while self.episodes.len() > most {
            let length = |episode: &EpisodeReport| (episode.end_ms.0 - episode.start_ms.0) as i64;
            let shortest = (0..self.episodes.len()).min_by_key(|index| self.episodes.get(*index).map(length));
            self.episodes.remove(shortest.unwrap_or(0));
            self.omitted_episodes += 1;
        }
        self
    }
}

/// Everything that is known of a finished call, alert or not.
#[derive(Clone, Debug, PartialEq)]
pub struct CallReport {
    /// Who called whom.
    pub parties: Incoming,
    /// What Flex knew.
    pub context: CallContext,
    /// What was wrong.
    pub conditions: Vec<ConditionReport>,
    /// What follows.
    pub verdict: Verdict,
    /// What it was like.
    pub metrics: Summaries,
    /// The worst of what was wrong.
    pub diagnosis: Option<Diagnosis>,
    /// Error codes of the SDK.
    pub errors: Vec<u32>,
    /// When it was accepted, on the engine's clock.
    pub accepted: Timestamp,
    /// It was found going on: all times count from then.
    pub midway: bool,
    /// The same as time of day.
    pub started: WallTime,
    /// How long that was ago when it ended, stretches without data included.
    pub elapsed: Milliseconds,
}

impl CallReport {
    /// Of a call that has ended; `None` for one that never was accepted.
    pub(crate) fn of(call: &Call, ended: Timestamp, config: &Config) -> Option<Self> {
        let (accepted, started) = call.accepted()?;
        let midway = call.is_midway();
        let conditions: Vec<_> = call
            .conditions()
            .episodes()
            .map(|(name, episodes)| ConditionReport {
                name,
                side: name.diagnosis().map_or(Side::Unknown, Diagnosis::side),
                direction: name.diagnosis().map(Diagnosis::direction),
                episodes: episodes.iter().map(|episode| EpisodeReport::of(episode, accepted)).collect(),
                omitted_episodes: 0,
            })
            .collect();
        Some(Self {
            parties: call.parties.clone(),
            context: call.context.clone(),
            diagnosis: call.worst_diagnosis(),
            conditions,
            verdict: Verdict::of(call.conditions(), Span { accepted, ended, midway }, config),
            metrics: call.summaries(),
            errors: call.errors.clone(),
            accepted,
            midway,
            started,
            elapsed: ended - accepted,
        })
    }
}

impl EpisodeReport {
    fn of(episode: &Episode, accepted: Timestamp) -> Self {
        Self {
            start_ms: episode.start - accepted,
            end_ms: episode.end - accepted,
            raised_ms: episode.raised - accepted,
            cleared_ms: episode.cleared.map(|cleared| cleared - accepted),
            worst: episode.worst,
            threshold: episode.threshold,
        }
    }
}

/// The document, as it is sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    version: u32,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reservation_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conference_sid: Option<String>,
    /// Kept apart from the document until it is posted (`crate::outbox::Form`).
    #[serde(skip)]
    caller_id: Option<String>,
    #[serde(skip)]
    dnis: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker_sid: Option<String>,
    direction: &'static str,
    /// The call was found going on: its beginning passed unseen, and all times count from that moment.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    midway: bool,
    /// The page ended in the middle of the call: judged as if the call had ended when it was last heard of.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut_short: bool,
    started_at: WallTime,
    ended_at: WallTime,
    duration_ms: Milliseconds,
    warning_ms: Milliseconds,
    warning_pct: Percent,
    reasons: Vec<Reason>,
    conditions: Vec<ConditionReport>,
    metrics: Summaries,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<&'static str>,
    errors: Vec<u32>,
    configuration_source: &'static str,
    configuration: Config,
    versions: Versions,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edge: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    plugin: String,
    engine: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    flex_ui: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_sdk: Option<String>,
}

impl Alert {
    /// About a call that deserves one.
    #[must_use]
    pub fn of(report: &CallReport, configuration: &Configuration, environment: &Environment) -> Self {
        let CallContext {
            direction,
            task_sid,
            reservation_sid,
            conference_sid,
            caller_id,
            dnis,
            edge,
            voice_sdk_version,
        } = report.context.clone();
        let customer_called = report.parties.direction == CallDirection::Incoming;
        let (customer, other) = if customer_called {
            (&report.parties.from, &report.parties.to)
        } else {
            (&report.parties.to, &report.parties.from)
        };
        Self {
            version: VERSION,
            id: cut(id(report, environment)),
            call_sid: report.parties.call_sid.clone().map(cut),
            task_sid: task_sid.map(cut),
            reservation_sid: reservation_sid.map(cut),
            conference_sid: conference_sid.map(cut),
            // What Flex knows of the task comes first: in a conference, the leg's own `To` is only the agent.
            caller_id: caller_id.or_else(|| customer.clone()).map(cut),
            dnis: dnis.or_else(|| other.clone()).map(cut),
            worker_sid: environment.worker_sid.clone().map(cut),
            direction: direction.unwrap_or(report.parties.direction).as_str(),
            midway: report.midway,
            cut_short: false,
            started_at: report.started,
            ended_at: report.started.after(report.elapsed),
            duration_ms: report.verdict.duration,
            warning_ms: report.verdict.warning,
            warning_pct: report.verdict.warning_share,
            reasons: report.verdict.reasons.clone(),
            conditions: report.conditions.iter().cloned().map(|report| report.bounded(MOST_EPISODES)).collect(),
            metrics: report.metrics.clone(),
            diagnosis: report.diagnosis.map(Diagnosis::as_str),
            errors: report.errors.clone(),
            configuration_source: configuration.source.as_str(),
            configuration: configuration.config.clone(),
            versions: Versions {
                plugin: cut(environment.plugin_version.clone()),
                engine: env!("CARGO_PKG_VERSION"),
                flex_ui: environment.flex_ui_version.clone().map(cut),
                voice_sdk: voice_sdk_version.map(cut),
            },
            browser: environment.browser.clone().map(cut),
            edge: edge.map(cut),
        }
    }

    /// Of a call whose page ended before it did.
    pub(crate) fn cut_short(mut self) -> Self {
        self.cut_short = true;
        self
    }

    /// What names it; the same for every report of the same call.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// As one line of JSON of at most 16,000 characters, without the two phone numbers.
    #[must_use]
    pub fn document(&self) -> String {
        let mut document = to_json(self).unwrap_or_default();
        let mut most = MOST_EPISODES;
        while document.len() > MOST_CHARACTERS && most > 1 {
            most -= 1;
            let mut shorter = self.clone();
            shorter.conditions = shorter.conditions.into_iter().map(|report| report.bounded(most)).collect();
            document = to_json(&shorter).unwrap_or_default();
        }
        document
    }

    /// The reasons as the 2021 sample plugin wrote them: "short call, call ended under warning".
    #[must_use]
    pub fn issues(&self) -> String {
        let issues: Vec<_> = self.reasons.iter().map(|reason| reason.rule.issue()).collect();
        issues.join(", ")
    }

    /// What the server is to do.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.configuration.action
    }

    /// The customer's number, if known.
    #[must_use]
    pub fn caller_id(&self) -> Option<&str> {
        self.caller_id.as_deref()
    }

    /// The number that the customer called, if known.
    #[must_use]
    pub fn dnis(&self) -> Option<&str> {
        self.dnis.as_deref()
    }
}

/// Without what a single line cannot hold, and no longer than is of use.
fn cut(text: String) -> String {
    text.chars().filter(|character| !character.is_control()).take(LONGEST_TEXT).collect()
}

/// One alert a call: the CallSid names it, so that whoever reports the same call again gives it the same name.
fn id(report: &CallReport, environment: &Environment) -> String {
    match &report.parties.call_sid {
        Some(sid) => format!("alert-{sid}"),
        None => {
            let worker = environment.worker_sid.as_deref().unwrap_or("unknown");
            format!("alert-{worker}-{}", report.started.0 as u64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_that_would_be_too_long_keeps_the_longest_episodes_of_every_condition() {
        let mut alert = alert();
        let episode = |n: usize| EpisodeReport {
            start_ms: Milliseconds(n as f64 * 10_000_000.5),
            end_ms: Milliseconds(n as f64 * 10_000_000.5 + 1000.125 * n as f64),
            raised_ms: Milliseconds(n as f64 * 10_000_001.5),
            cleared_ms: Some(Milliseconds(n as f64 * 10_000_002.5)),
            worst: Some(Value(12_345.678)),
            threshold: Some(Value(12_345.678)),
        };
        let condition = |name| ConditionReport {
            name,
            side: Side::AgentNetwork,
            direction: Some(Direction::Outbound),
            episodes: (1..=50).map(episode).collect(),
            omitted_episodes: 0,
        };
        alert.conditions = ConditionName::ALL.iter().map(|name| condition(*name).bounded(MOST_EPISODES)).collect();
        assert!(to_json(&alert).unwrap().len() > MOST_CHARACTERS);
        let document = alert.document();
        assert!(document.len() <= MOST_CHARACTERS, "{}", document.len());
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        for condition in document["conditions"].as_array().unwrap() {
            let episodes = condition["episodes"].as_array().unwrap();
            assert_eq!(episodes.len() as u64 + condition["omittedEpisodes"].as_u64().unwrap(), 50);
            assert_eq!(episodes.last().unwrap()["startMs"], 500_000_025, "the longest stays");
        }
    }

    fn alert() -> Alert {
        let mut call = Call::new(Incoming::default(), &Config::default());
        call.handle(Timestamp(0), crate::event::Event::Accepted { at: WallTime(0.0), midway: false });
        let report = CallReport::of(&call, Timestamp(1000), &Config::default()).unwrap();
        Alert::of(&report, &Configuration::look_up(None, None, None), &Environment::default())
    }
}
