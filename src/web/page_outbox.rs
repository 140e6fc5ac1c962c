//! The page's outbox: kept in the browser's storage, and read from it again if a call to it fails.

use super::console;
use super::storage::LocalStorage;
use crate::outbox::Outbox;
use std::cell::Cell;

type Stored = Outbox<LocalStorage>;

/// Holds the outbox of a page.
pub(super) struct PageOutbox {
    /// Not there while it works: one that failed in the middle is not put back.
    outbox: Cell<Option<Box<Stored>>>,
    worker_sid: Option<String>,
}

impl PageOutbox {
    pub(super) fn new(worker_sid: Option<String>) -> Self {
        Self { outbox: Cell::default(), worker_sid }
    }

    /// Calls `work` with the outbox, then writes the outbox's messages to the console.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Stored) -> T) -> T {
        let mut outbox = self.take();
        let result = work(&mut outbox);
        self.put_back(outbox);
        result
    }

    fn take(&self) -> Box<Stored> {
        self.outbox.take().unwrap_or_else(|| Box::new(Outbox::new(LocalStorage, self.worker_sid.as_deref())))
    }

    fn put_back(&self, mut outbox: Box<Stored>) {
        let messages = outbox.take_log();
        // First: a console that the page has replaced may throw.
        self.outbox.set(Some(outbox));
        for message in messages {
            let log = if message.is_loss() { console::error } else { console::warn };
            log(&message.text());
        }
    }
}
