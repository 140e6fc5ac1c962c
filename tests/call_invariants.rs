//! What holds for every call, whatever happens to it in whatever order.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support;
use device_monitoring::WarningName;
use device_monitoring::replay::ReplayedCall;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A configuration under which everything can happen.
fn configuration() -> Value {
    json!({
        "alertAgent": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
        "highJitterThreshold": 30, "endedInWarningIsTrigger": true
    })
}

fn warning_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(WarningName::ALL).prop_map(WarningName::as_str)
}

/// Good, bad, impossible and missing numbers alike.
fn number(good: f64, bad: f64) -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => Just(json!(good)),
        4 => Just(json!(bad)),
        1 => any::<f64>().prop_map(|any| json!(any)),
        1 => Just(Value::Null),
    ]
}

fn sample() -> impl Strategy<Value = Value> {
    (number(3.0, 90.0), number(40.0, 700.0), number(0.0, 9.0), number(50.0, 0.0), number(4.4, 2.0), number(8000.0, 0.0))
        .prop_map(|(jitter, rtt, lost, received, mos, bytes)| {
            json!({"type": "sample", "sample": {
                "jitter": jitter, "rtt": rtt, "packetsLost": lost, "packetsReceived": received, "mos": mos,
                "bytesReceived": bytes, "bytesSent": bytes, "audioInputLevel": 100, "audioOutputLevel": 100
            }})
        })
}

/// A reading of the peer connection, of which any part may be missing.
fn stats() -> impl Strategy<Value = Value> {
    let count = || prop_oneof![4 => (0_u32..20).prop_map(|count| json!(count)), 1 => Just(Value::Null)];
    let counted = (count(), count(), number(0.0, 6000.0), number(8000.0, 80_000.0));
    (number(0.04, 0.7), count(), number(0.0, 0.2), counted, number(0.1, 0.0)).prop_map(
        |(rtt, responses, lost, (reports, others, concealed, samples), level)| {
            json!({"type": "stats", "stats": {
                "candidatePair": {"currentRoundTripTime": rtt, "responsesReceived": responses},
                "remoteInbound": {"fractionLost": lost, "roundTripTimeMeasurements": reports},
                "remoteOutbound": {"reportsSent": others},
                "inbound": {"concealedSamples": concealed, "totalSamplesReceived": samples, "packetsLost": 0, "packetsReceived": 50},
                "mediaSource": {"audioLevel": level}
            }})
        },
    )
}

/// A call's endpoint, possible or impossible.
fn endpoint() -> impl Strategy<Value = Value> {
    let headset = prop::sample::select(vec!["0b0e:0245", "hands-free", "unknown", "Jane's headset"]);
    let codec = prop::sample::select(vec!["audio/opus", "PCMU", "telephone-event", "a codec of +1 555 5550123"]);
    (headset, codec, number(8.0, 1e9), number(2.0, -1.0), any::<bool>()).prop_map(
        |(headset, codec, threads, class, redirected)| {
            json!({"type": "endpoint", "endpoint": {
                "headset": headset, "codec": codec, "hardwareConcurrency": threads, "cpuPerformance": class,
                "deviceMemory": class, "webRtcRedirected": redirected
            }})
        },
    )
}

fn path() -> impl Strategy<Value = Value> {
    let kind = prop::sample::select(vec!["ethernet", "wifi", "vpn", "bluetooth", "unknown"]);
    let relay = prop::sample::select(vec!["tcp", "tls", "udp", ""]);
    (kind, relay, 0_u32..3).prop_map(|(kind, relay, changes)| {
        json!({"type": "path", "path": {
            "networkType": kind, "relayProtocol": relay, "selectedCandidatePairChanges": changes
        }})
    })
}

