//! Hours of random loss near the threshold: how often it is taken for trouble by chance. Recordings are too short for that.

use crate::configured_thresholds;
use device_monitoring::Configuration;
use device_monitoring::replay::Player;
use oorandom::Rand64;
use serde_json::json;

/// Seed of the random numbers, so that the calls are the same each time.
const SEED: u128 = 20;
/// So many hours are simulated for the goal.
pub const HOURS: u32 = 10;
const SECONDS_IN_A_CALL: u32 = 600;
const CALLS_IN_AN_HOUR: u32 = 6;
/// Packets of audio in a second.
const PACKETS_PER_SECOND: u32 = 50;
/// Receiver reports are this far apart, by chance (RFC 3550, 6.3.1), seconds.
const REPORT_INTERVAL: (f64, f64) = (2.5, 7.5);

/// Notices in an hour of calls in which 1 % of the packets is lost at random, each way; of ten such hours.
#[must_use]
pub fn notices_an_hour() -> f64 {
    notices(0.01, HOURS) as f64 / f64::from(HOURS)
}

/// How many notices an agent reads in so many hours of calls in which this share of packets is lost at random, each way.
#[must_use]
pub fn notices(share: f64, hours: u32) -> usize {
    let mut random = Rand64::new(SEED);
    (0..hours * CALLS_IN_AN_HOUR).map(|_| notices_in_a_call(share, &mut random)).sum()
}

fn notices_in_a_call(share: f64, random: &mut Rand64) -> usize {
    let mut player = Player::new(Configuration::from_block(&configured_thresholds::configuration()));
    player.play(r#"{"ms":0,"type":"accept"}"#);
    let mut counts = Counts::default();
    for second in 1..=SECONDS_IN_A_CALL {
        let (sample, stats) = counts.second(second, share, random);
        player.play(json!({"ms": second * 1000, "type": "sample", "sample": sample}).to_string());
        player.play(json!({"ms": second * 1000 + 5, "type": "stats", "stats": stats}).to_string());
    }
    player.play(json!({"ms": SECONDS_IN_A_CALL * 1000 + 500, "type": "disconnect"}).to_string());
    player.replayed().calls.iter().map(|call| call.notices.len()).sum()
}

/// What the two ends have counted.
#[derive(Default)]
struct Counts {
    received: u32,
    lost: u32,
    outbound_lost: u32,
    reported_lost: u32,
    reports: u32,
    next_report: f64,
}

impl Counts {
    fn second(&mut self, second: u32, share: f64, random: &mut Rand64) -> (serde_json::Value, serde_json::Value) {
        let lost_of = |packets: u32, random: &mut Rand64| {
            u32::try_from((0..packets).filter(|_| random.rand_float() < share).count()).unwrap_or(packets)
        };
        let lost = lost_of(PACKETS_PER_SECOND, random);
        self.outbound_lost += lost_of(PACKETS_PER_SECOND, random);
        self.lost += lost;
        self.received += PACKETS_PER_SECOND - lost;
        if f64::from(second) >= self.next_report {
            self.next_report =
                f64::from(second) + REPORT_INTERVAL.0 + (REPORT_INTERVAL.1 - REPORT_INTERVAL.0) * random.rand_float();
            // A report may get lost like any packet.
            if random.rand_float() >= share {
                self.reports += 1;
                self.reported_lost = self.outbound_lost;
            }
        }
        let sample = json!({
            "rtt": 40, "jitter": 3, "mos": null, "packetsLost": lost, "packetsReceived": PACKETS_PER_SECOND - lost,
            "packetsSent": PACKETS_PER_SECOND, "bytesReceived": 8000, "bytesSent": 8000,
            "audioInputLevel": 9000, "audioOutputLevel": 6000
        });
        let stats = json!({
            "candidatePair": {"currentRoundTripTime": 0.04},
            "remoteInbound": {"packetsLost": self.reported_lost, "roundTripTimeMeasurements": self.reports},
            "remoteOutbound": {"reportsSent": second / 5},
            "inbound": {"packetsLost": self.lost, "packetsReceived": self.received},
            "mediaSource": {"audioLevel": 0.1}
        });
        (sample, stats)
    }
}
