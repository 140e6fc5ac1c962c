//! The alert document as the server gets it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use device_monitoring::outbox::Form;
use device_monitoring::{
    AddressPrefix, Alert, CallContext, CallId, CallParties, ClientInfo, Configuration, Effect, Endpoint, Engine, Event,
    Headset, MediaSource, RawSample, RawStatistics, RemoteInbound, Sample, Statistics, Timestamp, WallTime,
    WarningData, WarningName,
};
use serde_json::{Value, json};

const CALL_SID: &str = "CA00000000000000000000000000000001";
/// A text that somebody may send instead of a short one.
const LONG: &str = "a rather long \u{1F4DE}\n\"text\" ";

/// A call under an engine, second by second.
struct Watched {
    engine: Engine,
    call: CallId,
    now: i64,
}

impl Watched {
    fn new() -> Self {
        let configuration = json!({"highRttThreshold": 400, "highJitterThreshold": 30, "lowMosThreshold": 3.5});
        let client = ClientInfo { plugin_version: "1.2.3".to_owned(), ..ClientInfo::default() };
        Self::under(&configuration, client)
    }

    fn under(configuration: &Value, client: ClientInfo) -> Self {
        let mut engine = Engine::new(Configuration::from_block(configuration), client);
        let call = engine.open(CallParties {
            call_sid: Some(CALL_SID.to_owned()),
            from: Some(LONG.repeat(100)),
            ..CallParties::default()
        });
        let mut watched = Self { engine, call, now: 0 };
        watched.happens(Event::Accepted { at: WallTime(1_795_327_609_127.0), found_in_progress: false });
        watched
    }

    fn happens(&mut self, event: Event) {
        self.engine.handle(Timestamp(self.now), self.call, &event);
    }

    fn second(&mut self, bad: bool) {
        self.now += 1000;
        let (rtt, jitter, mos) = if bad { (900.0, 90.0, 2.0) } else { (40.0, 3.0, 4.4) };
        let raw = RawSample { rtt, jitter, mos, bytes_received: 8000.0, bytes_sent: 8000.0, ..RawSample::default() };
        self.happens(Event::Sample(Sample::from(raw)));
    }

    fn alert(mut self) -> Value {
        self.happens(Event::Disconnected);
        let mut alerts = self.alerts();
        assert_eq!(alerts.len(), 1);
        alerts.remove(0)
    }

    /// Those since the last time.
    fn alerts(&mut self) -> Vec<Value> {
        let mut alerts = Vec::<Box<Alert>>::new();
        while let Some(effect) = self.engine.poll_effect() {
            if let Effect::Alert(alert) = effect {
                alerts.push(alert);
            }
        }
        alerts.iter().map(|alert| document(alert)).collect()
    }
}

fn document(alert: &Alert) -> Value {
    let json = Form::new(alert).document();
    assert!(json.len() <= 16_384, "{} bytes", json.len());
    let alert = serde_json::from_str(&json).unwrap();
    assert_eq!(broken_rules(&alert), Vec::<String>::new(), "{alert:#}");
    alert
}

