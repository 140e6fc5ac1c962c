//! What an agent is told over a shift: once per trouble, within a budget, and nothing of what they snoozed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use device_monitoring::{
    CallContext, CallId, CallParties, ClientInfo, Configuration, Diagnosis, Effect, Engine, Event, Notice, Phase,
    RawSample, Sample, Shift, Timestamp, WallTime, WarningData, WarningName,
};
use serde_json::json;

const NOON: WallTime = WallTime(1_700_000_000_000.0);

struct Page {
    engine: Engine,
    now: i64,
    /// Notifications that came up.
    toasts: Vec<Notice>,
    shown: Option<Notice>,
    /// Whether the last call's end called for attention; `None`: it had nothing to say.
    ended_loudly: Option<bool>,
    calls: u32,
}

impl Page {
    fn new(configuration: &serde_json::Value) -> Self {
        let engine = Engine::new(Configuration::from_block(configuration), ClientInfo::default());
        Self { engine, now: 0, toasts: Vec::new(), shown: None, ended_loudly: None, calls: 0 }
    }

    fn call(&mut self) -> CallId {
        self.calls += 1;
        let call_sid = Some(format!("CA{}", self.calls));
        let call = self.engine.open(CallParties { call_sid, ..CallParties::default() });
        self.tell(call, Event::Accepted { at: NOON, found_in_progress: false });
        call
    }

    fn tell(&mut self, call: CallId, event: Event) {
        self.engine.handle(Timestamp(self.now), call, &event);
        self.drain();
    }

    fn pass(&mut self, millis: i64) {
        let until = self.now + millis;
        while let Some(at) = self.engine.poll_timeout().filter(|at| at.0 <= until) {
            self.engine.handle_timeout(at);
            self.drain();
        }
        self.now = until;
    }

    fn drain(&mut self) {
        while let Some(effect) = self.engine.poll_effect() {
            match effect {
                Effect::Toast(Some(notice)) => self.toasts.push(notice),
                Effect::Notice { notice, .. } => self.shown = notice,
                Effect::Ended { text, quiet, .. } => self.ended_loudly = text.map(|_| !quiet),
                Effect::Toast(None)
                | Effect::Reported { .. }
                | Effect::Alert(_)
                | Effect::Card(_)
                | Effect::Beat { .. }
                | Effect::Shift
                | Effect::StopPreflight => {}
            }
        }
    }

    fn trouble(&mut self, call: CallId, warning: WarningName) {
        self.tell(call, Event::Warning(warning, WarningData::default()));
    }

    fn healed(&mut self, call: CallId, warning: WarningName) {
        self.tell(call, Event::WarningCleared(warning));
        self.pass(10_000);
    }

    /// A call of a minute with so many stretches of trouble.
    fn troubled_call(&mut self, times: usize) {
        let call = self.call();
        for _ in 0..times {
            self.pass(20_000);
            self.trouble(call, WarningName::ConstantAudioInputLevel);
            self.pass(1000);
            self.healed(call, WarningName::ConstantAudioInputLevel);
        }
        self.tell(call, Event::Disconnected);
    }
}

fn telling(more: serde_json::Value) -> serde_json::Value {
    let mut configuration = json!({"alertAgent": true, "warningDurPctThreshold": 100});
    configuration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    configuration
}

#[test]
fn the_notice_of_a_call_that_is_given_up_goes_with_it() {
    let mut page = Page::new(&telling(json!({})));
    let call = page.call();
    page.trouble(call, WarningName::LowBytesSent);
    assert!(page.shown.is_some());
    page.engine.forget(call);
    page.drain();
    assert_eq!(page.shown, None);
}

#[test]
fn after_the_shifts_budget_trouble_is_shown_and_nobody_is_called_to_it() {
    let mut page = Page::new(&telling(json!({})));
    page.engine.activity(Timestamp(0), false);
    page.troubled_call(4);
    page.troubled_call(4);
    assert_eq!(page.toasts.len(), 6);

    let call = page.call();
    page.trouble(call, WarningName::LowBytesSent);
    let shown = page.shown.unwrap();
    assert!(shown.quiet && !shown.interrupts() && shown.phase == Phase::Active, "{shown:?}");

    page.engine.activity(Timestamp(page.now), true);
    page.tell(call, Event::Disconnected);
    page.troubled_call(1);
    assert_eq!(page.toasts.len(), 7, "a new shift");
}

#[test]
fn a_question_calls_nobodys_attention_and_takes_nothing_from_the_budget() {
    let mut page = Page::new(&telling(json!({"noticesPerShift": 1})));
    let call = page.call();
    for second in 0..70 {
        page.pass(1000);
        let audio_input_level = if second < 20 && second != 6 { 9000.0 } else { 0.0 };
        let raw = RawSample { audio_input_level, audio_output_level: 6000.0, ..RawSample::default() };
        page.tell(call, Event::Sample(Sample::from(raw)));
    }
    let question = page.shown.unwrap();
    assert_eq!((question.trouble.diagnosis, question.quiet), (Diagnosis::CanCustomerHearYou, true));
    assert_eq!(page.toasts, []);
    page.trouble(call, WarningName::LowBytesSent);
    assert_eq!(page.toasts.len(), 1);
    assert!(page.shown.unwrap().interrupts());
}

