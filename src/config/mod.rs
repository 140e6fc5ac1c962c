//! The configuration: its values, its source and the findings about it (rules C1 to C8).
//!
//! [`Configuration::look_up`] takes what Flex holds in its three places, picks the first that has anything, reads it
//! leniently and never fails: a value that makes no sense keeps its default and leaves a [`Finding`]. Where the block has
//! a pilot, [`Configuration::for_worker`] says what is in force for one worker.

#[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
mod action_lints;
mod actions;
#[cfg(any(test, all(target_arch = "wasm32", feature = "admin-view")))]
pub(crate) mod editor;
#[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
mod lints;
mod pilot;
mod read;
mod rule;
mod suggestion;

use crate::input::metric::Metric;
use crate::input::units::{self, Milliseconds, Mos, Percent, Seconds};
pub use actions::{ConditionalAction, Subject, When};
pub use pilot::{Pilot, Worker};
use read::Reader;
pub use read::{PROPERTIES, is_known_property};
pub use rule::Rule;
use serde::Serialize;
use serde_json::Value;
use strum::IntoStaticStr;
pub use suggestion::{Advised, Suggestion};

/// The properties of `DeviceMonitoringPlugin`, under the names the admin knows. The defaults are those of the
/// product's first documentation and stay (rule C2).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// False switches everything off: no call is watched.
    pub enabled: bool,
    /// Show the agent warnings in the call and the alert at its end. False: nothing of these is visible to agents.
    pub alert_agent: bool,
    /// What the server does about an alert for which no entry of `actions` is.
    pub action: String,
    /// What it does about some alerts instead of `action`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ConditionalAction>,
    /// Round-trip time beyond which a second is bad.
    pub high_rtt_threshold: Milliseconds,
    /// Share of packets lost, in either direction, of which more is bad, 0 to 100.
    pub high_packets_lost_threshold: Percent,
    /// Mean opinion score below which a second is bad, 1 to 4.5.
    pub low_mos_threshold: Mos,
    /// Jitter beyond which a second is bad.
    pub high_jitter_threshold: Milliseconds,
    /// Calls shorter than this alert; 0 disables.
    pub short_call_threshold: Seconds,
    /// A call that ends under warning alerts.
    pub ended_in_warning_is_trigger: bool,
    /// A call alerts that was under warning for more of its duration than this, 0 to 100.
    pub warning_dur_pct_threshold: Percent,
    /// A call alerts of which a larger share of seconds was severely concealed, 0 to 100; 100 disables.
    pub severely_concealed_pct_threshold: Percent,
    /// More notices than this in a shift are shown quietly.
    pub notices_per_shift: u32,
    /// Take Flex's own badge about the connection off the page.
    pub hide_flex_indicator: bool,
    /// Give agents their panel of the call, their own word about it and the check before the shift, whatever else they
    /// are shown.
    pub agent_tools: bool,
    /// Let the check before the shift make a test call, once a shift: the Voice SDK's `runPreflight`, with a token that the
    /// Function mints.
    pub run_preflight: bool,
    /// Keep what happened in the last calls in the agent's browser, for trying other thresholds on them.
    pub record_calls: bool,
    /// Tell the Function of every call, alert or not: how it is while it lasts, and what it was like.
    pub report_calls: bool,
    /// Name the worker in what is told. False: the Function keeps a pseudonym in place of the worker's SID.
    pub report_workers: bool,
    /// Send what [`Config::record_calls`] keeps to the Function too, for trying other thresholds on everybody's calls.
    pub share_recordings: bool,
}

impl Config {
    /// The recommended values, whose reasons are in `appConfig.sample.js`: the defaults where those are not lax.
    #[must_use]
    pub fn recommended() -> Self {
        Self {
            high_packets_lost_threshold: Percent(3.0),
            low_mos_threshold: Mos(3.5),
            ended_in_warning_is_trigger: true,
            ..Self::default()
        }
    }

    /// Whether recorded calls are sent: they have to be kept, and the Function has to have a place for them.
    #[must_use]
    pub fn shares_recordings(&self) -> bool {
        self.share_recordings && self.record_calls && self.report_calls
    }

