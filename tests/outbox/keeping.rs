//! What is kept in the browser: alerts, numbers and calls in progress, for how long, and what makes room.

use super::fixtures::{Browser, DAY, WORKER, alert, at, engine, post, refusal, session, status};
use device_monitoring::outbox::{Answer, ConsoleMessage, Entry, EntryKind, Form, Next, Outbox, Session, Unreadable};
use device_monitoring::{CallContext, CallDirection, CallParties, Conference, Effect, Engine, Event, Participant};
use device_monitoring::{Milliseconds, Timestamp, WallTime};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;

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
fn after_a_logout_no_tab_stores_numbers_that_it_has_had_in_memory_for_want_of_room() {
    let browser = Browser::default();
    let (mut one, mut other) = (browser.tab(), browser.tab());
    browser.room.set(1);
    one.put(at(0.0), &alert("CA1"));
    other.put(at(0.0), &alert("CA2"));
    assert_eq!(other.entries().len(), 2, "one of them in memory");
    browser.room.set(usize::MAX);
    one.logged_out(at(1.0));
    let sent: Vec<_> = (0..2).map(|_| post(&mut other, at(2.0)).id).collect();
    assert_eq!(sent, ["alert-CA1", "alert-CA2"]);
    assert_eq!(browser.tab().entries().len(), 2);
    assert!(!browser.everything().contains("+1555"), "{}", browser.everything());
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
fn another_workers_alerts_in_the_same_browser_stay_where_they_are() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert("CA1"));
    let mut other = Outbox::new(browser.clone(), Some("WK11"));
    let session = Session { worker_sid: Some("WK11".to_owned()), ..session() };
    assert_eq!(other.next(at(0.0), &session, 1.0), Next::Nothing);
    assert_eq!(browser.tab().entries().len(), 1);
}

#[test]
fn entries_beyond_the_limits_go_at_the_start_or_with_the_next_alert_and_each_is_looked_at_a_few_times() {
    const OTHERS: usize = 600;
    for starts in [true, false] {
        let browser = Browser::default();
        let mut outbox = browser.tab();
        outbox.put(at(0.0), &alert("CA1"));
        let text = browser.texts.borrow().values().next().unwrap().clone();
        for other in 0..OTHERS {
            let id = format!("alert-other{other}");
            let text = text.replace("\"id\":\"alert-CA1\"", &format!("\"id\":\"{id}\""));
            browser.texts.borrow_mut().insert(format!("device-monitoring/WK2/alert/{id}"), text);
        }
        browser.reads.set(0);
        if starts {
            outbox.tidy(at(1.0), false);
        } else {
            outbox.put(at(1.0), &alert("CA2"));
        }
        assert_eq!(browser.texts.borrow().len(), 100, "{starts}");
        assert_eq!(outbox.take_log().len(), OTHERS + 1 + usize::from(!starts) - 100, "{starts}");
        assert!(browser.reads.get() < 10 * OTHERS, "{starts}: {} reads", browser.reads.get());
    }
}

#[test]
fn a_storage_that_is_full_makes_room_from_refused_alerts_and_then_alerts_wait_in_memory_which_is_said_once() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    browser.room.set(1);
    outbox.put(at(0.0), &alert("CA0"));
    outbox.answered(at(0.0), "alert-CA0", Some("token"), &refusal(400, "alert-invalid"));
    outbox.put(at(1.0), &alert("CA1"));
    let refused = ConsoleMessage::Refused("the server answered 400".to_owned());
    assert_eq!(outbox.take_log(), [refused, ConsoleMessage::EvictedRefused("alert-CA0".to_owned())]);
    assert_eq!(browser.tab().entries()[0].id, "alert-CA1");

    for sid in ["CA2", "CA3"] {
        outbox.put(at(2.0), &alert(sid));
    }
    assert_eq!(outbox.take_log(), [ConsoleMessage::InMemory(EntryKind::Alerts)]);
    let entry = post(&mut outbox, at(3.0));
    assert_eq!((entry.id.as_str(), browser.tab().entries().len()), ("alert-CA1", 1));
    outbox.answered(at(3.0), &entry.id, Some("token"), &status(200));
    assert_eq!(post(&mut outbox, at(3.0)).id, "alert-CA2");
    assert_eq!(browser.tab().entries()[0].id, "alert-CA2", "stored as soon as there is room");
    assert_eq!(outbox.entries().len(), 2);
}

