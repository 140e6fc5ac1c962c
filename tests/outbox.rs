//! The outbox: what becomes of alerts whatever happens to the page, the network, the storage and the clock.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in a test a panic is the message")]

use device_monitoring::alert::{Alert, Environment};
use device_monitoring::call::Incoming;
use device_monitoring::config::Configuration;
use device_monitoring::engine::{Effect, Engine};
use device_monitoring::event::Event;
use device_monitoring::outbox::{Answer, Entry, Form, Next, Note, Outbox, Session, Storage, Unreadable};
use device_monitoring::units::{Milliseconds, Timestamp, WallTime};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

const WORKER: &str = "WK1";
const DAY: f64 = 86_400_000.0;

/// A browser's storage, which all of its tabs share.
#[derive(Clone, Debug, Default)]
struct Browser {
    texts: Rc<RefCell<BTreeMap<String, String>>>,
    full: Rc<RefCell<bool>>,
}

impl Browser {
    fn tab(&self) -> Outbox<Self> {
        Outbox::new(self.clone(), Some(WORKER))
    }

    fn everything(&self) -> String {
        format!("{:?}", self.texts.borrow())
    }
}

impl Storage for Browser {
    fn keys(&self, prefix: &str) -> Vec<String> {
        self.texts.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        self.texts.borrow().get(key).cloned()
    }

    fn set(&mut self, key: &str, value: &str) -> bool {
        let room = !*self.full.borrow();
        if room {
            self.texts.borrow_mut().insert(key.to_owned(), value.to_owned());
        }
        room
    }

    fn remove(&mut self, key: &str) {
        self.texts.borrow_mut().remove(key);
    }
}

fn engine() -> Engine {
    let environment = Environment { worker_sid: Some(WORKER.to_owned()), ..Environment::default() };
    Engine::new(Configuration::of(&json!({})), environment)
}

/// The alert of a call that was too short.
fn alert(call_sid: &str) -> Alert {
    let (alert, _) = alert_and_report(call_sid);
    alert
}

/// The same, and what the agent says of it in wrap-up.
fn alert_and_report(call_sid: &str) -> (Alert, Alert) {
    let mut engine = engine();
    let call = engine.open(Incoming {
        call_sid: Some(call_sid.to_owned()),
        from: Some("+15550001111".to_owned()),
        to: Some("+15550002222".to_owned()),
        ..Incoming::default()
    });
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), midway: false });
    engine.handle(Timestamp(2000), call, &Event::Disconnected);
    engine.handle(Timestamp(9000), call, &Event::Reported);
    let mut alerts = std::iter::from_fn(|| engine.poll_effect()).filter_map(|effect| match effect {
        Effect::Alert(alert) => Some(*alert),
        _ => None,
    });
    (alerts.next().unwrap(), alerts.next().unwrap())
}

fn session() -> Session {
    under("token")
}

fn under(token: &str) -> Session {
    Session { token: Some(token.to_owned()), worker_sid: Some(WORKER.to_owned()) }
}

fn at(millis: f64) -> WallTime {
    WallTime(1_795_000_000_000.0 + millis)
}

fn status(status: u16) -> Answer {
    Answer::Http { status, error: None, message: None, retry_after: None }
}

fn post(outbox: &mut Outbox<Browser>, now: WallTime) -> Entry {
    match outbox.next(now, &session(), 1.0) {
        Next::Post(entry) => *entry,
        other => panic!("{other:?}"),
    }
}

