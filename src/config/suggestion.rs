//! What to write instead of what a finding is about.
//!
//! Beside the findings and not in them: the browser's console makes do with the sentence, and what nobody there calls
//! is not in the WebAssembly.

use super::actions::ACTIONS;
use super::pilot::{PARTS, PATH, PILOT};
use super::read::{is_known_property, is_property, nearest, nearest_property};
use super::{Config, Configuration, Finding};
use serde::Serialize;
use serde_json::Value;

/// Percent of lost packets that leave nothing to be understood.
pub(super) const MAX_LOSS: f64 = 20.0;

/// What to write instead, `{"value": 3}` or `{"property": "alertAgent"}`: a value for the property, or another name for
/// its value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Suggestion {
    /// This value.
    Value(Value),
    /// The same value under this name: there is no property of the one that was written.
    Property(&'static str),
}

impl Suggestion {
    /// What to write instead, if anything can be suggested: the nearest name; the value that was meant, where that is plain;
    /// the recommended value.
    ///
    /// `block` is the one that the finding is about.
    #[must_use]
    pub fn about(finding: &Finding, block: &Value) -> Option<Self> {
        let property = finding.property.as_str();
        let pilot = block.get(PILOT);
        if let Some(own) = property.strip_prefix(PATH) {
            return Self::for_property(own, pilot?.get("properties")?);
        }
        match property.strip_prefix(PILOT) {
            Some(part) if part.starts_with('.') && !is_known_property(property) => {
                let part = part.trim_start_matches('.');
                nearest(part, &PARTS).filter(|_| !is_property(part)).map(Self::Property)
            }
            Some(part) if part.is_empty() || part.starts_with('.') => None,
            _ => Self::for_property(property, block),
        }
    }

    /// A suggestion about a property of the block or of the pilot's `properties`.
    fn for_property(property: &str, block: &Value) -> Option<Self> {
        if [PILOT, ACTIONS].contains(&property) {
            return None;
        }
        if !is_property(property) {
            return nearest_property(property).map(Self::Property);
        }
        let meant = match (property, block.get(property)) {
            ("highPacketsLostThreshold", Some(setting)) => percent(setting, MAX_LOSS),
            ("warningDurPctThreshold", Some(setting)) => percent(setting, 100.0),
            ("action", Some(Value::String(name))) => lower_case(name).map(Into::into),
            (_, Some(setting)) if recommended(property).is_boolean() => truth(setting).map(Into::into),
            _ => None,
        };
        Some(Self::Value(meant.unwrap_or_else(|| recommended(property))))
    }
}

/// A finding, and what to write instead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advised {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// What to write instead, if anything can be suggested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Suggestion>,
}

impl Advised {
    /// The findings of a configuration, worst first; `block` is the one in force, if there is one.
    #[must_use]
    pub fn all(configuration: &Configuration, block: Option<&Value>) -> Vec<Self> {
        let advised = |finding: &Finding| Self {
            finding: finding.clone(),
            suggestion: block.and_then(|block| Suggestion::about(finding, block)),
        };
        configuration.findings.iter().map(advised).collect()
    }
}

fn recommended(property: &str) -> Value {
    let values = serde_json::to_value(Config::recommended()).unwrap_or_default();
    values.get(property).cloned().unwrap_or_default()
}

/// The name of an action whose only fault are its capitals.
fn lower_case(name: &str) -> Option<String> {
    let lower = name.trim().to_ascii_lowercase();
    super::read::is_action_name(&lower).then_some(lower)
}

/// In percent, a threshold that may have been meant as a fraction: one of less than 1 % is of little use.
pub(super) fn fraction(threshold: f64) -> Option<f64> {
    // Rounded, because in binary 0.07 × 100 is not exactly 7.
    (threshold > 0.0 && threshold < 1.0).then(|| (threshold * 1e8).round() / 1e6)
}

/// What was meant by a fraction where percent are wanted, if it is no more than this.
fn percent(setting: &Value, max: f64) -> Option<Value> {
    let number = match setting {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    let percent = fraction(number).filter(|percent| *percent <= max)?;
    Some(if percent.fract() == 0.0 { (percent as i64).into() } else { percent.into() })
}

/// What was meant by a switch that is neither true nor false.
fn truth(setting: &Value) -> Option<bool> {
    let Value::String(text) = setting else {
        return match setting.as_f64() {
            Some(0.0) => Some(false),
            Some(1.0) => Some(true),
            _ => None,
        };
    };
    match text.trim().to_lowercase().as_str() {
        "1" | "on" | "yes" => Some(true),
        "0" | "off" | "no" => Some(false),
        _ => None,
    }
}
