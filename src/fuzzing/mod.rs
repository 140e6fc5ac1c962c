//! Each way into the engine with any bytes at all: what must hold then, and a failure where it does not.
//!
//! For the fuzz targets in `fuzz/`, which are one line each over these functions, and for the tests that play the
//! committed inputs: the feature `fuzzing`, which is not part of what is shipped.

mod input;
mod invariants;
mod outbox;
mod sent_alerts;
mod storage;

pub(crate) use input::{call_sid, code, milliseconds, share};
pub use outbox::outbox;
pub use sent_alerts::{alert_documents, sent_alerts};

use crate::alert::ClientInfo;
use crate::cause::Cause;
use crate::condition::diagnosis::Diagnosis;
use crate::config::{Config, Configuration, Rule, Severity, Subject};
use crate::engine::Engine;
use crate::engine::recovery::{Recovery, Step};
use crate::input::units::Timestamp;
use crate::replay::{Player, Replayed, ReplayedCall};
use arbitrary::{Arbitrary, Unstructured};
use input::Page;
use invariants::PageWatch;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::LazyLock;

/// A configuration: the bytes are the JSON of `DeviceMonitoringPlugin`, or else a text that stands in its place.
///
/// # Panics
///
/// When the values in force are not what can be in force, or the findings do not account for them.
pub fn configuration(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let block: Value = serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text.as_ref()));
    let found = Configuration::from_block(&block);
    assert_eq!(found, Configuration::from_block(&block), "the same twice is the same");
    let in_force = in_force(&found);
    static DEFAULT: LazyLock<Value> = LazyLock::new(|| self::in_force(&Configuration::default()));

    let in_pilot = self::in_force(&found.clone().inside_pilot());
    assert!(found.findings.is_sorted_by_key(|finding| finding.severity), "worst first");
    for finding in &found.findings {
        assert!(finding.property.chars().count() <= 61, "a long name is cut");
        assert!((10..400).contains(&finding.message.chars().count()), "a sentence: {}", finding.message);
        let (name, own, instead) = match finding.property.strip_prefix("pilot.properties.") {
            Some(name) => (name, &in_pilot, &in_force),
            None => (finding.property.as_str(), &in_force, &*DEFAULT),
        };
        // Of a list, what is not understood is left out.
        if finding.severity == Severity::Error && name != "actions" && own.get(name).is_some() {
            assert_eq!(own.get(name), instead.get(name), "refused: {finding:?}");
        }
    }
    let values = |in_force: &Value| in_force.as_object().cloned().unwrap_or_default();
    for (property, value) in values(&in_force).into_iter().chain(values(&in_pilot)) {
        if let Some(number) = value.as_f64() {
            assert!((0.0..=1e9).contains(&number), "{property} {number}");
        }
        if let Some(action) = value.as_str() {
            let fits = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
            assert!(!action.is_empty() && action.len() <= 64 && action.chars().all(fits), "{action}");
        }
    }
    for config in [Some(&found.config), found.pilot.as_ref().map(|pilot| &pilot.config)].into_iter().flatten() {
        actions(config);
    }
    let again = Configuration::from_block(&in_force);
    assert_eq!(again.config, found.config, "what is in force can be written down and read again");
    assert!(again.findings.iter().all(|finding| finding.severity != Severity::Error), "{:?}", again.findings);
}

/// Whatever an alert is about, it is for some action, for each once, and for no more than the Function takes.
fn actions(config: &Config) {
    let rules = Rule::ALL.iter().map(|rule| vec![*rule]).chain([Rule::ALL.to_vec()]);
    for rules in rules {
        for diagnosis in Diagnosis::all().into_iter().map(Some).chain([None]) {
            let cause = Cause::ALL.iter().find(|cause| diagnosis.is_some_and(|one| cause.explains(one))).copied();
            let names = config.actions_for(&Subject { rules: rules.clone(), diagnosis, cause });
            assert!((1..=8).contains(&names.len()), "{names:?}");
            assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "each once: {names:?}");
            assert!(names.iter().all(|name| !name.is_empty() && !name.contains(',')), "{names:?}");
        }
    }
}

fn in_force(configuration: &Configuration) -> Value {
    serde_json::to_value(&configuration.config).unwrap_or_default()
}

