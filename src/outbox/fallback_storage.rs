//! Entries that could not be stored are kept as long as the page lives; those that could not be removed are gone as long.

use super::storage::Storage;

/// A storage that falls back to memory for what could not be stored. What is in memory takes precedence.
#[derive(Debug)]
pub(super) struct FallbackStorage<S> {
    storage: S,
    memory: Vec<(String, String)>,
    /// What the storage still has although it was removed. Otherwise an alert that was delivered would be posted again and
    /// again.
    gone: Vec<(String, String)>,
}

impl<S: Storage> FallbackStorage<S> {
    pub(super) fn new(storage: S) -> Self {
        Self { storage, memory: Vec::new(), gone: Vec::new() }
    }

    pub(super) fn keys(&self, prefix: &str) -> Vec<String> {
        let mut keys = self.storage.keys(prefix);
        keys.retain(|key| !self.is_gone(key));
        for (key, _) in &self.memory {
            if key.starts_with(prefix) && !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        keys
    }

    pub(super) fn get(&self, key: &str) -> Option<String> {
        let held = self.memory.iter().find(|(held, _)| held == key);
        held.map(|(_, text)| text.clone()).or_else(|| self.stored(key))
    }

    /// What the storage has, unless it was removed. What somebody else has stored under the same key since is there.
    fn stored(&self, key: &str) -> Option<String> {
        self.storage.get(key).filter(|text| !self.gone.iter().any(|(gone, removed)| gone == key && removed == text))
    }

    fn is_gone(&self, key: &str) -> bool {
        self.gone.iter().any(|(gone, _)| gone == key) && self.stored(key).is_none()
    }

    /// Whether it will outlive the page.
    pub(super) fn store(&mut self, key: &str, text: &str) -> bool {
        let stored = self.storage.set(key, text);
        if stored {
            self.memory.retain(|(held, _)| held != key);
            self.gone.retain(|(gone, _)| gone != key);
        }
        stored
    }

    /// Where there is no room, as long as the page lives.
    pub(super) fn keep(&mut self, key: &str, text: &str) {
        if !self.store(key, text) {
            self.hold(key, text.to_owned());
        }
    }

    pub(super) fn hold(&mut self, key: &str, text: String) {
        self.memory.retain(|(held, _)| held != key);
        self.memory.push((key.to_owned(), text));
    }

    /// The keys of what is in memory.
    pub(super) fn held(&self, prefix: &str) -> Vec<String> {
        self.memory.iter().map(|(key, _)| key).filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    pub(super) fn is_held(&self, key: &str) -> bool {
        self.memory.iter().any(|(held, _)| held == key)
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.memory.retain(|(held, _)| held != key);
        self.storage.remove(key);
        self.gone.retain(|(gone, _)| gone != key);
        if let Some(text) = self.storage.get(key) {
            self.gone.push((key.to_owned(), text));
        }
    }
}
