//! Ten seconds made into seconds: what the engine would have seen, as far as their sums, extremes and means tell.
//!
//! Of minimum, mean and maximum follows how many seconds were how bad, if each was either: with a minimum of 40 ms, a
//! maximum of 600 and a mean of 208, three of ten had 600. They stand together, beside the worse of the two neighbours:
//! trouble lasts. Of levels, silence is the trouble. Lost packets have only a sum: each second loses its share. So
//! trouble of a second looks shorter or longer than it was by as much as ten, and a burst of loss looks thinner.
//!
//! `client_edge` is what Twilio's gateway received of the agent. It is told to the engine as the far side's reports are:
//! what is lost of the agent's packets, and that no report comes where none arrives at all.

use super::call::ExportedEvent;
use super::row::{Counts, Interval, Row, Spread, What};
use device_monitoring::{RawSample, RawStatistics, RemoteInbound, RemoteOutbound};

const SECONDS: i64 = 10;
const MS_PER_SECOND: i64 = 1000;
/// What a row stands for.
pub(super) const INTERVAL_MS: i64 = SECONDS * MS_PER_SECOND;
/// Rows come every ten seconds, not to the millisecond. With more between two of them, one is missing.
const MAX_INTERVAL_MS: i64 = 3 * INTERVAL_MS / 2;
/// The far side's reports come every five seconds at most (RFC 3550, 6.2); of what it would have said, this many a second.
const REPORTS_PER_SECOND: f64 = 0.4;
/// No second has more: packets are of 20 ms of audio each, 10 ms at least, and G.711 has 8000 bytes a second.
const MAX_PACKETS_PER_SECOND: f64 = 120.0;
const MAX_BYTES_PER_SECOND: f64 = 12_000.0;

/// The seconds of all intervals. `began` is when the call did, if that is known.
pub(super) fn events(rows: &[Row], with_samples: bool, began: Option<i64>, events: &mut Vec<(i64, ExportedEvent)>) {
    let intervals: Vec<(i64, &Interval)> = rows
        .iter()
        .filter_map(|row| match &row.what {
            What::Interval(interval) if with_samples => Some((row.at, &**interval)),
            _ => None,
        })
        .collect();
    for (index, (at, interval)) in intervals.iter().enumerate() {
        let near = |index: Option<usize>| index.and_then(|index| intervals.get(index)).copied();
        let before = near(index.checked_sub(1)).filter(|(before, _)| at - before <= 2 * INTERVAL_MS);
        let after = near(Some(index + 1)).filter(|(after, _)| after - at <= 2 * INTERVAL_MS);
        let since = match before.filter(|(before, _)| at - before <= MAX_INTERVAL_MS) {
            Some((_, before)) if go_on(&before.totals, &interval.totals) => Since::Row(before.totals),
            Some(_) => Since::Unknown,
            None if began.is_some_and(|began| (0..=INTERVAL_MS + MS_PER_SECOND).contains(&(at - began))) => {
                Since::Start
            }
            None => Since::Unknown,
        };
        let near = [before, after].map(|near| near.map(|(_, interval)| interval));
        let samples = samples(near, interval, &since);
        events.extend(samples.into_iter().zip(seconds(*at)).map(|(sample, at)| (at, ExportedEvent::Sample(sample))));
    }
    let gateway = rows.iter().filter_map(|row| match &row.what {
        What::Gateway(counts) => Some((row.at, counts)),
        _ => None,
    });
    let mut reports = 1.0;
    let mut others = 1.0;
    for (at, counts) in gateway {
        let arrives = counts.received > 0.0;
        for at in seconds(at) {
            others += REPORTS_PER_SECOND;
            if arrives {
                reports += REPORTS_PER_SECOND;
            }
            let read = RawStatistics {
                remote_inbound: RemoteInbound {
                    fraction_lost: loss(counts) / 100.0,
                    packets_lost: f64::NAN,
                    round_trip_time_measurements: f64::floor(reports),
                },
                remote_outbound: RemoteOutbound { reports_sent: f64::floor(others), ..RemoteOutbound::default() },
                ..RawStatistics::default()
            };
            events.push((at, ExportedEvent::Statistics(read)));
        }
    }
}

/// Whether sums since the start of the call have not begun anew since then. Lost packets may be found again.
fn go_on(before: &Counts, now: &Counts) -> bool {
    let of: [fn(&Counts) -> f64; 4] =
        [|counts| counts.received, |counts| counts.sent, |counts| counts.bytes_received, |counts| counts.bytes_sent];
    !of.iter().any(|of| of(now) < of(before))
}

/// The ends of the seconds of an interval.
fn seconds(at: i64) -> impl Iterator<Item = i64> {
    (0..SECONDS).map(move |second| at - (SECONDS - 1 - second) * MS_PER_SECOND)
}

/// Share of packets that was lost, percent.
fn loss(counts: &Counts) -> f64 {
    let expected = counts.lost.max(0.0) + counts.received;
    if expected > 0.0 {
        100.0 * counts.lost.max(0.0) / expected
    } else if counts.loss.is_nan() && counts.received == 0.0 {
        0.0
    } else {
        counts.loss
    }
}

