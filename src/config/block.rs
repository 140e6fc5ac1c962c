//! The block as it was written, wherever it was: the few kinds of values that a property can have, and all others.

use crate::json::to_json;
use crate::units;
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

/// A value in a finding is cut to this many characters.
const LONGEST_QUOTE: usize = 60;

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
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// As it was written, for a finding.
    pub(super) fn quoted(&self) -> String {
        let text = match self {
            Self::Nothing => "null".to_owned(),
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) if number.is_finite() => units::Value(*number).to_string(),
            Self::Number(_) => "NaN".to_owned(),
            Self::Text(text) => to_json(text).unwrap_or_default(),
            Self::Other(json) => json.clone(),
        };
        if text.chars().count() <= LONGEST_QUOTE {
            return text;
        }
        let start: String = text.chars().take(LONGEST_QUOTE).collect();
        format!("{start}…")
    }
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
