//! The page's two clocks.

use crate::units::{Timestamp, WallTime};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;
}

/// Milliseconds since the page was opened, on a clock that never runs backwards. Whole ones are fine enough.
pub(super) fn now() -> Timestamp {
    Timestamp(performance_now() as i64)
}

/// The time of day, which the user or the system may set back and forth at any time.
pub(super) fn time_of_day() -> WallTime {
    WallTime(date_now())
}