#[test]
fn an_alert_takes_the_place_of_its_calls_checkpoint_where_there_is_no_room_for_both() {
    let browser = Browser::default();
    browser.room.set(1);
    let mut outbox = browser.tab();
    outbox.checkpoint(at(0.0), "tab", 1, Some(&alert("CA1")));
    // The call ends, and then its checkpoint is taken away.
    outbox.put(at(1.0), &alert("CA1"));
    outbox.checkpoint(at(1.0), "tab", 1, None);
    assert_eq!(browser.tab().entries()[0].id, "alert-CA1");

    browser.texts.borrow_mut().clear();
    outbox = browser.tab();
    outbox.checkpoint(at(0.0), "tab", 1, Some(&alert("CA2")));
    let checkpoints = outbox.checkpoints();
    let mut next = browser.tab();
    next.adopt(at(2.0), &checkpoints, Some(&[]));
    assert_eq!(browser.tab().entries()[0].id, "alert-CA2");
}

#[test]
fn an_alert_that_takes_the_place_of_its_calls_checkpoint_pushes_no_other_out() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    for n in 0..99 {
        outbox.put(at(f64::from(n)), &alert(&format!("CA{n}")));
    }
    for adopts in [false, true] {
        outbox.checkpoint(at(100.0), "tab", 1, Some(&alert("CA99")));
        if adopts {
            let checkpoints = outbox.checkpoints();
            outbox.adopt(at(200.0), &checkpoints, Some(&[]));
        } else {
            // The call ends.
            outbox.put(at(200.0), &alert("CA99"));
            outbox.checkpoint(at(200.0), "tab", 1, None);
        }
        assert_eq!((outbox.take_log(), outbox.entries().len()), (vec![], 100), "{adopts}");
        browser.texts.borrow_mut().remove("device-monitoring/WK1/alert/alert-CA99");
    }
}

