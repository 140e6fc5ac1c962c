//! An incident in a few sentences, for people whom a message reaches.

use super::incident::{Ending, Incident, Tally};
use super::key::{Key, KeyKind};
use crate::input::units::WallTime;
use crate::serde_helpers::json;
use serde::Serialize;
use std::collections::BTreeMap;

/// What has happened, in a line, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    /// For a subject.
    pub title: String,
    /// Some sentences. They name no agent.
    pub text: String,
}

/// Describes an incident that has opened or closed (`kind`: `opened` or `closed`), both as [`super::judge_json`] gives
/// them: `{title, text}`.
///
/// # Errors
/// A sentence: the incident cannot be read, or there is no such kind.
pub fn describe_json(kind: &str, incident: &str) -> Result<String, String> {
    let incident: Incident = serde_json::from_str(incident).map_err(|wrong| format!("no incident: {wrong}"))?;
    match kind {
        "opened" => Ok(json(&incident.describe_opening())),
        "closed" => Ok(json(&incident.describe_closing())),
        _ => Err("an incident opens or closes, and nothing else".to_owned()),
    }
}

impl Incident {
    /// That it has opened.
    #[must_use]
    pub fn describe_opening(&self) -> Description {
        let Tally { agents, troubled } = self.with;
        let others = match self.without {
            Tally { agents: 0, .. } => String::new(),
            Tally { agents, troubled } => format!(", and {troubled} of the {agents} others"),
        };
        let text = [
            format!(
                "{troubled} of {agents} agents in calls {whose} are in trouble{others}. \
                 Usual would be {expected} %. It began at {since}.",
                whose = self.key.whose(),
                expected = self.expected_pct,
                since = minute(self.since),
            ),
            counted("What is wrong", &self.diagnoses),
            counted("Why, where it is known", &self.causes),
            self.alternatives(),
        ];
        Description { title: format!("Incident: trouble {}", self.key.place()), text: sentences(text) }
    }

    /// That it has closed.
    #[must_use]
    pub fn describe_closing(&self) -> Description {
        let Tally { agents, troubled } = self.with;
        let place = self.key.place();
        let ended = self.closed_at.unwrap_or(self.last_confirmed_at);
        let minutes = (self.last_confirmed_at - self.since).max(0) / 60_000;
        let (title, how) = match self.ending {
            Some(Ending::Unheard) => (
                format!("Incident closed, not heard of any more: trouble {place}"),
                format!(
                    "Since {} nobody can say whether it is over: too little is heard of these agents.",
                    minute(ended)
                ),
            ),
            Some(Ending::Over) | None => (
                format!("Incident over: trouble {place}"),
                format!(
                    "It began at {}, lasted {minutes} min, and was closed at {}.",
                    minute(self.since),
                    minute(ended)
                ),
            ),
        };
        let most = format!("At most {troubled} of {agents} agents in calls {} were in trouble.", self.key.whose());
        Description { title, text: sentences([how, most, counted("What was wrong", &self.diagnoses), String::new()]) }
    }

    fn alternatives(&self) -> String {
        let keys: Vec<String> = self.alternatives.iter().map(Key::name).collect();
        if keys.is_empty() { String::new() } else { format!("Nearly the same agents share: {}.", keys.join(", ")) }
    }
}

impl Key {
    /// "site Lisbon"
    fn name(&self) -> String {
        let kind = match self.kind {
            KeyKind::Site => "site",
            KeyKind::Team => "team",
            KeyKind::Network => "network",
            KeyKind::NetworkType => "kind of network",
            KeyKind::Edge => "edge",
            KeyKind::Headset => "headset",
            KeyKind::Browser => "browser",
            KeyKind::VoiceSdk => "Voice SDK",
            KeyKind::Plugin => "plugin version",
            KeyKind::Everyone => "everyone",
        };
        if self.value.is_empty() { kind.to_owned() } else { format!("{kind} {}", self.value) }
    }

    fn place(&self) -> String {
        match self.kind {
            KeyKind::Everyone => "all over the contact centre".to_owned(),
            _ => format!("of agents with {}", self.name()),
        }
    }

    fn whose(&self) -> String {
        match self.kind {
            KeyKind::Everyone => "all over the contact centre".to_owned(),
            _ => format!("with {}", self.name()),
        }
    }
}

