//! What the page has to do with what is sent: who is signed in, the end of the session, and what is kept.

use super::clock;
use super::delivery::{BeatSender, Delivery};
use super::monitor::Monitor;
use super::setup::ReadSession;
use super::view::{KeptAlert, plain};
use crate::outbox::Contents;
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
        match &self.host.serverless_uri {
            Some(uri) => {
                let session: JsValue = read_session.into();
                let start = |contents| Delivery::start(contents, &self.host, uri, session.clone().unchecked_into());
                self.host.delivery.get_or_init(|| start(Contents::Alerts));
                if self.host.with_engine(|engine| engine.configuration().config.report_calls) {
                    self.host.card_delivery.get_or_init(|| start(Contents::Cards));
                    let beats = || BeatSender::new(&self.host, uri, session.clone().unchecked_into());
                    self.host.beats.get_or_init(beats);
                }
            }
            None => self.forget_numbers(),
        }
    }

    /// The worker is about to log out of this browser: alerts leave while the token is good, and phone numbers are
    /// forgotten, and from here on kept nowhere.
    #[wasm_bindgen(js_name = logOut)]
    pub fn log_out(&self) {
        for delivery in [&self.host.delivery, &self.host.card_delivery] {
            if let Some(delivery) = delivery.get().map(Rc::clone) {
                delivery.log_out();
            }
        }
        self.forget_numbers();
    }

    /// The alerts that the server has not taken, or not yet.
    #[must_use]
    pub fn alerts(&self) -> Vec<Ts<KeptAlert>> {
        let entries = self.host.outbox.with(|outbox| outbox.entries());
        entries.into_iter().map(|entry| plain(&KeptAlert::from(entry))).collect()
    }

    fn forget_numbers(&self) {
        self.host.outbox.with(|outbox| outbox.logged_out(clock::time_of_day()));
    }
}
