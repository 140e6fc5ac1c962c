//! Cards on their way to the server: several in a request, kept and delivered like alerts, and never in their way.

use super::fixtures::{Browser, DAY, WORKER, alert, at, refusal, session, status};
use device_monitoring::outbox::{Answer, ConsoleMessage, Entry, EntryKind, Next, Outbox, Refusal};
use device_monitoring::{
    CallParties, Card, ClientInfo, Configuration, Effect, Engine, Event, RawSample, Sample, Timestamp, WallTime,
};
use serde_json::json;

const FIVE_MINUTES: f64 = 300_000.0;

fn cards_of(browser: &Browser) -> Outbox<Browser> {
    Outbox::of_kind(EntryKind::Cards, browser.clone(), Some(WORKER))
}

/// The card of a call of half a minute, and the one of what the agent says of it in wrap-up.
fn card_and_report(call_sid: &str, is_healthy: bool) -> (Card, Card) {
    let client = ClientInfo { worker_sid: Some(WORKER.to_owned()), ..ClientInfo::default() };
    let configuration = Configuration::from_block(&json!({"reportCalls": true, "highRttThreshold": 400}));
    let mut engine = Engine::new(configuration, client);
    let call = engine.open(CallParties { call_sid: Some(call_sid.to_owned()), ..CallParties::default() });
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
    for second in 1..=30 {
        let rtt = if is_healthy { 40.0 } else { 900.0 };
        let sample = Sample::from(RawSample { rtt, ..RawSample::default() });
        engine.handle(Timestamp(second * 1000), call, &Event::Sample(sample));
    }
    engine.handle(Timestamp(30_000), call, &Event::Disconnected);
    engine.handle(Timestamp(35_000), call, &Event::Reported);
    let mut cards = std::iter::from_fn(|| engine.poll_effect()).filter_map(|effect| match effect {
        Effect::Card(card) => Some(*card),
        _ => None,
    });
    (cards.next().unwrap(), cards.next().unwrap())
}

fn healthy(call_sid: &str) -> Card {
    card_and_report(call_sid, true).0
}

fn bad(call_sid: &str) -> Card {
    card_and_report(call_sid, false).0
}

/// What leaves together at this moment; nothing if nothing is due.
fn post(outbox: &mut Outbox<Browser>, now: WallTime) -> Vec<Entry> {
    match outbox.next(now, &session(), 1.0) {
        Next::Post(entry) => {
            let mut entries = vec![*entry];
            let along = outbox.batch_with(now, &entries[0], 8000);
            entries.extend(along);
            entries
        }
        Next::Wait(_) | Next::Nothing => Vec::new(),
    }
}

fn ids(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.id.as_str()).collect()
}

fn answered(outbox: &mut Outbox<Browser>, now: WallTime, entries: &[Entry], answer: &Answer) {
    outbox.answered_together(now, &ids(entries), Some("token"), answer);
}

#[test]
fn cards_of_healthy_calls_wait_for_company_and_leave_in_one_request() {
    let browser = Browser::default();
    let mut outbox = cards_of(&browser);
    outbox.put_card(at(0.0), &healthy("CA1"));
    outbox.put_card(at(60_000.0), &healthy("CA2"));
    assert_eq!(post(&mut outbox, at(FIVE_MINUTES - 1.0)), []);
    let entries = post(&mut outbox, at(FIVE_MINUTES));
    assert_eq!(ids(&entries), ["card-CA1", "card-CA2"]);
    answered(&mut outbox, at(FIVE_MINUTES), &entries, &status(200));
    assert_eq!(outbox.entries(), []);
}

#[test]
fn the_card_of_a_bad_call_leaves_at_once_and_takes_the_others_along() {
    let browser = Browser::default();
    let mut outbox = cards_of(&browser);
    outbox.put_card(at(0.0), &healthy("CA1"));
    outbox.put_card(at(1000.0), &bad("CA2"));
    assert_eq!(ids(&post(&mut outbox, at(1000.0))), ["card-CA2", "card-CA1"]);
}

#[test]
fn ten_healthy_calls_are_company_enough_and_no_more_leave_together() {
    let browser = Browser::default();
    let mut outbox = cards_of(&browser);
    for number in 1..=9 {
        outbox.put_card(at(f64::from(number)), &healthy(&format!("CA{number}")));
    }
    assert_eq!(post(&mut outbox, at(20.0)), []);
    outbox.put_card(at(10.0), &healthy("CA10"));
    outbox.put_card(at(11.0), &healthy("CA11"));
    assert_eq!(post(&mut outbox, at(20.0)).len(), 10);
}

