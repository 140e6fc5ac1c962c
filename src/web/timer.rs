//! One timer that is set again and again.

use crate::input::units::Milliseconds;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &Closure<dyn Fn()>, millis: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

/// Longer than the engine ever waits; a wait cut short is only asked for again.
const LONGEST_MS: f64 = 60_000.0;

/// Calls the same function each time it runs out. The function lives as long as the timer, since it sets the timer
/// again itself and must not be dropped under its own feet.
pub(super) struct Timer {
    handler: Closure<dyn Fn()>,
    pending: Cell<Option<JsValue>>,
}

impl Timer {
    pub(super) fn new(handler: impl Fn() + 'static) -> Self {
        Self { handler: Closure::new(handler), pending: Cell::default() }
    }

    /// Runs out after this span, in place of any earlier one; `None`: not at all.
    pub(super) fn set(&self, span: Option<Milliseconds>) {
        if let Some(id) = self.pending.take() {
            clear_timeout(&id);
        }
        // One more than asked for: the clock has whole milliseconds, and too early would be for nothing.
        let millis = |span: Milliseconds| (span.0.min(LONGEST_MS) as i32).max(0).saturating_add(1);
        self.pending.set(span.map(|span| set_timeout(&self.handler, millis(span))));
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.set(None);
    }
}
