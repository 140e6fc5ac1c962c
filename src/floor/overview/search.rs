//! The calls that have left a card: found again, and looked at one by one.

use super::timeline::{CallStretch, timeline};
use super::{Overview, StoredCard};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is looked for. What is absent or empty leaves nothing out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Search {
    /// Part of a CallSid, an agent's name or SID, a team or a site, in any case.
    pub text: String,
    /// Only calls that began at this moment or later.
    pub from: Option<i64>,
    /// Only calls that began before this moment.
    pub until: Option<i64>,
    /// A diagnosis, a condition or the rule by which the call alerted.
    pub what: String,
    /// A cause.
    pub why: String,
    /// Only bad calls.
    pub only_bad: bool,
    /// So many at most are given.
    pub limit: usize,
}

/// The calls that were looked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// How many there are.
    pub total: usize,
    /// The newest of them.
    pub calls: Vec<CallRow>,
}

/// A call in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRow {
    /// Names the call among the others.
    pub key: String,
    /// The worker's name, or their SID or pseudonym.
    pub agent: String,
    /// Whether it is a bad call.
    pub bad: bool,
    /// What the Function keeps of it.
    pub card: StoredCard,
}

/// A call's page.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallPage {
    /// The call's row, as in a list.
    #[serde(flatten)]
    pub row: CallRow,
    /// Percent of its time in which something was wrong.
    pub warning_pct: f64,
    /// Seconds of each condition, the longest first.
    pub longest: Vec<(String, f64)>,
    /// When something was wrong, in order; empty if an older plugin told of the call.
    pub timeline: Vec<CallStretch>,
}

/// What can be chosen in a search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    /// Diagnoses of all calls.
    pub diagnoses: BTreeSet<String>,
    /// Rules by which calls alerted.
    pub rules: BTreeSet<String>,
    /// Causes.
    pub causes: BTreeSet<String>,
}

impl Overview {
    /// Looks for calls, the newest first.
    #[must_use]
    pub fn calls(&self, search: &Search) -> Found {
        let text = search.text.trim().to_lowercase();
        let mut found = Found { total: 0, calls: Vec::new() };
        for (key, card) in self.cards.iter().rev().filter(|(_, card)| self.fits(card, search, &text)) {
            found.total += 1;
            if found.calls.len() < search.limit {
                found.calls.push(self.row(key, card));
            }
        }
        found
    }

    /// One call; `None` if it has no card, or none any more.
    #[must_use]
    pub fn call(&self, key: &str) -> Option<CallPage> {
        let card = self.cards.get(key)?;
        let mut longest: Vec<_> = card.conditions.iter().map(|(name, seconds)| (name.clone(), *seconds)).collect();
        longest.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let duration = card.duration_ms.max(1) as f64;
        let warning_pct = (100.0 * card.warning_ms as f64 / duration).min(100.0);
        Some(CallPage { row: self.row(key, card), warning_pct, longest, timeline: timeline(card) })
    }

    /// The key of a call's card, by its worker and the agent's leg: a browser may name another worker's leg.
    #[must_use]
    pub fn card_of(&self, worker: &str, call_sid: &str) -> Option<&str> {
        let is_it = |card: &StoredCard| card.worker == worker && card.call_sid.as_deref() == Some(call_sid);
        self.cards.iter().rev().find(|(_, card)| is_it(card)).map(|(key, _)| key.as_str())
    }

    /// What can be chosen in a search.
    #[must_use]
    pub fn choices(&self) -> Choices {
        let mut choices = Choices::default();
        for card in self.cards.values() {
            choices.diagnoses.extend(card.diagnosis.clone());
            choices.rules.extend(card.reasons.iter().cloned());
            choices.causes.extend(card.cause.clone());
        }
        choices
    }

    fn row(&self, key: &str, card: &StoredCard) -> CallRow {
        CallRow { key: key.to_owned(), agent: self.called(&card.worker), bad: card.is_bad(), card: card.clone() }
    }

    fn fits(&self, card: &StoredCard, search: &Search, text: &str) -> bool {
        let Search { from, until, what, why, only_bad, .. } = search;
        let is_named = |field: Option<&String>| field.is_some_and(|field| field.to_lowercase().contains(text));
        let is = |field: Option<&String>, wanted: &String| field == Some(wanted);
        from.is_none_or(|from| card.started_at >= from)
            && until.is_none_or(|until| card.started_at < until)
            && (!only_bad || card.is_bad())
            && (what.is_empty()
                || is(card.diagnosis.as_ref(), what)
                || card.reasons.contains(what)
                || card.conditions.contains_key(what))
            && (why.is_empty() || is(card.cause.as_ref(), why))
            && (text.is_empty()
                || is_named(card.call_sid.as_ref())
                || is_named(Some(&card.worker))
                || is_named(self.names.get(&card.worker))
                || is_named(card.team.as_ref())
                || is_named(card.site.as_ref()))
    }
}
