//! The configurations that calls are judged by.

use crate::error::{Error, Result};
use device_monitoring::{Configuration, Finding, NAMESPACE, Severity, is_known_property};
use serde_json::Value;

/// What calls are judged by, and what the configurations are called: nothing, where there is only one.
#[derive(Clone, Debug)]
pub struct Configurations {
    /// What they are called; none where there is only one.
    pub names: Vec<String>,
    /// In the order of their names.
    pub all: Vec<Configuration>,
}

impl Configurations {
    /// One: the block `DeviceMonitoringPlugin`, alone or under its name.
    ///
    /// # Errors
    /// It is no block, or something in it would not be in force.
    pub fn one(text: &str) -> Result<Self> {
        Ok(Self { names: Vec::new(), all: vec![block("the configuration", &parse(text)?)?] })
    }

    /// Several: an object with a block under each name.
    ///
    /// # Errors
    /// As for one.
    pub fn named(text: &str) -> Result<Self> {
        let Value::Object(blocks) = parse(text)? else {
            return wrong("the configurations are no object that has a configuration under each name");
        };
        if blocks.is_empty() {
            return wrong("there is no configuration among the configurations");
        }
        let all = blocks.iter().map(|(name, value)| block(&format!("the configuration {name:?}"), value));
        let all = all.collect::<Result<_>>()?;
        Ok(Self { names: blocks.keys().cloned().collect(), all })
    }
}

fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).or_else(|error| wrong(format!("the configuration is not JSON: {error}")))
}

fn block(name: &str, value: &Value) -> Result<Configuration> {
    let value = value.get(NAMESPACE).unwrap_or(value);
    if !value.is_object() {
        return wrong(format!("{name} is no object"));
    }
    let configuration = Configuration::from_block(value);
    // Nobody reads what is said beside a query's result: a block that is not what is judged by is refused.
    let is_wrong = |finding: &&Finding| finding.severity == Severity::Error || !is_known_property(&finding.property);
    if configuration.pilot.is_some() {
        return wrong(format!(
            "{name} has a pilot, and the rows do not say who is in it: give the two as configurations of their own"
        ));
    }
    match configuration.findings.iter().find(is_wrong) {
        Some(finding) => wrong(format!("{name}: {}: {}", finding.property, finding.message)),
        None => Ok(configuration),
    }
}

fn wrong<T>(what: impl Into<String>) -> Result<T> {
    Err(Error::Configuration(what.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(read: Result<Configurations>) -> String {
        read.unwrap_err().to_string()
    }

    #[test]
    fn a_block_is_read_alone_or_under_its_name_and_nothing_is_the_defaults() {
        let read = |text| Configurations::one(text).unwrap().all[0].config.clone();
        assert_eq!(read("{}"), device_monitoring::Config::default());
        assert_eq!(read(r#"{"highRttThreshold":222}"#).high_rtt_threshold.0, 222.0);
        assert_eq!(read(r#"{"DeviceMonitoringPlugin":{"highRttThreshold":222}}"#).high_rtt_threshold.0, 222.0);
    }

    #[test]
    fn what_would_not_be_in_force_is_an_error_that_says_what_is_wrong() {
        let misspelt = refused(Configurations::one(r#"{"highRtThreshold":222}"#));
        assert!(misspelt.contains("highRtThreshold"), "{misspelt}");
        assert!(refused(Configurations::one("{")).contains("not JSON"));
        assert!(refused(Configurations::one("[]")).contains("no object"));
        assert!(refused(Configurations::one(r#"{"pilot":{"teams":["Blue"]}}"#)).contains("has a pilot"));
        let named = refused(Configurations::named(r#"{"now":{},"then":{"lowMosThreshold":"low"}}"#));
        assert!(named.contains("\"then\"") && named.contains("lowMosThreshold"), "{named}");
        assert!(refused(Configurations::named("{}")).contains("no configuration"));
    }

    #[test]
    fn several_have_their_names_in_order() {
        let read = Configurations::named(r#"{"a":{},"b":{"highRttThreshold":222}}"#).unwrap();
        assert_eq!(read.names, ["a", "b"]);
        assert_eq!(read.all[1].config.high_rtt_threshold.0, 222.0);
    }
}