fn wait(outbox: &mut Outbox<Browser>, now: WallTime) -> f64 {
    match outbox.next(now, &session(), 1.0) {
        Next::Wait(span) => span.0,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_alert_is_stored_before_it_is_posted_and_gone_once_the_server_has_it() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    assert_eq!(browser.tab().entries().len(), 1, "a page opened now would find it");
    let entry = post(&mut outbox, at(0.0));
    assert_eq!(entry.id, "alert-CA1");
    outbox.answered(at(100.0), &entry.id, Some("token"), &status(200));
    assert_eq!(outbox.next(at(100.0), &session(), 1.0), Next::Nothing);
    assert!(browser.texts.borrow().is_empty());
}

#[test]
fn the_document_that_is_posted_holds_the_numbers_and_the_one_that_is_stored_keeps_them_apart() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let mut form = post(&mut outbox, at(0.0)).form;
    let document: Value = serde_json::from_str(&form.document()).unwrap();
    assert_eq!((&document["callerId"], &document["dnis"]), (&json!("+15550001111"), &json!("+15550002222")));
    assert_eq!(document["callSid"], "CA1");
    form.forget_numbers();
    let document: Value = serde_json::from_str(&form.document()).unwrap();
    assert_eq!((document.get("callerId"), document.get("dnis")), (None, None));
    assert_eq!(document["callSid"], "CA1");
}

#[test]
fn what_was_not_answered_is_posted_again_by_the_next_page_but_not_at_once() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    post(&mut outbox, at(0.0));
    let mut next = browser.tab();
    assert_eq!(wait(&mut next, at(500.0)), 1500.0);
    assert_eq!(post(&mut next, at(2000.0)).attempts, 2);
}

#[test]
fn attempts_come_at_doubled_distances_of_at_most_five_minutes_and_never_end() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let mut now = 0.0;
    let mut waits = Vec::new();
    for _ in 0..40 {
        let entry = post(&mut outbox, at(now));
        outbox.answered(at(now), &entry.id, Some("token"), &status(500));
        waits.push(wait(&mut outbox, at(now)) / 1000.0);
        now += waits.last().unwrap() * 1000.0;
    }
    assert_eq!(waits[..9], [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0]);
    assert_eq!(waits[39], 300.0);
}

#[test]
fn chance_spreads_the_attempts_over_half_of_the_wait() {
    for (chance, expected) in [(0.0, 1000.0), (0.5, 1500.0), (1.0, 2000.0)] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        assert!(matches!(outbox.next(at(0.0), &session(), chance), Next::Post(_)));
        outbox.answered(at(0.0), "alert-CA1", Some("token"), &Answer::None);
        assert_eq!(wait(&mut outbox, at(0.0)), expected);
    }
}

#[test]
fn a_server_that_asks_to_be_left_alone_is_but_for_no_longer_than_an_hour() {
    for (asked, waited) in [(30_000.0, 35_000.0), (1e12, 3_605_000.0)] {
        let mut outbox = Browser::default().tab();
        for sid in ["CA1", "CA2"] {
            outbox.put(at(0.0), &alert(sid));
        }
        let entry = post(&mut outbox, at(0.0));
        let answer = Answer::Http { status: 429, error: None, message: None, retry_after: Some(Milliseconds(asked)) };
        outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
        assert_eq!(wait(&mut outbox, at(0.0)), waited, "the other alert waits as well");
        outbox.hurry(at(1000.0), 0.5);
        assert_eq!(wait(&mut outbox, at(1000.0)), waited - 1000.0, "also when the browser is online again");
    }
}

#[test]
fn an_alert_that_the_server_fails_at_does_not_hold_up_the_others() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    outbox.put(at(1.0), &alert("CA2"));
    let first = post(&mut outbox, at(2.0));
    outbox.answered(at(2.0), &first.id, Some("token"), &status(500));
    assert_eq!(post(&mut outbox, at(2.0)).id, "alert-CA2");
}

#[test]
fn what_is_beside_an_alert_comes_after_it_however_often_that_is_tried() {
    let mut outbox = Browser::default().tab();
    let (main, beside) = alert_and_report("CA1");
    outbox.put(at(0.0), &main);
    outbox.put(at(1.0), &beside);
    let first = post(&mut outbox, at(2.0));
    assert_eq!(first.id, "alert-CA1");
    outbox.answered(at(2.0), &first.id, Some("token"), &refusal(503, "customer-not-known-yet"));
    assert!(wait(&mut outbox, at(3.0)) > 0.0);
    let later = at(DAY / 2.0);
    assert_eq!(post(&mut outbox, later).id, "alert-CA1");
    outbox.answered(later, &first.id, Some("token"), &status(200));
    assert_eq!(post(&mut outbox, later).id, "alert-CA1-report");
}

