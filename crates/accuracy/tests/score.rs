//! What counts as noticed, missed, invented and on the wrong side.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod support;

use accuracy::expectation::Expectation;
use accuracy::goals::{self, Verdict};
use accuracy::impairment::ShownBy;
use accuracy::recording::File;
use accuracy::score::Score;
use accuracy::scored::Scored;
use accuracy::sdk_and_engine::{Observation, Observer, Raised};
use accuracy::span::Span;
use accuracy::totals::Totals;
use accuracy::truth::Truth;
use support::Lab;

/// 10 % of the customer's packets lost from 20 s to 50 s.
fn lossy() -> Expectation {
    let lab = Lab::new(80).network(20, "down", r#"{"loss":0.1}"#).network(50, "down", "null");
    Expectation::from_truth(&Truth::from_recording(&lab.file().calls[0]))
}

fn raised(condition: &str, side: &str, raised: f64, cleared: Option<f64>) -> Raised {
    let span = Span { from: raised, to: cleared.unwrap_or(80.0) };
    Raised { condition: condition.to_owned(), side: side.to_owned(), raised, cleared, span }
}

fn score(expected: &Expectation, raised: Vec<Raised>) -> Score {
    Score::new(Observer::Full, &Observation { raised, warning: 30.0, ..Observation::default() }, expected)
}

#[test]
fn a_stretch_is_noticed_by_a_condition_that_is_true_of_it() {
    let score = score(&lossy(), vec![raised("high-packet-loss", "agent-network", 23.0, Some(55.0))]);
    let noticed = &score.noticed[0];
    assert_eq!((noticed.after, noticed.clear_after, noticed.right_side), (3.0, Some(5.0), true));
    assert_eq!((noticed.shown_by, score.invented, score.missed), (ShownBy::Samples, vec![], vec![]));
}

#[test]
fn a_condition_of_another_kind_is_invented_and_notices_nothing() {
    let score = score(&lossy(), vec![raised("high-rtt", "agent-network", 23.0, Some(55.0))]);
    assert_eq!((score.noticed.len(), score.missed.len(), score.invented.len()), (0, 1, 1));
}

#[test]
fn a_condition_that_nobody_here_has_heard_of_has_the_benefit_of_doubt_but_not_outside_of_trouble() {
    let unheard = |at| raised("robotic-voice", "agent-network", at, None);
    assert_eq!(score(&lossy(), vec![unheard(23.0)]).noticed.len(), 1);
    assert_eq!(score(&lossy(), vec![unheard(10.0)]).invented.len(), 1);
}

#[test]
fn too_late_is_missed_and_a_quarter_of_a_minute_after_is_invented() {
    let at = |at| score(&lossy(), vec![raised("high-packet-loss", "agent-network", at, None)]);
    assert_eq!((at(51.5).missed.len(), at(51.5).invented.len()), (0, 0));
    assert_eq!((at(52.0).missed.len(), at(52.0).invented.len()), (1, 0));
    assert_eq!((at(64.5).missed.len(), at(64.5).invented.len()), (1, 1));
}

#[test]
fn what_is_still_up_a_quarter_of_a_minute_after_has_stayed_too_long() {
    let until = |cleared| score(&lossy(), vec![raised("high-packet-loss", "agent-network", 23.0, cleared)]);
    assert_eq!(until(Some(64.0)).overstayed.len(), 0);
    assert_eq!((until(Some(64.1)).overstayed.len(), until(None).overstayed.len()), (1, 1));
}

#[test]
fn blaming_the_customer_for_the_agents_network_is_the_wrong_side_unless_another_blames_right() {
    let wrong = raised("high-packet-loss", "customer-audio", 23.0, None);
    let right = raised("low-mos", "agent-network", 25.0, None);
    assert_eq!(score(&lossy(), vec![wrong.clone()]).wrong_sides(), 1);
    assert_eq!(score(&lossy(), vec![wrong, right]).wrong_sides(), 0);
}

#[test]
fn what_comes_and_goes_twice_in_ten_seconds_flaps() {
    let loss = |from, to| raised("high-packet-loss", "agent-network", from, Some(to));
    assert_eq!(score(&lossy(), vec![loss(23.0, 25.0), loss(29.0, 33.0)]).flapping, ["high-packet-loss"]);
    assert_eq!(score(&lossy(), vec![loss(23.0, 25.0), loss(29.0, 34.0)]).flapping, [""; 0]);
}

#[test]
fn the_engine_without_statistics_is_excused_from_what_no_sample_shows_and_the_sdk_is_not() {
    let lab = Lab::new(80).network(20, "up", r#"{"loss":0.1}"#).network(50, "up", "null");
    let expected = Expectation::from_truth(&Truth::from_recording(&lab.file().calls[0]));
    let missed = |observer| Score::new(observer, &Observation::default(), &expected).missed.len();
    assert_eq!(Observer::ALL.map(missed), [1, 0, 1]);
}

#[test]
fn the_time_in_warning_is_wrong_by_what_it_lies_outside() {
    let error =
        |warning| Score::new(Observer::Full, &Observation { warning, ..Observation::default() }, &lossy()).error();
    assert_eq!((error(30.0), error(28.0), error(33.5)), (0.0, -2.0, 3.5));
}

#[test]
fn goals_are_compared_with_the_figures_as_they_are_printed() {
    let late = |at: f64| score(&lossy(), vec![raised("high-packet-loss", "agent-network", 20.0 + at, Some(50.0))]);
    let (in_time, too_late) = (late(2.04), late(2.06));
    let met = |score: &Score| {
        let goals = goals::for_observer(Observer::Full, &Totals::from_iter([score]));
        goals.iter().filter(|goal| goal.verdict != Verdict::Met).map(|goal| goal.figure.clone()).collect::<Vec<_>>()
    };
    assert_eq!(met(&in_time), [""; 0]);
    assert_eq!(met(&too_late), ["2.1 s"]);
}

#[test]
fn late_is_out_of_sight_only_if_no_second_sample_with_loss_came_in_time() {
    let verdict = |lost: &[u32]| {
        let mut lab = Lab::new(80).network(20, "down", r#"{"loss":0.1}"#).network(50, "down", "null");
        for (at, lost) in (21..).zip(lost) {
            let sample = format!(r#"{{"packetsLost":{lost},"packetsReceived":{}}}"#, 50 - lost);
            lab = lab.line(at, &format!(r#""type":"sample","sample":{sample}"#));
        }
        let expected = Expectation::from_truth(&Truth::from_recording(&lab.file().calls[0]));
        let score = score(&expected, vec![raised("high-packet-loss", "agent-network", 26.0, Some(52.0))]);
        let goals = goals::for_observer(Observer::Full, &Totals::from_iter([&score]));
        goals.iter().find(|goal| goal.asked.contains("95th")).map(|goal| goal.verdict)
    };
    assert_eq!(verdict(&[8, 0, 0, 1, 0, 3]), Some(Verdict::OutOfSight));
    assert_eq!(verdict(&[8, 0, 3, 1, 0, 3]), Some(Verdict::NotMet));
}

#[test]
fn too_short_a_time_in_warning_is_out_of_sight_only_by_what_no_sample_shows_of_the_round_trip_time() {
    let verdict = |observer: Observer, from: i32, until: i32| {
        let mut lab = Lab::new(80).network(20, "both", r#"{"delay":260}"#).network(50, "both", "null");
        for at in 1..80 {
            let rtt = if (from..until).contains(&at) { 520 } else { 2 };
            lab = lab.line(at, &format!(r#""type":"sample","sample":{{"rtt":{rtt}}}"#));
        }
        let expected = Expectation::from_truth(&Truth::from_recording(&lab.file().calls[0]));
        let raised = vec![raised("high-rtt", "agent-network", 26.0, Some(52.0))];
        let score = Score::new(observer, &Observation { raised, warning: 20.0, ..Observation::default() }, &expected);
        let goals = goals::for_observer(observer, &Totals::from_iter([&score]));
        goals.iter().find(|goal| goal.asked.contains("time in warning")).map(|goal| goal.verdict)
    };
    assert_eq!(verdict(Observer::Plain, 30, 50), Some(Verdict::OutOfSight));
    // Two seconds of thirty explain no ten that are missing.
    assert_eq!(verdict(Observer::Plain, 22, 50), Some(Verdict::NotMet));
    // What is shown too late at the end makes up for the beginning.
    assert_eq!(verdict(Observer::Plain, 30, 60), Some(Verdict::NotMet));
    assert_eq!(verdict(Observer::Sdk, 30, 50), Some(Verdict::NotMet));
}

#[test]
fn each_call_of_a_recording_is_held_against_its_own_truth_and_clock() {
    let call = |sid: &str, from: u32, lossy: bool| {
        let line = |at: u32, fields: &str| format!(r#"{{"ms":{},"callSid":"{sid}",{fields}}}"#, (from + at) * 1000);
        let dropped = if lossy { 10 } else { 0 };
        let mut lines = vec![line(0, r#""type":"accept""#)];
        for at in 1..30 {
            let passed =
                format!(r#"{{"rtpIn":50,"rtpOut":{},"rtpDrop":{dropped},"delayMs":0,"jitterMs":2}}"#, 50 - dropped);
            lines.push(line(at, &format!(r#""type":"truth-second","down":{passed},"up":{passed}"#)));
            let sample = format!(r#"{{"packetsLost":{dropped},"packetsReceived":{}}}"#, 50 - dropped);
            lines.push(line(at, &format!(r#""type":"sample","sample":{sample}"#)));
        }
        lines.push(line(30, r#""type":"disconnect""#));
        lines.join("\n")
    };
    let text = format!("{}\n{}", call("CA1", 0, true), call("CA2", 100, false));
    let calls = Scored::all(&File::parse("two".to_owned(), text));
    let names: Vec<_> = calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(names, ["two (1)", "two (2)"]);
    let musts: Vec<_> = calls.iter().map(|call| call.expected.must.len()).collect();
    assert_eq!(musts, [1, 0]);
    let engine: Vec<_> = calls.iter().map(|call| &call.scores.last().unwrap().1).collect();
    assert_eq!((engine[0].missed.len(), engine[1].invented.len()), (0, 0));
}
