//! Cards in which anything may be: what the page *Floor* makes of them, and the incidents of the past.

use crate::card_reader::Cards;
use device_monitoring::floor::overview::{Filter, Overview, Search, StoredCard};
use device_monitoring::incidents::{Incident, past_incidents};
use std::collections::{BTreeMap, BTreeSet};

/// More cards tell nothing more.
const MAX_CARDS: usize = 20;
/// Of agents alike: enough for an incident.
const MAX_CALLS: usize = 40;
/// All calls are judged every five seconds, so that a long one takes long and shows nothing else.
const LONGEST_CALL_MS: i64 = 150_000;
/// How many agents there are besides those that the cards name.
const AGENTS: u8 = 32;
/// Unlike what cards say, the clock is a possible one: until the year 2096.
const LATEST_MS: i64 = 4_000_000_000_000;
/// How many an incident takes.
const FEWEST_IN_TROUBLE: usize = 4;
/// How many an incident names.
const MOST_NAMED: usize = 50;

/// A file of cards: the bytes up to the first byte 0. Those behind it are further calls like them: four bytes say which
/// card, which agent, when it began, and how long it lasted.
///
/// # Panics
///
/// When a card cannot be read as it was written, the floor does not add up, or an incident does not hold together.
pub fn cards(input: &[u8]) {
    let (file, calls) = match input.iter().position(|byte| *byte == 0) {
        Some(end) => (input.get(..end).unwrap_or_default(), input.get(end + 1..).unwrap_or_default()),
        None => (input, [].as_slice()),
    };
    // The page reads all of a card.
    let whole = serde_json::Deserializer::from_slice(file).into_iter::<StoredCard>().map_while(Result::ok);
    let whole: Vec<StoredCard> = whole.take(MAX_CARDS).collect();
    if !whole.is_empty() {
        floor(&whole);
    }
    let mut read = Cards::default();
    if let Err(message) = read.read(file) {
        assert!(!message.is_empty());
    }
    let mut cards = read.cards;
    cards.truncate(MAX_CARDS);
    if cards.is_empty() {
        return;
    }
    let further = calls.as_chunks().0.iter().take(MAX_CALLS).filter_map(|bytes| call_like(&cards, *bytes));
    let all: Vec<StoredCard> = cards.iter().cloned().chain(further).map(shortened).collect();
    incidents(&all);
}

fn call_like(cards: &[StoredCard], [card, agent, start, seconds]: [u8; 4]) -> Option<StoredCard> {
    let card = cards.get(usize::from(card) % cards.len())?;
    Some(StoredCard {
        worker: format!("WK{}", agent % AGENTS),
        started_at: card.started_at.saturating_add(i64::from(start) * 1000),
        duration_ms: if seconds == 0 { card.duration_ms } else { i64::from(seconds) * 1000 },
        ..card.clone()
    })
}

fn shortened(card: StoredCard) -> StoredCard {
    StoredCard { duration_ms: card.duration_ms.min(LONGEST_CALL_MS), ..card }
}