#[test]
fn the_sentence_after_a_call_is_within_the_budget_too() {
    let mut page = Page::new(&telling(json!({"noticesPerShift": 2, "shortCallThreshold": 600})));
    for loudly in [true, true, false, false] {
        page.troubled_call(0);
        assert_eq!(page.ended_loudly, Some(loudly));
    }
}

#[test]
fn a_snoozed_call_says_no_more_of_the_same_and_its_end_is_quiet() {
    let mut page = Page::new(&telling(json!({"shortCallThreshold": 600})));
    let call = page.call();
    page.trouble(call, WarningName::ConstantAudioInputLevel);
    page.tell(call, Event::Snoozed(true));
    assert_eq!(page.shown.unwrap().phase, Phase::Snoozed);
    page.healed(call, WarningName::ConstantAudioInputLevel);
    page.trouble(call, WarningName::ConstantAudioInputLevel);
    page.pass(30_000);
    assert_eq!((page.toasts.len(), page.shown.unwrap().phase), (1, Phase::Snoozed));

    page.trouble(call, WarningName::LowBytesSent);
    assert_eq!((page.toasts.len(), page.shown.unwrap().phase), (2, Phase::Active), "that is worse");
    page.tell(call, Event::Disconnected);
    assert_eq!(page.ended_loudly, Some(false));

    let next = page.call();
    page.trouble(next, WarningName::ConstantAudioInputLevel);
    assert_eq!(page.toasts.len(), 3, "another call");
}

#[test]
fn an_agent_who_wants_to_hear_of_it_again_is_told_what_is_wrong_now() {
    let mut page = Page::new(&telling(json!({})));
    let call = page.call();
    page.trouble(call, WarningName::ConstantAudioInputLevel);
    page.tell(call, Event::Snoozed(true));
    page.tell(call, Event::Snoozed(false));
    assert_eq!((page.shown.unwrap().phase, page.toasts.len()), (Phase::Active, 2));
}

/// Fuzzing found it: fuzz/seeds/events/unsnoozed-below-something-worse.
#[test]
fn what_is_worse_than_what_was_snoozed_is_not_told_again_when_the_agent_takes_the_snooze_back() {
    let mut page = Page::new(&telling(json!({})));
    let call = page.call();
    page.trouble(call, WarningName::ConstantAudioInputLevel);
    page.tell(call, Event::Snoozed(true));
    page.trouble(call, WarningName::LowBytesSent);
    let shown = page.shown;
    assert_eq!((page.toasts.len(), shown.unwrap().phase), (2, Phase::Active));
    page.tell(call, Event::Snoozed(false));
    assert_eq!((page.toasts.len(), page.shown), (2, shown));
}

#[test]
fn snooze_and_budget_survive_a_reload() {
    let mut page = Page::new(&telling(json!({"noticesPerShift": 3})));
    let call = page.call();
    page.tell(call, Event::Described(CallContext { task_sid: Some("WT1".to_owned()), ..CallContext::default() }));
    page.trouble(call, WarningName::ConstantAudioInputLevel);
    page.tell(call, Event::Snoozed(true));
    let kept = page.engine.shift().to_text(Timestamp(page.now), NOON);

    let mut page = Page::new(&telling(json!({"noticesPerShift": 3})));
    page.engine.resume(Shift::parse(&kept, Timestamp(0), NOON).unwrap());
    page.engine.activity(Timestamp(0), false);
    page.calls = 7;
    let call = page.call();
    page.tell(call, Event::Described(CallContext { task_sid: Some("WT1".to_owned()), ..CallContext::default() }));
    assert_eq!(page.shown.unwrap().phase, Phase::Snoozed, "the same task, connected anew");
    page.trouble(call, WarningName::ConstantAudioInputLevel);
    assert_eq!(page.toasts.len(), 0);
    page.tell(call, Event::Disconnected);
    page.troubled_call(4);
    assert_eq!(page.toasts.len(), 2, "one of three was spent before the reload");
}

#[test]
fn agents_who_are_to_see_nothing_can_snooze_nothing() {
    let mut page = Page::new(&json!({"alertAgent": false}));
    let call = page.call();
    page.trouble(call, WarningName::LowBytesSent);
    page.tell(call, Event::Snoozed(true));
    page.tell(call, Event::Disconnected);
    assert_eq!((page.shown, page.toasts.len(), page.ended_loudly), (None, 0, None));
}
