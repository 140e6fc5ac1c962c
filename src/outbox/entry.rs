//! One alert, card or piece of a recording on its way: what is posted, and how its delivery stands.

use super::entry_kind::GATHER_FOR;
use super::{LONGEST_RETRY_AFTER, LONGEST_WAIT, RETRY_SOON_WITHIN, entry_v1, left_of};
use crate::alert::{Alert, Form};
use crate::floor::{Card, RecordingPiece};
use crate::input::units::{Milliseconds, WallTime};
use crate::versioned_json::{self, Unreadable, whole};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// The version of the stored format. A later one is not ours to touch.
const VERSION: u32 = 2;
/// Bytes of a stored entry, several times those of the longest: whatever has more is none of ours, and would push ours
/// out.
const MAX_BYTES: usize = 100_000;

/// An alert, a card or a piece of a recording, and how its delivery stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The alert's own, or the card's, or the piece's.
    pub id: String,
    /// When it was made.
    pub created: WallTime,
    /// How often it was posted.
    pub attempts: u32,
    /// When it was posted last; when it was made, if it never was.
    pub tried: WallTime,
    /// How long after the last attempt it may be posted again, by the outbox's own choice.
    #[serde(rename = "wait", with = "whole")]
    pub backoff: Milliseconds,
    /// How long after the last attempt it may be posted again, by the server's word.
    #[serde(rename = "asked", with = "whole")]
    pub server_pause: Milliseconds,
    /// Why it is not tried any more; `None`: it is.
    pub refused: Option<String>,
    /// Why the server has not taken it yet, by its last answer.
    #[serde(rename = "waiting")]
    pub last_problem: Option<String>,
    /// Since when the action's receiver, or something on the way, has refused it.
    pub receiver_refuses_since: Option<WallTime>,
    /// What is posted.
    pub form: Form,
}

impl Entry {
    pub(super) fn from_alert(now: WallTime, alert: &Alert) -> Self {
        Self::new(now, alert.id(), Form::new(alert))
    }

    pub(super) fn from_card(now: WallTime, card: &Card) -> Self {
        let form = Form { document: card.document().to_owned(), ..Form::default() };
        let entry = Self::new(now, card.id(), form);
        if card.is_healthy() { Self { backoff: GATHER_FOR, ..entry } } else { entry }
    }

    pub(super) fn from_piece(now: WallTime, piece: &RecordingPiece) -> Self {
        Self::new(now, piece.id(), Form { document: piece.document().to_owned(), ..Form::default() })
    }

    fn new(now: WallTime, id: &str, form: Form) -> Self {
        Self {
            id: id.to_owned(),
            created: now,
            attempts: 0,
            tried: now,
            backoff: Milliseconds(0.0),
            server_pause: Milliseconds(0.0),
            refused: None,
            last_problem: None,
            receiver_refuses_since: None,
            form,
        }
    }

    /// The id of the entry that it supplements, if it does. It must not arrive before that one: the server keeps what came
    /// last.
    pub(super) fn supplements(&self) -> Option<&str> {
        self.id.strip_suffix("-report")
    }

    /// It is not tried any more, and kept for an admin to see, without its phone numbers.
    pub(super) fn refuse(&mut self, now: WallTime, reason: String) {
        self.tried = now;
        self.refused = Some(reason);
        (self.last_problem, self.receiver_refuses_since) = (None, None);
        self.form.forget_numbers();
    }

    /// How long it has to wait yet; 0 if it is due. Neither a clock that was set back nor what somebody else has written
    /// into the storage keeps it waiting longer.
    pub(super) fn remaining(&self, now: WallTime) -> Milliseconds {
        let server_pause = self.server_pause.0.min(LONGEST_RETRY_AFTER.0 + RETRY_SOON_WITHIN.0);
        let wait = self.backoff.0.min(LONGEST_WAIT.0).max(server_pause);
        Milliseconds(left_of(wait, self.tried, now))
    }

    /// The entry as it is stored.
    #[must_use]
    pub fn to_text(&self) -> String {
        versioned_json::to_text(VERSION, self)
    }

    /// Reads what [`Entry::to_text`] wrote, in this version of the form or the one before.
    ///
    /// # Errors
    /// What is damaged, or a later version's.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let is_too_long = text.len() > MAX_BYTES;
        if let Some(lines) = text.strip_prefix(entry_v1::FIRST_LINE) {
            return entry_v1::parse(lines).filter(|_| !is_too_long).ok_or(Unreadable::Damaged);
        }
        if !text.starts_with('{') {
            return Err(Unreadable::Newer);
        }
        let entry: Self = versioned_json::parse(VERSION, text)?;
        // The server could not read it, nor the others that are posted with it.
        let is_document = is_object(&entry.form.document());
        if entry.id.is_empty() || !is_document || is_too_long { Err(Unreadable::Damaged) } else { Ok(entry) }
    }
}

/// Whether a text is one JSON object.
pub(super) fn is_object(text: &str) -> bool {
    text.starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok()
}
