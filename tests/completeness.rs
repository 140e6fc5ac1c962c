//! What a new statistic, condition, diagnosis, cause, rule, recording, field that is sent or answer of the Function needs in
//! files that the compiler does not see: forgetting one fails here.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in a test a panic is the message")]

use crate::support::scenario;
use device_monitoring::{
    Cause, ConditionName, Configuration, Diagnosis, Evidence, ExplainedDiagnosis, Milliseconds, NetworkType,
    PROPERTIES, Percent, PressureState, RawSample, RawStatistics, RelayProtocol, Rule, TrackState, WarningName,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Shown after forty seconds of silence: its end-to-end test would take too long. `tests/scenarios` has it.
const NOT_END_TO_END: [Diagnosis; 1] = [Diagnosis::CanCustomerHearYou];

/// Words of the Function's 503 that are about one call: those of others may succeed meanwhile.
const ABOUT_ONE_CALL: [&str; 3] = ["action-not-done", "call-not-answered-yet", "customer-not-known-yet"];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The texts of all files in a folder and below it whose names end so.
fn texts(folder: &Path, end: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(texts(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
    found
}

/// The names, without their extension, of all files in a folder and below it that have this extension.
fn stems(folder: &Path, extension: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(stems(&path, extension));
        } else if path.extension().is_some_and(|its| its == extension) {
            found.push(path.file_stem().unwrap().to_string_lossy().into_owned());
        }
    }
    found
}

/// The values in an object, by part and name; of an object without parts, the part is empty.
fn leaves(object: &Value) -> BTreeSet<(String, String)> {
    let object = object.as_object().unwrap();
    let parts = object.iter().flat_map(|(name, value)| match value {
        Value::Object(values) => values.keys().map(|inner| (name.clone(), inner.clone())).collect(),
        _ => vec![(String::new(), name.clone())],
    });
    parts.collect()
}

fn read_by_engine(raw: impl Serialize) -> BTreeSet<(String, String)> {
    leaves(&serde_json::to_value(raw).unwrap())
}

fn statistics() -> BTreeSet<(String, String)> {
    read_by_engine(RawStatistics::default())
}

fn sample_values() -> BTreeSet<(String, String)> {
    read_by_engine(RawSample::default())
}

/// The rows of a list in a program, as the words in quotes that each has.
fn rows(program: &str, list: &str) -> Vec<Vec<String>> {
    let (_, rows) = program.split_once(list).unwrap_or_else(|| panic!("there is no {list}"));
    let (rows, _) = rows.split_once("];").unwrap();
    let words = |row: &str| row.split(['\'', '"']).skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    rows.lines().map(words).filter(|words| !words.is_empty()).collect()
}

fn columns(of: &[Vec<String>]) -> BTreeSet<(String, String)> {
    let named = of.iter().map(|row| match row.as_slice() {
        [_, part, name] => (part.clone(), name.clone()),
        [_, name] => (String::new(), name.clone()),
        other => panic!("{other:?}"),
    });
    named.collect()
}

#[test]
fn the_lab_plays_and_records_every_number_that_the_engine_reads() {
    let program = read("lab/recordings/recorder-rows.mjs");
    let pair = |row: &Vec<String>| (row[0].clone(), row[1].clone());
    // lab/test/recording-lines.test.mjs holds the lab's page and the plugin's reader against this list.
    let played: BTreeSet<_> = rows(&program, "const STATISTICS = [").iter().map(pair).collect();
    assert_eq!(played, statistics());
    let played = rows(&program, "const SAMPLE = [").into_iter().flatten();
    assert_eq!(played.map(|name| (String::new(), name)).collect::<BTreeSet<_>>(), sample_values());
}

#[test]
fn every_number_that_the_engine_reads_is_in_a_recording() {
    let mut recorded = BTreeSet::new();
    for text in texts(&path("tests/recordings"), ".jsonl") {
        for line in text.lines().filter(|line| line.contains("\"stats\"") || line.contains("\"sample\"")) {
            let line: Value = serde_json::from_str(line).unwrap();
            let known = |part: &Value, (name, inner): &(String, String)| {
                let part = if name.is_empty() { part } else { &part[name] };
                part[inner].is_number()
            };
            for part in [&line["stats"], &line["sample"]].into_iter().filter(|part| part.is_object()) {
                recorded.extend(leaves(part).into_iter().filter(|leaf| known(part, leaf)));
            }
        }
    }
    let missing: Vec<_> =
        statistics().union(&sample_values()).filter(|leaf| !recorded.contains(leaf)).cloned().collect();
    assert!(missing.is_empty(), "record a call that has {missing:?}");
}

#[test]
fn every_number_that_the_engine_reads_is_a_column_of_the_history() {
    let schema = read("crates/arrow/src/schema.rs");
    let document = read("docs/cluster.md");
    let (sample, stats) = (rows(&schema, "pub const SAMPLE"), rows(&schema, "pub const STATS"));
    assert_eq!(columns(&sample), sample_values());
    assert_eq!(columns(&stats), statistics());
    for column in sample.iter().chain(&stats).map(|row| &row[0]) {
        assert!(document.contains(&format!("`{column}`")), "docs/cluster.md: {column}");
    }
    for (column, values) in [("sample", sample_values()), ("stats", statistics())] {
        let row = format!("| `{column}` | struct of {} doubles", values.len());
        assert!(document.contains(&row), "docs/cluster.md: {row}");
    }
}

#[test]
fn every_number_that_the_engine_reads_is_in_the_seconds_of_a_scenario() {
    let step = json!({"seconds": 1, "stats": {"answersEvery": 1}});
    let lines = scenario::lines(&[step.as_object().cloned().unwrap()]);
    let parsed: Vec<Map<String, Value>> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [sample, reading] = parsed.as_slice() else { panic!("{lines:?}") };
    assert!(leaves(&sample["sample"]).is_superset(&sample_values()), "{:?}", sample["sample"]);
    assert_eq!(leaves(&reading["stats"]), statistics());
}

#[test]
fn every_condition_is_raised_in_a_scenario() {
    let mut raised = BTreeSet::new();
    for text in texts(&path("tests/scenarios"), ".json") {
        let scenarios: Vec<Value> = serde_json::from_str(&text).unwrap();
        for conditions in scenarios.iter().filter_map(|scenario| scenario["expect"]["conditions"].as_object()) {
            let with_episodes = conditions.iter().filter(|(_, episodes)| episodes != &&json!([]));
            raised.extend(with_episodes.map(|(name, _)| name.clone()));
        }
    }
    let missing: Vec<_> = ConditionName::ALL.iter().filter(|name| !raised.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn all_conditions_at_once_fit_into_the_alert_the_beat_and_the_card() {
    for (name, limit) in [("alert", "maxItems"), ("beat", "maxItems"), ("card", "maxProperties")] {
        let most = schema(name)["properties"]["conditions"][limit].as_u64().unwrap();
        assert!(ConditionName::ALL.len() as u64 <= most, "{name}: conditions");
    }
}

/// What a schema does not name, the Function removes.
#[test]
fn all_evidence_of_causes_has_its_place_in_the_alert_the_card_the_log_the_page_and_the_document() {
    let evidence = serde_json::to_value(Evidence {
        track: Some(TrackState::Ended),
        pressure: Some(PressureState::Critical),
        late_ms: Some(Milliseconds(1.0)),
        synthesized_pct: Some(Percent(1.0)),
        standstill_ms: Some(Milliseconds(1.0)),
        network_type: Some(NetworkType::Wifi),
        relay_protocol: Some(RelayProtocol::Tcp),
        concealment_ms: Some(Milliseconds(1.0)),
        buffer_swing_ms: Some(Milliseconds(1.0)),
        path_changes: Some(1),
    })
    .unwrap();
    let names = |object: &Value| -> BTreeSet<String> { object.as_object().unwrap().keys().cloned().collect() };
    let of_alert = &schema("alert")["properties"]["causes"]["items"]["properties"]["evidence"]["properties"];
    let of_card = &schema("card")["properties"]["evidence"]["properties"];
    assert_eq!((names(of_alert), names(of_card)), (names(&evidence), names(&evidence)));
    let (log, labels) = (
        read("plugin-serverless/functions/actions/log-call.private.js"),
        read("js-shim/admin-view/src/floor/cardLabels.js"),
    );
    for name in names(&evidence) {
        assert!(log.contains(&format!("\n  {name}: ")), "log-call: {name}");
        assert!(labels.contains(&format!("\n  {name}: ")), "cardLabels.js: {name}");
    }
    let document = read("docs/what-is-sent.md");
    let (_, section) = document.split_once("### The evidence of a cause\n").unwrap();
    let table = section.lines().filter(|line| line.starts_with("| `"));
    let listed: BTreeSet<_> =
        table.take(names(&evidence).len()).map(|row| row.split('`').nth(1).unwrap().to_owned()).collect();
    assert_eq!(listed, names(&evidence), "docs/what-is-sent.md");
}

/// That of a document that the browser posts.
fn schema(document: &str) -> Value {
    serde_json::from_str(&read(&format!("plugin-serverless/assets/{document}.schema.private.json"))).unwrap()
}

/// The first word in backticks of each row of the table below a heading.
fn names_in_table(document: &str, heading: &str) -> Vec<String> {
    let text = read(document);
    let (_, section) = text.split_once(&format!("{heading}\n")).unwrap_or_else(|| panic!("{document}: {heading}"));
    let table = section.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('`').nth(1).unwrap_or_else(|| panic!("{row}")).to_owned()).collect()
}

#[test]
fn every_condition_is_in_the_list_of_names_in_order() {
    let expected: Vec<_> = ConditionName::ALL.iter().map(|name| name.as_str()).collect();
    assert_eq!(names_in_table("docs/what-is-sent.md", "### The names of conditions"), expected);
}

/// What is below a heading, until the next one.
fn section(document: &str, heading: &str) -> String {
    let text = read(document);
    let (_, section) = text.split_once(&format!("{heading}\n")).unwrap_or_else(|| panic!("{document}: {heading}"));
    section.split("\n#").next().unwrap().to_owned()
}

/// The words in backticks of the table that begins with this row.
fn words_in_table(document: &str, first_row: &str) -> BTreeSet<String> {
    let text = read(document);
    let table = text.lines().skip_while(|line| *line != first_row).take_while(|line| line.starts_with('|'));
    let code = table.flat_map(|row| row.split('`').skip(1).step_by(2));
    let words = code.flat_map(|code| code.split(|sign: char| !sign.is_alphanumeric()));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_side_that_trouble_can_be_on_is_in_the_document() {
    let told = section("docs/what-is-sent.md", "## The alert");
    for side in ConditionName::ALL.iter().filter_map(|name| name.diagnosis()).map(Diagnosis::side) {
        assert!(told.contains(&format!("`{}`", side.as_str())), "docs/what-is-sent.md: {side:?}");
    }
}

#[test]
fn every_field_that_the_browser_posts_is_in_the_document() {
    let document = "docs/what-is-sent.md";
    for (name, first_row) in [
        ("alert", "| | fields |"),
        ("card", "| of a card | fields |"),
        ("beat", "| of a beat | fields |"),
        ("recording-piece", "| of a piece | fields |"),
    ] {
        let told = words_in_table(document, first_row);
        let schema = schema(name);
        let missing: Vec<_> =
            schema["properties"].as_object().unwrap().keys().filter(|field| !told.contains(*field)).collect();
        assert!(missing.is_empty(), "{document}, {first_row}: {missing:?}");
    }
    let section = section(document, "### The endpoint of a call");
    for field in schema("alert")["properties"]["endpoint"]["properties"].as_object().unwrap().keys() {
        assert!(section.contains(&format!("`{field}`")), "{document}, the endpoint: {field}");
    }
}

#[test]
fn the_fuzzer_knows_every_property_and_every_warning_by_name() {
    let dictionary = read("fuzz/words.dict");
    let properties = PROPERTIES.iter().map(|name| format!("\"\\\"{name}\\\":\""));
    let warnings = WarningName::ALL.iter().map(|name| format!("\"\\\"{}\\\"\"", name.as_str()));
    let is_missing = |word: &String| !dictionary.lines().any(|line| line == word);
    let missing: Vec<_> = properties.chain(warnings).filter(is_missing).collect();
    assert_eq!(missing, [""; 0], "add these lines to fuzz/words.dict");
}

#[test]
fn the_document_for_an_admin_names_every_diagnosis_that_can_select_an_action() {
    let document = read("docs/configuration.md");
    let row = document.lines().find(|line| line.starts_with("| `diagnoses` |")).unwrap();
    let (_, words) = row.rsplit_once(" | ").unwrap();
    let named: BTreeSet<_> = words.split('`').skip(1).step_by(2).collect();
    // The findings know which of them a call never has.
    let selects = |name: &&str| {
        let block = json!({"actions": [{"when": {"diagnoses": [name]}, "run": "webhook"}]});
        let findings = Configuration::from_block(&block).findings;
        !findings.iter().any(|finding| finding.message.contains("never the diagnosis"))
    };
    let all = ConditionName::ALL.iter().filter_map(|name| name.diagnosis()).map(Diagnosis::as_str);
    assert_eq!(named, all.filter(selects).collect());
}

#[test]
fn every_diagnosis_is_in_the_document_and_in_an_end_to_end_test() {
    let document = read("docs/what-agents-see.md");
    let english: Value = serde_json::from_str(&read("locales/en.json")).unwrap();
    let end_to_end = texts(&path("lab/test/e2e"), ".mjs").join("\n");
    for diagnosis in ConditionName::ALL.iter().filter_map(|name| name.diagnosis()) {
        let symptom = english[diagnosis.symptom().key].as_str().unwrap();
        let sentence = symptom.split_once(": ").map_or(symptom, |(_, cause)| cause);
        assert!(document.contains(sentence), "docs/what-agents-see.md: {sentence}");
        let is_tested = end_to_end.contains(&format!("'{}'", diagnosis.as_str()));
        assert!(is_tested || NOT_END_TO_END.contains(&diagnosis), "lab/test/e2e: {diagnosis:?}");
    }
}

#[test]
fn the_document_for_team_leads_has_the_advice_for_every_diagnosis_and_every_cause() {
    let document = read("docs/what-agents-see.md");
    let english: Value = serde_json::from_str(&read("locales/en.json")).unwrap();
    // The texts have a hyphen that does not break lines, and a typographic apostrophe.
    let plain = |key: &str| english[key].as_str().unwrap().replace('\u{2011}', "-").replace('\u{2019}', "'");
    for diagnosis in ConditionName::ALL.iter().filter_map(|name| name.diagnosis()) {
        let advice = plain(&ExplainedDiagnosis::from(diagnosis).advice());
        assert!(document.contains(&advice), "docs/what-agents-see.md: {advice}");
    }
    for cause in Cause::ALL {
        let explained = ExplainedDiagnosis { cause: Some(*cause), ..Diagnosis::YourMicrophone.into() };
        let advice = plain(&explained.advice());
        // What comes before it says why.
        let (_, what_to_do) = advice.split_once(": ").unwrap();
        assert!(document.contains(&format!("| `{}` | {what_to_do}", cause.as_str())), "{cause:?}: {what_to_do}");
    }
}

#[test]
fn every_cause_can_select_an_action_by_the_document_for_an_admin() {
    let document = read("docs/configuration.md");
    let row = document.lines().find(|line| line.starts_with("| `causes` |")).unwrap();
    for cause in Cause::ALL {
        assert!(row.contains(&format!("`{}`", cause.as_str())), "docs/configuration.md: {cause:?}");
    }
}

#[test]
fn a_sample_without_a_number_that_the_engine_reads_is_said_in_the_console() {
    let program = read("js-shim/src/voice/missingInterfaces.js");
    let (_, names) = program.split_once("const OF_SAMPLE = [").unwrap();
    let (names, _) = names.split_once(']').unwrap();
    let names = names.split('\'').skip(1).step_by(2).map(|name| (String::new(), name.to_owned()));
    assert_eq!(names.collect::<BTreeSet<_>>(), sample_values());
}

/// Any other counts as `_OTHER` in a centre's metrics.
#[test]
fn every_diagnosis_and_every_cause_is_known_to_telemetry() {
    let metrics = read("plugin-serverless/functions/lib/otlp-metrics.private.js");
    let diagnoses = ConditionName::ALL.iter().filter_map(|name| name.diagnosis()).map(Diagnosis::as_str);
    for name in diagnoses.chain(Cause::ALL.iter().map(|cause| cause.as_str())) {
        assert!(metrics.contains(&format!("  '{name}',\n")), "{name}");
    }
}

#[test]
fn every_diagnosis_and_every_cause_has_its_words_on_the_floor() {
    let words = read("js-shim/admin-view/src/floor/diagnosisLabels.js");
    let is_there = |name: &str| words.contains(&format!("  '{name}': '")) || words.contains(&format!("  {name}: '"));
    let diagnoses = ConditionName::ALL.iter().filter_map(|name| name.diagnosis()).map(Diagnosis::as_str);
    let missing: BTreeSet<_> =
        diagnoses.chain(Cause::ALL.iter().map(|cause| cause.as_str())).filter(|name| !is_there(name)).collect();
    assert_eq!(missing, BTreeSet::new(), "js-shim/admin-view/src/floor/diagnosisLabels.js");
}

#[test]
fn every_rule_is_known_to_the_documents_the_schema_the_admin_view_twilios_annotation_and_the_example() {
    let all: Vec<_> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
    assert_eq!(names_in_table("docs/when-a-call-alerts.md", "# When a call alerts"), all);
    let document = read("docs/configuration.md");
    let row = document.lines().find(|line| line.starts_with("| `rules` |")).unwrap();
    let labels = read("js-shim/admin-view/src/floor/diagnosisLabels.js");
    let annotation = read("plugin-serverless/functions/actions/annotate-call.private.js");
    let example = "plugin-serverless/examples/raise-snmp-alarm/README.md";
    let alarm = read(example);
    for name in &all {
        assert!(alarm.contains(&format!("`{name}`")), "{example}: {name}");
        assert!(row.contains(&format!("`{name}`")), "docs/configuration.md: {name}");
        assert!(
            labels.contains(&format!("  {name}: 'rule")),
            "js-shim/admin-view/src/floor/diagnosisLabels.js: {name}"
        );
        assert!(annotation.contains(&format!("  '{name}',\n")), "annotate-call.private.js: {name}");
    }
    // A call can break all of them at once.
    assert_eq!(schema("alert")["properties"]["reasons"]["maxItems"], all.len(), "alert.schema.private.json");
}

#[test]
fn every_recording_of_a_call_is_described() {
    let document = read("tests/recordings/README.md");
    let described: BTreeSet<_> = document.split(|sign: char| !sign.is_alphanumeric() && sign != '_').collect();
    let recordings: Vec<_> = stems(&path("tests/recordings"), "jsonl");
    assert!(recordings.len() > 20, "only {recordings:?}");
    let missing: Vec<_> = recordings.iter().filter(|name| !described.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "tests/recordings/README.md: {missing:?}");
}

/// The texts of what takes alerts, cards and beats, and of all that it uses.
fn receiving_functions() -> Vec<String> {
    let mut found = texts(&path("plugin-serverless/functions/actions"), ".js");
    found.extend(["respond-to-issue", "calls"].map(|name| read(&format!("plugin-serverless/functions/{name}.js"))));
    let mut known = BTreeSet::new();
    let mut next = 0;
    while let Some(text) = found.get(next) {
        let used = text.split("lib('").skip(1).chain(text.split("'lib/").skip(1));
        let names: Vec<_> = used.filter_map(|rest| rest.split_once('\'')).map(|(name, _)| name.to_owned()).collect();
        let new = names.into_iter().filter(|name| known.insert(name.clone()));
        found.extend(new.map(|name| read(&format!("plugin-serverless/functions/lib/{name}.private.js"))));
        next += 1;
    }
    found
}

#[test]
fn the_outbox_knows_of_every_503_of_the_function_whether_it_is_about_one_call() {
    let mut said = BTreeSet::new();
    for text in receiving_functions() {
        // Of a `Refusal`; and of an action, which is thrown with what `answer` says.
        for before in ["503,", "answer:", "answer ="] {
            let after = text.split(before).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('\''));
            said.extend(after.filter_map(|rest| rest.split_once('\'')).map(|(word, _)| word.to_owned()));
        }
    }
    let program = read("src/outbox/answer.rs");
    let in_trouble: BTreeSet<_> = rows(&program, "const SERVER_IN_TROUBLE").into_iter().flatten().collect();
    let in_trouble: BTreeSet<_> = in_trouble.into_iter().filter(|word| !word.is_empty()).collect();
    // Each of these has a row of its own.
    let special: BTreeSet<_> =
        said.iter().filter(|word| program.contains(&format!("(503, \"{word}\")"))).cloned().collect();
    assert_eq!(special, BTreeSet::from(["claims-not-set-up", "receiver-refused"].map(str::to_owned)));
    let known = in_trouble.iter().chain(&special).cloned().chain(ABOUT_ONE_CALL.map(str::to_owned));
    assert_eq!(said, known.collect(), "src/outbox/answer.rs, or ABOUT_ONE_CALL in this file");
}

#[test]
fn the_document_says_what_follows_from_every_word_that_the_outbox_looks_for() {
    let program = read("src/outbox/answer.rs");
    let section = section("docs/what-is-sent.md", "#### What follows from an answer");
    let (_, body) = program.split_once("fn outcome(").unwrap();
    let (body, _) = body.split_once("\n    }\n").unwrap();
    let of_outcome: Vec<_> = body.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(of_outcome.len() > 6, "{of_outcome:?}");
    for word in of_outcome.iter().filter(|word| !word.is_empty()) {
        assert!(section.contains(&format!("`{word}`")), "docs/what-is-sent.md: {word}");
    }
    let row = section.lines().find(|line| line.starts_with("| 503 without a code")).unwrap();
    let told: BTreeSet<_> = row.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let in_trouble = rows(&program, "const SERVER_IN_TROUBLE").into_iter().flatten().filter(|word| !word.is_empty());
    assert_eq!(told, in_trouble.collect(), "docs/what-is-sent.md: what stops all sending");
}
