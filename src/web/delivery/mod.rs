//! Sends alerts, cards and recordings to the Function: posts what is due, from one tab at a time; posts the rest when the page
//! closes; asks the browser to post after a crash. The outbox decides what is sent, when, and what follows from an
//! answer ([`crate::outbox`]).

mod beats;
mod fetch_later;
mod locks;
mod preflight_token;
mod request;
mod response_text;

pub(super) use beats::BeatSender;
pub(super) use preflight_token::preflight_token;

use super::engine_host::EngineHost;
use super::js_deserializer::read_any;
use super::js_input::{self, ReadSession};
use super::listener::Listener;
use super::page_outbox::PageOutbox;
use super::timer::Timer;
use super::trap::{self, Caught};
use super::{clock, console, window};
use crate::input::units::{Milliseconds, Timestamp};
use crate::outbox::{Answer, Entry, EntryKind, Next, Session};
use fetch_later::CrashPosts;
use js_sys::{Date, Math};
use locks::{LivingTab, LockMode};
use std::cell::{Cell, OnceCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, PageTransitionEvent, StorageEvent};

/// How long to wait while another tab is sending.
const OTHER_TAB_WAIT: Milliseconds = Milliseconds(2000.0);
/// A tab whose turn lasts longer than any request may hangs: in a dialog, a debugger, or another script.
const HANGS_AFTER: Milliseconds = Milliseconds(120_000.0);
/// A browser that says it is offline says when it is not; if that event is missed, it is looked at again. So is
/// whatever failed.
const RECHECK_INTERVAL: Milliseconds = Milliseconds(60_000.0);
/// Bytes for forms of the 64 KiB that browsers send after their page is closed; the rest is for headers.
const MAX_BYTES_LEAVING: usize = 60_000;
/// The part of [`MAX_BYTES_LEAVING`] that is for cards, where calls are reported.
const MAX_CARD_BYTES_LEAVING: usize = 12_000;
/// Largest size of all cards in one request to the Function, in bytes of JSON.
const MAX_CARD_BYTES_TOGETHER: usize = 8_000;

/// The Function that receives cards and beats.
const CALLS_FUNCTION: &str = "calls";
/// The Function that receives recorded calls.
const RECORDINGS_FUNCTION: &str = "recordings";

fn address_of(serverless_uri: &str, function: &str) -> String {
    format!("{}/{function}", serverless_uri.trim_end_matches('/'))
}

/// What comes after one look into the outbox.
enum Turn {
    /// Another look.
    Next,
    /// Nothing for so long, unless something happens.
    Wait(Milliseconds),
}

/// The delivery of one outbox of a page.
pub(super) struct Delivery {
    kind: EntryKind,
    host: Weak<EngineHost>,
    /// Where to post.
    address: String,
    /// Who is signed in, and under which token.
    read_session: ReadSession,
    is_sending: Cell<bool>,
    /// Something has happened since the outbox was looked into last.
    is_wanted: Cell<bool>,
    /// Since when another tab has been sending whenever this one wanted to.
    waits_since: Cell<Option<Timestamp>>,
    timer: Timer,
    crash_posts: CrashPosts,
    listeners: OnceCell<[Listener; 3]>,
    living: OnceCell<LivingTab>,
}

impl Delivery {
    /// Takes over what earlier pages have left, and sends from here on.
    pub(super) fn start(
        kind: EntryKind,
        host: &Rc<EngineHost>,
        serverless_uri: &str,
        read_session: ReadSession,
    ) -> Rc<Self> {
        let delivery = Rc::new_cyclic(|delivery: &Weak<Self>| {
            let delivery = delivery.clone();
            let function = match kind {
                EntryKind::Alerts => "respond-to-issue",
                EntryKind::Cards => CALLS_FUNCTION,
                EntryKind::Recordings => RECORDINGS_FUNCTION,
            };
            Self {
                kind,
                host: Rc::downgrade(host),
                address: address_of(serverless_uri, function),
                read_session,
                is_sending: Cell::new(false),
                is_wanted: Cell::new(false),
                waits_since: Cell::new(None),
                timer: Timer::new(move || with(&delivery, Self::send)),
                crash_posts: CrashPosts::default(),
                listeners: OnceCell::new(),
                living: OnceCell::new(),
            }
        });
        let _ = delivery.listeners.set(delivery.listen());
        // Once for the page.
        if kind == EntryKind::Alerts {
            if let Some(living) = LivingTab::new(&host.tab) {
                let _ = delivery.living.set(living);
            }
            delivery.warn_of_refused(host);
        }
        // Before it is asked who lives: a tab that writes one later is known by then.
        let checkpoints = delivery.outbox(host).with(|outbox| outbox.checkpoints());
        let starting = Rc::clone(&delivery);
        spawn_local(async move {
            let adopting = Caught::new(Rc::clone(&starting).adopt(checkpoints));
            if let Err(error) = adopting.await {
                console::exception_once("What earlier pages left could not be taken over.", &error);
            }
            starting.send();
        });
        delivery
    }

