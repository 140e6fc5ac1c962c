//! The steps of a scenario, made into lines of a recording.
//!
//! A step is either
//! `{"seconds": n, …}`, n samples a second apart in which the named values differ from a healthy second;
//! with `"stats"` also n readings of the peer connection's statistics ([`Stats`] has their fields);
//! `{"again": n, …}`, n more at the same moment; `{"unreadable": n}`, n samples a second apart in which nothing is a
//! possible number; `{"gap": n}`, n seconds without any event; `{"pause": n}`, n milliseconds; or an event as a line of
//! a recording holds it, without its time.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A healthy second: 50 packets each way, nothing lost, as in the recording `clean`.
fn healthy() -> Map<String, Value> {
    let sample = json!({
        "jitter": 3, "rtt": 40, "packetsLost": 0, "packetsReceived": 50, "packetsSent": 50, "packetsLostFraction": 0,
        "mos": 4.41, "bytesReceived": 8000, "bytesSent": 8000, "audioInputLevel": 9000, "audioOutputLevel": 6000
    });
    sample.as_object().cloned().unwrap_or_default()
}

/// What a second's reading of the statistics says where it is not healthy.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Stats {
    /// Round-trip time of the path, seconds.
    rtt: f64,
    /// Seconds between two answered checks that measure it; 0: none is answered; absent: they are not counted.
    answers_every: Option<u64>,
    /// Seconds between two reports about the agent's packets; 0: none come.
    reports_every: u64,
    /// Seconds between two reports about the customer's packets; 0: none come.
    others_every: u64,
    /// Whether the browser counts reports about the customer's packets; otherwise it says only when the newest was sent.
    counts_others: bool,
    /// What a report says is lost of the agent's packets, 0 to 1.
    fraction_lost: f64,
    /// Share of the second's sound that was made up.
    concealed: f64,
    /// Packets of sound that are missing together.
    burst: f64,
    /// Mean time in the jitter buffer, seconds.
    buffered: f64,
    /// Share of the second's sound that was made up for the loudspeaker.
    synthesized: f64,
    /// Share of the second's sound that the loudspeaker asked for.
    asked_for: f64,
    /// Share of the second's sound that left the jitter buffer.
    played: f64,
    /// The microphone at the moment of the reading.
    level: f64,
    /// How much softer the loudspeaker's sound comes back through the microphone, decibels.
    echo: f64,
    /// The far side has counted anew since the step before.
    restart: bool,
}

impl Default for Stats {
    fn default() -> Self {
        Self {
            rtt: 0.04,
            answers_every: None,
            reports_every: 5,
            others_every: 5,
            counts_others: true,
            fraction_lost: 0.0,
            concealed: 0.0,
            burst: 1.0,
            buffered: 0.06,
            synthesized: 0.0,
            asked_for: 1.0,
            played: 1.0,
            level: 0.1,
            echo: -30.0,
            restart: false,
        }
    }
}

/// The statistics' counters, which only grow.
#[derive(Default)]
struct Counters {
    /// When the reading before was.
    ms: i64,
    second: u64,
    answers: u64,
    reports: u64,
    others: u64,
    /// When the newest of the others was sent, by the far side's clock.
    sent_at: Option<i64>,
    samples: f64,
    concealed: f64,
    events: f64,
    buffered: f64,
    synthesized: f64,
    asked_for: f64,
    packets: f64,
    lost: f64,
    /// Of the agent's packets, as the newest report has it, and those sent since then.
    outbound_lost: f64,
    sent: f64,
}

