//! Whether the browser has stopped playing what arrives.

use super::Evidence;
use crate::input::stats::Statistics;
use crate::input::units::{Milliseconds, Timestamp};

/// What stood still lately may be why there is nothing to hear: a condition needs some bad seconds to be raised.
pub(crate) const STOOD_STILL_FOR: Milliseconds = Milliseconds(5000.0);

/// Follows whether what arrives leaves the jitter buffer. Where a computer is only busy, some of it does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Browser {
    before: Option<(Timestamp, Statistics)>,
    /// The newest stretch in which packets came and nothing left the jitter buffer.
    still: Option<(Timestamp, Timestamp)>,
}

impl Browser {
    pub(super) fn read(&mut self, now: Timestamp, read: &Statistics) {
        if let Some((then, before)) = self.before.replace((now, *read))
            && read.stands_still_since(&before)
        {
            let from = self.still.filter(|(_, until)| *until == then).map_or(then, |(from, _)| from);
            self.still = Some((from, now));
        }
    }

    /// Forgets what was before a gap in the data.
    pub(super) fn forget(&mut self) {
        self.before = None;
    }

    /// What shows that nothing is played, if that is so or was until a moment ago.
    pub(super) fn evidence(&self, now: Timestamp) -> Option<Evidence> {
        let (from, until) = self.still.filter(|(_, until)| now - *until <= STOOD_STILL_FOR)?;
        Some(Evidence { standstill_ms: Some(until - from), ..Evidence::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::stats::{JitterBuffer, Played};

    fn read(packets: f64, emitted: f64) -> Statistics {
        let played = Played { samples: emitted, concealed: 0.0, silent: None, packets, lost: 0.0 };
        let jitter_buffer = Some(JitterBuffer { delay: 0.0, emitted });
        Statistics { played: Some(played), jitter_buffer, ..Statistics::default() }
    }

    /// How long nothing was played, after these readings of packets and samples, a second apart.
    fn standstill(readings: &[(f64, f64)]) -> Option<f64> {
        let mut browser = Browser::default();
        for (second, (packets, emitted)) in (1..).zip(readings) {
            browser.read(Timestamp(second * 1000), &read(*packets, *emitted));
        }
        browser
            .evidence(Timestamp(readings.len() as i64 * 1000))
            .and_then(|evidence| evidence.standstill_ms)
            .map(f64::from)
    }

    #[test]
    fn packets_of_which_nothing_is_played_stand_still_for_as_long_as_that_lasts() {
        assert_eq!(standstill(&[(50.0, 8000.0), (100.0, 8000.0), (150.0, 8000.0)]), Some(2000.0));
        let again = [(50.0, 8000.0), (100.0, 8000.0), (150.0, 16_000.0), (200.0, 16_000.0)];
        assert_eq!(standstill(&again), Some(1000.0));
    }

    #[test]
    fn nothing_stands_still_where_no_packet_comes_or_some_of_them_are_played_or_none_ever_was() {
        assert_eq!(standstill(&[(50.0, 8000.0), (50.0, 8000.0)]), None);
        assert_eq!(standstill(&[(50.0, 8000.0), (100.0, 9000.0)]), None);
        assert_eq!(standstill(&[(50.0, 0.0), (100.0, 0.0), (150.0, 0.0)]), None);
    }
}
