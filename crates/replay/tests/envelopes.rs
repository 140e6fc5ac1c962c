//! The same export in the envelopes and spellings in which it reaches people: Kinesis, Firehose, EventBridge, Segment,
//! helper libraries, joined and laid-out files. Each has to give the verdict of the plain CloudEvents, without a word.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::exports::Exported;
use crate::support::{Folder, recordings, run, thresholds};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// With the names of all members in another case.
fn renamed(value: &Value, rename: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (rename(name), renamed(value, rename))).collect::<Map<_, _>>().into()
        }
        Value::Array(values) => values.iter().map(|value| renamed(value, rename)).collect(),
        other => other.clone(),
    }
}

fn pascal(name: &str) -> String {
    let word = |word: &str| word.get(..1).unwrap_or_default().to_uppercase() + word.get(1..).unwrap_or_default();
    name.split('_').map(word).collect()
}

fn camel(name: &str) -> String {
    let name = pascal(name);
    name.get(..1).unwrap_or_default().to_lowercase() + name.get(1..).unwrap_or_default()
}

/// Only those of the outer object, as the command line and most helper libraries do.
fn camel_outside(value: &Value) -> Value {
    value.as_object().unwrap().iter().map(|(name, value)| (camel(name), value.clone())).collect::<Map<_, _>>().into()
}

