//! The admin view's side of [`crate::replay::what_if`]. Only in the WebAssembly of the admin view (feature `admin-view`).

use super::js_input::Setup;
use crate::config::{Advised, Config, Configuration, Pilot, Source, editor};
use crate::input::units::Milliseconds;
use crate::replay::suggest::{Grid, PlayedCall, Search};
use crate::replay::what_if::RecordedCalls;
use serde::Serialize;
use tsify::{JsValueSerdeExt, Ts};
use wasm_bindgen::prelude::*;

/// Recorded calls, judged under one configuration after the other.
#[wasm_bindgen]
#[derive(Default)]
pub struct WhatIf {
    recorded: RecordedCalls,
    configuration: Configuration,
    suggesting: Suggesting,
}

/// How far it is with thresholds that are to be suggested.
#[derive(Default)]
enum Suggesting {
    #[default]
    Nothing,
    /// Calls are played, under these configurations.
    Playing {
        grid: Grid,
        probes: Vec<Configuration>,
        played: Vec<PlayedCall>,
    },
    Searching(Box<Search>),
}

#[wasm_bindgen]
impl WhatIf {
    /// A what-if without calls, under the documented defaults.
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

    /// The properties of a configuration, each with `name`, `unit`, `default` and `recommended`.
    #[must_use]
    pub fn properties() -> JsValue {
        plain(&editor::properties())
    }

    /// The words that an entry of `actions` can have: `rules`, `diagnoses`, `causes`; and the `teamAttribute` that names an
    /// agent's team where the entry names none.
    #[must_use]
    pub fn words() -> JsValue {
        plain(&editor::words())
    }

    /// What is written for a text that was typed into the field of a property; null means its default.
    #[must_use]
    pub fn setting(property: &str, typed: &str) -> JsValue {
        plain(&editor::setting(property, typed))
    }

    /// Reads a recording of one call (JSON Lines) and gives its place, from 0.
    ///
    /// # Errors
    /// A text: the first line that cannot be used, and why.
    pub fn load(&mut self, recording: &str) -> Result<usize, String> {
        self.recorded.load(recording)
    }

    /// How many bytes of memory the calls take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.recorded.bytes()
    }

    /// From here on calls are judged under what these three places hold: for the pilot, for everybody else, or else for
    /// the worker of the setup. Gives what is in force then: `source`, `config`, the `pilot` of the block if it has one,
    /// `inPilot`, `reportsCalls` and `sharesRecordings` (whether anybody's calls are reported, or shared), and `findings`,
    /// each of these with what to write instead (`suggestion`), if anything.
    pub fn configure(&mut self, setup: &Ts<Setup>, in_pilot: Option<bool>) -> JsValue {
        let setup = Setup::read(setup);
        let found = found(&setup, in_pilot);
        // Whoever edits the entries sees all of them; calls are judged as the worker's of the setup.
        self.configuration = found.clone().with_actions_for(&setup.worker());
        let place = match found.source {
            Source::AppConfig => &setup.app_config,
            Source::UiAttributes => &setup.ui_attributes,
            Source::Attributes | Source::Defaults => &setup.attributes,
        };
        let Configuration { source, config, pilot, in_pilot, reports_calls, shares_recordings, .. } = &found;
        let findings = Advised::all(&found, Some(place));
        plain(&InForce {
            source: source.as_str(),
            config,
            pilot: pilot.as_ref(),
            in_pilot: *in_pilot,
            reports_calls: *reports_calls,
            shares_recordings: *shares_recordings,
            findings,
        })
    }

    /// The verdict on a call: `durationMs`, `warningPct`, `alert`, `reasons` and, where the configuration has `actions`,
    /// those that its alert is for; null if it has no end.
    #[must_use]
    pub fn judge(&self, call: usize) -> JsValue {
        plain(&self.recorded.judge(call, &self.configuration))
    }

    /// Thresholds are to be suggested in place of what is in force, which these places hold; see [`Self::configure`]. What
    /// calls are judged under stays as it is.
    #[wasm_bindgen(js_name = startSuggesting)]
    pub fn start_suggesting(&mut self, setup: &Ts<Setup>, in_pilot: Option<bool>) {
        let now = found(&Setup::read(setup), in_pilot);
        let grid = Grid::new(&now.config);
        self.suggesting = Suggesting::Playing { probes: grid.probes(&now), grid, played: Vec::new() };
    }

    /// Plays a call for that. `utc_offset`: milliseconds by which the clock of whoever looks was ahead of UTC then; by it,
    /// days are told apart.
    #[wasm_bindgen(js_name = playForSuggestion)]
    pub fn play_for_suggestion(&mut self, call: usize, utc_offset: f64) {
        if let Suggesting::Playing { grid, probes, played } = &mut self.suggesting {
            let plays = self.recorded.judge_all(call, probes);
            played.extend(PlayedCall::new(call, &plays, grid, Milliseconds(utc_offset)));
        }
    }

    /// The calls that were played are searched in, for at most so many alerts a day. Gives `of`, `there` and `needed` if
    /// there is too little to suggest anything; null otherwise.
    #[wasm_bindgen(js_name = startSearch)]
    pub fn start_search(&mut self, per_day: usize) -> JsValue {
        let Suggesting::Playing { grid, played, .. } = std::mem::take(&mut self.suggesting) else {
            return JsValue::NULL;
        };
        match Search::new(grid, played, per_day) {
            Ok(search) => {
                self.suggesting = Suggesting::Searching(Box::new(search));
                JsValue::NULL
            }
            Err(too_few) => plain(&too_few),
        }
    }

    /// Searches for a moment; false: there is nothing more to try.
    #[wasm_bindgen(js_name = searchFurther)]
    pub fn search_further(&mut self) -> bool {
        match &mut self.suggesting {
            Suggesting::Searching(search) => search.step(),
            _ => false,
        }
    }

    /// What was found, with the places of calls as `id`; null without a search.
    #[must_use]
    pub fn suggestion(&self) -> JsValue {
        match &self.suggesting {
            Suggesting::Searching(search) => plain(&search.suggestion()),
            _ => JsValue::NULL,
        }
    }
}

/// What is in force for the pilot, for everybody else, or else for the worker of the setup.
fn found(setup: &Setup, in_pilot: Option<bool>) -> Configuration {
    match in_pilot {
        Some(true) => setup.block().inside_pilot(),
        Some(false) => setup.block(),
        None => setup.configuration(),
    }
}

/// The value as a plain object.
pub(super) fn plain(value: &impl Serialize) -> JsValue {
    // Nothing in these values can fail to be written.
    JsValue::from_serde(value).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InForce<'a> {
    source: &'static str,
    config: &'a Config,
    #[serde(skip_serializing_if = "Option::is_none")]
    pilot: Option<&'a Pilot>,
    in_pilot: bool,
    reports_calls: bool,
    shares_recordings: bool,
    findings: Vec<Advised>,
}