fn refusal(status: u16, error: &str) -> Answer {
    Answer::Http { status, error: Some(error.to_owned()), message: None, retry_after: Some(Milliseconds(120_000.0)) }
}

#[test]
fn an_alert_whose_customer_twilio_does_not_know_yet_keeps_no_other_waiting() {
    for error in ["customer-not-known-yet", "action-not-done"] {
        let mut outbox = Browser::default().tab();
        for n in 1..=9 {
            outbox.put(at(f64::from(n)), &alert(&format!("CA{n}")));
        }
        for n in 1..=9 {
            let entry = post(&mut outbox, at(100.0));
            assert_eq!(entry.id, format!("alert-CA{n}"), "each has its turn");
            outbox.answered(at(100.0), &entry.id, Some("token"), &refusal(503, error));
        }
        assert!(wait(&mut outbox, at(100.0)) >= 120_000.0);
    }
}

#[test]
fn after_an_outage_no_alert_comes_twice_before_another_has_come_once() {
    let mut outbox = Browser::default().tab();
    for n in 1..=3 {
        outbox.put(at(f64::from(n)), &alert(&format!("CA{n}")));
    }
    let mut now = 10.0;
    let mut posted = Vec::new();
    for _ in 0..3 {
        while let Next::Wait(span) = outbox.next(at(now), &session(), 1.0) {
            now += span.0;
        }
        let last =
            outbox.entries().into_iter().filter(|entry| entry.attempts > 0).max_by_key(|entry| entry.tried.0 as i64);
        posted.push(last.unwrap().id);
        outbox.answered(at(now), posted.last().unwrap(), Some("token"), &refusal(503, "claim-unavailable"));
    }
    assert_eq!(posted, ["alert-CA1", "alert-CA2", "alert-CA3"]);
}

#[test]
fn what_is_wrong_with_the_token_waits_for_another_token_and_what_an_admin_can_mend_for_an_hour() {
    for (answer, waits) in [
        (refusal(403, "token-refused"), 10_000.0),
        (refusal(403, "token-missing"), 10_000.0),
        (status(403), 10_000.0),
        (refusal(403, "action-disabled"), 3_600_000.0),
        (refusal(400, "action-unknown"), 3_600_000.0),
    ] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let entry = post(&mut outbox, at(0.0));
        outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
        assert_eq!(wait(&mut outbox, at(0.0)), waits, "{answer:?}");
    }
}

#[test]
fn after_a_logout_no_number_is_stored_in_any_tab_until_the_worker_signs_in_again() {
    let browser = Browser::default();
    let (mut one, mut other) = (browser.tab(), browser.tab());
    one.checkpoint(at(0.0), "tab-1", 1, Some(&alert("CA1")));
    one.logged_out(at(1.0));
    other.checkpoint(at(5.0), "tab-2", 1, Some(&alert("CA2")));
    one.checkpoint(at(5.0), "tab-1", 1, Some(&alert("CA1")));
    one.put(at(6.0), &alert("CA1"));
    assert!(!browser.everything().contains("+1555"), "{}", browser.everything());
    browser.tab().signed_in();
    other.put(at(7.0), &alert("CA2"));
    assert!(browser.everything().contains("+1555"));
}

#[test]
fn a_refused_alert_tells_no_number() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    let entry = post(&mut outbox, at(0.0));
    outbox.answered(at(0.0), &entry.id, Some("token"), &refusal(403, "not-your-call"));
    assert!(outbox.entries()[0].refused.is_some());
    assert!(!browser.everything().contains("+1555"));
}

