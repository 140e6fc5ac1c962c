//! Readings made into seconds, whatever the interval at which they were made.
//!
//! Twice a second, every second reading counts. Once a second, each is a second. Where the interval is longer, what was
//! counted in it is spread over its seconds; what was measured at a moment is known of the last of them alone, because
//! nobody knows how it was in between.

use super::snapshot::Reading;
use device_monitoring::{
    CandidatePair, Event, Inbound, MediaPlayout, MediaSource, Milliseconds, Percent, RawSample, RawStatistics,
    RemoteInbound, RemoteOutbound, Sample, Statistics, estimate_mos,
};

const SECOND_MS: i64 = 1000;
/// A reading sooner than this after the last one that counted does not count.
const SHORTEST_MS: i64 = 750;
/// Readings that come at longer intervals than this, and not just once, stand for several seconds.
const LONGEST_SECOND_MS: i64 = 1500;
/// Intervals that are longer than this are gaps. The libraries' own is 10 s.
const LONGEST_INTERVAL_MS: i64 = 60_000;

/// Makes events of the readings of one connection.
#[derive(Debug, Default)]
pub(super) struct Seconds {
    last: Option<(i64, Reading)>,
    /// Milliseconds between the last two readings that counted.
    interval_ms: Option<i64>,
    /// The most seconds that a reading stood for.
    longest: u32,
    /// Milliseconds of which something is known.
    measured_ms: i64,
}

impl Seconds {
    /// Takes a reading, and tells what happened since the one before. `at` is in milliseconds.
    pub(super) fn take(&mut self, at: i64, reading: Reading) -> Vec<(i64, Event)> {
        let Some((last_at, last)) = &self.last else {
            self.last = Some((at, reading));
            return Vec::new();
        };
        let passed = at.saturating_sub(*last_at);
        if passed < SHORTEST_MS {
            return Vec::new();
        }
        let seconds = self.seconds(passed);
        let events = if seconds == 1 {
            let read = Event::Statistics(Statistics::from(reading.statistics));
            vec![(at, Event::Sample(sample(last, &reading, 1.0, true))), (at, read)]
        } else {
            spread_out(*last_at, last, at, &reading, seconds)
        };
        self.longest = self.longest.max(seconds);
        self.interval_ms = Some(passed);
        // What is longer is a gap to the engine, too.
        if seconds > 1 || passed <= 3 * SECOND_MS {
            self.measured_ms += passed;
        }
        self.last = Some((at, reading));
        events
    }

    /// How many seconds an interval stands for. One that is much longer than the one before is a gap.
    fn seconds(&self, passed: i64) -> u32 {
        let usual = self.interval_ms.unwrap_or_default();
        let is_usual = usual > LONGEST_SECOND_MS && passed <= usual.saturating_mul(3) / 2;
        if is_usual && (LONGEST_SECOND_MS..=LONGEST_INTERVAL_MS).contains(&passed) {
            ((passed + SECOND_MS / 2) / SECOND_MS) as u32
        } else {
            1
        }
    }

    /// The streams of the newest reading.
    pub(super) fn last(&self) -> Option<&Reading> {
        self.last.as_ref().map(|(_, reading)| reading)
    }

    /// When the newest reading was made that counted.
    pub(super) fn last_at(&self) -> Option<i64> {
        self.last.as_ref().map(|(at, _)| *at)
    }

    /// Seconds that a reading stands for, at most.
    pub(super) fn resolution_s(&self) -> u32 {
        self.longest.max(1)
    }

    pub(super) fn measured_ms(&self) -> i64 {
        self.measured_ms
    }
}

/// By how much a counter grew; unknown if it began anew.
fn grown(before: f64, now: f64) -> f64 {
    if now >= before { now - before } else { f64::NAN }
}