impl Counters {
    fn line(&mut self, ms: i64, stats: &Stats, sample: &Map<String, Value>) -> String {
        self.second += 1;
        let due = |every: u64, second: u64| u64::from(second.is_multiple_of(every));
        self.answers += stats.answers_every.map_or(0, |every| due(every, self.second));
        let reports = due(stats.reports_every, self.second);
        self.reports += reports;
        self.sent += sample["packetsSent"].as_f64().unwrap();
        if reports > 0 {
            self.outbound_lost += (stats.fraction_lost * std::mem::take(&mut self.sent)).round();
        }
        if due(stats.others_every, self.second) > 0 {
            self.others += 1;
            self.sent_at = Some(1_800_000_000_000 + ms);
        }
        self.samples += 8000.0 * stats.played;
        self.concealed += 8000.0 * stats.concealed;
        // A packet is 20 ms of 8000 Hz.
        self.events += 8000.0 * stats.concealed / (160.0 * stats.burst);
        self.buffered += 8000.0 * stats.played * stats.buffered;
        let asked_for = stats.asked_for * (ms - self.ms) as f64 / 1000.0;
        self.ms = ms;
        self.synthesized += asked_for * stats.synthesized;
        self.asked_for += asked_for;
        self.packets += sample["packetsReceived"].as_f64().unwrap();
        self.lost += sample["packetsLost"].as_f64().unwrap();
        json!({"ms": ms, "type": "stats", "stats": {
            "candidatePair": {"currentRoundTripTime": stats.rtt,
                              "responsesReceived": stats.answers_every.map(|_| self.answers)},
            "remoteInbound": {"fractionLost": stats.fraction_lost, "packetsLost": self.outbound_lost,
                              "roundTripTimeMeasurements": self.reports},
            "remoteOutbound": {"reportsSent": stats.counts_others.then_some(self.others), "remoteTimestamp": self.sent_at},
            "inbound": {"concealedSamples": self.concealed, "silentConcealedSamples": 0,
                        "totalSamplesReceived": self.samples,
                        "packetsLost": self.lost, "packetsReceived": self.packets,
                        "concealmentEvents": self.events, "jitterBufferDelay": self.buffered,
                        "jitterBufferEmittedCount": self.samples},
            "mediaSource": {"audioLevel": stats.level, "echoReturnLoss": stats.echo, "echoReturnLossEnhancement": 0},
            "mediaPlayout": {"synthesizedSamplesDuration": self.synthesized, "totalSamplesDuration": self.asked_for}
        }})
        .to_string()
    }
}

/// The lines of a call.
pub(crate) fn lines(steps: &[Map<String, Value>]) -> Vec<String> {
    let mut ms = 0;
    let mut counters = Counters::default();
    let mut lines = Vec::new();
    for step in steps {
        let mut step = step.clone();
        let mut count = |name| step.remove(name).and_then(|count| count.as_i64());
        let (gap, unreadable, seconds, again) = (count("gap"), count("unreadable"), count("seconds"), count("again"));
        let pause = count("pause");
        if let Some(pause) = pause.or(gap.map(|seconds| seconds * 1000)) {
            ms += pause;
        } else if let Some(unreadable) = unreadable {
            for (_, sample) in (0..unreadable).zip(super::UNREADABLE.into_iter().cycle()) {
                ms += 1000;
                lines.push(format!(r#"{{"ms":{ms},"type":"sample","sample":{sample}}}"#));
            }
        } else if let Some(count) = seconds.or(again) {
            let stats: Option<Stats> = step.remove("stats").map(|stats| serde_json::from_value(stats).unwrap());
            let mut sample = healthy();
            assert!(step.keys().all(|key| sample.contains_key(key)), "a misspelt value in {step:?}");
            sample.append(&mut step);
            if stats.as_ref().is_some_and(|stats| stats.restart) {
                counters = Counters { ms, ..Counters::default() };
            }
            for _ in 0..count {
                ms += if again.is_none() { 1000 } else { 0 };
                lines.push(json!({"ms": ms, "type": "sample", "sample": sample}).to_string());
                // As the plugin reads them: asked for with the sample, there after it.
                lines.extend(stats.as_ref().map(|stats| counters.line(ms, stats, &sample)));
            }
        } else {
            step.insert("ms".to_owned(), json!(ms));
            lines.push(Value::Object(step).to_string());
        }
    }
    lines
}
