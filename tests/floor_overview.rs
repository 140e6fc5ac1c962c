//! What supervisors see of the floor (rule F2), from beats and cards as the Function keeps them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use device_monitoring::floor::overview::{Filter, Floor, Overview, Search, Silence};
use device_monitoring::incidents::Incidents;
use serde_json::{Value, json};

const NOW: i64 = 1_795_327_609_127;
const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

fn worker(number: usize) -> String {
    format!("WK{number:032}")
}

fn merged(mut base: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        base[key] = value.clone();
    }
    base
}

/// A beat that was received a second ago of a call that began a minute ago, and whatever is given.
fn beat(number: usize, more: &Value) -> Value {
    let base = json!({
        "version": 1, "worker": worker(number), "startedAt": NOW - MINUTE, "at": NOW - SECOND,
        "receivedAt": NOW - SECOND, "team": "Blue", "site": "Lisbon"
    });
    merged(base, more)
}

fn in_trouble(number: usize, more: &Value) -> Value {
    let base = json!({
        "conditions": ["high-packet-loss"], "since": NOW - 11 * SECOND, "diagnosis": "your-network"
    });
    beat(number, &merged(base, more))
}

/// A healthy card of a call of five minutes that began an hour ago, and whatever is given.
fn card(number: usize, more: &Value) -> Value {
    let base = json!({
        "version": 1, "worker": worker(number), "callSid": format!("CA{number:032}"), "direction": "inbound",
        "startedAt": NOW - HOUR, "durationMs": 5 * MINUTE, "warningMs": 0, "receivedAt": NOW - 55 * MINUTE,
        "metrics": {"mos": [4.3, 4.1]}, "versions": {"plugin": "0.2.0"}, "team": "Blue", "site": "Lisbon"
    });
    merged(base, more)
}

fn overview(beats: &[Value], cards: &[Value]) -> Overview {
    let mut overview = Overview::default();
    for beat in beats {
        let key = format!("{}-{}", beat["worker"].as_str().unwrap(), beat["startedAt"]);
        overview.put_beat(&key, &beat.to_string()).unwrap();
    }
    for (index, card) in cards.iter().enumerate() {
        let key =
            format!("{:013}-{}-{index:04}", card["startedAt"].as_i64().unwrap(), card["worker"].as_str().unwrap());
        overview.put_card(&key, &card.to_string()).unwrap();
    }
    overview
}

/// Of all agents.
fn floor(overview: &Overview, now: i64) -> Floor {
    overview.floor(now, &Filter::default())
}

#[test]
fn who_is_in_trouble_is_shown_since_when_with_what_and_where_the_longest_first() {
    let mut overview = overview(
        &[
            in_trouble(1, &json!({})),
            in_trouble(2, &json!({"since": NOW - 31 * SECOND, "cause": "wifi"})),
            beat(3, &json!({})),
        ],
        &[],
    );
    overview.name(&worker(2), "Kim Colleague");
    let floor = floor(&overview, NOW);
    assert_eq!(floor.calls, 3);
    let troubled: Vec<_> = floor.troubled.iter().map(|call| (call.agent.as_str(), call.since)).collect();
    assert_eq!(troubled, [("Kim Colleague", NOW - 31 * SECOND), (&worker(1), NOW - 11 * SECOND)]);
    assert_eq!(floor.troubled[0].cause.as_deref(), Some("wifi"));
    assert_eq!(floor.troubled[0].diagnosis.as_deref(), Some("your-network"));
    let place = &floor.places[0];
    assert_eq!(
        (place.team.as_deref(), place.site.as_deref(), place.calls, place.troubled),
        (Some("Blue"), Some("Lisbon"), 3, 2)
    );
}

#[test]
fn since_when_is_told_by_the_functions_clock_whatever_the_agents_says() {
    // The agent's clock is an hour ahead.
    let beat =
        in_trouble(1, &json!({"at": NOW + HOUR, "since": NOW + HOUR - 20 * SECOND, "receivedAt": NOW - 2 * SECOND}));
    assert_eq!(floor(&overview(&[beat], &[]), NOW).troubled[0].since, NOW - 22 * SECOND);
}

