//! The alert document as the server gets it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use device_monitoring::alert::{Alert, Environment};
use device_monitoring::call::Incoming;
use device_monitoring::config::Configuration;
use device_monitoring::engine::{CallId, Effect, Engine};
use device_monitoring::event::Event;
use device_monitoring::json::to_json;
use device_monitoring::sample::{RawSample, Sample};
use device_monitoring::units::{Timestamp, WallTime};
use device_monitoring::warning::{WarningData, WarningName};
use serde_json::{Value, json};

/// A call under an engine, second by second.
struct Watched {
    engine: Engine,
    call: CallId,
    now: i64,
}

impl Watched {
    fn new() -> Self {
        let configuration = json!({"highRttThreshold": 400, "highJitterThreshold": 30, "lowMosThreshold": 3.5});
        let environment = Environment { plugin_version: "1.2.3".to_owned(), ..Environment::default() };
        let mut engine = Engine::new(Configuration::of(&configuration), environment);
        let call = engine.open(Incoming { call_sid: Some("CA1".to_owned()), ..Incoming::default() });
        let mut watched = Self { engine, call, now: 0 };
        watched.happens(Event::Accepted { at: WallTime(1_795_327_609_127.0), midway: false });
        watched
    }

    fn happens(&mut self, event: Event) {
        self.engine.handle(Timestamp(self.now), self.call, event);
    }

    fn second(&mut self, bad: bool) {
        self.now += 1000;
        let (rtt, jitter, mos) = if bad { (900.0, 90.0, 2.0) } else { (40.0, 3.0, 4.4) };
        let raw = RawSample { rtt, jitter, mos, bytes_received: 8000.0, bytes_sent: 8000.0, ..RawSample::default() };
        self.happens(Event::Sample(Sample::from(raw)));
    }

    fn alert(mut self) -> Value {
        self.happens(Event::Disconnected);
        let mut alerts = Vec::<Box<Alert>>::new();
        while let Some(effect) = self.engine.poll_effect() {
            if let Effect::Alert(alert) = effect {
                alerts.push(alert);
            }
        }
        assert_eq!(alerts.len(), 1);
        let json = to_json(&*alerts[0]).unwrap();
        assert!(json.len() < 16_384, "{} bytes", json.len());
        serde_json::from_str(&json).unwrap()
    }
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
    assert_eq!((alert["version"].as_u64(), alert["id"].as_str()), (Some(1), Some("alert-CA1")));
    assert_eq!(alert["startedAt"], "2026-11-22T06:06:49.127Z");
    assert_eq!(alert["endedAt"], "2026-11-22T06:06:50.127Z");
    assert_eq!(alert["versions"]["plugin"], "1.2.3");
    assert_eq!(
        (alert["configurationSource"].as_str(), alert["configuration"]["highRttThreshold"].as_i64()),
        (Some("attributes"), Some(400))
    );
    assert_eq!(alert["metrics"]["rtt"], json!({"samples": 1, "min": 40, "mean": 40, "p95": 40, "max": 40}));
}
