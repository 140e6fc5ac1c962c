//! Alerts, cards and recordings on their way to the server: kept until it has them, whatever happens to the page (rules A3,
//! A4, K1 and K3).
//!
//! Pure: the owner brings the storage, the time and chance, posts what [`Outbox::next`] gives it and reports what came
//! back by [`Outbox::answered`]. The storage is shared with other tabs, and each entry has a key of its own there, so
//! that no two tabs ever write over each other's alerts. That only one of them posts at a time is the owner's care;
//! should two do, the server drops the repetition by the alert's id.
//!
//! A call in progress leaves a checkpoint: the alert that it would give if it ended now. A tab that starts takes those
//! over whose own tab is gone.

mod answer;
mod checkpoint;
mod console_message;
mod entry;
pub(crate) mod entry_kind;
mod entry_v1;
pub(crate) mod eviction;
mod fallback_storage;
mod retention;
mod server_message;
mod storage;

pub use crate::alert::Form;
pub use crate::versioned_json::Unreadable;
pub use answer::{Answer, Refusal};
pub use checkpoint::CHECKPOINT_EVERY;
pub use console_message::ConsoleMessage;
pub use entry::Entry;
pub use entry_kind::EntryKind;
pub use storage::Storage;

use crate::alert::Alert;
use crate::input::units::{Milliseconds, WallTime};
use answer::Outcome;
use entry_kind::MAX_TOGETHER;
use fallback_storage::FallbackStorage;

/// Prefix of a key that ends with a worker's SID. It tells other tabs that this worker has logged out.
const LOGGED_OUT: &str = "device-monitoring.logged-out/";
/// Wait after the first attempt; doubles with each.
pub(crate) const FIRST_WAIT: Milliseconds = Milliseconds(2000.0);
/// Longest wait that the outbox chooses by itself.
pub(crate) const LONGEST_WAIT: Milliseconds = Milliseconds(300_000.0);
/// Longest that a server may ask for: hours are a mistake, and the shift would be over.
const LONGEST_RETRY_AFTER: Milliseconds = Milliseconds(3_600_000.0);
/// How often it is looked whether Flex has another token. Flex renews it some minutes before it expires.
const TOKEN_CHECK_INTERVAL: Milliseconds = Milliseconds(10_000.0);
/// How often it is tried again what an admin has to put right.
pub(crate) const NEEDS_ADMIN_WAIT: Milliseconds = Milliseconds(3_600_000.0);
/// How long an alert stays undelivered before the console says so, also where the next attempt may succeed: when Twilio
/// does not know the customer yet, it knows after half an hour.
const WARN_UNDELIVERED_AFTER: Milliseconds = Milliseconds(3_600_000.0);
/// After a lost connection is back all pages of an office would post at once.
const RETRY_SOON_WITHIN: Milliseconds = Milliseconds(5000.0);
const DAY: f64 = 86_400_000.0;
/// How long phone numbers are kept (rule A3).
pub(crate) const NUMBERS_KEPT_FOR: Milliseconds = Milliseconds(7.0 * DAY);
/// How long an alert is tried, and how long one that is not tried any more is kept after that.
pub(crate) const KEPT_FOR: Milliseconds = Milliseconds(30.0 * DAY);
/// How long it is tried at the end if it was not tried before: after a month of leave, or because the clock was wrong.
pub(crate) const LAST_ATTEMPTS_FOR: Milliseconds = Milliseconds(DAY);
/// How long it is tried while the receiver behind the server refuses it, or something on the way: long enough for somebody to notice and mend it.
pub(crate) const RECEIVER_REFUSES_FOR: Milliseconds = Milliseconds(DAY);
/// How often the entries are checked for their age.
pub(crate) const TIDY_EVERY: Milliseconds = Milliseconds(3_600_000.0);

/// What is to be done now.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Post this, and pass on the answer.
    Post(Box<Entry>),
    /// Call [`Outbox::next`] again after this time.
    Wait(Milliseconds),
    /// Call [`Outbox::next`] again when there is a new alert.
    Nothing,
}

/// Who a page belongs to at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The Flex token.
    pub token: Option<String>,
    /// The worker's SID.
    pub worker_sid: Option<String>,
}

