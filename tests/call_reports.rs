//! What every call tells the floor: its card and its beats (rules K1 and K2), and what was recorded of it (rule K3).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::call_invariants;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use device_monitoring::floor::{Recording, RecordingPiece};
use device_monitoring::replay::recording::{self, Content, Entry};
use device_monitoring::{
    AddressPrefix, CallContext, CallDirection, CallId, Config, Configuration, Effect, Endpoint, Engine, Environment,
    EnvironmentSignal, Event, Headset, Incoming, Milliseconds, NetworkPath, NetworkType, RawSample, RelayProtocol,
    Sample, Timestamp, WallTime,
};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

const CALL_SID: &str = "CA00000000000000000000000000000001";
const WORKER_SID: &str = "WK00000000000000000000000000000001";
const STARTED: WallTime = WallTime(1_795_327_609_127.0);
/// Bytes of a card.
const CARD: usize = 700;
/// Bytes of beats in 30 s of talk, in the mean.
const BEATS: f64 = 430.0;

fn environment() -> Environment {
    Environment {
        plugin_version: "0.1.0".to_owned(),
        flex_ui_version: Some("2.17.1".to_owned()),
        worker_sid: Some(WORKER_SID.to_owned()),
        ..Environment::default()
    }
}

fn configuration() -> Value {
    json!({
        "reportCalls": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
        "highJitterThreshold": 30, "endedInWarningIsTrigger": true
    })
}

/// A beat, and when it was made.
#[derive(Clone, Debug)]
struct Told {
    at: i64,
    text: String,
}

impl Told {
    fn beat(&self) -> Value {
        valid(&self.text, &BEAT_SCHEMA)
    }
}

/// A call under an engine, and what it has told.
struct Floor {
    engine: Engine,
    call: CallId,
    now: i64,
    beats: Vec<Told>,
    cards: Vec<String>,
}

impl Floor {
    fn new(configuration: &Value) -> Self {
        let mut engine = Engine::new(Configuration::from_block(configuration), environment());
        let incoming = Incoming {
            call_sid: Some(CALL_SID.to_owned()),
            from: Some("+12025550123".to_owned()),
            to: Some("client:jane".to_owned()),
            ..Incoming::default()
        };
        let call = engine.open(incoming);
        Self { engine, call, now: 0, beats: Vec::new(), cards: Vec::new() }
    }

    fn accepted(configuration: &Value) -> Self {
        let mut floor = Self::new(configuration);
        floor.happens(0, Event::Accepted { at: STARTED, found_in_progress: false });
        floor
    }

    fn happens(&mut self, at: i64, event: Event) {
        while let Some(due) = self.engine.poll_timeout().filter(|due| due.0 <= at) {
            self.engine.handle_timeout(due);
            assert!(self.engine.poll_timeout().is_none_or(|next| next > due), "it is woken again and again");
            self.listen(due.0);
        }
        self.now = self.now.max(at);
        self.engine.handle(Timestamp(at), self.call, &event);
        self.listen(self.now);
    }

    fn listen(&mut self, at: i64) {
        while let Some(effect) = self.engine.poll_effect() {
            match effect {
                Effect::Beat { beat, .. } => self.beats.push(Told { at, text: beat.document().to_owned() }),
                Effect::Card(card) => self.cards.push(card.document().to_owned()),
                _ => {}
            }
        }
    }

    fn seconds(&mut self, count: i64, is_bad: bool) {
        for _ in 0..count {
            let (rtt, jitter, mos) = if is_bad { (900.0, 90.0, 2.0) } else { (40.0, 3.0, 4.4) };
            let raw =
                RawSample { rtt, jitter, mos, bytes_received: 8000.0, bytes_sent: 8000.0, ..RawSample::default() };
            self.happens(self.now + 1000, Event::Sample(Sample::from(raw)));
        }
    }

    fn card(&self) -> Value {
        assert_eq!(self.cards.len(), 1);
        card(&self.cards[0])
    }

