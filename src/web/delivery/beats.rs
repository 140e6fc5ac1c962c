//! Sends beats: at once, one after the other, and never one that a newer one of its call has overtaken.

use super::{CALLS_FUNCTION, address_of, current_session, failed, request};
use crate::floor::Beat;
use crate::input::units::{Milliseconds, Timestamp};
use crate::outbox::Answer;
use crate::web::engine_host::EngineHost;
use crate::web::js_input::ReadSession;
use crate::web::timer::Timer;
use crate::web::trap::Caught;
use crate::web::{clock, window};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

/// A beat that is as old says nothing any more; the next one comes soon.
const MAX_AGE: Milliseconds = Milliseconds(10_000.0);
/// Before it is tried again where the server asks for no longer pause.
const RETRY_PAUSE: Milliseconds = Milliseconds(1000.0);

/// The newest beat of a call.
struct Pending {
    call: u32,
    made: Timestamp,
    beat: Beat,
}

/// Sends the beats of a page.
pub(in crate::web) struct BeatSender {
    host: Weak<EngineHost>,
    address: String,
    read_session: ReadSession,
    /// One of each call, oldest first.
    pending: RefCell<VecDeque<Pending>>,
    is_sending: Cell<bool>,
    /// Goes off when what was put back may be sent again.
    pause: Timer,
}

impl BeatSender {
    pub(in crate::web) fn new(host: &Rc<EngineHost>, serverless_uri: &str, read_session: ReadSession) -> Rc<Self> {
        Rc::new_cyclic(|sender: &Weak<Self>| {
            let sender = sender.clone();
            Self {
                host: Rc::downgrade(host),
                address: address_of(serverless_uri, CALLS_FUNCTION),
                read_session,
                pending: RefCell::default(),
                is_sending: Cell::new(false),
                pause: Timer::new(move || {
                    if let Some(sender) = sender.upgrade() {
                        sender.send_pending();
                    }
                }),
            }
        })
    }

    /// Sends a beat in place of one of the same call that has not been sent yet.
    pub(in crate::web) fn send(self: &Rc<Self>, call: u32, beat: &Beat) {
        let mut pending = self.pending.borrow_mut();
        pending.retain(|older| older.call != call);
        pending.push_back(Pending { call, made: clock::now(), beat: beat.clone() });
        drop(pending);
        self.send_pending();
    }

    fn send_pending(self: &Rc<Self>) {
        if self.is_sending.replace(true) {
            return;
        }
        let sender = Rc::clone(self);
        spawn_local(async move {
            let sending = Caught::new(Rc::clone(&sender).send_all());
            if let Err(error) = sending.await {
                failed(&error);
            }
            sender.is_sending.set(false);
        });
    }

    async fn send_all(self: Rc<Self>) {
        while let Some(next) = self.take() {
            if clock::now() - next.made > MAX_AGE || !window().navigator().on_line() {
                continue;
            }
            if let Some(pause) = self.post(&next.beat).await {
                let mut pending = self.pending.borrow_mut();
                // A newer one may have come meanwhile, and is sent in its place.
                if pending.iter().all(|newer| newer.call != next.call) {
                    pending.push_front(next);
                }
                self.pause.set(Some(pause));
                return;
            }
        }
    }

    fn take(&self) -> Option<Pending> {
        self.pending.borrow_mut().pop_front()
    }

    /// After how long it may be sent again, if it was not taken and is worth it.
    async fn post(&self, beat: &Beat) -> Option<Milliseconds> {
        let host = self.host.upgrade()?;
        let session = current_session(&self.read_session);
        let token = session.token.as_deref().filter(|_| host.cards.with(|outbox| outbox.may_post(&session)))?;
        let form = request::beat_form(token, beat.document()).ok()?;
        match request::post(&self.address, form, MAX_AGE).await {
            Answer::Http { status: 429 | 503, retry_after, .. } => {
                let pause = retry_after.map_or(RETRY_PAUSE.0, |asked| asked.0.max(RETRY_PAUSE.0));
                (pause < MAX_AGE.0).then_some(Milliseconds(pause))
            }
            Answer::None | Answer::WebPage { .. } | Answer::Http { .. } => None,
        }
    }
}
