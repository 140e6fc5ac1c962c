//! The configurations that a query names, as literals.

use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Literal;
use device_monitoring::{Configuration, Finding, NAMESPACE, Severity, is_known_property};
use serde_json::Value;
use std::sync::Arc;

/// What calls are judged by, and what the configurations are called: nothing, where there is only one.
#[derive(Clone, Debug)]
pub(crate) struct Configurations {
    pub(crate) names: Vec<String>,
    pub(crate) all: Vec<Configuration>,
}

impl Configurations {
    /// One: the block `DeviceMonitoringPlugin`, alone or under its name.
    ///
    /// # Errors
    /// It is no block, or something in it would not be in force.
    pub(crate) fn one(text: &str) -> Result<Self> {
        Ok(Self { names: Vec::new(), all: vec![block("the configuration", &parse(text)?)?] })
    }

    /// Several: an object with a block under each name.
    ///
    /// # Errors
    /// As for one.
    pub(crate) fn named(text: &str) -> Result<Self> {
        let Value::Object(blocks) = parse(text)? else {
            return plan_err!("the configurations are no object that has a configuration under each name");
        };
        if blocks.is_empty() {
            return plan_err!("there is no configuration among the configurations");
        }
        let all = blocks.iter().map(|(name, value)| block(&format!("the configuration {name:?}"), value));
        let all = all.collect::<Result<_>>()?;
        Ok(Self { names: blocks.keys().cloned().collect(), all })
    }
}

/// The text of an argument that has to be written out in the query.
pub(crate) fn literal(argument: Option<&Arc<dyn PhysicalExpr>>) -> Result<&str> {
    let literal = argument.and_then(|argument| argument.downcast_ref::<Literal>());
    match literal.and_then(|literal| literal.value().try_as_str().flatten()) {
        Some(text) => Ok(text),
        None => plan_err!("the first argument, the configuration, has to be a text that is written out in the query"),
    }
}

fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).or_else(|error| plan_err!("the configuration is not JSON: {error}"))
}

fn block(name: &str, value: &Value) -> Result<Configuration> {
    let value = value.get(NAMESPACE).unwrap_or(value);
    if !value.is_object() {
        return plan_err!("{name} is no object");
    }
    let configuration = Configuration::from_block(value);
    // Nobody reads what is said beside a query's result: a block that is not what is judged by is refused.
    let is_wrong = |finding: &&Finding| finding.severity == Severity::Error || !is_known_property(&finding.property);
    if configuration.pilot.is_some() {
        return plan_err!(
            "{name} has a pilot, and the rows do not say who is in it: give the two as configurations of their own"
        );
    }
    let wrong = configuration.findings.iter().find(is_wrong);
    match wrong {
        Some(finding) => plan_err!("{name}: {}: {}", finding.property, finding.message),
        None => Ok(configuration),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(read: Result<Configurations>) -> String {
        read.unwrap_err().strip_backtrace()
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
        let misspelt = wrong(Configurations::one(r#"{"highRtThreshold":222}"#));
        assert!(misspelt.contains("highRtThreshold"), "{misspelt}");
        assert!(wrong(Configurations::one("{")).contains("not JSON"));
        assert!(wrong(Configurations::one("[]")).contains("no object"));
        assert!(wrong(Configurations::one(r#"{"pilot":{"teams":["Blue"]}}"#)).contains("has a pilot"));
        let named = wrong(Configurations::named(r#"{"now":{},"then":{"lowMosThreshold":"low"}}"#));
        assert!(named.contains("\"then\"") && named.contains("lowMosThreshold"), "{named}");
        assert!(wrong(Configurations::named("{}")).contains("no configuration"));
    }

    #[test]
    fn several_have_their_names_in_order() {
        let read = Configurations::named(r#"{"a":{},"b":{"highRttThreshold":222}}"#).unwrap();
        assert_eq!(read.names, ["a", "b"]);
        assert_eq!(read.all[1].config.high_rtt_threshold.0, 222.0);
    }
}
