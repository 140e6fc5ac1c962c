//! What Twilio exports, through the real command: every source, in the published shapes, and what it says about it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::exports::Exported;
use crate::support::{Folder, Ran, recordings, run, run_with, thresholds};
use device_monitoring::Configuration;
use replay::sources::{Gathered, Source};
use serde_json::{Value, json};

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

fn judged(folder: &Folder, inputs: &[&str]) -> Ran {
    folder.write("thresholds.json", thresholds().to_string());
    run(folder, &[&["--format", "json", "--config", "thresholds.json"], inputs].concat())
}

/// What matters of a verdict: alert, rules, and what was wrong.
fn gist(call: &Value) -> (bool, Vec<String>, Vec<String>) {
    let names = |list: &Value, name: &str| {
        list.as_array().unwrap().iter().map(|one| one[name].as_str().unwrap().to_owned()).collect()
    };
    (call["alert"].as_bool().unwrap(), names(&call["reasons"], "rule"), names(&call["conditions"], "name"))
}

#[test]
fn the_sdks_one_second_rows_give_the_verdicts_of_the_same_calls_recorded() {
    let folder = Folder::new("seconds");
    let recordings = recordings();
    let calls: Vec<Exported<'_>> =
        recordings.iter().enumerate().map(|(number, (_, lines))| Exported::new(number, lines)).collect();
    let mut posts: Vec<Value> = Vec::new();
    for (call, (name, _)) in calls.iter().zip(&recordings) {
        folder.write(&format!("recorded/{name}.jsonl"), call.recording());
        posts.extend(call.posts());
    }
    // Interleaved and out of order.
    posts.reverse();
    posts.sort_by_key(|post| post["timestamp"].as_str().unwrap().bytes().rev().map(u64::from).sum::<u64>());
    folder.write("posts.jsonl", lines(&posts));
    let exported = judged(&folder, &["posts.jsonl"]);
    assert_eq!((exported.status, &exported.says), (0, &vec![]));
    let exported = exported.calls();
    assert_eq!(exported.len(), calls.len());
    for (call, (name, _)) in calls.iter().zip(&recordings) {
        let recorded = judged(&folder, &[&format!("recorded/{name}.jsonl")]).calls();
        let exported = exported.iter().find(|exported| exported["callSid"] == call.sid).unwrap();
        assert_eq!(gist(exported), gist(&recorded[0]), "{name}");
        assert_eq!((&exported["estimate"], &exported["resolutionMs"]), (&json!(false), &json!(1000)), "{name}");
        let pct = |call: &Value| call["warningPct"].as_f64().unwrap();
        assert!((pct(exported) - pct(&recorded[0])).abs() < 1.0, "{name}: {} {}", pct(exported), pct(&recorded[0]));
    }
}

#[test]
fn the_same_call_gets_the_same_estimate_from_every_shape_and_packing() {
    let folder = Folder::new("shapes");
    let recordings = recordings();
    let (_, recorded) = recordings.iter().find(|(name, _)| name == "rtt600").unwrap();
    let call = Exported::new(7, recorded);
    let (metrics, events) = (call.metrics(), call.insights_events());
    let (first, second) = metrics.split_at(5);
    let cloud = call.cloud_events();
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    folder.write("pages/metrics-0.json", call.page("metrics", first).to_string());
    folder.write("pages/metrics-1.json", pretty(&call.page("metrics", second)));
    folder.write("pages/events.json", pretty(&call.page("events", &events)));
    folder.write(
        "pages.jsonl",
        lines(&[call.page("events", &events), call.page("metrics", second), call.page("metrics", first)]),
    );
    folder.write("array.json", Value::from(cloud.clone()).to_string());
    folder.write("pretty-array.json", pretty(&Value::from(cloud.clone())));
    folder.write("lines", lines(&cloud));
    let mut backwards = cloud.clone();
    backwards.reverse();
    // Delivered again.
    backwards.extend_from_slice(&cloud[..9]);
    folder.write("backwards", lines(&backwards));
    folder.write("arrays.jsonl", lines(&cloud.chunks(3).map(|some| Value::from(some.to_vec())).collect::<Vec<_>>()));
    for (index, event) in cloud.iter().enumerate() {
        folder.write(&format!("webhook/{index:03}.json"), event.to_string());
    }
    folder.write("lines.zst", zstd::encode_all(lines(&cloud).as_bytes(), 3).unwrap());
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, lines(&cloud).as_bytes()).unwrap();
    folder.write("lines.gz", gz.finish().unwrap());

    let expected = judged(&folder, &["lines"]).calls();
    assert_eq!(expected.len(), 1);
    assert!(gist(&expected[0]).0);
    assert_eq!(expected[0]["estimate"], true);
    assert_eq!(expected[0]["resolutionMs"], 10_000);
    for input in [
        "pages",
        "pages.jsonl",
        "array.json",
        "pretty-array.json",
        "backwards",
        "arrays.jsonl",
        "webhook",
        "lines.zst",
        "lines.gz",
    ] {
        let ran = judged(&folder, &[input]);
        assert_eq!((ran.status, &ran.says), (0, &vec![]), "{input}");
        assert_eq!(ran.calls(), expected, "{input}");
    }
    let ran = run_with(&folder, &["--format", "json", "--config", "thresholds.json", "-"], lines(&cloud).as_bytes());
    assert_eq!(ran.calls(), expected, "standard input");
}