/// An entry where it is stored.
struct Stored {
    key: String,
    entry: Entry,
    characters: usize,
}

/// A time in which the server is not asked.
#[derive(Clone, Copy, Debug)]
struct Pause {
    since: WallTime,
    /// Its length, by the outbox's own choice.
    backoff: Milliseconds,
    /// Its length at least, by the server's word.
    requested: Milliseconds,
}

impl Pause {
    /// How much of it is left.
    fn remaining(&self, now: WallTime) -> f64 {
        left_of(self.backoff.0.max(self.requested.0), self.since, now)
    }
}

/// How much is left of a length of time that began then. Nothing if the clock was set back behind its beginning; all of it
/// as long as the clock says nothing (NaN).
fn left_of(length: f64, since: WallTime, now: WallTime) -> f64 {
    let passed = now.0 - since.0;
    if now.0.is_nan() {
        length
    } else if passed < 0.0 {
        0.0
    } else {
        (length - passed).max(0.0)
    }
}

/// Keeps alerts, cards or recordings, and checkpoints, in storage until the server has accepted them.
#[derive(Debug)]
pub struct Outbox<S> {
    kind: EntryKind,
    storage: FallbackStorage<S>,
    /// Whose alerts these are.
    worker_sid: String,
    /// The time in which nothing is sent.
    pause: Option<Pause>,
    /// How often in a row the server, or the way to it, had a problem.
    failures: u32,
    chance: f64,
    /// The last token that the server refused or called expired; another one is waited for.
    refused_token: Option<String>,
    has_said_in_memory: bool,
    has_said_waiting: bool,
    tidied: Option<WallTime>,
    log: Vec<ConsoleMessage>,
}

impl<S: Storage> Outbox<S> {
    /// The outbox of a worker's alerts in this browser. Without a worker's SID nothing can leave: nobody could say under
    /// whose token.
    #[must_use]
    pub fn new(storage: S, worker_sid: Option<&str>) -> Self {
        Self::of_kind(EntryKind::Alerts, storage, worker_sid)
    }

    /// The outbox of a worker's alerts, cards or recordings in this browser.
    #[must_use]
    pub fn of_kind(kind: EntryKind, storage: S, worker_sid: Option<&str>) -> Self {
        Self {
            kind,
            storage: FallbackStorage::new(storage),
            worker_sid: worker_sid.unwrap_or("unknown").to_owned(),
            pause: None,
            failures: 0,
            chance: 1.0,
            refused_token: None,
            has_said_in_memory: false,
            has_said_waiting: false,
            tidied: None,
            log: Vec::new(),
        }
    }

    /// The worker is signed in to a page that begins.
    pub fn signed_in(&mut self) {
        self.storage.remove(&self.logged_out_key());
    }

    /// Keeps an alert until the server has it. One with the same id that is there already stays.
    pub fn put(&mut self, now: WallTime, alert: &Alert) {
        self.put_entry(&self.entry(now, alert));
    }

    /// After a logout without numbers, in whatever tab it was.
    fn entry(&self, now: WallTime, alert: &Alert) -> Entry {
        let mut entry = Entry::from_alert(now, alert);
        if self.must_forget_numbers(&entry) {
            entry.form.forget_numbers();
        }
        entry
    }

    /// Whether the entry has numbers although its worker has logged out, in whatever tab.
    fn must_forget_numbers(&self, entry: &Entry) -> bool {
        entry.form.has_numbers() && self.storage.get(&self.logged_out_key()).is_some()
    }

    fn logged_out_key(&self) -> String {
        format!("{LOGGED_OUT}{}", self.worker_sid)
    }

    fn put_entry(&mut self, entry: &Entry) {
        let key = self.entry_key(&entry.id);
        // What is damaged there goes; what a newer version wrote stays.
        if self.read(&key).is_none() && self.storage.get(&key).is_none() {
            self.write(&key, entry);
            self.enforce_limits(Some(&key));
        }
    }

