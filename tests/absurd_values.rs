//! Values that no browser measures, in every field of samples, statistics and signals: what is sent of the call stays
//! what the Function takes. It refuses an alert of another form for good.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use device_monitoring::outbox::Form;
use device_monitoring::{
    CallParties, CandidatePair, ClientInfo, Configuration, Effect, Endpoint, Engine, EnvironmentSignal, Event, Inbound,
    MediaPlayout, MediaSource, Milliseconds, NetworkPath, PressureState, RawEndpoint, RawPath, RawSample,
    RawStatistics, RemoteInbound, RemoteOutbound, Sample, Statistics, Timestamp, TrackState, WallTime,
};
use jsonschema::Validator;
use serde_json::{Value, json};

const ABSURD: [f64; 14] = [
    0.0,
    1.0,
    50.0,
    8000.0,
    1e9,
    1e13,
    1e15,
    1e300,
    f64::MAX,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    -1.0,
    -1e300,
];

/// Numbers in an order that is the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        // Knuth's MMIX generator.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    /// Mostly this, now and then something absurd.
    fn or_absurd(&mut self, plausible: f64) -> f64 {
        if self.below(4) > 0 { plausible } else { ABSURD.get(self.below(ABSURD.len())).copied().unwrap() }
    }
}

fn validator(schema: &str) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

fn sample(of: &mut Numbers) -> Sample {
    Sample::from(RawSample {
        rtt: of.or_absurd(900.0),
        jitter: of.or_absurd(90.0),
        mos: of.or_absurd(2.0),
        packets_lost: of.or_absurd(9.0),
        packets_received: of.or_absurd(50.0),
        packets_sent: of.or_absurd(50.0),
        bytes_received: of.or_absurd(8000.0),
        bytes_sent: of.or_absurd(8000.0),
        audio_input_level: of.or_absurd(900.0),
        audio_output_level: of.or_absurd(900.0),
    })
}

fn statistics(of: &mut Numbers, second: f64) -> Statistics {
    Statistics::from(RawStatistics {
        candidate_pair: CandidatePair {
            current_round_trip_time: of.or_absurd(0.9),
            responses_received: of.or_absurd(second),
        },
        remote_inbound: RemoteInbound {
            fraction_lost: of.or_absurd(0.3),
            packets_lost: of.or_absurd(second * 15.0),
            round_trip_time_measurements: of.or_absurd(second),
        },
        remote_outbound: RemoteOutbound {
            reports_sent: of.or_absurd(second),
            remote_timestamp: of.or_absurd(1.8e12 + second * 1000.0),
        },
        inbound: Inbound {
            concealed_samples: of.or_absurd(second * 4000.0),
            silent_concealed_samples: of.or_absurd(second * 10.0),
            total_samples_received: of.or_absurd(second * 8000.0),
            jitter_buffer_delay: of.or_absurd(second * second * 300.0),
            jitter_buffer_emitted_count: of.or_absurd(second * 8000.0),
            packets_lost: of.or_absurd(0.0),
            packets_received: of.or_absurd(second * 50.0),
            concealment_events: of.or_absurd(second * 4.0),
        },
        media_source: MediaSource {
            audio_level: of.or_absurd(0.1),
            echo_return_loss: of.or_absurd(-30.0),
            echo_return_loss_enhancement: of.or_absurd(20.0),
        },
        media_playout: MediaPlayout {
            synthesized_samples_duration: of.or_absurd(second * 0.4),
            total_samples_duration: of.or_absurd(second),
        },
    })
}