/// As Twilio's reference prints them, but for SIDs and addresses.
const PUBLISHED_METRIC: &str = r#"{"edge": "sdk_edge", "call_sid": "CA00000000000000000000000000000001",
    "sdk_edge": {"interval": {"mos": {"value": 4.39}, "rtt": {"value": 81}, "jitter": {"value": 9},
    "audio_in": {"value": 81}, "audio_out": {"value": 5237}, "packets_lost": 0, "packets_received": 50},
    "cumulative": {"bytes_sent": 329425, "packets_lost": 0, "packets_sent": 3934, "bytes_received": 547788,
    "packets_received": 3900}}, "sip_edge": null, "direction": "both", "timestamp": "2019-10-07T22:32:06Z",
    "account_sid": "AC00000000000000000000000000000000", "client_edge": null, "carrier_edge": null}"#;
const PUBLISHED_EVENT: &str = r#"{"edge": "sdk_edge", "name": "error", "group": "connection", "level": "ERROR",
    "call_sid": "CA00000000000000000000000000000001", "sdk_edge": {"error": {"code": 31600}, "metadata": {"sdk":
    {"type": "twilio-voice-android", "version": "4.5.1"}, "country_code": "US"}}, "sip_edge": null,
    "timestamp": "2019-10-07T22:32:01Z", "account_sid": "AC00000000000000000000000000000000", "client_edge": null,
    "carrier_edge": null}"#;

#[test]
fn a_published_page_with_single_values_is_read_and_what_it_lacks_is_said() {
    let folder = Folder::new("published");
    let page = |key: &str, value: &str| format!(r#"{{"meta": {{"key": "{key}"}}, "{key}": [{value}]}}"#);
    folder.write("metrics.json", page("metrics", PUBLISHED_METRIC));
    folder.write("events.json", page("events", PUBLISHED_EVENT));
    let ran = judged(&folder, &["metrics.json", "events.json"]);
    assert_eq!((ran.status, &ran.says), (0, &vec![]));
    let call = &ran.calls()[0];
    assert_eq!((&call["durationMs"], &call["source"]), (&json!(10_000), &json!("voice-insights")));
    let lacks: Vec<&str> = call["lacks"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(lacks.contains(&"when it was accepted: its first row stands for that"), "{lacks:?}");
    assert!(lacks.contains(&"what became of the agent's audio on its way out"), "{lacks:?}");
}

#[test]
fn a_summary_says_when_a_call_was_connected_and_that_one_never_was() {
    let folder = Folder::new("summary");
    let summary = |sid: u32, seconds: u32| {
        json!({"call_sid": format!("CA{sid:032x}"), "call_state": "completed", "processing_state": "complete",
            "start_time": "2019-10-07T22:31:00Z", "end_time": "2019-10-07T22:32:09Z", "duration": 69,
            "connect_duration": seconds, "created_time": "2019-10-07T22:40:00Z"})
    };
    folder.write("summaries.jsonl", lines(&[summary(1, 60), summary(2, 0)]));
    folder.write("metric.json", PUBLISHED_METRIC);
    let ran = judged(&folder, &["summaries.jsonl", "metric.json"]);
    assert_eq!((ran.status, &ran.says), (0, &vec![]));
    let calls = ran.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0]["callSid"], "CA00000000000000000000000000000001");
    assert_eq!(calls[0]["durationMs"], 60_000);
    assert!(!calls[0]["lacks"].to_string().contains("stands for that"), "{}", calls[0]["lacks"]);
}

#[test]
fn the_gateways_rows_show_what_the_browser_cannot() {
    let folder = Folder::new("gateway");
    let recordings = recordings();
    let (_, recorded) = recordings.iter().find(|(name, _)| name == "oneway_up_opus").unwrap();
    let call = Exported::new(9, recorded);
    let without: Vec<Value> = call
        .cloud_events()
        .into_iter()
        .filter(|event| event["type"] != "com.twilio.voice.insights.call-metrics.gateway")
        .collect();
    folder.write("with.jsonl", lines(&call.cloud_events()));
    folder.write("without.jsonl", lines(&without));
    let conditions = |input| gist(&judged(&folder, &[input]).calls()[0]).2;
    assert!(conditions("with.jsonl").contains(&"no-outbound-audio".to_owned()));
    assert_eq!(conditions("without.jsonl"), Vec::<String>::new());
}

