//! Events of the window.

use super::{console, trap, window};
use wasm_bindgen::prelude::*;
use web_sys::Event;

/// Hears one kind of event of the window as long as it lives. A failure of its handler ends there.
pub(super) struct Listener {
    kind: &'static str,
    handler: Closure<dyn Fn(Event)>,
}

impl Listener {
    pub(super) fn new(kind: &'static str, handler: impl Fn(Event) + 'static) -> Self {
        let handler = Closure::new(move |event| {
            if let Err(error) = trap::catch(|| handler(event)) {
                console::exception_once(&format!("Handling the window's event \"{kind}\" failed."), &error);
            }
        });
        let listener = Self { kind, handler };
        // Without it, what the event would have caused comes with a timer.
        let _ = window().add_event_listener_with_callback(kind, listener.function());
        listener
    }

    fn function(&self) -> &js_sys::Function {
        self.handler.as_ref().unchecked_ref()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = window().remove_event_listener_with_callback(self.kind, self.function());
    }
}
