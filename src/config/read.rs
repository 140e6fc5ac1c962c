//! Reading the block leniently: strings where they say it plainly, defaults for the rest, and a finding for each (C3).

use super::advice;
use super::block::shortened;
use super::{Block, Config, Finding, NAMESPACE, Setting, Severity};
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
    let properties = match block {
        Block::Properties(properties) => properties,
        Block::Other(other) => {
            let message = format!("{} is not an object; the documented defaults are in force.", other.quoted());
            return (Config::default(), vec![Finding::new(Severity::Error, NAMESPACE, message)]);
        }
    };
    let default = Config::default();
    let mut reader = Reader { properties, findings: Vec::new() };
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
    // What was refused is not in force: there it is the default that is spoken of.
    let refused = |property: &str| reader.findings.iter().any(|finding| finding.property == property);
    let is_set = |property: &str| reader.setting(property).is_some() && !refused(property);
    let advice = advice::about(&config, is_set);
    let mut findings = reader.findings;
    findings.extend(advice);
    (config, findings)
}

/// A number as people write it, digits with or without a fraction: "500", "3.5".
///
/// Not the standard library's parser: it would also take "1e3", "inf" and "nan", and brings its tables into the browser.
fn plain_number(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let value = |digits: &str| digits.bytes().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit - b'0'));
    let scale = fraction.bytes().fold(1.0, |scale, _| scale * 10.0);
    Some(value(whole) + value(fraction) / scale)
}

struct Reader<'a> {
    properties: &'a [(String, Setting)],
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    /// What a property was set to, if that is not the default's other name.
    fn setting(&self, name: &str) -> Option<&'a Setting> {
        let set = self.properties.iter().find(|(property, _)| property == name).map(|(_, setting)| setting);
        set.filter(|setting| !setting.means_default())
    }

    /// Reads one property: `parse` says what a value means, `expected` what would have been understood.
    fn property<T>(
        &mut self,
        name: &str,
        expected: &str,
        default: T,
        shown: &str,
        parse: impl FnOnce(&Setting) -> Option<T>,
    ) -> T {
        let Some(setting) = self.setting(name) else {
            return default;
        };
        parse(setting).unwrap_or_else(|| {
            let message = format!("{} is not {expected}; the default, {shown}, stays in force.", setting.quoted());
            self.findings.push(Finding::new(Severity::Error, name, message));
            default
        })
    }

    fn boolean(&mut self, name: &str, default: bool) -> bool {
        self.property(name, "true or false", default, &default.to_string(), |setting| match setting {
            Setting::Truth(truth) => Some(*truth),
            Setting::Text(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Setting::Text(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        })
    }

    /// No threshold is negative: that is an error, not a threshold that everything passes.
    ///
    /// In thousandths, as it will be said and sent: what is less than that is 0, with all that follows.
    fn number(&mut self, name: &str, unit: &str, default: f64) -> f64 {
        let expected = format!("a number of {unit} from 0 to {}", Value(LARGEST_NUMBER));
        self.property(name, &expected, default, &Value(default).to_string(), |setting| {
            let number = match setting {
                Setting::Number(number) => Some(*number),
                Setting::Text(text) => plain_number(text.trim()),
                _ => None,
            };
            // NaN is in no range.
            let number = number.map(|number: f64| (number * 1000.0).round() / 1000.0);
            number.filter(|number| (0.0..=LARGEST_NUMBER).contains(number))
        })
    }

    /// Any other name could be no file of the Function, and every alert would be refused.
    fn action(&mut self, default: String) -> String {
        let shown = default.clone();
        let expected = "the name of an action: letters, digits, - and _, at most 64";
        self.property("action", expected, default, &shown, |setting| match setting {
            Setting::Text(text) => Some(text.trim()).filter(|name| is_action_name(name)).map(str::to_owned),
            _ => None,
        })
    }

    fn unknown_properties(&mut self) {
        for (name, setting) in self.properties.iter().filter(|(name, _)| !PROPERTIES.contains(&name.as_str())) {
            let value = setting.quoted();
            let message = match nearest(name) {
                Some(known) => format!("{value} does nothing; did you mean {known}?"),
                None => format!("{value} does nothing: there is no property of this name."),
            };
            self.findings.push(Finding::new(Severity::Warning, shortened(name), message));
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
    let lower = name.to_ascii_lowercase();
    let (distance, known) =
        PROPERTIES.iter().map(|known| (strsim::levenshtein(&lower, &known.to_ascii_lowercase()), *known)).min()?;
    let most = known.chars().count() as f64 * MOST_SLIPS_PER_LETTER;
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