#[test]
fn no_trouble_is_older_than_its_call() {
    let beat = in_trouble(1, &json!({"since": 0}));
    let began = NOW - MINUTE;
    assert_eq!(floor(&overview(&[beat], &[]), NOW).troubled[0].since, began);
}

#[test]
fn a_beat_is_believed_for_90_seconds() {
    let overview = overview(&[in_trouble(1, &json!({"receivedAt": NOW}))], &[]);
    assert_eq!(floor(&overview, NOW + 89 * SECOND).troubled.len(), 1);
    let later = floor(&overview, NOW + 90 * SECOND);
    assert_eq!((later.troubled.len(), later.calls), (0, 0));
}

#[test]
fn a_call_is_over_with_its_last_beat_or_with_its_card() {
    let ended = beat(1, &json!({"ended": true}));
    assert_eq!(floor(&overview(&[ended], &[]), NOW).calls, 0);
    let cut_short = card(1, &json!({"startedAt": NOW - MINUTE, "durationMs": 30 * SECOND}));
    assert_eq!(floor(&overview(&[in_trouble(1, &json!({}))], &[cut_short]), NOW).calls, 0);
}

#[test]
fn a_supervisor_who_listens_is_in_trouble_like_anybody_but_is_no_further_call() {
    let floor = floor(&overview(&[in_trouble(1, &json!({"monitoring": true}))], &[]), NOW);
    assert_eq!((floor.troubled.len(), floor.calls, floor.places.len()), (1, 0, 0));
    assert!(floor.troubled[0].monitoring);
}

#[test]
fn the_last_24_hours_have_24_hours_and_a_call_counts_in_the_one_in_which_it_ended() {
    let bad = card(1, &json!({"reasons": ["warningDurPct"]}));
    let old = card(2, &json!({"startedAt": NOW - 25 * HOUR}));
    let hours = floor(&overview(&[], &[bad, card(2, &json!({})), old]), NOW).hours;
    assert_eq!(hours.len(), 24);
    assert!(hours.windows(2).all(|pair| pair[1].from - pair[0].from == HOUR));
    assert!((0..HOUR).contains(&(NOW - hours[23].from)));
    let ended = NOW - 55 * MINUTE;
    let with_calls: Vec<_> = hours.iter().filter(|hour| hour.calls > 0).collect();
    assert_eq!(with_calls.len(), 1);
    assert!((0..HOUR).contains(&(ended - with_calls[0].from)));
    assert_eq!((with_calls[0].calls, with_calls[0].bad), (2, 1));
}

/// Fuzzing found it: fuzz/seeds/cards/absurd.json.
#[test]
fn calls_at_moments_that_cannot_be_are_in_no_hour() {
    for at in [i64::MIN, i64::MAX] {
        let moments = json!({"startedAt": at, "at": at, "receivedAt": at, "durationMs": at});
        let mut overview = overview(&[beat(1, &moments)], &[card(2, &moments)]);
        overview.set_workers_in_call([(worker(3), at)], NOW);
        assert_eq!(floor(&overview, NOW).hours.iter().map(|hour| hour.calls).sum::<usize>(), 0, "{at}");
    }
}

/// So many calls of a worker, of which so many are bad.
fn calls_of(number: usize, calls: usize, bad: usize) -> Vec<Value> {
    let reasons = |index| if index < bad { json!(["warningDurPct"]) } else { json!([]) };
    (0..calls)
        .map(|index| card(number, &json!({"reasons": reasons(index), "startedAt": NOW - HOUR - index as i64})))
        .collect()
}

