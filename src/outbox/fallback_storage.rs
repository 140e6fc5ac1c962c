//! Entries that could not be stored are kept as long as the page lives.

use super::storage::Storage;

/// A storage that falls back to memory for what could not be stored. What is in memory takes precedence.
#[derive(Debug)]
pub(super) struct FallbackStorage<S> {
    storage: S,
    memory: Vec<(String, String)>,
}

impl<S: Storage> FallbackStorage<S> {
    pub(super) fn new(storage: S) -> Self {
        Self { storage, memory: Vec::new() }
    }

    pub(super) fn keys(&self, prefix: &str) -> Vec<String> {
        let mut keys = self.storage.keys(prefix);
        for (key, _) in &self.memory {
            if key.starts_with(prefix) && !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        keys
    }

    pub(super) fn get(&self, key: &str) -> Option<String> {
        let held = self.memory.iter().find(|(held, _)| held == key);
        held.map(|(_, text)| text.clone()).or_else(|| self.storage.get(key))
    }

    /// Whether it will outlive the page.
    pub(super) fn store(&mut self, key: &str, text: &str) -> bool {
        let stored = self.storage.set(key, text);
        if stored {
            self.memory.retain(|(held, _)| held != key);
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
    }
}
