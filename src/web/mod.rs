//! The browser's side: the one place that knows JavaScript.
//!
//! [`monitor::Monitor`] owns an [`crate::engine::Engine`] and gives it what an engine must not have: the time
//! ([`clock`]), a way to wake up ([`timer`]), and an outbox ([`mailbox`]) in the browser's [`storage`]. Posting what the
//! outbox gives is left to the JavaScript. Samples cross as numbers; everything else is rare and crosses as plain objects: their TypeScript
//! is in [`types`], and [`view`] reads and writes them.
//!
//! With the feature `desk` there is a second exported object beside the monitor, for the admin's desk.

use wasm_bindgen::prelude::wasm_bindgen;

mod alerts;
mod clock;
mod console;
mod mailbox;
pub mod monitor;
mod object;
mod setting;
mod shared;
mod storage;
mod timer;
pub mod types;
mod view;
#[cfg(feature = "desk")]
pub mod what_if;

/// Runs when the module is instantiated: a panic says in the console what happened and where.
#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}
