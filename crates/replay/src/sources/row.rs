//! What exports say, whatever their shape: something about a call at a time.

use device_monitoring::RawSample;
use serde::{Deserialize, Serialize};

/// A row of an export.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The CallSid.
    pub(crate) call: String,
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) what: What,
}

impl Row {
    /// What it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let behind = match &self.what {
            What::Interval(interval) => size_of_val(&**interval),
            What::Did(Did::Warned { name, values }) => name.len() + size_of_val(values.as_slice()),
            What::Did(Did::Cleared { name }) => name.len(),
            _ => 0,
        };
        size_of::<Self>() + self.call.len() + behind
    }
}

/// What it says. Numbers that are not there are `NaN`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum What {
    /// The Voice SDK's sample of the second that ends now.
    Second(RawSample),
    /// What the Voice SDK measured in the ten seconds that end now (`sdk_edge`).
    Interval(Box<Interval>),
    /// What Twilio's gateway received of the agent in the ten seconds that end now (`client_edge`).
    Gateway(Counts),
    /// What happened at that moment.
    Did(Did),
    /// From when to when the call was connected (a summary), and whether it was a client's: a browser's or an app's.
    Connected { from: Option<i64>, to: i64, client: Option<bool> },
}

impl What {
    /// What tells two rows of the same moment apart; rows that are alike in it say the same twice.
    pub(crate) fn kind(&self) -> Vec<u8> {
        match self {
            Self::Connected { .. } => vec![0],
            Self::Second(_) => vec![1],
            Self::Interval(_) => vec![2],
            Self::Gateway(_) => vec![3],
            // Compared by their bytes, NaNs are equal, too.
            Self::Did(did) => postcard::to_extend(did, vec![4]).unwrap_or_default(),
        }
    }
}

/// In the units of the SDK's samples, over ten seconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Interval {
    pub(crate) rtt: Spread,
    pub(crate) jitter: Spread,
    pub(crate) mos: Spread,
    pub(crate) audio_in: Spread,
    pub(crate) audio_out: Spread,
    /// In the interval.
    pub(crate) counts: Counts,
    /// Since the start of the call.
    pub(crate) totals: Counts,
}

/// A metric over an interval.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) avg: f64,
    /// Where there is only one value.
    pub(crate) value: f64,
}

/// Packets and bytes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) received: f64,
    pub(crate) lost: f64,
    /// Percent, 0 to 100.
    pub(crate) loss: f64,
    pub(crate) sent: f64,
    pub(crate) bytes_received: f64,
    pub(crate) bytes_sent: f64,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Did {
    Incoming,
    Outgoing,
    Accepted,
    Warned { name: String, values: Vec<f64> },
    Cleared { name: String },
    Muted(bool),
    Reconnecting,
    Reconnected,
    Failed(Option<u32>),
    Disconnected,
    Cancelled,
    Rejected,
}
