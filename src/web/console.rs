//! Messages in the browser's console. Other scripts may have put something of their own in its place, so whatever it
//! throws is ignored.

use super::trap;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::console;

thread_local! {
    /// Messages that the console has had once.
    static LOGGED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Logs that nothing is lost but something is not as it should be.
pub(super) fn warn(text: &str) {
    let _ = trap::catch(|| console::warn_1(&prefixed(text)));
}

/// Logs that something is lost.
pub(super) fn error(text: &str) {
    let _ = trap::catch(|| console::error_1(&prefixed(text)));
}

/// Logs an exception and what it means.
pub(super) fn exception(text: &str, error: &JsValue) {
    let _ = trap::catch(|| console::error_2(&prefixed(text), error));
}

/// Logs an exception that would otherwise be repeated every second: once in the life of the page.
pub(super) fn exception_once(text: &str, error: &JsValue) {
    let is_new = LOGGED.with_borrow_mut(|logged| {
        let is_new = !logged.iter().any(|known| known == text);
        if is_new {
            logged.push(text.to_owned());
        }
        is_new
    });
    if is_new {
        exception(text, error);
    }
}

fn prefixed(text: &str) -> JsValue {
    format!("[device-monitoring] {text}").into()
}
