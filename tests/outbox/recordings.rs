//! Recorded calls that are shared, on their way to the server: in pieces, kept and delivered like cards, and never in the
//! way of anything else.

use super::fixtures::{Browser, DAY, WORKER, alert, at, refusal, session, status};
use device_monitoring::Config;
use device_monitoring::floor::{Recording, RecordingPiece};
use device_monitoring::outbox::{ConsoleMessage, Entry, EntryKind, Next, Outbox};
use serde_json::Value;

/// Bytes of a call of ten minutes, packed.
const TEN_MINUTES: usize = 21_000;

fn recordings_of(browser: &Browser) -> Outbox<Browser> {
    Outbox::of_kind(EntryKind::Recordings, browser.clone(), Some(WORKER))
}

fn pieces(call_sid: &str, bytes: usize, is_amended: bool) -> Vec<RecordingPiece> {
    let packed: Vec<u8> = (0..bytes).map(|index| index as u8).collect();
    let recording =
        Recording { call_sid: Some(call_sid), started_at: at(0.0), direction: None, packed: &packed, is_amended };
    RecordingPiece::all_of(&recording, &Config::default(), Some(WORKER))
}

fn post(outbox: &mut Outbox<Browser>, now: f64) -> Option<Entry> {
    match outbox.next(at(now), &session(), 1.0) {
        Next::Post(entry) => Some(*entry),
        Next::Wait(_) | Next::Nothing => None,
    }
}

/// Posts what is due, one after the other, and gives the ids.
fn post_all(outbox: &mut Outbox<Browser>, now: f64) -> Vec<String> {
    let mut posted = Vec::new();
    while let Some(entry) = post(outbox, now) {
        outbox.answered(at(now), &entry.id, Some("token"), &status(200));
        posted.push(entry.id);
    }
    posted
}

#[test]
fn the_pieces_of_a_recording_leave_at_once_one_after_the_other() {
    let browser = Browser::default();
    let mut outbox = recordings_of(&browser);
    outbox.put_recording(at(0.0), &pieces("CA1", TEN_MINUTES, false));
    assert_eq!(post_all(&mut outbox, 0.0), ["recording-CA1-0", "recording-CA1-1"]);
    assert_eq!(outbox.entries(), []);
}

#[test]
fn a_piece_that_does_not_arrive_is_sent_again_also_by_the_next_page() {
    let browser = Browser::default();
    let mut outbox = recordings_of(&browser);
    outbox.put_recording(at(0.0), &pieces("CA1", TEN_MINUTES, false));
    let entry = post(&mut outbox, 0.0).unwrap();
    outbox.answered(at(0.0), &entry.id, Some("token"), &status(503));
    assert_eq!(post(&mut outbox, 0.0), None);
    let mut next_page = recordings_of(&browser);
    assert_eq!(post_all(&mut next_page, 10_000.0).len(), 2);
    assert_eq!(next_page.entries(), []);
}

#[test]
fn a_piece_that_is_refused_is_dropped_and_that_is_said() {
    let browser = Browser::default();
    let mut outbox = recordings_of(&browser);
    outbox.put_recording(at(0.0), &pieces("CA1", 500, false));
    let entry = post(&mut outbox, 0.0).unwrap();
    outbox.answered(at(0.0), &entry.id, Some("token"), &refusal(400, "recording-invalid"));
    assert_eq!(outbox.entries(), []);
    let log = outbox.take_log();
    assert!(matches!(log.as_slice(), [ConsoleMessage::Dropped(EntryKind::Recordings, _)]), "{log:?}");
    assert!(log[0].text().starts_with("The recording of a call was dropped: "));
}

#[test]
fn what_nobody_takes_in_a_week_is_dropped() {
    let browser = Browser::default();
    let mut outbox = recordings_of(&browser);
    outbox.put_recording(at(0.0), &pieces("CA1", 500, false));
    outbox.tidy(at(7.0 * DAY), false);
    assert_eq!(outbox.entries().len(), 1);
    outbox.tidy(at(7.0 * DAY + 1.0), false);
    assert_eq!(outbox.entries(), []);
}

#[test]
fn the_oldest_go_where_too_much_waits_with_one_line_about_it() {
    let browser = Browser::default();
    let mut outbox = recordings_of(&browser);
    for call in 1..=40 {
        outbox.put_recording(at(f64::from(call)), &pieces(&format!("CA{call}"), TEN_MINUTES, false));
    }
    let characters: usize = browser.texts.borrow().values().map(String::len).sum();
    assert!((400_000..=500_000).contains(&characters), "{characters}");
    let ids: Vec<String> = outbox.entries().into_iter().map(|entry| entry.id).collect();
    assert_eq!(ids.last().map(String::as_str), Some("recording-CA40-1"));
    outbox.take_log();
    outbox.put_recording(at(50.0), &pieces("CA50", TEN_MINUTES, false));
    let said: Vec<String> = outbox.take_log().iter().map(ConsoleMessage::text).collect();
    assert_eq!(said, ["Too many pieces of recordings wait: the oldest was dropped undelivered."]);
}

#[test]
fn what_the_agent_reports_after_the_call_comes_after_what_was_recorded_before_and_takes_its_place() {
    let browser = Browser::default();
    let mut outbox = recordings_of(&browser);
    outbox.put_recording(at(0.0), &pieces("CA1", 500, true));
    outbox.put_recording(at(1.0), &pieces("CA1", 400, false));
    assert_eq!(post_all(&mut outbox, 1.0), ["recording-CA1-0", "recording-CA1-0-report"]);
}

#[test]
fn alerts_and_cards_do_not_see_recordings_that_wait() {
    let browser = Browser::default();
    let mut recordings = recordings_of(&browser);
    recordings.put_recording(at(0.0), &pieces("CA1", TEN_MINUTES, false));
    let entry = post(&mut recordings, 0.0).unwrap();
    recordings.answered(at(0.0), &entry.id, Some("token"), &status(503));
    let mut alerts = browser.tab();
    alerts.put(at(0.0), &alert("CA1"));
    assert_eq!(post(&mut alerts, 0.0).map(|entry| entry.id), Some("alert-CA1".to_owned()));
    assert_eq!(recordings.entries().len(), 2);
}

#[test]
fn a_recording_of_more_than_two_hours_is_not_shared() {
    assert_eq!(pieces("CA1", 24 * 10_800, false).len(), 24);
    assert_eq!(pieces("CA1", 24 * 10_800 + 1, false), []);
}

#[test]
fn a_piece_names_neither_the_worker_where_workers_are_not_to_be_named_nor_anything_that_is_not_known() {
    let config = Config { report_workers: false, ..Config::default() };
    let recording =
        Recording { call_sid: None, started_at: at(0.0), direction: None, packed: &[31, 139], is_amended: false };
    let [piece] = &RecordingPiece::all_of(&recording, &config, Some(WORKER))[..] else { panic!("one piece") };
    let document: Value = serde_json::from_str(piece.document()).unwrap();
    let names: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(names, ["bytes", "data", "piece", "pieces", "startedAt", "version"]);
    assert!(!piece.document().contains(WORKER));
}
