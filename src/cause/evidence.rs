//! What shows that a cause holds.

use crate::input::environment_signal::{NetworkType, PressureState, RelayProtocol, TrackState};
use crate::input::units::{Milliseconds, Percent};
use serde::Serialize;

/// What was seen that shows a cause; of several seconds, the worst. What says nothing about the cause is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// State of the microphone's track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<TrackState>,
    /// Pressure on the processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<PressureState>,
    /// How late a timer of the page ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_ms: Option<Milliseconds>,
    /// Share of a second's sound that the loudspeaker did not get in time and the browser made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synthesized_pct: Option<Percent>,
    /// For how long packets came and nothing of them was played.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standstill_ms: Option<Milliseconds>,
    /// Kind of network of the local candidate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_type: Option<NetworkType>,
    /// How the relay is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relay_protocol: Option<RelayProtocol>,
    /// Mean length of a stretch of sound that was missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concealment_ms: Option<Milliseconds>,
    /// How much the jitter buffer's delay swung within some seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buffer_swing_ms: Option<Milliseconds>,
    /// How often the path had been another one, the first included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_changes: Option<u32>,
}

impl Evidence {
    /// In whole milliseconds and percent.
    pub(crate) fn rounded(self) -> Self {
        let ms = |value: Option<Milliseconds>| value.map(|value| Milliseconds(value.0.round()));
        Self {
            late_ms: ms(self.late_ms),
            synthesized_pct: self.synthesized_pct.map(|share| Percent(share.0.round())),
            standstill_ms: ms(self.standstill_ms),
            concealment_ms: ms(self.concealment_ms),
            buffer_swing_ms: ms(self.buffer_swing_ms),
            ..self
        }
    }

    /// Both pieces of evidence together; where both have a value, the worse one.
    pub(crate) fn with(self, other: &Self) -> Self {
        let worse = |one: Option<f64>, other: Option<f64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
        let ms = |one: Option<Milliseconds>, other: Option<Milliseconds>| {
            worse(one.map(f64::from), other.map(f64::from)).map(Milliseconds)
        };
        Self {
            track: self.track.max(other.track),
            pressure: self.pressure.max(other.pressure),
            late_ms: ms(self.late_ms, other.late_ms),
            synthesized_pct: worse(self.synthesized_pct.map(f64::from), other.synthesized_pct.map(f64::from))
                .map(Percent),
            standstill_ms: ms(self.standstill_ms, other.standstill_ms),
            network_type: self.network_type.or(other.network_type),
            relay_protocol: self.relay_protocol.or(other.relay_protocol),
            concealment_ms: ms(self.concealment_ms, other.concealment_ms),
            buffer_swing_ms: ms(self.buffer_swing_ms, other.buffer_swing_ms),
            path_changes: self.path_changes.max(other.path_changes),
        }
    }
}
