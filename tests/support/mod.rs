//! What several tests need: a recording played from lines.

use device_monitoring::config::Configuration;
use device_monitoring::replay::{Player, Replayed};
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
