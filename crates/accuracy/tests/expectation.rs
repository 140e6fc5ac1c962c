//! What is derived from the truth, against what was judged by hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod support;

use accuracy::expectation::Expectation;
use accuracy::expected_trouble::Stretch;
use accuracy::impairment::Impairment;
use accuracy::recording::File;
use accuracy::span::Span;
use accuracy::truth::Truth;
use serde_json::Value;
use std::path::Path;
use support::Lab;

fn expectation(file: &File) -> Expectation {
    Expectation::from_truth(&Truth::from_recording(&file.calls[0]))
}

fn seconds(span: Span) -> (f64, f64) {
    let rounded = |moment: f64| (moment * 10.0).round() / 10.0;
    (rounded(span.from), rounded(span.to))
}

#[test]
fn the_stretches_are_those_that_were_judged_by_hand() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let judged: Value = serde_json::from_str(include_str!("expected.json")).unwrap();
    for (name, expected) in judged.as_object().unwrap() {
        let file = File::open(&root.join("../../tests/recordings").join(format!("{name}.jsonl"))).unwrap();
        let expectation = expectation(&file);
        let may = expectation.may.iter().filter(|may| expectation.is_apart(may)).map(|may| seconds(may.span));
        let found = [expectation.must.iter().map(|must| seconds(must.span)).collect::<Vec<_>>(), may.collect()];
        for (found, list) in found.into_iter().zip(["must", "may"]) {
            let pair = |pair: &Value| (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap());
            let expected: Vec<(f64, f64)> = expected[list].as_array().unwrap().iter().map(pair).collect();
            assert_eq!(found, expected, "{name}, {list}");
        }
    }
}

