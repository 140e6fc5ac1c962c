//! Limits of the stored entries, and which of them are removed when the storage is full.

use super::{ConsoleMessage, Entry, Outbox, Storage, Stored};

/// How many alerts may be stored: more than a month of a bad network makes. The storage is Flex's too.
pub(crate) const MAX_ENTRIES: usize = 100;
/// How many characters the stored alerts may have. Browsers grant a page's origin five million.
pub(crate) const MAX_CHARACTERS: usize = 1_000_000;

impl<S: Storage> Outbox<S> {
    /// Stores an entry. If there is no room, refused alerts are removed; if that is not enough, the entry is held in memory.
    pub(super) fn write(&mut self, key: &str, entry: &Entry) {
        let text = if key.starts_with(&self.own_key("/", "")) && self.must_forget_numbers(entry) {
            // It was in memory, or has been read, since before the logout.
            let mut entry = entry.clone();
            entry.form.forget_numbers();
            entry.to_text()
        } else {
            entry.to_text()
        };
        if self.storage.store(key, &text) {
            return;
        }
        for expendable in self.expendable(key).into_iter().filter(|expendable| expendable.entry.refused.is_some()) {
            self.evict(expendable);
            if self.storage.store(key, &text) {
                return;
            }
        }
        self.storage.hold(key, text);
        if !self.has_said_in_memory {
            self.has_said_in_memory = true;
            self.log.push(ConsoleMessage::InMemory(self.kind));
        }
    }

    /// Keeps everybody's entries within their limits: the oldest refused ones go first, and never the newest.
    pub(super) fn enforce_limits(&mut self, newest: Option<&str>) {
        let newest = newest.unwrap_or_default();
        let expendable = self.expendable(newest);
        let newest = self.storage.get(newest).map(|text| text.len());
        let mut entries = expendable.len() + usize::from(newest.is_some());
        let mut characters = newest.unwrap_or_default() + expendable.iter().map(|one| one.characters).sum::<usize>();
        for expendable in expendable {
            if entries <= self.kind.max_entries() && characters <= self.kind.max_characters() {
                return;
            }
            entries -= 1;
            characters -= expendable.characters;
            self.evict(expendable);
        }
    }

    /// All entries but one, in the order in which they go. What is a newer version's is not among them: ours are not to
    /// go for it. Nor is the checkpoint of the call that the one is about, which it replaces.
    fn expendable(&mut self, but: &str) -> Vec<Stored> {
        let mut others = self.stored(self.kind.prefix());
        others.retain(|stored| stored.key != but && self.entry_key(&stored.entry.id) != but);
        let (mut refused, pending): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|stored| stored.entry.refused.is_some());
        refused.extend(pending);
        refused
    }

    fn evict(&mut self, Stored { key, entry: Entry { id, refused, .. }, .. }: Stored) {
        self.storage.remove(&key);
        self.log.push(match refused {
            Some(_) => ConsoleMessage::EvictedRefused(id),
            None => ConsoleMessage::EvictedPending(self.kind, id),
        });
    }
}
