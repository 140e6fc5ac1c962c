//! The browser's side: the one place that knows JavaScript.
//!
//! [`monitor::Monitor`] owns an [`crate::engine::Engine`] and gives it what an engine must not have: the time
//! ([`clock`]), a way to wake up, and the network ([`delivery`]). Samples cross as numbers; everything else is rare
//! and crosses as plain objects, described with their TypeScript in [`view`].

mod clock;
mod delivery;
pub mod monitor;
mod object;
mod timer;
pub mod view;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
