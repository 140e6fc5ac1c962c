//! The browser's console.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    fn console_warn(text: &str);
}

/// Says something to whoever looks for it; `is_loss`: something is lost.
pub(super) fn say(text: &str, is_loss: bool) {
    let text = "[device-monitoring] ".to_owned() + text;
    if is_loss { console_error(&text) } else { console_warn(&text) }
}
