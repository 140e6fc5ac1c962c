//! What several tests need: a recording played from lines.

use device_monitoring::config::Configuration;
use device_monitoring::replay::{Player, Replayed};
use serde_json::Value;

/// Plays lines under a configuration.
pub(crate) fn play<'a>(configuration: &Value, lines: impl IntoIterator<Item = &'a str>) -> Replayed {
    let mut player = Player::new(Configuration::of(configuration));
    lines.into_iter().for_each(|line| player.play(line));
    player.replayed()
}