#[test]
fn loss_in_one_direction_is_loss_of_that_direction() {
    for (direction, kind) in [("down", Impairment::DownLoss), ("up", Impairment::UpLoss)] {
        let file = Lab::new(60).network(20, direction, r#"{"loss":0.1}"#).network(40, direction, "null").file();
        let expectation = expectation(&file);
        let kinds: Vec<_> = expectation.must.iter().map(|must| must.kinds.as_slice()).collect();
        assert_eq!(kinds, [[kind]]);
    }
}

#[test]
fn loss_begins_with_the_first_packet_that_was_dropped_and_ends_with_the_last() {
    let lab = Lab::new(60).network(20, "down", r#"{"loss":0.1}"#).network(40, "down", "null");
    let seconds_without = |text: &str, seconds: &[i32]| {
        let lines = text.lines().map(|line| {
            let is_it = |at: &i32| line.starts_with(&format!(r#"{{"ms":{},"type":"truth-second""#, at * 1000));
            if seconds.iter().any(is_it) { line.replace(r#""rtpDrop":5"#, r#""rtpDrop":0"#) } else { line.to_owned() }
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let text = seconds_without(&lab.file().text, &[21, 22, 30, 40]);
    let found = expectation(&File::parse("lab".to_owned(), text)).must;
    assert_eq!(found.iter().map(|must| seconds(must.span)).collect::<Vec<_>>(), [(22.0, 39.0)]);
}

#[test]
fn trouble_that_joins_other_trouble_has_to_be_noticed_too() {
    let lab = Lab::new(80).network(20, "both", r#"{"delay":300}"#).network(40, "both", r#"{"delay":300,"loss":0.1}"#);
    let expectation = expectation(&lab.network(60, "both", "null").file());
    let must: Vec<_> = expectation.must.iter().map(|must| (seconds(must.span), must.kinds.clone())).collect();
    let loss = vec![Impairment::DownLoss, Impairment::UpLoss];
    assert_eq!(must, [((20.0, 60.0), vec![Impairment::Rtt]), ((40.0, 60.0), loss)]);
}

#[test]
fn what_lies_between_two_changes_made_at_once_is_nothing() {
    let lab = Lab::new(60).network(20, "both", r#"{"loss":0.1}"#).network(40, "both", "null");
    let between =
        r#"{"ms":39900,"type":"truth","on":false,"label":"","network":{"both":{"reorder":true}},"action":null}"#;
    let second = r#"{"ms":40000,"type":"truth-second""#;
    let text = lab.file().text.replace(second, &format!("{between}\n{second}"));
    let expectation = expectation(&File::parse("lab".to_owned(), text));
    let found = |list: &[Stretch]| list.iter().map(|one| seconds(one.span)).collect::<Vec<_>>();
    assert_eq!(found(&expectation.must), [(20.0, 39.9)]);
    assert!(found(&expectation.may).iter().all(|(from, _)| *from < 39.0));
}

#[test]
fn what_only_reports_show_need_not_be_noticed_when_it_is_over_before_one_comes() {
    let lab = Lab::new(60).network(20, "up", r#"{"loss":0.1}"#).network(26, "up", "null");
    let expectation = expectation(&lab.file());
    assert_eq!((expectation.must.len(), seconds(expectation.may[0].span)), (0, (20.0, 26.0)));
}

#[test]
fn outages_that_keep_coming_have_to_be_noticed_from_the_second_on() {
    let outages = |every: i32| {
        (0..4).fold(Lab::new(80), |lab, index| {
            let at = 20 + index * every;
            lab.network(at, "both", r#"{"blackout":true}"#).network(at + 1, "both", "null")
        })
    };
    let series = expectation(&outages(5).file());
    assert_eq!(series.must.iter().map(|must| seconds(must.span)).collect::<Vec<_>>(), [(25.0, 36.0)]);
    assert_eq!(series.seconds(|stretch| Some(stretch.clone())), (4.0, 16.0));
    let single = expectation(&outages(8).file());
    assert_eq!((single.must.len(), single.may.len()), (0, 4));
}

#[test]
fn nobody_misses_what_was_lost_while_nobody_spoke() {
    let lab = Lab::new(60).packets(3.0).network(20, "down", r#"{"blackout":true}"#).network(30, "down", "null");
    let expectation = expectation(&lab.file());
    assert_eq!((expectation.must.len(), expectation.may.len()), (0, 1));
}

#[test]
fn a_silent_microphone_counts_unless_it_is_muted_on_hold_or_only_listened_with() {
    let silent = Lab::new(60).action(20, "microphone(silent)").action(50, "microphone(on)");
    assert_eq!(seconds(expectation(&silent.clone().file()).must[0].span), (20.0, 50.0));
    let muted = silent.clone().line(30, r#""type":"mute","muted":true"#);
    assert_eq!(expectation(&muted.file()).must.len(), 0);
    let held = silent.line(25, r#""type":"hold","held":true"#);
    assert_eq!(expectation(&held.file()).must.len(), 0);
    let listening = Lab::new(60).action(20, "microphone(listening)").action(50, "microphone(on)");
    assert_eq!(expectation(&listening.file()).must.len(), 0);
}

#[test]
fn an_unplugged_microphone_shows_at_once_where_the_browser_stops_sending() {
    let unplugged = |packets| {
        let lab = Lab::new(60).packets(packets).action(20, "microphone(unplugged)");
        expectation(&lab.file()).must.remove(0).kinds
    };
    assert_eq!((unplugged(0.0), unplugged(50.0)), (vec![Impairment::NothingSent], vec![Impairment::Microphone]));
}

#[test]
fn what_the_lab_did_and_nobody_here_knows_is_said() {
    let file = Lab::new(60).action(20, "headset(on fire)").file();
    assert_eq!(Truth::from_recording(&file.calls[0]).unknown, ["headset(on fire)"]);
}

#[test]
fn without_rtcp_round_trip_times_are_in_no_sample() {
    let setting = |extra: &str| format!(r#"{{"delay":300{extra}}}"#);
    for (extra, in_samples) in [("", true), (r#","dropRtcp":true"#, false)] {
        let lab = Lab::new(60).network(20, "both", &setting(extra)).network(50, "both", "null");
        assert_eq!(expectation(&lab.file()).must[0].is_in_samples(), in_samples);
    }
}
