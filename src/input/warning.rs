//! The Voice SDK's own warnings, and when they count (rule D4).
//!
//! Source: `statsMonitor.ts` and `call.ts` of `@twilio/voice-sdk` 2.18; the same in the 2.11 that Flex UI 2.17 bundles.

use crate::input::metric::Metric;
use crate::input::units::{Milliseconds, Value};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// A name that `call.on('warning')` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
pub enum WarningName {
    /// 3 of the last 10 samples above 400 ms.
    HighRtt,
    /// 3 of 10 above 30 ms.
    HighJitter,
    /// 3 of 10 above 1 %.
    HighPacketLoss,
    /// The mean of 7 above 3 %.
    HighPacketsLostFraction,
    /// 3 of 10 below 3.
    LowMos,
    /// Nothing arrived in the last 3 samples.
    LowBytesReceived,
    /// Nothing was sent in the last 3 samples.
    LowBytesSent,
    /// The microphone's level hardly varied for 10 s.
    ConstantAudioInputLevel,
    /// ICE or the peer connection is disconnected.
    IceConnectivityLost,
}

impl WarningName {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The warning of this name; `None` for one that this crate does not know.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// The SDK's name for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// How long the trouble had been there when the SDK was sure of it.
    pub(crate) fn time_to_notice(self) -> Milliseconds {
        Milliseconds(match self {
            Self::ConstantAudioInputLevel => 10_000.0,
            Self::IceConnectivityLost => 0.0,
            Self::HighPacketsLostFraction => 7_000.0,
            _ => 3_000.0,
        })
    }
}

/// The value beyond which the SDK counts a sample of a metric towards its warning.
#[must_use]
pub(crate) fn sdk_trigger(metric: Metric) -> Value {
    Value(match metric {
        Metric::Rtt => 400.0,
        Metric::Jitter => 30.0,
        Metric::PacketLoss => 1.0,
        Metric::Mos => 3.0,
    })
}

/// The SDK clears a metric's warning when none of its last 10 samples is beyond the trigger: so long after the trouble.
pub(crate) const SDK_CLEAR_LAG: Milliseconds = Milliseconds(10_000.0);

/// Which figure of a warning's values its threshold is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
pub enum Statistic {
    /// Threshold `max`: the highest value.
    #[strum(serialize = "max")]
    Maximum,
    /// Threshold `min`: the lowest value.
    #[strum(serialize = "min")]
    Minimum,
    /// Threshold `maxAverage`: the mean.
    #[strum(serialize = "maxAverage")]
    Mean,
}

impl Statistic {
    /// By the SDK's `data.threshold.name`.
    #[must_use]
    pub fn parse(threshold_name: &str) -> Option<Self> {
        threshold_name.parse().ok()
    }

    /// The name of the SDK's threshold.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What came with a warning: `data.threshold.name` and `data.values`, one value a second, the newest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WarningData {
    /// Which figure counts; `None` when the SDK did not name it.
    pub statistic: Option<Statistic>,
    /// The metric's last values.
    pub values: Vec<f64>,
}

impl WarningData {
    /// Without the values that a second of this metric cannot have (rule D1).
    pub(crate) fn drop_implausible(mut self, metric: Metric) -> Self {
        for value in self.values.iter_mut().filter(|value| !metric.is_plausible(**value)) {
            *value = f64::NAN;
        }
        self
    }

    /// The figure that the warning was raised for; `None` without data.
    pub(crate) fn figure(&self) -> Option<Value> {
        let known = || self.values.iter().copied().filter(|value| value.is_finite());
        let figure = match self.statistic? {
            Statistic::Maximum => known().reduce(f64::max)?,
            Statistic::Minimum => known().reduce(f64::min)?,
            Statistic::Mean => known().sum::<f64>() / known().count().max(1) as f64,
        };
        known().next().map(|_| Value(figure))
    }

    /// How long ago the last of the values was that counted towards the warning; no time at all if none did.
    pub(crate) fn quiet_for(&self, metric: Metric) -> Milliseconds {
        let trigger = sdk_trigger(metric);
        let good = self.values.iter().rev().take_while(|value| !metric.breaches(Value(**value), trigger)).count();
        Milliseconds(if good == self.values.len() { 0.0 } else { good as f64 * 1000.0 })
    }

    /// How long ago the first of the values was that counted towards the warning.
    pub(crate) fn trouble_for(&self, metric: Metric) -> Option<Milliseconds> {
        let trigger = sdk_trigger(metric);
        let first = self.values.iter().position(|value| metric.breaches(Value(*value), trigger))?;
        Some(Milliseconds(self.values.len().saturating_sub(first) as f64 * 1000.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(statistic: &str, values: &[f64]) -> Option<f64> {
        let data = WarningData { statistic: Statistic::parse(statistic), values: values.to_vec() };
        data.figure().map(|figure| figure.0)
    }

    #[test]
    fn the_figure_is_the_one_that_the_warnings_own_threshold_is_about() {
        let values = [f64::NAN, 1.0, 5.0, 3.0];
        assert_eq!(figure("max", &values), Some(5.0));
        assert_eq!(figure("min", &values), Some(1.0));
        assert_eq!(figure("maxAverage", &values), Some(3.0));
    }

    #[test]
    fn values_that_cannot_be_are_unknown() {
        let values = vec![f64::NEG_INFINITY, 1.0, 687_268.0, -1.0, 4.433];
        let data = WarningData { statistic: None, values }.drop_implausible(Metric::Mos);
        let known: Vec<_> = data.values.iter().map(|value| value.is_finite().then_some(*value)).collect();
        assert_eq!(known, [None, Some(1.0), None, None, Some(4.433)]);
    }

    #[test]
    fn without_values_or_with_an_unheard_of_threshold_there_is_no_figure() {
        assert_eq!(figure("max", &[]), None);
        assert_eq!(figure("maxAverage", &[f64::NAN]), None);
        assert_eq!(figure("minStandardDeviation", &[1.0]), None);
    }

    #[test]
    fn the_trouble_began_with_the_first_value_beyond_the_sdks_trigger() {
        let data = WarningData { statistic: None, values: vec![0.0, 3.9, 0.0, 8.0] };
        assert_eq!(data.trouble_for(Metric::PacketLoss), Some(Milliseconds(3000.0)));
        assert_eq!(data.trouble_for(Metric::Rtt), None);
    }
}
