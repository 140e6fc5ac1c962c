//! A part of `cargo xtask incidents`, for every run of the tests.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use incident_sim::{Centre, Expected, Report, scenarios, simulate};

fn played(seed: u64, days: i64) -> Report {
    let centre = Centre::documented().unwrap().with_agents(400);
    simulate(&centre, &scenarios().unwrap(), days, seed)
}

#[test]
fn in_some_days_of_a_smaller_centre_what_breaks_is_found_and_nothing_else() {
    let report = played(20_261_129, 4);
    assert!(report.count() >= 4, "{}", report.document());
    assert!(report.false_a_month() < 0.1, "{:?}", report.details());
    // With fewer agents than the goals are for, one of the five may take longer to prove.
    assert!(report.right_pct() > 99.0 && report.in_time_pct() >= 80.0, "{}", report.document());
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let of = |seed| {
        let centre = Centre::documented().unwrap().with_agents(60);
        simulate(&centre, &scenarios().unwrap(), 1, seed).document()
    };
    assert_eq!(of(5), of(5));
    assert_ne!(of(5), of(6));
}

#[test]
fn every_kind_of_scenario_is_tried() {
    let scenarios = scenarios().unwrap();
    assert!(scenarios.len() >= 7);
    for expected in [Expected::Key, Expected::KeyOrNone, Expected::NoWrongKey] {
        assert!(scenarios.iter().any(|scenario| scenario.expected == expected), "{expected:?}");
    }
    assert!(scenarios.iter().all(|scenario| !scenario.about.is_empty()));
}