#[test]
fn the_alert_of_a_tab_that_is_gone_is_stored_before_its_checkpoint_goes() {
    let browser = Browser::default();
    browser.tab().checkpoint(at(0.0), "tab", 1, Some(&alert("CA1")));
    let mut next = browser.tab();
    let checkpoints = next.checkpoints();
    browser.changes.borrow_mut().clear();
    next.adopt(at(2.0), &checkpoints, Some(&[]));
    let changes = browser.changes.borrow();
    let what: Vec<_> = changes.iter().map(|(what, key)| (*what, key == &checkpoints[0])).collect();
    assert_eq!(what, [("set", false), ("remove", true)]);
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
        outbox.answered(at(1000.0), &entry.id, Some("token"), &refusal(400, "alert-invalid"));
    }
    assert_eq!(outbox.take_log().len(), 2);
    for n in 100..103 {
        outbox.put(at(f64::from(n)), &alert(&format!("CA{n}")));
    }
    assert_eq!(
        outbox.take_log(),
        [
            ConsoleMessage::EvictedRefused("alert-CA0".to_owned()),
            ConsoleMessage::EvictedRefused("alert-CA1".to_owned()),
            ConsoleMessage::EvictedPending(EntryKind::Alerts, "alert-CA2".to_owned()),
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
    let call = engine.open(CallParties { call_sid: Some("CA1".to_owned()), ..CallParties::default() });
    assert!(engine.checkpoints(Timestamp(0)).is_empty(), "not accepted");
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
    assert_eq!(engine.next_checkpoint_change(Timestamp(0)), Some(Timestamp(10_000)));
    let checkpoint = engine.checkpoints(Timestamp(9000)).remove(0);
    let document: Value = serde_json::from_str(&Form::new(&checkpoint.alert.unwrap()).document()).unwrap();
    assert_eq!((&document["cutShort"], &document["durationMs"]), (&json!(true), &json!(9000)));
    assert_eq!(engine.checkpoints(Timestamp(10_000)).remove(0).alert, None, "no longer short");
    assert_eq!(engine.next_checkpoint_change(Timestamp(10_000)), None);
    engine.handle(Timestamp(12_000), call, &Event::Disconnected);
    assert!(!std::iter::from_fn(|| engine.poll_effect()).any(|effect| matches!(effect, Effect::Alert(_))));
}

#[test]
fn a_call_that_rings_leaves_nothing_and_one_that_was_answered_leaves_a_short_call_until_it_is_long_enough() {
    let mut engine = engine();
    let call = engine.open(CallParties { call_sid: Some("CA1".to_owned()), ..CallParties::default() });
    let direction = Some(CallDirection::Outgoing);
    engine.handle(Timestamp(0), call, &Event::Described(CallContext { direction, ..CallContext::default() }));
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
    let alert = |engine: &Engine, at| engine.checkpoints(Timestamp(at)).remove(0).alert;
    assert!(alert(&engine, 500).is_some(), "its conference is not known");
    let mut customer = |at, status| {
        let others = vec![Participant::new("customer", status, false)];
        engine.handle(Timestamp(at), call, &Event::Conference(Conference { on_hold: false, others }));
        (alert(&engine, at + 500).is_some(), engine.next_checkpoint_change(Timestamp(at + 500)))
    };
    assert_eq!(customer(1000, "connecting"), (false, None));
    assert_eq!(customer(30_000, "joined"), (true, Some(Timestamp(40_000))));
    assert_eq!(alert(&engine, 40_000), None);
}

#[test]
fn a_supervisor_who_listens_leaves_nothing() {
    let mut engine = engine();
    let call = engine.open(CallParties { call_sid: Some("CA1".to_owned()), ..CallParties::default() });
    engine.handle(Timestamp(0), call, &Event::Monitoring { speaking: false });
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
    assert_eq!(engine.checkpoints(Timestamp(500)).remove(0).alert, None);
    assert_eq!(engine.next_checkpoint_change(Timestamp(500)), None);
}

#[test]
fn a_call_of_which_no_more_will_be_known_leaves_its_checkpoint_as_its_alert_and_no_other_call_does() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    for (tab, call, sid) in [("tab-1", 1, "CA1"), ("tab-1", 11, "CA2"), ("tab-2", 1, "CA3")] {
        outbox.checkpoint(at(0.0), tab, call, Some(&alert(sid)));
    }
    outbox.close_call(at(1000.0), "tab-1", 1);
    outbox.close_call(at(1000.0), "tab-1", 2);
    assert_eq!(outbox.checkpoints().len(), 2);
    assert_eq!(outbox.entries().into_iter().map(|entry| entry.id).collect::<Vec<_>>(), ["alert-CA1"]);
}

#[test]
fn a_tab_that_is_closed_leaves_the_alerts_of_its_calls_and_those_of_no_other_tab() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.checkpoint(at(0.0), "tab-1", 1, Some(&alert("CA1")));
    outbox.checkpoint(at(0.0), "tab-11", 1, Some(&alert("CA2")));
    outbox.close_tab(at(0.0), "tab-1");
    let leaving: Vec<_> = outbox.flush(at(0.0), &session(), |_| true).into_iter().map(|entry| entry.id).collect();
    assert_eq!(leaving, ["alert-CA1"]);
}

#[test]
fn numbers_are_forgotten_at_logout_and_after_a_week() {
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
    }
}

