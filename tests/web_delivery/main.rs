//! How alerts, cards and beats are sent, in a real browser: with its storage, its Web Locks, and a `fetch` that the test answers.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod beats;
mod cards;
mod leaving;
mod posting;
mod privacy;
mod server;
mod tabs;

use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);