#[test]
fn the_same_call_gets_the_same_estimate_from_every_envelope_and_spelling() {
    let folder = Folder::new("envelopes");
    folder.write("thresholds.json", thresholds().to_string());
    let recordings = recordings();
    let (_, recorded) = recordings.iter().find(|(name, _)| name == "rtt600").unwrap();
    let call = Exported::new(7, recorded);
    let cloud = call.cloud_events();
    let resources: Vec<Value> = call.metrics().into_iter().chain(call.insights_events()).collect();
    let each = |wrap: &dyn Fn(&Value) -> Value| -> Vec<Value> { cloud.iter().map(wrap).collect() };
    let packed = |value: &Value| json!(STANDARD.encode(value.to_string()));
    let joined: String = cloud.iter().map(Value::to_string).collect();
    let mut spoken = resources.clone();
    for value in &mut spoken {
        // As Python prints a time.
        value["timestamp"] = json!(value["timestamp"].as_str().unwrap().replace('T', " ").replace('Z', "+00:00"));
    }
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, joined.as_bytes()).unwrap();

    let inputs: Vec<(&str, Vec<u8>)> = vec![
        ("data as text", lines(&each(&|event| with(event, "data", json!(event["data"].to_string())))).into()),
        (
            "data as base64",
            lines(&each(&|event| {
                let mut event = with(event, "data_base64", packed(&event["data"]));
                event.as_object_mut().unwrap().remove("data");
                event
            }))
            .into(),
        ),
        (
            "edges as text",
            lines(
                &resources
                    .iter()
                    .map(|row| match row["sdk_edge"].is_object() {
                        true => with(row, "sdk_edge", json!(row["sdk_edge"].to_string())),
                        false => row.clone(),
                    })
                    .collect::<Vec<_>>(),
            )
            .into(),
        ),
        (
            "kinesis get-records",
            json!({"Records": each(&|event| json!({"SequenceNumber": "1", "Data": packed(event),
            "PartitionKey": "AC"})), "NextShardIterator": "AAAA", "MillisBehindLatest": 0})
            .to_string()
            .into(),
        ),
        (
            "kinesis to a function",
            pretty(&json!({"Records": each(&|event| json!({"eventSource": "aws:kinesis",
            "kinesis": {"partitionKey": "AC", "data": packed(event)}}))}))
            .into(),
        ),
        (
            "firehose to a function",
            json!({"invocationId": "1", "deliveryStreamArn": "arn:aws:firehose:made-up",
            "records": each(&|event| json!({"recordId": "1", "data": packed(event)}))})
            .to_string()
            .into(),
        ),
        (
            "event bridge",
            lines(&each(&|event| {
                json!({"version": "0", "id": "1", "detail-type": event["type"],
            "source": "aws.partner/twilio.com", "time": event["time"], "detail": event})
            }))
            .into(),
        ),
        (
            "event bridge, data alone",
            lines(&each(&|event| {
                json!({"version": "0", "detail-type": event["type"],
            "detail": event["data"]})
            }))
            .into(),
        ),
        (
            "segment",
            lines(&each(&|event| {
                json!({"type": "track", "event": event["type"], "messageId": event["id"],
            "timestamp": event["time"], "properties": event["data"]})
            }))
            .into(),
        ),
        (
            "segment, whole events",
            json!(each(&|event| json!({"type": "track", "event": event["type"],
            "properties": event})))
            .to_string()
            .into(),
        ),
        (
            "sqs",
            json!({"Messages": each(&|event| json!({"MessageId": "1", "Body": event.to_string()}))}).to_string().into(),
        ),
        ("sns", lines(&each(&|event| json!({"Type": "Notification", "Message": json!([event]).to_string()}))).into()),
        (
            "webhook log",
            lines(&each(&|event| {
                json!({"httpMethod": "POST", "headers": {"host": "example.com"},
            "body": json!([event]).to_string()})
            }))
            .into(),
        ),
        (
            "event hubs",
            lines(&each(&|event| {
                json!({"SequenceNumber": 1, "Offset": "1", "SystemProperties": {}, "Properties": {"tenant": "made-up"},
            "Body": event})
            }))
            .into(),
        ),
        (
            "event hubs, body as text",
            json!(each(&|event| json!({"Properties": {}, "Body": event.to_string()}))).to_string().into(),
        ),
        (
            "event hubs, captured",
            lines(&each(&|event| json!({"Properties": {}, "Body": {"bytes": event.to_string()}}))).into(),
        ),
        (
            "event grid",
            json!({"value": each(&|event| json!({"brokerProperties": {"deliveryCount": 1}, "event": event}))})
                .to_string()
                .into(),
        ),
        (
            "several in a record",
            json!({"Records": cloud.chunks(4).map(|some| json!({"Data": STANDARD.encode(lines(some))})).collect::<Vec<_>>()})
                .to_string()
                .into(),
        ),
        (
            "several in a body",
            json!({"version": "2.0", "body": lines(&cloud), "isBase64Encoded": false}).to_string().into(),
        ),
        (
            "base64 in lines",
            json!({"Records": each(&|event| json!({"Data": in_lines(&STANDARD.encode(event.to_string()))}))})
                .to_string()
                .into(),
        ),
        ("joined", joined.clone().into()),
        ("joined.gz", gz.finish().unwrap()),
        (
            "joined, several lines",
            cloud
                .chunks(4)
                .map(|some| some.iter().map(Value::to_string).collect::<String>() + "\n")
                .collect::<String>()
                .into(),
        ),
        ("joined with marks", cloud.iter().map(|event| format!("\u{feff}{event}")).collect::<String>().into()),
        ("lines with marks", cloud.iter().map(|event| format!("\u{feff}{event}\r\n")).collect::<String>().into()),
        ("laid out", cloud.iter().map(|event| pretty(event) + "\n").collect::<String>().into()),
        (
            "laid out with marks",
            cloud.iter().map(|event| format!("\u{feff}{}", pretty(event))).collect::<String>().into(),
        ),
        (
            "a line, then laid out",
            format!("{}\n{}", cloud[0], cloud[1..].iter().map(pretty).collect::<String>()).into(),
        ),
        ("array with mark", format!("\u{feff}{}", pretty(&json!(cloud))).into()),
        ("command line", pretty(&resources.iter().map(camel_outside).collect()).into()),
        ("camel throughout", lines(&resources.iter().map(|row| renamed(row, &camel)).collect::<Vec<_>>()).into()),
        ("pascal", json!(resources.iter().map(|row| renamed(row, &pascal)).collect::<Vec<_>>()).to_string().into()),
        (
            "camel pages",
            lines(
                &[call.page("metrics", &call.metrics()), call.page("events", &call.insights_events())]
                    .map(|page| renamed(&page, &camel)),
            )
            .into(),
        ),
        ("python", json!(spoken).to_string().into()),
        ("bare lists", json!([{"metrics": call.metrics()}, {"events": call.insights_events()}]).to_string().into()),
    ];
    folder.write("plain", lines(&cloud));
    let judged = |input: &str| run(&folder, &["--format", "json", "--config", "thresholds.json", input]);
    let expected = judged("plain").calls();
    assert_eq!(expected.len(), 1);
    assert_eq!(expected[0]["alert"], true);
    for (name, bytes) in inputs {
        folder.write(name, bytes);
        let ran = judged(name);
        assert_eq!((ran.status, &ran.says), (0, &vec![]), "{name}");
        assert_eq!(ran.calls(), expected, "{name}");
    }
}

