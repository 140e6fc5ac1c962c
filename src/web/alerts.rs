//! What the monitor has to do with alerts: what is to be posted, what came back, and what a page leaves behind.

use super::clock;
use super::monitor::{Monitor, known};
use super::view::{KeptAlert, NextAlert, Post, plain};
use crate::outbox::{Answer, Session};
use crate::units::{Milliseconds, Seconds};
use tsify::Ts;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Monitor {
    /// What pages left behind of calls that were in progress, in this browser and of this worker.
    #[must_use]
    pub fn checkpoints(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.shared.mailbox.open(&mut |outbox| found = outbox.checkpoints());
        found
    }

    /// Takes over those whose page is not among the living tabs, and forgets what was kept long enough. `living`
    /// undefined: nobody knows.
    pub fn adopt(&self, checkpoints: Vec<String>, living: Option<Vec<String>>) {
        self.shared.mailbox.open(&mut |outbox| {
            let now = clock::time_of_day();
            outbox.signed_in();
            outbox.adopt(now, &checkpoints, living.as_deref());
            outbox.tidy(now, false);
        });
    }

    /// Removes what has been kept long enough, if that is due. Gives the milliseconds until it is due again.
    #[must_use]
    pub fn tidy(&self) -> f64 {
        let mut next = Milliseconds::default();
        self.shared.mailbox.open(&mut |outbox| next = outbox.keep_tidy(clock::time_of_day()));
        next.0
    }

    /// What is to be done about the alerts, for whoever is signed in now. `chance`: from 0 to 1, another each time.
    #[wasm_bindgen(js_name = nextAlert)]
    pub fn next_alert(&self, token: Option<String>, worker_sid: Option<String>, chance: f64) -> Ts<NextAlert> {
        let session = session(token, worker_sid);
        let mut next = NextAlert::default();
        self.shared.mailbox.open(&mut |outbox| next = (&outbox.next(clock::time_of_day(), &session, chance)).into());
        plain(&next)
    }

    /// What came back for an alert that was posted with this token: HTTP status, and from the answer's JSON `error`,
    /// `message` and how long the server asks to be left alone. Status 0: nothing came back.
    pub fn answered(
        &self,
        id: &str,
        token: Option<String>,
        status: u16,
        error: Option<String>,
        message: Option<String>,
        retry_after_seconds: f64,
    ) {
        let answer = match status {
            0 => Answer::None,
            status => {
                let span = Milliseconds::from(Seconds(retry_after_seconds));
                let retry_after = Some(span).filter(|span| span.0 > 0.0);
                Answer::Http { status, error: known(error), message: known(message), retry_after }
            }
        };
        let token = known(token);
        self.shared.mailbox.open(&mut |outbox| outbox.answered(clock::time_of_day(), id, token.as_deref(), &answer));
    }

    /// The browser is online again.
    pub fn online(&self, chance: f64) {
        self.shared.mailbox.open(&mut |outbox| outbox.hurry(clock::time_of_day(), chance));
    }

    /// The page ends: calls in progress are judged as they are. Gives what is to be posted at once, oldest first.
    /// `persisted`: the page may come back, and its calls with it.
    pub fn leave(&self, token: Option<String>, worker_sid: Option<String>, persisted: bool) -> Vec<Ts<Post>> {
        self.shared.checkpoint();
        let session = session(token, worker_sid);
        let mut leaving = Vec::new();
        self.shared.mailbox.open(&mut |outbox| {
            let now = clock::time_of_day();
            if !persisted {
                outbox.close_tab(now, &self.shared.tab);
            }
            leaving = outbox.leave(now, &session).iter().map(|entry| plain(&Post::from(entry))).collect();
        });
        leaving
    }

    /// The worker has logged out of this browser, or nothing will be sent: phone numbers are forgotten, and from here
    /// on kept nowhere.
    #[wasm_bindgen(js_name = loggedOut)]
    pub fn logged_out(&self) {
        self.shared.mailbox.open(&mut |outbox| outbox.logged_out(clock::time_of_day()));
    }

    /// The alerts that the server has not taken, or not yet.
    #[must_use]
    pub fn alerts(&self) -> Vec<Ts<KeptAlert>> {
        let mut kept = Vec::new();
        self.shared.mailbox.open(&mut |outbox| {
            kept = outbox.entries().iter().map(|entry| plain(&KeptAlert::from(entry))).collect();
        });
        kept
    }
}

fn session(token: Option<String>, worker_sid: Option<String>) -> Session {
    Session { token: known(token), worker_sid: known(worker_sid) }
}