#[test]
fn an_alert_that_nobody_took_in_a_month_is_given_up_and_said_and_kept_for_another_month_with_the_reason() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    outbox.checkpoint(at(0.0), "tab-1", 1, Some(&alert("CA2")));
    let entry = post(&mut outbox, at(0.0));
    outbox.answered(at(0.0), &entry.id, Some("token"), &status(503));
    assert_eq!(outbox.take_log().len(), 1);
    let entry = post(&mut outbox, at(29.9 * DAY));
    outbox.answered(at(29.9 * DAY), &entry.id, Some("token"), &status(503));
    outbox.tidy(at(29.9 * DAY), false);
    assert_eq!((outbox.take_log(), browser.texts.borrow().len()), (vec![], 2));

    // By whoever comes: also what a dead tab of another worker's has left, which nobody has tried.
    let mut other = Outbox::new(browser.clone(), Some("WK2"));
    let answered = "nobody took it in 30 days; at last: the server answered 503";
    other.tidy(at(30.1 * DAY), false);
    assert_eq!(other.take_log(), [ConsoleMessage::Refused(answered.to_owned())]);
    other.tidy(at(31.0 * DAY), false);
    assert_eq!(other.take_log(), []);
    other.tidy(at(31.2 * DAY), false);
    let unanswered = "nobody took it in 30 days; at last: it was never answered";
    assert_eq!(other.take_log(), [ConsoleMessage::Refused(unanswered.to_owned())]);
    let kept: Vec<_> = outbox.entries().into_iter().map(|entry| (entry.id, entry.refused.unwrap())).collect();
    assert_eq!(kept, [("alert-CA1", answered), ("alert-CA2", unanswered)].map(|(id, why)| (id.into(), why.into())));
    assert_eq!(outbox.next(at(31.3 * DAY), &session(), 1.0), Next::Nothing);
    assert!(outbox.checkpoints().is_empty());

    outbox.tidy(at(60.0 * DAY), false);
    assert_eq!(browser.texts.borrow().len(), 2);
    outbox.tidy(at(60.2 * DAY), false);
    assert_eq!(browser.texts.borrow().len(), 1);
    outbox.tidy(at(61.3 * DAY), false);
    assert!(browser.texts.borrow().is_empty());
}

#[test]
fn an_alert_that_is_suddenly_older_than_a_month_is_tried_for_a_day_before_it_is_given_up() {
    // The clock was behind when it was made, or the agent was away.
    for days in [30.1, 400.0, 4000.0] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let entry = post(&mut outbox, at(1.0));
        outbox.answered(at(1.0), &entry.id, Some("token"), &Answer::None);
        let mut now = days * DAY;
        let end = now + DAY;
        while now < end {
            outbox.keep_tidy(at(now));
            let entry = post(&mut outbox, at(now));
            outbox.answered(at(now), &entry.id, Some("token"), &Answer::None);
            now += 3_600_000.0;
        }
        assert_eq!(outbox.entries()[0].refused, None, "{days}");
        outbox.tidy(at(end + 3_600_000.0), false);
        assert!(outbox.entries()[0].refused.is_some(), "{days}");
    }
}

#[test]
fn what_was_made_while_the_clock_was_ahead_counts_as_made_now() {
    let browser = Browser::default();
    browser.tab().put(at(400.0 * DAY), &alert("CA1"));
    browser.tab().checkpoint(at(400.0 * DAY), "tab-1", 1, Some(&alert("CA2")));
    let mut outbox = browser.tab();
    outbox.tidy(at(0.0), false);
    assert!(browser.everything().contains("+1555"));
    outbox.tidy(at(7.1 * DAY), false);
    assert!(!browser.everything().contains("+1555"), "{}", browser.everything());
    outbox.tidy(at(30.1 * DAY), false);
    outbox.tidy(at(31.2 * DAY), false);
    assert_eq!(outbox.entries().iter().filter(|entry| entry.refused.is_some()).count(), 2);
}

