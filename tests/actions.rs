//! More than one action (rule C8): which alerts each is for (`actions.json`), and how the alert carries them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::{self, memory_storage::Texts};
use device_monitoring::outbox::{Entry, Form, Outbox};
use device_monitoring::{
    Alert, CallParties, Cause, ClientInfo, ConditionName, Configuration, Diagnosis, Effect, Engine, Event, Rule,
    Severity, Subject, Timestamp, WallTime, Worker,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    block: Value,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    is: String,
    #[serde(default)]
    worker: Value,
    rules: Vec<String>,
    #[serde(default)]
    diagnosis: Option<String>,
    #[serde(default)]
    cause: Option<String>,
    actions: Vec<String>,
}

fn rule(name: &str) -> Rule {
    Rule::ALL.iter().copied().find(|rule| rule.as_str() == name).unwrap()
}

fn diagnosis(name: &str) -> Diagnosis {
    let all = ConditionName::ALL.iter().filter_map(|condition| condition.diagnosis());
    all.into_iter().find(|diagnosis| diagnosis.as_str() == name).unwrap()
}

fn cause(name: &str) -> Cause {
    Cause::ALL.iter().copied().find(|cause| cause.as_str() == name).unwrap()
}

fn chosen(block: &Value, worker: &Value, subject: &Subject) -> Vec<String> {
    let worker = Worker { attributes: worker.clone(), ..Worker::default() };
    Configuration::from_block(block).for_worker(&worker).config.actions_for(subject)
}

#[test]
fn an_alert_is_for_the_action_of_every_entry_that_fits_it_and_else_for_action() {
    let Table { block, cases } = serde_json::from_str(include_str!("actions.json")).unwrap();
    assert!(Configuration::from_block(&block).findings.iter().all(|finding| finding.severity != Severity::Error));
    for case in cases {
        let subject = Subject {
            rules: case.rules.iter().map(|name| rule(name)).collect(),
            diagnosis: case.diagnosis.as_deref().map(diagnosis),
            cause: case.cause.as_deref().map(cause),
        };
        assert_eq!(chosen(&block, &case.worker, &subject), case.actions, "{}", case.is);
    }
}

/// The words of a list, or none of it.
fn words(all: &'static [&'static str]) -> impl Strategy<Value = Option<Vec<&'static str>>> {
    prop::option::of(prop::sample::subsequence(all, 1..=all.len().min(3)))
}

static RULES: LazyLock<Vec<&str>> = LazyLock::new(|| Rule::ALL.iter().map(|rule| rule.as_str()).collect());
/// Of any condition, also of those that no alert is about.
static DIAGNOSES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let all = ConditionName::ALL.iter().filter_map(|name| name.diagnosis()).map(Diagnosis::as_str);
    all.collect::<BTreeSet<_>>().into_iter().collect()
});
static CAUSES: LazyLock<Vec<&str>> = LazyLock::new(|| Cause::ALL.iter().map(|cause| cause.as_str()).collect());
const NEVER_OF_A_CALL: [&str; 3] = ["signaling-lost", "talking-while-muted", "can-customer-hear-you"];
const TEAMS: &[&str] = &["Blue", "Coral"];
const NAMES: &[&str] = &["open-ticket", "webhook", "log-call", "send-sms-to-customer"];

fn entry() -> impl Strategy<Value = Value> {
    let when = (words(&RULES), words(&DIAGNOSES), words(&CAUSES), words(TEAMS));
    (when, prop::sample::select(NAMES)).prop_map(|((rules, diagnoses, causes, teams), run)| {
        let mut when = serde_json::Map::new();
        for (part, words) in [("rules", rules), ("diagnoses", diagnoses), ("causes", causes), ("teams", teams)] {
            when.extend(words.map(|words| (part.to_owned(), json!(words))));
        }
        json!({"when": when, "run": run})
    })
}

fn subject() -> impl Strategy<Value = Subject> {
    let rules = prop::sample::subsequence(Rule::ALL, 1..=Rule::ALL.len());
    let named = prop::option::of(prop::sample::select(DIAGNOSES.as_slice()));
    (rules, named, prop::option::of(prop::sample::select(CAUSES.as_slice()))).prop_map(|(rules, named, why)| Subject {
        rules,
        diagnosis: named.map(diagnosis),
        cause: why.map(cause),
    })
}

fn worker() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![json!({}), json!({"team_name": "blue"}), json!({"team_name": "Green"}), json!(null)])
}