/// What the server would object to: it has the same file.
fn broken_rules(alert: &Value) -> Vec<String> {
    let schema = include_str!("../plugin-serverless/assets/alert.schema.private.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    validator.iter_errors(alert).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_alert_of_a_supervisor_who_listened_says_so_and_names_no_customer() {
    let alert = |task_sid: Option<&str>| {
        let mut watched = Watched::new();
        let caller_id = Some("+15550100123".to_owned());
        watched.happens(Event::Monitoring { speaking: false });
        let task_sid = task_sid.map(str::to_owned);
        watched.happens(Event::Described(CallContext { task_sid, caller_id, ..CallContext::default() }));
        watched.second(true);
        watched.happens(Event::Reported);
        watched.alert()
    };
    let listened = alert(None);
    assert_eq!((&listened["monitoring"], &listened["callSid"]), (&json!(true), &json!(CALL_SID)));
    assert_eq!((&listened["callerId"], &listened["dnis"]), (&Value::Null, &Value::Null));
    let rules: Vec<_> = listened["reasons"].as_array().unwrap().iter().map(|reason| &reason["rule"]).collect();
    assert!(!rules.contains(&&json!("shortCall")), "{rules:?}");

    let own = alert(Some("WT00000000000000000000000000000001"));
    assert_eq!((&own["monitoring"], &own["callerId"]), (&Value::Null, &json!("+15550100123")));
}

#[test]
fn an_alert_says_what_the_call_was_taken_with() {
    let mut watched = Watched::new();
    watched.happens(Event::Endpoint(Endpoint {
        headset: Some(Headset::BuiltIn),
        codec: Some("opus".to_owned()),
        address: Some(AddressPrefix::V6([0x2001, 0x0500, 0x0002])),
        cpu_performance: Some(2),
        hardware_concurrency: Some(8),
        device_memory: Some(8.0),
        web_rtc_redirected: Some(true),
    }));
    watched.second(true);
    let media_source =
        MediaSource { echo_return_loss: 14.0, echo_return_loss_enhancement: 20.5, ..MediaSource::default() };
    watched.happens(Event::Statistics(Statistics::from(RawStatistics { media_source, ..RawStatistics::default() })));
    watched.second(false);
    let expected = json!({
        "headset": "built-in", "codec": "opus", "addressPrefix": "2001:500:2::/48", "rttFloorMs": 40,
        "cpuPerformance": 2, "hardwareConcurrency": 8, "deviceMemory": 8, "webRtcRedirected": true,
        "echoReturnLoss": 14, "echoReturnLossEnhancement": 20.5
    });
    assert_eq!(watched.alert()["endpoint"], expected);
}

#[test]
fn an_hour_of_a_network_that_comes_and_goes_fits_into_an_alert_and_says_what_it_leaves_out() {
    let mut watched = Watched::new();
    for round in 0..500 {
        for _ in 0..2 + round % 3 {
            watched.second(true);
        }
        for _ in 0..5 {
            watched.second(false);
        }
    }
    let alert = watched.alert();
    for condition in alert["conditions"].as_array().unwrap() {
        let episodes = condition["episodes"].as_array().unwrap();
        assert_eq!(episodes.len() + condition["omittedEpisodes"].as_u64().unwrap() as usize, 500);
        let length = |episode: &Value| episode["endMs"].as_i64().unwrap() - episode["startMs"].as_i64().unwrap();
        assert!(episodes.iter().all(|episode| length(episode) == 4000), "the longest stay");
        assert!(episodes.is_sorted_by_key(|episode| episode["startMs"].as_i64()), "in order");
    }
}

#[test]
fn a_question_to_the_agent_is_listed_as_a_condition_and_is_no_diagnosis_of_the_call() {
    let mut watched = Watched::under(&json!({"shortCallThreshold": 100}), ClientInfo::default());
    for second in 0..70 {
        watched.now += 1000;
        let level = if second < 20 && second != 6 { 9000.0 } else { 0.0 };
        let raw = RawSample { audio_input_level: level, audio_output_level: 6000.0, ..RawSample::default() };
        watched.happens(Event::Sample(Sample::from(raw)));
    }
    let alert = watched.alert();
    let condition = &alert["conditions"][0];
    let fields = [&condition["name"], &condition["side"], &condition["direction"], &alert["diagnosis"]];
    assert_eq!(fields, [&json!("suppressed-silence"), &json!("agent-microphone"), &json!("outbound"), &Value::Null]);
    assert_eq!((&alert["warningPct"], &alert["reasons"][0]["rule"]), (&json!(0), &json!("shortCall")));
}

#[test]
fn the_agents_word_during_a_call_is_in_its_alert_with_the_moment() {
    let mut watched = Watched::new();
    (0..20).for_each(|_| watched.second(false));
    watched.happens(Event::Reported);
    (0..10).for_each(|_| watched.second(false));
    watched.happens(Event::Reported);
    let alert = watched.alert();
    assert_eq!(alert["agentReports"], json!([{"atMs": 20_000}, {"atMs": 30_000}]));
    let reason = json!([{"rule": "agentReport", "value": 2, "threshold": 0,
                         "text": "The agent reported a problem at 0:20, at 0:30."}]);
    assert_eq!((&alert["reasons"], alert.get("supplements")), (&reason, None));
}

#[test]
fn the_agents_word_in_wrap_up_makes_the_alert_that_the_call_did_not_have_once_and_changes_nothing_else() {
    let mut watched = Watched::new();
    (0..20).for_each(|_| watched.second(false));
    watched.happens(Event::Disconnected);
    assert_eq!(watched.alerts(), Vec::<Value>::new());
    watched.now += 30_000;
    watched.happens(Event::Reported);
    let alerts = watched.alerts();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0]["id"], format!("alert-{CALL_SID}"));
    assert_eq!((&alerts[0]["agentReports"], &alerts[0]["durationMs"]), (&json!([{"atMs": 50_000}]), &json!(20_000)));
    watched.happens(Event::Reported);
    assert_eq!(watched.alerts(), Vec::<Value>::new());
}

#[test]
fn beside_an_alert_that_is_on_its_way_the_agents_word_in_wrap_up_goes_in_one_of_its_own_that_names_it() {
    let mut watched = Watched::new();
    (0..20).for_each(|_| watched.second(true));
    watched.happens(Event::Disconnected);
    let main = watched.alerts();
    watched.now += 5000;
    watched.happens(Event::Reported);
    let beside = watched.alerts();
    assert_eq!((main.len(), beside.len()), (1, 1));
    assert_eq!((&main[0]["id"], main[0].get("agentReports")), (&json!(format!("alert-{CALL_SID}")), None));
    assert_eq!(beside[0]["id"], format!("alert-{CALL_SID}-report"));
    assert_eq!(beside[0]["supplements"], main[0]["id"]);
    assert_eq!((&beside[0]["conditions"], &beside[0]["endedAt"]), (&main[0]["conditions"], &main[0]["endedAt"]));
}

