//! A call under an engine that tells of it.

use device_monitoring::{
    CallId, CallParties, ClientInfo, Configuration, Effect, Engine, Event, RawSample, Sample, Timestamp, WallTime,
};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::sync::LazyLock;

pub(super) const CALL_SID: &str = "CA00000000000000000000000000000001";
pub(super) const WORKER_SID: &str = "WK00000000000000000000000000000001";
pub(super) const STARTED: WallTime = WallTime(1_795_327_609_127.0);
/// Bytes of a card.
pub(super) const CARD: usize = 700;
/// Bytes of beats in 30 s of talk, in the mean.
pub(super) const BEATS: f64 = 430.0;

pub(super) fn client() -> ClientInfo {
    ClientInfo {
        plugin_version: "0.1.0".to_owned(),
        flex_ui_version: Some("2.17.1".to_owned()),
        worker_sid: Some(WORKER_SID.to_owned()),
        ..ClientInfo::default()
    }
}

pub(super) fn configuration() -> Value {
    json!({
        "reportCalls": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
        "highJitterThreshold": 30, "endedInWarningIsTrigger": true
    })
}

/// A beat, and when it was made.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) at: i64,
    pub(super) text: String,
}

impl Told {
    pub(super) fn beat(&self) -> Value {
        valid(&self.text, &BEAT_SCHEMA)
    }
}

/// A call under an engine, and what it has told.
pub(super) struct Floor {
    pub(super) engine: Engine,
    pub(super) call: CallId,
    pub(super) now: i64,
    pub(super) beats: Vec<Told>,
    pub(super) cards: Vec<String>,
}

impl Floor {
    pub(super) fn new(configuration: &Value) -> Self {
        let mut engine = Engine::new(Configuration::from_block(configuration), client());
        let incoming = CallParties {
            call_sid: Some(CALL_SID.to_owned()),
            from: Some("+12025550123".to_owned()),
            to: Some("client:jane".to_owned()),
            ..CallParties::default()
        };
        let call = engine.open(incoming);
        Self { engine, call, now: 0, beats: Vec::new(), cards: Vec::new() }
    }

    pub(super) fn accepted(configuration: &Value) -> Self {
        let mut floor = Self::new(configuration);
        floor.happens(0, Event::Accepted { at: STARTED, found_in_progress: false });
        floor
    }

    pub(super) fn happens(&mut self, at: i64, event: Event) {
        while let Some(due) = self.engine.poll_timeout().filter(|due| due.0 <= at) {
            self.engine.handle_timeout(due);
            assert!(self.engine.poll_timeout().is_none_or(|next| next > due), "it is woken again and again");
            self.listen(due.0);
        }
        self.now = self.now.max(at);
        self.engine.handle(Timestamp(at), self.call, &event);
        self.listen(self.now);
    }

    pub(super) fn listen(&mut self, at: i64) {
        while let Some(effect) = self.engine.poll_effect() {
            match effect {
                Effect::Beat { beat, .. } => self.beats.push(Told { at, text: beat.document().to_owned() }),
                Effect::Card(card) => self.cards.push(card.document().to_owned()),
                _ => {}
            }
        }
    }

    pub(super) fn seconds(&mut self, count: i64, is_bad: bool) {
        for _ in 0..count {
            let (rtt, jitter, mos) = if is_bad { (900.0, 90.0, 2.0) } else { (40.0, 3.0, 4.4) };
            let raw =
                RawSample { rtt, jitter, mos, bytes_received: 8000.0, bytes_sent: 8000.0, ..RawSample::default() };
            self.happens(self.now + 1000, Event::Sample(Sample::from(raw)));
        }
    }

    pub(super) fn card(&self) -> Value {
        assert_eq!(self.cards.len(), 1);
        card(&self.cards[0])
    }

    /// Bytes of all beats but the first and the last of the call, which come however short it is.
    pub(super) fn bytes_between(&self) -> usize {
        let between = self.beats.iter().skip(1).filter(|told| !told.text.contains("\"ended\":true"));
        between.map(|told| told.text.len()).sum()
    }

    pub(super) fn max_in_a_minute(&self) -> usize {
        let within =
            |from: &Told| self.beats.iter().filter(|other| (from.at..from.at + 60_000).contains(&other.at)).count();
        self.beats.iter().map(within).max().unwrap_or_default()
    }
}

pub(super) static CARD_SCHEMA: LazyLock<Validator> =
    LazyLock::new(|| validator(include_str!("../../plugin-serverless/assets/card.schema.private.json")));
pub(super) static BEAT_SCHEMA: LazyLock<Validator> =
    LazyLock::new(|| validator(include_str!("../../plugin-serverless/assets/beat.schema.private.json")));

pub(super) static PIECE_SCHEMA: LazyLock<Validator> =
    LazyLock::new(|| validator(include_str!("../../plugin-serverless/assets/recording-piece.schema.private.json")));

fn validator(schema: &str) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

pub(super) fn valid(text: &str, validator: &Validator) -> Value {
    let document = serde_json::from_str(text).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new(), "{document:#}");
    document
}

pub(super) fn card(text: &str) -> Value {
    assert!(text.len() <= CARD, "{} bytes: {text}", text.len());
    valid(text, &CARD_SCHEMA)
}