    /// Bytes of all beats but the first and the last of the call, which come however short it is.
    fn bytes_between(&self) -> usize {
        let between = self.beats.iter().skip(1).filter(|told| !told.text.contains("\"ended\":true"));
        between.map(|told| told.text.len()).sum()
    }

    fn max_in_a_minute(&self) -> usize {
        let within =
            |from: &Told| self.beats.iter().filter(|other| (from.at..from.at + 60_000).contains(&other.at)).count();
        self.beats.iter().map(within).max().unwrap_or_default()
    }
}

static CARD_SCHEMA: LazyLock<Validator> =
    LazyLock::new(|| validator(include_str!("../plugin-serverless/assets/card.schema.private.json")));
static BEAT_SCHEMA: LazyLock<Validator> =
    LazyLock::new(|| validator(include_str!("../plugin-serverless/assets/beat.schema.private.json")));

static PIECE_SCHEMA: LazyLock<Validator> =
    LazyLock::new(|| validator(include_str!("../plugin-serverless/assets/recording-piece.schema.private.json")));

fn validator(schema: &str) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

fn valid(text: &str, validator: &Validator) -> Value {
    let document = serde_json::from_str(text).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new(), "{document:#}");
    document
}

fn card(text: &str) -> Value {
    assert!(text.len() <= CARD, "{} bytes: {text}", text.len());
    valid(text, &CARD_SCHEMA)
}

/// What a second and a length lose when they are rounded, in seconds.
const ROUNDING: f64 = 0.11;

/// From which second of the call, and for how many, something was wrong.
fn stretches(card: &Value) -> Vec<(f64, f64)> {
    let by_diagnosis = card["timeline"].as_object().into_iter().flat_map(|timeline| timeline.values());
    let all = by_diagnosis.flat_map(|stretches| stretches.as_array().unwrap());
    all.map(|stretch| (stretch[0].as_f64().unwrap(), stretch[1].as_f64().unwrap())).collect()
}

/// The events of a recording of one call; those of the first, if it has several.
fn events_of(path: &Path) -> Vec<(i64, Event)> {
    let text = fs::read_to_string(path).unwrap();
    let mut calls = Vec::new();
    let mut events = Vec::new();
    for line in text.lines() {
        let Ok(Entry { at, call, content }) = recording::read(line) else { continue };
        let name = call.map(|name| name.into_owned());
        if !calls.contains(&name) {
            calls.push(name.clone());
        }
        if *calls.last().unwrap() != name {
            continue;
        }
        match content {
            Content::Accepted { found_in_progress } => {
                events.push((at.0, Event::Accepted { at: STARTED, found_in_progress }))
            }
            Content::Event(event) => events.push((at.0, event)),
            _ => {}
        }
    }
    events
}

fn recordings() -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let folders = [root.clone(), root.join("lab"), root.join("held-out")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl")).collect()
}

#[test]
fn every_recorded_call_leaves_a_card_and_beats_within_their_limits_that_the_server_takes() {
    let (mut calls, mut bytes, mut talk) = (0, 0, 0.0);
    for path in recordings() {
        let mut floor = Floor::new(&configuration());
        let events = events_of(&path);
        let accepted = events.iter().find(|(_, event)| matches!(event, Event::Accepted { .. })).map(|(at, _)| *at);
        for (at, event) in events {
            floor.happens(at, event);
        }
        floor.happens(floor.now, Event::Disconnected);
        floor.card();
        floor.beats.iter().for_each(|told| drop(told.beat()));
        assert!(floor.max_in_a_minute() <= 6, "{}", path.display());
        calls += 1;
        bytes += floor.beats.iter().map(|told| told.text.len()).sum::<usize>();
        talk += (floor.now - accepted.unwrap()) as f64;
    }
    assert!(calls > 50, "{calls}");
    let mean = bytes as f64 / (talk / 30_000.0);
    assert!(mean <= BEATS, "{mean} bytes in 30 s of talk");
    println!("{calls} recorded calls: {mean:.0} bytes of beats in 30 s of talk");
}

