//! Incidents (rule F3), from beats as the Function keeps them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use device_monitoring::floor::overview::{Overview, StoredBeat};
use device_monitoring::incidents::{Change, Ending, Incident, Incidents, Key, KeyKind, judge_json};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: i64 = 1_795_327_609_127;
const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// An agent who has been in a call for long: of a site, on a kind of network, with a model of headset.
#[derive(Clone, Debug)]
struct Agent {
    worker: String,
    site: &'static str,
    keys: [Option<&'static str>; 6],
    is_troubled: bool,
    is_silent: bool,
    is_monitoring: bool,
}

fn agent(number: usize, site: &'static str, network_type: &'static str) -> Agent {
    Agent {
        worker: format!("WK{number:032}"),
        site,
        keys: [Some(network_type), Some("dublin"), None, Some("chrome/142"), Some("2.12.3"), Some("0.1.0")],
        is_troubled: false,
        is_silent: false,
        is_monitoring: false,
    }
}

/// Every second agent is on a VPN.
fn site(name: &'static str, numbers: std::ops::Range<usize>) -> Vec<Agent> {
    let network_type = |number: usize| if number.is_multiple_of(2) { "vpn" } else { "ethernet" };
    numbers.map(|number| agent(number, name, network_type(number))).collect()
}

/// 40 agents of Lisbon and 40 of Oslo.
fn centre() -> Vec<Agent> {
    [site("Lisbon", 0..40), site("Oslo", 40..80)].concat()
}

fn beat(agent: &Agent, now: i64) -> Value {
    let mut beat = json!({
        "worker": agent.worker, "startedAt": NOW - HOUR, "at": now - SECOND, "receivedAt": now - SECOND,
        "site": agent.site, "keys": agent.keys, "callSid": format!("CA{}", &agent.worker[2..])
    });
    if agent.is_troubled {
        beat["conditions"] = json!(["high-packet-loss"]);
        beat["diagnosis"] = json!("your-network");
        beat["since"] = json!(NOW - 10 * SECOND);
    }
    if agent.is_silent {
        beat["receivedAt"] = json!(now - 60 * SECOND);
    }
    if agent.is_monitoring {
        beat["monitoring"] = json!(true);
    }
    beat
}

fn trouble(agents: &mut [Agent], count: usize, which: impl Fn(&Agent) -> bool) {
    agents.iter_mut().filter(|agent| which(agent)).take(count).for_each(|agent| agent.is_troubled = true);
}

/// What is opened and closed in a time in which the agents stay as they are, judged every five seconds.
fn judged(incidents: &mut Incidents, agents: &[Agent], from: i64, until: i64) -> Vec<Change> {
    judged_every(5 * SECOND, incidents, agents, from, until)
}

fn judged_every(step: i64, incidents: &mut Incidents, agents: &[Agent], from: i64, until: i64) -> Vec<Change> {
    let mut changes = Vec::new();
    for now in (from..until).step_by(step as usize) {
        let beats: Vec<StoredBeat> =
            agents.iter().map(|agent| serde_json::from_value(beat(agent, now)).unwrap()).collect();
        changes.extend(incidents.judge(&beats.iter().collect::<Vec<_>>(), now));
    }
    changes
}

fn opened(agents: &[Agent]) -> Vec<Incident> {
    let changes = judged(&mut Incidents::default(), agents, NOW, NOW + 2 * MINUTE);
    assert!(changes.iter().all(|change| matches!(change, Change::Opened(_))), "{changes:?}");
    changes.into_iter().map(|(Change::Opened(incident) | Change::Closed(incident))| incident).collect()
}

fn keys(incidents: &[Incident]) -> Vec<(KeyKind, &str)> {
    incidents.iter().map(|incident| (incident.key.kind, incident.key.value.as_str())).collect()
}

#[test]
fn a_site_whose_agents_are_in_trouble_is_one_incident_that_says_who_since_when_and_what() {
    let mut agents = centre();
    trouble(&mut agents, 25, |agent| agent.site == "Lisbon");
    trouble(&mut agents, 1, |agent| agent.site == "Oslo");
    let incidents = opened(&agents);
    assert_eq!(keys(&incidents), [(KeyKind::Site, "Lisbon")]);
    let incident = &incidents[0];
    assert_eq!((incident.with.agents, incident.with.troubled), (40, 25));
    assert_eq!((incident.without.agents, incident.without.troubled), (40, 1));
    assert_eq!((incident.agents.len(), incident.omitted_agents), (25, 0));
    assert!(incident.agents.iter().all(|worker| agents.iter().any(|agent| agent.worker == *worker)));
    assert_eq!(incident.diagnoses.get("your-network"), Some(&25));
    assert_eq!(incident.since, NOW - 10 * SECOND);
    assert_eq!(incident.opened_at, NOW, "no other key comes near it");
}

#[test]
fn two_sites_that_open_in_one_millisecond_are_two_incidents_with_names_of_their_own() {
    let mut agents = [centre(), site("Rome", 80..160)].concat();
    let mut incidents = Incidents::default();
    trouble(&mut agents, 40, |agent| agent.site == "Lisbon");
    let mut changes = judged(&mut incidents, &agents, NOW, NOW + 1);
    trouble(&mut agents, 40, |agent| agent.site == "Oslo");
    changes.extend(judged(&mut incidents, &agents, NOW, NOW + 1));
    let [Change::Opened(lisbon), Change::Opened(oslo)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((lisbon.key.value.as_str(), oslo.key.value.as_str()), ("Lisbon", "Oslo"));
    assert_ne!(lisbon.id, oslo.id);
}

#[test]
fn where_two_keys_explain_the_trouble_nearly_as_well_more_agents_are_waited_for() {
    // The site is in trouble, and by chance first of all its agents on the VPN.
    let mut agents = [centre(), site("Rome", 80..160)].concat();
    for agent in agents.iter_mut().filter(|agent| agent.site != "Lisbon") {
        agent.keys[0] = Some("ethernet");
    }
    trouble(&mut agents, 9, |agent| agent.keys[0] == Some("vpn"));
    trouble(&mut agents, 2, |agent| agent.site == "Lisbon" && agent.keys[0] == Some("ethernet"));
    let mut incidents = Incidents::default();
    assert_eq!(judged(&mut incidents, &agents, NOW, NOW + 20 * SECOND), []);
    trouble(&mut agents, 28, |agent| agent.site == "Lisbon");
    let changes = judged(&mut incidents, &agents, NOW + 20 * SECOND, NOW + 25 * SECOND);
    let [Change::Opened(incident)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((incident.key.kind, incident.key.value.as_str()), (KeyKind::Site, "Lisbon"));
}

#[test]
fn that_all_others_are_better_off_than_usual_makes_no_incident() {
    let centre = [site("Lisbon", 0..90), site("Oslo", 90..600)].concat();
    let mut usual = centre.clone();
    trouble(&mut usual, 2, |agent| agent.site == "Lisbon");
    trouble(&mut usual, 12, |agent| agent.site == "Oslo");
    let mut incidents = Incidents::default();
    judged_every(MINUTE, &mut incidents, &usual, NOW, NOW + 10 * HOUR);
    let mut agents = centre;
    trouble(&mut agents, 7, |agent| agent.site == "Lisbon");
    assert_eq!(judged(&mut incidents, &agents, NOW + 10 * HOUR, NOW + 10 * HOUR + MINUTE), []);
}

#[test]
fn a_bad_day_of_everybody_is_no_incident_of_those_who_always_have_more_trouble() {
    // 15 of 100 on the VPN are always in trouble, and 3 of 200 others.
    let mut agents = site("Lisbon", 0..300);
    for (number, agent) in agents.iter_mut().enumerate() {
        agent.keys[0] = Some(if number % 3 == 0 { "vpn" } else { "ethernet" });
    }
    trouble(&mut agents, 15, |agent| agent.keys[0] == Some("vpn"));
    trouble(&mut agents, 3, |agent| agent.keys[0] == Some("ethernet"));
    let mut incidents = Incidents::default();
    judged_every(MINUTE, &mut incidents, &agents, NOW, NOW + 10 * HOUR);
    assert_eq!(incidents.open(), []);
    // Everybody may have twice as much now, and by chance the others do not show it.
    trouble(&mut agents, 40, |agent| agent.keys[0] == Some("vpn"));
    assert_eq!(judged(&mut incidents, &agents, NOW + 10 * HOUR, NOW + 10 * HOUR + 2 * MINUTE), []);
    trouble(&mut agents, 90, |agent| agent.keys[0] == Some("vpn"));
    let changes = judged(&mut incidents, &agents, NOW + 11 * HOUR, NOW + 11 * HOUR + MINUTE);
    assert!(matches!(changes.as_slice(), [Change::Opened(_)]), "{changes:?}");
}

#[test]
fn what_breaks_at_several_sites_is_named_by_what_its_agents_share() {
    let mut agents = centre();
    trouble(&mut agents, 30, |agent| agent.keys[0] == Some("vpn"));
    assert_eq!(keys(&opened(&agents)), [(KeyKind::NetworkType, "vpn")]);
}

#[test]
fn a_site_that_is_the_only_one_on_a_vpn_is_named_and_the_vpn_as_what_explains_it_as_well() {
    let mut agents = centre();
    for agent in &mut agents {
        agent.keys[0] = Some(if agent.site == "Lisbon" { "vpn" } else { "ethernet" });
    }
    trouble(&mut agents, 25, |agent| agent.site == "Lisbon");
    let incidents = opened(&agents);
    assert_eq!(keys(&incidents), [(KeyKind::Site, "Lisbon")]);
    assert_eq!(incidents[0].alternatives, [Key { kind: KeyKind::NetworkType, value: "vpn".to_owned() }]);
}

#[test]
fn three_agents_are_no_incident_and_neither_is_trouble_that_is_spread_evenly() {
    let mut agents = centre();
    trouble(&mut agents, 3, |agent| agent.site == "Lisbon");
    assert_eq!(opened(&agents), []);
    trouble(&mut agents, 4, |agent| agent.site == "Oslo");
    assert_eq!(opened(&agents), []);
}

#[test]
fn a_third_of_all_agents_with_nothing_in_common_is_an_incident_of_everyone_where_that_is_not_usual() {
    let healthy = centre();
    let mut agents = centre();
    agents.iter_mut().step_by(3).for_each(|agent| agent.is_troubled = true);
    let mut incidents = Incidents::default();
    assert_eq!(judged_every(MINUTE, &mut incidents, &healthy, NOW, NOW + HOUR), []);
    let changes = judged(&mut incidents, &agents, NOW + HOUR, NOW + HOUR + MINUTE);
    let [Change::Opened(incident)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(incident.key, Key::everyone());
    assert_eq!((incident.with.troubled, incident.without.agents), (27, 0));
    // Nobody knows yet what is usual: a third may be.
    assert_eq!(opened(&agents), []);
}

#[test]
fn an_agent_with_several_calls_counts_once_and_who_listens_to_others_calls_not_at_all() {
    let mut agents = centre();
    trouble(&mut agents, 40, |agent| agent.site == "Lisbon");
    agents.iter_mut().for_each(|agent| agent.is_monitoring = agent.site == "Lisbon");
    assert_eq!(opened(&agents), []);

    let mut agents = centre();
    trouble(&mut agents, 3, |agent| agent.site == "Lisbon");
    let mut incidents = Incidents::default();
    for now in (NOW..NOW + MINUTE).step_by(5000) {
        let mut beats: Vec<Value> = agents.iter().map(|agent| beat(agent, now)).collect();
        for call in 1..12 {
            for agent in agents.iter().filter(|agent| agent.is_troubled) {
                let mut other = beat(agent, now);
                other["startedAt"] = json!(NOW - HOUR - call);
                beats.push(other);
            }
        }
        let beats: Vec<StoredBeat> = beats.into_iter().map(|beat| serde_json::from_value(beat).unwrap()).collect();
        assert_eq!(incidents.judge(&beats.iter().collect::<Vec<_>>(), now), []);
    }
}

#[test]
fn a_site_of_which_nothing_is_heard_any_more_is_an_incident_and_one_lost_end_of_a_call_is_not() {
    let mut agents = centre();
    agents.iter_mut().filter(|agent| agent.site == "Lisbon").for_each(|agent| agent.is_silent = true);
    let incidents = opened(&agents);
    assert_eq!(keys(&incidents), [(KeyKind::Site, "Lisbon")]);
    assert_eq!(incidents[0].diagnoses.get("not-heard"), Some(&40));
    // Who talks in another call is heard, whatever became of the first.
    let mut judge = Incidents::default();
    for now in (NOW..NOW + MINUTE).step_by(5000) {
        let mut beats: Vec<Value> = agents.iter().map(|agent| beat(agent, now)).collect();
        beats.extend(agents.iter().map(|agent| {
            let heard = Agent { is_silent: false, ..agent.clone() };
            let mut other = beat(&heard, now);
            other["startedAt"] = json!(NOW - MINUTE);
            other
        }));
        let beats: Vec<StoredBeat> = beats.into_iter().map(|beat| serde_json::from_value(beat).unwrap()).collect();
        assert_eq!(judge.judge(&beats.iter().collect::<Vec<_>>(), now), []);
    }
}

#[test]
fn when_nothing_is_heard_of_anybody_it_is_the_reports_that_fail_and_no_incident() {
    let mut agents = centre();
    agents.iter_mut().for_each(|agent| agent.is_silent = true);
    assert_eq!(opened(&agents), []);
}

#[test]
fn an_incident_is_opened_once_and_closed_once_two_minutes_after_it_is_over() {
    let mut agents = centre();
    trouble(&mut agents, 20, |agent| agent.site == "Lisbon");
    let mut incidents = Incidents::default();
    let changes = judged(&mut incidents, &agents, NOW, NOW + 30 * MINUTE);
    assert!(matches!(changes.as_slice(), [Change::Opened(_)]), "{changes:?}");
    // Trouble that goes for a minute is not over.
    let mut healed = agents.clone();
    healed.iter_mut().for_each(|agent| agent.is_troubled = false);
    assert_eq!(judged(&mut incidents, &healed, NOW + 30 * MINUTE, NOW + 31 * MINUTE), []);
    assert_eq!(judged(&mut incidents, &agents, NOW + 31 * MINUTE, NOW + 40 * MINUTE), []);
    let changes = judged(&mut incidents, &healed, NOW + 40 * MINUTE, NOW + 50 * MINUTE);
    let [Change::Closed(closed)] = changes.as_slice() else { panic!("{changes:?}") };
    let after = closed.closed_at.unwrap() - (NOW + 40 * MINUTE);
    assert!((90 * SECOND..=2 * MINUTE).contains(&after), "{after}");
    assert_eq!(closed.ending, Some(Ending::Over));
    assert_eq!((incidents.open().len(), incidents.closed()), (0, std::slice::from_ref(closed)));
}

#[test]
fn an_incident_of_which_nothing_is_heard_is_closed_by_age_and_says_so() {
    let mut agents = centre();
    trouble(&mut agents, 20, |agent| agent.site == "Lisbon");
    let mut incidents = Incidents::default();
    judged(&mut incidents, &agents, NOW, NOW + MINUTE);
    let oslo: Vec<Agent> = agents.iter().filter(|agent| agent.site == "Oslo").cloned().collect();
    let changes = judged(&mut incidents.clone(), &oslo, NOW + MINUTE, NOW + 5 * MINUTE);
    assert!(
        matches!(changes.as_slice(), [Change::Closed(Incident { ending: Some(Ending::Unheard), .. })]),
        "{changes:?}"
    );
    // Nobody has judged for hours: whatever is to be seen now is another incident.
    let changes = judged(&mut incidents, &agents, NOW + 5 * HOUR, NOW + 5 * HOUR + MINUTE);
    let [Change::Closed(old), Change::Opened(new)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(old.ending, Some(Ending::Unheard));
    assert_ne!(old.id, new.id);
    judged(&mut incidents, &oslo, NOW + 30 * HOUR, NOW + 30 * HOUR + MINUTE);
    assert!(incidents.closed().iter().all(|incident| incident.id == new.id), "those of yesterday are forgotten");
}

#[test]
fn what_is_usual_with_a_key_is_no_incident_and_much_more_than_that_is() {
    let mut agents = centre();
    // A fifth of those on the VPN is always in trouble, and nobody else.
    trouble(&mut agents, 8, |agent| agent.keys[0] == Some("vpn"));
    let mut incidents = Incidents::default();
    assert_eq!(judged_every(MINUTE, &mut incidents, &agents, NOW, NOW + 10 * HOUR), []);
    trouble(&mut agents, 36, |agent| agent.keys[0] == Some("vpn"));
    let changes = judged(&mut incidents, &agents, NOW + 10 * HOUR, NOW + 10 * HOUR + MINUTE);
    let [Change::Opened(incident)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(incident.key.kind, KeyKind::NetworkType);
    assert!(incident.expected_pct > 15.0, "{}", incident.expected_pct);
}

#[test]
fn two_incidents_at_once_are_two() {
    let mut agents = centre();
    agents.extend(site("Rome", 80..120));
    agents.extend(site("Bonn", 120..160));
    trouble(&mut agents, 30, |agent| agent.site == "Rome");
    trouble(&mut agents, 30, |agent| agent.site == "Bonn");
    let mut sites: Vec<_> = opened(&agents).into_iter().map(|incident| incident.key.value).collect();
    sites.sort();
    assert_eq!(sites, ["Bonn", "Rome"]);
}

#[test]
fn beats_of_older_plugins_without_keys_count_by_site_and_as_those_without_every_other_key() {
    let mut agents = centre();
    agents.iter_mut().filter(|agent| agent.site == "Oslo").for_each(|agent| agent.keys = [None; 6]);
    trouble(&mut agents, 15, |agent| agent.keys[0] == Some("vpn"));
    let incidents = opened(&agents);
    assert_eq!(keys(&incidents), [(KeyKind::NetworkType, "vpn")]);
    assert_eq!(incidents[0].without.agents, 60);
}

#[test]
fn the_boundary_says_whether_the_state_has_changed_and_seldom_changes_it() {
    let mut agents = centre();
    trouble(&mut agents, 20, |agent| agent.site == "Lisbon");
    let (mut state, mut changed, mut opened) = (String::new(), 0, Vec::new());
    for now in (NOW..NOW + 10 * MINUTE).step_by(5000) {
        let mut beats: Vec<Value> = agents.iter().map(|agent| beat(agent, now)).collect();
        beats.push(json!({"worker": 7}));
        let judged: Value = serde_json::from_str(&judge_json(&state, &json!(beats).to_string(), now).unwrap()).unwrap();
        assert_eq!(judged["unreadable"], json!(1));
        let next = judged["state"].as_str().unwrap();
        assert_eq!(judged["changed"], json!(next != state));
        changed += usize::from(next != state);
        state = next.to_owned();
        opened.extend(judged["changes"].as_array().unwrap().clone());
        assert_eq!(judged["isPending"], json!(true));
    }
    assert!(changed <= 33, "{changed} times in ten minutes");
    assert_eq!(opened.len(), 1);
    assert_eq!(
        (&opened[0]["kind"], &opened[0]["incident"]["key"]),
        (&json!("opened"), &json!({"kind": "site", "value": "Lisbon"}))
    );
    let document: Value = serde_json::from_str(&state).unwrap();
    assert_eq!((&document["version"], &document["open"][0]["id"]), (&json!(1), &opened[0]["incident"]["id"]));
    assert!(judge_json("{", "[]", NOW).unwrap_err().starts_with("damaged"));
    assert!(judge_json(r#"{"version":2}"#, "[]", NOW).unwrap_err().starts_with("newer"));
    assert!(judge_json("", "{}", NOW).is_err());
}

#[test]
fn a_view_judges_the_calls_that_have_left_no_card() {
    let mut overview = Overview::default();
    let agents = centre();
    for agent in &agents[..2] {
        overview.put_beat(&agent.worker, &beat(agent, NOW).to_string()).unwrap();
    }
    let card = json!({"worker": agents[0].worker, "startedAt": NOW - HOUR, "durationMs": HOUR, "receivedAt": NOW});
    overview.put_card("a card", &card.to_string()).unwrap();
    let left: Vec<_> = overview.beats_without_card().into_iter().map(|beat| beat.worker.clone()).collect();
    assert_eq!(left, [agents[1].worker.clone()]);
}

#[test]
fn a_suspicion_leaves_the_state_within_its_limit_however_full_it_is() {
    // What is left free is less than one headset takes, some 170 bytes. The moment of a suspicion takes some thirty.
    for padding in (0..170).step_by(20) {
        let rome: &'static str = Box::leak(format!("Rome{}", "e".repeat(padding)).into_boxed_str());
        let mut agents = [centre(), site(rome, 80..200)].concat();
        for (number, agent) in agents.iter_mut().enumerate() {
            agent.keys[2] = Some(Box::leak(format!("{number:03}{}", "x".repeat(147)).into_boxed_str()));
            if agent.site != "Lisbon" {
                agent.keys[0] = Some("ethernet");
            }
        }
        let mut incidents = Incidents::default();
        judged(&mut incidents, &agents, NOW, NOW + 1);
        assert!(incidents.state().len() > 13_000, "it is not full");
        // Is it Lisbon or the VPN? More agents are waited for.
        trouble(&mut agents, 9, |agent| agent.keys[0] == Some("vpn"));
        trouble(&mut agents, 2, |agent| agent.site == "Lisbon" && agent.keys[0] == Some("ethernet"));
        assert_eq!(judged(&mut incidents, &agents, NOW + 5 * SECOND, NOW + 5 * SECOND + 1), []);
        assert!(incidents.is_pending());
        assert!(incidents.state().len() <= 14_000, "{}", incidents.state().len());
    }
}

/// Agents of whom so many have each key, and of whom the first are in trouble.
fn beats_of(agents: usize, with_each_key: usize, troubled: usize) -> Vec<StoredBeat> {
    let beat = |number: usize| StoredBeat {
        worker: format!("WK{number:032}"),
        started_at: NOW - HOUR,
        at: NOW - SECOND,
        received_at: NOW - SECOND,
        diagnosis: (number < troubled).then(|| "your-network".to_owned()),
        since: (number < troubled).then_some(NOW - 10 * SECOND),
        site: Some(format!("site {}", number / with_each_key)),
        network: Some(format!("N-{}", number / with_each_key)),
        keys: (0..6).map(|_| Some((number / with_each_key).to_string())).collect(),
        ..StoredBeat::default()
    };
    (0..agents).map(beat).collect()
}

#[test]
fn keys_that_nobody_shares_and_keys_that_four_share_take_as_long_to_judge_as_others() {
    // For each key that was forgotten, all others were gone through, and for each that four share, all agents.
    for (with_each_key, troubled) in [(1, 0), (4, 4_000)] {
        let beats = beats_of(40_000, with_each_key, troubled);
        let mut incidents = Incidents::default();
        incidents.judge(&beats.iter().collect::<Vec<_>>(), NOW);
        assert!(incidents.state().len() <= 14_000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever comes in: an incident names at least four agents in trouble who have its key, at least as many with it as
    /// chance would not explain, and the state stays readable and within its limit.
    #[test]
    fn whatever_agents_do_an_incident_holds_what_it_says(
        sites in prop::collection::vec(0_usize..6, 10..150),
        rounds in prop::collection::vec((0_usize..7, 0_u32..100, any::<u64>(), 0_i64..400), 1..30),
    ) {
        const SITES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];
        let mut agents: Vec<Agent> = sites.iter().enumerate().map(|(n, site)| agent(n, SITES[*site], "wifi")).collect();
        let mut state = String::new();
        let mut now = NOW;
        for (site, percent, salt, seconds) in rounds {
            now += seconds * SECOND;
            for (number, agent) in agents.iter_mut().enumerate() {
                let draw = (salt.rotate_left(number as u32 % 64) ^ (number as u64).wrapping_mul(0x9e37_79b9)) % 100;
                agent.is_troubled = draw < u64::from(percent) && SITES.get(site).is_none_or(|name| agent.site == *name);
            }
            let beats: Vec<Value> = agents.iter().map(|agent| beat(agent, now)).collect();
            let judged: Value = serde_json::from_str(&judge_json(&state, &json!(beats).to_string(), now).unwrap()).unwrap();
            state = judged["state"].as_str().unwrap().to_owned();
            prop_assert!(state.len() <= 14_000);
            let incidents = Incidents::from_state(&state).unwrap();
            prop_assert_eq!(incidents.state(), state.clone());
            for change in judged["changes"].as_array().unwrap() {
                let incident: Incident = serde_json::from_value(change["incident"].clone()).unwrap();
                prop_assert!(incident.with.troubled >= 4);
                prop_assert!(incident.with.troubled as f64 * 100.0 > incident.expected_pct * incident.with.agents as f64);
                prop_assert!(incident.agents.len() + incident.omitted_agents >= incident.with.troubled);
                let has_key = |worker: &String| agents.iter().any(|agent| {
                    agent.worker == *worker && (incident.key.kind != KeyKind::Site || agent.site == incident.key.value)
                });
                prop_assert!(incident.agents.iter().all(has_key));
                prop_assert_eq!(change["kind"] == "closed", incident.closed_at.is_some());
            }
            let ids: Vec<_> = incidents.open().iter().chain(incidents.closed()).map(|incident| &incident.id).collect();
            let unique: std::collections::BTreeSet<_> = ids.iter().collect();
            prop_assert_eq!(ids.len(), unique.len());
        }
    }
}