fn event() -> impl Strategy<Value = Value> {
    prop_oneof![
        20 => sample(),
        10 => stats(),
        3 => (warning_name(), prop::collection::vec(any::<f64>(), 0..10)).prop_map(|(name, values)| {
            json!({"type": "warning", "name": name, "data": {"values": values, "threshold": {"name": "max", "value": 1}}})
        }),
        3 => warning_name().prop_map(|name| json!({"type": "warning-cleared", "name": name})),
        1 => any::<bool>().prop_map(|muted| json!({"type": "mute", "muted": muted})),
        1 => any::<bool>().prop_map(|held| json!({"type": "hold", "held": held})),
        1 => prop::sample::select(vec!["suspended", "running"]).prop_map(|state| json!({"type": "audio-context", "state": state})),
        1 => prop::sample::select(vec![53405, 53001]).prop_map(|code| json!({"type": "reconnecting", "code": code})),
        1 => Just(json!({"type": "reconnected"})),
        1 => Just(json!({"type": "transportClose"})),
        1 => Just(json!({"type": "error", "code": 31005})),
        1 => Just(json!({"type": "accept"})),
        1 => endpoint(),
        1 => path(),
        2 => support::flex_state::fact(),
    ]
}

/// Events with the seconds since the one before: mostly one, now and then an age, now and then back in time.
pub(crate) fn call() -> impl Strategy<Value = Vec<(i64, Value)>> {
    let step = prop_oneof![10 => Just(1000_i64), 2 => 0_i64..3000, 1 => 3000_i64..4_000_000, 1 => -5000_i64..0];
    prop::collection::vec((step, event()), 0..200)
}

/// Events in moments of up to six, a second apart or more, and the places that they take when they are shuffled.
fn moments() -> impl Strategy<Value = Vec<(i64, Vec<(Value, u32)>)>> {
    let step = prop_oneof![10 => Just(1000_i64), 2 => 1000_i64..3000, 1 => 3000_i64..4_000_000];
    let together = prop::collection::vec((event(), any::<u32>()), 1..6);
    prop::collection::vec((step, together), 0..80)
}

/// What can contradict each other: there the order is part of what was replayed_in.
fn subject(event: &Value) -> String {
    let subject = event["type"].as_str().unwrap();
    match subject {
        "warning" | "warning-cleared" => event["name"].to_string(),
        "reconnecting" | "reconnected" | "transportClose" => "connection".to_owned(),
        // Both tell whether the call is held: older recordings by a line of its own.
        "hold" | "conference" => "hold".to_owned(),
        _ => subject.to_owned(),
    }
}

/// In the order of their places, but for those of one subject, which stay in theirs.
fn shuffled(events: &[(Value, u32)]) -> Vec<Value> {
    let mut places: Vec<usize> = (0..events.len()).collect();
    places.sort_by_key(|place| events[*place].1);
    let mut left: Vec<&Value> = events.iter().map(|(event, _)| event).collect();
    let next_of = |place: usize| {
        let first = left.iter().position(|event| subject(event) == subject(&events[place].0)).unwrap();
        left.remove(first).clone()
    };
    places.into_iter().map(next_of).collect()
}

fn line(ms: i64, event: &Value) -> String {
    let mut line = event.clone();
    line["ms"] = json!(ms);
    line.to_string()
}

fn ms(line: &str) -> i64 {
    serde_json::from_str::<Value>(line).unwrap()["ms"].as_i64().unwrap()
}

/// The call as lines: accepted at 0, ended after its last event.
fn lines(events: &[(i64, Value)]) -> Vec<String> {
    let mut ms = 0;
    let mut lines = vec![line(0, &json!({"type": "accept"}))];
    for (step, event) in events {
        ms += step;
        lines.push(line(ms, event));
    }
    lines.push(line(ms + 500, &json!({"type": "disconnect"})));
    lines
}

fn replay(lines: &[String]) -> ReplayedCall {
    let mut replayed = support::play(&configuration(), lines.iter().map(String::as_str));
    assert_eq!(replayed.problems, []);
    assert_eq!(replayed.calls.len(), 1, "one call is one, however it goes on");
    replayed.calls.remove(0)
}