/// From when on a row's sums count what no earlier row counts.
enum Since {
    /// Since the row of the ten seconds before, which had these.
    Row(Counts),
    /// Since the call began, in these ten seconds.
    Start,
    /// For longer than these ten seconds, or not for all of them: of what is lost in all, it is not known how much was lost
    /// in them.
    Unknown,
}

fn samples([before, after]: [Option<&Interval>; 2], now: &Interval, since: &Since) -> Vec<RawSample> {
    let values = |of: fn(&Interval) -> &Spread, worse: Worse| spread_out(of(now), worse, before.map(of), after.map(of));
    let (rtt, jitter) = (values(|one| &one.rtt, Worse::Higher), values(|one| &one.jitter, Worse::Higher));
    let mos = values(|one| &one.mos, Worse::Lower);
    let (audio_in, audio_out) = (values(|one| &one.audio_in, Worse::Lower), values(|one| &one.audio_out, Worse::Lower));
    let is_known = |spread: &Spread| spread.min.is_finite() && spread.max.is_finite();
    // What came since the row of the ten seconds before is the interval's, where both say how much came since the start.
    let since = |of: fn(&Counts) -> f64| match since {
        Since::Row(before) => of(&now.totals) - of(before),
        Since::Start => of(&now.totals),
        Since::Unknown => f64::NAN,
    };
    let each = |of: fn(&Counts) -> f64, most: f64| {
        let (sum, count) = (since(of), of(&now.counts));
        if sum.is_finite() { sum / SECONDS as f64 } else { a_second(count, most) }
    };
    let packets = |of| each(of, MAX_PACKETS_PER_SECOND);
    let (received, lost) = (packets(|counts| counts.received), packets(|counts| counts.lost));
    // Lost packets are few either way: they are of the same time as those that came.
    let lost = if since(|counts| counts.lost).is_nan() && now.counts.received > MAX_PACKETS_PER_SECOND {
        now.counts.lost / SECONDS as f64
    } else {
        lost
    };
    let lost = if lost.is_nan() && now.counts.loss.is_finite() && now.counts.loss < 100.0 {
        received * now.counts.loss / (100.0 - now.counts.loss)
    } else {
        lost
    };
    // Without a packet there is no byte.
    let bytes = |bytes: f64, packets: f64| if bytes.is_nan() && packets == 0.0 { 0.0 } else { bytes };
    let bytes_received = bytes(each(|counts| counts.bytes_received, MAX_BYTES_PER_SECOND), received);
    let sent = packets(|counts| counts.sent);
    let bytes_sent = bytes(each(|counts| counts.bytes_sent, MAX_BYTES_PER_SECOND), sent);
    (0..SECONDS as usize)
        .map(|second| {
            let at = |values: &[f64; SECONDS as usize]| values.get(second).copied().unwrap_or(f64::NAN);
            RawSample {
                jitter: at(&jitter),
                rtt: at(&rtt),
                packets_lost: lost,
                packets_received: received,
                packets_sent: sent,
                mos: at(&mos),
                bytes_received,
                bytes_sent,
                audio_input_level: if is_known(&now.audio_in) { at(&audio_in) } else { f64::NAN },
                audio_output_level: if is_known(&now.audio_out) { at(&audio_out) } else { f64::NAN },
            }
        })
        .collect()
}

/// Counts are of the interval, or, in what the SDK reported itself, of its last second.
fn a_second(count: f64, most: f64) -> f64 {
    if count > most { count / SECONDS as f64 } else { count }
}

/// Which values of a metric are bad.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Worse {
    Higher,
    Lower,
}

/// A metric's values in each second.
fn spread_out(now: &Spread, worse: Worse, before: Option<&Spread>, after: Option<&Spread>) -> [f64; SECONDS as usize] {
    let (bad, good) = if worse == Worse::Higher { (now.max, now.min) } else { (now.min, now.max) };
    let average = if now.avg.is_nan() { now.value } else { now.avg };
    if !(bad.is_finite() && good.is_finite()) || bad == good {
        let only = [average, bad, good].into_iter().find(|value| value.is_finite());
        return [only.unwrap_or(f64::NAN); SECONDS as usize];
    }
    // Both were there, so that at least one second has either.
    let share = if average.is_finite() { (average - good) / (bad - good) } else { 0.0 };
    let count = ((share * SECONDS as f64).round() as i64).clamp(1, SECONDS - 1) as usize;
    let badness = |spread: Option<&Spread>| {
        let mean = spread.map_or(f64::NAN, |spread| if spread.avg.is_nan() { spread.value } else { spread.avg });
        if mean.is_nan() {
            f64::NEG_INFINITY
        } else if worse == Worse::Higher {
            mean
        } else {
            -mean
        }
    };
    let first = badness(before) > badness(after);
    std::array::from_fn(|second| {
        let is_bad = if first { second < count } else { second >= SECONDS as usize - count };
        if is_bad { bad } else { good }
    })
}
