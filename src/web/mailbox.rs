//! The outbox in its place: with the browser's storage, and made anew from it should it ever fail in the middle.

use super::console;
use super::storage::LocalStorage;
use crate::outbox::Outbox;
use std::cell::Cell;

type Stored = Outbox<LocalStorage>;

/// Holds the outbox of a page.
pub(super) struct Mailbox {
    /// Not there while it works: one that failed in the middle is not put back.
    outbox: Cell<Option<Box<Stored>>>,
    worker_sid: Option<String>,
}

impl Mailbox {
    pub(super) fn new(worker_sid: Option<String>) -> Self {
        Self { outbox: Cell::default(), worker_sid }
    }

    /// Works with it, and logs what it has to say.
    pub(super) fn open<T>(&self, work: impl FnOnce(&mut Stored) -> T) -> T {
        let mut outbox = self.take();
        let result = work(&mut outbox);
        self.put_back(outbox);
        result
    }

    fn take(&self) -> Box<Stored> {
        self.outbox.take().unwrap_or_else(|| Box::new(Outbox::new(LocalStorage, self.worker_sid.as_deref())))
    }

    fn put_back(&self, mut outbox: Box<Stored>) {
        for note in outbox.take_notes() {
            let log = if note.is_loss() { console::error } else { console::warn };
            log(&note.text());
        }
        self.outbox.set(Some(outbox));
    }
}
