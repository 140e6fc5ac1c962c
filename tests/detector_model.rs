//! The detector against a plain model of it: the same rules (D1 to D3, D6), written down without windows that move,
//! counters and states. Each second looks back at all seconds before it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support;
use device_monitoring::{Grade, Metric, Milliseconds, Percent, Value, estimate_mos};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// In the order of [`Metric::ALL`]: rtt, jitter, loss, mos.
const THRESHOLDS: [f64; 4] = [400.0, 30.0, 3.0, 3.5];
const NAMES: [&str; 4] = ["high-rtt", "high-jitter", "high-packet-loss", "low-mos"];

/// What the SDK said in one second; `None` is null.
#[derive(Clone, Debug)]
struct Row {
    /// Milliseconds since the sample before.
    after: i64,
    rtt: Option<f64>,
    jitter: Option<f64>,
    lost: Option<f64>,
    received: Option<f64>,
    mos: Option<f64>,
}

impl Row {
    fn packets(&self) -> Option<(f64, f64)> {
        self.lost.zip(self.received)
    }

    fn says_nothing(&self) -> bool {
        self.rtt.is_none() && self.jitter.is_none() && self.packets().is_none() && self.mos.is_none()
    }
}

/// Values on both sides of the threshold, of its margin and of what is severe; mostly like the one before, or there
/// would be no runs.
fn value(around: &'static [f64]) -> impl Strategy<Value = Option<f64>> {
    prop_oneof![9 => prop::sample::select(around).prop_map(Some), 1 => Just(None)]
}

fn any_row() -> impl Strategy<Value = Row> {
    let after = prop_oneof![12 => Just(1000_i64), 2 => 900..1200_i64, 1 => 1500..3000_i64, 1 => 3001..9000_i64];
    let lost = prop_oneof![
        4 => Just(Some(0.0)),
        4 => prop::sample::select(&[1.0, 2.0, 3.0, 5.0, 20.0][..]).prop_map(Some),
        2 => prop::sample::select(&[-1.0, -3.0][..]).prop_map(Some),
        1 => Just(None),
    ];
    let rtt = value(&[100.0, 360.0, 361.0, 400.0, 401.0, 600.0, 601.0]);
    let jitter = value(&[3.0, 27.0, 28.0, 30.0, 31.0, 45.0, 46.0]);
    let mos = value(&[4.4, 3.6, 3.59, 3.5, 3.49, 2.5, 2.49]);
    (after, rtt, jitter, lost, value(&[50.0, 49.0, 30.0, 0.0]), mos)
        .prop_map(|(after, rtt, jitter, lost, received, mos)| Row { after, rtt, jitter, lost, received, mos })
}

/// Seconds in runs: each is said some times over.
fn call() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((any_row(), 1..7_usize), 0..30).prop_map(|runs| {
        let repeated = |(row, times): (Row, usize)| {
            (0..times).map(move |index| Row { after: if index == 0 { row.after } else { 1000 }, ..row.clone() })
        };
        runs.into_iter().flat_map(repeated).collect()
    })
}

/// One second as a metric sees it.
#[derive(Clone, Copy, Debug)]
struct Second {
    from: i64,
    to: i64,
    /// The end of the stretch without data before it, if there is one: where that began.
    gap_from: Option<i64>,
    judgement: Option<Grade>,
    /// Packets lost and arrived, if it is packet loss that is judged.
    packets: Option<(f64, f64)>,
}

/// Of the two networks that loss is tested against, one loses 1 % of its packets and one 4 %.
const TESTED: (f64, f64) = (0.01, 0.04);

