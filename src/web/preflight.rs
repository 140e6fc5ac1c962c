//! The Voice SDK's own test call before the shift: the token that the Function mints for it, and what became of it. A call
//! that comes ends it at once.

use super::delivery::preflight_token;
use super::engine_host::EngineHost;
use super::js_deserializer::{each, lenient, read, read_any};
use super::js_input::Session;
use super::js_output::{CheckResult, plain};
use super::monitor::Monitor;
use super::trap::Caught;
use super::{clock, console};
use crate::agent::preflight::{PREFLIGHT_LIMIT, Preflight, PreflightReport};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Promise};
use serde::Deserialize;
use std::rc::Rc;
use tsify::Ts;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** A test call that is being made: the SDK's report (`PreflightTest.Report`) or its error. */
export interface RunningPreflight {
    outcome: Promise<{ report?: object; error?: { code?: number } }>;
    stop(): void;
}
";

#[wasm_bindgen]
extern "C" {
    /// Begins a test call with this token.
    #[wasm_bindgen(typescript_type = "(token: string) => RunningPreflight")]
    pub type StartPreflight;
    #[wasm_bindgen(method, catch)]
    fn call(this: &StartPreflight, context: &JsValue, token: &str) -> Result<RunningPreflight, JsValue>;

    /// A test call that is being made.
    #[wasm_bindgen(typescript_type = "RunningPreflight")]
    pub type RunningPreflight;
    #[wasm_bindgen(method, getter, catch)]
    fn outcome(this: &RunningPreflight) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn stop(this: &RunningPreflight) -> Result<(), JsValue>;
}

/// The test call of a page. What the SDK says of one that is stopped is not waited for.
pub(super) struct PagePreflight {
    running: RunningPreflight,
    /// Ends the waiting.
    stopped: Function,
}

impl PagePreflight {
    fn stop(self) {
        if let Err(error) = self.running.stop() {
            console::exception_once("The test call could not be stopped.", &error);
        }
        let _ = self.stopped.call0(&JsValue::UNDEFINED);
    }
}

#[wasm_bindgen]
impl Monitor {
    /// Makes the test call of this shift and judges it, if there is one to make: nothing where the admin has not allowed
    /// it, it has been made, or there is a call; nor if it is stopped.
    #[wasm_bindgen(unchecked_return_type = "Promise<CheckResult[]>")]
    pub fn preflight(&self, session: &Ts<Session>, start: StartPreflight) -> Promise {
        let (host, session) = (Rc::clone(&self.host), read(session));
        host.succeeded();
        future_to_promise(async move {
            let made = Caught::new(host.preflight(session, start)).await?;
            let result = |preflight: Preflight| JsValue::from(plain(&CheckResult::from(preflight.judge())));
            Ok(made.into_iter().map(result).collect::<Array>().into())
        })
    }

    /// Nobody waits for the test call any more.
    #[wasm_bindgen(js_name = stopPreflight)]
    pub fn stop_preflight(&self) {
        // Whether it was made is known where it is waited for.
        self.host.end_preflight(true);
        self.host.stop_preflight();
        self.host.succeeded();
    }
}

impl EngineHost {
    /// `None`: none was made, or it was stopped.
    async fn preflight(self: Rc<Self>, session: Session, start: StartPreflight) -> Option<Preflight> {
        if !self.with_engine(|engine| engine.begin_preflight(clock::now())) {
            return None;
        }
        self.run_effects();
        self.renew_recovery();
        let token = match &self.serverless_uri {
            Some(uri) => preflight_token(uri, session.into()).await,
            None => None,
        };
        let (preflight, is_made) = match token {
            // A call may have come meanwhile.
            Some(_) if !self.with_engine(|engine| engine.is_in_preflight()) => (None, false),
            Some(token) => match start.call(&JsValue::UNDEFINED, &token) {
                Ok(running) => (Some(self.run_preflight(running).await), true),
                Err(error) => {
                    console::exception_once("The test call could not be begun.", &error);
                    (Some(Preflight::Failed(None)), false)
                }
            },
            None => (Some(Preflight::Refused), false),
        };
        let ended_by_itself = self.end_preflight(is_made);
        preflight.filter(|_| ended_by_itself)
    }

    /// Whether it ended by itself.
    fn end_preflight(&self, is_made: bool) -> bool {
        let ended_by_itself = self.with_engine(|engine| engine.end_preflight(is_made));
        if let Some(mut recovery) = self.recovery.take() {
            recovery.preflight_ended(is_made);
            self.recovery.set(Some(recovery));
        }
        self.run_effects();
        ended_by_itself
    }

    async fn run_preflight(self: &Rc<Self>, running: RunningPreflight) -> Preflight {
        let outcome = match running.outcome() {
            Ok(outcome) => outcome,
            Err(error) => {
                console::exception_once("What became of the test call cannot be known.", &error);
                return Preflight::Failed(None);
            }
        };
        let mut stopped = None;
        let is_stopped = Promise::new(&mut |resolve, _| stopped = Some(resolve));
        if let Some(stopped) = stopped {
            self.preflight.replace(Some(PagePreflight { running, stopped }));
        }
        let host = Rc::downgrade(self);
        let _limit = Timeout::new(PREFLIGHT_LIMIT.0 as u32, move || {
            if let Some(host) = host.upgrade() {
                host.stop_preflight();
            }
        });
        let ended = JsFuture::from(Promise::race(&Array::of2(&outcome, &is_stopped))).await;
        self.preflight.take();
        match read_any(ended.unwrap_or_default()) {
            Outcome { report: Some(report), .. } => Preflight::Completed(report.into()),
            Outcome { error: SdkError { code }, .. } => Preflight::Failed(code.map(|code| code as u32)),
        }
    }

    /// Stops the test call that is being made, if one is.
    pub(super) fn stop_preflight(&self) {
        if let Some(preflight) = self.preflight.take() {
            preflight.stop();
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Outcome {
    #[serde(deserialize_with = "lenient")]
    report: Option<RawReport>,
    #[serde(deserialize_with = "lenient")]
    error: SdkError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SdkError {
    #[serde(deserialize_with = "lenient")]
    code: Option<f64>,
}

/// The SDK's `PreflightTest.Report`, as far as it is read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RawReport {
    #[serde(deserialize_with = "lenient")]
    stats: RawStats,
    #[serde(deserialize_with = "lenient")]
    totals: RawTotals,
    #[serde(deserialize_with = "each")]
    samples: Vec<RawSample>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawStats {
    #[serde(deserialize_with = "lenient")]
    rtt: RawStat,
    #[serde(deserialize_with = "lenient")]
    jitter: RawStat,
    #[serde(deserialize_with = "lenient")]
    mos: RawStat,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawStat {
    #[serde(deserialize_with = "lenient")]
    average: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawTotals {
    #[serde(deserialize_with = "lenient")]
    packets_received: Option<f64>,
    #[serde(deserialize_with = "lenient")]
    packets_lost_fraction: Option<f64>,
}

/// Samples are counted.
#[derive(Default, Deserialize)]
struct RawSample {}

impl From<RawReport> for PreflightReport {
    fn from(RawReport { stats: RawStats { rtt, jitter, mos }, totals, samples }: RawReport) -> Self {
        Self {
            samples: u32::try_from(samples.len()).unwrap_or(u32::MAX),
            rtt: rtt.average,
            jitter: jitter.average,
            mos: mos.average,
            packets_received: totals.packets_received,
            packets_lost: totals.packets_lost_fraction,
        }
    }
}