/// Whether an entry fits, by what is written in it: the same rule in a second form.
fn fits(entry: &Value, worker: &Value, subject: &Subject) -> bool {
    let any = |part: &str, of: &[String]| {
        let Some(words) = entry["when"][part].as_array() else { return true };
        words.iter().any(|word| of.iter().any(|one| word.as_str().unwrap().eq_ignore_ascii_case(one)))
    };
    let team: Vec<_> = worker["team_name"].as_str().map(str::to_owned).into_iter().collect();
    any("rules", &subject.rules.iter().map(|rule| rule.as_str().to_owned()).collect::<Vec<_>>())
        && any("diagnoses", &subject.diagnosis.map(|one| one.as_str().to_owned()).into_iter().collect::<Vec<_>>())
        && any("causes", &subject.cause.map(|one| one.as_str().to_owned()).into_iter().collect::<Vec<_>>())
        && any("teams", &team)
}

proptest! {
    #[test]
    fn what_is_run_is_what_fits_each_once_whatever_the_order_of_the_entries(
        entries in prop::collection::vec(entry(), 0..8), subject in subject(), worker in worker(),
        order in any::<prop::sample::Index>()
    ) {
        let block = json!({"action": "the-default", "actions": entries});
        let names = chosen(&block, &worker, &subject);
        let mut expected: BTreeSet<String> = entries
            .iter()
            .filter(|entry| fits(entry, &worker, &subject))
            .map(|entry| entry["run"].as_str().unwrap().to_owned())
            .collect();
        if expected.is_empty() {
            expected.insert("the-default".to_owned());
        }
        prop_assert_eq!(names.len(), expected.len(), "each once");
        prop_assert_eq!(&names.into_iter().collect::<BTreeSet<_>>(), &expected);

        let mut turned = entries.clone();
        turned.reverse();
        if !turned.is_empty() {
            turned.rotate_left(order.index(entries.len()));
        }
        let other = chosen(&json!({"action": "the-default", "actions": turned}), &worker, &subject);
        prop_assert_eq!(other.into_iter().collect::<BTreeSet<_>>(), expected);
    }

    #[test]
    fn a_finding_says_that_an_entry_is_never_run_only_if_no_alert_fits_it(
        entries in prop::collection::vec(entry(), 1..4), subject in subject(), worker in worker()
    ) {
        // Every rule is on but for that of concealed seconds.
        let mut block = json!({"endedInWarningIsTrigger": true, "agentTools": true, "actions": entries});
        let found = Configuration::from_block(&block).findings;
        let is_possible = |subject: &Subject| {
            let is_explained = match (subject.diagnosis, subject.cause) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(diagnosis), Some(cause)) => explains(cause, diagnosis),
            };
            is_explained
                && subject.rules != [Rule::SeverelyConcealedPct]
                && subject.diagnosis.is_none_or(|one| !NEVER_OF_A_CALL.contains(&one.as_str()))
        };
        for (number, entry) in (1..).zip(&entries) {
            let begin = format!("Entry {number}, {}, is never run:", entry["run"].as_str().unwrap());
            if found.iter().any(|finding| finding.message.starts_with(&begin)) && is_possible(&subject) {
                block["actions"] = json!([entry]);
                block["action"] = json!("the-default");
                // By another rule as well, it may be any call's that alerts.
                let mut subject = subject.clone();
                subject.rules.retain(|rule| *rule != Rule::SeverelyConcealedPct);
                prop_assert_eq!(chosen(&block, &worker, &subject), ["the-default"], "{}", entry);
            }
        }
    }

    #[test]
    fn whatever_actions_is_set_to_the_rest_is_read_and_some_action_is_run(
        text in any::<String>(), number in any::<f64>(), entries in prop::collection::vec(entry(), 0..3)
    ) {
        let text = || Value::from(text.as_str());
        let mut odd = entries;
        odd.extend([text(), json!(number), json!({"when": text(), "run": text()}), json!({"run": [number]}),
                    json!({"when": {"rules": [text(), number]}, "run": "a"}), json!({text().as_str().unwrap(): 1, "run": "a"})]);
        for actions in [text(), json!(number), json!({"run": "a"}), json!(odd)] {
            let found = Configuration::from_block(&json!({"highRttThreshold": 222, "actions": actions}));
            prop_assert_eq!(found.config.high_rtt_threshold.0, 222.0);
            let subject = Subject { rules: vec![Rule::ShortCall], diagnosis: None, cause: None };
            prop_assert!(!found.config.actions_for(&subject).is_empty());
            for finding in &found.findings {
                prop_assert!(finding.message.chars().count() < 400 && finding.message.chars().count() > 10);
            }
            let again = Configuration::from_block(&serde_json::to_value(&found.config).unwrap());
            prop_assert_eq!(again.config, found.config, "what is in force can be written down and read again");
        }
    }
}

