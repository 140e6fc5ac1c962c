//! The browser's storage, as the outbox uses it.

use super::window;
use crate::outbox::Storage;

/// `localStorage`: it answers at once, so that an alert is stored before anything else can happen to the page.
#[derive(Debug)]
pub(super) struct LocalStorage;

/// `None` where the browser forbids it.
fn local_storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

impl Storage for LocalStorage {
    fn keys(&self, prefix: &str) -> Vec<String> {
        let Some(storage) = local_storage() else { return Vec::new() };
        let keys = (0..).map_while(|index| storage.key(index).ok().flatten());
        keys.filter(|key| key.starts_with(prefix)).collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        local_storage()?.get_item(key).ok().flatten()
    }

    fn set(&mut self, key: &str, value: &str) -> bool {
        local_storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
    }

    fn remove(&mut self, key: &str) {
        if let Some(storage) = local_storage() {
            // What cannot be removed now is found again at the next start.
            let _ = storage.remove_item(key);
        }
    }
}
