//! Reading the block leniently: strings where they say it plainly, defaults for the rest, and a finding for each (C3).

use super::advice;
use super::block::shortened;
use super::{Block, Config, Finding, NAMESPACE, Setting, Severity};
use crate::json::to_json;
use crate::say;
use crate::units::{Milliseconds, Mos, Percent, Seconds, Value};

/// Every property there is, in the order of the documentation.
const PROPERTIES: [&str; 12] = [
    "enabled",
    "alertAgent",
    "action",
    "highRttThreshold",
    "highPacketsLostThreshold",
    "lowMosThreshold",
    "highJitterThreshold",
    "shortCallThreshold",
    "endedInWarningIsTrigger",
    "warningDurPctThreshold",
    "noticesPerShift",
    "hideFlexIndicator",
];

/// Farther than this from every known name, a name is not a slip of the keys. A third of the letters may differ.
const MOST_SLIPS_PER_LETTER: f64 = 1.0 / 3.0;
/// A longer name is not compared: it is no slip of the keys, and comparing takes as long as it is.
const LONGEST_SLIP: usize = 40;

/// No threshold is larger, not even one that is meant never to be passed: such numbers come from mistakes.
const LARGEST_NUMBER: f64 = 1e9;

/// The longest name of an action. It is sent with every alert.
const LONGEST_ACTION: usize = 64;

pub(super) fn read(block: &Block) -> (Config, Vec<Finding>) {
    let default = Config::default();
    let mut reader = Reader { properties: &[], findings: Vec::new() };
    match block {
        Block::Properties(properties) => reader.properties = properties,
        Block::Other(other) => {
            let message = other.quoted() + " is not an object; the documented defaults are in force.";
            reader.find(Severity::Error, NAMESPACE, message);
            return (default, reader.findings);
        }
    }
    let config = Config {
        enabled: reader.boolean("enabled", default.enabled),
        alert_agent: reader.boolean("alertAgent", default.alert_agent),
        action: reader.action(default.action),
        high_rtt_threshold: Milliseconds(reader.number(
            "highRttThreshold",
            "milliseconds",
            default.high_rtt_threshold.0,
        )),
        high_packets_lost_threshold: Percent(reader.number(
            "highPacketsLostThreshold",
            "percent",
            default.high_packets_lost_threshold.0,
        )),
        low_mos_threshold: Mos(reader.number("lowMosThreshold", "MOS", default.low_mos_threshold.0)),
        high_jitter_threshold: Milliseconds(reader.number(
            "highJitterThreshold",
            "milliseconds",
            default.high_jitter_threshold.0,
        )),
        short_call_threshold: Seconds(reader.number("shortCallThreshold", "seconds", default.short_call_threshold.0)),
        ended_in_warning_is_trigger: reader.boolean("endedInWarningIsTrigger", default.ended_in_warning_is_trigger),
        warning_dur_pct_threshold: Percent(reader.number(
            "warningDurPctThreshold",
            "percent",
            default.warning_dur_pct_threshold.0,
        )),
        notices_per_shift: Value(reader.number("noticesPerShift", "notices", default.notices_per_shift.0)),
        hide_flex_indicator: reader.boolean("hideFlexIndicator", default.hide_flex_indicator),
    };
    reader.unknown_properties();
    advice::about(&config, &mut reader);
    (config, reader.findings)
}

pub(super) struct Reader<'a> {
    properties: &'a [(String, Setting)],
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    /// What a property was set to, if that is not the default's other name.
    fn setting(&self, name: &str) -> Option<&'a Setting> {
        let set = self.properties.iter().find(|(property, _)| property == name).map(|(_, setting)| setting);
        set.filter(|setting| !setting.means_default())
    }

    /// Whether the admin wrote what is in force: what was refused is not.
    pub(super) fn is_set(&self, name: &str) -> bool {
        let refuses = |finding: &Finding| finding.severity == Severity::Error && finding.property == name;
        self.setting(name).is_some() && !self.findings.iter().any(refuses)
    }

    pub(super) fn find(&mut self, severity: Severity, property: &str, message: String) {
        Finding { severity, property: property.to_owned(), message }.add_to(&mut self.findings);
    }

    /// A value makes no sense: `expected` would have been understood.
    fn refuse(&mut self, name: &str, setting: &Setting, expected: &str, default: &str) {
        let message = setting.quoted() + " is not " + expected + "; the default, " + default + ", stays in force.";
        self.find(Severity::Error, name, message);
    }

    fn boolean(&mut self, name: &str, default: bool) -> bool {
        let Some(setting) = self.setting(name) else {
            return default;
        };
        match setting {
            Setting::Truth(truth) => return *truth,
            Setting::Text(text) if text.trim().eq_ignore_ascii_case("true") => return true,
            Setting::Text(text) if text.trim().eq_ignore_ascii_case("false") => return false,
            _ => self.refuse(name, setting, "true or false", &to_json(&default)),
        }
        default
    }

    /// No threshold is negative: that is an error, not a threshold that everything passes.
    ///
    /// In thousandths, as it will be said and sent: what is less than that is 0, with all that follows.
    fn number(&mut self, name: &str, unit: &str, default: f64) -> f64 {
        let Some(setting) = self.setting(name) else {
            return default;
        };
        let number = match setting {
            Setting::Number(number) => Some(*number),
            Setting::Text(text) => say::number(text.trim()),
            _ => None,
        };
        let number = number.map(|number| (number * 1000.0).round() / 1000.0);
        // NaN is in no range.
        number.filter(|number| (0.0..=LARGEST_NUMBER).contains(number)).unwrap_or_else(|| {
            let expected = "a number of ".to_owned() + unit + " from 0 to " + &say::decimal(LARGEST_NUMBER);
            self.refuse(name, setting, &expected, &say::decimal(default));
            default
        })
    }

    /// Any other name could be no file of the Function, and every alert would be refused.
    fn action(&mut self, default: String) -> String {
        let Some(setting) = self.setting("action") else {
            return default;
        };
        match setting {
            Setting::Text(text) if is_action_name(text.trim()) => text.trim().to_owned(),
            _ => {
                let expected = "the name of an action: letters, digits, - and _, at most 64";
                self.refuse("action", setting, expected, &default);
                default
            }
        }
    }

    fn unknown_properties(&mut self) {
        for (name, setting) in self.properties.iter().filter(|(name, _)| !PROPERTIES.contains(&name.as_str())) {
            let value = setting.quoted();
            let message = match nearest(name) {
                Some(known) => value + " does nothing; did you mean " + known + "?",
                None => value + " does nothing: there is no property of this name.",
            };
            self.find(Severity::Warning, &shortened(name), message);
        }
    }
}