proptest! {
    #[test]
    fn episodes_are_disjoint_in_order_and_inside_the_call(events in call()) {
        let lines = lines(&events);
        let end = lines.iter().map(|line| ms(line)).max().unwrap() as f64;
        for condition in replay(&lines).conditions {
            let mut before = 0.0;
            for episode in condition.episodes {
                prop_assert!(episode.start_ms.0 >= before && episode.end_ms >= episode.start_ms && episode.end_ms.0 <= end);
                prop_assert!(episode.raised_ms >= episode.start_ms);
                prop_assert!(episode.cleared_ms.is_none_or(|cleared| cleared >= episode.raised_ms));
                before = episode.end_ms.0;
            }
        }
    }

    #[test]
    fn time_in_warning_is_at_most_the_duration(events in call()) {
        let call = replay(&lines(&events));
        prop_assert!(call.warning_ms.0 >= 0.0 && call.warning_ms <= call.duration_ms, "{call:?}");
        prop_assert!((0.0..=100.0).contains(&call.warning_pct.0));
    }

    #[test]
    fn what_comes_after_the_end_changes_nothing(events in call(), late in call()) {
        let mut lines = lines(&events);
        let before = replay(&lines);
        // What is accepted then is another call.
        let late = late.iter().filter(|(_, event)| event["type"] != "accept");
        lines.extend(late.map(|(_, event)| line(9_000_000_000, event)));
        prop_assert_eq!(replay(&lines), before);
    }

    #[test]
    fn a_warning_cleared_that_was_never_raised_changes_nothing(events in call(), at in any::<prop::sample::Index>(), name in warning_name()) {
        let quiet: Vec<_> = events.into_iter().filter(|(_, event)| event["type"] != "warning").collect();
        let lines = lines(&quiet);
        let mut with_orphan = lines.clone();
        let at = at.index(lines.len());
        let ms = ms(&lines[at]);
        with_orphan.insert(at, line(ms, &json!({"type": "warning-cleared", "name": name})));
        prop_assert_eq!(replay(&with_orphan), replay(&lines));
    }

    #[test]
    fn a_line_of_any_text_is_a_problem_or_nothing_and_the_next_is_read(text in "[^\n]*") {
        let accept = r#"{"ms":0,"type":"accept"}"#;
        let end = r#"{"ms":1000,"type":"disconnect"}"#;
        let replayed = support::play(&json!({}), [accept, text.as_str(), end]);
        prop_assert_eq!(replayed.problems.len(), usize::from(!text.trim().is_empty()));
        prop_assert_eq!(replayed.calls.len(), 1);
    }

    #[test]
    fn a_threshold_is_what_was_written_or_its_default_with_an_error(value in any::<f64>(), text in any::<String>()) {
        for written in [json!(value), json!(text), json!([text]), json!({"a": value})] {
            let found = device_monitoring::Configuration::from_block(&json!({"highRttThreshold": written}));
            let refused = found.findings.iter().any(|finding| finding.severity.as_str() == "error");
            let in_force = found.config.high_rtt_threshold.0;
            let means_default = written.is_null() || written.as_str().is_some_and(|text| text.trim_ascii().is_empty());
            let stays = if refused || means_default { in_force == 400.0 } else { in_force >= 0.0 && in_force.is_finite() };
            prop_assert!(stays, "{written}: {in_force}, {:?}", found.findings);
        }
    }
}