#[test]
fn a_server_that_is_back_is_not_left_alone_because_an_alert_was_tried_often() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let mut now = 0.0;
    for _ in 0..8 {
        let entry = post(&mut outbox, at(now));
        outbox.answered(at(now), &entry.id, Some("token"), &status(500));
        now += wait(&mut outbox, at(now));
    }
    let entry = post(&mut outbox, at(now));
    outbox.answered(at(now), &entry.id, Some("token"), &status(503));
    outbox.put(at(now), &alert("CA2"));
    assert_eq!(wait(&mut outbox, at(now)), 2000.0);
}

#[test]
fn an_outage_is_said_once_until_something_is_delivered() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    for minute in 0..5 {
        let now = at(f64::from(minute) * 600_000.0);
        let entry = post(&mut outbox, now);
        outbox.answered(now, &entry.id, Some("token"), &Answer::None);
    }
    assert_eq!(outbox.take_notes(), [Note::Waiting("the server could not be reached".to_owned())]);
}

#[test]
fn what_can_never_succeed_is_kept_with_the_reason_and_not_posted_again() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    let entry = post(&mut outbox, at(0.0));
    let message = Some("The action \"x\" is not deployed.".to_owned());
    let refusal = Answer::Http { status: 400, error: None, message, retry_after: None };
    outbox.answered(at(0.0), &entry.id, Some("token"), &refusal);
    let reason = "the server answered 400: The action \"x\" is not deployed.";
    assert_eq!(outbox.take_notes(), [Note::Refused(reason.to_owned())]);
    let mut later = browser.tab();
    assert_eq!(later.next(at(DAY), &session(), 1.0), Next::Nothing);
    assert_eq!(later.entries()[0].refused.as_deref(), Some(reason));
}

#[test]
fn every_status_is_either_taken_tried_again_or_refused() {
    for (code, fate) in [
        (200, "gone"),
        (204, "gone"),
        (302, "refused"),
        (400, "refused"),
        (403, "waiting"),
        (404, "waiting"),
        (408, "waiting"),
        (409, "waiting"),
        (413, "refused"),
        (422, "refused"),
        (425, "waiting"),
        (429, "waiting"),
        (500, "waiting"),
        (503, "waiting"),
        (599, "waiting"),
    ] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let entry = post(&mut outbox, at(0.0));
        outbox.answered(at(0.0), &entry.id, Some("token"), &status(code));
        let actual = match outbox.entries().first() {
            None => "gone",
            Some(Entry { refused: Some(_), .. }) => "refused",
            Some(_) => "waiting",
        };
        assert_eq!(actual, fate, "{code}");
    }
}

#[test]
fn an_expired_token_waits_for_another_one_and_costs_no_attempt() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let entry = post(&mut outbox, at(0.0));
    let expired =
        Answer::Http { status: 403, error: Some("token-expired".to_owned()), message: None, retry_after: None };
    outbox.answered(at(0.0), &entry.id, Some("token"), &expired);
    assert_eq!(wait(&mut outbox, at(0.0)), 10_000.0);
    assert_eq!(wait(&mut outbox, at(DAY)), 10_000.0, "however long it takes");
    let Next::Post(entry) = outbox.next(at(DAY), &under("renewed"), 1.0) else { panic!("a fresh token") };
    assert_eq!(entry.attempts, 1);
}

#[test]
fn without_a_token_it_waits_and_another_workers_session_never_posts() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let without = Session { token: None, ..session() };
    assert_eq!(outbox.next(at(0.0), &without, 1.0), Next::Wait(Milliseconds(10_000.0)));
    let nobody = Session { worker_sid: None, ..session() };
    assert_eq!(outbox.next(at(0.0), &nobody, 1.0), Next::Wait(Milliseconds(10_000.0)), "until somebody is");
    let another = Session { worker_sid: Some("WK2".to_owned()), ..session() };
    assert_eq!(outbox.next(at(0.0), &another, 1.0), Next::Nothing);
    for session in [nobody, another] {
        assert!(outbox.leave(at(0.0), &session).is_empty());
    }
}

