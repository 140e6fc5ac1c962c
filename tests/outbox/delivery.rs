//! When an alert is posted, when again, and in which order.

use super::fixtures::{Browser, DAY, alert, alert_and_report, at, post, refusal, session, status, wait};
use device_monitoring::Milliseconds;
use device_monitoring::outbox::{Answer, Entry, Next, Session};

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
fn chance_that_is_no_share_lets_nothing_be_posted_again_without_a_pause() {
    for (chance, answer) in [
        (f64::NAN, Answer::None),
        (f64::NAN, status(500)),
        (f64::NAN, refusal(503, "claim-unavailable")),
        (-1e9, Answer::None),
        (f64::INFINITY, status(500)),
    ] {
        let browser = Browser::default();
        let mut outbox = browser.tab();
        outbox.put(at(0.0), &alert("CA1"));
        assert!(matches!(outbox.next(at(0.0), &session(), chance), Next::Post(_)));
        outbox.answered(at(0.0), "alert-CA1", Some("token"), &answer);
        let waits = [wait(&mut outbox, at(0.0)), wait(&mut browser.tab(), at(0.0))];
        assert!(waits.iter().all(|wait| (1000.0..=125_000.0).contains(wait)), "{chance}, {answer:?}: {waits:?}");
        outbox.retry_soon(at(0.0), chance);
        assert!(wait(&mut outbox, at(0.0)) >= 1000.0, "{chance}, {answer:?}: the connection is back");
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
fn an_alert_that_the_server_fails_at_does_not_hold_up_the_others() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    outbox.put(at(1.0), &alert("CA2"));
    let first = post(&mut outbox, at(2.0));
    outbox.answered(at(2.0), &first.id, Some("token"), &status(500));
    assert_eq!(post(&mut outbox, at(2.0)).id, "alert-CA2");
}

#[test]
fn a_supplement_comes_after_its_alert_however_often_that_is_tried() {
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
fn an_alert_that_cannot_be_acted_on_yet_keeps_no_other_waiting() {
    for error in ["customer-not-known-yet", "call-not-answered-yet", "action-not-done", "an-actions-own-word"] {
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
fn no_wait_that_somebody_has_written_into_the_storage_keeps_an_alert_for_longer_than_the_outbox_would() {
    for (wait, asked, max) in [(u64::MAX, 0, 300_000.0), (0, u64::MAX, 3_605_000.0)] {
        let browser = Browser::default();
        let mut outbox = browser.tab();
        outbox.put(at(0.0), &alert("CA1"));
        let (key, text) = browser.texts.borrow_mut().pop_first().unwrap();
        let text = text.replace("\"wait\":0", &format!("\"wait\":{wait}"));
        browser.texts.borrow_mut().insert(key, text.replace("\"asked\":0", &format!("\"asked\":{asked}")));
        assert_eq!(super::fixtures::wait(&mut outbox, at(0.0)), max);
        assert_eq!(post(&mut outbox, at(max)).id, "alert-CA1");
    }
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
        assert!(outbox.flush(at(0.0), &session, |_| true).is_empty());
    }
}

#[test]
fn what_leaves_with_the_page_counts_as_tried() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    let leaving = outbox.flush(at(0.0), &session(), |_| true);
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
    let leaving: Vec<_> = outbox.flush(at(3.0), &session(), fits).into_iter().map(|entry| entry.id).collect();
    assert_eq!(leaving, ["alert-CA1", "alert-CA3"]);
    let mut next_page = browser.tab();
    let attempts: Vec<_> = next_page.entries().iter().map(|entry| entry.attempts).collect();
    assert_eq!(attempts, [1, 0, 1]);
    assert_eq!(post(&mut next_page, at(3.0)).id, "alert-CA2-the-large-one", "at once, without any wait");
}

#[test]
fn on_leaving_a_supplement_stays_for_the_next_page_while_its_alert_waits_and_does_not_count_as_tried() {
    for is_main_too_large in [false, true] {
        let browser = Browser::default();
        let mut outbox = browser.tab();
        let (main, beside) = alert_and_report("CA1");
        outbox.put(at(0.0), &main);
        outbox.put(at(1.0), &beside);
        let mut asked = Vec::new();
        let leaving = outbox.flush(at(2.0), &session(), |entry| {
            asked.push(entry.id.clone());
            !is_main_too_large
        });
        assert_eq!(leaving.len(), usize::from(!is_main_too_large));
        assert_eq!(asked, ["alert-CA1"], "it takes no room from another alert");
        let mut next_page = browser.tab();
        let attempts: Vec<_> = next_page.entries().iter().map(|entry| entry.attempts).collect();
        assert_eq!(attempts, [u32::from(!is_main_too_large), 0]);
        next_page.answered(at(2.0), "alert-CA1", Some("token"), &status(200));
        let leaving = next_page.flush(at(3.0), &session(), |_| true);
        assert_eq!(leaving.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["alert-CA1-report"]);
    }
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