    /// What is to be done now. The attempt is counted before posting, so that a page that reloads does not resend at once.
    /// `chance`: random number from 0 to 1 for the jitter.
    pub fn next(&mut self, now: WallTime, session: &Session, chance: f64) -> Next {
        let Session { token, worker_sid } = session;
        if worker_sid.as_ref().is_some_and(|worker_sid| *worker_sid != self.worker_sid) {
            return Next::Nothing;
        }
        let mut pending = self.pending();
        // Of those that are due, the one that has waited longest since it was tried: none keeps the others from it.
        let order = |entry: &Entry| (entry.remaining(now).0 as i64, entry.tried.0 as i64);
        // A supplement comes after its alert.
        let is_supplement = |index: &usize| {
            let main = pending.get(*index).and_then(Entry::supplements);
            main.is_some_and(|main| pending.iter().any(|other| other.id == main))
        };
        let first =
            (0..pending.len()).filter(|index| !is_supplement(index)).min_by_key(|index| pending.get(*index).map(order));
        let Some(mut entry) = first.map(|first| pending.swap_remove(first)) else {
            return Next::Nothing;
        };
        if worker_sid.is_none() || token.is_none() || *token == self.refused_token {
            return Next::Wait(TOKEN_CHECK_INTERVAL);
        }
        let remaining =
            if self.is_full(pending.len() + 1) && entry.attempts == 0 { 0.0 } else { entry.remaining(now).0 };
        let wait = remaining.max(self.pause.map_or(0.0, |pause| pause.remaining(now)));
        if wait > 0.0 {
            return Next::Wait(Milliseconds(wait));
        }
        self.chance = share(chance);
        self.count_attempt(now, &mut entry, self.chance);
        Next::Post(Box::new(entry))
    }

    /// What became of an entry that was posted with this token.
    pub fn answered(&mut self, now: WallTime, id: &str, token: Option<&str>, answer: &Answer) {
        self.answered_together(now, &[id], token, answer);
    }

    /// What became of entries that were posted in one request with this token.
    pub fn answered_together(&mut self, now: WallTime, ids: &[&str], token: Option<&str>, answer: &Answer) {
        let outcome = answer.outcome();
        if outcome == Outcome::RetryAll {
            self.failures = self.failures.saturating_add(1);
            self.pause = Some(Pause {
                since: now,
                backoff: backoff(self.failures, self.chance),
                requested: self.requested_pause(answer),
            });
        } else {
            self.failures = 0;
        }
        let is_told = !matches!(outcome, Outcome::Delivered | Outcome::RetryThis | Outcome::Refused);
        if is_told {
            self.say_waiting(answer.reason());
        }
        if outcome == Outcome::Delivered {
            self.has_said_waiting = false;
        }
        for (position, id) in ids.iter().enumerate() {
            match answer.refusal_of(position) {
                Some(reason) => self.settle(now, id, Outcome::Refused, token, answer, reason),
                None => self.settle(now, id, outcome, token, answer, answer.reason()),
            }
        }
    }

    fn settle(
        &mut self,
        now: WallTime,
        id: &str,
        outcome: Outcome,
        token: Option<&str>,
        answer: &Answer,
        reason: String,
    ) {
        let key = self.entry_key(id);
        let read = self.read(&key);
        let is_delivered = outcome == Outcome::Delivered;
        // Another tab may have delivered it meanwhile.
        let Some(mut entry) = read else {
            return if is_delivered {
                self.remove(&key)
            };
        };
        let first = entry.form.action.clone();
        let is_left = entry.form.retain_actions(|action| answer.is_pending(action, &first));
        if is_delivered {
            return if is_left { self.go_on(now, &key, entry) } else { self.remove(&key) };
        }
        entry.last_problem = Some(reason.clone());
        if outcome == Outcome::RetryThis && now.0 - entry.created.0 >= WARN_UNDELIVERED_AFTER.0 {
            self.say_waiting(reason.clone());
        }
        // An answer by which nothing is refused does not restart the day.
        if !matches!(outcome, Outcome::RefusedElsewhere | Outcome::RetryAll | Outcome::WaitForToken) {
            entry.receiver_refuses_since = None;
        }
        match outcome {
            Outcome::Refused if !self.kind.keeps_refused() => return self.discard(&key, reason),
            Outcome::Refused => self.refuse(now, &mut entry, reason),
            Outcome::RefusedElsewhere => {
                let since = entry.receiver_refuses_since.filter(|since| since.0 <= now.0).unwrap_or(now);
                entry.receiver_refuses_since = Some(since);
                if now.0 - since.0 >= RECEIVER_REFUSES_FOR.0 {
                    if !self.kind.keeps_refused() {
                        return self.discard(&key, reason);
                    }
                    self.refuse(now, &mut entry, reason);
                } else {
                    entry.server_pause = self.requested_pause(answer);
                }
            }
            Outcome::WaitForAdmin => entry.server_pause = NEEDS_ADMIN_WAIT,
            Outcome::WaitForToken => {
                self.refused_token = token.map(str::to_owned);
                entry.attempts = entry.attempts.saturating_sub(1);
                entry.backoff = Milliseconds(0.0);
            }
            Outcome::Delivered | Outcome::RetryThis | Outcome::RetryAll => {
                entry.server_pause = self.requested_pause(answer)
            }
        }
        self.write(&key, &entry);
    }