#[test]
fn what_is_wrong_with_an_export_is_said_with_file_and_line_and_the_rest_is_read() {
    let folder = Folder::new("broken-exports");
    let recordings = recordings();
    let call = Exported::new(3, &recordings[0].1);
    let mut text = lines(&call.cloud_events());
    text.push_str("{\"specversion\":\"1.0\",\n");
    text.push_str("{\"specversion\":\"1.0\",\"type\":\"com.twilio.voice.insights.call-metrics.sdk\",\"data\":{}}\n");
    text.push_str("{\"specversion\":\"1.0\",\"type\":\"com.twilio.messaging.message.sent\",\"data\":{}}\n");
    text.push_str("{\"call_sid\":\"CA1\",\"edge\":\"sdk_edge\",\"timestamp\":\"yesterday\"}\n");
    text.push_str("[{\"something\":\"else\"}]\n");
    folder.write("a.jsonl", &text);
    folder.write("b.json", "{\n\"meta\": {\"key\": \"metrics\"},\n\"metrics\": [\n{\"call_sid\": ");
    let other = json!([{"specversion": "1.0", "type": "com.twilio.messaging.message.sent", "data": {}}]);
    folder.write("c.json", serde_json::to_string_pretty(&other).unwrap());
    let ran = judged(&folder, &["a.jsonl", "b.json", "c.json"]);
    let first = call.cloud_events().len();
    let expected = [
        format!("a.jsonl:{}: not JSON at column 21: EOF while parsing an object", first + 1),
        format!("a.jsonl:{}: without \"call_sid\"", first + 2),
        format!("a.jsonl:{}: \"timestamp\" \"yesterday\" is no time", first + 4),
        format!("a.jsonl:{}: [0]: nothing that Twilio exports about a call", first + 5),
        format!(
            "a.jsonl:{}: the event type \"com.twilio.messaging.message.sent\" is not known: 1 line skipped",
            first + 3
        ),
        "b.json:4: not JSON at column 13: EOF while parsing a value; what comes after it is not read".to_owned(),
        "c.json: the event type \"com.twilio.messaging.message.sent\" is not known: 1 line skipped".to_owned(),
    ];
    assert_eq!(ran.says, expected);
    assert_eq!((ran.status, ran.calls().len()), (1, 1));
}

#[test]
fn calls_of_other_legs_have_no_verdict_and_that_is_said() {
    let folder = Folder::new("legs");
    let metric = json!({"call_sid": "CA00000000000000000000000000000005", "edge": "carrier_edge", "direction": "inbound",
        "timestamp": "2026-01-05T10:00:00Z", "carrier_edge": {"interval": {"packets_received": 500, "packets_lost": 0}}});
    let event = json!({"call_sid": "CA00000000000000000000000000000006", "edge": "sdk_edge", "group": "connection",
        "name": "outgoing", "timestamp": "2026-01-05T10:00:00Z", "sdk_edge": {}});
    folder.write("a.jsonl", lines(&[metric, event]));
    let ran = judged(&folder, &["a.jsonl"]);
    assert!(ran.says[0].starts_with("exports: nothing is said about 1 call: no row"), "{:?}", ran.says);
    assert_eq!((ran.status, ran.calls().len()), (1, 0));
}

/// Marsaglia's xorshift: the same damage in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

#[test]
fn exports_that_are_damaged_anywhere_are_read_as_far_as_they_can_be() {
    let recordings = recordings();
    let (_, recorded) = recordings.iter().find(|(name, _)| name == "blackout10").unwrap();
    let call = Exported::new(1, recorded);
    let cloud = call.cloud_events();
    let texts = [
        lines(&cloud),
        lines(&call.posts()),
        serde_json::to_string_pretty(&call.page("metrics", &call.metrics())).unwrap(),
        Value::from(cloud).to_string(),
    ];
    let words =
        ["-1", "1e308", "null", "[]", "{}", "\"\"", "9223372036854775807", "\"1970-01-01T00:00:00Z\"", "\n", "\"", ","];
    let mut dice = Dice(42);
    let mut judged = 0;
    for round in 0..400 {
        let mut bytes = texts[round % texts.len()].clone().into_bytes();
        for _ in 0..=dice.roll(6) {
            let at = dice.roll(bytes.len());
            let word = words[dice.roll(words.len())].bytes();
            let until = (at + dice.roll(30)).min(bytes.len());
            bytes.splice(at..until, word);
        }
        let mut gathered = Gathered::default();
        let source = Source::detect(&bytes);
        if source == Source::Recording {
            continue;
        }
        source.read(bytes.as_slice(), &mut |rows| gathered.add(rows)).unwrap();
        let mut each = |call: replay::judged_call::JudgedCall| {
            judged += call.verdicts.iter().flatten().filter(|call| call.warning_ms.0 <= call.duration_ms.0).count();
            Ok(())
        };
        gathered.judge(&[Configuration::from_block(&thresholds())], true, &mut each).unwrap();
    }
    assert!(judged > 200, "most of it is still there: {judged}");
}