/// What the Voice SDK would have said of one of so many seconds between two readings.
fn sample(before: &Reading, now: &Reading, seconds: f64, is_last: bool) -> Sample {
    let is_same = before.streams == now.streams;
    let each = |grown: f64| if is_same { grown / seconds } else { f64::NAN };
    let (inbound, earlier) = (&now.statistics.inbound, &before.statistics.inbound);
    let packets_received = each(grown(earlier.packets_received, inbound.packets_received));
    // Packets that come late make it negative.
    let packets_lost = each(inbound.packets_lost - earlier.packets_lost);
    let at_the_end = |value: f64| if is_last { value } else { f64::NAN };
    let (rtt, jitter) = (at_the_end(now.rtt), at_the_end(now.jitter));
    let expected = packets_received + packets_lost;
    let loss = if expected > 0.0 { 100.0 * packets_lost / expected } else { 0.0 };
    let is_scored = rtt.is_finite() && jitter.is_finite() && packets_lost.is_finite();
    let mos = if is_scored { estimate_mos(Milliseconds(rtt), Milliseconds(jitter), Percent(loss)).0 } else { f64::NAN };
    Sample::from(RawSample {
        jitter,
        rtt,
        packets_lost,
        packets_received,
        packets_sent: each(grown(before.packets_sent, now.packets_sent)),
        mos,
        bytes_received: each(grown(before.bytes_received, now.bytes_received)),
        bytes_sent: each(grown(before.bytes_sent, now.bytes_sent)),
        // What the SDK's own meter shows is no statistic of the peer connection.
        audio_input_level: f64::NAN,
        audio_output_level: f64::NAN,
    })
}

/// The seconds between two readings, if these are several.
fn spread_out(last_at: i64, last: &Reading, at: i64, now: &Reading, seconds: u32) -> Vec<(i64, Event)> {
    let mut events = Vec::new();
    for second in 1..=seconds {
        let share = f64::from(second) / f64::from(seconds);
        let moment = last_at + ((at - last_at) as f64 * share) as i64;
        let is_last = second == seconds;
        events.push((moment, Event::Sample(sample(last, now, f64::from(seconds), is_last))));
        if last.streams == now.streams {
            let read = between(last, now, share, is_last);
            events.push((moment, Event::Statistics(Statistics::from(read))));
        }
    }
    events
}

/// The statistics so far on the way from one reading to the next.
fn between(last: &Reading, now: &Reading, share: f64, is_last: bool) -> RawStatistics {
    let counted = |of: fn(&RawStatistics) -> f64| {
        let (before, after) = (of(&last.statistics), of(&now.statistics));
        before + (after - before) * share
    };
    // Reports come whole.
    let reports = |of: fn(&RawStatistics) -> f64| counted(of).floor();
    let at_the_end = |value: f64| if is_last { value } else { f64::NAN };
    // The newest report is about its own few seconds; how many packets were lost is known of the whole interval.
    let lost = now.statistics.remote_inbound.packets_lost - last.statistics.remote_inbound.packets_lost;
    let sent = grown(last.packets_sent, now.packets_sent);
    let fraction_lost = if sent > 0.0 { (lost / sent).clamp(0.0, 1.0) } else { f64::NAN };
    let MediaSource { audio_level, echo_return_loss, echo_return_loss_enhancement } = now.statistics.media_source;
    RawStatistics {
        candidate_pair: CandidatePair {
            current_round_trip_time: at_the_end(now.statistics.candidate_pair.current_round_trip_time),
            responses_received: reports(|read| read.candidate_pair.responses_received),
        },
        remote_inbound: RemoteInbound {
            fraction_lost,
            packets_lost: counted(|read| read.remote_inbound.packets_lost),
            round_trip_time_measurements: reports(|read| read.remote_inbound.round_trip_time_measurements),
        },
        remote_outbound: RemoteOutbound {
            reports_sent: reports(|read| read.remote_outbound.reports_sent),
            remote_timestamp: if is_last { now } else { last }.statistics.remote_outbound.remote_timestamp,
        },
        inbound: Inbound {
            concealed_samples: counted(|read| read.inbound.concealed_samples),
            silent_concealed_samples: counted(|read| read.inbound.silent_concealed_samples),
            total_samples_received: counted(|read| read.inbound.total_samples_received),
            jitter_buffer_delay: counted(|read| read.inbound.jitter_buffer_delay),
            jitter_buffer_emitted_count: counted(|read| read.inbound.jitter_buffer_emitted_count),
            packets_lost: counted(|read| read.inbound.packets_lost),
            packets_received: counted(|read| read.inbound.packets_received),
            concealment_events: counted(|read| read.inbound.concealment_events),
        },
        media_source: MediaSource {
            audio_level: at_the_end(audio_level),
            echo_return_loss: at_the_end(echo_return_loss),
            echo_return_loss_enhancement: at_the_end(echo_return_loss_enhancement),
        },
        media_playout: MediaPlayout {
            synthesized_samples_duration: counted(|read| read.media_playout.synthesized_samples_duration),
            total_samples_duration: counted(|read| read.media_playout.total_samples_duration),
        },
    }
}
