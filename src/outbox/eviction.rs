//! Limits of the stored entries, and which of them are removed when the storage is full.

use super::{Entry, LogMessage, Outbox, Storage};
use crate::input::units::WallTime;

/// More alerts than a month of a bad network makes; the storage is Flex's too.
pub(crate) const MOST_ENTRIES: usize = 100;
/// Of the five million characters that browsers grant a page's origin.
pub(crate) const MOST_CHARACTERS: usize = 1_000_000;

/// An entry that may be removed for another.
struct Expendable {
    key: String,
    id: String,
    created: WallTime,
    is_refused: bool,
    characters: usize,
}

impl<S: Storage> Outbox<S> {
    /// Where there is no room, refused alerts make some; where there still is none, it is held in memory.
    pub(super) fn write(&mut self, key: &str, entry: &Entry) {
        let text = entry.to_text();
        if self.storage.store(key, &text) {
            return;
        }
        for expendable in self.expendable(key).into_iter().filter(|expendable| expendable.is_refused) {
            self.evict(expendable);
            if self.storage.store(key, &text) {
                return;
            }
        }
        self.storage.hold(key, text);
        if !self.said_in_memory {
            self.said_in_memory = true;
            self.log.push(LogMessage::InMemory(self.contents));
        }
    }

    /// Keeps everybody's entries within their limits: the oldest refused ones go first, and never the newest.
    pub(super) fn bound(&mut self, newest: Option<&str>) {
        let newest = newest.unwrap_or_default();
        let expendable = self.expendable(newest);
        let newest = self.storage.get(newest).map(|text| text.len());
        let mut entries = expendable.len() + usize::from(newest.is_some());
        let mut characters = newest.unwrap_or_default() + expendable.iter().map(|one| one.characters).sum::<usize>();
        for expendable in expendable {
            if entries <= self.contents.most_entries() && characters <= self.contents.most_characters() {
                return;
            }
            entries -= 1;
            characters -= expendable.characters;
            self.evict(expendable);
        }
    }

    /// All entries but one, in the order in which they go. What is a newer version's is not among them: ours are not to
    /// go for it.
    fn expendable(&mut self, but: &str) -> Vec<Expendable> {
        let mut found = Vec::new();
        for key in self.storage.keys(self.contents.prefix()).into_iter().filter(|key| key != but) {
            let characters = self.storage.get(&key).map_or(0, |text| text.len());
            if let Some(Entry { id, created, refused, .. }) = self.read(&key) {
                found.push(Expendable { key, id, created, is_refused: refused.is_some(), characters });
            }
        }
        found.sort_by(|one, other| {
            other.is_refused.cmp(&one.is_refused).then(one.created.0.total_cmp(&other.created.0))
        });
        found
    }

    fn evict(&mut self, Expendable { key, id, is_refused, .. }: Expendable) {
        self.storage.remove(&key);
        self.log.push(match is_refused {
            true => LogMessage::EvictedRefused(id),
            false => LogMessage::EvictedPending(self.contents, id),
        });
    }
}