#[test]
fn another_workers_alerts_in_the_same_browser_stay_where_they_are() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert("CA1"));
    let mut other = Outbox::new(browser.clone(), Some("WK11"));
    let session = Session { worker_sid: Some("WK11".to_owned()), ..session() };
    assert_eq!(other.next(at(0.0), &session, 1.0), Next::Nothing);
    assert_eq!(browser.tab().entries().len(), 1);
}

#[test]
fn a_storage_that_is_full_makes_room_from_refused_alerts_and_then_alerts_wait_in_memory_which_is_said_once() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    *browser.full.borrow_mut() = true;
    for sid in ["CA1", "CA2"] {
        outbox.put(at(0.0), &alert(sid));
    }
    assert_eq!(outbox.take_notes(), [Note::InMemory]);
    let entry = post(&mut outbox, at(0.0));
    outbox.answered(at(0.0), &entry.id, Some("token"), &status(200));
    assert_eq!(post(&mut outbox, at(0.0)).id, "alert-CA2");
    assert!(browser.texts.borrow().is_empty());
    *browser.full.borrow_mut() = false;
    outbox.answered(at(0.0), "alert-CA2", Some("token"), &status(500));
    assert_eq!(browser.tab().entries().len(), 1, "stored as soon as that is possible");
}

#[test]
fn of_too_many_alerts_the_oldest_refused_go_first_and_it_is_said() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    for n in 0..100 {
        outbox.put(at(f64::from(n)), &alert(&format!("CA{n}")));
    }
    for _ in 0..2 {
        let entry = post(&mut outbox, at(1000.0));
        outbox.answered(at(1000.0), &entry.id, Some("token"), &status(400));
    }
    assert_eq!(outbox.take_notes().len(), 2);
    for n in 100..103 {
        outbox.put(at(f64::from(n)), &alert(&format!("CA{n}")));
    }
    assert_eq!(
        outbox.take_notes(),
        [
            Note::EvictedRefused("alert-CA0".to_owned()),
            Note::EvictedRefused("alert-CA1".to_owned()),
            Note::EvictedPending("alert-CA2".to_owned()),
        ]
    );
    let kept: Vec<_> = outbox.entries().into_iter().map(|entry| entry.id).collect();
    assert_eq!((kept.len(), kept[0].as_str(), kept[99].as_str()), (100, "alert-CA3", "alert-CA102"));
}

#[test]
fn a_call_in_progress_is_taken_over_when_its_tab_is_gone_and_not_while_it_lives() {
    let browser = Browser::default();
    let mut dead = browser.tab();
    dead.checkpoint(at(0.0), "tab-1", 1, Some(&alert("CA1")));
    dead.checkpoint(at(0.0), "tab-1", 2, Some(&alert("CA2")));
    dead.checkpoint(at(5.0), "tab-1", 2, None);
    browser.tab().checkpoint(at(0.0), "tab-10", 1, Some(&alert("CA3")));

    let mut next = browser.tab();
    assert_eq!(next.next(at(0.0), &session(), 1.0), Next::Nothing, "not an alert yet");
    let found = next.checkpoints();
    next.adopt(at(1000.0), &found, Some(&["tab-10".to_owned(), "tab-3".to_owned()]));
    let entries = next.entries();
    assert_eq!((entries.len(), entries[0].id.as_str()), (1, "alert-CA1"));
    assert_eq!(next.checkpoints(), ["device-monitoring/WK1/call/tab-10/1"]);
}

#[test]
fn where_nobody_knows_which_tabs_live_a_checkpoint_is_taken_over_when_it_has_not_been_renewed_for_a_minute() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.checkpoint(at(0.0), "tab-1", 1, Some(&alert("CA1")));
    let found = outbox.checkpoints();
    outbox.adopt(at(59_000.0), &found, None);
    assert!(outbox.entries().is_empty());
    outbox.adopt(at(60_000.0), &found, None);
    assert_eq!(outbox.entries().len(), 1);
}