#[test]
fn agents_whose_share_of_bad_calls_is_larger_than_chance_explains_are_named_the_largest_first() {
    let cards = [calls_of(1, 20, 10), calls_of(2, 20, 5), calls_of(3, 100, 2), calls_of(4, 30, 0)].concat();
    let floor = floor(&overview(&[], &cards), NOW);
    let agents: Vec<_> = floor.agents.iter().map(|agent| (agent.worker.clone(), agent.calls, agent.bad)).collect();
    assert_eq!(agents, [(worker(1), 20, 10), (worker(2), 20, 5)]);
    assert_eq!(floor.agents[0].share_pct, 50.0);
    assert_eq!((floor.centre.calls, floor.centre.bad), (170, 17));
    assert_eq!(floor.centre.share_pct, 10.0);
}

#[test]
fn one_bad_call_of_one_makes_nobody_conspicuous_among_many_bad_calls() {
    let cards = [calls_of(1, 1, 1), calls_of(2, 40, 12)].concat();
    assert_eq!(floor(&overview(&[], &cards), NOW).agents, []);
    // And nobody is compared with nobody.
    assert_eq!(floor(&overview(&[], &calls_of(1, 40, 40)), NOW).agents, []);
}

#[test]
fn calls_that_one_browser_invents_hardly_change_with_what_others_are_compared() {
    let usual = (1..20).flat_map(|number| calls_of(number, 60, 3));
    let cards: Vec<Value> = usual.chain(calls_of(20, 60, 5)).chain(calls_of(21, 60, 20)).collect();
    let shown = |invented: &[Value]| {
        let agents = floor(&overview(&[], &[&cards, invented].concat()), NOW).agents;
        agents.into_iter().map(|agent| agent.worker).filter(|agent| *agent != worker(22)).collect::<Vec<_>>()
    };
    assert_eq!(shown(&[]), [worker(21)]);
    assert_eq!(shown(&calls_of(22, 2000, 0)), [worker(21)], "nobody is shown because of good calls");
    assert_eq!(shown(&calls_of(22, 2000, 2000)), [worker(21)], "nor hidden behind bad ones");
}

#[test]
fn calls_of_supervisors_who_listened_are_in_no_share() {
    let listened = card(1, &json!({"monitoring": true, "reasons": ["warningDurPct"]}));
    let floor = floor(&overview(&[], &[listened]), NOW);
    assert_eq!((floor.centre.calls, floor.hours.iter().map(|hour| hour.calls).sum::<usize>()), (0, 0));
}

fn silences(overview: &Overview, now: i64) -> Vec<(String, Silence)> {
    floor(overview, now).silent.into_iter().map(|one| (one.worker, one.silence)).collect()
}

#[test]
fn who_is_in_a_call_by_flexs_word_and_sends_no_beat_is_named_after_a_minute() {
    let mut overview = overview(&[beat(1, &json!({}))], &[]);
    let since = NOW - 2 * MINUTE;
    overview.set_workers_in_call([(worker(1), since), (worker(2), since), (worker(3), NOW - 30 * SECOND)], NOW);
    assert_eq!(silences(&overview, NOW), [(worker(2), Silence::NoBeat { since })]);
    assert_eq!(floor(&overview, NOW).silent[0].team, None);
    overview.put_card("1", &card(2, &json!({})).to_string()).unwrap();
    let silent = &floor(&overview, NOW).silent[0];
    assert_eq!((silent.team.as_deref(), silent.site.as_deref()), (Some("Blue"), Some("Lisbon")));
}

#[test]
fn thousands_of_whom_nothing_is_heard_take_as_long_as_the_cards_of_all() {
    // For each of them, all cards were gone through.
    const MANY: usize = 20_000;
    let cards: Vec<Value> = (0..MANY).map(|number| card(number, &json!({}))).collect();
    let mut overview = overview(&[], &cards);
    let since = NOW - 2 * MINUTE;
    overview.set_workers_in_call((MANY..2 * MANY).map(|number| (worker(number), since)), NOW);
    assert_eq!(floor(&overview, NOW).silent.len(), MANY);
}

