//! The test call before the shift: only where the admin allows it, once a shift, and never in a call.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use device_monitoring::{CallParties, ClientInfo, Configuration, Effect, Engine, Event, Shift, Timestamp, WallTime};
use serde_json::{Value, json};

const TWELVE_HOURS: i64 = 12 * 3_600_000;
const ALLOWED: &str = r#"{"agentTools": true, "runPreflight": true}"#;

fn engine(configuration: &Value) -> Engine {
    Engine::new(Configuration::from_block(configuration), ClientInfo::default())
}

fn allowed() -> Engine {
    engine(&serde_json::from_str(ALLOWED).unwrap())
}

fn effects(engine: &mut Engine) -> Vec<Effect> {
    std::iter::from_fn(|| engine.poll_effect()).collect()
}

#[test]
fn no_test_call_is_made_unless_the_admin_allows_it() {
    for block in [
        json!({}),
        json!({"agentTools": true}),
        json!({"runPreflight": true}),
        json!({"agentTools": true, "runPreflight": true, "enabled": false}),
    ] {
        assert!(!engine(&block).begin_preflight(Timestamp(0)), "{block}");
    }
    assert!(allowed().begin_preflight(Timestamp(0)));
}

#[test]
fn one_is_made_in_a_shift_and_that_outlives_the_page() {
    let mut engine = allowed();
    assert!(engine.begin_preflight(Timestamp(0)));
    assert_eq!(effects(&mut engine), [Effect::Shift]);
    assert!(!engine.begin_preflight(Timestamp(1)), "it is being made");
    assert!(engine.end_preflight(true));
    assert!(!engine.begin_preflight(Timestamp(60_000)));

    let noon = WallTime(1.7e12);
    let kept = engine.shift().to_text(Timestamp(60_000), noon);
    let mut reloaded = allowed();
    reloaded.resume(Shift::parse(&kept, Timestamp(0), noon).unwrap());
    assert!(!reloaded.begin_preflight(Timestamp(0)));
}

#[test]
fn none_is_made_in_a_call_and_a_call_that_comes_stops_it_at_once() {
    let mut engine = allowed();
    let call = engine.open(CallParties::default());
    assert!(!engine.begin_preflight(Timestamp(0)));
    engine.handle(Timestamp(0), call, &Event::Cancelled);
    assert!(effects(&mut engine).iter().all(|effect| *effect != Effect::StopPreflight));

    assert!(engine.begin_preflight(Timestamp(1)));
    effects(&mut engine);
    engine.open(CallParties::default());
    assert_eq!(effects(&mut engine), [Effect::StopPreflight]);
    assert!(!engine.is_in_preflight());
    assert!(!engine.end_preflight(true), "it was stopped, and says nothing");
    engine.open(CallParties::default());
    assert_eq!(effects(&mut engine), [], "once");
}

#[test]
fn one_that_was_not_made_after_all_is_given_back_and_that_is_kept() {
    let mut engine = allowed();
    assert!(engine.begin_preflight(Timestamp(0)));
    effects(&mut engine);
    assert!(engine.end_preflight(false), "the Function refused the token: that is said");
    assert_eq!(effects(&mut engine), [Effect::Shift]);

    let noon = WallTime(1.7e12);
    let kept = engine.shift().to_text(Timestamp(1000), noon);
    let mut reloaded = allowed();
    reloaded.resume(Shift::parse(&kept, Timestamp(0), noon).unwrap());
    assert!(reloaded.begin_preflight(Timestamp(0)));

    assert!(engine.begin_preflight(Timestamp(60_000)));
    engine.open(CallParties::default());
    effects(&mut engine);
    assert!(!engine.end_preflight(false), "a call came before the token");
    assert_eq!(effects(&mut engine), [Effect::Shift]);
    assert!(!engine.end_preflight(false));
    assert_eq!(effects(&mut engine), [], "once");
}

#[test]
fn a_test_call_does_not_begin_before_what_the_engine_knows_already() {
    let mut engine = allowed();
    engine.activity(Timestamp(60_000), false);
    assert!(engine.begin_preflight(Timestamp(0)));
    assert!(engine.end_preflight(true));
    assert!(!engine.begin_preflight(Timestamp(TWELVE_HOURS)));
    assert!(engine.begin_preflight(Timestamp(TWELVE_HOURS + 60_000)));
}
