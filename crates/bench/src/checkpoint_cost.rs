//! What a checkpoint costs late in a call whose network comes and goes: all of its episodes are judged each time.

use crate::report::{Report, spread};
use anyhow::{Context, Result, ensure};
use device_monitoring::outbox::Form;
use device_monitoring::{
    CallParties, ClientInfo, Configuration, Engine, Event, Timestamp, WallTime, WarningData, WarningName,
};
use serde_json::Value;
use std::hint::black_box;
use std::time::Instant;

/// Stretches of each condition; a thousand in an hour is one every 3.6 s.
const STRETCHES: [i64; 3] = [250, 500, 1000];
const EVERY: i64 = 3600;
const LASTS: i64 = 2000;
/// What comes and goes, each a little after the other.
const WARNINGS: [WarningName; 4] = [
    WarningName::IceConnectivityLost,
    WarningName::LowBytesSent,
    WarningName::LowBytesReceived,
    WarningName::ConstantAudioInputLevel,
];
const APART: i64 = 100;
const CHECKPOINTS: usize = 500;

/// A call with so many stretches, and the moment after the last.
fn call(stretches: i64) -> (Engine, Timestamp) {
    let mut engine = Engine::new(Configuration::default(), ClientInfo::default());
    let call = engine.open(CallParties::default());
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime::default(), found_in_progress: false });
    let tell = |engine: &mut Engine, at: i64, event: Event| engine.handle(Timestamp(at), call, &event);
    for stretch in 0..stretches {
        for (at, name) in (1..).map(|n| stretch * EVERY + n * APART).zip(WARNINGS) {
            tell(&mut engine, at, Event::Warning(name, WarningData::default()));
        }
        for (at, name) in (1..).map(|n| stretch * EVERY + LASTS + n * APART).zip(WARNINGS) {
            tell(&mut engine, at, Event::WarningCleared(name));
        }
    }
    while engine.poll_effect().is_some() {}
    (engine, Timestamp(stretches * EVERY))
}

/// Episodes of each condition that the call would alert with if it ended now.
fn episodes(engine: &Engine, now: Timestamp) -> Result<Vec<u64>> {
    let alert = engine.checkpoints(now).into_iter().find_map(|checkpoint| checkpoint.alert);
    let document: Value = serde_json::from_str(&Form::new(&alert.context("the call does not alert")?).document())?;
    let conditions = document.get("conditions").and_then(Value::as_array).context("the alert has no conditions")?;
    let count = |condition: &Value| {
        let kept = condition.get("episodes").and_then(Value::as_array).map_or(0, Vec::len);
        condition.get("omittedEpisodes").and_then(Value::as_u64).unwrap_or_default() + kept as u64
    };
    Ok(conditions.iter().map(count).collect())
}

/// Adds how long a checkpoint takes.
pub(crate) fn measure(written: &mut Report) -> Result<()> {
    written.line("");
    written.line(
        "| a checkpoint after so many stretches of four conditions, microseconds | median | a twentieth below, above |",
    );
    written.line("| --- | --- | --- |");
    for stretches in STRETCHES {
        let (engine, now) = call(stretches);
        let found = episodes(&engine, now)?;
        ensure!(found == [stretches as u64; WARNINGS.len()], "{stretches} stretches are episodes: {found:?}");
        let times = (0..CHECKPOINTS).map(|_| {
            let started = Instant::now();
            black_box(engine.checkpoints(black_box(now)));
            started.elapsed().as_nanos() as f64 / 1000.0
        });
        let [fast, median, slow] = spread(times.collect());
        written.line(&format!("| {stretches} | {median:.0} | {fast:.0}, {slow:.0} |"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stretch_is_an_episode_of_its_condition() {
        let (engine, now) = call(20);
        assert_eq!(episodes(&engine, now).unwrap(), [20; WARNINGS.len()]);
    }
}
