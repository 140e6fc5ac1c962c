//! An engine that is made anew goes on as the one before would have.

use device_monitoring::{
    CallContext, CallDirection, CallId, CallParties, ClientInfo, Conference, Configuration, Effect, Engine, Event,
    Participant, RawSample, Recovery, Sample, Step, Timestamp, WallTime, WarningData, WarningName,
};
use proptest::prelude::*;
use serde_json::json;

fn engine() -> Engine {
    let configuration = json!({
        "alertAgent": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
        "endedInWarningIsTrigger": true
    });
    Engine::new(Configuration::from_block(&configuration), ClientInfo::default())
}

fn sample() -> impl Strategy<Value = Event> {
    (any::<bool>(), any::<bool>(), 0.0..9.0_f64).prop_map(|(slow, dead, lost)| {
        let bytes = if dead { 0.0 } else { 8000.0 };
        Event::Sample(Sample::from(RawSample {
            rtt: if slow { 900.0 } else { 40.0 },
            packets_lost: lost.floor(),
            packets_received: 50.0,
            bytes_received: bytes,
            bytes_sent: bytes,
            ..RawSample::default()
        }))
    })
}

fn event() -> impl Strategy<Value = Event> {
    let warnings = prop::sample::select(vec![WarningName::LowBytesSent, WarningName::ConstantAudioInputLevel]);
    prop_oneof![
        20 => sample(),
        2 => warnings.clone().prop_map(|name| Event::Warning(name, WarningData { statistic: None, values: vec![] })),
        2 => warnings.prop_map(Event::WarningCleared),
        1 => any::<bool>().prop_map(Event::Muted),
        1 => any::<bool>().prop_map(Event::Snoozed),
        1 => any::<bool>().prop_map(|speaking| Event::Monitoring { speaking }),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(on_hold, joined)| {
            let customer = Participant::new("customer", if joined { "joined" } else { "connecting" }, on_hold);
            Event::Conference(Conference { on_hold: false, others: vec![customer] })
        }),
        1 => any::<bool>().prop_map(|own| Event::Described(CallContext {
            direction: Some(CallDirection::Outgoing),
            task_sid: own.then(|| "WT00000000000000000000000000000001".to_owned()),
            ..CallContext::default()
        })),
        1 => Just(Event::Reconnecting { code: Some(53405) }),
        1 => Just(Event::Reconnected),
        1 => Just(Event::Disconnected),
    ]
}

/// Two calls, announced and accepted, and what happens to either in the next minutes.
fn steps() -> impl Strategy<Value = Vec<(Timestamp, Step)>> {
    let happening = (1_u32..=2, 0_i64..1500, event());
    prop::collection::vec(happening, 0..150).prop_map(|happenings| {
        let mut now = 0;
        let accepted = Event::Accepted { at: WallTime(1_795_327_609_127.0), found_in_progress: false };
        let opened = [1, 2].map(|_| (Timestamp(0), Step::Open(CallParties::default())));
        let taken = [1, 2].map(|id| (Timestamp(0), Step::Handle(CallId(id), accepted.clone())));
        let happenings = happenings.into_iter().map(|(id, later, event)| {
            now += later;
            (Timestamp(now), Step::Handle(CallId(id), event))
        });
        opened.into_iter().chain(taken).chain(happenings).collect()
    })
}

fn take(engine: &mut Engine, now: Timestamp, step: &Step) -> Vec<Effect> {
    let mut effects = Vec::new();
    while let Some(due) = engine.poll_timeout().filter(|due| *due <= now) {
        engine.handle_timeout(due);
    }
    match step.clone() {
        Step::Open(parties) => drop(engine.open(parties)),
        Step::Handle(id, event) => engine.handle(now, id, &event),
        Step::Forget(id) => engine.forget(id),
        Step::Activity { offline } => engine.activity(now, offline),
    }
    while let Some(effect) = engine.poll_effect() {
        effects.push(effect);
    }
    effects
}

proptest! {
    #[test]
    fn an_engine_made_anew_at_any_moment_goes_on_as_the_one_before_would_have(
        steps in steps(), at in any::<prop::sample::Index>()
    ) {
        let mut healthy = engine();
        let mut recovery = Recovery::new(&healthy);
        let (before, after) = steps.split_at(at.index(steps.len()));
        for (now, step) in before {
            take(&mut healthy, *now, step);
            recovery.record(*now, step.clone(), &healthy);
        }
        let mut anew = recovery.engine();
        prop_assert_eq!(anew.poll_effect(), None, "what was done is not done again");
        for (now, step) in after {
            prop_assert_eq!(take(&mut anew, *now, step), take(&mut healthy, *now, step));
        }
    }
}

#[test]
fn a_call_that_is_forgotten_gets_no_verdict_and_the_other_goes_on() {
    let mut engine = engine();
    let mut recovery = Recovery::new(&engine);
    let accepted = Event::Accepted { at: WallTime(0.0), found_in_progress: false };
    let steps = [
        Step::Open(CallParties::default()),
        Step::Open(CallParties::default()),
        Step::Handle(CallId(1), accepted.clone()),
        Step::Handle(CallId(2), accepted),
        Step::Forget(CallId(1)),
    ];
    for step in steps {
        take(&mut engine, Timestamp(0), &step);
        recovery.record(Timestamp(0), step, &engine);
    }
    let mut anew = recovery.engine();
    assert_eq!(take(&mut anew, Timestamp(5000), &Step::Handle(CallId(1), Event::Disconnected)), []);
    let ended = take(&mut anew, Timestamp(5000), &Step::Handle(CallId(2), Event::Disconnected));
    assert!(matches!(ended.as_slice(), [Effect::Alert(_), Effect::Ended { .. }, Effect::Shift]), "{ended:?}");
}

#[test]
fn an_engine_that_is_made_anew_knows_whether_a_test_call_is_being_made() {
    let configuration = Configuration::from_block(&json!({"agentTools": true, "runPreflight": true}));
    let mut engine = Engine::new(configuration, ClientInfo::default());
    assert!(engine.begin_preflight(Timestamp(0)));
    let mut recovery = Recovery::new(&engine);
    assert!(recovery.engine().is_in_preflight(), "a call that comes has to stop it");

    engine.end_preflight(false);
    recovery.preflight_ended(false);
    let mut anew = recovery.engine();
    assert_eq!((anew.is_in_preflight(), anew.shift()), (false, engine.shift()));
    assert!(anew.begin_preflight(Timestamp(1000)));

    let mut recovery = Recovery::new(&anew);
    let step = Step::Open(CallParties::default());
    take(&mut anew, Timestamp(2000), &step);
    recovery.record(Timestamp(2000), step, &anew);
    recovery.preflight_ended(true);
    assert!(!recovery.engine().is_in_preflight() && !recovery.engine().is_idle());
}
