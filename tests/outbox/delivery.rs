//! When an alert is posted, when it is tried again, and what each answer makes of it.

use super::browser::{Browser, DAY, alert, alert_and_report, at, post, refusal, session, status, under, wait};
use device_monitoring::Milliseconds;
use device_monitoring::outbox::{Answer, Contents, Entry, LogMessage, Next, Session};

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
fn a_clock_that_is_no_number_lets_nothing_be_posted_again_without_a_pause() {
    for answer in [Answer::None, status(500), status(503)] {
        let browser = Browser::default();
        let mut outbox = browser.tab();
        outbox.put(at(f64::NAN), &alert("CA1"));
        let entry = post(&mut outbox, at(f64::NAN));
        outbox.answered(at(f64::NAN), &entry.id, Some("token"), &answer);
        assert_eq!(wait(&mut outbox, at(f64::NAN)), 2000.0, "{answer:?}");
        assert_eq!(wait(&mut browser.tab(), at(f64::NAN)), 2000.0, "{answer:?}: the next page");
        assert_eq!(post(&mut outbox, at(2000.0)).attempts, 2, "{answer:?}: the clock is back");
    }
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
        let answer = Answer::Http {
            status: 429,
            error: None,
            message: None,
            retry_after: Some(Milliseconds(asked)),
            refused: Vec::new(),
        };
        outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
        assert_eq!(wait(&mut outbox, at(0.0)), waited, "the other alert waits as well");
        outbox.retry_soon(at(1000.0), 0.5);
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
        (refusal(503, "claims-not-set-up"), 3_600_000.0),
        (refusal(500, "not-configured"), 3_600_000.0),
    ] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let entry = post(&mut outbox, at(0.0));
        outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
        assert_eq!(wait(&mut outbox, at(0.0)), waits, "{answer:?}");
    }
}

#[test]
fn a_server_that_takes_no_token_or_lacks_the_action_is_said_once() {
    for error in ["token-refused", "action-disabled"] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        for (hour, token) in [(0.0, "token"), (1.0, "another")] {
            let now = at(hour * 3_600_000.0);
            let Next::Post(entry) = outbox.next(now, &under(token), 1.0) else { panic!("{error}, {token}") };
            let message = Some("It is not here.".to_owned());
            let answer = Answer::Http {
                status: 403,
                error: Some(error.to_owned()),
                message,
                retry_after: None,
                refused: Vec::new(),
            };
            outbox.answered(now, &entry.id, Some(token), &answer);
        }
        let log: Vec<_> = outbox.take_log().iter().map(LogMessage::text).collect();
        assert_eq!(log, ["Alerts wait for the server and are tried again: the server answered 403: It is not here."]);
    }
}

/// The receiver of an action, with its key wrong.
fn receiver_refuses() -> Answer {
    let message = Some("The receiver answered 401.".to_owned());
    let retry_after = Some(Milliseconds(600_000.0));
    Answer::Http { status: 503, error: Some("receiver-refused".to_owned()), message, retry_after, refused: Vec::new() }
}

#[test]
fn what_the_receiver_refuses_for_an_hour_is_said_and_delivered_when_it_is_mended() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let mut now = 0.0;
    while now < 3_600_000.0 {
        let entry = post(&mut outbox, at(now));
        outbox.answered(at(now), &entry.id, Some("token"), &receiver_refuses());
        now += wait(&mut outbox, at(now));
    }
    let why =
        "the receiver that the action sends it to refuses it; the server answered 503: The receiver answered 401.";
    assert_eq!(outbox.take_log(), [LogMessage::Waiting(Contents::Alerts, why.to_owned())]);
    assert_eq!(outbox.entries()[0].last_problem.as_deref(), Some(why));
    let entry = post(&mut outbox, at(now));
    assert_eq!(entry.form.caller_id, "+15550001111");
    outbox.answered(at(now), &entry.id, Some("token"), &status(200));
    assert!(outbox.entries().is_empty());
}

