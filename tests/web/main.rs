//! The monitor in a real browser: with its clock, its timers and its storage. `web_delivery/` has how alerts are sent.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod calls;
mod clock;
mod failures;
mod monitor_on_page;
mod notices;
#[path = "../support/mod.rs"]
mod support;
mod values;

use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);
