//! Severely concealed seconds, as the engine counts them from statistics and as the lab heard them in the sound itself.
//!
//! In these recordings the customer's side is a signal that the lab knows sample by sample. What the agent's browser played
//! was held against it, between one reading of the statistics and the next: `truth-sound` says how much was made up.

use crate::recording::{File, Line, Recording};
use device_monitoring::Configuration;
use device_monitoring::replay::Player;
use serde_json::{Value, json};

/// More of a second than this is severe, percent.
const SEVERE: f64 = 5.0;
/// Seconds in which the two counts are compared, wherever these begin.
const WINDOW: usize = 30;

/// One second, between two readings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeardSecond {
    /// The engine takes it for severely concealed.
    pub counted: bool,
    /// It was heard to be.
    pub heard: bool,
}

/// One recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// Its name.
    pub name: String,
    /// Its seconds, as far as both are known.
    pub seconds: Vec<HeardSecond>,
}

impl Sound {
    /// The sound of a recording; `None` where nobody listened.
    #[must_use]
    pub fn new(file: &File) -> Option<Self> {
        let [call] = file.calls.as_slice() else { return None };
        let readings: Vec<&Line> = call.of_kind("stats").collect();
        let heard: Vec<&Line> = call.of_kind("truth-sound").collect();
        let second = |pair: &[&Line]| {
            let [before, now] = pair else { return None };
            let heard = heard.iter().find(|line| line.at == now.at)?;
            let share = |name: &str| heard.fields.get(name).and_then(Value::as_f64);
            let audible = 100.0 * (share("madeUp")? - share("silent")?);
            Some(HeardSecond { counted: is_counted(call, before, now)?, heard: audible > SEVERE })
        };
        let seconds: Vec<HeardSecond> = readings.windows(2).filter_map(second).collect();
        (!heard.is_empty()).then(|| Self { name: file.name.clone(), seconds })
    }

    /// Seconds that the engine counts, and seconds that were heard.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        counts(&self.seconds)
    }

    /// Seconds about which the two do not agree.
    #[must_use]
    pub fn differing(&self) -> usize {
        self.seconds.iter().filter(|second| second.counted != second.heard).count()
    }

    /// By how much the two counts differ at most in any thirty seconds.
    #[must_use]
    pub fn worst_difference(&self) -> usize {
        let difference = |seconds: &[HeardSecond]| {
            let (counted, heard) = counts(seconds);
            counted.abs_diff(heard)
        };
        self.seconds.windows(WINDOW.min(self.seconds.len().max(1))).map(difference).max().unwrap_or_default()
    }
}

fn counts(seconds: &[HeardSecond]) -> (usize, usize) {
    let count = |is: fn(&HeardSecond) -> bool| seconds.iter().filter(|second| is(second)).count();
    (count(|second| second.counted), count(|second| second.heard))
}

/// What the engine makes of the second between two readings; `None` where it does not measure it. Each reading comes with
/// a sample.
fn is_counted(call: &Recording, before: &Line, now: &Line) -> Option<bool> {
    let mut player = Player::new(Configuration::from_block(&json!({})));
    let from = call.of_kind("sample").filter(|line| line.at <= before.at).last()?.at;
    let lines = call.lines.iter().filter(|line| ["sample", "stats"].contains(&line.kind.as_str()));
    player.play(r#"{"ms":0,"type":"accept"}"#);
    for line in lines.filter(|line| from <= line.at && line.at <= now.at) {
        player.play(line.fields.to_string());
    }
    let ended = (now.at * 1000.0).round() as i64 + 1;
    player.play(json!({"ms": ended, "type": "disconnect"}).to_string());
    let replayed = player.replayed();
    let share = replayed.calls.first()?.severely_concealed_pct?;
    Some(share.0 > 0.0)
}
