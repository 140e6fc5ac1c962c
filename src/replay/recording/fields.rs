//! A line's fields, and the messages about wrong ones.

use super::LONGEST_NAME;
use crate::quotation;
use serde_json::{Map, Value};

/// A line's fields by name; null is the same as absent.
#[derive(Default)]
pub(super) struct Fields(pub(super) Map<String, Value>);

impl Fields {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, String> {
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| not_a(name, value, "a text"));
        self.get(name).map(text).transpose()
    }

    /// A text that a call, or somebody, is called by: kept as long as the call goes on.
    pub(super) fn name(&self, name: &str) -> Result<Option<String>, String> {
        match self.text(name)? {
            Some(text) if text.len() > LONGEST_NAME => Err(format!("\"{name}\" is longer than {LONGEST_NAME} bytes")),
            text => Ok(text),
        }
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, String> {
        let number = |value: &Value| value.as_f64().ok_or_else(|| not_a(name, value, "a number"));
        self.get(name).map(number).transpose()
    }

    pub(super) fn truth(&self, name: &str) -> Result<bool, String> {
        let value = self.get(name).ok_or_else(|| format!("without \"{name}\""))?;
        value.as_bool().ok_or_else(|| not_a(name, value, "true or false"))
    }

    /// An error's code; what cannot be one is none.
    pub(super) fn code(&self) -> Result<Option<u32>, String> {
        let code = self.number("code")?;
        Ok(code.filter(|code| (0.0..=f64::from(u32::MAX)).contains(code)).map(|code| code as u32))
    }
}

pub(super) fn not_a(name: &str, value: &Value, expected: &str) -> String {
    format!("\"{name}\" {} is not {expected}", shown(value))
}

pub(super) fn not_json(error: &serde_json::Error) -> String {
    // Its own line is always 1.
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or_default();
    if error.is_eof() {
        return format!("not JSON: cut off ({what})");
    }
    format!("not JSON at column {}: {what}", error.column())
}

pub(super) fn shown(value: &Value) -> String {
    quotation::shortened(&value.to_string())
}

/// Quotes a text as JSON, so that nothing in it reaches a terminal as it is.
pub(super) fn quoted(text: &str) -> String {
    shown(&Value::from(text))
}
