//! What a value that is in force will do, where the admin may not expect it (rule C4).

use super::{Config, Finding, Severity};
use crate::metric::Metric;
use crate::units::Value;
use crate::warning::sdk_trigger;

/// Findings about the values; `is_set` tells whether the admin wrote a property.
pub(super) fn about(config: &Config, is_set: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut advice = Advice { findings: Vec::new(), is_set };
    if !config.enabled {
        advice.warn("enabled", "The plugin is switched off: no call is watched and no alert is sent.");
    }
    advice.loss(config.high_packets_lost_threshold.0);
    advice.mos(config.low_mos_threshold.0);
    advice.delay("highRttThreshold", config.high_rtt_threshold.0, Metric::Rtt);
    advice.delay("highJitterThreshold", config.high_jitter_threshold.0, Metric::Jitter);
    if config.warning_dur_pct_threshold.0 >= 100.0 {
        advice.warn("warningDurPctThreshold", "No call can be under warning for more than this: it will never alert.");
    }
    if config.short_call_threshold.0 == 0.0 {
        advice.inform("shortCallThreshold", "0 disables it: short calls do not alert.");
    } else if config.short_call_threshold.0 > 120.0 {
        let message = format!("Every call of less than {} s alerts: is that meant?", config.short_call_threshold);
        advice.warn("shortCallThreshold", message);
    }
    advice.findings
}

struct Advice<F> {
    findings: Vec<Finding>,
    is_set: F,
}

impl<F: Fn(&str) -> bool> Advice<F> {
    /// Only what the admin wrote can deserve a warning; a default is at most worth knowing.
    fn warn(&mut self, property: &str, message: impl Into<String>) {
        let severity = if (self.is_set)(property) { Severity::Warning } else { Severity::Info };
        self.findings.push(Finding::new(severity, property, message));
    }

    fn inform(&mut self, property: &str, message: impl Into<String>) {
        if (self.is_set)(property) {
            self.findings.push(Finding::new(Severity::Info, property, message));
        }
    }

    fn loss(&mut self, threshold: f64) {
        let property = "highPacketsLostThreshold";
        if threshold >= 100.0 {
            self.warn(property, "No call can lose more than this: packet loss will never raise a warning. Try 3.");
        } else if threshold == 0.0 {
            self.warn(property, "Any lost packet counts: many good calls will be under warning. Try 3.");
        } else if threshold > 20.0 {
            let threshold = Value(threshold);
            let message = format!(
                "A call is hardly intelligible before {threshold} % of its packets are lost: packet loss will rarely raise a warning. Try 3."
            );
            self.warn(property, message);
        }
    }

    fn mos(&mut self, threshold: f64) {
        let property = "lowMosThreshold";
        let trigger = sdk_trigger(Metric::Mos);
        let said = Value(threshold);
        if threshold > 4.5 {
            let message = format!(
                "{said} is above the top of the scale, 4.5: scores cannot be judged by it, and only Twilio's own low-mos warning (below {trigger}) counts. Try 3.5."
            );
            self.warn(property, message);
        } else if threshold <= 1.0 {
            let message = format!("No score is below {said}: MOS will never raise a warning. Try 3.5.");
            self.warn(property, message);
        } else if threshold > 4.3 {
            self.warn(property, "Calls without any fault score up to 4.43: good calls will be under warning. Try 3.5.");
        }
    }

    fn delay(&mut self, property: &str, threshold: f64, metric: Metric) {
        let trigger = sdk_trigger(metric);
        let said = Value(threshold);
        if threshold == 0.0 {
            self.warn(property, format!("Every call breaches 0: each will be under warning. Try {trigger}."));
        } else if threshold < trigger.0 / 2.0 {
            let message = format!(
                "{said} is far below Twilio's own trigger of {trigger}: calls that sound well will be under warning."
            );
            self.inform(property, message);
        } else if threshold > trigger.0 * 2.0 {
            let message = format!(
                "{said} is far above Twilio's own trigger of {trigger}: Flex's own indicator will show trouble that this plugin does not."
            );
            self.inform(property, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::*;
    use serde_json::json;

    fn findings(block: serde_json::Value) -> Vec<(Severity, String)> {
        let found = Configuration::of(&block).findings;
        found.into_iter().map(|finding| (finding.severity, finding.property)).collect()
    }

    #[test]
    fn recommended_values_leave_nothing_to_be_said() {
        let block = json!({"highPacketsLostThreshold": 3, "lowMosThreshold": 3.5, "highRttThreshold": 400});
        assert_eq!(findings(block), []);
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
            ("lowMosThreshold", 4.4),
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