#[test]
fn a_checkpoint_does_not_replace_the_alert_of_a_call_that_did_end() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.checkpoint(at(0.0), "tab-1", 1, Some(&alert("CA1")));
    outbox.put(at(7.0), &alert("CA1"));
    let found = outbox.checkpoints();
    outbox.adopt(at(10.0), &found, Some(&[]));
    assert_eq!((outbox.entries().len(), outbox.entries()[0].created), (1, at(7.0)));
    assert!(outbox.checkpoints().is_empty());
}

#[test]
fn a_checkpoint_says_that_the_call_was_cut_short_and_changes_nothing_of_the_call() {
    let mut engine = engine();
    let call = engine.open(Incoming { call_sid: Some("CA1".to_owned()), ..Incoming::default() });
    assert!(engine.checkpoints(Timestamp(0)).is_empty(), "not accepted");
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), midway: false });
    assert_eq!(engine.next_turn(Timestamp(0)), Some(Timestamp(10_000)));
    let checkpoint = engine.checkpoints(Timestamp(9000)).remove(0);
    let document: Value = serde_json::from_str(&Form::of(&checkpoint.alert.unwrap()).document()).unwrap();
    assert_eq!((&document["cutShort"], &document["durationMs"]), (&json!(true), &json!(9000)));
    assert_eq!(engine.checkpoints(Timestamp(10_000)).remove(0).alert, None, "no longer short");
    assert_eq!(engine.next_turn(Timestamp(10_000)), None);
    engine.handle(Timestamp(12_000), call, &Event::Disconnected);
    assert!(!std::iter::from_fn(|| engine.poll_effect()).any(|effect| matches!(effect, Effect::Alert(_))));
}

#[test]
fn a_tab_that_is_closed_leaves_the_alerts_of_its_calls_and_those_of_no_other_tab() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.checkpoint(at(0.0), "tab-1", 1, Some(&alert("CA1")));
    outbox.checkpoint(at(0.0), "tab-11", 1, Some(&alert("CA2")));
    outbox.close_tab(at(0.0), "tab-1");
    let leaving: Vec<_> = outbox.leave(at(0.0), &session()).into_iter().map(|entry| entry.id).collect();
    assert_eq!(leaving, ["alert-CA1"]);
}

#[test]
fn what_leaves_with_the_page_counts_as_tried() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    let leaving = outbox.leave(at(0.0), &session());
    assert_eq!(leaving.len(), 1);
    assert_eq!(wait(&mut browser.tab(), at(0.0)), 2000.0);
}

#[test]
fn when_the_connection_is_back_nothing_waits_longer_than_some_seconds() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let mut now = 0.0;
    for _ in 0..9 {
        let entry = post(&mut outbox, at(now));
        outbox.answered(at(now), &entry.id, Some("token"), &Answer::None);
        now += wait(&mut outbox, at(now));
    }
    let entry = post(&mut outbox, at(now));
    outbox.answered(at(now), &entry.id, Some("token"), &Answer::None);
    assert_eq!(wait(&mut outbox, at(now)), 300_000.0);
    outbox.hurry(at(now), 0.5);
    assert_eq!(wait(&mut outbox, at(now)), 2500.0);
}

#[test]
fn numbers_are_forgotten_at_logout_and_after_a_week_and_everything_after_a_month() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    outbox.checkpoint(at(0.0), "tab-1", 1, Some(&alert("CA2")));
    outbox.tidy(at(6.9 * DAY), false);
    assert!(browser.everything().contains("+15550001111"));
    Outbox::new(browser.clone(), Some("WK2")).tidy(at(6.9 * DAY), true);
    assert!(browser.everything().contains("+15550001111"), "that was another's logout");
    for (days, logged_out) in [(7.1, false), (0.1, true)] {
        let browser = Browser { texts: Rc::new(RefCell::new(browser.texts.borrow().clone())), ..Browser::default() };
        browser.tab().tidy(at(days * DAY), logged_out);
        assert!(!browser.everything().contains("+1555"), "{}", browser.everything());
        assert_eq!(browser.texts.borrow().len(), 2, "what is known of the calls stays");
        Outbox::new(browser.clone(), Some("WK2")).tidy(at(30.1 * DAY), false);
        assert!(browser.texts.borrow().is_empty());
    }
}