#[test]
fn what_the_receiver_refuses_for_a_day_is_kept_as_refused_whatever_came_in_between_and_by_whichever_page() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert("CA1"));
    let hour = 3_600_000.0;
    // The alert is old by now: its day begins with the first refusal.
    for (hours, answer) in [
        (100.0, receiver_refuses()),
        (110.0, Answer::None),
        (111.0, status(503)),
        (123.5, receiver_refuses()),
        (124.0, receiver_refuses()),
    ] {
        let mut outbox = browser.tab();
        let now = at(hours * hour);
        let entry = post(&mut outbox, now);
        outbox.answered(now, &entry.id, Some("token"), &answer);
        let is_refused = outbox.entries()[0].refused.is_some();
        assert_eq!(is_refused, hours >= 124.0, "{hours}");
    }
    let mut outbox = browser.tab();
    assert!(outbox.entries()[0].refused.as_deref().unwrap().contains("The receiver answered 401."));
    assert_eq!(outbox.next(at(200.0 * hour), &session(), 1.0), Next::Nothing);
}

#[test]
fn a_receiver_that_fails_in_another_way_in_between_gets_its_day_anew() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    for (days, answer) in [(0.0, receiver_refuses()), (0.5, refusal(503, "action-not-done")), (1.1, receiver_refuses())]
    {
        let entry = post(&mut outbox, at(days * DAY));
        outbox.answered(at(days * DAY), &entry.id, Some("token"), &answer);
    }
    assert_eq!(outbox.entries()[0].refused, None);
}

#[test]
fn why_an_alert_waits_is_kept_with_it_in_plain_words() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    assert_eq!(outbox.entries()[0].last_problem, None);
    let entry = post(&mut outbox, at(0.0));
    outbox.answered(at(0.0), &entry.id, Some("token"), &refusal(503, "claims-not-set-up"));
    let kept = browser.tab().entries().remove(0);
    let why = kept.last_problem.unwrap();
    assert!(why.starts_with("the claims service is not set up") && why.contains("an admin"), "{why}");
    assert_eq!(kept.refused, None);
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
    assert_eq!(
        outbox.take_log(),
        [LogMessage::Waiting(Contents::Alerts, "the server could not be reached".to_owned())]
    );
}

#[test]
fn what_can_never_succeed_is_kept_with_the_reason_and_not_posted_again() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    let entry = post(&mut outbox, at(0.0));
    let message = Some("The action \"x\" is not deployed.".to_owned());
    let refusal = Answer::Http { status: 400, error: None, message, retry_after: None, refused: Vec::new() };
    outbox.answered(at(0.0), &entry.id, Some("token"), &refusal);
    let reason = "the server answered 400: The action \"x\" is not deployed.";
    assert_eq!(outbox.take_log(), [LogMessage::Refused(reason.to_owned())]);
    let mut later = browser.tab();
    assert_eq!(later.next(at(DAY), &session(), 1.0), Next::Nothing);
    assert_eq!(later.entries()[0].refused.as_deref(), Some(reason));
}

#[test]
fn an_answer_that_is_too_long_is_cut_and_pushes_out_no_other_alert() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    outbox.put(at(1.0), &alert("CA2"));
    for code in [400, 503] {
        let entry = post(&mut outbox, at(2.0));
        let message = Some("é".repeat(1_100_000));
        outbox.answered(
            at(2.0),
            &entry.id,
            Some("token"),
            &Answer::Http { status: code, error: None, message, retry_after: None, refused: Vec::new() },
        );
        outbox.put(at(3.0), &alert("CA3"));
        let mut ids: Vec<_> = outbox.entries().into_iter().map(|entry| entry.id).collect();
        ids.sort();
        assert_eq!(ids, ["alert-CA1", "alert-CA2", "alert-CA3"], "{code}");
        assert!(browser.everything().len() < 50_000, "{}", browser.everything().len());
    }
}

