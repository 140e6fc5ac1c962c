//! The page's outbox: kept in the browser's storage, and read from it again if a call to it fails.

use super::console;
use super::local_storage::LocalStorage;
use crate::outbox::{EntryKind, Outbox};
use std::cell::Cell;

type Stored = Outbox<LocalStorage>;

/// Holds an outbox of a page.
pub(super) struct PageOutbox {
    kind: EntryKind,
    /// Not there while it works: one that failed in the middle is not put back.
    outbox: Cell<Option<Box<Stored>>>,
    worker_sid: Option<String>,
}

impl PageOutbox {
    pub(super) fn new(kind: EntryKind, worker_sid: Option<String>) -> Self {
        Self { kind, outbox: Cell::default(), worker_sid }
    }

    /// Calls `work` with the outbox, then writes the outbox's messages to the console.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Stored) -> T) -> T {
        let mut outbox = self.take();
        let result = work(&mut outbox);
        self.put_back(outbox);
        result
    }

    fn take(&self) -> Box<Stored> {
        let make = || Box::new(Outbox::of_kind(self.kind, LocalStorage, self.worker_sid.as_deref()));
        self.outbox.take().unwrap_or_else(make)
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