#[test]
fn a_clock_that_is_set_back_or_forth_by_an_hour_keeps_nothing_waiting() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let entry = post(&mut outbox, at(0.0));
    outbox.answered(at(0.0), &entry.id, Some("token"), &Answer::None);
    post(&mut outbox, at(-3_600_000.0));
    post(&mut outbox, at(3_600_000.0));
}

#[test]
fn what_is_damaged_is_dropped_and_said_and_what_a_newer_version_wrote_is_left_alone() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert("CA1"));
    let stored = browser.texts.borrow().iter().next().map(|(key, text)| (key.clone(), text.clone())).unwrap();
    for (text, said) in [
        (stored.1[..stored.1.len() - 10].to_owned(), vec![Note::Damaged]),
        (String::new(), vec![]),
        (stored.1.replacen('1', "2", 1), vec![]),
        ("1\nrubbish".to_owned(), vec![Note::Damaged]),
    ] {
        browser.texts.borrow_mut().insert(stored.0.clone(), text);
        let mut outbox = browser.tab();
        assert_eq!(outbox.next(at(0.0), &session(), 1.0), Next::Nothing);
        let left = browser.texts.borrow().len();
        assert_eq!((outbox.take_notes(), left), (said.clone(), usize::from(said.is_empty())));
    }
}

#[test]
fn what_a_newer_version_wrote_pushes_out_nothing_of_ours_however_much_it_is() {
    let browser = Browser::default();
    let theirs = |n: u32| (format!("device-monitoring/{WORKER}/alert/alert-{n}"), format!("2\n{}", "x".repeat(20_000)));
    browser.texts.borrow_mut().extend((0..120).map(theirs));
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    outbox.put(at(1.0), &alert("CA2"));
    let kept: Vec<String> = outbox.entries().into_iter().map(|entry| entry.id).collect();
    assert_eq!(kept, ["alert-CA1", "alert-CA2"]);
    assert_eq!((outbox.take_notes(), browser.texts.borrow().len()), (vec![], 122));
}

proptest! {
    #[test]
    fn an_entry_is_read_as_it_was_written_whatever_it_holds(
        id in "\\PC{1,20}", issues in "\\PC*", caller in "\\PC*", dnis in "\\PC*", action in "\\PC*",
        refused in proptest::option::of("\\PC*"), attempts: u32,
        created in 0..1_u64 << 50, tried in 0..1_u64 << 50, wait in 0..1_u64 << 40, asked in 0..1_u64 << 40,
    ) {
        let template = post(&mut { let mut outbox = Browser::default().tab(); outbox.put(at(0.0), &alert("CA1")); outbox }, at(0.0));
        let mut entry = Entry {
            id, attempts, refused, created: WallTime(created as f64), tried: WallTime(tried as f64), wait: Milliseconds(wait as f64),
            asked: Milliseconds(asked as f64),
            ..template
        };
        (entry.form.issues, entry.form.caller_id, entry.form.dnis, entry.form.action) = (issues, caller, dnis, action);
        prop_assert_eq!(Entry::parse(&entry.to_text()), Ok(entry));
    }

    #[test]
    fn any_text_in_the_storage_is_read_or_refused(text in "(1\n)?(pending|refused)?[\\s\\S]{0,80}") {
        match Entry::parse(&text) {
            Ok(entry) => prop_assert_eq!(Entry::parse(&entry.to_text()), Ok(entry)),
            Err(Unreadable::Newer) => prop_assert!(!text.starts_with("1\n")),
            Err(Unreadable::Damaged) => {}
        }
    }
}
