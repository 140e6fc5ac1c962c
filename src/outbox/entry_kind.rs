//! What an outbox carries, and what differs by it. They never lie in each other's way: each kind has its own
//! keys, limits and pauses.

use super::{DAY, Entry, LONGEST_WAIT, Outbox, Storage};
use crate::floor::{Card, RecordingPiece};
use crate::input::units::{Milliseconds, WallTime};

/// What an outbox carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Alerts, one a request.
    Alerts,
    /// Cards of calls; several in a request.
    Cards,
    /// Recorded calls, a piece a request.
    Recordings,
}

/// How long a card of a healthy call waits for others: the Function is billed by the request.
pub(crate) const GATHER_FOR: Milliseconds = LONGEST_WAIT;
/// How many cards one request may have. As soon as so many wait, they are posted.
pub(crate) const MAX_TOGETHER: usize = 10;
/// How many cards may be stored. A busy agent has more calls in a month, but old cards are of little use.
const MAX_CARDS: usize = 500;
/// How many characters the stored cards and what is stored beside them may have. Browsers grant a page's origin five million.
const MAX_CARD_CHARACTERS: usize = 500_000;
/// How many pieces of recordings may be stored.
pub(crate) const MAX_PIECES: usize = 60;
/// How many characters they may have: some fifteen calls of ten minutes.
pub(crate) const MAX_PIECE_CHARACTERS: usize = 500_000;
/// The Function takes nothing of an older call.
const REPORTS_KEPT_FOR: Milliseconds = Milliseconds(7.0 * DAY);

impl EntryKind {
    /// How every key begins, whoever's it is.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Alerts => "device-monitoring/",
            Self::Cards => "device-monitoring.cards/",
            Self::Recordings => "device-monitoring.recordings/",
        }
    }

    /// Between a worker's SID and an entry's id.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Self::Alerts => "/alert/",
            Self::Cards => "/card/",
            Self::Recordings => "/piece/",
        }
    }

    /// What one is called.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Alerts => "alert",
            Self::Cards => "card",
            Self::Recordings => "piece of a recording",
        }
    }

    /// What several are called.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Cards => "cards",
            Self::Recordings => "pieces of recordings",
        }
    }

    /// Whether one that is not tried any more is kept for an admin to see: nobody can do anything about a single card.
    pub(super) fn keeps_refused(self) -> bool {
        self == Self::Alerts
    }

    pub(super) fn max_entries(self) -> usize {
        match self {
            Self::Alerts => super::eviction::MAX_ENTRIES,
            Self::Cards => MAX_CARDS,
            Self::Recordings => MAX_PIECES,
        }
    }

    pub(super) fn max_characters(self) -> usize {
        match self {
            Self::Alerts => super::eviction::MAX_CHARACTERS,
            Self::Cards => MAX_CARD_CHARACTERS,
            Self::Recordings => MAX_PIECE_CHARACTERS,
        }
    }

    /// How long one is tried.
    pub(super) fn kept_for(self) -> Milliseconds {
        match self {
            Self::Alerts => super::KEPT_FOR,
            Self::Cards | Self::Recordings => REPORTS_KEPT_FOR,
        }
    }
}

impl<S: Storage> Outbox<S> {
    /// Keeps a card until the server has it. That of a healthy call waits for company.
    pub fn put_card(&mut self, now: WallTime, card: &Card) {
        self.put_entry(&Entry::from_card(now, card));
    }

    /// Keeps the pieces of a recording until the server has them.
    pub fn put_recording(&mut self, now: WallTime, pieces: &[RecordingPiece]) {
        for piece in pieces {
            self.put_entry(&Entry::from_piece(now, piece));
        }
        // One line, however many had to go.
        self.log.dedup_by_key(|message| message.text());
    }

    /// What a call's card would be if it ended now, in place of what was noted before; `None`: nothing.
    pub fn checkpoint_card(&mut self, now: WallTime, tab: &str, call: u32, card: Option<&Card>) {
        self.note_checkpoint(tab, call, card.map(|card| Entry::from_card(now, card)).as_ref());
    }

    /// What goes together with an entry that is posted: others that wait, oldest first, as long as all of them have no
    /// more than this many bytes of JSON. They count as tried as well.
    pub fn batch_with(&mut self, now: WallTime, with: &Entry, max_bytes: usize) -> Vec<Entry> {
        let mut room = max_bytes.saturating_sub(with.form.document.len());
        let mut together = Vec::new();
        // A supplement comes after the entry that it is about, as when each is posted alone.
        let others = self.pending().into_iter().filter(|other| other.id != with.id);
        let (supplements, others): (Vec<_>, Vec<_>) = others.partition(|entry| entry.supplements().is_some());
        for mut other in others.into_iter().chain(supplements).take(MAX_TOGETHER - 1) {
            let Some(left) = room.checked_sub(other.form.document.len()) else { break };
            room = left;
            self.count_attempt(now, &mut other, self.chance);
            together.push(other);
        }
        together
    }

    /// Whether so many wait that they leave although none is due.
    pub(super) fn is_full(&self, pending: usize) -> bool {
        self.kind == EntryKind::Cards && pending >= MAX_TOGETHER
    }
}
