//! The Function as the browser sees it: claims an alert, acts, says so, and may die at any point in between.
//!
//! A model of what `plugin-serverless` does, for thousands of alerts in a second; the real one is held against the same
//! faults in a real browser by `lab/delivery-faults.mjs`.

use crate::chance::Chance;
use device_monitoring::Milliseconds;
use device_monitoring::outbox::{Answer, Entry};
use std::collections::BTreeMap;

/// A claim older than this belongs to an instance that has died: Functions end after ten seconds.
const CLAIM_MS: u64 = 30_000;
/// How long an action takes.
const ACTION_MS: u64 = 400;

/// What an action's file says about doing it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Once more does no harm.
    AtLeastOnce,
    /// Rather not at all than twice.
    AtMostOnce,
}

/// What the browser posts, as far as the server goes by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The alert's.
    pub id: String,
    /// The Flex token.
    pub token: String,
    /// The document without phone numbers.
    pub content: String,
}

impl Request {
    /// The request for an entry of the outbox.
    #[must_use]
    pub fn new(entry: &Entry, token: &str) -> Self {
        let mut form = entry.form.clone();
        form.forget_numbers();
        Self { id: entry.id.clone(), token: token.to_owned(), content: form.document() }
    }
}

/// Where an alert stands with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Claimed { at: u64 },
    Done,
    Unknown,
    Refused,
}

/// What is known of one alert at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// How often the action was carried out.
    pub acted: u32,
    /// An instance died in the middle of an action that must not be repeated.
    pub unknown: bool,
    /// It was refused for good.
    pub refused: bool,
    /// An instance died between acting and saying so, and the action was one that may be repeated.
    pub died_after_acting: bool,
    /// The same id came with another content.
    pub changed: bool,
}

/// What the server does wrong, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Troubles {
    /// Answers 500 or 503 before anything is done, of a hundred requests.
    pub fails: f64,
    /// Answers 429.
    pub busy: f64,
    /// Dies after the claim and before the action.
    pub dies_before: f64,
    /// Dies after the action and before it says so.
    pub dies_after: f64,
}

/// A model of the Function: claims an alert, acts, answers, and may die at any point in between.
#[derive(Debug, Default)]
pub struct Server {
    claims: BTreeMap<String, (State, Record, String)>,
    /// What it does wrong.
    pub troubles: Troubles,
    /// Nobody answers until then.
    pub down_until: u64,
    /// The one token it takes.
    pub token: String,
}

impl Server {
    /// One without troubles that takes this token.
    #[must_use]
    pub fn taking(token: &str) -> Self {
        Self { token: token.to_owned(), ..Self::default() }
    }

    /// A request has arrived. `None`: no answer, and none will come. With the answer: when it leaves.
    pub fn handle(
        &mut self,
        now: u64,
        request: &Request,
        policy: Policy,
        chance: &mut Chance,
    ) -> Option<(u64, Answer)> {
        if now < self.down_until {
            return None;
        }
        let soon = now + chance.between(50, 300);
        let Request { id, token, content } = request;
        if *token != self.token {
            return Some((soon, answer(403, Some("token-expired"), None)));
        }
        if chance.percent(self.troubles.busy) {
            return Some((soon, answer(429, None, Some(chance.between(1, 20) as f64 * 1000.0))));
        }
        if chance.percent(self.troubles.fails) {
            return Some((soon, answer(if chance.percent(50.0) { 500 } else { 503 }, None, None)));
        }
        let (state, record, first) = self
            .claims
            .entry(id.clone())
            .or_insert_with(|| (State::Claimed { at: u64::MAX }, Record::default(), content.clone()));
        if first != content {
            record.changed = true;
            return Some((soon, answer(422, Some("alert-changed"), None)));
        }
        match *state {
            State::Done | State::Unknown => return Some((soon, answer(200, None, None))),
            State::Refused => return Some((soon, answer(400, Some("alert-invalid"), None))),
            State::Claimed { at } if at != u64::MAX && now < at.saturating_add(CLAIM_MS) => {
                return Some((soon, answer(409, None, Some((at + CLAIM_MS - now) as f64))));
            }
            State::Claimed { at } if at != u64::MAX && policy == Policy::AtMostOnce => {
                (*state, record.unknown) = (State::Unknown, true);
                return Some((soon, answer(200, None, None)));
            }
            State::Claimed { .. } => {}
        }
        // One in fifty is of a kind that the server will never take.
        if record.acted == 0 && chance.percent(2.0) {
            (*state, record.refused) = (State::Refused, true);
            return Some((soon, answer(400, Some("alert-invalid"), None)));
        }
        *state = State::Claimed { at: now };
        if chance.percent(self.troubles.dies_before) {
            return None;
        }
        record.acted += 1;
        if chance.percent(self.troubles.dies_after) {
            record.died_after_acting = true;
            return None;
        }
        *state = State::Done;
        Some((soon + ACTION_MS, answer(200, None, None)))
    }

    /// What became of an alert here.
    #[must_use]
    pub fn record(&self, id: &str) -> Record {
        self.claims.get(id).map(|(_, record, _)| *record).unwrap_or_default()
    }
}

fn answer(status: u16, error: Option<&str>, retry_after_ms: Option<f64>) -> Answer {
    let message = (status >= 400).then(|| "made up".to_owned());
    Answer::Http {
        status,
        error: error.map(str::to_owned),
        message,
        retry_after: retry_after_ms.map(Milliseconds),
        refused: Vec::new(),
        finished_actions: None,
    }
}
