//! Calls in progress: the alert that each would give if it ended now, for the tab that finds this one dead (rule A4).

use super::{Entry, Outbox, Storage};
use crate::alert::Alert;
use crate::input::units::{Milliseconds, WallTime};

/// How often a checkpoint is renewed: a tab that dies leaves the verdict on its calls as it was so long ago at most.
pub const CHECKPOINT_EVERY: Milliseconds = Milliseconds(5000.0);
/// Where nobody can say which tabs live, one this old is a dead tab's.
const ABANDONED_AFTER: Milliseconds = Milliseconds(60_000.0);

impl<S: Storage> Outbox<S> {
    /// Notes what a call would alert if it ended now, in place of what was noted before; `None`: nothing. Returns what
    /// would be posted.
    pub fn checkpoint(&mut self, now: WallTime, tab: &str, call: u32, alert: Option<&Alert>) -> Option<Entry> {
        let entry = alert.map(|alert| self.entry(now, alert));
        self.note_checkpoint(tab, call, entry.as_ref());
        entry
    }

    pub(super) fn note_checkpoint(&mut self, tab: &str, call: u32, entry: Option<&Entry>) {
        let key = self.checkpoint_key(tab, &call.to_string());
        match entry {
            Some(entry) => self.write(&key, entry),
            None => self.remove(&key),
        }
    }

    /// This worker's checkpoints, of whatever tab.
    #[must_use]
    pub fn checkpoints(&self) -> Vec<String> {
        self.storage.keys(&self.own_key("/call/", ""))
    }

    /// Takes over what tabs that are gone have left: of the given checkpoints those that no living tab has.
    /// `None`: nobody knows which live.
    pub fn adopt(&mut self, now: WallTime, checkpoints: &[String], living: Option<&[String]>) {
        for key in checkpoints {
            let lives = |tab: &String| key.starts_with(&self.checkpoint_key(tab, ""));
            if living.is_some_and(|tabs| tabs.iter().any(lives)) {
                continue;
            }
            let Some(entry) = self.read(key) else { continue };
            let age = now.0 - entry.created.0;
            if living.is_none() && (0.0..ABANDONED_AFTER.0).contains(&age) {
                continue;
            }
            // In this order, as the tab may be killed in between. If there was no room for both, there is now.
            self.put_entry(&entry);
            self.remove(key);
        }
    }

    /// The tab is being closed: its calls end with it.
    pub fn close_tab(&mut self, now: WallTime, tab: &str) {
        let checkpoints = self.storage.keys(&self.checkpoint_key(tab, ""));
        self.adopt(now, &checkpoints, Some(&[]));
    }

    /// A call of this tab is over, and nothing more is known of it than its checkpoint.
    pub fn close_call(&mut self, now: WallTime, tab: &str, call: u32) {
        let checkpoint = self.checkpoint_key(tab, &call.to_string());
        self.adopt(now, &[checkpoint], Some(&[]));
    }

    fn checkpoint_key(&self, tab: &str, call: &str) -> String {
        self.own_key("/call/", &format!("{tab}/{call}"))
    }
}
