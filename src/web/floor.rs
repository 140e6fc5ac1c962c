//! The admin view's side of [`crate::floor::overview`]. Only in the WebAssembly of the admin view (feature `admin-view`).

use super::what_if::plain;
use crate::floor::overview::{Filter, Overview, Search};
use crate::incidents::Incidents;
use crate::spreadsheet;
use js_sys::Date;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tsify::JsValueSerdeExt;
use wasm_bindgen::prelude::*;

/// What a view has read of the floor, and what it shows of that.
#[wasm_bindgen]
#[derive(Default)]
pub struct Floor {
    overview: Overview,
    incidents: Incidents,
    /// How far the Function's clock is ahead of the browser's, in milliseconds.
    ahead: f64,
}

/// What the Function knows of incidents; what it still has to do about them is its own.
#[derive(Deserialize)]
struct Judged {
    incidents: Value,
}

#[wasm_bindgen]
impl Floor {
    /// A floor of which nothing has been read yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes what the Function's clock says at this moment, in milliseconds since 1970.
    #[wasm_bindgen(js_name = setClock)]
    pub fn set_clock(&mut self, function_now: f64) {
        self.ahead = function_now - Date::now();
    }

    /// The moment by the Function's clock, in milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> f64 {
        Date::now() + self.ahead
    }

    /// Keeps a beat, as the Function has written it (JSON).
    ///
    /// # Errors
    /// A text: why it cannot be read.
    #[wasm_bindgen(js_name = putBeat)]
    pub fn put_beat(&mut self, key: &str, json: &str) -> Result<(), String> {
        self.overview.put_beat(key, json)
    }

    /// Forgets a beat.
    #[wasm_bindgen(js_name = removeBeat)]
    pub fn remove_beat(&mut self, key: &str) {
        self.overview.remove_beat(key);
    }

    /// Keeps a card, as the Function has written it (JSON).
    ///
    /// # Errors
    /// A text: why it cannot be read.
    #[wasm_bindgen(js_name = putCard)]
    pub fn put_card(&mut self, key: &str, json: &str) -> Result<(), String> {
        self.overview.put_card(key, json)
    }

    /// Forgets a card.
    #[wasm_bindgen(js_name = removeCard)]
    pub fn remove_card(&mut self, key: &str) {
        self.overview.remove_card(key);
    }

    /// Goes on from what the Function has judged: the item in which it keeps the incidents (JSON). So the ids are the
    /// Function's.
    ///
    /// # Errors
    /// A text: why they cannot be read. What was known stays.
    #[wasm_bindgen(js_name = putIncidents)]
    pub fn put_incidents(&mut self, json: &str) -> Result<(), String> {
        let Judged { incidents } = serde_json::from_str(json).map_err(|error| error.to_string())?;
        self.incidents = Incidents::from_state(&incidents.to_string()).map_err(|wrong| format!("{wrong:?}"))?;
        Ok(())
    }

    /// Judges incidents at this moment, as the Function does.
    #[wasm_bindgen(js_name = judgeIncidents)]
    pub fn judge_incidents(&mut self) {
        self.incidents.judge(&self.overview.beats_without_card(), self.now() as i64);
    }

    /// The incidents of the last 24 hours: [`crate::incidents::ShownIncidents`].
    #[must_use]
    pub fn incidents(&self) -> JsValue {
        plain(&self.incidents.shown(&self.overview))
    }

    /// Forgets the cards of calls that began before this moment, in milliseconds since 1970.
    #[wasm_bindgen(js_name = forgetBefore)]
    pub fn forget_before(&mut self, from: f64) {
        self.overview.forget_before(from as i64);
    }

    /// Notes a worker's name, as Flex has it.
    pub fn name(&mut self, worker: &str, name: &str) {
        self.overview.name(worker, name);
    }

    /// SIDs of workers whose names have not been noted.
    #[must_use]
    pub fn unnamed(&self) -> Vec<String> {
        self.overview.unnamed()
    }

    /// Notes who is in a call by Flex's word: an object with the moment since when, by the worker's SID.
    #[wasm_bindgen(js_name = setWorkersInCall)]
    pub fn set_workers_in_call(&mut self, since: &JsValue) {
        let since: BTreeMap<String, f64> = since.into_serde().unwrap_or_default();
        let now = self.now() as i64;
        self.overview.set_workers_in_call(since.into_iter().map(|(worker, since)| (worker, since as i64)), now);
    }

    /// What the page *Floor* shows at this moment of those who pass a [`Filter`]: [`crate::floor::overview::Floor`].
    #[must_use]
    pub fn floor(&self, filter: &JsValue) -> JsValue {
        plain(&self.overview.floor(self.now() as i64, &filter.into_serde::<Filter>().unwrap_or_default()))
    }

    /// The call of a worker that is in trouble now ([`crate::floor::overview::TroubledCall`]); null if there is none.
    #[wasm_bindgen(js_name = troubleOf)]
    #[must_use]
    pub fn trouble_of(&self, worker: &str) -> JsValue {
        plain(&self.overview.trouble_of(worker, self.now() as i64))
    }

    /// The calls that [`Search`] finds: [`crate::floor::overview::Found`].
    #[must_use]
    pub fn calls(&self, search: &JsValue) -> JsValue {
        plain(&self.overview.calls(&search.into_serde::<Search>().unwrap_or_default()))
    }

    /// A call's page ([`crate::floor::overview::CallPage`]); null if there is no such card.
    #[must_use]
    pub fn call(&self, key: &str) -> JsValue {
        plain(&self.overview.call(key))
    }

    /// The key of a call's card, by its worker and CallSid.
    #[wasm_bindgen(js_name = cardOf)]
    #[must_use]
    pub fn card_of(&self, worker: &str, call_sid: &str) -> Option<String> {
        self.overview.card_of(worker, call_sid).map(str::to_owned)
    }

    /// A table as comma-separated values: a list of rows, each a list of texts.
    #[must_use]
    pub fn csv(rows: &JsValue) -> String {
        spreadsheet::csv(rows.into_serde().unwrap_or_default())
    }

    /// What can be chosen in a search: [`crate::floor::overview::Choices`].
    #[must_use]
    pub fn choices(&self) -> JsValue {
        plain(&self.overview.choices())
    }
}
