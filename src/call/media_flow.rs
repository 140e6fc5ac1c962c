//! Whether audio flows at all, in either direction (rule D4).

use crate::call::interval::Interval;
use crate::condition::{ConditionName, Conditions};
use crate::input::units::{Milliseconds, Timestamp};
use crate::input::warning::WarningName;

/// Two samples without a byte: Twilio's mixer sends whether anybody speaks or not, so the network is to blame. Shorter
/// outages are gaps ([`crate::call::audio_gaps`]).
pub(crate) const NO_BYTES_RECEIVED_AFTER: Milliseconds = Milliseconds(1900.0);
/// Three, as for the SDK's own warning, which is silent in the first seconds of a call: the browser may pause while it
/// changes the microphone.
pub(crate) const NO_BYTES_SENT_AFTER: Milliseconds = Milliseconds(2500.0);

/// How long a call may be on its way to the other side before its first bytes come. The SDK's own warnings are silent for
/// as long.
pub(crate) const BEGINS_WITHIN: Milliseconds = Milliseconds(4900.0);

/// Whether bytes flow in one direction.
///
/// The SDK reports it 3 s late when they do not, and withdraws it at least 5 s late; the samples are quicker. Seconds without a
/// byte start the condition, at once while the SDK's warning stands, and the first second with a byte ends it.
#[derive(Clone, Debug)]
pub(crate) struct MediaFlow {
    condition: ConditionName,
    /// After so long without a byte, nothing flows.
    no_bytes_after: Milliseconds,
    /// The SDK's warning is raised.
    warned: bool,
    /// There were bytes.
    began: bool,
    /// The newest run of seconds without a byte.
    no_bytes: Option<Interval>,
    /// End of that run. Seconds with an unknown count extend it.
    unbroken: Timestamp,
}

impl MediaFlow {
    pub(crate) fn new(condition: ConditionName, no_bytes_after: Milliseconds) -> Self {
        Self { condition, no_bytes_after, warned: false, began: false, no_bytes: None, unbroken: Timestamp::default() }
    }

    /// Takes one second's bytes.
    pub(crate) fn observe(&mut self, second: Interval, bytes: Option<f64>, conditions: &mut Conditions) {
        let unbroken = self.no_bytes.filter(|_| self.unbroken == second.from);
        let Some(bytes) = bytes else {
            if unbroken.is_some() {
                self.unbroken = second.to;
            }
            return;
        };
        if bytes >= 1.0 {
            self.began = true;
            conditions.clear(self.condition, second.to, second.from);
            return;
        }
        let from = unbroken.map_or(second.from, |no_bytes| no_bytes.from);
        self.no_bytes = Some(Interval { from, to: second.to });
        self.unbroken = second.to;
        let no_bytes_after = if self.began { self.no_bytes_after } else { BEGINS_WITHIN };
        if self.warned || second.to - from >= no_bytes_after {
            conditions.raise(self.condition, second.to, from, None);
        }
        conditions.extend(self.condition, Some(second.to), None);
    }

    /// The SDK raised its warning.
    pub(crate) fn warned(&mut self, now: Timestamp, conditions: &mut Conditions) {
        self.warned = true;
        // The SDK takes as long in either direction.
        let lead = WarningName::LowBytesReceived.time_to_notice();
        let no_bytes = self.no_bytes.filter(|no_bytes| now - no_bytes.to <= lead);
        conditions.raise(self.condition, now, no_bytes.map_or(now.before(lead), |no_bytes| no_bytes.from), None);
        conditions.extend(self.condition, no_bytes.map(|no_bytes| no_bytes.to), None);
    }

    /// The SDK took it back.
    pub(crate) fn warning_cleared(&mut self, now: Timestamp, conditions: &mut Conditions) {
        if std::mem::take(&mut self.warned) {
            conditions.clear(self.condition, now, now);
        }
    }

    /// Forgets what was before a data gap.
    pub(crate) fn forget(&mut self) {
        self.no_bytes = None;
    }
}