#[test]
fn every_status_is_either_taken_tried_again_or_refused() {
    for (code, fate) in [
        (200, "gone"),
        (204, "gone"),
        (300, "waiting"),
        (302, "waiting"),
        (304, "waiting"),
        (400, "refused"),
        (401, "waiting"),
        (402, "waiting"),
        (403, "waiting"),
        (404, "waiting"),
        (405, "waiting"),
        (406, "waiting"),
        (407, "waiting"),
        (408, "waiting"),
        (409, "waiting"),
        (410, "waiting"),
        (411, "waiting"),
        (413, "refused"),
        (414, "waiting"),
        (415, "waiting"),
        (418, "waiting"),
        (421, "waiting"),
        (422, "refused"),
        (423, "waiting"),
        (425, "waiting"),
        (426, "waiting"),
        (428, "waiting"),
        (429, "waiting"),
        (431, "waiting"),
        (451, "waiting"),
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
fn what_an_admin_can_mend_is_said_at_once_and_what_fails_in_the_function_after_an_hour() {
    let said_after = |answer: &Answer| {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let mut now = 0.0;
        loop {
            let entry = post(&mut outbox, at(now));
            outbox.answered(at(now), &entry.id, Some("token"), answer);
            if !outbox.take_log().is_empty() {
                return now;
            }
            now += wait(&mut outbox, at(now));
        }
    };
    assert_eq!(said_after(&refusal(500, "not-configured")), 0.0);
    let after = said_after(&refusal(500, "action-failed"));
    assert!((3_600_000.0..4_200_000.0).contains(&after), "{after}");
}

#[test]
fn a_web_page_is_no_answer_of_the_servers_whatever_its_status() {
    for (page, code) in [
        ("<!DOCTYPE html><html><body>Sign in to the network</body></html>", 200),
        ("\u{feff}\r\n <html lang=\"en\">", 204),
        ("<!-- saved --><html>", 400),
        ("<!doctype HTML>", 403),
    ] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let entry = post(&mut outbox, at(0.0));
        let answer = Answer::web_page(code, page).unwrap();
        outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
        let reason = outbox.entries()[0].last_problem.clone().unwrap();
        assert!(reason.starts_with("a web page came back with the status"), "{reason}");
        assert_eq!(outbox.take_log(), [LogMessage::Waiting(Contents::Alerts, reason)]);
        assert_eq!(post(&mut outbox, at(2000.0)).id, "alert-CA1");
    }
    for body in ["", "{}", "null", "OK", "<Response/>", "<?xml version=\"1.0\"?><Response/>", "<"] {
        assert_eq!(Answer::web_page(200, body), None, "{body}");
    }
}

#[test]
fn no_wait_that_somebody_has_written_into_the_storage_keeps_an_alert_for_longer_than_the_outbox_would() {
    for (wait, asked, most) in [(u64::MAX, 0, 300_000.0), (0, u64::MAX, 3_605_000.0)] {
        let browser = Browser::default();
        let mut outbox = browser.tab();
        outbox.put(at(0.0), &alert("CA1"));
        let (key, text) = browser.texts.borrow_mut().pop_first().unwrap();
        let text = text.replace("\"wait\":0", &format!("\"wait\":{wait}"));
        browser.texts.borrow_mut().insert(key, text.replace("\"asked\":0", &format!("\"asked\":{asked}")));
        assert_eq!(super::browser::wait(&mut outbox, at(0.0)), most);
        assert_eq!(post(&mut outbox, at(most)).id, "alert-CA1");
    }
}

#[test]
fn an_expired_token_waits_for_another_one_and_costs_no_attempt() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let entry = post(&mut outbox, at(0.0));
    let expired = Answer::Http {
        status: 403,
        error: Some("token-expired".to_owned()),
        message: None,
        retry_after: None,
        refused: Vec::new(),
    };
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
        assert!(outbox.leave(at(0.0), &session, |_| true).is_empty());
    }
}

#[test]
fn what_leaves_with_the_page_counts_as_tried() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    let leaving = outbox.leave(at(0.0), &session(), |_| true);
    assert_eq!(leaving.len(), 1);
    assert_eq!(wait(&mut browser.tab(), at(0.0)), 2000.0);
}

#[test]
fn what_does_not_fit_on_leaving_does_not_count_as_tried_and_keeps_nothing_smaller_back() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    for (made, call) in [(0.0, "CA1"), (1.0, "CA2-the-large-one"), (2.0, "CA3")] {
        outbox.put(at(made), &alert(call));
    }
    let fits = |entry: &Entry| !entry.id.contains("large");
    let leaving: Vec<_> = outbox.leave(at(3.0), &session(), fits).into_iter().map(|entry| entry.id).collect();
    assert_eq!(leaving, ["alert-CA1", "alert-CA3"]);
    let mut next_page = browser.tab();
    let attempts: Vec<_> = next_page.entries().iter().map(|entry| entry.attempts).collect();
    assert_eq!(attempts, [1, 0, 1]);
    assert_eq!(post(&mut next_page, at(3.0)).id, "alert-CA2-the-large-one", "at once, without any wait");
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
    outbox.retry_soon(at(now), 0.5);
    assert_eq!(wait(&mut outbox, at(now)), 2500.0);
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
