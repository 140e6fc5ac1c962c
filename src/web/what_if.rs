//! The admin view's side of [`crate::what_if`]. Only in the WebAssembly of the admin view (feature `desk`).

use super::read::read;
use super::setup::{Setup, block};
use crate::config::{Advised, Block, Configuration, Source};
use crate::json::{Json, Writer, to_json};
use crate::what_if::Library;
use js_sys::JSON;
use tsify::Ts;
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

    /// From here on calls are judged under what these three places hold. Gives what is in force then: `source`,
    /// `config`, `findings`, each of these with what to write instead (`suggestion`), if anything.
    pub fn configure(&mut self, setup: &Ts<Setup>) -> JsValue {
        let setup = read(setup);
        self.configuration = setup.configuration();
        let place = match self.configuration.source {
            Source::AppConfig => &setup.app_config,
            Source::UiAttributes => &setup.ui_attributes,
            Source::Attributes | Source::Defaults => &setup.attributes,
        };
        plain(&InForce { configuration: &self.configuration, block: &block(place) })
    }

    /// What would be said of a call: `durationMs`, `warningPct`, `alert`, `reasons`; null if it has no end.
    #[must_use]
    pub fn judge(&self, call: usize) -> JsValue {
        plain(&self.library.judge(call, &self.configuration))
    }
}

fn plain(json: &dyn Json) -> JsValue {
    JSON::parse(&to_json(json)).unwrap_or_default()
}

struct InForce<'a> {
    configuration: &'a Configuration,
    block: &'a Block,
}

impl Json for InForce<'_> {
    fn write(&self, to: &mut Writer) {
        let Configuration { source, config, .. } = self.configuration;
        let findings = Advised::all(self.configuration, Some(self.block));
        to.object().field("source", &source.as_str()).field("config", config).field("findings", &findings).end_object();
    }
}