    /// The server has done one action and knows nothing of the others: they are asked for by themselves, at once.
    fn go_on(&mut self, now: WallTime, key: &str, mut entry: Entry) {
        entry.tried = now;
        (entry.attempts, entry.backoff, entry.server_pause) = (0, Milliseconds(0.0), Milliseconds(0.0));
        (entry.last_problem, entry.receiver_refuses_since) = (None, None);
        self.write(key, &entry);
    }

    /// Says once why nothing can be delivered at present.
    fn say_waiting(&mut self, reason: String) {
        if !self.has_said_waiting {
            self.has_said_waiting = true;
            self.log.push(ConsoleMessage::Waiting(self.kind, reason));
        }
    }

    fn discard(&mut self, key: &str, reason: String) {
        self.remove(key);
        self.log.push(ConsoleMessage::Dropped(self.kind, reason));
    }

    fn refuse(&mut self, now: WallTime, entry: &mut Entry, reason: String) {
        self.log.push(ConsoleMessage::Refused(reason.clone()));
        entry.refuse(now, reason);
    }

    /// The connection is back: what waits need not wait longer than some seconds, unless the server has asked for it.
    pub fn retry_soon(&mut self, now: WallTime, chance: f64) {
        if let Some(pause) = &mut self.pause {
            pause.backoff = Milliseconds(0.0);
        }
        for mut entry in self.pending() {
            let since = now.0 - entry.tried.0;
            if entry.backoff.0 - since > RETRY_SOON_WITHIN.0 {
                entry.backoff = Milliseconds(since.max(0.0) + RETRY_SOON_WITHIN.0 * share(chance));
                self.write(&self.entry_key(&entry.id), &entry);
            }
        }
    }

    /// What is to be posted when the page closes or the worker logs out, whether it is due or not, oldest first. `fits`
    /// says of each entry whether the page can still post it; an attempt is counted only for those that fit.
    pub fn flush(&mut self, now: WallTime, session: &Session, mut fits: impl FnMut(&Entry) -> bool) -> Vec<Entry> {
        if !self.may_post(session) {
            return Vec::new();
        }
        let mut pending = self.pending();
        let ids: Vec<String> = pending.iter().map(|entry| entry.id.clone()).collect();
        let waits_for_another =
            |entry: &mut Entry| entry.supplements().is_some_and(|main| ids.iter().any(|id| id == main));
        let supplements: Vec<Entry> = pending.extract_if(.., waits_for_another).collect();
        let max = if self.kind == EntryKind::Cards { MAX_TOGETHER } else { usize::MAX };
        let mut leaving: Vec<Entry> = pending.into_iter().filter(|entry| fits(entry)).take(max).collect();
        // In one request, in this order. Of requests by themselves nobody knows which arrives first: there, supplements
        // are left to the next page.
        if self.kind == EntryKind::Cards {
            for supplement in supplements {
                let leaves_after = |main| leaving.iter().any(|entry| entry.id == main);
                if leaving.len() < max && supplement.supplements().is_some_and(leaves_after) && fits(&supplement) {
                    leaving.push(supplement);
                }
            }
        }
        for entry in &mut leaving {
            self.count_attempt(now, entry, 1.0);
        }
        leaving
    }

