//! What several tests need: a recording played from lines, or taken straight into an engine.

use device_monitoring::alert::Environment;
use device_monitoring::call::Incoming;
use device_monitoring::config::Configuration;
use device_monitoring::engine::{CallId, Effect, Engine};
use device_monitoring::event::Event;
use device_monitoring::recovery::{Recovery, Step};
use device_monitoring::replay::{Player, Replayed};
use device_monitoring::sample::{RawSample, Sample};
use device_monitoring::statistics::{RawStatistics, Statistics};
use device_monitoring::units::{Timestamp, WallTime};
use device_monitoring::warning::{Statistic, WarningData, WarningName};
use serde_json::Value;

/// Samples in which nothing is a possible number.
#[allow(dead_code, reason = "not every test file needs them")]
pub(crate) const UNREADABLE: [&str; 8] = [
    "{}",
    r#"{"jitter":null,"rtt":null,"packetsLost":null,"packetsReceived":null,"mos":null,"bytesReceived":null}"#,
    r#"{"jitter":"3","rtt":"40","packetsLost":"0","packetsReceived":"50","mos":"4.4","bytesSent":"8000"}"#,
    r#"{"jitter":"NaN","rtt":"Infinity","packetsLost":"-Infinity","packetsReceived":"","mos":"NaN"}"#,
    r#"{"jitter":-1,"rtt":-40,"packetsReceived":-50,"mos":-4,"bytesReceived":-1,"bytesSent":-1,"audioInputLevel":-1}"#,
    r#"{"jitter":1e300,"rtt":60001,"packetsLost":1e300,"packetsReceived":1e9,"mos":687268,"bytesSent":1e300}"#,
    r#"{"jitter":[3],"rtt":{},"packetsLost":true,"packetsReceived":{"value":50},"mos":[],"bytesReceived":false}"#,
    r#"{"packetsLost":1,"packetsReceived":null,"mos":0.99,"audioOutputLevel":32768}"#,
];

/// Plays lines under a configuration.
pub(crate) fn play<'a>(configuration: &Value, lines: impl IntoIterator<Item = &'a str>) -> Replayed {
    let mut player = Player::new(Configuration::of(configuration));
    lines.into_iter().for_each(|line| player.play(line));
    player.replayed()
}

/// What an engine says of a call in the end, event by event in the order of the lines.
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) fn judged(configuration: &Value, lines: &[String]) -> Vec<Effect> {
    judged_in_two(configuration, lines, lines.len())
}

/// The same with an engine that is made anew after so many lines.
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) fn judged_in_two(configuration: &Value, lines: &[String], at: usize) -> Vec<Effect> {
    let mut engine = Engine::new(Configuration::of(configuration), Environment::default());
    let mut recovery = Recovery::of(&engine);
    let call = engine.open(Incoming::default());
    recovery.note(Timestamp(0), Step::Open(Incoming::default()), &engine);
    let mut said = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if index == at {
            engine = recovery.engine();
        }
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        let now = Timestamp(line["ms"].as_i64().unwrap_or_default());
        let Some(event) = event(&line) else { continue };
        engine.handle(now, call, &event);
        recovery.note(now, Step::Handle(CallId(call.0), event), &engine);
        while let Some(effect) = engine.poll_effect() {
            said.extend(Some(effect).filter(|effect| matches!(effect, Effect::Ended { .. } | Effect::Alert(_))));
        }
    }
    said
}

/// What a line of a recording says.
fn event(line: &Value) -> Option<Event> {
    let name = || WarningName::parse(line["name"].as_str()?);
    let code = line["code"].as_u64().and_then(|code| u32::try_from(code).ok());
    Some(match line["type"].as_str()? {
        "accept" => Event::Accepted { at: WallTime(0.0), midway: false },
        "sample" => Event::Sample(Sample::from(serde_json::from_value::<RawSample>(line["sample"].clone()).ok()?)),
        "stats" => Event::Statistics(statistics(&line["stats"])),
        "warning" => {
            let values = line["data"]["values"].as_array().map(Vec::as_slice).unwrap_or_default();
            Event::Warning(
                name()?,
                WarningData {
                    statistic: line["data"]["threshold"]["name"].as_str().and_then(Statistic::parse),
                    values: values.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect(),
                },
            )
        }
        "warning-cleared" => Event::WarningCleared(name()?),
        "mute" => Event::Muted(line["muted"].as_bool()?),
        "hold" => Event::Held(line["held"].as_bool()?),
        "reconnecting" => Event::Reconnecting { code },
        "reconnected" => Event::Reconnected,
        "transportClose" => Event::TransportClosed,
        "error" => Event::Error { code },
        "disconnect" => Event::Disconnected,
        _ => return None,
    })
}

fn statistics(stats: &Value) -> Statistics {
    let number = |part: &str, name: &str| stats[part][name].as_f64().unwrap_or(f64::NAN);
    Statistics::from(RawStatistics {
        current_round_trip_time: number("candidatePair", "currentRoundTripTime"),
        fraction_lost: number("remoteInbound", "fractionLost"),
        round_trip_time_measurements: number("remoteInbound", "roundTripTimeMeasurements"),
        reports_sent: number("remoteOutbound", "reportsSent"),
        concealed_samples: number("inbound", "concealedSamples"),
        total_samples_received: number("inbound", "totalSamplesReceived"),
        packets_lost: number("inbound", "packetsLost"),
        packets_received: number("inbound", "packetsReceived"),
        audio_level: number("mediaSource", "audioLevel"),
    })
}
