//! Which agents of the floor are shown.

use super::{AgentShare, Overview, SilentWorker, StoredBeat, StoredCard};
use serde::Deserialize;

/// Whose calls are shown. An empty field leaves nobody out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// Part of an agent's name or SID, of a CallSid, a team or a site, in any case.
    pub text: String,
    /// A team.
    pub team: String,
    /// A site.
    pub site: String,
}

/// What a filter looks at.
#[derive(Clone, Copy)]
struct Words<'a> {
    agent: Option<&'a str>,
    worker: &'a str,
    call_sid: Option<&'a str>,
    team: Option<&'a str>,
    site: Option<&'a str>,
}

/// What belongs to an agent.
pub(super) trait OfAgent {
    /// Its agent's name, SID, team and site.
    fn words(&self) -> (&str, &str, Option<&str>, Option<&str>);
}

impl OfAgent for AgentShare {
    fn words(&self) -> (&str, &str, Option<&str>, Option<&str>) {
        (&self.agent, &self.worker, self.team.as_deref(), self.site.as_deref())
    }
}

impl OfAgent for SilentWorker {
    fn words(&self) -> (&str, &str, Option<&str>, Option<&str>) {
        (&self.agent, &self.worker, self.team.as_deref(), self.site.as_deref())
    }
}

impl Filter {
    /// Whether something of an agent's is shown.
    pub(super) fn passes(&self, of_agent: &impl OfAgent) -> bool {
        let (agent, worker, team, site) = of_agent.words();
        self.fits(Words { agent: Some(agent), worker, call_sid: None, team, site })
    }

    fn fits(&self, words: Words<'_>) -> bool {
        let Words { agent, worker, call_sid, team, site } = words;
        let text = self.text.trim().to_lowercase();
        let has_text = |word: Option<&str>| word.is_some_and(|word| word.to_lowercase().contains(&text));
        (self.team.is_empty() || team == Some(&self.team))
            && (self.site.is_empty() || site == Some(&self.site))
            && (text.is_empty() || [agent, Some(worker), call_sid, team, site].into_iter().any(has_text))
    }
}

impl Overview {
    pub(super) fn passes_beat(&self, filter: &Filter, beat: &StoredBeat) -> bool {
        let StoredBeat { worker, call_sid, team, site, .. } = beat;
        self.passes_words(filter, worker, [call_sid, team, site])
    }

    pub(super) fn passes_card(&self, filter: &Filter, card: &StoredCard) -> bool {
        let StoredCard { worker, call_sid, team, site, .. } = card;
        self.passes_words(filter, worker, [call_sid, team, site])
    }

    fn passes_words(&self, filter: &Filter, worker: &str, others: [&Option<String>; 3]) -> bool {
        let [call_sid, team, site] = others.map(Option::as_deref);
        let agent = self.names.get(worker).map(String::as_str);
        filter.fits(Words { agent, worker, call_sid, team, site })
    }
}
