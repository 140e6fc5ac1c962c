//! What the page has to do with alerts: who is signed in, the end of the session, and what is kept.

use super::clock;
use super::delivery::Delivery;
use super::monitor::Monitor;
use super::setup::ReadSession;
use super::view::{KeptAlert, plain};
use std::rc::Rc;
use tsify::Ts;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Monitor {
    /// Sends alerts from here on, those that earlier pages left included. `read_session` is called for each post. Where
    /// nothing will ever be sent, the phone numbers that earlier pages kept are forgotten instead.
    #[wasm_bindgen(js_name = startDelivery)]
    pub fn start_delivery(&self, read_session: ReadSession) {
        match &self.host.serverless_uri {
            Some(uri) => {
                let start = || Delivery::start(&self.host, uri, read_session);
                self.host.delivery.get_or_init(start);
            }
            None => self.forget_numbers(),
        }
    }

    /// The worker is about to log out of this browser: alerts leave while the token is good, and phone numbers are
    /// forgotten, and from here on kept nowhere.
    #[wasm_bindgen(js_name = logOut)]
    pub fn log_out(&self) {
        if let Some(delivery) = self.host.delivery.get().map(Rc::clone) {
            delivery.log_out();
        }
        self.forget_numbers();
    }

    /// The alerts that the server has not taken, or not yet.
    #[must_use]
    pub fn alerts(&self) -> Vec<Ts<KeptAlert>> {
        let entries = self.host.outbox.with(|outbox| outbox.entries());
        entries.iter().map(|entry| plain(&KeptAlert::from(entry))).collect()
    }

    fn forget_numbers(&self) {
        self.host.outbox.with(|outbox| outbox.logged_out(clock::time_of_day()));
    }
}
