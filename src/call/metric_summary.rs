//! What a metric was like over a whole call, in constant memory however long the call is.

use crate::call::concealment::PlayoutQuality;
use crate::input::sample::Sample;
use crate::input::units::Value;
use serde::Serialize;

/// A value's bucket is its exponent and the first four bits of its mantissa, as a 32-bit float has them: sixteen buckets
/// an octave, so that the middle of a bucket is within 3 % of every value in it, plus 0.03 near 0.
const BITS_BELOW_BUCKET: u32 = 23 - 4;
/// Bucket of 1.0: values are stored from 1 on, so that 0 has a place.
const FIRST: u32 = 1.0_f32.to_bits() >> BITS_BELOW_BUCKET;
/// Sixteen octaves: the last bucket holds everything beyond 65,535, more than any metric or level reaches.
const BUCKETS: usize = 256;

/// Minimum, mean, 95th percentile and maximum of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Seconds in which the value was known.
    pub samples: u32,
    /// Lowest.
    pub min: Value,
    /// Mean.
    pub mean: Value,
    /// The value that 95 % of the seconds did not exceed, to within 3 % and 0.03.
    pub p95: Value,
    /// Highest.
    pub max: Value,
}

/// Collects one metric's values.
#[derive(Clone, Debug)]
pub(crate) struct Summariser {
    count: u32,
    sum: f64,
    min: f64,
    max: f64,
    buckets: [u32; BUCKETS],
}

impl Default for Summariser {
    fn default() -> Self {
        Self { count: 0, sum: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY, buckets: [0; BUCKETS] }
    }
}

impl Summariser {
    pub(crate) fn add(&mut self, value: f64) {
        self.count = self.count.saturating_add(1);
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        let bucket = (((value + 1.0) as f32).to_bits() >> BITS_BELOW_BUCKET).saturating_sub(FIRST) as usize;
        if let Some(count) = self.buckets.get_mut(bucket.min(BUCKETS - 1)) {
            *count = count.saturating_add(1);
        }
    }

    /// `None` when no value was known.
    pub(crate) fn summary(&self) -> Option<Summary> {
        (self.count > 0).then(|| Summary {
            samples: self.count,
            min: Value(self.min),
            mean: Value(self.sum / f64::from(self.count)),
            p95: Value(self.percentile_95().max(self.min).min(self.max)),
            max: Value(self.max),
        })
    }

    fn percentile_95(&self) -> f64 {
        let wanted = (f64::from(self.count) * 0.95).ceil() as u32;
        let mut seen = 0_u32;
        for (bucket, count) in (0_u32..).zip(&self.buckets) {
            seen = seen.saturating_add(*count);
            if seen >= wanted {
                let middle = ((bucket + FIRST) << BITS_BELOW_BUCKET) + (1 << (BITS_BELOW_BUCKET - 1));
                return f64::from(f32::from_bits(middle)) - 1.0;
            }
        }
        self.max
    }
}

/// Collects the values of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summarisers {
    rtt: Summariser,
    jitter: Summariser,
    loss: Summariser,
    mos: Summariser,
    audio_input_level: Summariser,
    audio_output_level: Summariser,
    concealed: Summariser,
    jitter_buffer_delay: Summariser,
}

/// What a call was like; absent where nothing was known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summaries {
    /// Round-trip time, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt: Option<Summary>,
    /// Inbound jitter, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter: Option<Summary>,
    /// Net inbound loss over a few seconds, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packets_lost_fraction: Option<Summary>,
    /// Mean opinion score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mos: Option<Summary>,
    /// Level of the agent's microphone, 0 to 32767.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_input_level: Option<Summary>,
    /// Level of what is heard of the customer, 0 to 32767.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_output_level: Option<Summary>,
    /// Share of what is heard of the customer that was made up and could be heard, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concealed: Option<Summary>,
    /// How long it waited in the jitter buffer, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter_buffer_delay: Option<Summary>,
}

impl Summarisers {
    /// Takes a second's values; loss and MOS are those that the engine judged by.
    pub(crate) fn add(&mut self, sample: &Sample, loss: Option<f64>, mos: Option<f64>) {
        for (summariser, value) in [
            (&mut self.rtt, sample.rtt.map(|rtt| rtt.0)),
            (&mut self.jitter, sample.jitter.map(|jitter| jitter.0)),
            (&mut self.loss, loss),
            (&mut self.mos, mos),
            (&mut self.audio_input_level, sample.audio_input_level),
            (&mut self.audio_output_level, sample.audio_output_level),
        ] {
            if let Some(value) = value {
                summariser.add(value);
            }
        }
    }

    /// Takes what a second was like to listen to.
    pub(crate) fn add_playout_quality(&mut self, PlayoutQuality { concealed, buffered }: PlayoutQuality) {
        if let Some(concealed) = concealed {
            self.concealed.add(concealed.0);
        }
        if let Some(delay) = buffered {
            self.jitter_buffer_delay.add(delay.0);
        }
    }

    pub(crate) fn summaries(&self) -> Summaries {
        Summaries {
            rtt: self.rtt.summary(),
            jitter: self.jitter.summary(),
            packets_lost_fraction: self.loss.summary(),
            mos: self.mos.summary(),
            audio_input_level: self.audio_input_level.summary(),
            audio_output_level: self.audio_output_level.summary(),
            concealed: self.concealed.summary(),
            jitter_buffer_delay: self.jitter_buffer_delay.summary(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(values: impl IntoIterator<Item = f64>) -> Option<Summary> {
        let mut summariser = Summariser::default();
        values.into_iter().for_each(|value| summariser.add(value));
        summariser.summary()
    }

    #[test]
    fn a_summary_gives_extremes_and_mean_exactly_and_the_95th_percentile_within_3_percent() {
        let summary = summary((1..=1000).map(f64::from)).unwrap();
        assert_eq!(
            (summary.samples, summary.min, summary.mean, summary.max),
            (1000, Value(1.0), Value(500.5), Value(1000.0))
        );
        assert!((summary.p95.0 / 950.0 - 1.0).abs() < 0.03, "{}", summary.p95.0);
    }

    #[test]
    fn nothing_known_gives_no_summary_and_one_value_is_all_of_it() {
        assert_eq!(summary([]), None);
        let one = summary([0.0]).unwrap();
        assert_eq!((one.min, one.p95, one.max), (Value(0.0), Value(0.0), Value(0.0)));
    }
}