    fn listen(self: &Rc<Self>) -> [Listener; 3] {
        let [online, storage, pagehide] = [(); 3].map(|()| Rc::downgrade(self));
        [
            Listener::new("online", move |_| with(&online, Self::online)),
            Listener::new("storage", move |event| with(&storage, |delivery| delivery.storage(&event))),
            Listener::new("pagehide", move |event: Event| {
                let persisted = event.unchecked_into::<PageTransitionEvent>().persisted();
                with(&pagehide, |delivery| delivery.flush(persisted));
            }),
        ]
    }

    fn outbox<'a>(&self, host: &'a EngineHost) -> &'a PageOutbox {
        match self.kind {
            EntryKind::Alerts => &host.outbox,
            EntryKind::Cards => &host.cards,
            EntryKind::Recordings => &host.recordings,
        }
    }

    fn online(self: &Rc<Self>) {
        if let Some(host) = self.host.upgrade() {
            self.outbox(&host).with(|outbox| outbox.retry_soon(clock::time_of_day(), Math::random()));
        }
        self.send();
    }

    /// What another tab has stored is sent by this one if that one dies.
    fn storage(self: &Rc<Self>, event: &Event) {
        let event: &StorageEvent = event.unchecked_ref();
        let key = event.key().unwrap_or_default();
        let is_ours = key.starts_with(self.kind.prefix()) && key.contains(self.kind.segment());
        if is_ours && event.new_value().is_some() {
            self.send();
        }
    }

    fn warn_of_refused(&self, host: &EngineHost) {
        let refused = host.outbox.with(|outbox| outbox.entries()).into_iter().filter_map(|entry| {
            let made: String =
                Date::new(&entry.created.0.into()).to_locale_string("default", &JsValue::UNDEFINED).into();
            entry.refused.map(|reason| format!("\n{made}: {reason}"))
        });
        let lines: String = refused.collect();
        if !lines.is_empty() {
            console::warn(&format!("Alerts of earlier calls were refused for good and are kept:{lines}"));
        }
    }

    async fn adopt(self: Rc<Self>, checkpoints: Vec<String>) {
        let living = locks::living_tabs().await;
        if let Some(host) = self.host.upgrade() {
            self.outbox(&host).with(|outbox| {
                let now = clock::time_of_day();
                outbox.signed_in();
                outbox.adopt(now, &checkpoints, living.as_deref());
                outbox.tidy(now, false);
            });
        }
    }

    /// Sends what is due, now and whenever something becomes due. To be called whenever something has happened.
    pub(super) fn send(self: &Rc<Self>) {
        self.is_wanted.set(true);
        if self.is_sending.replace(true) {
            return;
        }
        let delivery = Rc::clone(self);
        spawn_local(async move {
            let sending = Caught::new(Rc::clone(&delivery).send_all());
            let wait = sending.await.unwrap_or_else(|error| failed(&error));
            delivery.is_sending.set(false);
            delivery.timer.set(Some(wait));
        });
    }

    async fn send_all(self: Rc<Self>) -> Milliseconds {
        let mut wait = RECHECK_INTERVAL;
        // What comes while the lock is being released has not been looked at.
        while self.is_wanted.take() {
            wait = loop {
                if let Turn::Wait(span) = self.turn().await {
                    break span;
                }
            };
        }
        wait
    }

    async fn turn(self: &Rc<Self>) -> Turn {
        // The token's owner is part of the lock's name: tabs of different agents do not wait for each other.
        let what = match self.kind {
            EntryKind::Alerts => "send",
            EntryKind::Cards => "send-cards",
            EntryKind::Recordings => "send-recordings",
        };
        let name = format!("{what}/{}", self.session().worker_sid.unwrap_or_default());
        let waits_since = self.waits_since.get().unwrap_or_else(clock::now);
        let mode = if clock::now() - waits_since > HANGS_AFTER { LockMode::Steal } else { LockMode::IfAvailable };
        let turn = locks::with_exclusive_lock(&name, mode, Caught::new(Rc::clone(self).send_next())).await;
        self.waits_since.set(turn.is_none().then_some(waits_since));
        match turn {
            None => Turn::Wait(OTHER_TAB_WAIT),
            Some(turn) => turn.unwrap_or_else(|error| Turn::Wait(failed(&error))),
        }
    }

    async fn send_next(self: Rc<Self>) -> Turn {
        let Some(host) = self.host.upgrade() else { return Turn::Wait(RECHECK_INTERVAL) };
        let outbox = self.outbox(&host);
        let until_tidied = outbox.with(|outbox| outbox.keep_tidy(clock::time_of_day()));
        if !window().navigator().on_line() {
            return Turn::Wait(RECHECK_INTERVAL);
        }
        let session = self.session();
        match outbox.with(|outbox| outbox.next(clock::time_of_day(), &session, Math::random())) {
            Next::Nothing => Turn::Wait(until_tidied),
            Next::Wait(span) => Turn::Wait(span),
            Next::Post(entry) => {
                let mut entries = vec![*entry];
                if let (EntryKind::Cards, Some(first)) = (self.kind, entries.first()) {
                    let now = clock::time_of_day();
                    let batch = outbox.with(|outbox| outbox.batch_with(now, first, MAX_CARD_BYTES_TOGETHER));
                    entries.extend(batch);
                }
                let token = session.token.as_deref();
                let answer = match request::form(self.kind, token.unwrap_or_default(), &entries) {
                    Ok(form) => request::post(&self.address, form, request::TIME_LIMIT).await,
                    Err(_) => Answer::None,
                };
                self.answered(&host, &entries, token, &answer);
                Turn::Next
            }
        }
    }

    fn answered(&self, host: &EngineHost, entries: &[Entry], token: Option<&str>, answer: &Answer) {
        let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        self.outbox(host).with(|outbox| outbox.answered_together(clock::time_of_day(), &ids, token, answer));
    }

    /// The page ends, or may: calls in progress are judged as they are, and what fits leaves before this returns. The
    /// delivery of alerts has to be flushed first. `persisted`: the page may come back, and its calls with it.
    fn flush(self: &Rc<Self>, persisted: bool) {
        // What a page may send when it ends is little, and for what is smaller: recordings leave with a later page.
        if self.kind == EntryKind::Recordings {
            return;
        }
        let Some(host) = self.host.upgrade() else { return };
        // Once for all deliveries, in the first flush: a later one would store and hold anew, with other content, what this
        // one has closed and withdrawn.
        if self.kind == EntryKind::Alerts {
            host.checkpoint();
            self.crash_posts.withdraw_all();
        }
        let now = clock::time_of_day();
        let outbox = self.outbox(&host);
        if !persisted {
            outbox.with(|outbox| outbox.close_tab(now, &host.tab));
        }
        let session = self.session();
        let Some(token) = session.token.clone() else { return };
        // Cards leave in one request, whose token counts once.
        let (mut room, counted) = match self.kind {
            EntryKind::Alerts if host.card_delivery.get().is_some() => {
                (MAX_BYTES_LEAVING - MAX_CARD_BYTES_LEAVING, token.as_str())
            }
            EntryKind::Alerts => (MAX_BYTES_LEAVING, token.as_str()),
            EntryKind::Cards | EntryKind::Recordings => (MAX_CARD_BYTES_LEAVING.saturating_sub(token.len()), ""),
        };
        let fits = |entry: &Entry| {
            let form = request::form(self.kind, counted, std::slice::from_ref(entry));
            let left = form.ok().and_then(|form| room.checked_sub(String::from(form.to_string()).len()));
            room = left.unwrap_or(room);
            left.is_some()
        };
        let leaving = outbox.with(|outbox| outbox.flush(now, &session, fits));
        let requests: Vec<Vec<Entry>> = match self.kind {
            EntryKind::Alerts => leaving.into_iter().map(|entry| vec![entry]).collect(),
            EntryKind::Cards | EntryKind::Recordings => vec![leaving],
        };
        for entries in requests.into_iter().filter(|entries| !entries.is_empty()) {
            let Ok(form) = request::form(self.kind, &token, &entries) else { continue };
            let Ok(response) = request::post_beyond_the_page(&self.address, &form) else { continue };
            let (delivery, host, token) = (Rc::clone(self), Rc::clone(&host), token.clone());
            let hearing = Caught::new(async move {
                let answer = request::answer(response).await;
                delivery.answered(&host, &entries, Some(&token), &answer);
            });
            spawn_local(async {
                if let Err(error) = hearing.await {
                    failed(&error);
                }
            });
        }
    }

    /// The worker logs out: what waits goes while the token is good.
    pub(super) fn log_out(self: &Rc<Self>) {
        self.flush(true);
    }

    /// What a call in progress would alert if the page ended now is posted should it crash; `None`: nothing.
    pub(super) fn checkpoint(&self, call: u32, entry: Option<&Entry>) {
        let Some(entry) = entry else { return self.crash_posts.withdraw(call) };
        let session = self.session();
        let may_post = self.host.upgrade().is_some_and(|host| host.outbox.with(|outbox| outbox.may_post(&session)));
        let form = session
            .token
            .filter(|_| may_post)
            .and_then(|token| request::form(self.kind, &token, std::slice::from_ref(entry)).ok());
        match form {
            Some(form) => self.crash_posts.replace(call, &self.address, &form),
            None => self.crash_posts.withdraw(call),
        }
    }

    fn session(&self) -> Session {
        current_session(&self.read_session)
    }
}

/// Read anew each time: Flex renews the token during a shift.
fn current_session(read_session: &ReadSession) -> Session {
    let session = read_session.call(&JsValue::UNDEFINED).unwrap_or_default();
    read_any::<js_input::Session>(session).into()
}

/// Logs a failure of sending, and says when to try again.
fn failed(error: &JsValue) -> Milliseconds {
    console::exception_once("Sending failed; it is tried again.", error);
    RECHECK_INTERVAL
}

/// Has something done by a delivery that still exists; a failure ends here.
fn with(delivery: &Weak<Delivery>, work: impl FnOnce(&Rc<Delivery>)) {
    if let Some(delivery) = delivery.upgrade()
        && let Err(error) = trap::catch(|| work(&delivery))
    {
        failed(&error);
    }
}