    /// Whether an alert of this outbox may be posted by whoever is signed in: by its worker alone, and with a token.
    #[must_use]
    pub fn may_post(&self, session: &Session) -> bool {
        session.worker_sid.as_deref() == Some(self.worker_sid.as_str()) && session.token.is_some()
    }

    fn pending(&mut self) -> Vec<Entry> {
        let mut entries = self.entries();
        entries.retain(|entry| entry.refused.is_none());
        entries
    }

    fn count_attempt(&mut self, now: WallTime, entry: &mut Entry, chance: f64) {
        entry.attempts = entry.attempts.saturating_add(1);
        entry.tried = now;
        (entry.backoff, entry.server_pause) = (backoff(entry.attempts, chance), Milliseconds(0.0));
        self.write(&self.entry_key(&entry.id), entry);
    }

    /// The worker logs out: no number of theirs is kept from here on, in any tab, until they sign in again.
    pub fn logged_out(&mut self, now: WallTime) {
        self.storage.keep(&self.logged_out_key(), "1");
        self.tidy(now, true);
    }

    /// This worker's alerts, pending and refused, oldest first.
    #[must_use]
    pub fn entries(&mut self) -> Vec<Entry> {
        self.stored(&self.entry_key("")).into_iter().map(|stored| stored.entry).collect()
    }

    /// All entries whose keys begin so, oldest first.
    fn stored(&mut self, prefix: &str) -> Vec<Stored> {
        let mut found = Vec::new();
        for key in self.storage.keys(prefix) {
            let characters = self.storage.get(&key).map_or(0, |text| text.len());
            if let Some(entry) = self.read(&key) {
                let place = found.partition_point(|other: &Stored| other.entry.created.0 <= entry.created.0);
                found.insert(place, Stored { key, entry, characters });
            }
        }
        found
    }

    /// How long a server wants to be left alone, with some chance on top, so that not all come back in the same second.
    fn requested_pause(&self, answer: &Answer) -> Milliseconds {
        let requested = answer.retry_after().0.min(LONGEST_RETRY_AFTER.0);
        Milliseconds(if requested > 0.0 { requested + RETRY_SOON_WITHIN.0 * self.chance } else { 0.0 })
    }

    /// Removes an entry. What is in memory for want of room is stored, as far as there is room now.
    fn remove(&mut self, key: &str) {
        self.storage.remove(key);
        for held in self.storage.held(self.kind.prefix()) {
            if let Some(entry) = self.read(&held) {
                self.write(&held, &entry);
            }
            if self.storage.is_held(&held) {
                return;
            }
        }
    }

    /// Takes the messages since the last time.
    pub fn take_log(&mut self) -> Vec<ConsoleMessage> {
        std::mem::take(&mut self.log)
    }

    /// A key of this worker's, or the beginning of several.
    fn own_key(&self, kind: &str, name: &str) -> String {
        format!("{}{}{kind}{name}", self.kind.prefix(), self.worker_sid)
    }

    fn entry_key(&self, id: &str) -> String {
        self.own_key(self.kind.segment(), id)
    }

    fn read(&mut self, key: &str) -> Option<Entry> {
        match Entry::parse(&self.storage.get(key)?) {
            // An answered entry is removed by its id: under another key it would be posted for ever.
            Ok(entry) if retention::is_in_place(self.kind, key, &entry.id) => Some(entry),
            Err(Unreadable::Newer) => None,
            Ok(_) | Err(Unreadable::Damaged) => {
                self.storage.remove(key);
                self.log.push(ConsoleMessage::Damaged(self.kind));
                None
            }
        }
    }
}

/// Chance as it is meant: another script may have replaced the page's, and without a pause an alert would be posted without
/// end.
fn share(chance: f64) -> f64 {
    if (0.0..=1.0).contains(&chance) { chance } else { 1.0 }
}

/// Between half of the doubled wait and all of it, so that pages that failed together do not try together.
fn backoff(attempts: u32, chance: f64) -> Milliseconds {
    let doubled = FIRST_WAIT.0 * f64::from(1_u32 << attempts.saturating_sub(1).min(16));
    Milliseconds(doubled.min(LONGEST_WAIT.0) * (0.5 + chance / 2.0))
}
