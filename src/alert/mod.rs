//! The alert: one document about one call, for the contact centre's server (rule A1).

mod call_report;

pub use call_report::{CallReport, ConditionReport, EpisodeReport};

use crate::call::concealment::SeverelyConcealed;
use crate::call::endpoint_monitor::EndpointReport;
use crate::call::metric_summary::Summaries;
use crate::cause::{Cause, CauseReport};
use crate::condition::diagnosis::Diagnosis;
use crate::config::{Config, Configuration, Source};
use crate::input::event::CallDirection;
use crate::input::units::{Milliseconds, Percent};
use crate::serde_helpers::{is_default, json};
use crate::verdict::Reason;
use call_report::Trimmed;
use serde::{Deserialize, Serialize, Serializer};

/// Changes when a field changes its meaning or goes; new fields do not change it.
const VERSION: u32 = 1;

/// Where the call was watched: the same for all calls of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientInfo {
    /// Version of the plugin.
    pub plugin_version: String,
    /// Version of Flex UI.
    pub flex_ui_version: Option<String>,
    /// The browser's own description.
    pub browser: Option<String>,
    /// The agent.
    pub worker_sid: Option<String>,
}

/// An hour of a network that comes and goes has more than a thousand episodes, and a server takes only so much: this
/// many of every condition are kept, and fewer where the document would still be too long.
pub(crate) const MAX_EPISODES: usize = 10;
/// The server takes 16 KB (rule A1), the two phone numbers included, which may be names as long as any text.
pub(crate) const MAX_BYTES: usize = 16_384;
/// No text that others gave is longer: a browser's description of itself has some 150 characters, a SID 34.
const LONGEST_TEXT: usize = 256;

/// Why an alert is made when it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The call has ended.
    End,
    /// The page ends, or has ended, before the call does.
    CutShort,
    /// The agent reported a problem after the call's alert had been made: this one is beside it.
    Report,
}

/// What is posted about one call: all but the token.
///
/// The two phone numbers are kept apart from the document, so that they can be forgotten without reading it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Form {
    /// The reasons in a few words, as the 2021 sample plugin wrote them: "short call, call ended under warning".
    pub issues: String,
    /// The customer's number, also if the agent dialled it.
    pub caller_id: String,
    /// The number of the contact centre: the one that the customer called, or that was shown to them.
    pub dnis: String,
    /// What the server is to do.
    pub action: String,
    /// What else it is to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_actions: Vec<String>,
    /// The alert as one line of JSON, an object, without the two numbers; with them of at most 16 KB.
    pub(crate) document: String,
}

impl Form {
    /// The form of an alert.
    #[must_use]
    pub fn new(alert: &Alert) -> Self {
        alert.form.clone()
    }

    /// The alert as JSON, as the server gets it.
    #[must_use]
    pub fn document(&self) -> String {
        let members = self.document.strip_prefix('{').unwrap_or("}");
        let is_empty = members.trim_start().starts_with('}');
        let numbers = [("callerId", &self.caller_id), ("dnis", &self.dnis)].into_iter();
        let numbers: Vec<_> = numbers
            .filter(|(_, number)| !number.is_empty())
            .map(|(name, number)| format!("\"{name}\":{}", json(number)))
            .collect();
        let comma = if numbers.is_empty() || is_empty { "" } else { "," };
        format!("{{{}{comma}{members}", numbers.join(","))
    }

    /// All that the server is to do.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.action).chain(&self.further_actions).map(String::as_str)
    }

    /// Keeps only the actions that are still to be done. Returns false, and changes nothing, if there are none.
    pub(crate) fn retain_actions(&mut self, is_left: impl Fn(&str) -> bool) -> bool {
        let mut left = self.actions().filter(|name| is_left(name)).map(str::to_owned);
        let Some(first) = left.next() else { return false };
        let others = left.collect();
        (self.action, self.further_actions) = (first, others);
        true
    }

    /// Removes the phone numbers.
    pub fn forget_numbers(&mut self) {
        self.caller_id.clear();
        self.dnis.clear();
    }

    /// Whether it has one.
    #[must_use]
    pub(crate) fn has_numbers(&self) -> bool {
        !(self.caller_id.is_empty() && self.dnis.is_empty())
    }
}

/// What is to be posted, and what names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    id: String,
    form: Form,
}

