//! What the agent hears: how much of the customer's sound is made up, and how long it waits before it is played.
//!
//! Where a packet is missing or late, the browser makes its sound up. Up to 5 % of a second hardly anybody hears; with
//! more it is a severely concealed second (RFC 7294, which counts them per call).

use crate::input::stats::{JitterBuffer, Played};
use crate::input::units::{Milliseconds, Percent};
use serde::Serialize;

/// Share of a second that is made up and could be heard, beyond which the second is severely concealed.
pub(crate) const SEVERE_ABOVE: Percent = Percent(5.0);

/// How many of the seconds that were measured were severely concealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SeverelyConcealed {
    /// Severely concealed seconds.
    pub seconds: u32,
    /// Seconds measured.
    pub of: u32,
}

impl SeverelyConcealed {
    /// Their share; `None` where nothing was measured.
    #[must_use]
    pub fn share(self) -> Option<Percent> {
        (self.of > 0).then(|| Percent(100.0 * f64::from(self.seconds) / f64::from(self.of)))
    }

    fn add(&mut self, concealed: Percent) {
        self.of = self.of.saturating_add(1);
        if concealed > SEVERE_ABOVE {
            self.seconds = self.seconds.saturating_add(1);
        }
    }
}

/// What one second was like to listen to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct PlayoutQuality {
    /// Share of it that was made up and could be heard.
    pub(crate) concealed: Option<Percent>,
    /// How long its sound waited in the jitter buffer, on average.
    pub(crate) buffered: Option<Milliseconds>,
}

/// Measures what is heard, from one reading of the peer connection to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Concealment {
    severely: SeverelyConcealed,
}

impl Concealment {
    /// Takes two readings, a second apart.
    pub(crate) fn observe(
        &mut self,
        played: Option<(Played, Played)>,
        jitter_buffer: Option<(JitterBuffer, JitterBuffer)>,
    ) -> PlayoutQuality {
        let concealed = played.and_then(|(before, now)| now.audibly_concealed_since(before));
        if let Some(concealed) = concealed {
            self.severely.add(concealed);
        }
        PlayoutQuality { concealed, buffered: jitter_buffer.and_then(|(before, now)| now.delay_since(before)) }
    }

    /// The severely concealed seconds so far.
    pub(crate) fn severely(&self) -> SeverelyConcealed {
        self.severely
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_severely_concealed_when_more_than_a_twentieth_of_it_is_audibly_made_up() {
        let reading = |second: f64, concealed, silent| Played {
            samples: 8000.0 * second,
            concealed,
            silent: Some(silent),
            packets: 50.0 * second,
            lost: 0.0,
        };
        let readings = [
            reading(1.0, 0.0, 0.0),
            reading(2.0, 400.0, 0.0),
            reading(3.0, 801.0, 0.0),
            // Nobody hears silence that is made up.
            reading(4.0, 3801.0, 2900.0),
        ];
        let mut concealment = Concealment::default();
        assert_eq!(concealment.severely().share(), None);
        for (before, now) in readings.into_iter().zip(readings.into_iter().skip(1)) {
            concealment.observe(Some((before, now)), None);
        }
        assert_eq!(concealment.severely(), SeverelyConcealed { seconds: 1, of: 3 });
        concealment.observe(None, None);
        assert_eq!(concealment.severely().of, 3, "what is not known is not counted");
    }
}
