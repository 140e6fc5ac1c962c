//! When a call in progress tells of itself, and what.

use super::fixtures::{CALL_SID, Floor, STARTED, Told, client, configuration};
use device_monitoring::{
    AddressPrefix, CallContext, CallParties, Configuration, Effect, Endpoint, Engine, Event, Headset, Milliseconds,
    Timestamp,
};
use serde_json::{Value, json};

#[test]
fn a_beat_comes_at_the_start_every_thirty_seconds_and_at_the_end() {
    let mut floor = Floor::accepted(&configuration());
    floor.seconds(95, false);
    floor.happens(floor.now, Event::Disconnected);
    let told: Vec<_> = floor.beats.iter().map(|told| (told.at, told.beat()["ended"] == json!(true))).collect();
    assert_eq!(told, [(0, false), (30_000, false), (60_000, false), (90_000, false), (95_000, true)]);
    let beat = floor.beats[1].beat();
    assert_eq!((&beat["at"], &beat["conditions"]), (&json!(1_795_327_639_127_i64), &Value::Null));
}

#[test]
fn trouble_is_told_when_it_has_lasted_for_five_seconds_with_what_it_is_and_since_when_and_when_it_is_over() {
    let mut floor = Floor::accepted(&configuration());
    floor.seconds(10, false);
    floor.seconds(15, true);
    floor.seconds(20, false);
    let beats: Vec<_> = floor.beats.iter().map(|told| (told.at, told.beat())).collect();
    let (at, trouble) = &beats[1];
    assert!((15_000..=17_000).contains(at), "{at}");
    assert_eq!(trouble["diagnosis"], json!("your-network"));
    let since = trouble["since"].as_i64().unwrap() - 1_795_327_609_127;
    assert!((10_000..=12_000).contains(&since), "{since}");
    let (at, over) = beats.iter().find(|(at, beat)| *at > 20_000 && beat["conditions"] == Value::Null).unwrap();
    assert!(*at <= 45_000, "{at}");
    assert_eq!(over["diagnosis"], Value::Null);
}

#[test]
fn what_calls_have_in_common_is_in_every_beat_but_the_last_and_what_is_wrong_has_more_room() {
    let mut client = client();
    client.browser = Some("Mozilla/5.0 (X11) Gecko/20100101 Firefox/1333.0".to_owned());
    client.plugin_version = "10.20.30-beta.40".to_owned();
    let mut floor = Floor::new(&configuration());
    floor.engine = Engine::new(Configuration::from_block(&configuration()), client);
    floor.call = floor.engine.open(CallParties { call_sid: Some(CALL_SID.to_owned()), ..CallParties::default() });
    floor.happens(0, Event::Accepted { at: STARTED, found_in_progress: false });
    floor.happens(
        0,
        Event::Described(CallContext {
            edge: Some("ashburn-ix-of-som".to_owned()),
            voice_sdk_version: Some("2.12.3".to_owned()),
            ..CallContext::default()
        }),
    );
    floor.happens(
        0,
        Event::Endpoint(Endpoint {
            headset: Some(Headset::HandsFree),
            address: Some(AddressPrefix::V6([0x2a02, 0xffff, 0xffff])),
            ..Endpoint::default()
        }),
    );
    floor.seconds(40, false);
    floor.seconds(40, true);
    floor.happens(floor.now, Event::Disconnected);
    let beats: Vec<_> = floor.beats.iter().map(Told::beat).collect();
    let (last, others) = beats.split_last().unwrap();
    let keys = json!([null, "ashburn-ix-of-so", "hands-free", "firefox/1333", "2.12.3", "10.20.30-beta.40"]);
    assert!(others.len() >= 3 && others[1..].iter().all(|beat| beat["keys"] == keys), "{beats:?}");
    assert_eq!((&last["ended"], &last["keys"], &last["addressPrefix"]), (&json!(true), &Value::Null, &Value::Null));
    assert!(others.iter().any(|beat| beat["conditions"] != Value::Null));
    assert!(floor.beats.iter().all(|told| told.text.len() <= 430));
}

#[test]
fn trouble_of_less_than_five_seconds_is_not_told() {
    let mut floor = Floor::accepted(&configuration());
    floor.seconds(10, false);
    floor.seconds(4, true);
    floor.seconds(14, false);
    assert_eq!(floor.beats.len(), 1);
}

#[test]
fn many_short_calls_send_no_more_beats_than_one_agent_may() {
    let mut engine = Engine::new(Configuration::from_block(&configuration()), client());
    let mut beats = Vec::new();
    for number in 0..40_i64 {
        let call = engine.open(CallParties::default());
        let now = number * 4000;
        let started = STARTED.after(Milliseconds(now as f64));
        engine.handle(Timestamp(now), call, &Event::Accepted { at: started, found_in_progress: false });
        engine.handle(Timestamp(now + 3000), call, &Event::Disconnected);
        let told = std::iter::from_fn(|| engine.poll_effect()).filter(|effect| matches!(effect, Effect::Beat { .. }));
        beats.extend(told.map(|_| now));
    }
    for from in &beats {
        assert!(beats.iter().filter(|at| (*from..*from + 57_000).contains(*at)).count() <= 6, "{beats:?}");
    }
    assert!(!beats.is_empty());
}
