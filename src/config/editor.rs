//! What a form needs in which an admin edits the configuration: the properties, and values as they are typed.

use super::action_lints::is_never_of_call;
use super::actions::diagnoses;
use super::pilot::TEAM_ATTRIBUTE;
use super::read::{PROPERTIES, number};
use super::{Config, Rule};
use crate::cause::Cause;
use serde::Serialize;
use serde_json::{Map, Number, Value};

/// A property as a form shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Property {
    /// Its name.
    pub(crate) name: &'static str,
    /// The unit of its value; empty for what has none.
    pub(crate) unit: &'static str,
    /// What is in force without it. Its type is the property's.
    pub(crate) default: Value,
    /// What [`Config::recommended`] has.
    pub(crate) recommended: Value,
}

/// Every property, in the order of the documentation.
pub(crate) fn properties() -> Vec<Property> {
    let values = |config: Config| match serde_json::to_value(config) {
        Ok(Value::Object(values)) => values,
        _ => Map::new(),
    };
    let (defaults, recommended) = (values(Config::default()), values(Config::recommended()));
    let value = |values: &Map<String, Value>, name: &str| values.get(name).map(plain).unwrap_or_default();
    let property = |name| Property {
        name,
        unit: unit(name),
        default: value(&defaults, name),
        recommended: value(&recommended, name),
    };
    PROPERTIES.into_iter().map(property).collect()
}

/// The words that an entry of `actions` can have, in the order in which a page lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Words {
    rules: Vec<&'static str>,
    diagnoses: Vec<&'static str>,
    causes: Vec<&'static str>,
    team_attribute: &'static str,
}

/// All of them.
pub(crate) fn words() -> Words {
    Words {
        rules: Rule::ALL.iter().map(|rule| rule.as_str()).collect(),
        diagnoses: diagnoses().into_iter().filter(|name| !is_never_of_call(name)).collect(),
        causes: Cause::ALL.iter().map(|cause| cause.as_str()).collect(),
        team_attribute: TEAM_ATTRIBUTE,
    }
}

/// What is written for a text that was typed into the field of a property: a number where one is wanted and the text is
/// one, with a point or a comma; none for no text, which means the default. What is not understood stays the text that it
/// is, and becomes a finding.
pub(crate) fn setting(name: &str, text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let wants_number = properties().iter().any(|property| property.name == name && property.default.is_number());
    let typed = || number(&Value::String(text.replacen(',', ".", 1))).and_then(Number::from_f64);
    Some(wants_number.then(typed).flatten().map_or_else(|| text.into(), |number| plain(&Value::Number(number))))
}

/// A whole number without a fraction.
fn plain(value: &Value) -> Value {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => Value::from(number as i64),
        _ => value.clone(),
    }
}

fn unit(name: &str) -> &'static str {
    match name {
        "highRttThreshold" | "highJitterThreshold" => "ms",
        "highPacketsLostThreshold" | "warningDurPctThreshold" | "severelyConcealedPctThreshold" => "%",
        "lowMosThreshold" => "MOS",
        "shortCallThreshold" => "s",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_form_has_every_property_with_its_default_and_recommended_value() {
        let all = properties();
        assert_eq!(all.iter().map(|property| property.name).collect::<Vec<_>>(), PROPERTIES);
        let loss = all.iter().find(|property| property.name == "highPacketsLostThreshold").cloned();
        let expected =
            Property { name: "highPacketsLostThreshold", unit: "%", default: json!(70), recommended: json!(3) };
        assert_eq!(loss, Some(expected));
        assert!(all.iter().all(|property| !property.default.is_null() && !property.recommended.is_null()));
    }

    #[test]
    fn every_word_that_a_form_offers_for_an_entry_of_actions_is_understood() {
        let words = serde_json::to_value(words()).unwrap();
        for part in ["rules", "diagnoses", "causes"] {
            let all = &words[part];
            assert!(all.as_array().unwrap().len() > 4, "{all}");
            let block = json!({"agentTools": true, "actions": [{"when": {part: all}, "run": "log-call"}]});
            let found = Configuration::from_block(&block);
            assert_eq!(serde_json::to_value(&found.config.actions[0].when).unwrap()[part], *all);
        }
    }

    #[test]
    fn a_threshold_has_a_unit_and_nothing_else_has() {
        for property in properties() {
            assert_eq!(property.unit.is_empty(), !property.name.ends_with("Threshold"), "{}", property.name);
        }
    }

    #[test]
    fn what_is_typed_becomes_a_number_where_it_is_one_and_one_is_wanted() {
        for (name, text, expected) in [
            ("highRttThreshold", " 500 ", Some(json!(500))),
            ("lowMosThreshold", "3.5", Some(json!(3.5))),
            ("lowMosThreshold", "3,5", Some(json!(3.5))),
            ("noticesPerShift", "6", Some(json!(6))),
            ("highRttThreshold", "400ms", Some(json!("400ms"))),
            ("highRttThreshold", "1.2.3", Some(json!("1.2.3"))),
            ("highRttThreshold", "-1", Some(json!("-1"))),
            ("highRttThreshold", "  ", None),
            ("action", "7", Some(json!("7"))),
            ("action", "log-call", Some(json!("log-call"))),
        ] {
            assert_eq!(setting(name, text), expected, "{name} {text:?}");
        }
    }
}
