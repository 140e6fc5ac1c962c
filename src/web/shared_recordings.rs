//! The admin view's side of [`crate::replay::shared_recordings`]. Only in the WebAssembly of the admin view (feature `admin-view`).

use super::what_if::plain;
use crate::replay::shared_recordings::{SharedCall, SharedRecordings, Wanted};
use std::collections::VecDeque;
use tsify::JsValueSerdeExt;
use wasm_bindgen::prelude::*;

/// Shared recordings: first they are read, then they are taken out, one after the other.
#[wasm_bindgen]
pub struct Shared {
    reading: SharedRecordings,
    calls: VecDeque<(SharedCall, Vec<u8>)>,
}

#[wasm_bindgen]
impl Shared {
    /// None yet, of calls that are [`Wanted`].
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(wanted: &JsValue) -> Self {
        let wanted = wanted.into_serde::<Wanted>().unwrap_or_default();
        Self { reading: SharedRecordings::new(wanted), calls: VecDeque::new() }
    }

    /// Keeps a piece, as the Function has written it (JSON).
    ///
    /// # Errors
    /// A text: why it cannot be read.
    pub fn put(&mut self, key: &str, json: &str) -> Result<(), String> {
        self.reading.put(key, json)
    }

    /// Whether nothing that is wanted can come behind this key of a map that is read from the newest to the oldest.
    #[wasm_bindgen(js_name = isEnough)]
    pub fn is_enough(&mut self, key: &str) -> bool {
        self.reading.is_enough(key)
    }

    /// How many calls have all their pieces.
    #[must_use]
    pub fn count(&self) -> usize {
        self.reading.count()
    }

    /// How many calls lack some.
    #[must_use]
    pub fn incomplete(&self) -> usize {
        self.reading.incomplete()
    }

    /// Everything has been read.
    pub fn finish(&mut self) {
        self.calls = std::mem::take(&mut self.reading).into_calls().into();
    }

    /// The next call ([`SharedCall`]), the newest first; null if there is none.
    #[must_use]
    pub fn next(&self) -> JsValue {
        plain(&self.calls.front().map(|(call, _)| call))
    }

    /// The recording of that call, which is taken out.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        self.calls.pop_front().map(|(_, packed)| packed)
    }
}
