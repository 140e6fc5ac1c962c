//! A part of `cargo xtask delivery-faults`, for every run of the tests.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use delivery_sim::chance::Chance;
use delivery_sim::ledger::{Fate, Ledger};
use delivery_sim::server::{Policy, Record, Request, Server, Troubles};
use delivery_sim::simulate;
use device_monitoring::outbox::Answer;

#[test]
fn of_a_thousand_alerts_none_is_lost_or_acted_on_twice_but_where_the_design_says_so() {
    let ledger = simulate(20_261_122, 1000);
    assert!(ledger.alerts() >= 1000);
    assert_eq!(ledger.faults(), [], "\n{}", ledger.table());
    for fate in [Fate::ActedOnce, Fate::RepeatedByPolicy, Fate::Unknown, Fate::Refused, Fate::LostWithMemory] {
        assert!(ledger.count_of(fate) > 0, "{fate:?} never came about: something was not tried\n{}", ledger.table());
    }
}

#[test]
fn the_same_seed_gives_the_same_table() {
    assert_eq!(simulate(5, 100).table(), simulate(5, 100).table());
    assert_ne!(simulate(5, 100).table(), simulate(6, 100).table());
}

#[test]
fn the_ledger_tells_what_must_not_happen() {
    let mut ledger = Ledger::default();
    let died = Record { acted: 2, unknown: true, ..Record::default() };
    assert_eq!(Fate::from_record(died, false, false), Fate::ActedTwice, "whatever else is unknown");
    assert_eq!(Fate::from_record(Record { changed: true, acted: 1, ..Record::default() }, false, false), Fate::Changed);
    let acted = |times| Record { acted: times, ..Record::default() };
    for (id, record, kept) in
        [("once", acted(1), false), ("twice", acted(2), false), ("lost", acted(0), false), ("waiting", acted(0), true)]
    {
        ledger.enter(id, Fate::from_record(record, kept, false));
    }
    assert_eq!(ledger.faults(), [(Fate::ActedTwice, "twice"), (Fate::Waiting, "waiting"), (Fate::Lost, "lost")]);
}

fn status(answer: Option<(u64, Answer)>) -> Option<u16> {
    match answer?.1 {
        Answer::Http { status, .. } | Answer::WebPage { status } => Some(status),
        Answer::None => None,
    }
}

fn request(content: &str) -> Request {
    Request { id: "a".to_owned(), token: "token".to_owned(), content: content.to_owned() }
}

#[test]
fn the_server_acts_once_however_often_it_is_asked() {
    let mut server = Server::taking("token");
    let mut chance = Chance::from_seed(1);
    let mut post = |now, content| status(server.handle(now, &request(content), Policy::AtMostOnce, &mut chance));
    assert_eq!([post(0, "{}"), post(1, "{}"), post(60_000, "{}")], [Some(200); 3]);
    assert_eq!(post(70_000, "{other}"), Some(422));
    assert_eq!((server.record("a").acted, server.record("a").changed), (1, true));
}

#[test]
fn an_instance_that_dies_is_followed_by_one_that_goes_by_the_actions_policy() {
    for (policy, acted, unknown) in [(Policy::AtLeastOnce, 1, false), (Policy::AtMostOnce, 0, true)] {
        let mut server = Server::taking("token");
        let mut chance = Chance::from_seed(1);
        server.troubles = Troubles { dies_before: 100.0, ..Troubles::default() };
        assert_eq!(status(server.handle(0, &request("{}"), policy, &mut chance)), None);
        server.troubles = Troubles::default();
        assert_eq!(
            status(server.handle(1000, &request("{}"), policy, &mut chance)),
            Some(409),
            "it may be at it still"
        );
        assert_eq!(status(server.handle(31_000, &request("{}"), policy, &mut chance)), Some(200));
        assert_eq!((server.record("a").acted, server.record("a").unknown), (acted, unknown));
    }
}