#[test]
fn nothing_is_told_of_calls_where_that_is_not_configured() {
    let mut floor = Floor::accepted(&json!({"highRttThreshold": 400}));
    floor.seconds(60, true);
    floor.happens(floor.now, Event::Disconnected);
    assert_eq!((floor.beats.len(), floor.cards.len()), (0, 0));
}

#[test]
fn a_card_says_what_the_call_was_like_and_names_no_number() {
    let mut floor = Floor::accepted(&configuration());
    let context = CallContext {
        caller_id: Some("+12025550123".to_owned()),
        edge: Some("ashburn".to_owned()),
        microphone: Some("Jane's Headset (0b0e:0245)".to_owned()),
        ..CallContext::default()
    };
    floor.happens(0, Event::Described(context));
    floor.seconds(20, false);
    floor.seconds(20, true);
    floor.seconds(20, false);
    floor.happens(floor.now, Event::Disconnected);
    let card = floor.card();
    assert_eq!(
        (&card["callSid"], &card["workerSid"], &card["startedAt"], &card["durationMs"], &card["edge"]),
        (&json!(CALL_SID), &json!(WORKER_SID), &json!(1_795_327_609_127_i64), &json!(60_000), &json!("ashburn"))
    );
    assert_eq!((&card["reasons"], &card["diagnosis"]), (&json!(["warningDurPct"]), &json!("your-network")));
    let seconds = card["conditions"]["high-rtt"].as_f64().unwrap();
    assert!((19.0..=21.0).contains(&seconds), "{seconds}");
    assert_eq!(card["metrics"]["rtt"].as_array().unwrap().len(), 2);
    for text in ["2025550123", "jane", "Jane", "Headset"] {
        assert!(!floor.cards[0].contains(text), "{text}");
        assert!(floor.beats.iter().all(|told| !told.text.contains(text)), "{text}");
    }
}

#[test]
fn a_card_says_why_and_with_what_and_a_beat_why() {
    let mut floor = Floor::accepted(&configuration());
    floor.happens(
        0,
        Event::Signal(EnvironmentSignal::Path(NetworkPath {
            network_type: Some(NetworkType::Vpn),
            relay_protocol: Some(RelayProtocol::Tls),
            ..NetworkPath::default()
        })),
    );
    floor.happens(
        0,
        Event::Endpoint(Endpoint {
            headset: Some(Headset::Usb(0x0b0e, 0x0245)),
            codec: Some("opus".to_owned()),
            address: Some(AddressPrefix::V4([198, 41, 0])),
            ..Endpoint::default()
        }),
    );
    floor.seconds(10, false);
    floor.seconds(30, true);
    let causes: Vec<_> = floor.beats.iter().map(|told| told.beat()["cause"].clone()).collect();
    assert_eq!((&causes[0], causes.last().unwrap()), (&Value::Null, &json!("vpn")));
    let last = floor.beats.last().unwrap().beat();
    assert_eq!(last["keys"], json!(["vpn", null, "0b0e:0245", null, null, "0.1.0"]));
    assert_eq!(last["addressPrefix"], json!("198.41.0.0/24"));
    floor.happens(floor.now, Event::Disconnected);
    let card = floor.card();
    let expected = json!({
        "cause": "vpn", "headset": "0b0e:0245", "codec": "opus", "networkType": "vpn", "relayProtocol": "tls",
        "addressPrefix": "198.41.0.0/24", "rttFloorMs": 40
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&card[name], value, "{name}");
    }
}

