//! What an admin is to know of the outbox, once each.

/// One thing to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogMessage {
    /// Alerts are held in memory: the browser's storage is full or forbidden.
    InMemory,
    /// A stored entry was damaged and is gone.
    Damaged,
    /// There were too many: this refused alert was dropped.
    EvictedRefused(String),
    /// There were too many: this alert was dropped, which the server never had.
    EvictedPending(String),
    /// An alert is not tried any more; why.
    Refused(String),
    /// Alerts cannot be delivered at present; why.
    Waiting(String),
}

impl LogMessage {
    /// Whether something is lost or will be.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        !matches!(self, Self::Waiting(_) | Self::InMemory)
    }

    /// The sentence; it names no call.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::InMemory => "The browser's storage is full or forbidden: alerts wait in memory and do not survive \
                               the tab."
                .to_owned(),
            Self::Damaged => "A stored alert was damaged and is lost.".to_owned(),
            Self::EvictedRefused(_) => "Too many alerts are kept: the oldest refused one was dropped.".to_owned(),
            Self::EvictedPending(_) => "Too many alerts wait: the oldest was dropped undelivered.".to_owned(),
            Self::Refused(reason) => format!("An alert was refused and is kept: {reason}"),
            Self::Waiting(reason) => format!("Alerts wait for the server and are tried again: {reason}"),
        }
    }
}
