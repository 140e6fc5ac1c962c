//! Bytes as what happens on a page: the engine's own types by `arbitrary`, so that a changed byte is a changed event and
//! not a broken file. Numbers and times are mostly such as mean something to the engine.

use crate::call::CallParties;
use crate::config::Configuration;
use crate::engine::CallId;
use crate::engine::recovery::Step;
use crate::input::agent_endpoint::{Endpoint, RawEndpoint};
use crate::input::event::{CallContext, CallDirection, Event};
use crate::input::sample::{RawSample, Sample};
use crate::input::stats::{
    CandidatePair, Inbound, MediaPlayout, MediaSource, RawStatistics, RemoteInbound, RemoteOutbound, Statistics,
};
use crate::input::units::{Milliseconds, Timestamp, WallTime};
use crate::input::warning::{Statistic, WarningData};
use arbitrary::{Arbitrary, Result, Unstructured};
use serde_json::json;

/// Good, bad and impossible ones. One more choice is any number at all, in eight bytes.
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

/// A SID has this form, and only Twilio gives them.
const CALL_SID: &str = "CA00000000000000000000000000000001";
const NUMBER: &str = "+15555550123";

/// A page under a configuration.
#[derive(Arbitrary)]
pub(super) struct Page {
    settings: Settings,
    moments: Vec<Moment>,
}

#[derive(Arbitrary)]
struct Settings {
    enabled: bool,
    alert_agent: bool,
    ended_in_warning_is_trigger: bool,
    no_call_is_short: bool,
    any_share_is_too_much: bool,
    notices_per_shift: u8,
    thresholds: Thresholds,
}

#[derive(Arbitrary)]
enum Thresholds {
    Documented,
    Recommended,
    Any(#[arbitrary(with = numbers)] [f64; 4]),
}

/// One thing that happens, and how much later than the one before.
#[derive(Arbitrary)]
pub(super) struct Moment {
    #[arbitrary(with = |from: &mut Unstructured<'_>| from.choose(&LATER).copied())]
    later: i64,
    what: What,
}

/// Mostly what comes every second.
#[derive(Arbitrary)]
enum What {
    Sample(CallId, Sample),
    Statistics(CallId, Statistics),
    Step(Step),
}

impl Page {
    pub(super) fn configuration(&self) -> Configuration {
        let settings = &self.settings;
        let [rtt, loss, mos, jitter] = match settings.thresholds {
            Thresholds::Documented => [400.0, 70.0, 6.0, 30.0],
            Thresholds::Recommended => [400.0, 3.0, 3.5, 30.0],
            Thresholds::Any(numbers) => numbers.map(f64::abs),
        };
        Configuration::from_block(&json!({
            "enabled": settings.enabled, "alertAgent": settings.alert_agent,
            "endedInWarningIsTrigger": settings.ended_in_warning_is_trigger,
            "noticesPerShift": settings.notices_per_shift % 8,
            "shortCallThreshold": if settings.no_call_is_short { 0 } else { 10 },
            "warningDurPctThreshold": if settings.any_share_is_too_much { 0 } else { 15 },
            "highRttThreshold": rtt, "highPacketsLostThreshold": loss, "lowMosThreshold": mos,
            "highJitterThreshold": jitter
        }))
    }

    pub(super) fn steps(self) -> impl Iterator<Item = (Timestamp, Step)> {
        steps(self.moments)
    }
}

/// What happens, each with its time.
pub(super) fn steps(moments: Vec<Moment>) -> impl Iterator<Item = (Timestamp, Step)> {
    let mut now = Timestamp(0);
    moments.into_iter().map(move |Moment { later, what }| {
        now = Timestamp(now.0.saturating_add(later).max(0));
        let step = match what {
            What::Sample(call, sample) => Step::Handle(call, Event::Sample(sample)),
            What::Statistics(call, statistics) => Step::Handle(call, Event::Statistics(statistics)),
            What::Step(step) => step,
        };
        (now, step)
    })
}

fn number(from: &mut Unstructured<'_>) -> Result<f64> {
    let choice = usize::from(u8::arbitrary(from)?) % (NUMBERS.len() + 1);
    NUMBERS.get(choice).map_or_else(|| from.arbitrary(), |number| Ok(*number))
}

fn numbers<const COUNT: usize>(from: &mut Unstructured<'_>) -> Result<[f64; COUNT]> {
    let mut numbers = [0.0; COUNT];
    for value in &mut numbers {
        *value = number(from)?;
    }
    Ok(numbers)
}

/// A SID of this kind, or none.
pub(super) fn sid(from: &mut Unstructured<'_>, kind: &str) -> Result<Option<String>> {
    let digit = u8::arbitrary(from)?;
    Ok((digit > 0).then(|| format!("{kind}{digit:032x}")))
}

fn or_none(from: &mut Unstructured<'_>, text: &str) -> Result<Option<String>> {
    Ok(bool::arbitrary(from)?.then(|| text.to_owned()))
}

impl<'a> Arbitrary<'a> for CallId {
    /// One of the first four, or one that never was.
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(u32::from(u8::arbitrary(from)? % 5) + 1))
    }
}