#[test]
fn what_the_server_asks_to_wait_with_comes_again_together_and_once() {
    let browser = Browser::default();
    let mut outbox = cards_of(&browser);
    outbox.put_card(at(0.0), &bad("CA1"));
    outbox.put_card(at(0.0), &bad("CA2"));
    let entries = post(&mut outbox, at(0.0));
    let busy = Answer::Http {
        status: 429,
        error: Some("floor-busy".to_owned()),
        message: None,
        retry_after: Some(device_monitoring::Milliseconds(4000.0)),
        refused: Vec::new(),
        finished_actions: None,
    };
    answered(&mut outbox, at(0.0), &entries, &busy);
    assert_eq!(post(&mut outbox, at(3999.0)), []);
    // One failure for the whole request: else ten cards would wait as long as ten requests that failed.
    let again = post(&mut outbox, at(9001.0));
    assert_eq!(again.len(), 2);
    answered(&mut outbox, at(9001.0), &again, &status(200));
    assert_eq!(outbox.entries(), []);
}

#[test]
fn cards_that_somebody_else_refuses_wait_for_a_day_until_they_are_dropped() {
    let browser = Browser::default();
    let mut outbox = cards_of(&browser);
    outbox.put_card(at(0.0), &bad("CA1"));
    outbox.put_card(at(0.0), &bad("CA2"));
    for (hours, left) in [(0.0, 2), (23.0, 2), (24.0, 0)] {
        let now = at(hours * 3_600_000.0);
        let entries = post(&mut outbox, now);
        assert_eq!(entries.len(), 2);
        answered(&mut outbox, now, &entries, &refusal(400, "blocked"));
        assert_eq!(outbox.entries().len(), left);
    }
}

#[test]
fn a_card_that_is_refused_is_dropped_and_said_and_the_others_are_delivered() {
    let browser = Browser::default();
    let mut outbox = cards_of(&browser);
    outbox.put_card(at(0.0), &bad("CA1"));
    outbox.put_card(at(0.0), &bad("CA2"));
    let entries = post(&mut outbox, at(0.0));
    let refused = vec![Refusal { position: 1, message: "The card is\nstrange.".to_owned() }];
    let answer =
        Answer::Http { status: 200, error: None, message: None, retry_after: None, refused, finished_actions: None };
    answered(&mut outbox, at(0.0), &entries, &answer);
    assert_eq!(outbox.entries(), []);
    let reason = "the server refused it: The card isstrange.".to_owned();
    assert_eq!(outbox.take_log(), [ConsoleMessage::Dropped(EntryKind::Cards, reason)]);
}

#[test]
fn what_the_agent_says_in_wrap_up_comes_after_the_card_of_its_call() {
    let browser = Browser::default();
    let mut outbox = cards_of(&browser);
    let (card, report) = card_and_report("CA1", false);
    outbox.put_card(at(0.0), &report);
    outbox.put_card(at(1.0), &card);
    assert_eq!(ids(&post(&mut outbox, at(1.0))), ["card-CA1", "card-CA1-report"]);
}

#[test]
fn on_leaving_what_the_agent_says_in_wrap_up_comes_after_the_card_of_its_call_or_stays_with_it() {
    // The clock was set back in between.
    for (made, said) in [(0.0, 1.0), (1.0, 0.0)] {
        let (card, report) = card_and_report("CA1", false);
        let outbox_with_both = || {
            let mut outbox = cards_of(&Browser::default());
            outbox.put_card(at(made), &card);
            outbox.put_card(at(said), &report);
            outbox
        };
        let leaving = outbox_with_both().flush(at(2.0), &session(), |_| true);
        assert_eq!(ids(&leaving), ["card-CA1", "card-CA1-report"]);
        let mut without_room = outbox_with_both();
        assert_eq!(without_room.flush(at(2.0), &session(), |entry| entry.id != "card-CA1"), []);
        assert!(without_room.entries().iter().all(|entry| entry.attempts == 0));
        let mut with_little_room = outbox_with_both();
        let leaving = with_little_room.flush(at(2.0), &session(), |entry| entry.id == "card-CA1");
        assert_eq!(ids(&leaving), ["card-CA1"]);
    }
}

