//! Files that are no exports, and exports that hold less than they seem to: each gets one sentence.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::{Folder, Ran, run, thresholds};
use serde_json::{Value, json};

fn judged(folder: &Folder, inputs: &[&str]) -> Ran {
    folder.write("thresholds.json", thresholds().to_string());
    run(folder, &[&["--format", "json", "--config", "thresholds.json"], inputs].concat())
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

fn utf16(text: &str, mark: bool, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = if mark { "\u{feff}" } else { "" };
    (mark.to_owned() + text).encode_utf16().flat_map(to).collect()
}

const RECORDING: &str = "{\"ms\":0,\"type\":\"accept\"}\n{\"ms\":20000,\"type\":\"disconnect\"}\n";

#[test]
fn a_file_of_something_else_gets_one_sentence_and_not_one_for_every_line() {
    let folder = Folder::new("something-else");
    let something_else = "neither a recording nor anything that Twilio exports about a call";
    let error = json!({"code": 20404, "message": "The requested resource /v1/Voice/CA0/Metrics was not found",
        "more_info": "https://www.twilio.com/docs/errors/20404", "status": 404});
    let answered = "Twilio answered with an error instead of data: The requested resource /v1/Voice/CA0/Metrics was not \
                    found (error 20404)";
    let unknown = "nothing that Twilio exports about a call";
    let utf16_said = "it is text in UTF-16, and not read: save it as UTF-8";
    let foreign: Vec<Value> = (0..500).map(|id| json!({"id": id, "level": "info", "message": "hello"})).collect();
    let recorded: Vec<Value> = RECORDING.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap().into_bytes();
    for (name, bytes, says) in [
        ("utf-16le", utf16(RECORDING, true, u16::to_le_bytes), utf16_said),
        ("utf-16be", utf16(RECORDING, true, u16::to_be_bytes), utf16_said),
        ("utf-16le without mark", utf16(&lines(&foreign), false, u16::to_le_bytes), utf16_said),
        ("utf-16be without mark", utf16("[{}]", false, u16::to_be_bytes), utf16_said),
        ("error", error.to_string().into(), answered),
        ("error laid out", pretty(&error), answered),
        ("errors", lines(&[error.clone(), error.clone()]).into(), &format!("{answered}; and 1 more like it")),
        (
            "error of a helper library",
            json!({"status": 404, "code": 20404, "moreInfo": "https://www.twilio.com/docs/errors/20404"})
                .to_string()
                .into(),
            "Twilio answered with an error instead of data: https://www.twilio.com/docs/errors/20404 (error 20404)",
        ),
        (
            "error without a code",
            json!({"code": null, "message": "Service is unavailable", "more_info": null, "status": 503})
                .to_string()
                .into(),
            "Twilio answered with an error instead of data: Service is unavailable",
        ),
        (
            "something else with a status and a message",
            json!({"level": "info", "message": "Not found", "status": 404}).to_string().into(),
            unknown,
        ),
        ("a line of three megabytes", json!(vec![foreign.clone(); 120]).to_string().into(), something_else),
        ("object", b"{\"name\": \"ada\"}".into(), unknown),
        ("object laid out", pretty(&json!({"name": "ada", "list": [1, 2, {"x": null}]})), unknown),
        ("array", json!(foreign).to_string().into(), something_else),
        ("array laid out", pretty(&json!(foreign)), something_else),
        ("lines", lines(&foreign).into(), something_else),
        ("conferences", json!({"meta": {"key": "conferences"}, "conferences": foreign}).to_string().into(), unknown),
        ("recording in an array", pretty(&json!(recorded)), something_else),
        (
            "a web page",
            b"<!doctype html>\n<html>\n<body>\n</body>\n</html>".into(),
            "neither a recording nor an export",
        ),
        ("numbers", b"sid,mos\n4,5,6\n7,8,9\n".into(), "neither a recording nor an export"),
    ] {
        folder.write(name, bytes);
        let ran = judged(&folder, &[name]);
        assert_eq!(ran.says, [format!("{name}: {says}")]);
        assert_eq!((ran.status, ran.calls().len()), (2, 0), "{name}");
    }
}

#[test]
fn an_errors_own_message_is_said_beside_what_could_be_read_and_without_control_characters() {
    let folder = Folder::new("answered");
    let error =
        json!({"code": 20003, "message": "Authenticate\u{1b}[2J\u{9b}", "more_info": "", "status": 401, "detail": ""});
    folder.write(
        "pages.jsonl",
        lines(&[json!({"meta": {"key": "metrics"}, "metrics": [row(10, 0, 0)]}), error.clone(), error]),
    );
    let ran = judged(&folder, &["pages.jsonl"]);
    let expected = "Twilio answered with an error instead of data: Authenticate\\u001b[2J\\u009b (error 20003); and 1 more like it";
    assert_eq!(ran.says, [format!("pages.jsonl:2: {expected}")]);
    assert_eq!((ran.status, ran.calls().len()), (1, 1));
}

#[test]
fn json_that_lies_in_a_folder_and_is_something_else_is_passed_over() {
    let folder = Folder::new("folder-of-all-sorts");
    folder.write("calls/a.jsonl", RECORDING);
    folder.write("calls/package.json", "{\n  \"name\": \"ada\"\n}");
    let ran = judged(&folder, &["calls"]);
    assert_eq!(ran.says, ["calls/package.json: neither a recording nor an export; passed over"]);
    assert_eq!((ran.status, ran.calls().len()), (0, 1));
}

#[test]
fn empty_lists_are_said_to_be_in_one_sentence_and_are_no_failure() {
    let folder = Folder::new("empty-lists");
    let page = |key: &str| json!({"meta": {"key": key, "page": 0, "next_page_url": null}, key: []});
    for (name, text) in [
        ("metrics", page("metrics").to_string()),
        ("events", serde_json::to_string_pretty(&page("events")).unwrap()),
        ("summaries", page("call_summaries").to_string()),
        ("camel", "{\"meta\":{\"nextPageUrl\":null},\"callSummaries\":[]}".to_owned()),
        ("command line", "[]\n".to_owned()),
        ("two", lines(&[page("metrics"), page("events")])),
        ("kinesis", "{\"Records\":[],\"MillisBehindLatest\":0}".to_owned()),
    ] {
        folder.write(name, text);
        let ran = judged(&folder, &[name]);
        assert_eq!(ran.says, [format!("{name}: its list is empty")]);
        assert_eq!((ran.status, ran.calls().len()), (0, 0), "{name}");
    }
    let ran = judged(&folder, &["metrics", "events", "summaries"]);
    assert_eq!(ran.says, ["metrics and 2 more: its list is empty"]);
}

/// A post of the Voice SDK's, of a call that has this CallSid by then, or none.
fn post(at: &str, group: &str, name: &str, sid: Option<&str>) -> Value {
    let mut payload = json!({"direction": "OUTGOING", "sdk_version": "2.18.5", "temp_call_sid": "TJSada"});
    if let Some(sid) = sid {
        payload["call_sid"] = json!(sid);
    }
    json!({"publisher": "twilio-js-sdk", "group": group, "name": name, "timestamp": format!("2026-03-02T09:{at}Z"),
        "level": "INFO", "payload_type": "application/json", "private": false, "payload": payload})
}

#[test]
fn posts_from_before_the_call_has_a_sid_are_left_out_in_one_sentence() {
    let folder = Folder::new("before-the-sid");
    let sid = Some("CA000000000000000000000000000000b6");
    let mut rows = post("00:00.900", "quality-metrics-samples", "metrics-sample", None);
    let row = |sid| json!({"timestamp": "2026-03-02T09:00:00.900Z", "packets_received": 50, "call_sid": sid});
    rows["payload"] = json!([row(Value::Null), row(json!(""))]);
    let early = [
        rows,
        post("00:00.000", "get-user-media", "succeeded", None),
        post("00:00.100", "ice-gathering-state", "gathering", None),
        post("00:00.200", "connection", "outgoing", Some("")),
    ];
    let call = [
        post("00:01.000", "connection", "accepted-by-remote", sid),
        post("00:31.500", "connection", "disconnected-by-local", sid),
        // Of a page that told it again hours later.
        post("58:31.500", "connection", "disconnected-by-remote", sid),
    ];
    let left_out = "what the Voice SDK posted before its call had a CallSid is left out";
    folder.write("early", lines(&early));
    let ran = judged(&folder, &["early"]);
    assert_eq!((ran.status, ran.says), (0, vec![format!("early: {left_out}")]));
    folder.write("whole", lines(&[&early[..], &call].concat()));
    let ran = judged(&folder, &["whole"]);
    assert_eq!((ran.status, &ran.says), (0, &vec![format!("whole: {left_out}")]));
    assert_eq!(ran.calls()[0]["elapsedMs"], 30_500, "an end is an end");
    assert_eq!(ran.calls()[0]["reasons"], json!([]));
}

/// A row of `sdk_edge`, so many seconds after nine o'clock, with what was lost in it, and since the call began.
fn row(seconds: u32, lost: u32, lost_in_all: u32) -> Value {
    json!({"call_sid": "CA000000000000000000000000000000b7", "account_sid": "AC00000000000000000000000000000000",
        "edge": "sdk_edge", "direction": "both", "client_edge": null, "sip_edge": null, "carrier_edge": null,
        "timestamp": format!("2026-03-02T09:{:02}:{:02}Z", seconds / 60, seconds % 60),
        "sdk_edge": {"interval": {"packets_received": 500 - lost, "packets_lost": lost, "rtt": {"min": 60, "max": 80, "avg": 70}},
            "cumulative": {"packets_received": 50 * seconds - lost_in_all, "packets_lost": lost_in_all}}})
}

/// The row of a page that was loaded anew in the call: what it has received in all is what it received just now.
fn anew(mut row: Value) -> Value {
    row["sdk_edge"]["cumulative"]["packets_received"] = row["sdk_edge"]["interval"]["packets_received"].clone();
    row
}

fn accepted(seconds: u32) -> Value {
    json!({"call_sid": "CA000000000000000000000000000000b7", "edge": "sdk_edge", "group": "connection",
        "name": "accepted-by-local", "timestamp": format!("2026-03-02T09:{:02}:{:02}Z", seconds / 60, seconds % 60),
        "sdk_edge": {"metadata": {}}})
}

#[test]
fn loss_from_before_the_first_row_or_in_a_data_gap_is_not_put_into_the_next_ten_seconds() {
    let folder = Folder::new("cumulative");
    for (name, rows, lost) in [
        ("a later page", vec![row(560, 0, 2400), row(570, 0, 2400)], false),
        ("a later page of a call with a beginning", vec![accepted(0), row(560, 0, 2400), row(570, 0, 2400)], false),
        (
            "a data gap of minutes",
            vec![accepted(0), row(10, 0, 0), row(20, 0, 0), row(320, 0, 900), row(330, 0, 900)],
            false,
        ),
        ("a row that is missing", vec![accepted(0), row(10, 0, 0), row(30, 0, 400), row(40, 0, 400)], false),
        ("twelve seconds into the call", vec![accepted(0), row(12, 0, 200), row(22, 0, 200)], false),
        (
            "loss of its own after a data gap",
            vec![accepted(0), row(10, 0, 0), row(320, 100, 900), row(330, 0, 900)],
            true,
        ),
        ("the call's first ten seconds", vec![accepted(0), row(10, 0, 200), row(20, 0, 200)], true),
        ("between two rows", vec![row(560, 0, 2400), row(570, 0, 2500), row(580, 0, 2500)], true),
        ("counters that begin anew", vec![row(560, 0, 0), anew(row(570, 100, 100)), anew(row(580, 0, 100))], true),
        ("counters that begin anew without loss", vec![row(560, 0, 2400), anew(row(570, 0, 0))], false),
    ] {
        folder.write(name, lines(&rows));
        let calls = judged(&folder, &[name]).calls();
        let found = calls[0]["conditions"].to_string().contains("high-packet-loss");
        assert_eq!(found, lost, "{name}: {}", calls[0]["conditions"]);
    }
}

/// A summary of a call of this type that was connected for so many seconds.
fn summary(number: u32, kind: Option<&str>, seconds: u32) -> Value {
    let mut summary = json!({"call_sid": format!("CA{number:032x}"), "account_sid": "AC00000000000000000000000000000000",
        "call_state": "completed", "processing_state": "complete", "start_time": "2026-03-02T09:00:00Z",
        "end_time": "2026-03-02T09:01:00Z", "duration": 60, "connect_duration": seconds, "carrier_edge": {"metrics": {}},
        "client_edge": null, "sdk_edge": null, "sip_edge": null, "tags": [], "from": {"caller": "+15550100"}});
    if let Some(kind) = kind {
        summary["call_type"] = json!(kind);
    }
    summary
}

#[test]
fn summaries_of_customers_and_trunks_are_no_agents_calls() {
    let folder = Folder::new("other-legs");
    let others = [
        summary(1, Some("carrier"), 6),
        summary(2, Some("sip"), 6),
        summary(3, Some("trunking"), 50),
        summary(4, None, 50),
    ];
    let expected = "of other legs: no summary of type client, nor anything that a browser measured or told";
    folder.write("page.json", json!({"meta": {"key": "call_summaries"}, "call_summaries": others}).to_string());
    let ran = judged(&folder, &["page.json"]);
    assert_eq!((ran.status, &ran.says), (0, &vec![format!("exports: nothing is said about 4 calls {expected}")]));
    assert_eq!(ran.calls(), Vec::<Value>::new());

    let cloud = |summary: &Value| {
        json!({"specversion": "1.0", "type": "com.twilio.voice.insights.call-summary.complete",
        "source": "made-up", "id": "EZ1", "time": "2026-03-02T09:30:00Z", "data": summary})
    };
    folder.write("event.jsonl", lines(&[cloud(&others[0])]));
    let ran = judged(&folder, &["event.jsonl"]);
    assert_eq!((ran.status, ran.calls().len()), (0, 0));
    assert_eq!(ran.says, [format!("exports: nothing is said about 1 call {expected}")]);

    // A client's is an agent's, and so is a call of which the browser told or measured something.
    let mut event = accepted(0);
    event["call_sid"] = others[2]["call_sid"].clone();
    let mut measured = row(30, 0, 0);
    measured["call_sid"] = others[1]["call_sid"].clone();
    folder.write("clients.jsonl", lines(&[summary(5, Some("client"), 6), event, measured]));
    let ran = judged(&folder, &["page.json", "clients.jsonl"]);
    let sids: Vec<_> = ran.calls().iter().map(|call| call["callSid"].as_str().unwrap().to_owned()).collect();
    assert_eq!(sids.len(), 3, "{sids:?}");
    assert_eq!(ran.says, [format!("exports: nothing is said about 2 calls {expected}")]);
    let short = ran.calls().into_iter().find(|call| call["callSid"] == format!("CA{:032x}", 5)).unwrap();
    assert_eq!(short["reasons"][0]["rule"], "shortCall");
}

#[test]
fn what_twilios_gateway_saw_of_a_call_makes_it_an_agents_unless_its_summary_says_otherwise() {
    let folder = Folder::new("gateway-alone");
    let mut gateway = row(30, 0, 0);
    gateway["call_sid"] = summary(6, None, 50)["call_sid"].clone();
    gateway["edge"] = json!("client_edge");
    gateway["client_edge"] = gateway["sdk_edge"].take();
    for (name, rows, calls) in [
        ("gateway", vec![gateway.clone()], 1),
        ("client", vec![gateway.clone(), summary(6, Some("client"), 50)], 1),
        ("carrier", vec![gateway.clone(), summary(6, Some("carrier"), 5)], 0),
        ("sip", vec![gateway.clone(), summary(6, Some("sip"), 5)], 0),
    ] {
        folder.write(name, lines(&rows));
        let ran = judged(&folder, &[name]);
        assert_eq!((ran.status, ran.calls().len()), (0, calls), "{name}: {:?}", ran.says);
    }
}

#[test]
fn a_file_with_nothing_of_an_agents_browser_is_said_to_be_one_in_one_sentence() {
    let folder = Folder::new("other-edges");
    let edge = |name: &str| {
        let mut row = json!({"call_sid": "CA000000000000000000000000000000b8", "edge": name, "direction": "inbound",
            "timestamp": "2026-03-02T09:00:10Z", "carrier_edge": null, "sip_edge": null, "client_edge": null, "sdk_edge": null});
        row[name] = json!({"interval": {"packets_received": 500, "packets_lost": 0}, "cumulative": {}});
        row
    };
    let event = json!({"call_sid": "CA000000000000000000000000000000b8", "edge": "carrier_edge", "group": "call-progress",
        "name": "completed", "timestamp": "2026-03-02T09:00:10Z", "carrier_edge": {"metadata": {}}});
    let mut empty = edge("carrier_edge");
    empty["sdk_edge"] = json!({});
    empty["client_edge"] = json!({});
    for (name, values) in [
        ("empty edges", vec![empty]),
        ("sip", vec![edge("sip_edge")]),
        ("carrier", vec![edge("carrier_edge"); 3]),
        ("events", vec![event]),
    ] {
        folder.write(name, lines(&values));
        let ran = judged(&folder, &[name]);
        assert_eq!(ran.says, [format!("{name}: nothing in it is about an agent's browser")]);
        assert_eq!((ran.status, ran.calls().len()), (0, 0), "{name}");
    }
}

#[test]
fn of_a_summary_alone_it_is_said_that_nothing_was_measured() {
    let folder = Folder::new("unmeasured");
    folder.write("summary.json", summary(9, Some("client"), 46).to_string());
    let table = run(&folder, &["summary.json"]).text();
    assert!(table.contains("┆ 46 s   ┆ not measured ┆"), "{table}");
    assert!(table.contains("Not measured, judged by their length alone: 1."), "{table}");
    let csv = run(&folder, &["--format", "csv", "summary.json"]).text();
    let (header, row) = csv.trim().split_once('\n').unwrap();
    let cell =
        |name: &str| row.split(',').nth(header.trim().split(',').position(|column| column == name).unwrap()).unwrap();
    assert_eq!(
        [cell("warningMs"), cell("warningPct"), cell("elapsedMs"), cell("quality").trim()],
        ["", "", "46000", "not measured"]
    );
    let call = &run(&folder, &["--format", "json", "summary.json"]).calls()[0];
    assert_eq!(
        (&call["measured"], &call["measuredMs"], &call["elapsedMs"]),
        (&json!(false), &json!(0), &json!(46_000))
    );
}

#[test]
fn a_calls_own_length_stands_beside_the_time_with_data() {
    let folder = Folder::new("length");
    let end = json!({"call_sid": "CA000000000000000000000000000000b7", "edge": "sdk_edge", "group": "connection",
        "name": "disconnected-by-remote", "timestamp": "2026-03-02T09:05:04Z", "sdk_edge": {}});
    folder.write("holes", lines(&[accepted(0), row(10, 0, 0), row(20, 0, 0), row(300, 0, 0), end.clone()]));
    let table = run(&folder, &["holes"]).text();
    assert!(table.contains("┆ 304 s, 30 s with data ┆"), "{table}");
    let rows: Vec<Value> = (1..=30).map(|tenth| row(10 * tenth, 0, 0)).collect();
    folder.write("whole", lines(&[&[accepted(0)][..], &rows, &[end]].concat()));
    let table = run(&folder, &["whole"]).text();
    assert!(table.contains("┆ 304 s  ┆"), "{table}");
}

/// As `tar` writes it: a header of 512 bytes, and the file filled up to as many.
fn tar(name: &str, content: &str) -> Vec<u8> {
    let mut bytes = vec![0; 1024];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes[257..262].copy_from_slice(b"ustar");
    bytes[512..512 + content.len()].copy_from_slice(content.as_bytes());
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use flate2::write::GzEncoder;
    use std::io::Write;
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn an_archive_is_refused_as_a_whole_and_none_of_its_lines_is_taken_for_a_recordings() {
    let folder = Folder::new("archives");
    let said = "it is an archive, or packed in a way that is not read: unpack it first";
    let archive = tar("a.jsonl", RECORDING);
    for (name, bytes) in [
        ("a.tar", archive.clone()),
        ("a.tar.gz", gzip(&archive)),
        ("a.zip", [b"PK\x03\x04", RECORDING.as_bytes()].concat()),
        ("a.jsonl.gz.gz", gzip(&gzip(RECORDING.as_bytes()))),
    ] {
        folder.write(&format!("found/{name}"), &bytes);
        folder.write(name, bytes);
        let ran = judged(&folder, &[name]);
        assert_eq!((ran.says.as_slice(), ran.status), ([format!("{name}: {said}")].as_slice(), 2), "{name}");
    }
    let ran = judged(&folder, &["found"]);
    let passed_over = |name: &str| format!("found/{name}: neither a recording nor an export; passed over");
    assert_eq!(ran.says, ["a.jsonl.gz.gz", "a.tar", "a.tar.gz", "a.zip"].map(passed_over));
}

#[test]
fn what_is_no_recording_is_not_exported_and_gets_one_sentence() {
    let folder = Folder::new("export-of-all-sorts");
    folder.write("found/a.jsonl", RECORDING);
    let archive = tar("a.jsonl", RECORDING);
    let dump = "RTCStatsDump\n{\"fileFormat\":3}\n[\"create\",\"PC\",{},0]\n[\"close\",\"PC\",null,1]\n";
    let unpack = "it is an archive, or packed in a way that is not read: unpack it first";
    for (name, bytes, said) in [
        ("a.tar.gz", gzip(&archive), unpack),
        ("dump", dump.as_bytes().to_vec(), "no recording"),
        ("events.json", br#"[{"call_sid":"CA1","timestamp":1,"group":"connection"}]"#.to_vec(), "no recording"),
        ("notes.txt", b"what\nis\nhere\n".to_vec(), "no recording"),
        (
            "utf-16.jsonl",
            utf16(RECORDING, true, u16::to_le_bytes),
            "it is text in UTF-16, and not read: save it as UTF-8",
        ),
    ] {
        folder.write(name, &bytes);
        if !name.starts_with("utf") {
            folder.write(&format!("found/{name}"), bytes);
        }
        let ran = run(&folder, &["export", "--format", "rtcstats", name]);
        assert_eq!((ran.says, ran.status), (vec![format!("{name}: {said}")], 2), "{name}");
        assert!(!ran.out.contains(&b'['), "{name}");
    }
    let ran = run(&folder, &["export", "--format", "rtcstats", "found"]);
    let passed_over = |name: &str| format!("found/{name}: no recording; passed over");
    assert_eq!(ran.says, ["a.tar.gz", "dump", "events.json", "notes.txt"].map(passed_over));
    assert_eq!(ran.status, 0);
    let alone = run(&folder, &["export", "--format", "rtcstats", "found/a.jsonl"]);
    assert!(ran.out == alone.out && alone.out.contains(&b'['));
}

#[test]
fn what_zstd_needs_more_than_128_mb_for_is_not_read() {
    use std::io::Write;
    let folder = Folder::new("windows");
    for (window, is_read) in [(27, true), (28, false)] {
        let mut packed = zstd::Encoder::new(Vec::new(), 1).unwrap();
        packed.window_log(window).unwrap();
        packed.write_all(RECORDING.as_bytes()).unwrap();
        folder.write("a.zst", packed.finish().unwrap());
        let ran = judged(&folder, &["a.zst"]);
        assert_eq!(ran.status, if is_read { 0 } else { 2 }, "{:?}", ran.says);
        let says = "a.zst: cannot be read: Frame requires too much memory for decoding";
        assert!(is_read || ran.says == [says], "{:?}", ran.says);
    }
}