#[test]
fn it_is_tidied_each_hour_and_at_once_when_the_clock_was_set_back() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert("CA1"));
    let mut outbox = browser.tab();
    assert_eq!(outbox.keep_tidy(at(6.99 * DAY)), Milliseconds(3_600_000.0));
    assert_eq!(outbox.keep_tidy(at(6.99 * DAY + 600_000.0)), Milliseconds(3_000_000.0));
    assert!(browser.everything().contains("+1555"));
    outbox.keep_tidy(at(6.99 * DAY + 3_600_000.0));
    assert!(!browser.everything().contains("+1555"));
    assert_eq!(outbox.keep_tidy(at(6.0 * DAY)), Milliseconds(3_600_000.0));
}

#[test]
fn what_lies_under_a_key_that_is_not_its_own_is_damaged_and_never_posted() {
    for place in ["WK1/alert/alert-CA2", "WK1/alert/", "WK1/alert-CA1", "WK1/other/alert/alert-CA1"] {
        let browser = Browser::default();
        browser.tab().put(at(0.0), &alert("CA1"));
        let (key, text) = browser.texts.borrow_mut().pop_first().unwrap();
        browser.texts.borrow_mut().insert(format!("device-monitoring/{place}"), text.clone());
        let mut outbox = browser.tab();
        outbox.tidy(at(0.0), false);
        assert_eq!(outbox.next(at(0.0), &session(), 1.0), Next::Nothing, "{place}");
        assert_eq!(outbox.take_log(), [ConsoleMessage::Damaged(EntryKind::Alerts)], "{place}");
        assert!(browser.texts.borrow().is_empty());
        browser.texts.borrow_mut().insert(key, text);
        assert_eq!(post(&mut outbox, at(0.0)).id, "alert-CA1");
    }
}

#[test]
fn what_the_storage_keeps_although_it_was_removed_is_gone_for_the_page() {
    for has_room in [true, false] {
        let browser = Browser::default();
        let mut outbox = browser.tab();
        for sid in ["CA1", "CA2"] {
            outbox.put(at(0.0), &alert(sid));
        }
        browser.texts.borrow_mut().insert("device-monitoring/WK1/alert/damaged".to_owned(), "{".to_owned());
        browser.keeps_all.set(true);
        browser.room.set(if has_room { usize::MAX } else { 0 });
        let mut posted = Vec::new();
        while let Next::Post(entry) = outbox.next(at(1.0), &session(), 1.0) {
            assert!(posted.len() < 10, "without end: {posted:?}");
            outbox.answered(at(1.0), &entry.id, Some("token"), &status(200));
            posted.push(entry.id);
        }
        assert_eq!(posted, ["alert-CA1", "alert-CA2"], "{has_room}");
        assert_eq!(outbox.next(at(DAY), &session(), 1.0), Next::Nothing, "{has_room}");
        outbox.tidy(at(DAY), false);
        let damaged = ConsoleMessage::Damaged(EntryKind::Alerts);
        assert_eq!(outbox.take_log().iter().filter(|message| **message == damaged).count(), 1, "{has_room}");
        // What another tab stores under the same key later is there.
        browser.room.set(usize::MAX);
        browser.keeps_all.set(false);
        let stored = browser.texts.borrow_mut().remove("device-monitoring/WK1/alert/alert-CA1");
        assert!(stored.is_some() && outbox.entries().is_empty(), "{has_room}");
        browser.tab().put(at(2.0 * DAY), &alert("CA1"));
        assert_eq!(outbox.entries().len(), 1, "{has_room}");
    }
}

#[test]
fn what_is_damaged_is_dropped_and_said_and_what_a_newer_version_wrote_is_left_alone() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert("CA1"));
    let stored = browser.texts.borrow().iter().next().map(|(key, text)| (key.clone(), text.clone())).unwrap();
    for (text, log) in [
        (stored.1[..stored.1.len() - 10].to_owned(), vec![ConsoleMessage::Damaged(EntryKind::Alerts)]),
        (String::new(), vec![]),
        (stored.1.replacen("\"version\":2", "\"version\":3", 1), vec![]),
        ("2\nanother form".to_owned(), vec![]),
        ("1\nrubbish".to_owned(), vec![ConsoleMessage::Damaged(EntryKind::Alerts)]),
    ] {
        browser.texts.borrow_mut().insert(stored.0.clone(), text);
        let mut outbox = browser.tab();
        assert_eq!(outbox.next(at(0.0), &session(), 1.0), Next::Nothing);
        let left = browser.texts.borrow().len();
        assert_eq!((outbox.take_log(), left), (log.clone(), usize::from(log.is_empty())));
    }
}