#[test]
fn the_diagnosis_is_the_worst_that_the_agent_could_have_been_told() {
    let mut watched = Watched::new();
    watched.second(false);
    watched.happens(Event::Warning(WarningName::LowBytesSent, WarningData::default()));
    watched.happens(Event::Warning(WarningName::LowBytesReceived, WarningData::default()));
    // Both directions dead at once is neither of the two.
    assert_eq!(watched.alert()["diagnosis"], "connection-lost");
}

#[test]
fn an_alert_names_its_call_its_times_its_versions_and_what_was_in_force() {
    let mut watched = Watched::new();
    watched.second(false);
    let alert = watched.alert();
    assert_eq!(
        (alert["version"].as_u64(), alert["id"].as_str()),
        (Some(1), Some("alert-CA00000000000000000000000000000001"))
    );
    assert_eq!(alert["startedAt"], "2026-11-22T06:06:49.127Z");
    assert_eq!(alert["endedAt"], "2026-11-22T06:06:50.127Z");
    assert_eq!(alert["versions"]["plugin"], "1.2.3");
    assert_eq!(
        (alert["configurationSource"].as_str(), alert["configuration"]["highRttThreshold"].as_i64()),
        (Some("attributes"), Some(400))
    );
    assert_eq!(alert["metrics"]["rtt"], json!({"samples": 1, "min": 40, "mean": 40, "p95": 40, "max": 40}));
}

#[test]
fn the_longest_alert_fits_into_16_kilobytes_and_is_as_the_schema_says() {
    // Of those that are no longer than that by a little, too.
    for rounds in (1..=14).chain([40]) {
        let alert = longest_alert(rounds);
        let conditions = alert["conditions"].as_array().unwrap();
        assert!(conditions.len() >= 10, "{} conditions", conditions.len());
        let episodes = conditions.iter().map(|condition| condition["episodes"].as_array().unwrap().len());
        assert!(episodes.min() >= Some(rounds.min(3) as usize));
    }
}

/// Everything that can be wrong, again and again, with texts as long as they come.
fn longest_alert(rounds: i32) -> Value {
    let long = || Some("\u{1F4DE}".repeat(1000));
    let client = ClientInfo {
        plugin_version: LONG.repeat(1000),
        flex_ui_version: long(),
        browser: long(),
        worker_sid: Some("WK00000000000000000000000000000001".to_owned()),
    };
    let configuration = json!({
        "highRttThreshold": 400, "highJitterThreshold": 30, "lowMosThreshold": 3.5, "highPacketsLostThreshold": 3,
        "endedInWarningIsTrigger": true, "shortCallThreshold": 100_000, "warningDurPctThreshold": 1,
        "action": "a".repeat(64),
    });
    let mut watched = Watched::under(&configuration, client);
    let context = CallContext {
        edge: long(),
        voice_sdk_version: long(),
        caller_id: long(),
        dnis: long(),
        ..CallContext::default()
    };
    watched.happens(Event::Described(context));
    for round in 0..rounds {
        for (second, bad) in [true, true, true, false, false, false, false, false, false].into_iter().enumerate() {
            watched.second(bad);
            let lost = if bad { 0.3 } else { 0.0 };
            let raw = RawStatistics {
                remote_inbound: RemoteInbound {
                    fraction_lost: lost,
                    packets_lost: f64::NAN,
                    round_trip_time_measurements: f64::from(round * 9 + second as i32 + 1),
                },
                ..RawStatistics::default()
            };
            watched.happens(Event::Statistics(Statistics::from(raw)));
            for name in WarningName::ALL.iter().copied() {
                if bad {
                    watched.happens(Event::Warning(name, WarningData::default()));
                } else {
                    watched.happens(Event::WarningCleared(name));
                }
            }
            for code in [53405, 53001] {
                watched.happens(if bad { Event::Reconnecting { code: Some(code) } } else { Event::Reconnected });
            }
        }
    }
    watched.alert()
}

#[test]
fn whatever_an_admin_configures_the_server_takes_the_alert() {
    for number in [json!(-5), json!(0), json!(1e300), json!("1e300"), json!(-0.001), json!(4_000_000_000_u64)] {
        let mut configuration = json!({"alertAgent": number, "action": number, "shortCallThreshold": 5});
        for property in [
            "highRttThreshold",
            "highPacketsLostThreshold",
            "lowMosThreshold",
            "highJitterThreshold",
            "warningDurPctThreshold",
        ] {
            configuration[property] = number.clone();
        }
        let mut watched = Watched::under(&configuration, ClientInfo::default());
        watched.second(true);
        watched.alert();
    }
}

#[test]
fn the_schema_refuses_what_no_alert_is() {
    let mut watched = Watched::new();
    watched.second(false);
    let good = watched.alert();
    for (place, value) in [
        ("/id", json!("alert-1")),
        ("/version", json!(2)),
        ("/durationMs", json!("1000")),
        ("/reasons", json!([])),
        ("/metrics/rtt/max", json!(null)),
        ("/configuration/action", json!("../x")),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(place).unwrap() = value;
        assert!(broken_rules(&bad)[0].starts_with(place), "{place}");
    }
}
