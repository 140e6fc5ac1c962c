//! What the page has to do with what is sent: who is signed in, the end of the session, recorded calls, and what is kept.

use super::clock;
use super::delivery::{BeatSender, Delivery};
use super::js_input::ReadSession;
use super::js_output::{UndeliveredAlert, plain};
use super::monitor::Monitor;
use super::page_outbox::PageOutbox;
use crate::floor::{Recording, RecordingPiece};
use crate::input::event::CallDirection;
use crate::input::units::WallTime;
use crate::outbox::EntryKind;
use std::rc::Rc;
use tsify::Ts;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Monitor {
    /// Sends alerts from here on, those that earlier pages left included, and tells of calls where they are reported.
    /// `read_session` is called for each post. Where nothing will ever be sent, the phone numbers that earlier pages kept
    /// are forgotten instead.
    #[wasm_bindgen(js_name = startDelivery)]
    pub fn start_delivery(&self, read_session: ReadSession) {
        let config = self.host.with_engine(|engine| engine.configuration().config.clone());
        match &self.host.serverless_uri {
            Some(uri) => {
                let session: JsValue = read_session.into();
                let start = |kind| Delivery::start(kind, &self.host, uri, session.clone().unchecked_into());
                // First, so that it hears first of the page's end.
                self.host.delivery.get_or_init(|| start(EntryKind::Alerts));
                if config.report_calls {
                    self.host.card_delivery.get_or_init(|| start(EntryKind::Cards));
                    let beats = || BeatSender::new(&self.host, uri, session.clone().unchecked_into());
                    self.host.beats.get_or_init(beats);
                }
                if config.shares_recordings() {
                    self.host.recording_delivery.get_or_init(|| start(EntryKind::Recordings));
                }
            }
            None => self.host.outbox.with(|outbox| outbox.logged_out(clock::time_of_day())),
        }
        // What waits since it was switched off goes when it is too old.
        let tidy = |outbox: &PageOutbox| outbox.with(|outbox| outbox.tidy(clock::time_of_day(), false));
        if self.host.card_delivery.get().is_none() {
            tidy(&self.host.cards);
        }
        if self.host.recording_delivery.get().is_none() {
            tidy(&self.host.recordings);
        }
    }

    /// The worker is about to log out of this browser: alerts leave while the token is good, and phone numbers are
    /// forgotten, and from here on kept nowhere, unless the worker takes another call in this page.
    #[wasm_bindgen(js_name = logOut)]
    pub fn log_out(&self) {
        for delivery in [&self.host.delivery, &self.host.card_delivery] {
            if let Some(delivery) = delivery.get().map(Rc::clone) {
                delivery.log_out();
            }
        }
        self.host.log_out();
    }

    /// Shares what was recorded of a call that is over (a gzip file), where recordings are shared. `started_at`: in
    /// milliseconds since 1970. `is_amended`: it was shared before, and its agent has reported a problem since.
    pub fn share(
        &self,
        call_sid: Option<String>,
        started_at: f64,
        direction: Option<String>,
        packed: &[u8],
        is_amended: bool,
    ) {
        let Some(delivery) = self.host.recording_delivery.get() else { return self.host.succeeded() };
        let recording = Recording {
            call_sid: call_sid.as_deref().filter(|sid| !sid.is_empty()),
            started_at: WallTime(started_at),
            direction: match direction.as_deref() {
                Some("inbound") => Some(CallDirection::Incoming),
                Some("outbound") => Some(CallDirection::Outgoing),
                _ => None,
            },
            packed,
            is_amended,
        };
        let worker_sid = self.host.worker_sid.as_deref();
        let pieces = self
            .host
            .with_engine(|engine| RecordingPiece::all_of(&recording, &engine.configuration().config, worker_sid));
        self.host.recordings.with(|outbox| outbox.put_recording(clock::time_of_day(), &pieces));
        delivery.send();
        self.host.succeeded();
    }

    /// The alerts that the server has not taken, or not yet.
    #[must_use]
    pub fn alerts(&self) -> Vec<Ts<UndeliveredAlert>> {
        let entries = self.host.outbox.with(|outbox| outbox.entries());
        let alerts = entries.into_iter().map(|entry| plain(&UndeliveredAlert::from(entry))).collect();
        self.host.succeeded();
        alerts
    }
}
