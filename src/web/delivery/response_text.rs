//! The text of an answer, read no further than our Function's answers go.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

/// Our longest answer, about ten cards that are refused, has some 2 KB.
const MAX_BYTES: usize = 64_000;

/// What an answer says.
pub(super) enum ResponseText {
    /// All of it.
    Whole(String),
    /// It is longer than ours; the rest was not read.
    TooLong,
    /// It broke off, or time was up: nobody knows what it would have said.
    BrokenOff,
}

impl ResponseText {
    pub(super) async fn of(response: &Response) -> Self {
        let Some(body) = response.body() else { return Self::Whole(String::new()) };
        // Another script of the page has read it.
        if body.locked() {
            return Self::BrokenOff;
        }
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        let mut bytes = Vec::new();
        loop {
            let Ok(read) = JsFuture::from(reader.read()).await else { return Self::BrokenOff };
            let piece = match Reflect::get(&read, &"value".into()) {
                Ok(piece) if piece.is_object() => Uint8Array::new(&piece),
                _ => return Self::Whole(String::from_utf8_lossy(&bytes).into_owned()),
            };
            if bytes.len() + piece.length() as usize > MAX_BYTES {
                drop(JsFuture::from(reader.cancel()).await);
                return Self::TooLong;
            }
            bytes.extend(piece.to_vec());
        }
    }
}
