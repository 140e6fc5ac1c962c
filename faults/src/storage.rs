//! A browser's storage that can be full or forbidden, shared by the browser's tabs.

use device_monitoring::outbox::Storage;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// See the module's description. A clone is the same storage, seen from another tab.
#[derive(Clone, Debug, Default)]
pub struct SharedStorage {
    texts: Rc<RefCell<BTreeMap<String, String>>>,
    full: Rc<Cell<bool>>,
}

impl SharedStorage {
    /// From here on nothing more can be stored, or everything again.
    pub fn set_full(&self, full: bool) {
        self.full.set(full);
    }

    /// Whether an alert's id is anywhere in it.
    #[must_use]
    pub fn mentions(&self, id: &str) -> bool {
        self.texts.borrow().values().any(|text| text.lines().any(|line| line == id))
    }
}

impl Storage for SharedStorage {
    fn keys(&self, prefix: &str) -> Vec<String> {
        self.texts.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        self.texts.borrow().get(key).cloned()
    }

    fn set(&mut self, key: &str, value: &str) -> bool {
        if self.full.get() {
            return false;
        }
        self.texts.borrow_mut().insert(key.to_owned(), value.to_owned());
        true
    }

    fn remove(&mut self, key: &str) {
        self.texts.borrow_mut().remove(key);
    }
}