/// As `base64` prints it.
fn in_lines(text: &str) -> String {
    text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap().to_owned() + "\n").collect()
}

fn with(value: &Value, name: &str, member: Value) -> Value {
    let mut value = value.clone();
    value[name] = member;
    value
}

/// A call of a minute of which there are events alone, with a warning of the SDK's in which this stands at `sdk_edge`.
fn warned(warning: &Value) -> Vec<Value> {
    let event = |seconds: u32, group: &str, name: &str, edge: &Value| {
        json!({"call_sid": "CA000000000000000000000000000000b2", "account_sid": "AC00000000000000000000000000000000",
            "edge": "sdk_edge", "group": group, "name": name, "level": "INFO", "sip_edge": null, "carrier_edge": null,
            "timestamp": format!("2026-03-02T09:{:02}:{:02}.000Z", seconds / 60, seconds % 60), "client_edge": null,
            "sdk_edge": edge})
    };
    vec![
        event(0, "connection", "accepted-by-local", &json!({})),
        event(20, "network-quality-warning-raised", "high-rtt", warning),
        event(50, "network-quality-warning-cleared", "high-rtt", &json!({})),
        event(60, "connection", "disconnected-by-remote", &json!({})),
    ]
}

#[test]
fn a_warnings_values_are_found_where_each_source_puts_them_and_held_against_the_threshold() {
    let folder = Folder::new("warning-values");
    folder.write("thresholds.json", thresholds().to_string());
    for (index, (edge, is_bad)) in [
        (json!({"metric": {"threshold": 400, "values": [610, 640, 580]}, "metadata": {"client_name": "ada"}}), true),
        (json!({"metric": {"threshold": 200, "values": [310, 240, 280]}, "metadata": {"client_name": "ada"}}), false),
        (json!({"metric": {"threshold": 400, "values": "[610, 640]"}}), true),
        (json!({"metric": {"threshold": 400, "value": "610.5"}}), true),
        (json!({"events": {"threshold": 400, "values": ["610"]}}), true),
        (json!({"metadata": {"threshold": 400, "values": [610]}}), true),
        (json!({"metadata": {"client_name": "ada"}}), false),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("{index}.jsonl");
        folder.write(&name, lines(&warned(&edge)));
        let calls = run(&folder, &["--format", "json", "--config", "thresholds.json", &name]).calls();
        let found = calls[0]["conditions"].to_string().contains("high-rtt");
        assert_eq!(found, is_bad, "{edge}: {}", calls[0]);
    }
}

