//! A browser's storage in memory.

use crate::outbox::Storage;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::rc::Rc;

/// Whose alerts they are.
pub(super) const WORKER: &str = "WK1";

/// Texts by key; clones share them. Keys come in no order, as from a browser, but in the same one each time. A sorted map
/// would compare so many keys that libFuzzer, which looks at each comparison, took half of the time for them.
#[derive(Clone, Default)]
pub(super) struct Texts(Rc<RefCell<HashMap<String, String, BuildHasherDefault<DefaultHasher>>>>);

impl Texts {
    /// Stores a text, as if it had been there before.
    pub(super) fn lay(&self, key: &str, text: &str) {
        self.0.borrow_mut().insert(key.to_owned(), text.to_owned());
    }
}

impl Storage for Texts {
    fn keys(&self, prefix: &str) -> Vec<String> {
        self.0.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        self.0.borrow().get(key).cloned()
    }

    fn set(&mut self, key: &str, value: &str) -> bool {
        self.lay(key, value);
        true
    }

    fn remove(&mut self, key: &str) {
        self.0.borrow_mut().remove(key);
    }
}
