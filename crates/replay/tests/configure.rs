//! The `replay configure` command against a stand-in of Twilio's API: what it changes, what it leaves, what it refuses.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::flex::{Flex, OURS, SID, Step, of_ours};
use serde_json::Value;

/// Other plugins' settings, with everything in it that reading and writing again would change.
const OTHERS: &str = r#""AnotherPlugin":{"url":"https://example.com/?a=1&b=2", "list": [1,null,{"deep":"ünïcode \"quoted\""}]},"numbers":[1.0,1e3,-0,-0.0,123456789012345678901234567890,1E400,0.1000,9007199254740993],"escaped":"\u00fc\/\ud83d\ude00","half":"\ud800","\u0061b":1,"ab":2,"é":1,"é":2,"empty":{},"text":"x""#;

fn with_block(block: &str) -> String {
    format!(r#"{{{OTHERS},"{OURS}":{block},"last":[ ]}}"#)
}

#[test]
fn a_property_is_set_and_every_other_key_stays_to_the_byte() {
    let flex = Flex::with("set", &with_block(r#"{"highRttThreshold":4e2,"alertAgent":"true","colour":1.0}"#));
    let ran = flex.configure(&["set", "lowMosThreshold=3.5", "alertAgent=false", "action=7", "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(
        ran.error.ends_with("Written, and read back as it was sent. Agents get it with their next reload of Flex.\n")
    );
    let block = r#"{"highRttThreshold":4e2,"alertAgent":false,"colour":1.0,"lowMosThreshold":3.5,"action":"7"}"#;
    assert_eq!(flex.attributes(), with_block(block));
    let sid = SID;
    let requests = flex.requests();
    let methods: Vec<_> = requests.iter().map(|(method, _)| method.as_str()).collect();
    assert_eq!(methods, ["GET", "GET", "POST", "GET"]);
    assert_eq!(requests[2].1, format!(r#"{{"account_sid":"{sid}","attributes":{}}}"#, with_block(block)));
}

#[test]
fn a_block_is_added_where_there_is_none() {
    for (before, after) in [
        (format!("{{{OTHERS}}}"), format!(r#"{{{OTHERS},"{OURS}": {{"enabled":false}}}}"#)),
        ("null".to_owned(), format!(r#"{{"{OURS}": {{"enabled":false}}}}"#)),
        (format!(r#"{{"{OURS}":null}}"#), format!(r#"{{"{OURS}":{{"enabled":false}}}}"#)),
    ] {
        let flex = Flex::with("add", &before);
        assert_eq!(flex.configure(&["set", "enabled=false", "--yes"]).status, 0);
        assert_eq!(flex.attributes(), after);
    }
}

#[test]
fn properties_are_taken_away_and_so_is_the_block() {
    let flex = Flex::with("unset", &with_block(r#"{"colour":1.0,"alertAgent":true,"enabled":true}"#));
    assert_eq!(flex.configure(&["unset", "colour", "enabled", "--yes"]).status, 0);
    assert_eq!(flex.attributes(), with_block(r#"{"alertAgent":true}"#));
    let ran = flex.configure(&["unset", "colour", "--yes"]);
    assert_eq!((ran.status, ran.error.as_str()), (1, of_ours("colour is not set. Set are: alertAgent.").as_str()));
    assert_eq!(flex.configure(&["unset", OURS, "--yes"]).status, 0);
    assert_eq!(flex.attributes(), format!(r#"{{{OTHERS},"last":[ ]}}"#));
    assert_eq!(flex.configure(&["unset", OURS, "--yes"]).status, 1);
}

#[test]
fn what_was_got_can_be_applied_in_every_form_and_diff_shows_what_that_would_do() {
    let block = r#"{"alertAgent":true,"highRttThreshold":5e2}"#;
    let flex = Flex::with("apply", &with_block(block));
    let got = flex.configure(&["get"]).out;
    assert_eq!(got, "{\n  \"alertAgent\": true,\n  \"highRttThreshold\": 5e2\n}\n");
    flex.folder.write("block.json", &got);
    flex.folder.write("attributes.json", with_block(block));
    flex.folder.write("answer.json", format!(r#"{{"ui_attributes": null, "attributes": {}}}"#, with_block(block)));
    for file in ["block.json", "attributes.json", "answer.json"] {
        let same = flex.configure(&["diff", file]);
        assert_eq!((same.status, same.out.as_str()), (0, ""), "{file}");
        flex.set_attributes(&with_block(r#"{"highRttThreshold":500,"shortCallThreshold":5}"#));
        let diff = flex.configure(&["diff", file]);
        assert_eq!(diff.status, 1);
        assert!(diff.out.contains("│ alertAgent         ┆ –   ┆ true │"), "{}", diff.out);
        assert!(diff.out.contains("│ shortCallThreshold ┆ 5   ┆ –    │") && !diff.out.contains("5e2"), "{}", diff.out);
        assert!(!diff.out.contains("example.com"), "{}", diff.out);
        assert!(diff.out.contains("These stay as they are: AnotherPlugin, numbers,"), "{}", diff.out);
        assert_eq!(flex.configure(&["apply", file, "--yes"]).status, 0);
        assert_eq!(flex.attributes(), with_block(block));
    }
}

#[test]
fn what_would_not_be_in_force_is_refused_with_a_suggestion_before_anything_is_written() {
    let flex = Flex::with("refused", &with_block("{}"));
    for (setting, expected) in [
        ("highRttTreshold=300", "highRttTreshold: 300 does nothing; did you mean highRttThreshold?"),
        ("colour=red", "colour: \"red\" does nothing: there is no property of this name."),
        (
            "highRttThreshold=400ms",
            "highRttThreshold: \"400ms\" is not a number of milliseconds from 0 to 1000000000; the default, 400, stays in force. Suggested: highRttThreshold=400",
        ),
        (
            "highPacketsLostThreshold=-1",
            "highPacketsLostThreshold: -1 is not a number of percent from 0 to 1000000000; the default, 70, stays in force. Suggested: highPacketsLostThreshold=3",
        ),
        (
            "alertAgent=yes",
            "alertAgent: \"yes\" is not true or false; the default, false, stays in force. Suggested: alertAgent=true",
        ),
        (
            "alertAgent={}",
            "alertAgent: {} is not true or false; the default, false, stays in force. Suggested: alertAgent=false",
        ),
        (
            "action=a b",
            "action: \"a b\" is not the name of an action: letters, digits, - and _, at most 64; the default, log-call, stays in force. Suggested: action=log-call",
        ),
        ("alertAgent=", "alertAgent: no value means the default: `unset alertAgent` takes it away."),
        ("alertAgent=null", "alertAgent: no value means the default: `unset alertAgent` takes it away."),
        ("alertAgent", "alertAgent: a property and its value are written as alertAgent=VALUE."),
    ] {
        let ran = flex.configure(&["set", "enabled=true", setting, "--yes"]);
        assert_eq!((ran.status, ran.error), (1, of_ours(expected)), "{setting}");
    }
    let twice = flex.configure(&["set", "enabled=true", "enabled=false", "--yes"]);
    assert_eq!((twice.status, twice.error), (1, of_ours("enabled is set twice.")));
    flex.folder.write("wrong.json", r#"{"enabled": "maybe", "colour": 1}"#);
    let apply = flex.configure(&["apply", "wrong.json", "--yes"]);
    assert_eq!(apply.status, 1);
    assert!(
        apply.error.contains("Suggested: enabled=true\n") && apply.error.contains("colour: 1 does nothing"),
        "{apply:?}"
    );
    assert!(flex.requests().iter().all(|(method, _)| method == "GET"));
}

#[test]
fn a_pilot_is_set_as_a_whole_and_refused_if_anything_in_it_would_not_be_in_force() {
    let flex = Flex::with("pilot", &with_block("{}"));
    let pilot = r#"{"teams":["Blue"],"properties":{"alertAgent":true}}"#;
    assert_eq!(flex.configure(&["set", &format!("pilot={pilot}"), "--yes"]).status, 0);
    assert_eq!(flex.attributes(), with_block(&format!(r#"{{"pilot":{pilot}}}"#)));
    for (wrong, says) in [
        (r#"{"teams":["Blue"],"properties":{"alertAgent":"on"}}"#, "Suggested: pilot.properties.alertAgent=true"),
        (r#"{"teams":["Blue"],"properties":{"alertAgnet":true}}"#, "did you mean alertAgent?"),
        (r#"{"team":["Blue"]}"#, "did you mean teams?"),
        ("Blue", "is not an object with teams, workers and properties"),
    ] {
        let ran = flex.configure(&["set", &format!("pilot={wrong}"), "--yes"]);
        assert_eq!(ran.status, 1, "{wrong}");
        assert!(ran.error.contains(says), "{wrong}: {}", ran.error);
    }
    assert_eq!(flex.configure(&["unset", "pilot", "--yes"]).status, 0);
    assert_eq!(flex.attributes(), with_block("{}"));
}

#[test]
fn nothing_is_posted_in_a_dry_run_without_anybody_to_ask_or_without_a_difference() {
    let flex = Flex::with("dry", &with_block(r#"{"enabled":true}"#));
    let dry = flex.configure(&["set", "enabled=false", "--dry-run"]);
    assert_eq!(
        (dry.status, dry.error),
        (0, of_ours("").replace("Nothing was written.", "Nothing was written: this was a dry run."))
    );
    assert!(dry.out.contains("│ enabled  ┆ true ┆ false │"), "{}", dry.out);
    assert!(dry.out.contains("false switches the plugin off"), "{}", dry.out);
    let nobody = flex.configure(&["set", "enabled=false"]);
    assert_eq!(nobody.status, 1);
    assert!(nobody.error.contains("Nothing was written: there is no terminal to ask at, and no --yes."), "{nobody:?}");
    let same = flex.configure(&["set", "enabled=true", "--yes"]);
    assert_eq!(same.status, 0);
    assert!(same.error.contains("There is no difference"), "{same:?}");
    assert!(flex.requests().iter().all(|(method, _)| method == "GET"));
    assert_eq!(flex.attributes(), with_block(r#"{"enabled":true}"#));
}

#[test]
fn nothing_is_posted_when_somebody_else_was_faster() {
    let flex = Flex::with("faster", &with_block("{}"));
    let theirs = with_block("{}").replace(r#""text":"x""#, r#""text":"y""#);
    flex.plan([Step::Normal, Step::Change("attributes", theirs.clone())]);
    let ran = flex.configure(&["set", "enabled=false", "--yes"]);
    assert_eq!(ran.status, 1);
    let expected = "replay: somebody else has changed attributes of the Flex configuration meanwhile: text.\nNothing was written. Run the command again to see the difference as it is now.\n";
    assert!(ran.error.ends_with(expected), "{ran:?}");
    assert_eq!(flex.attributes(), theirs);
    assert!(flex.requests().iter().all(|(method, _)| method == "GET"));
}

#[test]
fn a_change_is_noticed_under_any_name_and_in_any_number() {
    let before = r#"{"\ud800":1,"big":9007199254740993}"#;
    for (theirs, name) in
        [(r#"{"\ud800":2,"big":9007199254740993}"#, r#""\ud800""#), (r#"{"\ud800":1,"big":9007199254740992}"#, "big")]
    {
        let flex = Flex::with("noticed", before);
        flex.plan([Step::Normal, Step::Change("attributes", theirs.to_owned())]);
        let ran = flex.configure(&["set", "enabled=false", "--yes"]);
        assert!(ran.status == 1 && ran.error.contains(&format!("meanwhile: {name}.\n")), "{ran:?}");
        assert_eq!(flex.attributes(), theirs);
    }
}

#[test]
fn the_same_written_otherwise_and_what_is_not_replaced_are_no_change() {
    let flex = Flex::with("otherwise", r#"{"a":{"x":1.0,"y":"ü"},"b":2}"#);
    flex.plan([Step::Normal, Step::Change("attributes", r#"{"b": 2.0, "a": {"y": "\u00fc", "x": 1}}"#.to_owned())]);
    assert_eq!(flex.configure(&["set", "enabled=false", "--yes"]).status, 0);
    flex.plan([Step::Normal, Step::Change("ui_attributes", r#"{"theme":"light"}"#.to_owned())]);
    assert_eq!(flex.configure(&["set", "enabled=true", "--yes"]).status, 0);
    assert_eq!(flex.property("ui_attributes"), r#"{"theme":"light"}"#);
}

#[test]
fn what_is_read_back_must_be_what_was_sent() {
    let flex = Flex::with("back", &with_block("{}"));
    let other = |text: &str| with_block(r#"{"enabled":false}"#).replace(r#""text":"x""#, text);
    // As at the last moment: theirs is there, and ours is gone.
    let lost = Step::Change("attributes", with_block("{}").replace(r#""text":"x""#, r#""text":"y""#));
    flex.plan([Step::Normal, Step::Normal, Step::Normal, lost]);
    let ran = flex.configure(&["set", "enabled=false", "--yes"]);
    assert_eq!(ran.status, 2);
    let expected = format!("replay: it was written, but what is there now differs from what was sent: text, {OURS}.\n");
    assert!(ran.error.contains(&expected), "{ran:?}");
    // Slow to arrive is not different.
    flex.set_attributes(&with_block("{}"));
    let (old, new) = (with_block("{}"), other(r#""text":"x""#));
    flex.plan([
        Step::Normal,
        Step::Normal,
        Step::Normal,
        Step::Change("attributes", old),
        Step::Change("attributes", new),
    ]);
    assert_eq!(flex.configure(&["set", "enabled=false", "--yes"]).status, 0);
}

#[test]
fn a_block_that_is_hidden_behind_another_is_said_to_be() {
    let flex = Flex::with("hidden", r#"{"x":1}"#);
    let ran = flex.configure(&["--ui-attributes", "set", "alertAgent=true", "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.contains("appConfig.js come before both") && !ran.out.contains("Warning:"), "{}", ran.out);
    assert_eq!(flex.attributes(), r#"{"x":1}"#);
    let ui = r#"{"theme":"dark","DeviceMonitoringPlugin": {"alertAgent":true}}"#;
    assert_eq!(flex.property("ui_attributes"), ui);
    let hidden = flex.configure(&["set", "highRttThreshold=0", "--dry-run"]);
    assert!(hidden.out.contains("0 is passed by every call"), "{}", hidden.out);
    let expected = "Warning: The block in attributes of the Flex configuration is not used, as a whole: the one in ui_attributes of the Flex configuration comes first.\n";
    assert!(hidden.out.contains(expected), "{}", hidden.out);
    let get = flex.configure(&["get"]);
    assert_eq!(get.out, "{}\n");
    assert!(get.error.contains("In force: ui_attributes of the Flex configuration."), "{get:?}");
}

#[test]
fn check_judges_what_is_there_like_a_file() {
    let flex = Flex::with("check", &with_block(r#"{"highRttThreshold":"400ms"}"#));
    let ran = flex.configure(&["check", "--format", "json"]);
    assert_eq!(ran.status, 1);
    let judged: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(judged["findings"][0]["suggestion"]["value"], 400);
    flex.set_attributes(&with_block(r#"{"highPacketsLostThreshold":3,"lowMosThreshold":3.5}"#));
    let ran = flex.configure(&["check"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, "attributes of the Flex configuration: nothing to be said.\n"));
}

#[test]
fn attributes_that_are_no_object_are_left_alone() {
    let flex = Flex::with("odd", "\"on\"");
    let ran = flex.configure(&["set", "enabled=false", "--yes"]);
    assert_eq!((ran.status, flex.attributes().as_str()), (2, "\"on\""));
    assert!(ran.error.contains("attributes of the Flex configuration is not an object"), "{ran:?}");
    flex.set_attributes(&with_block("\"on\""));
    let ran = flex.configure(&["set", "enabled=false", "--yes"]);
    assert!(
        ran.status == 1 && ran.error.contains("is there, and is not an object: `apply` a file, or `unset"),
        "{ran:?}"
    );
    assert_eq!(flex.configure(&["unset", OURS, "--yes"]).status, 0);
    assert_eq!(flex.attributes(), format!(r#"{{{OTHERS},"last":[ ]}}"#));
}

#[test]
fn no_key_of_anybody_moves_the_cursor_of_the_terminal_that_the_change_is_shown_on() {
    let others = r#""x\u001b[8A\u001b[J\u009b\u202e":1,"OUR":{"low\u001b[2J":"\u202e","raw":"#.replace("OUR", OURS);
    let flex = Flex::with("controls", &format!("{{{others}\"\u{9b}\u{202e}\"}}}}"));
    let diff = flex.configure(&["set", "enabled=false", "--dry-run"]);
    assert_eq!(diff.status, 0, "{diff:?}");
    assert!(diff.out.contains("x\\u001b[8A\\u001b[J\\u009b\\u202e"), "{}", diff.out);
    flex.folder.write("other.json", r#"{"enabled":false}"#);
    let apply = flex.configure(&["apply", "other.json", "--dry-run"]);
    let unset = flex.configure(&["unset", "colour\u{1b}", "--yes"]);
    let check = flex.configure(&["check"]);
    for ran in [diff, apply, unset, check] {
        let expected = ran.out + &ran.error;
        let is_control = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
        assert!(!expected.contains(is_control), "{expected:?}");
    }
}

#[test]
fn a_configuration_of_many_keys_is_compared_as_fast_as_it_is_read() {
    // Each key was looked for among all others, for all others: this would take hours.
    let keys: Vec<String> = (0..20_000).map(|n| format!("\"key{n}\":{n}")).collect();
    let flex = Flex::with("many", &format!("{{{}}}", keys.join(",")));
    let ran = flex.configure(&["set", "enabled=false", "--yes"]);
    assert_eq!(ran.status, 0, "{}", ran.error);
    assert_eq!(flex.attributes(), format!(r#"{{{},"{OURS}": {{"enabled":false}}}}"#, keys.join(",")));
}

#[test]
fn a_block_that_is_there_thousands_of_times_is_replaced_as_fast_as_it_is_read() {
    // The whole was read again for each of them: this would take hours.
    let blocks = vec![format!("\"{OURS}\":{{}}"); 20_000].join(",");
    let flex = Flex::with("repeated", &format!("{{\"a\":1,{blocks}}}"));
    let ran = flex.configure(&["set", "enabled=false", "--yes"]);
    assert_eq!((ran.status, flex.attributes()), (0, format!("{{\"a\":1,\"{OURS}\":{{\"enabled\":false}}}}")));
    let flex = Flex::with("repeated", &format!("{{{blocks},\"a\":1}}"));
    let ran = flex.configure(&["unset", OURS, "--yes"]);
    assert_eq!((ran.status, flex.attributes()), (0, "{\"a\":1}".to_owned()));
}