proptest! {
    // They play each call twice or more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 8))]

    #[test]
    fn samples_in_which_nothing_can_be_read_change_nothing_wherever_they_come(
        events in call(),
        unreadable in prop::collection::vec((any::<prop::sample::Index>(), 0..support::UNREADABLE.len(), 0_f64..=1.0), 1..50),
    ) {
        let lines = lines(&events);
        let mut with_unreadable = lines.clone();
        for (at, kind, share) in unreadable {
            let at = at.index(with_unreadable.len());
            let before = ms(&with_unreadable[at]);
            let room = with_unreadable.get(at + 1).map_or(60_000, |next| (ms(next) - before).max(0));
            let sample: Value = serde_json::from_str(support::UNREADABLE[kind]).unwrap();
            let when = before + (room as f64 * share) as i64;
            with_unreadable.insert(at + 1, line(when, &json!({"type": "sample", "sample": sample})));
        }
        prop_assert_eq!(replay(&with_unreadable), replay(&lines));
    }

    #[test]
    fn the_order_of_what_happens_at_the_same_moment_does_not_matter(moments in moments()) {
        let replayed_in = |order: fn(&[(Value, u32)]) -> Vec<Value>| {
            let together = |(step, events): &(i64, Vec<(Value, u32)>)| {
                let steps = std::iter::once(*step).chain(std::iter::repeat(0));
                steps.zip(order(events)).collect::<Vec<_>>()
            };
            replay(&lines(&moments.iter().flat_map(together).collect::<Vec<_>>()))
        };
        let written = replayed_in(|events| events.iter().map(|(event, _)| event.clone()).collect());
        prop_assert_eq!(replayed_in(shuffled), written);
    }

    #[test]
    fn a_reading_belongs_to_its_second_whether_it_comes_before_the_sample_or_after(
        seconds in prop::collection::vec((sample(), stats(), -40_i64..40), 1..120)
    ) {
        // Straight into the engine: a recording's reader would put them in order.
        let effects = |late: fn(i64) -> i64| {
            let steps = (1_i64..).zip(&seconds).flat_map(|(second, (sample, stats, after))| {
                let mut both = [(second * 1000, sample.clone()), (second * 1000 + late(*after), stats.clone())];
                both.sort_by_key(|(ms, _)| *ms);
                both
            });
            let mut lines = vec![line(0, &json!({"type": "accept"}))];
            lines.extend(steps.map(|(ms, event)| line(ms, &event)));
            lines.push(line((seconds.len() as i64 + 1) * 1000, &json!({"type": "disconnect"})));
            support::judged(&configuration(), &lines)
        };
        let (before, after) = (effects(|after| -after.abs()), effects(|_| 0));
        prop_assert_eq!(before, after);
    }

    #[test]
    fn a_recording_that_is_split_and_joined_again_gives_the_same(
        events in call(), at in any::<prop::sample::Index>(), ends in any::<bool>()
    ) {
        let lines = lines(&events);
        let (first, second) = lines.split_at(at.index(lines.len() + 1));
        let file = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        // The last line of a file may do without its end.
        let second = file(second);
        let joined = file(first) + if ends { second.as_str() } else { second.trim_end() };
        let joined: Vec<String> = joined.lines().map(str::to_owned).collect();
        prop_assert_eq!(replay(&joined), replay(&lines));
    }

    #[test]
    fn an_engine_made_anew_where_a_recording_is_split_gives_the_same(
        events in call(), at in any::<prop::sample::Index>()
    ) {
        let lines = lines(&events);
        let at = at.index(lines.len() + 1);
        prop_assert_eq!(support::judged_in_two(&configuration(), &lines, at), support::judged(&configuration(), &lines));
    }

    #[test]
    fn what_is_said_twice_is_said_once(events in call()) {
        let lines = lines(&events);
        let twice: Vec<_> = lines.iter().flat_map(|line| [line.clone(), line.clone()]).collect();
        prop_assert_eq!(replay(&twice), replay(&lines));
    }

    #[test]
    fn a_metric_that_cannot_be_read_is_neither_good_nor_bad_and_the_others_count(
        events in call(),
        malformed in prop::sample::select(vec![json!(null), json!("NaN"), json!("700"), json!(-1), json!(1e300), json!([])]),
        metric in prop::sample::select(vec![("jitter", "high-jitter"), ("rtt", "high-rtt"), ("mos", "low-mos"), ("bytesReceived", "low-bytes-received")]),
    ) {
        let without_warnings: Vec<_> = events.into_iter().filter(|(_, event)| event["type"] != "warning").collect();
        // The path's own RTT would still be known.
        let without_warnings: Vec<_> = without_warnings.into_iter().filter(|(_, event)| event["type"] != "stats").collect();
        let mut partly = without_warnings.clone();
        for sample in partly.iter_mut().filter_map(|(_, event)| event.get_mut("sample")) {
            sample[metric.0] = malformed.clone();
        }
        // Without a reading of jitter and RTT, the score of reordered packets cannot be computed anew.
        // Gaps give way to a customer who is not heard at all.
        let other = if metric.1 == "low-bytes-received" { "audio-gaps" } else { "low-mos" };
        let depends = |name: &str| name == metric.1 || name == other;
        let conditions = |events: &[(i64, Value)]| {
            let mut conditions = replay(&lines(events)).conditions;
            conditions.retain(|condition| !depends(condition.name.as_str()));
            conditions
        };
        prop_assert_eq!(conditions(&partly), conditions(&without_warnings));
        let mut own = replay(&lines(&partly)).conditions.into_iter();
        // Except that score: it is computed anew where the SDK's own cannot be read either.
        prop_assert!(metric.0 == "mos" || own.all(|condition| condition.name.as_str() != metric.1));
    }
}