    /// The threshold of a metric, in the metric's own unit.
    #[must_use]
    pub fn threshold(&self, metric: Metric) -> units::Value {
        units::Value(match metric {
            Metric::Rtt => self.high_rtt_threshold.0,
            Metric::Jitter => self.high_jitter_threshold.0,
            Metric::PacketLoss => self.high_packets_lost_threshold.0,
            Metric::Mos => self.low_mos_threshold.0,
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            enabled: true,
            alert_agent: false,
            action: "log-call".to_owned(),
            actions: Vec::new(),
            high_rtt_threshold: Milliseconds(400.0),
            high_packets_lost_threshold: Percent(70.0),
            low_mos_threshold: Mos(6.0),
            high_jitter_threshold: Milliseconds(30.0),
            short_call_threshold: Seconds(10.0),
            ended_in_warning_is_trigger: false,
            warning_dur_pct_threshold: Percent(15.0),
            severely_concealed_pct_threshold: Percent(100.0),
            notices_per_shift: 6,
            hide_flex_indicator: false,
            agent_tools: false,
            run_preflight: false,
            record_calls: false,
            report_calls: false,
            report_workers: true,
            share_recordings: false,
        }
    }
}

/// Where the configuration in force was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Source {
    /// The `attributes` block of appConfig.js.
    #[serde(rename = "appConfig")]
    #[strum(serialize = "appConfig")]
    AppConfig,
    /// `ui_attributes` of the Flex configuration.
    UiAttributes,
    /// `attributes` of the Flex configuration.
    Attributes,
    /// Nowhere: the documented defaults.
    Defaults,
}

impl Source {
    /// Its name in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// How a sentence calls it.
    #[must_use]
    pub fn described(self) -> &'static str {
        match self {
            Self::AppConfig => "the attributes in appConfig.js",
            Self::UiAttributes => "ui_attributes of the Flex configuration",
            Self::Attributes => "attributes of the Flex configuration",
            Self::Defaults => "the documented defaults",
        }
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Severity {
    /// What was written is not in force.
    Error,
    /// It is in force, and does something the writer may not want.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// Its name in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One plain sentence about one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The property it is about; `DeviceMonitoringPlugin` for the whole.
    pub property: String,
    /// What will happen.
    pub message: String,
}

/// The name of the whole block.
pub const NAMESPACE: &str = "DeviceMonitoringPlugin";

/// Absent, null and `""` mean the default.
fn means_default(setting: &Value) -> bool {
    match setting {
        Value::Null => true,
        Value::String(text) => text.trim_ascii().is_empty(),
        _ => false,
    }
}

/// The configuration in force, its source and the findings about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// Where it was found.
    pub source: Source,
    /// What is in force.
    pub config: Config,
    /// The pilot of the block, if it has one.
    pub pilot: Option<Pilot>,
    /// Whether [`Configuration::config`] is the pilot's: see [`Configuration::for_worker`].
    pub in_pilot: bool,
    /// Whether anybody's calls are reported, in the pilot or outside of it: supervisors see the floor wherever they are
    /// themselves.
    pub reports_calls: bool,
    /// Whether anybody's recorded calls are shared.
    pub shares_recordings: bool,
    /// Worst first.
    pub findings: Vec<Finding>,
}

impl Configuration {
    /// Finds the `DeviceMonitoringPlugin` block: the first place that has one wins as a whole (rule C1).
    ///
    /// Each argument is that block as found in its place; absent, null and `""` are the same.
    #[must_use]
    pub fn look_up(app_config: Option<Value>, ui_attributes: Option<Value>, attributes: Option<Value>) -> Self {
        let places = [
            (Source::AppConfig, &app_config),
            (Source::UiAttributes, &ui_attributes),
            (Source::Attributes, &attributes),
        ];
        let is_set = |(_, block): &(Source, &Option<Value>)| block.as_ref().is_some_and(|block| !means_default(block));
        let mut found = places.into_iter().filter(is_set);

        let Some((source, Some(block))) = found.next() else {
            let nothing = "Nothing is configured: the documented defaults are in force and agents see nothing.";
            return Self {
                source: Source::Defaults,
                config: Config::default(),
                pilot: None,
                in_pilot: false,
                reports_calls: false,
                shares_recordings: false,
                findings: vec![Finding {
                    severity: Severity::Info,
                    property: NAMESPACE.to_owned(),
                    message: nothing.to_owned(),
                }],
            };
        };
        let (config, pilot, mut findings) = read_block(block);
        for (hidden, _) in found {
            let message = format!(
                "The block in {} is not used, as a whole: the one in {} comes first.",
                hidden.described(),
                source.described()
            );
            add(&mut findings, Finding { severity: Severity::Warning, property: NAMESPACE.to_owned(), message });
        }
        let in_force = std::iter::once(&config).chain(pilot.as_ref().map(|pilot| &pilot.config));
        let in_force: Vec<_> = in_force.filter(|config| config.enabled).collect();
        let reports_calls = in_force.iter().any(|config| config.report_calls);
        let shares_recordings = in_force.iter().any(|config| config.shares_recordings());
        Self { source, config, pilot, in_pilot: false, reports_calls, shares_recordings, findings }
    }