#[test]
fn of_whom_nothing_is_heard_team_and_site_are_those_of_the_last_card_or_else_of_a_beat() {
    let beats = [beat(1, &json!({"receivedAt": NOW - HOUR})), beat(2, &json!({"receivedAt": NOW - HOUR}))];
    let earlier = card(1, &json!({"team": "Red", "startedAt": NOW - 3 * HOUR}));
    let mut overview = overview(&beats, &[earlier, card(1, &json!({"team": "Green", "site": null}))]);
    let since = NOW - 2 * MINUTE;
    overview.set_workers_in_call((1..4).map(|number| (worker(number), since)), NOW);
    let silent = floor(&overview, NOW).silent;
    let no_beat: Vec<_> = silent.iter().filter(|one| matches!(one.silence, Silence::NoBeat { .. })).collect();
    let places: Vec<_> = no_beat.iter().map(|one| (one.team.as_deref(), one.site.as_deref())).collect();
    assert_eq!(places, [(Some("Green"), None), (Some("Blue"), Some("Lisbon")), (None, None)]);
}

#[test]
fn under_pseudonyms_nobody_can_say_who_is_not_heard_of() {
    let mut overview = overview(&[beat(1, &json!({"worker": "P-0123456789abcdef"}))], &[]);
    overview.set_workers_in_call([(worker(1), NOW - HOUR)], NOW);
    assert_eq!(silences(&overview, NOW), []);
    assert!(floor(&overview, NOW).has_pseudonyms);
    assert_eq!(overview.unnamed(), [worker(1)]);
}

#[test]
fn one_pseudonym_among_named_workers_hides_nobody_else_who_is_not_heard_of() {
    let pseudonym = beat(9, &json!({"worker": "P-0123456789abcdef"}));
    let earlier: Vec<_> = (1..=3).map(|number| card(number, &json!({"startedAt": NOW - 2 * HOUR}))).collect();
    let mut floor = overview(std::slice::from_ref(&pseudonym), &earlier);
    let since = NOW - 2 * MINUTE;
    floor.set_workers_in_call([(worker(1), since), (worker(2), since)], NOW);
    let no_beat = |number| (worker(number), Silence::NoBeat { since });
    assert_eq!(silences(&floor, NOW), [no_beat(1), no_beat(2)]);
    // Since `reportWorkers` became false, this may be the one who is in a call.
    floor.set_workers_in_call([(worker(1), since)], NOW);
    assert_eq!(silences(&floor, NOW), []);
    // Nobody's but a pseudonym's calls were ever reported.
    let mut unnamed = overview(&[pseudonym], &[]);
    unnamed.set_workers_in_call([(worker(1), since), (worker(2), since)], NOW);
    assert_eq!(silences(&unnamed, NOW), []);
}

#[test]
fn a_call_that_beats_told_of_has_left_its_card_after_ten_minutes_or_is_missed() {
    let told = beat(1, &json!({"ended": true}));
    let missed = overview(std::slice::from_ref(&told), &[]);
    assert_eq!(silences(&missed, NOW + 9 * MINUTE), []);
    assert_eq!(silences(&missed, NOW + 11 * MINUTE), [(worker(1), Silence::NoCard { calls: 1 })]);
    let there = overview(&[told], &[card(1, &json!({"startedAt": NOW - MINUTE}))]);
    assert_eq!(silences(&there, NOW + 11 * MINUTE), []);
}

#[test]
fn whose_last_call_had_an_older_plugin_than_anothers_is_named() {
    let version = |version: &str| json!({"versions": {"plugin": version}});
    let updated =
        [card(2, &merged(version("0.9.0"), &json!({"startedAt": NOW - 2 * HOUR}))), card(2, &version("0.10.0"))];
    let floor =
        overview(&[], &[vec![card(1, &version("0.9.1")), card(3, &version("next"))], updated.to_vec()].concat());
    assert_eq!(silences(&floor, NOW), [], "one worker alone makes nobody's version old: browsers tell it");
    let mut floor = floor;
    floor.put_card("4", &card(4, &version("0.10.0")).to_string()).unwrap();
    floor.put_card("5", &card(5, &version("999.0.0")).to_string()).unwrap();
    let silence = Silence::OldVersion { version: "0.9.1".to_owned(), newest: "0.10.0".to_owned() };
    assert_eq!(silences(&floor, NOW), [(worker(1), silence)]);
}

