//! What several tests need: a recording played from lines, or taken straight into an engine.

#[cfg(not(target_arch = "wasm32"))]
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) mod flex_state;
#[cfg(not(target_arch = "wasm32"))]
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) mod memory_storage;
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) mod scenario;

use device_monitoring::replay::recording::{self, Content, Entry};
use device_monitoring::replay::{Player, Replayed};
use device_monitoring::{
    CallId, CallParties, ClientInfo, Configuration, Effect, Engine, Event, Recovery, Step, Timestamp, WallTime,
};
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
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) fn play<'a>(configuration: &Value, lines: impl IntoIterator<Item = &'a str>) -> Replayed {
    let mut player = Player::new(Configuration::from_block(configuration));
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
    let mut engine = Engine::new(Configuration::from_block(configuration), ClientInfo::default());
    let mut recovery = Recovery::new(&engine);
    let call = engine.open(CallParties::default());
    recovery.record(Timestamp(0), Step::Open(CallParties::default()), &engine);
    let mut effects = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if index == at {
            engine = recovery.engine();
        }
        let Ok(Entry { at: now, content, .. }) = recording::read(line) else { continue };
        let event = match content {
            Content::Accepted { found_in_progress } => Event::Accepted { at: WallTime(0.0), found_in_progress },
            Content::Event(event) => event,
            _ => continue,
        };
        while let Some(due) = engine.poll_timeout().filter(|due| *due <= now) {
            engine.handle_timeout(due);
        }
        engine.handle(now, call, &event);
        recovery.record(now, Step::Handle(CallId(call.0), event), &engine);
        while let Some(effect) = engine.poll_effect() {
            effects.extend(Some(effect).filter(|effect| matches!(effect, Effect::Ended { .. } | Effect::Alert(_))));
        }
    }
    effects
}