impl Alert {
    /// About a call that deserves one.
    #[must_use]
    pub fn new(report: &CallReport, configuration: &Configuration, client: &ClientInfo, occasion: Occasion) -> Self {
        let CallReport { parties, context, .. } = report;
        let (customer, other) = match parties.direction {
            CallDirection::Incoming => (&parties.from, &parties.to),
            CallDirection::Outgoing => (&parties.to, &parties.from),
        };
        // What Flex knows of the task comes first: in a conference, the leg's own `To` is only the agent.
        let number = |known: &Option<String>, legs: &Option<String>| match report.monitoring {
            // The customer of that call is the colleague's.
            true => String::new(),
            false => cut(known.as_deref().or(legs.as_deref()).unwrap_or_default()),
        };
        let issues: Vec<_> = report.verdict.reasons.iter().map(|reason| reason.rule.issue()).collect();
        let main = id(report, client);
        let id = if occasion == Occasion::Report { format!("{main}-report") } else { main.clone() };
        let mut actions = configuration.config.actions_for(&report.subject()).into_iter();
        let mut document = Document::new(&id, &main, report, configuration, client, occasion);
        let mut form = Form {
            issues: issues.join(", "),
            caller_id: number(&context.caller_id, customer),
            dnis: number(&context.dnis, other),
            action: actions.next().unwrap_or_default(),
            further_actions: actions.collect(),
            document: json(&document),
        };
        let mut max = MAX_EPISODES;
        while form.document().len() > MAX_BYTES && max > 1 {
            max -= 1;
            document.conditions.iter_mut().for_each(|condition| condition.trim(max));
            form.document = json(&document);
        }
        Self { id, form }
    }

    /// What names it; the same for everybody who reports the same call on the same occasion.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The document, as it is sent, but for the two phone numbers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: u32,
    id: &'a str,
    /// The id of the call's first alert, in its second one.
    #[serde(skip_serializing_if = "Option::is_none")]
    supplements: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reservation_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conference_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker_sid: Option<String>,
    direction: CallDirection,
    /// The call was already in progress when it was found. Times count from that moment.
    #[serde(rename = "midway", skip_serializing_if = "is_default")]
    found_in_progress: bool,
    /// The call is a colleague's, so nothing is to be done about its customer.
    #[serde(skip_serializing_if = "is_default")]
    monitoring: bool,
    /// Judged as if the call had ended at its last event.
    #[serde(skip_serializing_if = "is_default")]
    cut_short: bool,
    started_at: String,
    ended_at: String,
    duration_ms: Milliseconds,
    warning_ms: Milliseconds,
    warning_pct: Percent,
    reasons: &'a [Reason],
    conditions: Vec<Trimmed<'a>>,
    /// Absent where it was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    severely_concealed: Option<SeverelyConcealed>,
    metrics: &'a Summaries,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<Diagnosis>,
    /// Why that was, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    causes: &'a [CauseReport],
    errors: &'a [u32],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    agent_reports: Vec<AgentReport>,
    configuration_source: Source,
    /// The worker is in the configuration's pilot.
    #[serde(rename = "pilot", skip_serializing_if = "is_default")]
    in_pilot: bool,
    #[serde(serialize_with = "without_actions")]
    configuration: &'a Config,
    versions: Versions,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edge: Option<String>,
    #[serde(skip_serializing_if = "EndpointReport::is_empty")]
    endpoint: &'a EndpointReport,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AgentReport {
    at_ms: Milliseconds,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    plugin: String,
    engine: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    flex_ui: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_sdk: Option<String>,
}

impl<'a> Document<'a> {
    fn new(
        id: &'a str,
        main: &'a str,
        report: &'a CallReport,
        configuration: &'a Configuration,
        client: &ClientInfo,
        occasion: Occasion,
    ) -> Self {
        let CallReport { parties, context, verdict, .. } = report;
        let text = |text: &Option<String>| text.as_deref().map(cut);
        Self {
            version: VERSION,
            id,
            supplements: (occasion == Occasion::Report).then_some(main),
            call_sid: text(&parties.call_sid),
            task_sid: text(&context.task_sid),
            reservation_sid: text(&context.reservation_sid),
            conference_sid: text(&context.conference_sid),
            worker_sid: text(&client.worker_sid),
            direction: context.direction.unwrap_or(parties.direction),
            found_in_progress: report.found_in_progress,
            monitoring: report.monitoring,
            cut_short: occasion == Occasion::CutShort,
            started_at: report.started.to_rfc3339(),
            ended_at: report.started.after(report.elapsed).to_rfc3339(),
            duration_ms: verdict.duration,
            warning_ms: verdict.warning,
            warning_pct: verdict.warning_share,
            reasons: &verdict.reasons,
            conditions: report.conditions.iter().map(|condition| Trimmed::new(condition, MAX_EPISODES)).collect(),
            severely_concealed: Some(verdict.severely_concealed).filter(|concealed| concealed.of > 0),
            metrics: &report.metrics,
            diagnosis: report.diagnosis,
            cause: report.cause,
            causes: &report.causes,
            errors: &report.errors,
            agent_reports: report.agent_reports.iter().map(|at_ms| AgentReport { at_ms: *at_ms }).collect(),
            configuration_source: configuration.source,
            in_pilot: configuration.in_pilot,
            configuration: &configuration.config,
            versions: Versions {
                plugin: cut(&client.plugin_version),
                engine: env!("CARGO_PKG_VERSION"),
                flex_ui: text(&client.flex_ui_version),
                voice_sdk: text(&context.voice_sdk_version),
            },
            browser: text(&client.browser),
            edge: text(&context.edge),
            endpoint: &report.endpoint,
        }
    }
}