#[test]
fn one_agent_by_name_and_under_a_pseudonym_makes_nobodys_version_old() {
    let version = |version: &str| json!({"versions": {"plugin": version}});
    let pseudonym = |version: &str, name: &str| {
        merged(card(9, &json!({"worker": name})), &json!({"versions": {"plugin": version}}))
    };
    let own = [card(1, &version("0.9.0")), card(2, &version("0.9.0")), card(9, &version("99.0.0"))];
    let mut floor = overview(&[], &[own.to_vec(), vec![pseudonym("99.0.0", "P-0123456789abcdef")]].concat());
    assert_eq!(silences(&floor, NOW), []);
    // Two under pseudonyms are two agents.
    floor.put_card("other", &pseudonym("1.0.0", "P-fedcba9876543210").to_string()).unwrap();
    let silence = Silence::OldVersion { version: "0.9.0".to_owned(), newest: "1.0.0".to_owned() };
    assert_eq!(silences(&floor, NOW), [(worker(1), silence.clone()), (worker(2), silence)]);
}

#[test]
fn under_a_pseudonym_of_earlier_calls_it_is_still_said_who_is_not_heard_of() {
    let mut overview = overview(&[], &[card(1, &json!({"worker": "P-0123456789abcdef"}))]);
    let since = NOW - 2 * MINUTE;
    overview.set_workers_in_call([(worker(2), since)], NOW);
    assert_eq!(silences(&overview, NOW), [(worker(2), Silence::NoBeat { since })]);
    assert!(!floor(&overview, NOW).has_pseudonyms);
}

#[test]
fn a_filter_leaves_out_the_others_everywhere_but_in_the_comparison_with_the_centre() {
    let green = json!({"team": "Green", "site": "Turin"});
    let with_green = |value: Value| merged(value, &green);
    let mut cards = calls_of(1, 20, 10);
    cards.extend(calls_of(2, 20, 10).into_iter().map(with_green));
    cards.extend(calls_of(3, 100, 2));
    let ended = merged(green.clone(), &json!({"ended": true, "startedAt": NOW - 20 * MINUTE}));
    let beats = [
        in_trouble(4, &json!({})),
        in_trouble(5, &green),
        beat(6, &green),
        beat(7, &merged(ended, &json!({"receivedAt": NOW - 15 * MINUTE}))),
    ];
    let mut overview = overview(&beats, &cards);
    overview.name(&worker(5), "Kim Colleague");
    let of = |filter: Value| overview.floor(NOW, &serde_json::from_value(filter).unwrap());
    let shown = |floor: &Floor| {
        let hours: usize = floor.hours.iter().map(|hour| hour.calls).sum();
        (floor.troubled.len(), floor.calls, floor.places.len(), hours, floor.agents.len(), floor.silent.len())
    };
    let all = of(json!({}));
    assert_eq!(shown(&all), (2, 3, 2, 140, 2, 1));
    for filter in [json!({"team": "Green"}), json!({"site": "Turin"}), json!({"text": " turin"})] {
        let green = of(filter);
        assert_eq!(shown(&green), (1, 2, 1, 20, 1, 1));
        assert_eq!((green.centre, &green.teams, &green.sites), (all.centre, &all.teams, &all.sites));
        assert_eq!(green.agents[0].others_pct, all.agents[1].others_pct);
    }
    assert_eq!(shown(&of(json!({"text": "kim"}))), (1, 1, 1, 0, 0, 0));
    assert_eq!(shown(&of(json!({"text": "kim", "team": "Blue"}))), (0, 0, 0, 0, 0, 0));
    assert_eq!(all.teams.into_iter().collect::<Vec<_>>(), ["Blue", "Green"]);
}

