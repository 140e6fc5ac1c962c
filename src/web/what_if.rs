//! The desk's side of [`crate::what_if`]. Only in the WebAssembly of the desk (feature `desk`), which no agent downloads:
//! what is formatted here, and JSON that is read, costs nobody anything.

use super::object;
use super::setting::json_value;
use super::view;
use crate::config::{Advised, Configuration, Source};
use crate::json::{Json, Writer};
use crate::what_if::Library;
use serde_json::Value;
use wasm_bindgen::prelude::*;

/// Recorded calls, judged under one configuration after the other.
#[wasm_bindgen]
#[derive(Default)]
pub struct WhatIf {
    library: Library,
    configuration: Configuration,
}

#[wasm_bindgen]
impl WhatIf {
    /// Without calls, under the documented defaults.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The crate's version, which has to be the plugin's engine's.
    #[must_use]
    pub fn version() -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    /// Reads a recording of one call (JSON Lines) and gives its place, from 0.
    ///
    /// # Errors
    /// A text: the first line that cannot be used, and why.
    pub fn load(&mut self, recording: &str) -> Result<usize, String> {
        self.library.load(recording)
    }

    /// From here on calls are judged under what these three places hold, as [`super::types::Setup`] has them. Gives what is in
    /// force then: `source`, `config`, `findings`, each of these with what to write instead (`suggestion`), if anything.
    pub fn configure(&mut self, setup: JsValue) -> JsValue {
        self.configuration = view::configuration(&setup);
        let place = match self.configuration.source {
            Source::AppConfig => "appConfig",
            Source::UiAttributes => "uiAttributes",
            Source::Attributes | Source::Defaults => "attributes",
        };
        let block = json_value(&object::field(&setup, place));
        object::object(&InForce { configuration: &self.configuration, block: &block })
    }

    /// What would be said of a call: `durationMs`, `warningPct`, `alert`, `reasons`; null if it has no end.
    #[must_use]
    pub fn judge(&self, call: usize) -> JsValue {
        object::object(&self.library.judge(call, &self.configuration))
    }
}

struct InForce<'a> {
    configuration: &'a Configuration,
    block: &'a Value,
}

impl Json for InForce<'_> {
    fn write(&self, to: &mut Writer) {
        let Configuration { source, config, .. } = self.configuration;
        let findings = Advised::all(self.configuration, Some(self.block));
        to.object().field("source", &source.as_str()).field("config", config).field("findings", &findings).end_object();
    }
}
