//! The `replay check` command: the browser's own findings, about a file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::command::{Folder, Ran, replay};
use serde_json::{Value, json};

fn check(folder: &Folder, arguments: &[&str]) -> Ran {
    Ran::run(replay(folder).arg("check").args(arguments))
}

/// What is said about each file, as JSON.
fn judged(folder: &Folder, files: &[&str]) -> (i32, Vec<Value>) {
    let ran = check(folder, &[&["--format", "json"], files].concat());
    (ran.status, ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

const WRONG: &str =
    r#"{"alertAgnet": true, "highRttThreshold": "400ms", "highPacketsLostThreshold": 3, "lowMosThreshold": 6}"#;

#[test]
fn each_finding_says_what_will_happen_and_has_a_suggestion() {
    let folder = Folder::new("check");
    folder.write("block.json", WRONG);
    let (status, judged) = judged(&folder, &["block.json"]);
    assert_eq!(status, 1);
    let expected = json!([
        {"severity": "error", "property": "highRttThreshold", "suggestion": {"value": 400},
         "message": "\"400ms\" is not a number of milliseconds from 0 to 1000000000; the default, 400, stays in force."},
        {"severity": "warning", "property": "alertAgnet", "suggestion": {"property": "alertAgent"},
         "message": "true does nothing; did you mean alertAgent?"},
        {"severity": "warning", "property": "lowMosThreshold", "suggestion": {"value": 3.5},
         "message": "6 is above the top of the scale, 4.5: scores cannot be judged by it, and only Twilio's own low-mos warning (below 3) counts. Try 3.5."},
    ]);
    assert_eq!(judged[0]["findings"], expected);
    assert_eq!(judged[0]["config"]["highPacketsLostThreshold"], 3);
}

#[test]
fn a_block_its_attributes_and_a_whole_answer_are_judged_alike_and_what_is_hidden_is_said() {
    let folder = Folder::new("forms");
    folder.write("block.json", format!("\u{feff}{WRONG}"));
    folder.write("attributes.json", format!(r#"{{"Other": {{"x": 1e999}}, "DeviceMonitoringPlugin": {WRONG}}}"#));
    folder.write(
        "answer.json",
        format!(
            r#"{{"account_sid": "AC1", "ui_attributes": null, "attributes": {{"DeviceMonitoringPlugin": {WRONG}}}}}"#
        ),
    );
    folder.write("both.json", format!(r#"{{"ui_attributes": {{"DeviceMonitoringPlugin": {WRONG}}}, "attributes": {{"DeviceMonitoringPlugin": {{}}}}}}"#));
    let (status, judged) = judged(&folder, &["block.json", "attributes.json", "answer.json", "both.json"]);
    assert_eq!(status, 1);
    for other in &judged[1..3] {
        assert_eq!((&other["findings"], &other["source"]), (&judged[0]["findings"], &json!("attributes")));
    }
    assert_eq!(judged[3]["source"], "ui_attributes");
    let hidden = json!({"severity": "warning", "property": "DeviceMonitoringPlugin",
        "message": "The block in attributes of the Flex configuration is not used, as a whole: the one in ui_attributes of the Flex configuration comes first."});
    assert!(judged[3]["findings"].as_array().unwrap().contains(&hidden), "{}", judged[3]);
}

#[test]
fn fractions_for_percent_are_said_to_be_taken_as_percent() {
    let folder = Folder::new("fractions");
    folder.write(
        "block.json",
        r#"{"highPacketsLostThreshold": 0.03, "lowMosThreshold": 3.5, "warningDurPctThreshold": 0.15}"#,
    );
    folder.write(
        "percent.json",
        r#"{"highPacketsLostThreshold": 1, "lowMosThreshold": 3.5, "warningDurPctThreshold": 1}"#,
    );
    let (status, judged) = judged(&folder, &["block.json", "percent.json"]);
    let properties: Vec<_> = judged[0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["severity"].as_str().unwrap(), one["property"].as_str().unwrap(), &one["suggestion"]["value"]))
        .collect();
    let expected =
        [("warning", "highPacketsLostThreshold", &json!(3)), ("warning", "warningDurPctThreshold", &json!(15))];
    assert_eq!((status, properties.as_slice()), (1, &expected[..]));
    assert_eq!(judged[1]["findings"], json!([]));
}

#[test]
fn attributes_that_are_json_text_are_said_not_to_be_in_force() {
    let folder = Folder::new("attributes-as-text");
    let text = Value::from(format!(r#"{{"DeviceMonitoringPlugin": {WRONG}}}"#));
    folder.write("attributes.json", json!({"account_sid": "AC1", "attributes": text}).to_string());
    folder.write(
        "both.json",
        json!({"ui_attributes": text, "attributes": {"DeviceMonitoringPlugin": {"lowMosThreshold": 3.5}}}).to_string(),
    );
    folder.write("block.json", json!({"DeviceMonitoringPlugin": WRONG}).to_string());
    folder.write("whole.json", text.to_string());
    let (status, judged) = judged(&folder, &["attributes.json", "both.json", "block.json", "whole.json"]);
    assert_eq!(status, 1);
    for (judged, place) in judged[..2].iter().zip(["attributes", "ui_attributes"]) {
        let finding = &judged["findings"][0];
        assert_eq!((&finding["severity"], &finding["property"]), (&json!("error"), &json!("DeviceMonitoringPlugin")));
        let message = finding["message"].as_str().unwrap();
        assert!(
            message.starts_with(&format!("{place} is a text")) && message.contains("nothing in it is in force"),
            "{message}"
        );
    }
    assert_eq!(judged[0]["config"]["highRttThreshold"], 400);
    assert_eq!((&judged[1]["source"], &judged[1]["config"]["lowMosThreshold"]), (&json!("attributes"), &json!(3.5)));
    for judged in &judged[2..] {
        assert_eq!(judged["findings"][0]["severity"], "error", "{judged}");
    }
}

#[test]
fn the_exit_status_says_whether_there_is_anything_to_look_at() {
    let folder = Folder::new("status");
    folder.write("good.json", r#"{"highPacketsLostThreshold": 3, "lowMosThreshold": 3.5}"#);
    folder.write("lax.json", "{}");
    folder.write("none.json", r#"{"attributes": {"Other": {}}}"#);
    folder.write("wrong.json", WRONG);
    for (files, status) in [
        (&["good.json"][..], 0),
        (&["lax.json"], 0),
        (&["none.json"], 0),
        (&["good.json", "wrong.json", "lax.json"], 1),
    ] {
        assert_eq!(check(&folder, files).status, status, "{files:?}");
    }
    assert_eq!(check(&folder, &["good.json"]).out, "good.json: nothing to be said.\n");
}

#[test]
fn what_cannot_be_read_is_said_with_its_name_and_the_rest_is_judged() {
    let folder = Folder::new("unreadable");
    folder.write("wrong.json", WRONG);
    folder.write("cut.json", r#"{"highRttThreshold": 4"#);
    folder.write("appConfig.js", "var appConfig = {};");
    folder.write("bytes.json", b"{\"a\": \"\xff\"}");
    folder.write("huge.json", r#"{"highRttThreshold": 1e999}"#);
    let ran = check(&folder, &["none.json", "cut.json", "appConfig.js", "bytes.json", "huge.json", "wrong.json"]);
    assert_eq!(ran.status, 2);
    let expected: Vec<_> = ran.error.lines().collect();
    assert_eq!(expected.len(), 5, "{expected:?}");
    assert!(expected[0].starts_with("replay: none.json: No such file"), "{expected:?}");
    assert!(
        expected[1].starts_with("replay: cut.json: EOF while parsing an object at line 1 column 22"),
        "{expected:?}"
    );
    assert_eq!(
        expected[2],
        "replay: appConfig.js: this is a program, not data: put its attributes into a file, as JSON"
    );
    assert!(expected[3].starts_with("replay: bytes.json: "), "{expected:?}");
    assert!(expected[4].starts_with("replay: huge.json: number out of range"), "{expected:?}");
    assert!(ran.out.contains("│ error   ┆ highRttThreshold ┆"), "{}", ran.out);
}

#[test]
fn the_help_says_what_the_exit_status_means_and_a_recording_may_still_follow_without_a_subcommand() {
    let folder = Folder::new("help");
    let help = check(&folder, &["--help"]).out;
    assert!(help.contains("Exit status:\n  0  ") && help.contains("appConfig.js"), "{help}");
    folder.write("check", "{\"ms\":0,\"type\":\"accept\"}\n{\"ms\":20000,\"type\":\"disconnect\"}");
    assert_eq!(Ran::run(replay(&folder).args(["--format", "json", "./check"])).status, 0);
}

#[cfg(unix)]
#[test]
fn a_file_without_end_is_no_configuration() {
    let folder = Folder::new("endless");
    folder.write("now.jsonl", "{\"ms\":0,\"type\":\"accept\"}\n");
    let says = "replay: /dev/zero: longer than 10 MB, which no configuration is\n";
    let checked = check(&folder, &["/dev/zero"]);
    assert_eq!((checked.status, checked.error.as_str()), (2, says));
    let played = Ran::run(replay(&folder).args(["--config", "/dev/zero", "now.jsonl"]));
    assert_eq!((played.status, played.error.as_str()), (2, says));
}

#[test]
fn what_is_in_force_in_a_pilot_is_told_beside_what_is_in_force_outside_of_it() {
    let folder = Folder::new("check-pilot");
    let set = json!({"highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
                     "pilot": {"teams": ["Blue"], "properties": {"alertAgent": true}}});
    folder.write("block.json", set.to_string());
    let (status, judged) = judged(&folder, &["block.json"]);
    assert_eq!((status, &judged[0]["findings"]), (0, &json!([])));
    let (outside, pilot) = (&judged[0]["config"], &judged[0]["pilot"]);
    assert_eq!((&outside["alertAgent"], &pilot["config"]["alertAgent"]), (&json!(false), &json!(true)));
    assert_eq!((&pilot["teams"], &pilot["config"]["lowMosThreshold"]), (&json!(["Blue"]), &json!(3.5)));
}