#[test]
fn for_each_cause_and_diagnosis_it_is_said_whether_they_can_come_together() {
    for diagnosis in DIAGNOSES.iter().filter(|name| !NEVER_OF_A_CALL.contains(name)) {
        for cause in CAUSES.iter() {
            let entry = json!({"when": {"diagnoses": [diagnosis], "causes": [cause]}, "run": "webhook"});
            let found = Configuration::from_block(&json!({"actions": [entry]})).findings;
            let is_possible = !found.iter().any(|finding| finding.message.contains("is never run"));
            assert_eq!(is_possible, explains(self::cause(cause), self::diagnosis(diagnosis)), "{cause}, {diagnosis}");
        }
    }
}

/// As [what-agents-see](../docs/what-agents-see.md#why) has it.
fn explains(cause: Cause, diagnosis: Diagnosis) -> bool {
    matches!(
        (cause.as_str(), diagnosis.as_str()),
        ("microphone-ended" | "microphone-muted", "your-microphone")
            | ("computer-busy", "your-computer" | "your-network")
            | ("browser", "your-computer" | "customer-cannot-hear-you")
            | ("wifi", "your-network")
            | (
                "vpn" | "firewall" | "path-switched",
                "connection-lost" | "customer-cannot-hear-you" | "no-audio-from-customer" | "your-network"
            )
    )
}

/// The alerts of a call of two seconds, the second of which its agent reports in wrap-up.
fn alerts(block: &Value) -> Vec<Alert> {
    let mut engine = Engine::new(Configuration::from_block(block), ClientInfo::default());
    let call = engine.open(CallParties { call_sid: Some("CA1".to_owned()), ..CallParties::default() });
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
    engine.handle(Timestamp(2000), call, &Event::Disconnected);
    engine.handle(Timestamp(9000), call, &Event::Reported);
    let effects = std::iter::from_fn(|| engine.poll_effect());
    effects.filter_map(|effect| if let Effect::Alert(alert) = effect { Some(*alert) } else { None }).collect()
}

#[test]
fn the_alert_carries_its_actions_and_what_the_agent_says_after_it_has_its_own() {
    let block = json!({"agentTools": true, "actions": [
        {"when": {"rules": ["shortCall"]}, "run": "open-ticket"},
        {"when": {"rules": ["shortCall", "agentReport"]}, "run": "webhook"},
        {"when": {"rules": ["agentReport"]}, "run": "annotate-call"},
    ]});
    let [main, report]: [Alert; 2] = alerts(&block).try_into().unwrap();
    let actions = |alert: &Alert| Form::new(alert).actions().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(actions(&main), ["open-ticket", "webhook"]);
    assert_eq!(actions(&report), ["open-ticket", "webhook", "annotate-call"]);
}

#[test]
fn the_document_is_the_same_with_and_without_actions_so_that_an_earlier_function_takes_it() {
    let with = json!({"actions": [{"when": {"rules": ["shortCall"]}, "run": "webhook"}]});
    let [with, without] = [with, json!({})].map(|block| Form::new(&alerts(&block)[0]).document());
    assert_eq!(with, without);
}

#[test]
fn what_is_kept_in_the_browser_has_all_actions_and_an_earlier_plugin_reads_the_first_of_them() {
    let block = json!({"actions": [{"run": "open-ticket"}, {"run": "webhook"}]});
    let mut outbox = Outbox::new(Texts::default(), Some("WK1"));
    outbox.put(WallTime(1e12), &alerts(&block)[0]);
    let entry = outbox.entries().remove(0);
    assert_eq!(Entry::parse(&entry.to_text()), Ok(entry.clone()));
    let mut stored: Value = serde_json::from_str(&entry.to_text()).unwrap();
    assert_eq!(stored["form"]["action"], "open-ticket");
    assert_eq!(stored["form"]["furtherActions"], json!(["webhook"]));
    // What an earlier version has written says nothing of further ones.
    stored["form"].as_object_mut().unwrap().remove("furtherActions");
    let earlier = Entry::parse(&stored.to_string()).unwrap();
    assert_eq!(earlier.form.actions().collect::<Vec<_>>(), ["open-ticket"]);
}

#[test]
fn a_replayed_call_says_what_its_alert_is_for_also_after_a_report_in_wrap_up() {
    let block = json!({"agentTools": true, "actions": [
        {"when": {"rules": ["shortCall"]}, "run": "open-ticket"},
        {"when": {"rules": ["agentReport"]}, "run": "webhook"},
    ]});
    let call =
        [r#"{"ms":0,"type":"accept"}"#, r#"{"ms":5000,"type":"disconnect"}"#, r#"{"ms":9000,"type":"agent-report"}"#];
    let actions =
        |block: &Value, lines: usize| support::play(block, call.iter().take(lines).copied()).calls[0].actions.clone();
    assert_eq!(actions(&block, 2), ["open-ticket"]);
    assert_eq!(actions(&block, 3), ["open-ticket", "webhook"]);
    assert!(actions(&json!({}), 3).is_empty(), "said only where there is a choice");
}