/// Since when loss is proven, by the seconds since the last decision: when they began, and their packets. Then how many of
/// the last ten it was proven by, and how many of them lost too much.
fn proven(known: &[(i64, (f64, f64))]) -> Option<(i64, (usize, usize))> {
    let (healthy, lossy) = TESTED;
    let mut sum = 0.0;
    // What the newest second reaches, and whether it speaks for the one that loses more.
    let (mut reached, mut speaks_for_loss) = (0.0, false);
    let mut began = None;
    for (index, (_, (lost, arrived))) in known.iter().enumerate() {
        let weight = lost * f64::ln(lossy / healthy) + arrived * f64::ln((1.0 - lossy) / (1.0 - healthy));
        (reached, speaks_for_loss) = (sum + f64::min(weight, 5.9), weight > 0.0);
        sum += f64::min(weight, 12.0);
        began = if sum > 0.0 { began.or(Some(index)) } else { None };
        sum = f64::max(sum, 0.0);
    }
    let (from, _) = *known.last()?;
    let began = began?;
    let recent = known[began..].iter().filter(|(at, _)| from - at <= 10_000);
    let (lost, arrived) = recent.clone().fold((0.0, 0.0), |sum, (_, packets)| (sum.0 + packets.0, sum.1 + packets.1));
    let is_beyond = |lost: f64, arrived: f64| 100.0 * lost > THRESHOLDS[2] * (lost + arrived);
    let lossy = recent.clone().filter(|(_, (lost, arrived))| is_beyond(*lost, *arrived)).count();
    (reached >= 6.0 && speaks_for_loss && is_beyond(lost, arrived))
        .then(|| (known[began].0.max(from - 20_000), (recent.count(), lossy)))
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Episode {
    start: i64,
    end: i64,
    raised: i64,
    cleared: Option<i64>,
}

/// Rule D1: what each second is, to one metric.
fn seconds(call: &[Row], metric: usize) -> Vec<Second> {
    let rows: Vec<(i64, &Row)> = call
        .iter()
        .scan(0, |at, row| {
            *at += row.after;
            Some((*at, row))
        })
        .filter(|(_, row)| !row.says_nothing())
        .collect();
    let mut seconds: Vec<Second> = Vec::new();
    for (index, (to, row)) in rows.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| rows[before].0);
        let gap_from = before.filter(|before| to - before > 3000);
        let from = before.filter(|_| gap_from.is_none()).unwrap_or((to - 1000).max(0));
        let loss = net_loss(&rows[..=index]);
        let own =
            row.packets().map_or(0.0, |(lost, received)| 100.0 * lost.max(0.0) / (lost.max(0.0) + received).max(1.0));
        let value = match metric {
            0 => row.rtt,
            1 => row.jitter,
            2 => loss.map(|(loss, _)| loss),
            _ => match loss {
                Some((loss, true)) => row
                    .rtt
                    .zip(row.jitter)
                    .map(|(rtt, jitter)| estimate_mos(Milliseconds(rtt), Milliseconds(jitter), Percent(loss)).0),
                _ => row.mos.filter(|_| gap_from.is_none()),
            },
        };
        let judged = value.map(|value| Metric::ALL[metric].judge(Value(value), Value(THRESHOLDS[metric])));
        let judgement = match judged {
            Some(Grade::Breach | Grade::Severe) if metric == 2 && own <= THRESHOLDS[2] => {
                Some(if own > 0.0 { Grade::Marginal } else { Grade::Good })
            }
            judged => judged,
        };
        let packets = loss.filter(|_| metric == 2).zip(row.packets()).map(|((net, found), (lost, received))| {
            let expected = lost.max(0.0) + received;
            let lost = if found { net / 100.0 * expected } else { lost };
            (lost, expected - lost)
        });
        seconds.push(Second { from, to: *to, gap_from, judgement, packets });
    }
    seconds
}

