//! The browser's storage, as the outbox uses it.

use crate::outbox::Storage;

/// `localStorage`: it answers at once, so that an alert is stored before anything else can happen to the page. A browser
/// that forbids it is one in which nothing can be stored.
#[derive(Debug)]
pub(super) struct LocalStorage(Option<web_sys::Storage>);

impl LocalStorage {
    pub(super) fn of_page() -> Self {
        Self(web_sys::window().and_then(|window| window.local_storage().ok().flatten()))
    }
}

impl Storage for LocalStorage {
    fn keys(&self, prefix: &str) -> Vec<String> {
        let Some(storage) = &self.0 else {
            return Vec::new();
        };
        let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
        keys.filter(|key| key.starts_with(prefix)).collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        self.0.as_ref()?.get_item(key).ok().flatten()
    }

    fn set(&mut self, key: &str, value: &str) -> bool {
        self.0.as_ref().is_some_and(|storage| storage.set_item(key, value).is_ok())
    }

    fn remove(&mut self, key: &str) {
        if let Some(storage) = &self.0 {
            // What cannot be removed now is found again at the next start.
            let _ = storage.remove_item(key);
        }
    }
}
