//! What a value that is in force will do, where the admin may not expect it (rule C4).

use super::read::Reader;
use super::suggestion::{MAX_LOSS, fraction};
use super::{Config, Severity, action_lints};
use crate::input::metric::{LONGEST_DELAY, Metric};
use crate::input::mos;
use crate::input::units::{Milliseconds, Percent, Value};
use crate::input::warning::sdk_trigger;
use crate::number_format::Decimals;

/// A score that even good calls do not reach: from a round trip of 170 ms on, with nothing lost.
const MOS_OF_GOOD_CALLS: f64 = 4.3;

/// The longest round trip, in whole milliseconds, whose score is not below this one where nothing is lost and there is no
/// jitter.
fn longest_round_trip(score: f64) -> f64 {
    let is_above = |rtt: &u16| mos::estimate(Milliseconds(f64::from(*rtt)), Milliseconds(0.0), Percent(0.0)).0 >= score;
    (0..1000).take_while(is_above).last().unwrap_or(0).into()
}

/// Findings about the values in force.
pub(super) fn about(config: &Config, reader: &mut Reader<'_>) {
    if config.action.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let rest = "has capitals: if the Function's file has not, every alert is refused.";
        reader.warn("action", &config.action, rest);
    }
    action_lints::about(config, reader);
    reader.loss(config.high_packets_lost_threshold.0);
    reader.mos(config.low_mos_threshold.0);
    reader.delay("highRttThreshold", config.high_rtt_threshold.0, Metric::Rtt);
    reader.delay("highJitterThreshold", config.high_jitter_threshold.0, Metric::Jitter);
    reader.share(config.warning_dur_pct_threshold.0);
    reader.concealed(config.severely_concealed_pct_threshold.0);
    reader.short_call(config.short_call_threshold.0);
    if config.hide_flex_indicator && !config.alert_agent {
        let rest = "hides Flex's own badge, and with alertAgent false agents are told nothing in its place.";
        reader.warn_of_two(["hideFlexIndicator", "alertAgent"], "true", rest);
    }
    if config.run_preflight && !config.agent_tools {
        let rest = "does nothing: the check that makes the test call is only there with agentTools true.";
        reader.warn_of_two(["runPreflight", "agentTools"], "true", rest);
    }
    if config.share_recordings && !config.record_calls {
        let rest = "does nothing: only calls that are recorded can be shared, and recordCalls is false.";
        reader.warn_of_two(["shareRecordings", "recordCalls"], "true", rest);
    }
    if config.share_recordings && !config.report_calls {
        let rest = "does nothing: recordings are kept beside the reports of calls, and reportCalls is false.";
        reader.warn_of_two(["shareRecordings", "reportCalls"], "true", rest);
    }
    if config.notices_per_shift == 0 {
        reader.inform("noticesPerShift", "0", "leaves agents the quiet notice: nothing calls their attention to it.");
    }
}

