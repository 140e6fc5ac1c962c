//! A browser's storage that can be full or forbidden, shared by the browser's tabs.

use device_monitoring::outbox::{Entry, Storage};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A browser's storage, shared by its tabs. A clone is the same storage, seen from another tab.
#[derive(Clone, Debug, Default)]
pub struct SharedStorage {
    texts: Rc<RefCell<BTreeMap<String, String>>>,
    full: Rc<Cell<bool>>,
    /// What it had no room for, by its key's last part, and has not had since.
    turned_away: Rc<RefCell<BTreeSet<String>>>,
}

impl SharedStorage {
    /// From here on nothing more can be stored, or everything again.
    pub fn set_full(&self, full: bool) {
        self.full.set(full);
    }

    /// Whether a tab has tried to store an alert, and it is only in that tab's memory.
    #[must_use]
    pub fn has_turned_away(&self, id: &str) -> bool {
        self.turned_away.borrow().contains(id)
    }

    /// Whether an alert's id is anywhere in it.
    #[must_use]
    pub fn mentions(&self, id: &str) -> bool {
        self.texts.borrow().values().any(|text| id_of(text).is_some_and(|found| found == id))
    }
}

/// The alert's id, if the text is an entry of the outbox.
fn id_of(text: &str) -> Option<String> {
    Entry::parse(text).ok().map(|entry| entry.id)
}

impl Storage for SharedStorage {
    fn keys(&self, prefix: &str) -> Vec<String> {
        self.texts.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        self.texts.borrow().get(key).cloned()
    }

    fn set(&mut self, key: &str, value: &str) -> bool {
        let id = id_of(value);
        if self.full.get() {
            self.turned_away.borrow_mut().extend(id);
            return false;
        }
        if let Some(id) = id {
            self.turned_away.borrow_mut().remove(&id);
        }
        self.texts.borrow_mut().insert(key.to_owned(), value.to_owned());
        true
    }

    fn remove(&mut self, key: &str) {
        self.texts.borrow_mut().remove(key);
    }
}