    /// Reads one block, wherever it came from, for whoever is in no pilot.
    #[must_use]
    pub fn from_block(block: &Value) -> Self {
        Self::look_up(None, None, Some(block.clone()))
    }

    /// What is in force for a worker: in the pilot, what that has.
    #[must_use]
    pub fn for_worker(self, worker: &Worker) -> Self {
        let is_included = self.pilot.as_ref().is_some_and(|pilot| pilot.includes(worker));
        let found = if is_included { self.inside_pilot() } else { self };
        found.with_actions_for(worker)
    }

    /// Removes the entries of `actions` that are for other teams than this worker's.
    #[must_use]
    pub fn with_actions_for(mut self, worker: &Worker) -> Self {
        self.config.actions.retain(|action| action.when.includes(worker));
        self
    }

    /// The same where only the team is known, or none.
    #[must_use]
    pub fn with_actions_for_team(mut self, team: Option<&str>) -> Self {
        self.config.actions.retain(|action| action.when.includes_team(team));
        self
    }

    /// What is in force for the pilot. Without one, it is what is in force for all.
    #[must_use]
    pub fn inside_pilot(mut self) -> Self {
        if let Some(pilot) = &self.pilot {
            self.config = pilot.config.clone();
            self.in_pilot = true;
        }
        self
    }
}

/// Adds one in its place: worst first, and of the same severity as they come.
fn add(findings: &mut Vec<Finding>, finding: Finding) {
    let place = findings.partition_point(|other| other.severity <= finding.severity);
    findings.insert(place, finding);
}

/// Reads a block and, for whoever may change it, judges what is in force: the admin view and `replay check` show that,
/// and agents' browsers do not.
fn read_block(block: &Value) -> (Config, Option<Pilot>, Vec<Finding>) {
    let mut config = Config::default();
    let mut reader = match Reader::new(block) {
        Ok(reader) => reader,
        Err(finding) => return (config, None, vec![finding]),
    };
    reader.read_into(&mut config);
    #[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
    lints::about(&config, &mut reader);
    let mut findings = reader.into_findings();
    let pilot = pilot::read(block, &config, &mut findings);
    (config, pilot, findings)
}

impl Default for Configuration {
    fn default() -> Self {
        Self::look_up(None, None, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_place_with_a_block_wins_as_a_whole_and_the_hidden_one_is_named() {
        let app = json!({"highRttThreshold": 111});
        let hosted = json!({"highRttThreshold": 222, "highJitterThreshold": 22});
        let found = Configuration::look_up(Some(app), Some(Value::Null), Some(hosted));
        assert_eq!(found.source, Source::AppConfig);
        assert_eq!(found.config.high_rtt_threshold, Milliseconds(111.0));
        assert_eq!(found.config.high_jitter_threshold, Milliseconds(30.0));
        let hidden: Vec<_> = found.findings.iter().filter(|finding| finding.property == NAMESPACE).collect();
        assert_eq!(hidden.len(), 1);
        assert!(hidden[0].message.contains("attributes of the Flex configuration is not used"));
    }

    #[test]
    fn ui_attributes_come_before_attributes() {
        let (first, second) = (json!({"action": "first"}), json!({"action": "second"}));
        assert_eq!(Configuration::look_up(None, Some(first), Some(second.clone())).config.action, "first");
        assert_eq!(Configuration::look_up(None, None, Some(second)).config.action, "second");
    }

    #[test]
    fn no_configuration_is_no_error_but_the_defaults_and_one_informative_finding() {
        let found = Configuration::look_up(None, None, Some(Value::Null));
        assert_eq!((found.source, &found.config), (Source::Defaults, &Config::default()));
        let severities: Vec<_> = found.findings.iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, [Severity::Info]);
    }
}
