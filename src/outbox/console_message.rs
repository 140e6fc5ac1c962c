//! The outbox's messages for the console, which an admin may read.

use super::EntryKind;

/// A message for the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsoleMessage {
    /// They are held in memory: the browser's storage is full or forbidden.
    InMemory(EntryKind),
    /// A stored entry was damaged and is gone.
    Damaged(EntryKind),
    /// There were too many: this refused alert was dropped.
    EvictedRefused(String),
    /// There were too many: this one was dropped, which the server never had.
    EvictedPending(EntryKind, String),
    /// An alert is not tried any more; why.
    Refused(String),
    /// One is not tried any more, and gone; why.
    Dropped(EntryKind, String),
    /// They cannot be delivered at present; why.
    Waiting(EntryKind, String),
}

impl ConsoleMessage {
    /// Whether an alert or entry is lost, or will be.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        !matches!(self, Self::Waiting(..) | Self::InMemory(_))
    }

    /// The sentence; it names no call.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::InMemory(kind) => format!(
                "The browser's storage is full or forbidden: {} wait in memory and do not survive the tab.",
                kind.plural()
            ),
            Self::Damaged(kind) => format!("A stored {} was damaged and is lost.", kind.noun()),
            Self::EvictedRefused(_) => "Too many alerts are kept: the oldest refused one was dropped.".to_owned(),
            Self::EvictedPending(kind, _) => {
                format!("Too many {} wait: the oldest was dropped undelivered.", kind.plural())
            }
            Self::Refused(reason) => format!("An alert was refused and is kept: {reason}"),
            Self::Dropped(EntryKind::Recordings, reason) => format!("The recording of a call was dropped: {reason}"),
            Self::Dropped(_, reason) => format!("The card of a call was dropped: {reason}"),
            Self::Waiting(EntryKind::Alerts, reason) => {
                format!("Alerts wait for the server and are tried again: {reason}")
            }
            Self::Waiting(EntryKind::Cards, reason) => {
                format!("Cards of calls wait for the server and are tried again: {reason}")
            }
            Self::Waiting(EntryKind::Recordings, reason) => {
                format!("Recordings of calls wait for the server and are tried again: {reason}")
            }
        }
    }
}