#[test]
fn no_more_cards_leave_with_a_page_than_together_at_other_times() {
    let browser = Browser::default();
    let mut outbox = cards_of(&browser);
    for number in 1..=21 {
        outbox.put_card(at(f64::from(number)), &healthy(&format!("CA{number}")));
    }
    let leaving = outbox.flush(at(30.0), &session(), |_| true);
    assert_eq!(ids(&leaving), (1..=10).map(|number| format!("card-CA{number}")).collect::<Vec<_>>());
    assert_eq!(outbox.entries().iter().filter(|entry| entry.attempts == 0).count(), 11);
}

#[test]
fn a_server_that_does_not_take_cards_keeps_no_alert_waiting() {
    let browser = Browser::default();
    let (mut alerts, mut cards) = (browser.tab(), cards_of(&browser));
    cards.put_card(at(0.0), &bad("CA1"));
    let entries = post(&mut cards, at(0.0));
    // An older Function, which has no such address.
    answered(&mut cards, at(0.0), &entries, &status(404));
    alerts.put(at(0.0), &alert("CA1"));
    assert!(matches!(alerts.next(at(0.0), &session(), 1.0), Next::Post(_)));
    assert_eq!((alerts.entries().len(), cards.entries().len()), (1, 1));
}

#[test]
fn a_version_that_knows_no_cards_leaves_them_alone() {
    let browser = Browser::default();
    cards_of(&browser).put_card(at(0.0), &bad("CA1"));
    let mut alerts = browser.tab();
    alerts.tidy(at(100.0 * DAY), true);
    assert_eq!((alerts.entries(), alerts.take_log()), (Vec::new(), Vec::new()));
    assert_eq!(cards_of(&browser).entries().len(), 1);
}

#[test]
fn a_card_that_nobody_takes_in_a_week_is_dropped() {
    let browser = Browser::default();
    let mut outbox = cards_of(&browser);
    outbox.put_card(at(0.0), &bad("CA1"));
    outbox.tidy(at(6.9 * DAY), false);
    assert_eq!(outbox.entries().len(), 1);
    outbox.tidy(at(7.1 * DAY), false);
    assert_eq!(outbox.entries(), []);
    let reason = "nobody took it in 7 days; at last: it was never answered".to_owned();
    assert_eq!(outbox.take_log(), [ConsoleMessage::Dropped(EntryKind::Cards, reason)]);
}

#[test]
fn the_card_of_a_call_whose_tab_died_is_taken_over_by_the_next() {
    let browser = Browser::default();
    let mut died = cards_of(&browser);
    died.checkpoint_card(at(0.0), "tab-1", 1, Some(&healthy("CA1")));
    let mut next = cards_of(&browser);
    let checkpoints = next.checkpoints();
    next.adopt(at(1000.0), &checkpoints, Some(&[]));
    assert_eq!(ids(&next.entries()), ["card-CA1"]);
    assert_eq!(next.checkpoints(), Vec::<String>::new());
}

/// Stores something under a card's key, as another script may.
fn tamper(browser: &Browser, card: &Card, document: &str) {
    cards_of(browser).put_card(at(0.0), card);
    let (key, text) = browser.texts.borrow_mut().pop_first().unwrap();
    let mut stored: serde_json::Value = serde_json::from_str(&text).unwrap();
    stored["form"]["document"] = document.into();
    browser.texts.borrow_mut().insert(key, stored.to_string());
}

#[test]
fn a_stored_card_that_is_not_one_object_of_json_takes_no_other_card_with_it() {
    // To be posted with a number, which no card has, "{}" would not be JSON any more.
    for document in ["{}{}", "{1}", "{},{}", "{\"a\":1},{\"b\":2}", "{\"a\":}", "{\"a\":1}\u{0}{}"] {
        let browser = Browser::default();
        tamper(&browser, &bad("CA1"), document);
        let mut outbox = cards_of(&browser);
        outbox.put_card(at(1.0), &bad("CA2"));
        assert_eq!(ids(&post(&mut outbox, at(1.0))), ["card-CA2"], "{document}");
        assert_eq!(outbox.take_log(), [ConsoleMessage::Damaged(EntryKind::Cards)], "{document}");
    }
}
