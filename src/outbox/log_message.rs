//! The outbox's messages for the console, which an admin may read.

use super::Contents;

/// A message for the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogMessage {
    /// They are held in memory: the browser's storage is full or forbidden.
    InMemory(Contents),
    /// A stored entry was damaged and is gone.
    Damaged(Contents),
    /// There were too many: this refused alert was dropped.
    EvictedRefused(String),
    /// There were too many: this one was dropped, which the server never had.
    EvictedPending(Contents, String),
    /// An alert is not tried any more; why.
    Refused(String),
    /// One is not tried any more, and gone; why.
    Dropped(Contents, String),
    /// They cannot be delivered at present; why.
    Waiting(Contents, String),
}

impl LogMessage {
    /// Whether an alert or entry is lost, or will be.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        !matches!(self, Self::Waiting(..) | Self::InMemory(_))
    }

    /// The sentence; it names no call.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::InMemory(contents) => format!(
                "The browser's storage is full or forbidden: {} wait in memory and do not survive the tab.",
                contents.plural()
            ),
            Self::Damaged(contents) => format!("A stored {} was damaged and is lost.", contents.noun()),
            Self::EvictedRefused(_) => "Too many alerts are kept: the oldest refused one was dropped.".to_owned(),
            Self::EvictedPending(contents, _) => {
                format!("Too many {} wait: the oldest was dropped undelivered.", contents.plural())
            }
            Self::Refused(reason) => format!("An alert was refused and is kept: {reason}"),
            Self::Dropped(Contents::Recordings, reason) => format!("The recording of a call was dropped: {reason}"),
            Self::Dropped(_, reason) => format!("The card of a call was dropped: {reason}"),
            Self::Waiting(Contents::Alerts, reason) => {
                format!("Alerts wait for the server and are tried again: {reason}")
            }
            Self::Waiting(Contents::Cards, reason) => {
                format!("Cards of calls wait for the server and are tried again: {reason}")
            }
            Self::Waiting(Contents::Recordings, reason) => {
                format!("Recordings of calls wait for the server and are tried again: {reason}")
            }
        }
    }
}
