//! The browser's side, which knows JavaScript. With the feature `function`, `web/serverless.rs` is compiled in its place.
//!
//! [`monitor::Monitor`] owns an [`crate::engine::Engine`] and gives it what an engine must not have: the time
//! (`clock`), a way to wake up (`timer`), and an outbox (`page_outbox`) in the browser's `storage`, from which
//! `delivery` posts. `engine_host` keeps the engine, carries out its effects and replaces it when it fails. What crosses
//! the boundary is plain objects: [`js_input`] has the page's input, which `read` reads, and [`js_output`] the output. Their
//! TypeScript is derived from the structs. A failure of ours ends in `trap`, wherever no JavaScript of ours is there to
//! catch it.
//!
//! With the feature `admin-view` there are further exported objects beside the monitor, for the admin view.

use wasm_bindgen::prelude::*;

mod clock;
mod console;
mod delivery;
mod engine_host;
#[cfg(feature = "admin-view")]
pub mod floor;
mod js_deserializer;
pub mod js_input;
pub mod js_output;
mod json_value;
mod listener;
mod local_storage;
pub mod monitor;
mod monitor_delivery;
mod page_outbox;
mod preflight;
#[cfg(feature = "admin-view")]
pub mod shared_recordings;
mod timer;
mod trap;
#[cfg(feature = "admin-view")]
pub mod what_if;

/// Runs when the module is instantiated: a panic says in the console what happened and where.
#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// The page.
fn window() -> web_sys::Window {
    js_sys::global().unchecked_into()
}
