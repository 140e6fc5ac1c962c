//! Room for entries: what goes when there is none, and how much there may be.

use super::{Entry, Note, Outbox, PREFIX, Storage, Unreadable};

/// More alerts than a month of a bad network makes; the storage is Flex's too.
pub(crate) const MOST_ENTRIES: usize = 100;
/// Of the five million characters that browsers grant a page's origin.
pub(crate) const MOST_CHARACTERS: usize = 1_000_000;

impl<S: Storage> Outbox<S> {
    /// Where there is no room, refused alerts make some; where there still is none, it is held in memory.
    pub(super) fn write(&mut self, key: &str, entry: &Entry) {
        let text = entry.to_text();
        while !self.shelf.store(key, &text) {
            if !self.evict(key, true) {
                self.shelf.hold(key, text);
                if !self.said_in_memory {
                    self.said_in_memory = true;
                    self.notes.push(Note::InMemory);
                }
                return;
            }
        }
    }

    /// Keeps everybody's entries within their limits: the oldest refused ones go first, and never the newest.
    pub(super) fn bound(&mut self, newest: &str) {
        loop {
            let (mut entries, mut characters) = (0, 0);
            for text in self.shelf.keys(PREFIX).iter().filter_map(|key| self.shelf.get(key)) {
                // What is a newer version's stays anyway: ours are not to go for it.
                if !matches!(Entry::parse(&text), Err(Unreadable::Newer)) {
                    entries += 1;
                    characters += text.len();
                }
            }
            let fits = entries <= MOST_ENTRIES && characters <= MOST_CHARACTERS;
            if fits || !(self.evict(newest, true) || self.evict(newest, false)) {
                return;
            }
        }
    }

    /// Drops the oldest entry, of the refused ones only or of all; false: there is none.
    fn evict(&mut self, but: &str, refused: bool) -> bool {
        let keys = self.shelf.keys(PREFIX);
        let mut oldest: Option<(&String, Entry)> = None;
        for key in keys.iter().filter(|key| *key != but) {
            if let Some(entry) = self.read(key)
                && (entry.refused.is_some() || !refused)
                && oldest.as_ref().is_none_or(|(_, oldest)| entry.created.0 < oldest.created.0)
            {
                oldest = Some((key, entry));
            }
        }
        let Some((key, entry)) = oldest else { return false };
        let id = entry.id;
        self.notes.push(if entry.refused.is_some() { Note::EvictedRefused(id) } else { Note::EvictedPending(id) });
        self.shelf.remove(key);
        true
    }
}