/// What supervisors see of the calls, at the moment at which the last card was received.
fn floor(cards: &[StoredCard]) {
    let mut overview = Overview::default();
    for (number, card) in cards.iter().enumerate() {
        let written = serde_json::to_string(card).unwrap_or_default();
        assert_eq!(overview.put_card(&format!("{number:03}"), &written), Ok(()), "{written}");
    }
    let now = cards.iter().map(|card| card.received_at).max().unwrap_or_default().clamp(0, LATEST_MS);
    let floor = overview.floor(now, &Filter::default());
    assert!(serde_json::to_value(&floor).is_ok(), "it can be shown");
    assert!(floor.centre.bad <= floor.centre.calls && floor.centre.calls <= cards.len(), "{:?}", floor.centre);
    assert_eq!(floor.hours.len(), 24);
    let of_hours = floor.hours.iter().fold((0, 0), |(calls, bad), hour| (calls + hour.calls, bad + hour.bad));
    assert!(of_hours.1 <= of_hours.0 && of_hours.0 <= cards.len(), "{:?}", floor.hours);
    for agent in &floor.agents {
        assert!((1..=agent.calls).contains(&agent.bad), "{agent:?}");
        assert!((0.0..agent.share_pct).contains(&agent.others_pct) && agent.share_pct <= 100.0, "{agent:?}");
    }

    let search = |text: &str, only_bad: bool| {
        overview.calls(&Search { text: text.to_owned(), only_bad, limit: usize::MAX, ..Search::default() })
    };
    let all = search("", false);
    assert_eq!((all.total, all.calls.len()), (cards.len(), cards.len()));
    assert_eq!(search("", true).total, cards.iter().filter(|card| card.is_bad()).count());
    for row in &all.calls {
        assert!(search(&row.card.worker, false).total > 0, "an agent is found by their name: {:?}", row.card.worker);
        let page = overview.call(&row.key).filter(|page| page.row == *row);
        let page = page.unwrap_or_else(|| unreachable!("{} has no page", row.key));
        assert!(page.warning_pct <= 100.0, "{}", page.warning_pct);
        assert!(page.timeline.is_sorted_by(|one, next| one.from_ms.total_cmp(&next.from_ms).is_le()), "in order");
        for stretch in &page.timeline {
            assert!((0.0..=100.0).contains(&stretch.from_pct), "{stretch:?}");
        }
    }
    assert_eq!(
        overview.choices().causes.len(),
        cards.iter().filter_map(|card| card.cause.as_ref()).collect::<BTreeSet<_>>().len()
    );
}

fn incidents(cards: &[StoredCard]) {
    let found = past_incidents(cards.iter().cloned());
    let twice = past_incidents(cards.iter().chain(cards).cloned());
    assert_eq!(found, twice, "what is delivered twice counts once");
    let newest: BTreeMap<_, i64> = cards.iter().fold(BTreeMap::new(), |mut newest, card| {
        let at = newest.entry((&card.worker, card.started_at, &card.call_sid)).or_insert(card.received_at);
        *at = card.received_at.max(*at);
        newest
    });
    if newest.len() == cards.len() {
        assert_eq!(found, past_incidents(cards.iter().rev().cloned()), "cards may come in any order");
    }
    let workers: BTreeSet<&str> = cards.iter().map(|card| card.worker.as_str()).collect();
    assert!(found.is_sorted_by_key(|incident| incident.opened_at), "the oldest first");
    assert_eq!(
        found.iter().map(|incident| &incident.id).collect::<BTreeSet<_>>().len(),
        found.len(),
        "each of its own"
    );
    found.iter().for_each(|incident| holds_together(incident, &workers));
}

fn holds_together(incident: &Incident, workers: &BTreeSet<&str>) {
    let Incident { id, with, without, agents, .. } = incident;
    assert!(id.chars().all(|character| character.is_ascii_alphanumeric() || character == '-'), "{id}");
    assert!(incident.since <= incident.opened_at && incident.opened_at <= incident.last_confirmed_at, "{incident:?}");
    assert!(incident.closed_at.is_none_or(|closed| incident.last_confirmed_at <= closed), "{incident:?}");
    assert_eq!(incident.closed_at.is_some(), incident.ending.is_some());
    assert!((FEWEST_IN_TROUBLE..=with.agents).contains(&with.troubled) && without.troubled <= without.agents);
    assert!(with.agents + without.agents <= workers.len(), "{incident:?}");
    assert!((0.0..=100.0).contains(&incident.expected_pct), "{incident:?}");
    let named: BTreeSet<&str> = agents.iter().map(String::as_str).collect();
    assert!(named.len() == agents.len() && agents.len() <= MOST_NAMED && named.is_subset(workers), "{agents:?}");
    assert_eq!(incident.diagnoses.values().sum::<usize>(), with.troubled, "each agent has one diagnosis");
    let (opening, closing) = (incident.describe_opening(), incident.describe_closing());
    assert!([opening.title, opening.text, closing.title, closing.text].iter().all(|text| !text.is_empty()));
}