/// A recording: the bytes are its lines.
///
/// # Panics
///
/// When a call of it does not hold together, or a line is neither played nor accounted for.
pub fn recordings(input: &[u8]) {
    let configuration = Configuration::from_block(&json!({
        "alertAgent": true, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5, "endedInWarningIsTrigger": true
    }));
    let lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    let replayed = play(&configuration, &lines);
    assert_eq!(replayed, play(&configuration, &lines), "the same twice is the same");
    assert!(replayed.problems.is_sorted_by_key(|problem| problem.line), "in the order of the file");
    assert!(replayed.problems.iter().all(|problem| problem.line <= lines.len() && !problem.message.is_empty()));
    let unheard = replayed.problems.len() + replayed.skipped.iter().map(|skipped| skipped.count).sum::<usize>();
    // Each call needs a line that begins it and one that ends it, and may have no end: a problem of its own.
    assert!(replayed.calls.len() * 2 + unheard <= lines.len() * 2 + 1, "no more is said than there are lines");
    replayed.calls.iter().for_each(replayed_call);
    assert!(serde_json::to_value(&replayed).is_ok(), "it can be printed");
}

/// What holds for every call that was played, whatever it was played from.
///
/// # Panics
///
/// When it does not.
pub fn replayed_call(call: &ReplayedCall) {
    invariants::conditions(&call.conditions);
    invariants::share(call.duration_ms, call.warning_ms, call.warning_pct);
    assert_eq!(call.alert, !call.reasons.is_empty());
}

fn play(configuration: &Configuration, lines: &[&[u8]]) -> Replayed {
    let mut player = Player::new(configuration.clone());
    lines.iter().for_each(|line| player.play(line));
    player.replayed()
}

/// Events of a page in any order, of known calls and others: the bytes are read by `arbitrary`.
///
/// # Panics
///
/// When a call, a notice or an alert does not hold together, or an engine made anew goes on differently.
pub fn events(input: &[u8]) {
    let Ok(happens) = Page::arbitrary(&mut Unstructured::new(input)) else { return };
    let configuration = happens.configuration();
    let mut engine = Engine::new(configuration.clone(), ClientInfo::default());
    let mut recovery = Recovery::new(&engine);
    let mut page = PageWatch::new(&configuration.config);
    let mut now = Timestamp(0);
    for (at, step) in happens.steps() {
        now = now.max(at);
        wake(&mut engine, at, &mut page);
        match step.clone() {
            Step::Open(parties) => page.opened(engine.open(parties)),
            Step::Handle(call, event) => engine.handle(at, call, &event),
            Step::Forget(call) => {
                engine.forget(call);
                page.forgotten(call);
            }
            Step::Activity { offline } => engine.activity(at, offline),
        }
        drain(&mut engine, &mut page);
        recovery.record(at, step, &engine);
    }
    let mut anew = recovery.engine();
    let end = |engine: &mut Engine, page: &mut PageWatch| {
        for call in page.open_calls() {
            wake(engine, now, page);
            engine.handle(now, call, &crate::input::event::Event::Disconnected);
            drain(engine, page);
        }
        assert!(engine.is_idle() && engine.poll_timeout().is_none(), "nothing is left when all calls are over");
    };
    let mut page_anew = page.clone();
    end(&mut engine, &mut page);
    end(&mut anew, &mut page_anew);
    assert_eq!(page.alerts(), page_anew.alerts(), "an engine made anew judges as the one before would have");
}

/// Wakes the engine at every moment that it asked for, as its owner does.
fn wake(engine: &mut Engine, until: Timestamp, page: &mut PageWatch) {
    while let Some(at) = engine.poll_timeout().filter(|at| *at <= until) {
        engine.handle_timeout(at);
        drain(engine, page);
        assert!(engine.poll_timeout() != Some(at), "it would be woken for the same thing for ever");
    }
}

fn drain(engine: &mut Engine, page: &mut PageWatch) {
    while let Some(effect) = engine.poll_effect() {
        page.take(effect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_configuration(input: Vec<u8>) {
            configuration(&input);
        }

        #[test]
        fn any_bytes_are_events(input: Vec<u8>) {
            events(&input);
        }

        #[test]
        fn any_bytes_are_alerts(input: Vec<u8>) {
            sent_alerts(&input);
        }

        #[test]
        fn any_bytes_are_a_recording(input: Vec<u8>) {
            recordings(&input);
        }
    }
}
