//! The Voice SDK's own test call before the shift (`Device.runPreflight`): what its result means (rule N2a).
//!
//! [`crate::Engine::begin_preflight`] decides whether one may be made.

use crate::agent::audio_baseline::{CheckGrade, CheckResult};
use crate::input::metric::Metric;
use crate::input::units::{Milliseconds, Percent, Value};
use crate::input::warning::sdk_trigger;
use crate::localized_text::Text;

/// A test call that has not ended by itself is stopped after this: the SDK's own lasts 20 s from its answer on.
pub const PREFLIGHT_LIMIT: Milliseconds = Milliseconds(40_000.0);
/// Mean loss beyond which the SDK raises `high-packets-lost-fraction`.
pub(crate) const LOSSY: Percent = Percent(3.0);
/// Fewer samples, one a second, are too few to say how a call sounds: the TwiML app ended it at once.
pub(crate) const MIN_SAMPLES: u32 = 3;
/// The SDK's errors of a call whose media find no way (`MediaErrors.ConnectionError`).
const MEDIA_FAILED: u32 = 53_405;

/// What is read of the SDK's report of a test call (`PreflightTest.Report`). Its `callQuality` is not: the SDK grades a
/// score between 4.0 and 4.1 as degraded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PreflightReport {
    /// Seconds that were sampled.
    pub samples: u32,
    /// Mean round-trip time, milliseconds.
    pub rtt: Option<f64>,
    /// Mean jitter of what arrived, milliseconds.
    pub jitter: Option<f64>,
    /// Mean opinion score, 1 to 4.5.
    pub mos: Option<f64>,
    /// Packets that arrived.
    pub packets_received: Option<f64>,
    /// Share of the packets to come that were lost, 0 to 100.
    pub packets_lost: Option<f64>,
}

/// How a test call ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Preflight {
    /// By itself.
    Completed(PreflightReport),
    /// It failed with an error of the SDK's: its code, where it has one.
    Failed(Option<u32>),
    /// The Function gave no token for it.
    Refused,
}

impl Preflight {
    /// Judges it.
    #[must_use]
    pub fn judge(&self) -> CheckResult {
        match self {
            Self::Completed(report) => report.judge(),
            Self::Failed(Some(MEDIA_FAILED)) => without_sound(),
            Self::Failed(code) => failed(*code),
            Self::Refused => plain(CheckGrade::Warning, "preflight-refused", "DeviceMonitoringCheckPreflightRefused"),
        }
    }
}

impl PreflightReport {
    fn judge(&self) -> CheckResult {
        if self.samples < MIN_SAMPLES {
            return failed(None);
        }
        if self.packets_received == Some(0.0) {
            return without_sound();
        }
        let is_bad = |metric: Metric, value: Option<f64>| {
            value.is_some_and(|value| metric.is_plausible(value) && metric.breaches(Value(value), sdk_trigger(metric)))
        };
        let is_lossy = self.packets_lost.is_some_and(|lost| lost > LOSSY.0 && lost <= 100.0);
        let is_poor = is_lossy
            || is_bad(Metric::Rtt, self.rtt)
            || is_bad(Metric::Jitter, self.jitter)
            || is_bad(Metric::Mos, self.mos);
        let (grade, code, key) = match is_poor {
            true => (CheckGrade::Warning, "preflight-poor", "DeviceMonitoringCheckPreflightPoor"),
            false => (CheckGrade::Ok, "preflight-good", "DeviceMonitoringCheckPreflightGood"),
        };
        let number = |value: Option<f64>| {
            let known = value.filter(|value| value.is_finite() && *value >= 0.0);
            known.map_or_else(|| "?".to_owned(), |value| format!("{value:.0}"))
        };
        let params =
            vec![("rtt", number(self.rtt)), ("jitter", number(self.jitter)), ("lost", number(self.packets_lost))];
        CheckResult { grade, code, text: Text::with(key, params) }
    }
}

fn plain(grade: CheckGrade, code: &'static str, key: &'static str) -> CheckResult {
    CheckResult { grade, code, text: Text::plain(key) }
}

fn without_sound() -> CheckResult {
    plain(CheckGrade::Critical, "preflight-no-sound", "DeviceMonitoringCheckPreflightNoSound")
}

fn failed(error: Option<u32>) -> CheckResult {
    let text = match error {
        Some(error) => Text::with("DeviceMonitoringCheckPreflightFailed", vec![("error", error.to_string())]),
        None => Text::plain("DeviceMonitoringCheckPreflightFailedWithoutError"),
    };
    CheckResult { grade: CheckGrade::Warning, code: "preflight-failed", text }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: PreflightReport = PreflightReport {
        samples: 19,
        rtt: Some(43.2),
        jitter: Some(2.1),
        mos: Some(4.05),
        packets_received: Some(950.0),
        packets_lost: Some(0.2),
    };

    fn code(report: PreflightReport) -> &'static str {
        Preflight::Completed(report).judge().code
    }

    #[test]
    fn a_test_call_is_good_or_poor_by_the_sdks_own_triggers() {
        assert_eq!(code(GOOD), "preflight-good");
        let poor = [
            PreflightReport { rtt: Some(400.1), ..GOOD },
            PreflightReport { jitter: Some(31.0), ..GOOD },
            PreflightReport { mos: Some(2.9), ..GOOD },
            PreflightReport { packets_lost: Some(3.1), ..GOOD },
        ];
        assert!(poor.into_iter().all(|report| code(report) == "preflight-poor"));
        let result = Preflight::Completed(PreflightReport { packets_lost: Some(7.4), ..GOOD }).judge();
        assert!(result.text.in_english().contains("43 ms") && result.text.in_english().contains("7 %"));
    }

    #[test]
    fn one_without_a_packet_has_no_sound_and_one_that_ended_at_once_says_nothing_of_the_network() {
        assert_eq!(code(PreflightReport { packets_received: Some(0.0), ..GOOD }), "preflight-no-sound");
        assert_eq!(code(PreflightReport { samples: 2, ..GOOD }), "preflight-failed");
        assert_eq!(code(PreflightReport::default()), "preflight-failed");
        assert_eq!(Preflight::Failed(Some(53_405)).judge().code, "preflight-no-sound");
        let result = Preflight::Failed(Some(20_101)).judge();
        assert_eq!(result.code, "preflight-failed");
        assert!(result.text.in_english().contains("20101"));
        let result = Preflight::Failed(None).judge();
        assert_eq!((result.code, result.text.in_english().as_str()), ("preflight-failed", "A test call failed."));
        assert_eq!(Preflight::Refused.judge().code, "preflight-refused");
    }

    #[test]
    fn values_that_no_call_has_are_not_judged() {
        let absurd = [f64::NAN, f64::INFINITY, -1.0, 1e300].map(Some);
        for value in absurd {
            let report = PreflightReport { rtt: value, jitter: value, mos: value, packets_lost: value, ..GOOD };
            assert_eq!(code(report), "preflight-good", "{value:?}");
        }
    }
}
