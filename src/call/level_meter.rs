//! Whether the Voice SDK's meter of the two audio levels shows anything (rule D6).
//!
//! The SDK measures both with Web Audio. If the sound does not pass through that, every level is exactly 0 while the
//! call is fine: in a virtual desktop, whose media flow elsewhere, and while the AudioContext is suspended.

use crate::input::sample::Sample;

/// Decides whether the audio levels of the call are measured at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    suspended: bool,
    /// One of the two levels has been more than 0 since the call began.
    moved: bool,
    /// Bytes have come, and have gone out, while both were 0.
    received: bool,
    sent: bool,
}

impl Meter {
    /// The SDK's AudioContext was suspended, or runs again.
    pub(crate) fn suspend(&mut self, suspended: bool) {
        self.suspended = suspended;
    }

    /// Takes one second's sample.
    pub(crate) fn observe(&mut self, sample: &Sample) {
        if self.suspended {
            return;
        }
        let is_some = |value: Option<f64>| value.is_some_and(|value| value > 0.0);
        let levels = [sample.audio_input_level, sample.audio_output_level];
        self.moved |= levels.into_iter().any(is_some);
        // A missing level is not a level of 0.
        if levels == [Some(0.0); 2] {
            self.received |= is_some(sample.bytes_received);
            self.sent |= is_some(sample.bytes_sent);
        }
    }

    /// Whether a level of 0 means silence. It means that nothing is measured if bytes have flowed both ways and neither
    /// level has ever moved, and while the AudioContext is suspended.
    pub(crate) fn is_working(&self) -> bool {
        !self.suspended && (self.moved || !(self.received && self.sent))
    }

    /// The sample with the levels that are known.
    pub(crate) fn known(&self, sample: Sample) -> Sample {
        if self.is_working() { sample } else { Sample { audio_input_level: None, audio_output_level: None, ..sample } }
    }
}