/// Net loss in percent over the last three seconds with packets, and whether one of them found some again.
fn net_loss(rows: &[(i64, &Row)]) -> Option<(f64, bool)> {
    let mut window: Vec<(f64, f64)> = Vec::new();
    let mut until = 0;
    for (index, (to, row)) in rows.iter().enumerate() {
        let before = index.checked_sub(1).map_or((to - 1000).max(0), |before| rows[before].0);
        let is_last = index + 1 == rows.len();
        if index > 0 && to - before > 3000 {
            // A data gap: its counters are those of all of it.
            window.clear();
            if is_last {
                return None;
            }
            continue;
        }
        let Some(packets) = row.packets() else {
            if is_last {
                return None;
            }
            continue;
        };
        if before - until > 3000 {
            window.clear();
        }
        until = *to;
        window.push(packets);
    }
    let window = &window[window.len().saturating_sub(3)..];
    let found = window.iter().any(|(lost, _)| *lost < 0.0);
    let began = if found { 0 } else { window.iter().position(|(lost, _)| *lost > 0.0).unwrap_or(0) };
    let lost = window[began..].iter().map(|(lost, _)| lost).sum::<f64>().max(0.0);
    let expected = lost + window[began..].iter().map(|(_, received)| received).sum::<f64>();
    (expected > 0.0).then(|| (f64::min(100.0 * lost / expected, 100.0), found))
}

/// Rules D2, D3 and D6: what is said of these seconds.
fn episodes(seconds: &[Second], ended: i64) -> Vec<Episode> {
    let mut episodes: Vec<Episode> = Vec::new();
    // Of what is raised: its start, when it was raised, and the end of its last breaching second.
    let mut open: Option<(i64, i64, Option<i64>)> = None;
    // The seconds that count for a decision are those after the last one, or after a stretch without knowledge.
    let mut since = 0;
    let mut known_until: Option<i64> = None;
    let mut floor = 0;
    // The first second after the one that raised it.
    let mut active_from = 0;
    let mut proven_by = (0, 0);
    for (index, second) in seconds.iter().enumerate() {
        if let Some(gap_from) = second.gap_from {
            floor = second.from;
            since = index;
            if let Some((start, raised, last)) = open.take() {
                let end = last.unwrap_or(gap_from).max(start);
                episodes.push(Episode { start, end, raised, cleared: Some(gap_from.max(raised)) });
                open = Some((second.from, second.from, None));
            }
        }
        let Some(judgement) = second.judgement else { continue };
        if known_until.is_none_or(|until| second.from - until > 5000) {
            since = index;
        }
        known_until = Some(second.to);
        let known: Vec<(i64, Grade)> =
            seconds[since..=index].iter().filter_map(|second| Some((second.from, second.judgement?))).collect();
        let newest = |count: usize| &known[known.len().saturating_sub(count)..];
        match &mut open {
            None => {
                let five = newest(5);
                let breaches = five.iter().filter(|(_, judgement)| judgement.is_breach()).count();
                let severe = newest(3).iter().filter(|(_, judgement)| *judgement == Grade::Severe).count() >= 2;
                let before = episodes.last().map_or(0, |episode| episode.end);
                let began = if second.packets.is_some() {
                    let known = seconds[since..=index].iter().filter_map(|second| Some((second.from, second.packets?)));
                    // Loss that comes back within ten seconds never was over.
                    let bridged = |began: i64| {
                        episodes.last().map_or(began, |last| if began - last.end <= 10_000 { last.end } else { began })
                    };
                    proven(&known.collect::<Vec<_>>()).map(|(began, by)| {
                        proven_by = by;
                        bridged(began)
                    })
                } else if breaches >= 3 || severe {
                    // The first that no five good seconds separate, or ten seconds ago.
                    let good = |run: &[(i64, Grade)]| run.iter().all(|(_, judgement)| *judgement == Grade::Good);
                    let apart = known.windows(5).rposition(good).map_or(0, |last| last + 5);
                    let first = known[apart..].iter().find(|(_, judgement)| judgement.is_breach()).unwrap().0;
                    Some(first.max(second.from - 10_000))
                } else {
                    None
                };
                if let Some(began) = began {
                    let last = if judgement.is_breach() { second.to } else { second.from };
                    open = Some((began.max(before).max(floor).min(second.to), second.to, Some(last)));
                    active_from = index + 1;
                }
            }
            Some((start, raised, last)) => {
                if judgement.is_breach() {
                    *last = Some(second.to);
                } else {
                    // Nobody saw it breach since the data gap: then it ended there.
                    last.get_or_insert(second.from);
                }
                let good = known.iter().rev().take_while(|(_, judgement)| *judgement == Grade::Good).count();
                let active = seconds[active_from.max(since)..=index].iter().filter_map(|second| second.judgement);
                let (lasts, not_good) = active.fold((0, 0), |(lasts, not_good): (usize, usize), judgement| {
                    (lasts + 1, not_good + usize::from(judgement != Grade::Good))
                });
                // Loss is over the later, the farther apart its bad seconds are.
                let (before, lossy) = if active_from > since { proven_by } else { (0, 0) };
                let distances =
                    |lasts: usize, not_good: usize| (4 * lasts.saturating_sub(good)).div_ceil(not_good.max(1));
                let patience = distances(lasts, not_good).max(distances(lasts + before, not_good + lossy)).clamp(4, 10);
                if good >= if second.packets.is_some() { patience } else { 5 } {
                    let end = last.unwrap_or(second.from).max(*start);
                    episodes.push(Episode { start: *start, end, raised: *raised, cleared: Some(second.to) });
                    open = None;
                    since = index + 1;
                }
            }
        }
    }
    if let Some((start, raised, last)) = open {
        episodes.push(Episode { start, end: last.unwrap_or(ended).max(start), raised, cleared: None });
    }
    episodes
}

