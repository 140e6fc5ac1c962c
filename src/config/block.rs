//! The block as it was written, wherever it was: the few kinds of values that a property can have, and all others.

use crate::json::to_json;
use crate::say;
use serde_json::Value;

/// What a property was set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Null: the default.
    Nothing,
    /// True or false.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Anything else, as JSON.
    Other(String),
}

/// What `DeviceMonitoringPlugin` was set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// An object: its properties by name.
    Properties(Vec<(String, Setting)>),
    /// Anything else.
    Other(Setting),
}

impl Block {
    /// Absent, null and `""` are no block.
    pub(super) fn is_set(&self) -> bool {
        !matches!(self, Self::Other(setting) if setting.means_default())
    }
}

impl Setting {
    /// Absent, null and `""` mean the default.
    pub(super) fn means_default(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(text) => text.trim_ascii().is_empty(),
            _ => false,
        }
    }

    /// As it was written, for a finding.
    pub(super) fn quoted(&self) -> String {
        match self {
            Self::Nothing => "null".to_owned(),
            Self::Truth(truth) => to_json(truth),
            Self::Number(number) => quoted_number(*number),
            Self::Text(text) => say::shortened(&to_json(text)),
            // Nothing is left of a function.
            Self::Other(json) if json.is_empty() => "this".to_owned(),
            Self::Other(json) => say::shortened(json),
        }
    }
}

/// From here on a number is quoted with an exponent: its thousandths, in which it is written, come near 2^53.
const LONG_NUMBER: f64 = 1e12;

fn quoted_number(number: f64) -> String {
    if !number.is_finite() {
        return "NaN or Infinity".to_owned();
    }
    let (mut digits, mut exponent) = (number, 0.0);
    if number.abs() >= LONG_NUMBER {
        while digits.abs() >= 10.0 {
            digits /= 10.0;
            exponent += 1.0;
        }
        return say::decimal(digits) + "e" + &say::decimal(exponent);
    }
    say::decimal(number)
}

impl From<&Value> for Setting {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(truth) => Self::Truth(*truth),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(_) | Value::Object(_) => Self::Other(value.to_string()),
        }
    }
}

impl From<&Value> for Block {
    fn from(value: &Value) -> Self {
        match value {
            Value::Object(properties) => {
                Self::Properties(properties.iter().map(|(name, value)| (name.clone(), value.into())).collect())
            }
            other => Self::Other(other.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_has_no_word_for_is_quoted_all_the_same() {
        for (setting, quoted) in [
            (Setting::Number(f64::NAN), "NaN or Infinity"),
            (Setting::Number(f64::NEG_INFINITY), "NaN or Infinity"),
            (Setting::Number(f64::MAX), "1.798e308"),
            (Setting::Number(-1e12), "-1e12"),
            (Setting::Number(999_999_999_999.0), "999999999999"),
            (Setting::Number(-0.0), "0"),
            (Setting::Other(String::new()), "this"),
        ] {
            assert_eq!(setting.quoted(), quoted);
        }
    }
}