#[test]
fn a_card_tells_when_what_was_wrong_and_why_and_what_shows_that() {
    let mut floor = Floor::accepted(&configuration());
    let network = |network_type| {
        Event::Signal(EnvironmentSignal::Path(NetworkPath {
            network_type: Some(network_type),
            ..NetworkPath::default()
        }))
    };
    floor.happens(0, network(NetworkType::Ethernet));
    floor.seconds(20, false);
    floor.seconds(20, true);
    floor.seconds(20, false);
    floor.happens(floor.now, network(NetworkType::Vpn));
    floor.seconds(20, false);
    floor.seconds(10, true);
    floor.seconds(20, false);
    floor.happens(floor.now, Event::Disconnected);
    let card = floor.card();
    let stretches = card["timeline"]["your-network"].as_array().unwrap();
    let near = |value: &Value, expected: f64| (value.as_f64().unwrap() - expected).abs() <= 1.0;
    assert_eq!(stretches.len(), 2, "{card}");
    assert!(near(&stretches[0][0], 20.0) && near(&stretches[0][1], 20.0), "{card}");
    assert!(near(&stretches[1][0], 80.0) && near(&stretches[1][1], 10.0), "{card}");
    assert_eq!((&stretches[0][2], &stretches[1][2]), (&Value::Null, &json!("vpn")));
    assert_eq!((&card["cause"], &card["evidence"]), (&json!("vpn"), &json!({"networkType": "vpn"})));
    assert_eq!(card["omittedStretches"], Value::Null);
}

#[test]
fn of_a_timeline_that_is_too_long_the_worst_remains_and_what_is_left_out_is_counted() {
    let mut floor = Floor::accepted(&configuration());
    for length in 0..60 {
        floor.seconds(8, false);
        floor.seconds(10 + length, true);
    }
    floor.seconds(10, false);
    floor.happens(floor.now, Event::Disconnected);
    let card = floor.card();
    let stretches = card["timeline"]["your-network"].as_array().unwrap();
    assert!(stretches.len() > 5, "{card}");
    assert_eq!(stretches.len() as u64 + card["omittedStretches"].as_u64().unwrap(), 60);
    // The longest came last, and each is told after the one before it.
    let from: Vec<_> = stretches.iter().map(|stretch| stretch[0].as_f64().unwrap()).collect();
    assert!(from.is_sorted(), "{from:?}");
    let shortest = stretches.iter().map(|stretch| stretch[1].as_f64().unwrap()).fold(f64::MAX, f64::min);
    assert!(shortest >= (10 + 59 - stretches.len()) as f64 - 1.0, "{shortest}");
    // There would have been no room for another.
    assert!(floor.cards[0].len() > CARD - 20, "{} bytes", floor.cards[0].len());
}

#[test]
fn without_leave_to_name_workers_neither_card_nor_beat_names_one() {
    let mut configuration = configuration();
    configuration["reportWorkers"] = json!(false);
    let mut floor = Floor::accepted(&configuration);
    floor.seconds(40, true);
    floor.happens(floor.now, Event::Disconnected);
    assert_eq!(floor.card()["workerSid"], Value::Null);
    assert!(floor.beats.len() > 2);
    assert!(floor.beats.iter().all(|told| !told.text.contains("WK0")));
}

#[test]
fn what_the_agent_says_in_wrap_up_makes_another_card_of_the_same_call() {
    let mut floor = Floor::accepted(&configuration());
    floor.seconds(20, false);
    floor.happens(floor.now, Event::Disconnected);
    floor.happens(floor.now + 5000, Event::Reported);
    let cards: Vec<_> = floor.cards.iter().map(|text| card(text)).collect();
    assert_eq!(cards.len(), 2);
    assert_eq!((&cards[0]["agentReport"], &cards[1]["agentReport"]), (&Value::Null, &json!(true)));
    assert_eq!((&cards[0]["callSid"], &cards[0]["startedAt"]), (&cards[1]["callSid"], &cards[1]["startedAt"]));
    assert_eq!(cards[1]["reasons"], json!(["agentReport"]));
}

