//! Bytes read as what happens on a page, so that a changed byte is a changed event and not a broken file.

use crate::call::Incoming;
use crate::conference::{Conference, Participant};
use crate::config::Configuration;
use crate::engine::CallId;
use crate::event::{CallContext, CallDirection, Event};
use crate::recovery::Step;
use crate::sample::{RawSample, Sample};
use crate::statistics::{RawStatistics, Statistics};
use crate::units::{Timestamp, WallTime};
use crate::warning::{Statistic, WarningData, WarningName};
use serde_json::json;

/// Numbers that mean something to the engine, good, bad and impossible. One more choice is any number at all, in eight bytes.
const NUMBERS: [f64; 31] = [
    0.0,
    1.0,
    2.0,
    3.0,
    4.4,
    25.0,
    29.0,
    31.0,
    40.0,
    50.0,
    70.0,
    90.0,
    100.0,
    399.0,
    401.0,
    700.0,
    8000.0,
    32_767.0,
    60_000.0,
    60_001.0,
    -1.0,
    -3.0,
    -50.0,
    1.5,
    2.9,
    3.4,
    4.5,
    1e300,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

/// How much later something happens, in milliseconds: mostly a second; now and then the clock stands, a tab sleeps, or
/// an event is late.
const LATER: [i64; 12] = [1000, 1000, 1000, 1000, 970, 1027, 0, 1, 500, 3001, 3_600_000, -2500];

pub(super) struct Decoder<'a> {
    bytes: std::iter::Copied<std::slice::Iter<'a, u8>>,
    now: Timestamp,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter().copied(), now: Timestamp(0) }
    }

    pub(super) fn configuration(&mut self) -> Configuration {
        let flags = self.bytes.next().unwrap_or(0);
        let flag = |bit: u8| flags & bit != 0;
        let thresholds = if flag(1) { [400.0, 3.0, 3.5, 30.0] } else { [400.0, 70.0, 6.0, 30.0] };
        let [rtt, loss, mos, jitter] = if flag(2) { thresholds.map(|_| self.number().abs()) } else { thresholds };
        Configuration::of(&json!({
            "alertAgent": !flag(4), "endedInWarningIsTrigger": flag(8), "enabled": flags < 0xf0, "noticesPerShift": flags % 8,
            "shortCallThreshold": if flag(16) { 0 } else { 10 }, "warningDurPctThreshold": if flag(32) { 0 } else { 15 },
            "highRttThreshold": rtt, "highPacketsLostThreshold": loss, "lowMosThreshold": mos, "highJitterThreshold": jitter
        }))
    }

    /// The next step and its time; `None` when the bytes are used up.
    pub(super) fn step(&mut self) -> Option<(Timestamp, Step)> {
        let kind = self.bytes.next()?;
        let later = self.one_of(&LATER).copied().unwrap_or(1000);
        self.now = Timestamp(self.now.0.saturating_add(later).max(0));
        let step = match kind {
            0..8 => Step::Open(self.parties()),
            8 => Step::Forget(self.call()),
            9 => Step::Activity { offline: self.flag() },
            _ => Step::Handle(self.call(), self.event(kind)),
        };
        Some((self.now, step))
    }

    fn event(&mut self, kind: u8) -> Event {
        match kind {
            10..20 => Event::Accepted { at: WallTime(self.number()), midway: self.flag() },
            20..26 => Event::Muted(self.flag()),
            26 => Event::Held(self.flag()),
            27 => Event::AudioContext { suspended: self.flag() },
            28..30 => Event::Conference(self.conference()),
            30 => Event::Snoozed(self.flag()),
            31 => Event::Reported,
            32..38 => Event::Reconnecting { code: self.code() },
            38..44 => Event::Reconnected,
            44..48 => Event::TransportClosed,
            48..52 => Event::Error { code: self.code() },
            52..54 => Event::Disconnected,
            54 => Event::Cancelled,
            55 => Event::Rejected,
            56..60 => Event::Identified("CA00000000000000000000000000000009".to_owned()),
            60 => Event::Monitoring { speaking: self.flag() },
            61 => Event::Described(CallContext { direction: Some(self.direction()), ..CallContext::default() }),
            62..64 => {
                Event::Described(CallContext { caller_id: Some("+15555550123".to_owned()), ..CallContext::default() })
            }
            64..80 => self.warning().map_or(Event::Reconnected, |name| Event::Warning(name, self.warning_data())),
            80..96 => self.warning().map_or(Event::Reconnected, Event::WarningCleared),
            96..150 => Event::Statistics(self.statistics()),
            _ => Event::Sample(self.sample()),
        }
    }

    fn conference(&mut self) -> Conference {
        let on_hold = self.flag();
        let types = ["customer", "worker", "supervisor"];
        let others = types.into_iter().filter_map(|kind| {
            let status = if self.flag() { "joined" } else { "left" };
            self.flag().then(|| Participant::new(kind, status, self.flag()))
        });
        Conference { on_hold, others: others.collect() }
    }

    fn parties(&mut self) -> Incoming {
        let direction = self.direction();
        let call_sid = self.flag().then(|| "CA00000000000000000000000000000001".to_owned());
        Incoming { direction, call_sid, from: Some("+15555550123".to_owned()), to: None }
    }

    /// One of the first four, or one that never was.
    fn call(&mut self) -> CallId {
        CallId(u32::from(self.bytes.next().unwrap_or(0) % 5) + 1)
    }

    /// A healthy second but for what its first byte says, or one of any numbers.
    fn sample(&mut self) -> Sample {
        let changed = self.bytes.next().unwrap_or(0);
        let mut number = |bit: u8, healthy: f64| if changed & bit == 0 { healthy } else { self.number() };
        Sample::from(RawSample {
            rtt: number(1, 40.0),
            jitter: number(2, 3.0),
            packets_lost: number(4, 0.0),
            packets_received: number(8, 50.0),
            mos: number(16, 4.4),
            bytes_received: number(32, 8000.0),
            bytes_sent: number(64, 8000.0),
            audio_input_level: number(128, 9000.0),
            audio_output_level: number(128, 6000.0),
        })
    }

    /// A reading that says nothing but for what its first byte says.
    fn statistics(&mut self) -> Statistics {
        let told = self.bytes.next().unwrap_or(0);
        let mut number = |bit: u8| if told & bit == 0 { f64::NAN } else { self.number() };
        let played = [number(8), number(8), number(8), number(8)];
        let [concealed_samples, total_samples_received, packets_lost, packets_received] = played;
        Statistics::from(RawStatistics {
            current_round_trip_time: number(1) / 1000.0,
            fraction_lost: number(2) / 100.0,
            round_trip_time_measurements: number(4),
            reports_sent: number(4),
            concealed_samples,
            total_samples_received,
            packets_lost,
            packets_received,
            audio_level: number(16) / 32_767.0,
            responses_received: number(32),
        })
    }

    fn warning(&mut self) -> Option<WarningName> {
        self.one_of(WarningName::ALL).copied()
    }

    fn warning_data(&mut self) -> WarningData {
        let statistic = self.one_of(&["max", "min", "maxAverage", ""]).and_then(|name| Statistic::parse(name));
        let count = self.bytes.next().unwrap_or(0) % 12;
        WarningData { statistic, values: (0..count).map(|_| self.number()).collect() }
    }

    fn code(&mut self) -> Option<u32> {
        self.one_of(&[None, Some(53405), Some(53001), Some(31005), Some(u32::MAX)]).copied().flatten()
    }

    pub(super) fn direction(&mut self) -> CallDirection {
        if self.flag() { CallDirection::Outgoing } else { CallDirection::Incoming }
    }

    /// A SID of this kind, or none. Only Twilio gives them, in this form.
    pub(super) fn sid(&mut self, kind: &str) -> Option<String> {
        match self.bytes.next().unwrap_or(0) {
            0 => None,
            digit => Some(format!("{kind}{digit:032x}")),
        }
    }

    pub(super) fn flag(&mut self) -> bool {
        self.bytes.next().unwrap_or(0) & 1 == 1
    }

    pub(super) fn number(&mut self) -> f64 {
        let choice = usize::from(self.bytes.next().unwrap_or(0)) % (NUMBERS.len() + 1);
        if let Some(number) = NUMBERS.get(choice) {
            return *number;
        }
        let mut bits = [0; 8];
        for bit in &mut bits {
            *bit = self.bytes.next().unwrap_or(0);
        }
        f64::from_le_bytes(bits)
    }

    fn one_of<'b, T>(&mut self, choices: &'b [T]) -> Option<&'b T> {
        let choice = usize::from(self.bytes.next().unwrap_or(0));
        choices.get(choice.checked_rem(choices.len())?)
    }
}
