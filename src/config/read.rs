//! Reading the block leniently: strings where they say it plainly, defaults for the rest, and a finding for each (C3).

use super::actions::ACTIONS;
use super::pilot::{self, PILOT};
use super::{Config, Finding, NAMESPACE, Severity, add, means_default};
use crate::number_format::{Decimals, thousandths};
use crate::quotation::shortened;
use crate::serde_helpers::json;
use serde_json::{Map, Value};

/// Every property that has a single value, in the order of the documentation; `actions` and `pilot` have more.
pub const PROPERTIES: [&str; 19] = [
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
    "severelyConcealedPctThreshold",
    "noticesPerShift",
    "hideFlexIndicator",
    "agentTools",
    "runPreflight",
    "recordCalls",
    "reportCalls",
    "reportWorkers",
    "shareRecordings",
];

/// Farther than this from every known name, a name is not a slip of the keys. A third of the letters may differ.
const MAX_TYPOS_PER_LETTER: f64 = 1.0 / 3.0;
/// A longer name is not compared: it is no slip of the keys, and comparing takes as long as it is.
const LONGEST_TYPO: usize = 40;

/// No threshold is larger, not even one that is meant never to be passed: such numbers come from mistakes.
const LARGEST_NUMBER: f64 = 1e9;

/// The longest name of an action. It is sent with every alert.
const LONGEST_ACTION: usize = 64;

