//! What is removed with age: phone numbers after a week, undelivered alerts after a month.

use super::{Entry, EntryKind, KEPT_FOR, LAST_ATTEMPTS_FOR, NUMBERS_KEPT_FOR, Outbox, Storage, TIDY_EVERY};
use crate::input::units::{Milliseconds, WallTime};

/// Between a worker's SID and the tab and number of a call in progress.
const CALL: &str = "/call/";

impl<S: Storage> Outbox<S> {
    /// Removes this worker's phone numbers if they are logged out, and any worker's after a week. After a month an
    /// alert is given up, with a message, and kept for another month with the reason. What is beyond the limits goes.
    pub fn tidy(&mut self, now: WallTime, logged_out: bool) {
        self.tidied = Some(now);
        let own = self.own_key("/", "");
        for key in self.storage.keys(self.kind.prefix()) {
            let Some(mut entry) = self.read(&key) else { continue };
            let is_refused = entry.refused.is_some();
            // Made while the clock was ahead: it would not age until the clock is there again.
            let is_ahead = entry.created.0 > now.0 || is_refused && entry.tried.0 > now.0;
            if is_ahead {
                entry.created = WallTime(entry.created.0.min(now.0));
                entry.tried = WallTime(entry.tried.0.min(now.0));
            }
            let age = now.0 - entry.created.0;
            if is_refused && now.0 - entry.tried.0 > KEPT_FOR.0 {
                self.storage.remove(&key);
            } else if !is_refused && age > self.kind.kept_for().0 {
                if !self.kind.keeps_refused() {
                    self.discard(&key, unanswered(&mut entry, "7 days"));
                } else if now.0 - entry.tried.0 > KEPT_FOR.0 - LAST_ATTEMPTS_FOR.0 {
                    self.try_again(now, &key, entry);
                } else {
                    self.give_up(now, &key, entry);
                }
            } else {
                let numbers_go = age > NUMBERS_KEPT_FOR.0 || logged_out && key.starts_with(&own);
                let has_numbers = entry.form.has_numbers();
                if numbers_go {
                    entry.form.forget_numbers();
                }
                if is_ahead || numbers_go && has_numbers {
                    self.write(&key, &entry);
                }
            }
        }
        self.enforce_limits(None);
    }

    /// Tidies up if that has not been done for an hour. Gives how long it is until the next time.
    pub fn keep_tidy(&mut self, now: WallTime) -> Milliseconds {
        let since = self.tidied.map_or(f64::INFINITY, |tidied| now.0 - tidied.0);
        // A clock that was set back is no reason to wait longer.
        if (0.0..TIDY_EVERY.0).contains(&since) {
            return Milliseconds(TIDY_EVERY.0 - since);
        }
        self.tidy(now, false);
        TIDY_EVERY
    }

    /// Gives an entry that was not tried lately, or was made while the clock was behind, one more day.
    fn try_again(&mut self, now: WallTime, key: &str, mut entry: Entry) {
        entry.created = WallTime(now.0 - KEPT_FOR.0 + LAST_ATTEMPTS_FOR.0);
        entry.tried = now;
        (entry.backoff, entry.server_pause) = (Milliseconds(0.0), Milliseconds(0.0));
        entry.form.forget_numbers();
        self.write(key, &entry);
    }

    fn give_up(&mut self, now: WallTime, key: &str, mut entry: Entry) {
        let reason = unanswered(&mut entry, "30 days");
        self.refuse(now, &mut entry, reason);
        // The entry of a call whose tab died becomes an alert like any other if its worker has not been back.
        match key.split_once(CALL) {
            Some((worker, _)) => {
                self.storage.remove(key);
                let key = format!("{worker}{}{}", self.kind.segment(), entry.id);
                if self.storage.get(&key).is_none() {
                    self.write(&key, &entry);
                }
            }
            None => self.write(key, &entry),
        }
    }
}

fn unanswered(entry: &mut Entry, span: &str) -> String {
    let last = entry.last_problem.take().unwrap_or_else(|| "it was never answered".to_owned());
    format!("nobody took it in {span}; at last: {last}")
}

/// Whether an entry of this id belongs under this key, whoever's it is.
pub(super) fn is_in_place(kind: EntryKind, key: &str, id: &str) -> bool {
    let of_worker = key.strip_prefix(kind.prefix()).unwrap_or_default();
    // A call in progress has its tab's key.
    match of_worker.split_once(kind.segment()) {
        Some((worker, name)) => !worker.contains('/') && name == id,
        None => of_worker.contains(CALL),
    }
}
