//! Whether the computer does not keep up.

use super::Evidence;
use crate::input::environment_signal::{LATE_TICK, PressureState};
use crate::input::stats::{Played, Playout, Statistics};
use crate::input::units::{Milliseconds, Percent, Timestamp};

/// What strained the computer so lately may be why its sound has gaps: a condition needs some bad seconds to be raised.
pub(crate) const STRAINED_FOR: Milliseconds = Milliseconds(5000.0);

/// A timer that ran later than this did not wait for the processor: the clock was set, or the page slept.
const LATEST_TICK: Milliseconds = Milliseconds(86_400_000.0);

/// Share of a second's sound that was made up although its packets had come: the computer took them too late.
const MIN_MADE_UP_SHARE: f64 = 0.2;
/// Share of the packets of a usual second that has to have come. In an outage of the network they do not.
const MIN_PACKET_SHARE: f64 = 0.8;

/// Follows the pressure on the processor, the page's timers, and what the loudspeaker does not get in time.
#[derive(Clone, Debug, Default)]
pub(super) struct Computer {
    pressure: PressureState,
    /// When the pressure was last relieved, and from what.
    relieved: Option<(Timestamp, PressureState)>,
    /// The newest timer that ran late.
    late: Option<(Timestamp, Milliseconds)>,
    playout: Option<Playout>,
    /// Share of the newest second's sound that the browser made up for the loudspeaker.
    synthesized: Option<Percent>,
    played: Option<Played>,
    /// Packets of a usual second.
    usual_packets: f64,
    /// When sound was last made up although its packets had come.
    made_up: Option<Timestamp>,
}

impl Computer {
    pub(super) fn pressure(&mut self, now: Timestamp, state: PressureState) {
        if self.pressure >= PressureState::Serious && state < PressureState::Serious {
            self.relieved = Some((now, self.pressure));
        }
        self.pressure = state;
    }

    pub(super) fn late_tick(&mut self, now: Timestamp, late: Milliseconds) {
        if late >= LATE_TICK && late <= LATEST_TICK {
            self.late = Some((now, late));
        }
    }

    pub(super) fn read(&mut self, now: Timestamp, read: &Statistics) {
        if let Some((played, before)) = read.played.zip(std::mem::replace(&mut self.played, read.played)) {
            let packets = played.packets - before.packets;
            if packets >= MIN_PACKET_SHARE * self.usual_packets
                && played.gap_since(before).is_some_and(|gap| gap > MIN_MADE_UP_SHARE)
            {
                self.made_up = Some(now);
            }
            // A minute is enough to forget another codec's.
            self.usual_packets +=
                (packets - self.usual_packets) / if packets > self.usual_packets { 1.0 } else { 20.0 };
        }
        let before = std::mem::replace(&mut self.playout, read.playout);
        self.synthesized = self.playout.zip(before).and_then(|(playout, before)| playout.synthesized_since(before));
    }

    /// Forgets what was before a gap in the data.
    pub(super) fn forget(&mut self) {
        self.playout = None;
        self.synthesized = None;
        self.played = None;
    }

    /// Whether sound was made up lately although its packets had come.
    pub(super) fn makes_up(&self, now: Timestamp) -> bool {
        self.made_up.is_some_and(|at| now - at <= STRAINED_FOR)
    }

    /// What shows that the computer is strained, if it is.
    pub(super) fn evidence(&self, now: Timestamp) -> Option<Evidence> {
        let is_recent = |at: Timestamp| now - at <= STRAINED_FOR;
        let relieved = self.relieved.filter(|(at, _)| is_recent(*at)).map(|(_, state)| state);
        let pressure = Some(self.pressure).filter(|state| *state >= PressureState::Serious).or(relieved);
        let late_ms = self.late.filter(|(at, _)| is_recent(*at)).map(|(_, late)| late);
        let synthesized_pct = self.synthesized.filter(|share| share.0 > 0.0);
        (pressure.is_some() || late_ms.is_some()).then(|| Evidence {
            pressure,
            late_ms,
            synthesized_pct,
            ..Evidence::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serious_pressure_strains_until_some_seconds_after_it_is_relieved_and_a_fair_one_does_not() {
        let mut computer = Computer::default();
        let pressure =
            |computer: &Computer, at| computer.evidence(Timestamp(at)).and_then(|evidence| evidence.pressure);
        computer.pressure(Timestamp(0), PressureState::Fair);
        assert_eq!(pressure(&computer, 100), None);
        computer.pressure(Timestamp(1000), PressureState::Critical);
        assert_eq!(pressure(&computer, 60_000), Some(PressureState::Critical));
        computer.pressure(Timestamp(61_000), PressureState::Nominal);
        assert_eq!(pressure(&computer, 66_000), Some(PressureState::Critical));
        assert_eq!(pressure(&computer, 66_001), None);
    }

    #[test]
    fn a_late_timer_strains_by_itself_for_some_seconds() {
        let mut computer = Computer::default();
        computer.late_tick(Timestamp(1000), Milliseconds(400.0));
        let late = |at| computer.evidence(Timestamp(at)).and_then(|evidence| evidence.late_ms);
        assert_eq!((late(6000), late(6001)), (Some(Milliseconds(400.0)), None));
        for impossible in [f64::NAN, f64::INFINITY, 1e300, -400.0, 0.0] {
            computer.late_tick(Timestamp(6001), Milliseconds(impossible));
            assert_eq!(computer.evidence(Timestamp(6001)), None, "{impossible}");
        }
    }
}