impl<'a> Arbitrary<'a> for WallTime {
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        number(from).map(Self)
    }
}

impl<'a> Arbitrary<'a> for CallParties {
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        let (direction, call_sid) = (CallDirection::arbitrary(from)?, or_none(from, CALL_SID)?);
        Ok(Self { direction, call_sid, from: Some(NUMBER.to_owned()), to: None })
    }
}

impl<'a> Arbitrary<'a> for CallContext {
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            direction: Option::arbitrary(from)?,
            task_sid: sid(from, "WT")?,
            reservation_sid: sid(from, "WR")?,
            conference_sid: sid(from, "CF")?,
            caller_id: or_none(from, NUMBER)?,
            dnis: or_none(from, NUMBER)?,
            edge: or_none(from, "ashburn")?,
            voice_sdk_version: or_none(from, "2.18.5")?,
            microphone: or_none(from, "a headset")?,
            speaker: or_none(from, "a headset")?,
        })
    }
}

impl<'a> Arbitrary<'a> for Endpoint {
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            headset: Option::arbitrary(from)?,
            address: Option::arbitrary(from)?,
            ..Self::from(RawEndpoint {
                codec: or_none(from, "audio/opus")?,
                cpu_performance: number(from)?,
                hardware_concurrency: number(from)?,
                device_memory: number(from)?,
                web_rtc_redirected: Option::arbitrary(from)?,
                ..RawEndpoint::default()
            })
        })
    }
}

impl<'a> Arbitrary<'a> for WarningData {
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        let name = from.choose(&["max", "min", "maxAverage", ""])?;
        let count = u8::arbitrary(from)? % 12;
        Ok(Self { statistic: Statistic::parse(name), values: (0..count).map(|_| number(from)).collect::<Result<_>>()? })
    }
}

impl<'a> Arbitrary<'a> for Sample {
    /// A healthy second but for what its first byte says, or one of any numbers.
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        let changed = u8::arbitrary(from)?;
        let mut number = |bit: u8, healthy: f64| if changed & bit == 0 { Ok(healthy) } else { number(from) };
        Ok(Self::from(RawSample {
            rtt: number(1, 40.0)?,
            jitter: number(2, 3.0)?,
            packets_lost: number(4, 0.0)?,
            packets_received: number(8, 50.0)?,
            packets_sent: number(64, 50.0)?,
            mos: number(16, 4.4)?,
            bytes_received: number(32, 8000.0)?,
            bytes_sent: number(64, 8000.0)?,
            audio_input_level: number(128, 9000.0)?,
            audio_output_level: number(128, 6000.0)?,
        }))
    }
}

impl<'a> Arbitrary<'a> for Statistics {
    /// A reading in which only that is known which its first byte says.
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        let known = u8::arbitrary(from)?;
        let mut number = |bit: u8| if known & bit == 0 { Ok(f64::NAN) } else { number(from) };
        Ok(Self::from(RawStatistics {
            candidate_pair: CandidatePair {
                current_round_trip_time: number(1)? / 1000.0,
                responses_received: number(32)?,
            },
            remote_inbound: RemoteInbound {
                fraction_lost: number(2)? / 100.0,
                packets_lost: number(64)?,
                round_trip_time_measurements: number(4)?,
            },
            remote_outbound: RemoteOutbound { reports_sent: number(4)?, remote_timestamp: number(128)? },
            inbound: Inbound {
                concealed_samples: number(8)?,
                silent_concealed_samples: number(128)?,
                jitter_buffer_delay: number(128)?,
                jitter_buffer_emitted_count: number(128)?,
                total_samples_received: number(8)?,
                packets_lost: number(8)?,
                packets_received: number(8)?,
                concealment_events: number(64)?,
            },
            media_source: MediaSource {
                audio_level: number(16)? / 32_767.0,
                echo_return_loss: number(16)?,
                echo_return_loss_enhancement: number(16)?,
            },
            media_playout: MediaPlayout {
                synthesized_samples_duration: number(128)?,
                total_samples_duration: number(128)?,
            },
        }))
    }
}

/// How late a timer ran.
pub(crate) fn milliseconds(from: &mut Unstructured<'_>) -> Result<Milliseconds> {
    number(from).map(Milliseconds)
}

/// A level.
pub(crate) fn share(from: &mut Unstructured<'_>) -> Result<f64> {
    number(from).map(|number| number / 100.0)
}

/// An error's code, mostly one that means something to the engine.
pub(crate) fn code(from: &mut Unstructured<'_>) -> Result<Option<u32>> {
    from.choose(&[None, Some(53405), Some(53001), Some(31005), Some(u32::MAX)]).copied()
}

/// The CallSid of a call that had none.
pub(crate) fn call_sid(_: &mut Unstructured<'_>) -> Result<String> {
    Ok("CA00000000000000000000000000000009".to_owned())
}