#[test]
fn calls_are_found_by_call_sid_agent_time_what_and_why_the_newest_first() {
    let mut overview = overview(
        &[],
        &[
            card(1, &json!({"diagnosis": "your-network", "cause": "wifi", "conditions": {"high-jitter": 12.5}})),
            card(2, &json!({"reasons": ["shortCall"], "startedAt": NOW - 2 * HOUR})),
            card(3, &json!({"startedAt": NOW - 3 * HOUR})),
        ],
    );
    overview.name(&worker(3), "Kim Colleague");
    let found = |search: Value| -> Vec<String> {
        let search = merged(json!({"limit": 10}), &search);
        let search: Search = serde_json::from_value(search).unwrap();
        overview.calls(&search).calls.into_iter().map(|row| row.card.worker).collect()
    };
    assert_eq!(found(json!({})), [worker(1), worker(2), worker(3)]);
    assert_eq!(found(json!({"text": format!("ca{:032}", 2)})), [worker(2)]);
    assert_eq!(found(json!({"text": "kim"})), [worker(3)]);
    assert_eq!(found(json!({"text": "lisbon"})).len(), 3);
    assert_eq!(found(json!({"from": NOW - 2 * HOUR, "until": NOW - HOUR})), [worker(2)]);
    for what in ["your-network", "high-jitter"] {
        assert_eq!(found(json!({"what": what})), [worker(1)], "{what}");
    }
    assert_eq!(found(json!({"what": "shortCall"})), [worker(2)]);
    assert_eq!(found(json!({"why": "wifi"})), [worker(1)]);
    assert_eq!(found(json!({"onlyBad": true})), [worker(2)]);
    let limited: Search = serde_json::from_value(json!({"limit": 1})).unwrap();
    let found = overview.calls(&limited);
    assert_eq!((found.total, found.calls.len()), (3, 1));
}

#[test]
fn a_view_that_is_open_for_weeks_keeps_no_more_than_it_looks_back() {
    let mut overview = overview(&[], &[]);
    for hour in 0..24 * 21 {
        let now = NOW + hour * HOUR;
        overview.put_card(&format!("{now:013}"), &card(1, &json!({"startedAt": now - HOUR})).to_string()).unwrap();
        overview.forget_before(now - 24 * HOUR);
    }
    assert_eq!(overview.calls(&Search { limit: 1000, ..Search::default() }).total, 24);
    let last = NOW + (24 * 21 - 1) * HOUR;
    assert_eq!(floor(&overview, last).centre.calls, 24);
    // A beat that comes late for a call whose card is there is not of a call that goes on.
    let beat = beat(1, &json!({"startedAt": last - HOUR, "receivedAt": last}));
    overview.put_beat("late", &beat.to_string()).unwrap();
    assert_eq!(floor(&overview, last).calls, 0);
}

#[test]
fn a_call_is_opened_by_its_own_worker_whoever_else_names_it_in_a_card() {
    let mut overview = overview(&[], &[card(1, &json!({})), card(2, &json!({"startedAt": NOW - MINUTE}))]);
    let claimed = card(2, &json!({"callSid": format!("CA{:032}", 1), "startedAt": NOW - MINUTE}));
    overview.put_card("9999999999999-claimed", &claimed.to_string()).unwrap();
    let key = overview.card_of(&worker(1), &format!("CA{:032}", 1)).unwrap();
    assert_eq!(overview.call(key).unwrap().row.card.worker, worker(1));
    assert_eq!(overview.card_of(&worker(3), &format!("CA{:032}", 1)), None);
}

#[test]
fn a_calls_page_has_its_figures_the_longest_condition_first_and_what_newer_plugins_tell() {
    let given = card(
        1,
        &json!({
            "warningMs": 75 * SECOND, "conditions": {"high-jitter": 12.5, "low-mos": 75.0}, "codec": "opus"
        }),
    );
    let overview = overview(&[], &[given]);
    let key = overview.card_of(&worker(1), &format!("CA{:032}", 1)).unwrap().to_owned();
    let page = serde_json::to_value(overview.call(&key)).unwrap();
    assert_eq!(page["warningPct"], json!(25.0));
    assert_eq!(page["longest"], json!([["low-mos", 75.0], ["high-jitter", 12.5]]));
    assert_eq!(page["card"]["codec"], json!("opus"));
    assert_eq!(page["card"]["metrics"], json!({"mos": [4.3, 4.1]}));
    assert_eq!(overview.call("another"), None);
}