#[test]
fn the_voice_sdks_posts_are_read_out_of_a_har() {
    let folder = Folder::new("har");
    folder.write("thresholds.json", thresholds().to_string());
    let recordings = recordings();
    let (_, recorded) = recordings.iter().find(|(name, _)| name == "rtt600").unwrap();
    let posts = Exported::new(11, recorded).posts();
    let entry = |url: &str, body: Option<String>| {
        let mut request = json!({"method": "POST", "url": url, "headers": []});
        if let Some(text) = body {
            request["postData"] = json!({"mimeType": "application/json", "text": text});
        }
        json!({"startedDateTime": "2026-03-02T09:00:00Z", "request": request,
            "response": {"status": 200, "content": {"mimeType": "application/json", "text": "{\"metrics\":[{}]}"}}})
    };
    let mut entries = vec![
        entry("https://flex.example.com/", None),
        entry("https://flex.example.com/graphql", Some("{\"query\":\"{}\",\"data\":{\"group\":1}}".to_owned())),
        entry("https://flex.example.com/form", Some("a=b".to_owned())),
        // What a browser has cut off.
        entry("https://eventgw.us1.twilio.com/v4/EndpointEvents", Some("{\"group\":\"connection\",".to_owned())),
    ];
    let har =
        |entries: &[Value]| json!({"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": entries}});
    folder.write("without.har", pretty(&har(&entries)));
    entries.extend(
        posts.iter().map(|post| entry("https://eventgw.us1.twilio.com/v4/EndpointMetrics", Some(post.to_string()))),
    );
    folder.write("with.har", pretty(&har(&entries)));
    folder.write("posts.jsonl", lines(&posts));
    let judged = |input: &str| run(&folder, &["--format", "json", "--config", "thresholds.json", input]);
    let read = judged("with.har");
    assert_eq!((read.status, &read.says), (0, &vec![]));
    assert_eq!(read.calls(), judged("posts.jsonl").calls());
    assert_eq!(read.calls()[0]["source"], "voice-sdk");
    let without = judged("without.har");
    assert_eq!(without.says, ["without.har: a HAR without any post of the Voice SDK's"]);
    assert_eq!((without.status, without.calls().len()), (2, 0));
}

#[test]
fn lists_are_read_however_long_they_are_and_bodies_of_megabytes_beside_them_are_passed_over() {
    let folder = Folder::new("long-lists");
    let sid = "CA000000000000000000000000000000b3";
    let row = |second: u32| {
        json!({"call_sid": sid, "edge": "sdk_edge", "timestamp": 1_790_000_000_000_u64 + u64::from(second) * 10_000,
            "sdk_edge": {"interval": {"packets_received": 500}}, "note": "x".repeat(1000)})
    };
    let rows: Vec<Value> = (0..3000).map(row).collect();
    let packed = |row: &Value| json!({"Data": STANDARD.encode(row.to_string())});
    let post = |row: u32| {
        let post = json!({"group": "quality-metrics-samples", "name": "metrics-sample", "timestamp": 0, "payload": [
            {"call_sid": sid, "timestamp": 1_790_000_000_000_u64 + u64::from(row) * 1000, "packets_received": 50}]});
        json!({"response": {"content": {"text": "x".repeat(3_000_000)}},
            "request": {"postData": {"text": post.to_string()}, "cookies": ["y".repeat(2_000_000)]}})
    };
    let upload = json!({"request": {"postData": {"text": "z".repeat(2_000_000)}}});
    let entries: Vec<Value> = (0..3).map(post).chain([upload]).collect();
    for (name, document, length) in [
        (
            "kinesis",
            json!({"Records": rows.iter().map(packed).collect::<Vec<_>>(), "MillisBehindLatest": 0}),
            30_000_000,
        ),
        ("page", json!({"events": [], "meta": {"key": "metrics"}, "metrics": rows}), 30_000_000),
        (
            "segment",
            json!({"batch": rows.iter().map(|row| json!({"properties": row})).collect::<Vec<_>>()}),
            30_000_000,
        ),
        ("har", json!({"log": {"creator": "w".repeat(2_000_000), "entries": entries}}), 3000),
    ] {
        folder.write(name, document.to_string());
        let ran = run(&folder, &["--format", "json", name]);
        assert_eq!((ran.status, &ran.says), (0, &vec![]), "{name}");
        assert_eq!(ran.calls()[0]["elapsedMs"], length, "{name}");
    }
}