fn signal(of: &mut Numbers, second: f64) -> EnvironmentSignal {
    match of.below(5) {
        0 => EnvironmentSignal::Track(
            [TrackState::Live, TrackState::Muted, TrackState::Ended].get(of.below(3)).copied().unwrap(),
        ),
        1 => EnvironmentSignal::Pressure(
            [PressureState::Nominal, PressureState::Critical].get(of.below(2)).copied().unwrap(),
        ),
        2 => EnvironmentSignal::LateTick(Milliseconds(of.or_absurd(400.0))),
        3 => EnvironmentSignal::MutedLevel(of.or_absurd(0.1)),
        _ => {
            let name = ["wifi", "vpn", "ethernet", "no network"].get(of.below(4)).copied().map(str::to_owned);
            let changes = of.or_absurd(second);
            let path = RawPath { network_type: name, selected_candidate_pair_changes: changes, ..RawPath::default() };
            EnvironmentSignal::Path(NetworkPath::from(path))
        }
    }
}

/// The call's endpoint, as another script of the page may have changed it.
fn endpoint(of: &mut Numbers) -> Endpoint {
    let mut text = |texts: [&str; 4]| texts.get(of.below(4)).copied().map(str::to_owned);
    let microphone = text(["Headset of Jane Doe (0b0e:24c7)", "\u{202e}(ffff:fffff)", "(00000000:+12025550123)", ""]);
    let headset = text(["0b0e:24c7", "built-in", "a name", "0B0E:24C7\n"]);
    let codec = text(["opus", "PCMU", "opus\u{0}", "a codec with a name of its own"]);
    let address = text(["192.0.2.1", "2001:db8::1", "999.1.1.1.1", "a.local"]);
    Endpoint::from(RawEndpoint {
        microphone,
        headset,
        codec,
        address,
        cpu_performance: of.or_absurd(2.0),
        hardware_concurrency: of.or_absurd(8.0),
        device_memory: of.or_absurd(16.0),
        web_rtc_redirected: Some(of.below(2) > 0),
    })
}

#[test]
fn whatever_is_measured_the_server_takes_the_alert_and_the_card() {
    let alerts = validator(include_str!("../plugin-serverless/assets/alert.schema.private.json"));
    let cards = validator(include_str!("../plugin-serverless/assets/card.schema.private.json"));
    let configuration = json!({
        "alertAgent": true, "reportCalls": true, "highRttThreshold": 400, "highJitterThreshold": 30,
        "lowMosThreshold": 3.5, "highPacketsLostThreshold": 3, "shortCallThreshold": 10_000,
        "severelyConcealedPctThreshold": 1,
    });
    let mut causes = 0;
    for seed in 0..200 {
        let mut of = Numbers(seed);
        let mut engine = Engine::new(Configuration::from_block(&configuration), ClientInfo::default());
        let sid = "CA00000000000000000000000000000001".to_owned();
        let call = engine.open(CallParties { call_sid: Some(sid), ..CallParties::default() });
        let accepted = Event::Accepted { at: WallTime(1_795_327_609_127.0), found_in_progress: false };
        engine.handle(Timestamp(0), call, &accepted);
        for second in 1..=30 {
            let now = Timestamp(second * 1000);
            let second = second as f64;
            engine.handle(now, call, &Event::Sample(sample(&mut of)));
            engine.handle(now, call, &Event::Statistics(statistics(&mut of, second)));
            engine.handle(now, call, &Event::Signal(signal(&mut of, second)));
            engine.handle(now, call, &Event::Endpoint(endpoint(&mut of)));
        }
        engine.handle(Timestamp(31_000), call, &Event::Disconnected);
        let mut taken = (false, false);
        while let Some(effect) = engine.poll_effect() {
            let (document, validator, is_taken) = match effect {
                Effect::Alert(alert) => (Form::new(&alert).document(), &alerts, &mut taken.0),
                Effect::Card(card) => (card.document().to_owned(), &cards, &mut taken.1),
                _ => continue,
            };
            let document: Value = serde_json::from_str(&document).unwrap();
            let wrong: Vec<_> =
                validator.iter_errors(&document).map(|error| error.instance_path().to_string()).collect();
            assert!(wrong.is_empty(), "{seed}: {wrong:?} of {document}");
            causes += document["causes"].as_array().map_or(0, Vec::len);
            *is_taken = true;
        }
        assert_eq!(taken, (true, true), "{seed}");
    }
    assert!(causes > 50, "{causes} causes: too few to show anything");
}