#[test]
fn a_calls_page_has_its_timeline_in_order_and_of_older_plugins_none() {
    let timeline = json!({
        "connection-lost": [[30, 6]], "your-network": [[12.5, 15], [36, 30, "wifi"], [290, 20]]
    });
    let more = json!({
        "timeline": timeline, "omittedStretches": 2, "evidence": {"concealmentMs": 85, "networkType": "wifi"}
    });
    let overview = overview(&[], &[card(1, &more), card(2, &json!({}))]);
    let page = |number: usize| {
        let key = overview.card_of(&worker(number), &format!("CA{number:032}")).unwrap();
        serde_json::to_value(overview.call(key)).unwrap()
    };
    let stretches: Vec<_> = page(1)["timeline"].as_array().unwrap().clone();
    let told: Vec<_> = stretches.iter().map(|one| (one["fromMs"].clone(), one["diagnosis"].clone())).collect();
    let expected = [
        (json!(12_500.0), json!("your-network")),
        (json!(30_000.0), json!("connection-lost")),
        (json!(36_000.0), json!("your-network")),
        (json!(290_000.0), json!("your-network")),
    ];
    assert_eq!(told, expected);
    assert_eq!((&stretches[2]["cause"], &stretches[2]["lengthMs"]), (&json!("wifi"), &json!(30_000.0)));
    assert_eq!((&stretches[2]["fromPct"], &stretches[2]["lengthPct"]), (&json!(12.0), &json!(10.0)));
    let end = stretches[3]["fromPct"].as_f64().unwrap() + stretches[3]["lengthPct"].as_f64().unwrap();
    assert_eq!(end, 100.0, "it is not drawn beyond the call");
    assert_eq!(page(1)["card"]["evidence"], json!({"concealmentMs": 85, "networkType": "wifi"}));
    assert_eq!(page(1)["card"]["omittedStretches"], json!(2));
    assert_eq!((&page(2)["timeline"], &page(2)["card"]["evidence"]), (&json!([]), &Value::Null));
}

#[test]
fn what_cannot_be_read_is_refused_and_nothing_else_is_lost() {
    let mut overview = overview(&[in_trouble(1, &json!({}))], &[]);
    for broken in ["", "null", "{}", r#"{"worker": 1}"#] {
        assert!(overview.put_beat("other", broken).is_err(), "{broken}");
        assert!(overview.put_card("other", broken).is_err(), "{broken}");
    }
    assert_eq!(floor(&overview, NOW).troubled.len(), 1);
}

#[test]
fn an_incident_is_shown_with_the_names_of_its_agents_as_far_as_they_are_known() {
    let of_site = |number: usize| match number {
        ..12 => in_trouble(number, &json!({"site": "Turin"})),
        _ => beat(number, &json!({})),
    };
    let mut overview = overview(&(0..40).map(of_site).collect::<Vec<_>>(), &[]);
    overview.name(&worker(0), "Ana Sousa");
    let mut incidents = Incidents::default();
    for passed in 0..=10 {
        incidents.judge(&overview.beats_without_card(), NOW + passed * SECOND);
    }
    let shown = incidents.shown(&overview);
    assert_eq!((shown.open.len(), shown.closed.len()), (1, 0));
    assert_eq!(shown.open[0].incident.key.value, "Turin");
    assert_eq!(shown.open[0].names.len(), 12);
    assert_eq!(shown.open[0].names[..2], ["Ana Sousa".to_owned(), worker(1)]);
    // When nothing is heard any more, it is over.
    incidents.judge(&[], NOW + 3 * MINUTE);
    let shown = incidents.shown(&overview);
    assert_eq!((shown.open.len(), shown.closed.len()), (0, 1));
}