/// As the Function finds them: `actions/<name>.private.js`, and the first is a letter or a digit.
fn is_action_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    name.len() <= LONGEST_ACTION
        && name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
        && name.bytes().all(fits)
}

fn nearest(name: &str) -> Option<&'static str> {
    if name.len() > LONGEST_SLIP {
        return None;
    }
    // By bytes: whoever writes other letters than ASCII's means another name.
    let letters = |name: &str| name.to_ascii_lowercase().into_bytes();
    let distance = |known: &str| strsim::generic_levenshtein(&letters(name), &letters(known));
    let (distance, known) = PROPERTIES.iter().map(|known| (distance(known), *known)).min()?;
    let most = known.len() as f64 * MOST_SLIPS_PER_LETTER;
    (distance as f64 <= most).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn errors(block: Json) -> Vec<(String, String)> {
        let (_, findings) = read(&Block::from(&block));
        let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
        errors.map(|finding| (finding.property, finding.message)).collect()
    }

    #[test]
    fn strings_count_where_they_say_it_plainly_as_in_twilios_own_example() {
        let block = json!({"alertAgent": "true", "endedInWarningIsTrigger": " TRUE ", "highRttThreshold": "500",
                           "shortCallThreshold": "0", "highJitterThreshold": " 30.5 "});
        let (config, findings) = read(&Block::from(&block));
        assert!(config.alert_agent && config.ended_in_warning_is_trigger);
        assert_eq!(config.high_rtt_threshold, Milliseconds(500.0));
        assert_eq!(config.short_call_threshold, Seconds(0.0));
        assert_eq!(config.high_jitter_threshold, Milliseconds(30.5));
        assert!(findings.iter().all(|finding| finding.severity != Severity::Error), "{findings:?}");
    }

    #[test]
    fn absent_null_and_empty_mean_the_default_and_are_no_finding() {
        let block = json!({"alertAgent": null, "action": "", "highRttThreshold": " ", "shortCallThreshold": null});
        let (config, _) = read(&Block::from(&block));
        assert_eq!(config, Config::default());
        assert_eq!(errors(block), []);
    }

    #[test]
    fn a_value_that_says_nothing_keeps_the_default_and_the_finding_names_property_value_and_what_is_expected() {
        assert_eq!(
            errors(json!({"alertAgent": "yes"})),
            [("alertAgent".into(), "\"yes\" is not true or false; the default, false, stays in force.".into())]
        );
        assert_eq!(
            errors(json!({"highRttThreshold": "400ms"})),
            [(
                "highRttThreshold".into(),
                "\"400ms\" is not a number of milliseconds from 0 to 1000000000; the default, 400, stays in force."
                    .into()
            )]
        );
        for wrong in [
            json!(-1),
            json!("NaN"),
            json!("inf"),
            json!("1e3"),
            json!("-5"),
            json!("."),
            json!("4 00"),
            json!([400]),
            json!({}),
            json!(true),
        ] {
            let (config, _) = read(&Block::from(&json!({"highRttThreshold": wrong})));
            assert_eq!(config.high_rtt_threshold, Milliseconds(400.0), "{wrong}");
            assert_eq!(errors(json!({"highRttThreshold": wrong})).len(), 1, "{wrong}");
        }
        assert_eq!(errors(json!({"action": 7})).len(), 1);
    }

    #[test]
    fn a_misspelt_property_is_found_with_the_name_that_was_meant() {
        let (_, findings) = read(&Block::from(&json!({"highRTTTreshold": 1, "colour": "red"})));
        let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert!(messages.iter().any(|message| message.ends_with("did you mean highRttThreshold?")), "{messages:?}");
        assert!(messages.contains(&"\"red\" does nothing: there is no property of this name."), "{messages:?}");
    }

    #[test]
    fn a_block_that_is_no_object_leaves_the_defaults_and_an_error() {
        for block in [json!("on"), json!(1), json!([]), json!(true)] {
            let (config, findings) = read(&Block::from(&block));
            assert_eq!(config, Config::default());
            assert_eq!(findings[0].severity, Severity::Error);
        }
    }
}
