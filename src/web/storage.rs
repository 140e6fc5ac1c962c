//! The browser's storage, as the outbox uses it.

use crate::outbox::Storage;
use wasm_bindgen::prelude::*;

// A browser that forbids `localStorage` throws when it is named: then nothing is in it, and nothing can be stored.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = localStorage, js_name = key, catch)]
    fn key_at(index: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = localStorage, js_name = getItem, catch)]
    fn get_item(key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = localStorage, js_name = setItem, catch)]
    fn set_item(key: &str, value: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = localStorage, js_name = removeItem, catch)]
    fn remove_item(key: &str) -> Result<(), JsValue>;
}

/// `localStorage`: it answers at once, so that an alert is stored before anything else can happen to the page.
#[derive(Debug)]
pub(super) struct LocalStorage;

impl Storage for LocalStorage {
    fn keys(&self, prefix: &str) -> Vec<String> {
        let keys = (0..).map_while(|index| key_at(index).ok()?.as_string());
        keys.filter(|key| key.starts_with(prefix)).collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        get_item(key).ok()?.as_string()
    }

    fn set(&mut self, key: &str, value: &str) -> bool {
        set_item(key, value).is_ok()
    }

    fn remove(&mut self, key: &str) {
        // What cannot be removed now is found again at the next start.
        let _ = remove_item(key);
    }
}
