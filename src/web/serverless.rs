//! The Function's side of [`crate::incidents`], in place of the page's: no more than this is in its WebAssembly (feature
//! `function`). Everything is JSON on both sides.

use crate::incidents;
use wasm_bindgen::prelude::*;

/// Judges incidents: see [`incidents::judge_json`]. `now` is in milliseconds since 1970.
///
/// # Errors
/// A text: why what was known before cannot be read.
#[wasm_bindgen(js_name = judgeIncidents)]
pub fn judge_incidents(state: &str, beats: &str, now: f64) -> Result<String, String> {
    incidents::judge_json(state, beats, now as i64)
}

/// An incident in words: see [`incidents::describe_json`].
///
/// # Errors
/// A text: why the incident cannot be read.
#[wasm_bindgen(js_name = describeIncident)]
pub fn describe_incident(kind: &str, incident: &str) -> Result<String, String> {
    incidents::describe_json(kind, incident)
}
