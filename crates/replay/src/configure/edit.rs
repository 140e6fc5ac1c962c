//! What a command makes of our block. What does nothing, or is not in force, is not written.

use crate::check::shown;
use crate::config_file::ConfigFile;
use crate::verbatim_json::Members;
use device_monitoring::{Configuration, Finding, NAMESPACE, Severity, Source, Suggestion, is_known_property};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Our block as it is there.
pub(super) enum Block {
    Properties(Members),
    /// It was set to something else than an object.
    Other(Box<RawValue>),
}

/// Why it is not done, each in a sentence.
pub(super) struct Refused(pub(super) Vec<String>);

impl Refused {
    fn because(reason: impl Into<String>) -> Self {
        Self(vec![reason.into()])
    }
}

impl Block {
    /// Null and an empty text are none.
    pub(super) fn from_raw(raw: &RawValue) -> Option<Self> {
        if let Ok(members) = Members::parse(raw.get()) {
            return Some(Self::Properties(members));
        }
        let is_none = match serde_json::from_str(raw.get()) {
            Ok(Value::Null) => true,
            Ok(Value::String(text)) => text.trim().is_empty(),
            _ => false,
        };
        (!is_none).then(|| Self::Other(raw.to_owned()))
    }

    pub(super) fn to_lines(&self) -> String {
        match self {
            Self::Properties(members) => members.to_lines(),
            Self::Other(other) => other.get().to_owned(),
        }
    }

    fn properties(self) -> Result<Members, Refused> {
        match self {
            Self::Properties(members) => Ok(members),
            Self::Other(_) => {
                let advice = format!("`apply` a file, or `unset {NAMESPACE}`");
                Err(Refused::because(format!("{NAMESPACE} is there, and is not an object: {advice}.")))
            }
        }
    }
}

/// The block with properties set.
pub(super) fn set(block: Option<Block>, settings: &[String]) -> Result<Members, Refused> {
    let mut members = block.map_or_else(|| Ok(Members::default()), Block::properties)?;
    let (mut refused, mut seen) = (Vec::new(), Vec::new());
    for setting in settings {
        match read(setting) {
            Ok((property, _)) if seen.contains(&property) => refused.push(format!("{property} is set twice.")),
            Ok((property, value)) => {
                members.set(&property, &value).map_err(|error| Refused::because(error.to_string()))?;
                seen.push(property);
            }
            Err(reason) => refused.push(reason),
        }
    }
    if refused.is_empty() { Ok(members) } else { Err(Refused(refused)) }
}

/// The block with properties taken away; none: the block is.
pub(super) fn unset(block: Option<Block>, properties: &[String]) -> Result<Option<Members>, Refused> {
    let Some(block) = block else {
        return Err(Refused::because(format!("there is no {NAMESPACE} here, so nothing to take away.")));
    };
    if properties.iter().any(|property| property == NAMESPACE) {
        return Ok(None);
    }
    let mut members = block.properties()?;
    let there = members.names().join(", ");
    let mut absent = Vec::new();
    for property in properties {
        if !members.remove(property).map_err(|error| Refused::because(error.to_string()))? {
            absent.push(format!("{property} is not set. Set are: {there}."));
        }
    }
    if absent.is_empty() { Ok(Some(members)) } else { Err(Refused(absent)) }
}

/// The block that a file has for a place.
pub(super) fn apply(file: Option<&ConfigFile>, place: Source) -> Result<Members, Refused> {
    let block = file.and_then(|file| file.block(place)).and_then(Block::from_raw);
    let Some(block) = block else {
        return Err(Refused::because(format!("the file has no {NAMESPACE} for {}.", place.described())));
    };
    let text = block.to_lines();
    let Block::Properties(members) = block else {
        return Err(Refused::because("what the file has is not an object."));
    };
    let value: Value = serde_json::from_str(&text).map_err(|error| Refused::because(error.to_string()))?;
    let refused = refusals(&value);
    if refused.is_empty() { Ok(members) } else { Err(Refused(refused)) }
}

/// Why a block is not written: what the browser would not take, and names that do nothing.
fn refusals(block: &Value) -> Vec<String> {
    let findings = Configuration::from_block(block).findings;
    let is_refused = |finding: &&Finding| {
        finding.severity == Severity::Error || finding.property != NAMESPACE && !is_known_property(&finding.property)
    };
    let sentence = |finding: &Finding| {
        let Finding { property, message, .. } = finding;
        match Suggestion::about(finding, block) {
            Some(better @ Suggestion::Value(_)) => {
                format!("{property}: {message} Suggested: {property}={}", shown(&better))
            }
            _ => format!("{property}: {message}"),
        }
    };
    findings.iter().filter(is_refused).map(sentence).collect()
}

/// `property=value`: true, false and numbers as such, all else as text, and whatever is written as JSON as that.
fn read(setting: &str) -> Result<(String, Box<RawValue>), String> {
    let Some((property, value)) = setting.split_once('=') else {
        return Err(format!("{setting}: a property and its value are written as {setting}=VALUE."));
    };
    if matches!(value.trim(), "" | "null") {
        return Err(format!("{property}: no value means the default: `unset {property}` takes it away."));
    }
    let text = serde_json::value::to_raw_value(value).map_err(|error| error.to_string())?;
    let json = serde_json::from_str::<Box<RawValue>>(value).ok();
    let mut reasons = Vec::new();
    // The name of an action can be a number.
    for candidate in [json, Some(text)].into_iter().flatten() {
        match serde_json::from_str::<Value>(candidate.get()) {
            Ok(value) => {
                let refused = refusals(&Value::Object(Map::from_iter([(property.to_owned(), value)])));
                if refused.is_empty() {
                    return Ok((property.to_owned(), candidate));
                }
                reasons.push(refused.join(" "));
            }
            Err(error) => reasons.push(format!("{property}: {error}")),
        }
    }
    Err(reasons.into_iter().next().unwrap_or_default())
}
