//! What an agent is told who reports a problem: whether it is noted, or too late.

#![allow(clippy::panic, reason = "in a test a panic is the message")]

use device_monitoring::{
    CallId, CallParties, ClientInfo, Configuration, Effect, Engine, Event, Recovery, ReportOutcome, Step, Timestamp,
    WallTime,
};
use serde_json::json;

/// How long after its end a call can be reported, and how many calls that have ended can be.
const WRAP_UP_MS: i64 = 15 * 60_000;
const KEPT: usize = 3;

struct Page {
    engine: Engine,
    now: i64,
}

/// What the agent is told, and what else comes of it.
#[derive(Debug, PartialEq)]
enum Answer {
    NotedInCall,
    /// The call is judged anew, and alerts.
    NotedAfterCall,
    NotedBefore,
    TooLate,
}

impl Page {
    fn new() -> Self {
        let block = json!({"agentTools": true, "shortCallThreshold": 0});
        Self { engine: Engine::new(Configuration::from_block(&block), ClientInfo::default()), now: 0 }
    }

    fn begin(&mut self) -> CallId {
        let call = self.engine.open(CallParties::default());
        self.tell(call, &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
        call
    }

    fn ended_call(&mut self) -> CallId {
        let call = self.begin();
        self.now += 20_000;
        self.tell(call, &Event::Disconnected);
        call
    }

    fn tell(&mut self, call: CallId, event: &Event) -> Vec<Effect> {
        self.engine.handle(Timestamp(self.now), call, event);
        std::iter::from_fn(|| self.engine.poll_effect()).collect()
    }

    fn report(&mut self, call: CallId) -> Answer {
        let mut effects = self.tell(call, &Event::Reported);
        let answer = effects.pop();
        let Some(Effect::Reported { call: answered, outcome }) = answer else { panic!("no answer: {answer:?}") };
        assert_eq!(answered, call);
        let alerts = effects.iter().filter(|effect| matches!(effect, Effect::Alert(_))).count();
        let is_judged = matches!(outcome, ReportOutcome::AfterCall { report: Some(_) });
        assert_eq!(alerts, usize::from(is_judged), "{effects:?}");
        match outcome {
            ReportOutcome::InCall => Answer::NotedInCall,
            ReportOutcome::AfterCall { report: Some(_) } => Answer::NotedAfterCall,
            ReportOutcome::AfterCall { report: None } => Answer::NotedBefore,
            ReportOutcome::TooLate => Answer::TooLate,
        }
    }
}

#[test]
fn in_a_call_every_report_is_noted() {
    let mut page = Page::new();
    let call = page.begin();
    assert_eq!([page.report(call), page.report(call)], [Answer::NotedInCall, Answer::NotedInCall]);
}

#[test]
fn after_a_call_the_first_report_counts_and_any_other_is_still_said_to_be_noted() {
    let mut page = Page::new();
    let call = page.ended_call();
    page.now += WRAP_UP_MS;
    assert_eq!(page.report(call), Answer::NotedAfterCall);
    assert_eq!(page.report(call), Answer::NotedBefore);
    page.now += 1;
    assert_eq!(page.report(call), Answer::NotedBefore, "nobody is told that it is too late for what is noted");
}

#[test]
fn long_after_its_end_a_call_is_refused_and_nothing_is_sent() {
    let mut page = Page::new();
    let call = page.ended_call();
    page.now += WRAP_UP_MS + 1;
    assert_eq!([page.report(call), page.report(call)], [Answer::TooLate, Answer::TooLate]);
}

#[test]
fn a_call_after_which_too_many_have_ended_is_refused() {
    let mut page = Page::new();
    let calls: Vec<_> = (0..=KEPT).map(|_| page.ended_call()).collect();
    let answers: Vec<_> = calls.iter().map(|call| page.report(*call)).collect();
    assert_eq!(answers, [Answer::TooLate, Answer::NotedAfterCall, Answer::NotedAfterCall, Answer::NotedAfterCall]);
}

#[test]
fn a_call_that_an_engine_made_anew_does_not_know_is_refused() {
    let mut page = Page::new();
    let call = page.ended_call();
    let mut recovery = Recovery::new(&page.engine);
    recovery.record(Timestamp(page.now), Step::Handle(call, Event::Disconnected), &page.engine);
    page.engine = recovery.engine();
    assert_eq!(page.report(call), Answer::TooLate);
}
