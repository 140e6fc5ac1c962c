//! How a call has been so far, for the agent's panel: a few series of points, in constant memory however long it is.

use crate::input::metric::Metric;
use crate::input::units::Milliseconds;
use strum::{IntoStaticStr, VariantArray};

/// A series of the panel, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "camelCase")]
pub(crate) enum Series {
    /// Round-trip time, ms.
    Rtt,
    /// Jitter, ms.
    Jitter,
    /// Net loss of the customer's packets over a few seconds, %.
    #[strum(serialize = "packetsLostFraction")]
    PacketLoss,
    /// Loss of the agent's packets in the far side's newest report, %.
    #[strum(serialize = "outboundPacketsLostFraction")]
    OutboundPacketLoss,
    /// The score that was judged.
    Mos,
    /// Share of the sound that was made up and could be heard, %.
    Concealed,
    /// How long sound waited in the jitter buffer, ms.
    JitterBufferDelay,
    /// Level of the agent's microphone, 0 to 32767.
    #[strum(serialize = "audioInputLevel")]
    AudioInput,
    /// Level of what is heard of the customer, 0 to 32767.
    #[strum(serialize = "audioOutputLevel")]
    AudioOutput,
}

impl Series {
    pub(crate) const ALL: &[Self] = Self::VARIANTS;

    /// Its name in documents: the SDK's, where it has one.
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    /// The metric whose threshold it is judged by.
    pub(crate) fn metric(self) -> Option<Metric> {
        Some(match self {
            Self::Rtt => Metric::Rtt,
            Self::Jitter => Metric::Jitter,
            Self::PacketLoss | Self::OutboundPacketLoss => Metric::PacketLoss,
            Self::Mos => Metric::Mos,
            Self::Concealed | Self::JitterBufferDelay | Self::AudioInput | Self::AudioOutput => return None,
        })
    }
}

/// More points than a small chart has pixels for are of no use.
const MAX_POINTS: usize = 240;
/// Samples come every 970 to 1027 ms: in each two seconds there is one. Eight minutes fit, and of an hour sixteen
/// seconds are a point.
const FIRST_STEP: Milliseconds = Milliseconds(2000.0);

type Point = [f32; Series::ALL.len()];
const UNKNOWN: Point = [f32::NAN; Series::ALL.len()];

/// Of every stretch of a call the worst value of each series, and of the levels the loudest.
#[derive(Clone, Debug)]
pub(crate) struct History {
    /// Whether there is a panel to show it.
    is_kept: bool,
    step: Milliseconds,
    points: Vec<Point>,
}

impl History {
    /// For an agent who `is_shown` it; for any other there is nothing to keep.
    pub(crate) fn new(is_shown: bool) -> Self {
        Self { is_kept: is_shown, step: FIRST_STEP, points: Vec::new() }
    }

    /// Takes values at a moment since the call was accepted; what is no number is not there.
    pub(crate) fn record(&mut self, elapsed: Milliseconds, values: &[(Series, Option<f64>)]) {
        if !self.is_kept {
            return;
        }
        while elapsed.0 >= self.step.0 * MAX_POINTS as f64 {
            self.halve();
        }
        // A negative time is the first moment.
        let index = (elapsed.0 / self.step.0) as usize;
        if self.points.len() <= index {
            self.points.resize(index + 1, UNKNOWN);
        }
        let Some(point) = self.points.get_mut(index) else { return };
        for (series, value) in values {
            if let (Some(kept), Some(value)) = (point.get_mut(*series as usize), value) {
                *kept = worse(*series as usize, *kept, *value as f32);
            }
        }
    }

    /// How long a stretch a point stands for.
    pub(crate) fn step(&self) -> Milliseconds {
        self.step
    }

    /// The points of a line from the call's beginning; NaN where nothing was known.
    pub(crate) fn points(&self, series: Series) -> impl Iterator<Item = f64> {
        self.points.iter().map(move |point| point.get(series as usize).map_or(f64::NAN, |value| f64::from(*value)))
    }

    fn halve(&mut self) {
        self.step = self.step + self.step;
        let pairs = self.points.chunks(2).map(|pair| {
            let mut merged = UNKNOWN;
            for point in pair {
                for (index, (kept, value)) in merged.iter_mut().zip(point).enumerate() {
                    *kept = worse(index, *kept, *value);
                }
            }
            merged
        });
        self.points = pairs.collect();
    }
}

/// Neither is worse than a number if it is none.
fn worse(series: usize, one: f32, other: f32) -> f32 {
    if series == Series::Mos as usize { one.min(other) } else { one.max(other) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(history: &History, series: Series) -> Vec<f64> {
        history.points(series).collect()
    }

    #[test]
    fn each_stretch_keeps_its_worst_value_and_a_data_gap_stays_one() {
        let mut history = History::new(true);
        for (at, mos, rtt) in [(0.0, 4.4, 80.0), (1000.0, 3.0, 60.0), (6100.0, 4.0, 90.0)] {
            history.record(Milliseconds(at), &[(Series::Mos, Some(mos)), (Series::Rtt, Some(rtt))]);
        }
        history.record(Milliseconds(6100.0), &[(Series::Jitter, None)]);
        let mos = points(&history, Series::Mos);
        assert_eq!((mos[0], mos[1].is_nan(), mos[2].is_nan(), mos[3]), (3.0, true, true, 4.0));
        assert_eq!(points(&history, Series::Rtt)[0], 80.0);
        assert!(points(&history, Series::Jitter).iter().all(|value| value.is_nan()));
    }

    #[test]
    fn an_hour_takes_no_more_memory_than_eight_minutes_and_loses_no_peak() {
        let mut history = History::new(true);
        for second in 0..3600 {
            let rtt = if second == 1234 { 900.0 } else { 50.0 };
            history.record(Milliseconds(f64::from(second) * 1000.0), &[(Series::Rtt, Some(rtt))]);
        }
        assert_eq!(history.step(), Milliseconds(16_000.0));
        let rtt = points(&history, Series::Rtt);
        assert_eq!(rtt.len(), 225);
        let peaks: Vec<_> = (0..rtt.len()).filter(|index| rtt[*index] == 900.0).collect();
        assert_eq!(peaks, [1234 / 16]);
        assert!(rtt.iter().all(|value| !value.is_nan()), "every stretch had a sample");
    }

    #[test]
    fn a_clock_that_jumps_by_years_makes_no_more_points() {
        let mut history = History::new(true);
        history.record(Milliseconds(0.0), &[(Series::Rtt, Some(1.0))]);
        history.record(Milliseconds(1e13), &[(Series::Rtt, Some(2.0))]);
        assert!(history.points.len() <= MAX_POINTS);
        history.record(Milliseconds(-5.0), &[(Series::Rtt, Some(3.0))]);
        assert_eq!(points(&history, Series::Rtt)[0], 3.0);
    }
}