/// Every sentence begins with the value.
impl Reader<'_> {
    /// Only what the admin wrote can deserve a warning; a default is at most worth knowing.
    fn warn(&mut self, property: &str, value: &str, rest: &str) {
        self.warn_if(self.is_set(property), property, value, rest);
    }

    /// About the first of two properties that do it together; a pilot may set either.
    fn warn_of_two(&mut self, properties: [&str; 2], value: &str, rest: &str) {
        let is_set = properties.into_iter().any(|property| self.is_set(property));
        let [property, _] = properties;
        self.warn_if(is_set, property, value, rest);
    }

    fn warn_if(&mut self, is_set: bool, property: &str, value: &str, rest: &str) {
        // What a pilot has from outside is said there.
        if self.is_of_pilot() && !is_set {
            return;
        }
        let severity = if is_set { Severity::Warning } else { Severity::Info };
        self.find(severity, property, format!("{value} {rest}"));
    }

    fn inform(&mut self, property: &str, value: &str, rest: &str) {
        if self.is_set(property) {
            self.find(Severity::Info, property, format!("{value} {rest}"));
        }
    }

    fn loss(&mut self, threshold: f64) {
        let value = Decimals(threshold).to_string();
        let recommended = Decimals(Config::recommended().high_packets_lost_threshold.0);
        if let Some(percent) = fraction(threshold) {
            let instead = if percent > MAX_LOSS {
                format!("Try {recommended}.")
            } else {
                format!("If a fraction was meant, write {}.", Decimals(percent))
            };
            let rest = format!(
                "% is less than one percent: a few lost packets pass it, and many good calls will be under warning. {instead}"
            );
            self.warn("highPacketsLostThreshold", &value, &rest);
            return;
        }
        let effect = if threshold >= 100.0 {
            "cannot be passed: packet loss will never raise a warning"
        } else if threshold == 0.0 {
            "makes any lost packet count: many good calls will be under warning"
        } else if threshold > MAX_LOSS {
            "leaves nothing to be understood: packet loss will rarely raise a warning"
        } else {
            return;
        };
        self.warn("highPacketsLostThreshold", &value, &format!("% {effect}. Try {recommended}."));
    }

    fn mos(&mut self, threshold: f64) {
        let effect = if threshold > 4.5 {
            "is above the top of the scale, 4.5: scores cannot be judged by it, and only Twilio's own low-mos warning (below 3) counts".to_owned()
        } else if threshold > mos::BEST.0 {
            "is above the best score there is, 4.433: scores cannot be judged by it, and only Twilio's own low-mos warning (below 3) counts".to_owned()
        } else if threshold <= 1.0 {
            "is not above the bottom of the scale, 1: MOS will never raise a warning".to_owned()
        } else if threshold >= MOS_OF_GOOD_CALLS {
            let Value(good_until) = Metric::Mos.good_until(Value(threshold));
            format!(
                "is near the best score, 4.433: good calls will be under warning. Even without loss and jitter, a round trip of more than {} ms raises it, and it clears only at {} ms or less",
                longest_round_trip(threshold),
                longest_round_trip(good_until)
            )
        } else {
            return;
        };
        let recommended = Decimals(Config::recommended().low_mos_threshold.0);
        self.warn("lowMosThreshold", &Decimals(threshold).to_string(), &format!("{effect}. Try {recommended}."));
    }

    fn delay(&mut self, property: &str, threshold: f64, metric: Metric) {
        let trigger = sdk_trigger(metric);
        let value = Decimals(threshold).to_string();
        if threshold == 0.0 {
            self.warn(property, &value, "is passed by every call: each will be under warning.");
        } else if threshold >= LONGEST_DELAY {
            self.warn(property, &value, "is never passed: this will never raise a warning.");
        } else if threshold < trigger.0 / 2.0 {
            let rest = format!("is far below Twilio's own {trigger}: calls that sound well will be under warning.");
            self.inform(property, &value, &rest);
        } else if threshold > trigger.0 * 2.0 {
            let rest = format!(
                "is far above Twilio's own {trigger}: Flex's badge will show trouble that this plugin does not."
            );
            self.inform(property, &value, &rest);
        }
    }

    fn share(&mut self, threshold: f64) {
        if threshold >= 100.0 {
            let rest = "% of a call is never passed: no call will alert for the time it was under warning.";
            self.warn("warningDurPctThreshold", &Decimals(threshold).to_string(), rest);
        } else if let Some(percent) = fraction(threshold) {
            let rest = format!(
                "% of a call is soon passed: almost any warning will make a call alert. If a fraction was meant, write {}.",
                Decimals(percent)
            );
            self.warn("warningDurPctThreshold", &Decimals(threshold).to_string(), &rest);
        }
    }

    fn concealed(&mut self, threshold: f64) {
        let property = "severelyConcealedPctThreshold";
        let value = Decimals(threshold).to_string();
        if threshold == 0.0 {
            let rest = "% makes a single severely concealed second enough: many good calls will alert. Try 10.";
            self.warn(property, &value, rest);
        } else if let Some(percent) = fraction(threshold) {
            let rest = format!(
                "% of the seconds is soon passed: many good calls will alert. If a fraction was meant, write {}.",
                Decimals(percent)
            );
            self.warn(property, &value, &rest);
        }
    }

    fn short_call(&mut self, threshold: f64) {
        let property = "shortCallThreshold";
        if threshold == 0.0 {
            self.inform(property, "0", "disables it: short calls do not alert.");
        } else if threshold > 120.0 {
            let rest = "s is long: every shorter call will alert. Is that meant?";
            self.warn(property, &Decimals(threshold).to_string(), rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::*;
    use serde_json::json;

    fn findings(block: serde_json::Value) -> Vec<(Severity, String)> {
        let found = Configuration::from_block(&block).findings;
        found.into_iter().map(|finding| (finding.severity, finding.property)).collect()
    }

    #[test]
    fn recommended_values_leave_nothing_to_be_said() {
        assert_eq!(findings(serde_json::to_value(Config::recommended()).unwrap()), []);
    }

    #[test]
    fn lax_defaults_are_worth_knowing_and_the_same_values_written_down_are_a_warning() {
        let lax = |severity| {
            vec![(severity, "highPacketsLostThreshold".to_owned()), (severity, "lowMosThreshold".to_owned())]
        };
        assert_eq!(findings(json!({"alertAgent": true})), lax(Severity::Info));
        assert_eq!(findings(json!({"highPacketsLostThreshold": 70, "lowMosThreshold": 6})), lax(Severity::Warning));
    }

    #[test]
    fn values_that_never_or_always_breach_are_warned_of() {
        for (property, value) in [
            ("highPacketsLostThreshold", 100.0),
            ("highPacketsLostThreshold", 0.0),
            ("lowMosThreshold", 0.5),
            ("lowMosThreshold", 4.3),
            ("lowMosThreshold", 4.4),
            ("lowMosThreshold", 4.44),
            ("highRttThreshold", 0.0),
            ("highJitterThreshold", 0.0),
            ("warningDurPctThreshold", 100.0),
            ("shortCallThreshold", 600.0),
        ] {
            let found = findings(json!({property: value}));
            assert!(found.contains(&(Severity::Warning, property.to_owned())), "{property} {value}: {found:?}");
        }
    }

    #[test]
    fn values_far_from_twilios_own_triggers_are_worth_knowing() {
        let found = findings(json!({"highRttThreshold": 150, "highJitterThreshold": 100, "shortCallThreshold": 0}));
        for property in ["highRttThreshold", "highJitterThreshold", "shortCallThreshold"] {
            assert!(found.contains(&(Severity::Info, property.to_owned())), "{property}: {found:?}");
        }
    }
}