/// "2026-11-29 14:03 UTC"
fn minute(moment: i64) -> String {
    let text = WallTime(moment as f64).to_rfc3339();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

/// "What is wrong: your-network (28), connection-lost (3)."
fn counted(title: &str, counts: &BTreeMap<String, usize>) -> String {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let counts: Vec<String> = counts.into_iter().map(|(name, count)| format!("{name} ({count})")).collect();
    if counts.is_empty() { String::new() } else { format!("{title}: {}.", counts.join(", ")) }
}

fn sentences(texts: [String; 4]) -> String {
    texts.iter().filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-29 14:00 UTC.
    const BEGAN: i64 = 1_795_960_800_000;

    fn incident(key: Key) -> Incident {
        Incident {
            id: format!("incident-{BEGAN}-site"),
            key,
            alternatives: Vec::new(),
            since: BEGAN,
            opened_at: BEGAN + 30_000,
            last_confirmed_at: BEGAN + 19 * 60_000,
            closed_at: None,
            ending: None,
            with: Tally { agents: 40, troubled: 31 },
            without: Tally { agents: 260, troubled: 4 },
            expected_pct: 2.1,
            agents: vec!["WK0123".to_owned()],
            omitted_agents: 30,
            diagnoses: [("connection-lost".to_owned(), 3), ("your-network".to_owned(), 28)].into(),
            causes: [("vpn".to_owned(), 12)].into(),
        }
    }

    fn site() -> Incident {
        incident(Key { kind: KeyKind::Site, value: "Lisbon".to_owned() })
    }

    #[test]
    fn an_incident_that_opens_is_told_with_what_its_agents_share_how_many_what_and_why() {
        let network = Key { kind: KeyKind::Network, value: "N-0123".to_owned() };
        let Description { title, text } = Incident { alternatives: vec![network], ..site() }.describe_opening();
        assert_eq!(title, "Incident: trouble of agents with site Lisbon");
        assert_eq!(
            text,
            "31 of 40 agents in calls with site Lisbon are in trouble, and 4 of the 260 others. Usual would be 2.1 %. It \
             began at 2026-11-29 14:00 UTC. What is wrong: your-network (28), connection-lost (3). Why, where it is known: \
             vpn (12). Nearly the same agents share: network N-0123."
        );
    }

    #[test]
    fn an_incident_of_everybody_is_compared_with_nobody() {
        let everyone = Incident { without: Tally::default(), causes: BTreeMap::new(), ..incident(Key::everyone()) };
        let Description { title, text } = everyone.describe_opening();
        assert_eq!(title, "Incident: trouble all over the contact centre");
        assert!(
            text.starts_with("31 of 40 agents in calls all over the contact centre are in trouble. Usual"),
            "{text}"
        );
    }

    #[test]
    fn an_incident_that_is_over_is_told_with_how_long_it_lasted() {
        let over = Incident { closed_at: Some(BEGAN + 21 * 60_000), ending: Some(Ending::Over), ..site() };
        let Description { title, text } = over.describe_closing();
        assert_eq!(title, "Incident over: trouble of agents with site Lisbon");
        assert_eq!(
            text,
            "It began at 2026-11-29 14:00 UTC, lasted 19 min, and was closed at 2026-11-29 14:21 UTC. At most 31 of 40 \
             agents in calls with site Lisbon were in trouble. What was wrong: your-network (28), connection-lost (3)."
        );
    }

    #[test]
    fn of_an_incident_that_is_not_heard_of_any_more_nobody_says_that_it_is_over() {
        let unheard = Incident { closed_at: Some(BEGAN + 30 * 60_000), ending: Some(Ending::Unheard), ..site() };
        let Description { title, text } = unheard.describe_closing();
        assert!(title.contains("not heard of any more") && !title.contains("over"), "{title}");
        assert!(text.starts_with("Since 2026-11-29 14:30 UTC nobody can say whether it is over"), "{text}");
    }

    #[test]
    fn what_is_no_incident_gets_a_sentence_and_no_agent_is_named() {
        let json = serde_json::to_string(&site()).unwrap();
        for kind in ["opened", "closed"] {
            assert!(!describe_json(kind, &json).unwrap().contains("WK0123"));
        }
        assert!(describe_json("opened", "{}").unwrap_err().starts_with("no incident: "));
        assert!(describe_json("begun", &json).is_err());
    }
}
