//! Whether a network loses packets in bursts, or holds them up by turns: as a radio link does, and as neither a cable nor
//! a full line of the provider does.

use super::Evidence;
use crate::input::stats::{JitterBuffer, Statistics};
use crate::input::units::{Milliseconds, Timestamp};
use std::collections::VecDeque;

/// Readings looked back on: five seconds.
const WINDOW_READINGS: usize = 6;
/// Readings over which missing sound is averaged: three seconds.
const RECENT_READINGS: usize = 4;
/// Packets that are lost at random leave gaps of one or two, of 20 ms each; bursts leave longer ones.
pub(crate) const MIN_BURST: Milliseconds = Milliseconds(50.0);
/// Minimum number of concealment events for a meaningful mean length.
const MIN_STRETCHES: f64 = 3.0;
/// The jitter buffer's mean delay of a second hardly changes on a steady network; where packets are held up by turns it
/// grows and shrinks.
pub(crate) const MIN_SWING: Milliseconds = Milliseconds(60.0);
/// A path that becomes longer also fills the buffer, or empties it, but once and evenly: its jitter is a sixteenth of the
/// step for a moment, 11 ms where 260 ms were added. Where packets are held up by turns it is above 20 ms.
pub(crate) const MIN_JITTER: Milliseconds = Milliseconds(18.0);
/// What was seen is believed for so long.
const SEEN_FOR: Milliseconds = Milliseconds(5000.0);

/// Looks for bursts and swings in the jitter buffer's counters.
#[derive(Clone, Debug, Default)]
pub(super) struct BurstyNetwork {
    readings: VecDeque<(Timestamp, Counters)>,
    /// When packets last came unevenly.
    uneven: Option<Timestamp>,
    seen: Option<(Timestamp, Evidence)>,
}

/// What a reading has counted since the start.
#[derive(Clone, Copy, Debug)]
struct Counters {
    samples: f64,
    concealed: f64,
    concealment_events: f64,
    buffer: JitterBuffer,
}

impl Counters {
    fn of(read: &Statistics) -> Option<Self> {
        let (played, buffer) = read.played.zip(read.jitter_buffer)?;
        Some(Self {
            samples: played.samples,
            concealed: played.concealed,
            concealment_events: read.concealment_events?,
            buffer,
        })
    }
}

impl BurstyNetwork {
    pub(super) fn jitter(&mut self, now: Timestamp, jitter: Milliseconds) {
        if jitter >= MIN_JITTER {
            self.uneven = Some(now);
        }
    }

    pub(super) fn read(&mut self, now: Timestamp, read: &Statistics) {
        let Some(counters) = Counters::of(read) else { return };
        if self.readings.len() == WINDOW_READINGS {
            self.readings.pop_front();
        }
        self.readings.push_back((now, counters));
        let concealment_ms = self.concealment().filter(|mean| *mean >= MIN_BURST);
        let is_uneven = self.uneven.is_some_and(|at| now - at <= SEEN_FOR);
        let buffer_swing_ms = self.swing().filter(|swing| is_uneven && *swing >= MIN_SWING);
        if concealment_ms.is_some() || buffer_swing_ms.is_some() {
            self.seen = Some((now, Evidence { concealment_ms, buffer_swing_ms, ..Evidence::default() }));
        }
    }

    /// Mean length of the stretches of missing sound in the newest seconds.
    fn concealment(&self) -> Option<Milliseconds> {
        let (now, newest) = self.readings.back()?;
        let (then, oldest) = self.readings.get(self.readings.len().checked_sub(RECENT_READINGS)?)?;
        let events = newest.concealment_events - oldest.concealment_events;
        let samples = newest.samples - oldest.samples;
        let share = (newest.concealed - oldest.concealed) / samples;
        let mean = Milliseconds(share * (*now - *then).0 / events);
        (events >= MIN_STRETCHES && samples > 0.0 && share <= 1.0).then_some(mean)
    }

    /// How far the means of the newest seconds' delays are apart.
    fn swing(&self) -> Option<Milliseconds> {
        let readings = self.readings.iter().zip(self.readings.iter().skip(1));
        let means = readings.filter_map(|((_, before), (_, after))| Some(after.buffer.delay_since(before.buffer)?.0));
        let (least, most) =
            means.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), mean| (least.min(mean), most.max(mean)));
        (most >= least).then_some(Milliseconds(most - least))
    }

    /// Forgets what was before a gap in the data.
    pub(super) fn forget(&mut self) {
        self.readings.clear();
    }

    /// What shows that the network is unsteady, if it is.
    pub(super) fn evidence(&self, now: Timestamp) -> Option<Evidence> {
        self.seen.filter(|(at, _)| now - *at <= SEEN_FOR).map(|(_, evidence)| evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::stats::{JitterBuffer, Played};

    /// Seconds of 8000 samples, each with so many lost packets of 20 ms in so many stretches, and this mean delay in ms.
    fn evidence(seconds: &[(f64, f64, f64)], jitter: f64) -> Option<Evidence> {
        let mut network = BurstyNetwork::default();
        let (mut concealed, mut events, mut waited) = (0.0, 0.0, 0.0);
        for (second, (packets, stretches, delay)) in (1..).zip(seconds) {
            let samples = 8000.0 * second as f64;
            concealed += packets * 160.0;
            events += stretches;
            waited += 8000.0 * delay / 1000.0;
            let read = Statistics {
                played: Some(Played { samples, concealed, silent: None, packets: 0.0, lost: 0.0 }),
                jitter_buffer: Some(JitterBuffer { delay: waited, emitted: samples }),
                concealment_events: Some(events),
                ..Statistics::default()
            };
            network.jitter(Timestamp(second * 1000), Milliseconds(jitter));
            network.read(Timestamp(second * 1000), &read);
        }
        network.evidence(Timestamp(seconds.len() as i64 * 1000))
    }

    #[test]
    fn bursts_of_five_packets_are_told_from_as_many_lost_at_random() {
        let bursts = evidence(&[(5.0, 1.0, 60.0); 6], 3.0).unwrap();
        assert_eq!(bursts.concealment_ms, Some(Milliseconds(100.0)));
        assert_eq!(evidence(&[(5.0, 4.0, 60.0); 6], 3.0), None);
    }

    #[test]
    fn a_delay_that_swings_is_unsteady_and_a_long_one_that_stays_is_not() {
        let swings = [(0.0, 0.0, 40.0), (0.0, 0.0, 40.0), (0.0, 0.0, 120.0), (0.0, 0.0, 60.0)];
        assert_eq!(evidence(&swings, 25.0).unwrap().buffer_swing_ms, Some(Milliseconds(80.0)));
        assert_eq!(evidence(&swings, 11.0), None, "a path that became longer");
        assert_eq!(evidence(&[(0.0, 0.0, 200.0); 6], 25.0), None);
    }

    #[test]
    fn one_gap_alone_is_no_network_that_loses_in_bursts() {
        let mut seconds = [(0.0, 0.0, 60.0); 6];
        seconds[3] = (30.0, 1.0, 60.0);
        assert_eq!(evidence(&seconds, 3.0), None);
    }
}
