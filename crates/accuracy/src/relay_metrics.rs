//! What a stretch was like, from the relay's seconds in it, in the units of the thresholds.

use crate::truth::{Network, Passed, Second};

/// The browser's jitter over the relay's, where the order of packets was kept: 0.83 (jitter50) to 1.00 (jitter80_opus).
/// Both smooth by RFC 3550; the browser reports what is left at the moment that it is asked.
const SEEN_OF_JITTER: (f64, f64) = (0.85, 1.0);
/// Where packets overtake each other the browser leaves the late ones out of its jitter, the relay does not: 0.54 in
/// jitter50_reorder.
const SEEN_OF_REORDERED_JITTER: (f64, f64) = (0.54, 0.54);
/// In silence Opus DTX sends 2.5 packets a second and comfort noise 10; speech, and all sound without them, 50.
const SPEECH_PACKETS: f64 = 25.0;
/// A shorter stretch has not enough whole seconds of its own.
const MIN_STRETCH: f64 = 3.0;

/// What a browser reports as jitter, ms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jitter {
    /// At least, on average.
    pub least: f64,
    /// At most.
    pub most: f64,
}

/// One direction of a stretch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// Audio packets that should have passed.
    pub expected: f64,
    /// Audio packets that should have passed each second.
    pub rate: f64,
    /// Seconds in which so many came that somebody must have spoken.
    pub spoken: f64,
    /// Share of them that did not pass, 0 to 1.
    pub lost: f64,
    /// How long they took more than without a relay, ms.
    pub delay: Option<f64>,
    /// Their jitter.
    pub jitter: Option<Jitter>,
}

impl Measured {
    /// What was measured from Twilio to the agent, and from the agent to Twilio.
    #[must_use]
    pub fn from_network(network: &Network, seconds: &[Second]) -> (Self, Self) {
        let direction = |passed: fn(&Second) -> Passed, spoiled: bool, reorders: bool| {
            let inside = seconds.iter().filter(|second| {
                second.span.from >= network.span.from - 0.05 && second.span.to <= network.span.to + 0.05
            });
            let inside: Vec<Passed> = inside.map(passed).collect();
            let seen = if reorders { SEEN_OF_REORDERED_JITTER } else { SEEN_OF_JITTER };
            let (expected, dropped, length): (f64, f64, f64) = if network.span.length() >= MIN_STRETCH || !spoiled {
                let sum = |count: fn(&Passed) -> f64| inside.iter().map(count).sum();
                (sum(|second| second.came), sum(|second| second.dropped), inside.len() as f64)
            } else {
                let (expected, dropped) = touched(network, seconds, passed);
                (expected, dropped, network.span.length())
            };
            Self {
                expected,
                spoken: spoken(network, seconds, passed),
                rate: if length > 0.0 { expected / length } else { 0.0 },
                lost: if expected > 0.0 { f64::min(dropped / expected, 1.0) } else { 0.0 },
                delay: mean(inside.iter().filter_map(|second| second.delay)),
                jitter: mean(inside.iter().filter_map(|second| second.jitter))
                    .map(|jitter| Jitter { least: jitter * seen.0, most: jitter * seen.1 }),
            }
        };
        (
            direction(|second| second.down, network.down.spoiled, network.down.reorders),
            direction(|second| second.up, network.up.spoiled, network.up.reorders),
        )
    }
}

/// Packets expected and dropped in a stretch that shares its seconds with healthy ones: what was dropped is its own.
fn touched(network: &Network, seconds: &[Second], passed: fn(&Second) -> Passed) -> (f64, f64) {
    seconds.iter().fold((0.0, 0.0), |(expected, dropped), second| {
        let overlap = second.span.overlap(network.span);
        if overlap <= 0.0 {
            return (expected, dropped);
        }
        let share = overlap / second.span.length().max(0.1);
        (expected + passed(second).came * share, dropped + passed(second).dropped)
    })
}

fn spoken(network: &Network, seconds: &[Second], passed: fn(&Second) -> Passed) -> f64 {
    let with_speech = seconds.iter().filter(|second| passed(second).came >= SPEECH_PACKETS * second.span.length());
    with_speech.map(|second| second.span.overlap(network.span)).sum()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    (count > 0.0).then(|| sum / count)
}