/// What the engine says of the same call.
fn by_engine(call: &[Row], facts: &[(usize, Json)], ended: i64) -> [Vec<Episode>; 4] {
    let configuration = json!({
        "highRttThreshold": THRESHOLDS[0], "highJitterThreshold": THRESHOLDS[1],
        "highPacketsLostThreshold": THRESHOLDS[2], "lowMosThreshold": THRESHOLDS[3],
    });
    let mut lines = vec![json!({"ms": 0, "type": "accept"}).to_string()];
    let mut at = 0;
    for (index, row) in call.iter().enumerate() {
        for (_, fact) in facts.iter().filter(|(before, _)| *before == index) {
            let mut fact = fact.clone();
            fact["ms"] = json!(at);
            lines.push(fact.to_string());
        }
        at += row.after;
        let sample = json!({
            "rtt": row.rtt, "jitter": row.jitter, "mos": row.mos,
            "packetsLost": row.lost, "packetsReceived": row.received,
        });
        lines.push(json!({"ms": at, "type": "sample", "sample": sample}).to_string());
    }
    lines.push(json!({"ms": ended, "type": "disconnect"}).to_string());
    let replayed = support::play(&configuration, lines.iter().map(String::as_str));
    NAMES.map(|name| {
        let conditions = replayed.calls[0].conditions.iter();
        let episodes = conditions.filter(|condition| condition.name.as_str() == name).flat_map(|one| &one.episodes);
        let episode = |one: &device_monitoring::EpisodeReport| Episode {
            start: one.start_ms.0 as i64,
            end: one.end_ms.0 as i64,
            raised: one.raised_ms.0 as i64,
            cleared: one.cleared_ms.map(|ms| ms.0 as i64),
        };
        episodes.map(episode).collect()
    })
}

proptest! {
    #[test]
    fn the_engine_says_of_every_call_what_the_plain_model_says(
        call in call(),
        // Whose call it is and who is there does not change what the network is like.
        facts in prop::collection::vec((0_usize..60, support::flex_state::fact()), 0..6)
    ) {
        // With the last second that said something: a call that goes on without data is another rule's.
        let last: i64 = call.iter().rposition(|row| !row.says_nothing()).map_or(0, |last| {
            call[..=last].iter().map(|row| row.after).sum()
        });
        let call = &call[..call.iter().rposition(|row| !row.says_nothing()).map_or(0, |last| last + 1)];
        let raised = by_engine(call, &facts, last + 500);
        for (metric, actual) in raised.iter().enumerate() {
            let expected = episodes(&seconds(call, metric), last + 500);
            prop_assert_eq!(actual, &expected, "{}", NAMES[metric]);
        }
    }
}