pub(super) struct Reader<'a> {
    properties: &'a Map<String, Value>,
    /// They are those of a pilot, on top of the rest of the block.
    is_pilot: bool,
    /// The place of each entry of `actions` that was understood, from 1.
    pub(super) entry_numbers: Vec<usize>,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    /// A reader of one block; where it is none, the finding that says so.
    pub(super) fn new(block: &'a Value) -> Result<Self, Finding> {
        match block {
            Value::Object(properties) => {
                Ok(Self { properties, is_pilot: false, entry_numbers: Vec::new(), findings: Vec::new() })
            }
            _ => {
                let message = format!("{} is not an object; the documented defaults are in force.", quoted(block));
                Err(Finding { severity: Severity::Error, property: NAMESPACE.to_owned(), message })
            }
        }
    }

    /// A reader of a pilot's own properties.
    pub(super) fn of_pilot(properties: &'a Map<String, Value>) -> Self {
        Self { properties, is_pilot: true, entry_numbers: Vec::new(), findings: Vec::new() }
    }

    /// Whether it reads a pilot's own properties.
    #[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
    pub(super) fn is_of_pilot(&self) -> bool {
        self.is_pilot
    }

    /// Reads every property into its place, and finds what is wrong with one. What is not set stays as it is.
    pub(super) fn read_into(&mut self, config: &mut Config) {
        let was_enabled = config.enabled;
        self.boolean("enabled", &mut config.enabled);
        self.boolean("alertAgent", &mut config.alert_agent);
        self.action(&mut config.action);
        self.actions(&mut config.actions);
        self.threshold("highRttThreshold", "milliseconds", &mut config.high_rtt_threshold.0);
        self.threshold("highPacketsLostThreshold", "percent", &mut config.high_packets_lost_threshold.0);
        self.threshold("lowMosThreshold", "MOS", &mut config.low_mos_threshold.0);
        self.threshold("highJitterThreshold", "milliseconds", &mut config.high_jitter_threshold.0);
        self.threshold("shortCallThreshold", "seconds", &mut config.short_call_threshold.0);
        self.boolean("endedInWarningIsTrigger", &mut config.ended_in_warning_is_trigger);
        self.threshold("warningDurPctThreshold", "percent", &mut config.warning_dur_pct_threshold.0);
        self.threshold("severelyConcealedPctThreshold", "percent", &mut config.severely_concealed_pct_threshold.0);
        self.count("noticesPerShift", "notices", &mut config.notices_per_shift);
        self.boolean("hideFlexIndicator", &mut config.hide_flex_indicator);
        self.boolean("agentTools", &mut config.agent_tools);
        self.boolean("runPreflight", &mut config.run_preflight);
        self.boolean("recordCalls", &mut config.record_calls);
        self.boolean("reportCalls", &mut config.report_calls);
        self.boolean("reportWorkers", &mut config.report_workers);
        self.boolean("shareRecordings", &mut config.share_recordings);
        self.unknown_properties();
        if was_enabled && !config.enabled {
            let message = "false switches the plugin off: no call is watched and no alert is sent.";
            self.find(Severity::Warning, "enabled", message.to_owned());
        }
    }

    /// What was found.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// What a property was set to, if that is not the default's other name.
    pub(super) fn setting(&self, name: &str) -> Option<&'a Value> {
        self.properties.get(name).filter(|setting| !means_default(setting))
    }

    /// Whether the admin wrote what is in force: what was refused is not.
    #[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
    pub(super) fn is_set(&self, name: &str) -> bool {
        let property = self.path_of(name);
        let refuses = |finding: &Finding| finding.severity == Severity::Error && finding.property == property;
        self.setting(name).is_some() && !self.findings.iter().any(refuses)
    }

    pub(super) fn find(&mut self, severity: Severity, property: &str, message: String) {
        let property = self.path_of(property);
        add(&mut self.findings, Finding { severity, property, message });
    }

    /// A property as findings name it.
    fn path_of(&self, name: &str) -> String {
        if self.is_pilot { shortened(&format!("{}{name}", pilot::PATH)) } else { name.to_owned() }
    }

    /// A value makes no sense: `expected` would have been understood.
    pub(super) fn refuse(&mut self, name: &str, setting: &Value, expected: &str, default: &str) {
        let stays = if self.is_pilot { "the value outside of the pilot" } else { "the default" };
        let message = format!("{} is not {expected}; {stays}, {default}, stays in force.", quoted(setting));
        self.find(Severity::Error, name, message);
    }

    /// Reads one property into its place, where the default is.
    fn boolean(&mut self, name: &str, place: &mut bool) {
        let Some(setting) = self.setting(name) else {
            return;
        };
        match setting {
            Value::Bool(truth) => *place = *truth,
            Value::String(text) if text.trim_ascii().eq_ignore_ascii_case("true") => *place = true,
            Value::String(text) if text.trim_ascii().eq_ignore_ascii_case("false") => *place = false,
            _ => self.refuse(name, setting, "true or false", &place.to_string()),
        }
    }

    /// No threshold is negative: that is an error, not a threshold that everything passes.
    ///
    /// In thousandths, as it is shown and sent: what is less than that is 0, with all that follows.
    fn threshold(&mut self, name: &str, unit: &str, place: &mut f64) {
        let Some(setting) = self.setting(name) else {
            return;
        };
        match number(setting).map(thousandths).filter(|number| (0.0..=LARGEST_NUMBER).contains(number)) {
            Some(number) => *place = number,
            None => {
                let expected = format!("a number of {unit} from 0 to {LARGEST_NUMBER}");
                self.refuse(name, setting, &expected, &Decimals(*place).to_string());
            }
        }
    }

    /// Nothing is counted in halves.
    fn count(&mut self, name: &str, unit: &str, place: &mut u32) {
        let Some(setting) = self.setting(name) else {
            return;
        };
        match number(setting).filter(|number| number.fract() == 0.0 && (0.0..=LARGEST_NUMBER).contains(number)) {
            Some(number) => *place = number as u32,
            None => {
                let expected = format!("a whole number of {unit} from 0 to {LARGEST_NUMBER}");
                self.refuse(name, setting, &expected, &place.to_string());
            }
        }
    }

    /// Any other name could be no file of the Function, and every alert would be refused.
    fn action(&mut self, place: &mut String) {
        let Some(setting) = self.setting("action") else {
            return;
        };
        match setting {
            Value::String(text) if is_action_name(text.trim_ascii()) => *place = text.trim_ascii().to_owned(),
            _ => {
                let expected = "the name of an action: letters, digits, - and _, at most 64";
                self.refuse("action", setting, expected, place);
            }
        }
    }

    fn unknown_properties(&mut self) {
        for (name, setting) in self.properties.iter().filter(|(name, _)| !is_property(name)) {
            let value = quoted(setting);
            if name == PILOT {
                if self.is_pilot && !means_default(setting) {
                    let message = format!("{value} does nothing: there is no pilot inside a pilot.");
                    self.find(Severity::Error, PILOT, message);
                }
                continue;
            }
            let message = match nearest_property(name) {
                Some(known) => format!("{value} does nothing; did you mean {known}?"),
                None => format!("{value} does nothing: there is no property of this name."),
            };
            self.find(Severity::Warning, &shortened(name), message);
        }
    }
}

/// Whether there is a property of this name.
pub(super) fn is_property(name: &str) -> bool {
    PROPERTIES.contains(&name) || name == ACTIONS
}

/// Whether a finding's property is one that there is: of the block, of its pilot, or the pilot's own.
#[must_use]
pub fn is_known_property(property: &str) -> bool {
    let inside = || property.strip_prefix(PILOT)?.strip_prefix('.');
    let is_part = |part: &str| part == PILOT || pilot::PARTS.contains(&part);
    match property.strip_prefix(pilot::PATH) {
        Some(own) => is_property(own) || own == PILOT,
        None => property == PILOT || is_property(property) || inside().is_some_and(is_part),
    }
}