/// Leaves out the configured list of actions, whose length is unbounded. Those chosen are sent as a form field.
fn without_actions<S: Serializer>(config: &&Config, serializer: S) -> Result<S::Ok, S::Error> {
    Config { actions: Vec::new(), ..(*config).clone() }.serialize(serializer)
}

/// Removes what a single line cannot hold, and cuts a text to a useful length.
fn cut(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(LONGEST_TEXT).collect()
}

/// One alert a call: the CallSid names it, so that whoever reports the same call again gives it the same name.
fn id(report: &CallReport, client: &ClientInfo) -> String {
    match &report.parties.call_sid {
        Some(sid) => cut(&format!("alert-{sid}")),
        None => {
            let worker = client.worker_sid.as_deref().unwrap_or("unknown");
            cut(&format!("alert-{worker}-{}", report.started.unix_millis()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{Call, CallParties};
    use crate::condition::ConditionName;
    use crate::condition::diagnosis::{Direction, Side};
    use crate::input::event::Event;
    use crate::input::units::{Timestamp, Value, WallTime};

    /// A call with this many episodes of everything that can be wrong.
    fn report(parties: CallParties, episodes: usize) -> CallReport {
        let mut call = Call::new(parties, &Config::default());
        call.handle(Timestamp(0), &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
        let mut report = CallReport::new(&call, Timestamp(1000), &Config::default(), false).unwrap();
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
            episodes: (1..=episodes).map(episode).collect(),
        };
        report.conditions = ConditionName::ALL.iter().copied().map(condition).collect();
        report
    }

    #[test]
    fn the_numbers_stand_in_a_document_whatever_else_is_in_it() {
        for members in ["", " ", "\"version\":1"] {
            for (caller_id, dnis) in [("", ""), ("+15555550101", ""), ("+15555550101", "+15555550199")] {
                let (caller_id, dnis) = (caller_id.to_owned(), dnis.to_owned());
                let document = format!("{{{members}}}");
                let form = Form { caller_id: caller_id.clone(), dnis, document, ..Form::default() };
                let read: serde_json::Value = serde_json::from_str(&form.document()).unwrap();
                assert_eq!(read["callerId"].as_str().unwrap_or_default(), caller_id, "{read}");
            }
        }
    }

    fn document(report: &CallReport) -> String {
        Alert::new(report, &Configuration::default(), &ClientInfo::default(), Occasion::End).form.document()
    }

    #[test]
    fn an_alert_that_would_be_too_long_keeps_the_longest_episodes_of_every_condition() {
        let document: serde_json::Value = serde_json::from_str(&document(&report(CallParties::default(), 50))).unwrap();
        for condition in document["conditions"].as_array().unwrap() {
            let episodes = condition["episodes"].as_array().unwrap();
            assert!(episodes.len() < MAX_EPISODES, "{}", episodes.len());
            assert_eq!(episodes.len() as u64 + condition["omittedEpisodes"].as_u64().unwrap(), 50);
            assert_eq!(episodes.last().unwrap()["startMs"], 500_000_025, "the longest stays");
        }
    }

    #[test]
    fn the_server_takes_every_alert_whoever_calls_by_whatever_name() {
        for episodes in 1..=50 {
            let name = Some("📞".repeat(1000));
            let parties = CallParties { from: name.clone(), to: name, ..CallParties::default() };
            let document = document(&report(parties, episodes));
            assert!(document.len() <= MAX_BYTES, "{} bytes with {episodes} episodes each", document.len());
        }
    }
}
