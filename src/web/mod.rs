//! The browser's side: the one place that knows JavaScript.
//!
//! [`monitor::Monitor`] owns an [`crate::engine::Engine`] and gives it what an engine must not have: the time
//! ([`clock`]), a way to wake up ([`timer`]), and an outbox ([`mailbox`]) in the browser's [`storage`]. Posting what the
//! outbox gives is left to the JavaScript: `fetch`, Web Locks and promises are at home there, and from here they were 7 KB
//! of the download. Samples cross as numbers; everything else is rare and crosses as plain objects: their TypeScript
//! is in [`types`], and [`view`] reads and writes them.
//!
//! With the feature `desk` there is a second exported object beside the monitor, for the admin's desk.

mod alerts;
mod clock;
mod console;
mod mailbox;
pub mod monitor;
mod object;
mod shared;
mod storage;
mod timer;
pub mod types;
mod view;
#[cfg(feature = "desk")]
pub mod what_if;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