/// A longer text is no number that anybody typed.
const LONGEST_NUMBER: usize = 17;
/// From here on a number is quoted with an exponent.
const EXPONENT_FROM: f64 = 1e16;

/// A setting as it was written, for a finding.
pub(super) fn quoted(setting: &Value) -> String {
    match setting.as_f64() {
        Some(number) if number.abs() >= EXPONENT_FROM => json(setting).replace('+', ""),
        Some(number) => Decimals(number).to_string(),
        None => shortened(&json(setting)),
    }
}

/// A number, or a text that is one as people write it, with or without a fraction: "500", "3.5"; not "1e3" or "inf".
pub(super) fn number(setting: &Value) -> Option<f64> {
    let Value::String(text) = setting else {
        return setting.as_f64();
    };
    let text = text.trim_ascii();
    if text.len() > LONGEST_NUMBER || !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: u64 = format!("{whole}{fraction}").parse().ok()?;
    Some(digits as f64 / 10_f64.powi(fraction.len() as i32))
}

/// As the Function finds them: `actions/<name>.private.js`, and the first is a letter or a digit.
pub(super) fn is_action_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    name.len() <= LONGEST_ACTION
        && name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
        && name.bytes().all(fits)
}

/// The property that was meant, if one is near enough.
pub(super) fn nearest_property(name: &str) -> Option<&'static str> {
    let all: Vec<_> = PROPERTIES.into_iter().chain([ACTIONS, PILOT]).collect();
    nearest(name, &all)
}

/// The known name that was meant, if one is near enough.
pub(super) fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if name.len() > LONGEST_TYPO {
        return None;
    }
    // By bytes: whoever writes other letters than ASCII's means another name.
    let letters = |name: &str| name.to_ascii_lowercase().into_bytes();
    let distance = |known: &str| strsim::generic_levenshtein(&letters(name), &letters(known));
    let (distance, known) = known.iter().map(|known| (distance(known), *known)).min()?;
    let max = known.len() as f64 * MAX_TYPOS_PER_LETTER;
    (distance as f64 <= max).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::*;
    use crate::input::units::{Milliseconds, Seconds};
    use serde_json::json;

    fn read(block: &Value) -> (Config, Vec<Finding>) {
        let Configuration { config, findings, .. } = Configuration::from_block(block);
        (config, findings)
    }

    fn errors(block: Value) -> Vec<(String, String)> {
        let (_, findings) = read(&block);
        let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
        errors.map(|finding| (finding.property, finding.message)).collect()
    }

    #[test]
    fn strings_count_where_they_say_it_plainly_as_in_twilios_own_example() {
        let block = json!({"alertAgent": "true", "endedInWarningIsTrigger": " TRUE ", "highRttThreshold": "500",
                           "shortCallThreshold": "0", "highJitterThreshold": " 30.5 "});
        let (config, findings) = read(&block);
        assert!(config.alert_agent && config.ended_in_warning_is_trigger);
        assert_eq!(config.high_rtt_threshold, Milliseconds(500.0));
        assert_eq!(config.short_call_threshold, Seconds(0.0));
        assert_eq!(config.high_jitter_threshold, Milliseconds(30.5));
        assert!(findings.iter().all(|finding| finding.severity != Severity::Error), "{findings:?}");
    }

    #[test]
    fn absent_null_and_empty_mean_the_default_and_are_no_finding() {
        let block = json!({"alertAgent": null, "action": "", "highRttThreshold": " ", "shortCallThreshold": null});
        let (config, _) = read(&block);
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
            let (config, _) = read(&json!({"highRttThreshold": wrong}));
            assert_eq!(config.high_rtt_threshold, Milliseconds(400.0), "{wrong}");
            assert_eq!(errors(json!({"highRttThreshold": wrong})).len(), 1, "{wrong}");
        }
        assert_eq!(errors(json!({"action": 7})).len(), 1);
    }

    #[test]
    fn a_misspelt_property_is_found_with_the_name_that_was_meant() {
        let (_, findings) = read(&json!({"highRTTTreshold": 1, "colour": "red"}));
        let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert!(messages.iter().any(|message| message.ends_with("did you mean highRttThreshold?")), "{messages:?}");
        assert!(messages.contains(&"\"red\" does nothing: there is no property of this name."), "{messages:?}");
    }

    #[test]
    fn a_block_that_is_no_object_leaves_the_defaults_and_an_error() {
        for block in [json!("on"), json!(1), json!([]), json!(true)] {
            let (config, findings) = read(&block);
            assert_eq!(config, Config::default());
            assert_eq!(findings[0].severity, Severity::Error);
        }
    }
}