#[test]
fn what_is_damaged_under_an_alerts_own_key_makes_way_for_it_and_what_a_newer_version_wrote_does_not() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert("CA1"));
    let (key, text) = browser.texts.borrow_mut().pop_first().unwrap();
    browser.texts.borrow_mut().insert(key.clone(), text[..text.len() - 10].to_owned());
    let mut outbox = browser.tab();
    outbox.put(at(1.0), &alert("CA1"));
    assert_eq!(outbox.take_log(), [ConsoleMessage::Damaged(EntryKind::Alerts)]);
    assert_eq!(post(&mut outbox, at(1.0)).id, "alert-CA1");
    browser.texts.borrow_mut().insert(key, "2\nanother form".to_owned());
    outbox.put(at(2.0), &alert("CA1"));
    assert!(browser.everything().contains("another form"));
}

#[test]
fn what_is_longer_than_any_alert_of_ours_is_damaged_and_pushes_out_none() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert("CA2"));
    let (key, text) = browser.texts.borrow_mut().pop_first().unwrap();
    browser.texts.borrow_mut().insert(key, text.replace("short call", &"x".repeat(1_100_000)));
    let mut outbox = browser.tab();
    outbox.put(at(1.0), &alert("CA1"));
    let kept: Vec<String> = outbox.entries().into_iter().map(|entry| entry.id).collect();
    assert_eq!(
        (kept, outbox.take_log()),
        (vec!["alert-CA1".to_owned()], vec![ConsoleMessage::Damaged(EntryKind::Alerts)])
    );
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
    assert_eq!((outbox.take_log(), browser.texts.borrow().len()), (vec![], 122));
}

proptest! {
    #[test]
    fn an_entry_is_read_as_it_was_written_whatever_it_holds(
        id in "\\PC{1,20}", issues in "\\PC*", caller in "\\PC*", dnis in "\\PC*", action in "\\PC*",
        refused in proptest::option::of("\\PC*"), waiting in proptest::option::of("\\PC*"), attempts: u32,
        since in proptest::option::of(1..1_u64 << 50),
        created in 0..1_u64 << 50, tried in 0..1_u64 << 50, wait in 0..1_u64 << 40, asked in 0..1_u64 << 40,
    ) {
        let template = post(&mut { let mut outbox = Browser::default().tab(); outbox.put(at(0.0), &alert("CA1")); outbox }, at(0.0));
        let mut entry = Entry {
            id, attempts, refused, created: WallTime(created as f64), tried: WallTime(tried as f64), backoff: Milliseconds(wait as f64),
            server_pause: Milliseconds(asked as f64),
            ..template
        };
        if entry.refused.is_none() {
            entry.receiver_refuses_since = since.filter(|_| waiting.is_some()).map(|since| WallTime(since as f64));
            entry.last_problem = waiting;
        }
        (entry.form.issues, entry.form.caller_id, entry.form.dnis, entry.form.action) = (issues, caller, dnis, action);
        prop_assert_eq!(Entry::parse(&entry.to_text()), Ok(entry));
    }

    #[test]
    fn any_text_in_the_storage_is_read_or_refused(text in "(1\n|\\{\"version\":[123])?(pending|refused)?[\\s\\S]{0,80}") {
        match Entry::parse(&text) {
            Ok(entry) => prop_assert_eq!(Entry::parse(&entry.to_text()), Ok(entry)),
            Err(Unreadable::Newer) => prop_assert!(!text.starts_with("1\n")),
            Err(Unreadable::Damaged) => {}
        }
    }
}