#[test]
fn a_call_in_progress_has_the_card_that_it_would_leave_if_the_page_ended() {
    let mut floor = Floor::accepted(&configuration());
    floor.seconds(12, false);
    let checkpoints = floor.engine.checkpoints(Timestamp(floor.now));
    let text = checkpoints[0].card.as_ref().unwrap().document().to_owned();
    assert_eq!(card(&text)["cutShort"], json!(true));
    assert!(checkpoints[0].alert.is_none());
}

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
    let mut environment = environment();
    environment.browser = Some("Mozilla/5.0 (X11) Gecko/20100101 Firefox/1333.0".to_owned());
    environment.plugin_version = "10.20.30-beta.40".to_owned();
    let mut floor = Floor::new(&configuration());
    floor.engine = Engine::new(Configuration::from_block(&configuration()), environment);
    floor.call = floor.engine.open(Incoming { call_sid: Some(CALL_SID.to_owned()), ..Incoming::default() });
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
    let mut engine = Engine::new(Configuration::from_block(&configuration()), environment());
    let mut beats = Vec::new();
    for number in 0..40_i64 {
        let call = engine.open(Incoming::default());
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

proptest! {
    #[test]
    fn cards_and_beats_stay_within_their_limits_whatever_happens_to_a_call(events in call_invariants::call(), names in any::<bool>()) {
        let mut configuration = configuration();
        configuration["reportWorkers"] = json!(names);
        let mut floor = Floor::accepted(&configuration);
        let long = "\u{1F4DE}\"\\long\n".repeat(100);
        floor.happens(0, Event::Described(CallContext {
            edge: Some(long.clone()),
            voice_sdk_version: Some(long),
            ..CallContext::default()
        }));
        // The longest of everything.
        floor.happens(0, Event::Endpoint(Endpoint {
            headset: Some(Headset::HandsFree),
            codec: Some("telephone-event".to_owned()),
            address: Some(AddressPrefix::V6([0x3ffe, 0xffff, 0xffff])),
            ..Endpoint::default()
        }));
        let mut now = 0;
        for (step, event) in events {
            now = (now + step).max(0);
            let mut line = event.clone();
            line["ms"] = json!(now);
            if let Ok(Entry { content: Content::Event(event), .. }) = recording::read(&line.to_string()) {
                floor.happens(now, event);
            }
        }
        floor.happens(floor.now, Event::Disconnected);
        let card = floor.card();
        let mut told = stretches(&card);
        told.sort_by(|one, other| one.0.total_cmp(&other.0));
        prop_assert!(told.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0 + ROUNDING), "{card}");
        let (total, warning) = (told.iter().map(|(_, length)| length).sum::<f64>(), card["warningMs"].as_f64().unwrap());
        prop_assert!(total <= warning / 1000.0 + ROUNDING * told.len() as f64, "{card}");
        floor.beats.iter().for_each(|told| drop(told.beat()));
        prop_assert!(floor.max_in_a_minute() <= 6);
        let most = BEATS + BEATS * floor.now as f64 / 30_000.0;
        prop_assert!(floor.bytes_between() as f64 <= most, "{} of {most}", floor.bytes_between());
    }
}

#[test]
fn the_pieces_of_a_shared_recording_are_what_the_server_takes_and_are_the_recording_when_put_together() {
    let call_sid = format!("CA{}", "1".repeat(32));
    let worker_sid = format!("WK{}", "2".repeat(32));
    for (bytes, pieces) in [(2, 1), (10_800, 1), (10_801, 2), (21_000, 2), (24 * 10_800, 24)] {
        let packed: Vec<u8> = (0..bytes).map(|index: usize| (index * 7) as u8).collect();
        let recording = Recording {
            call_sid: Some(&call_sid),
            started_at: STARTED,
            direction: Some(CallDirection::Outgoing),
            packed: &packed,
            is_amended: false,
        };
        let mut joined = Vec::new();
        let all = RecordingPiece::all_of(&recording, &Config::default(), Some(&worker_sid));
        assert_eq!(all.len(), pieces, "{bytes} bytes");
        for (index, piece) in all.iter().enumerate() {
            assert!(piece.document().len() <= 15_360, "{} bytes", piece.document().len());
            let document = valid(piece.document(), &PIECE_SCHEMA);
            assert_eq!(document["piece"], index);
            assert_eq!([&document["pieces"], &document["bytes"]], [pieces, bytes]);
            assert_eq!([&document["callSid"], &document["workerSid"]], [&call_sid, &worker_sid]);
            assert_eq!(document["direction"], "outbound");
            joined.extend(BASE64_STANDARD.decode(document["data"].as_str().unwrap()).unwrap());
        }
        assert_eq!(joined, packed);
    }
}
