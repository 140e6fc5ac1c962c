//! A call that exports tell of, put together from its rows: when it was, and what happened in it.

use super::per_second_estimate;
use super::row::{Did, Row, What};
use crate::judged_call::Origin;
use device_monitoring::{CallDirection, Event, RawSample, RawStatistics, Statistic, WarningData, WarningName};
use std::collections::HashSet;

/// An error about the media is told in the same moment as that the SDK reconnects, if it reconnects because of it.
const SAME_MOMENT_MS: i64 = 1000;
/// Media connection failed (Voice SDK, `MediaErrors.ConnectionError`), and signalling connection lost.
const MEDIA_FAILED: u32 = 53405;
const SIGNALING_DISCONNECTED: u32 = 53001;

/// A call as exports tell of it.
#[derive(Clone, Debug)]
pub struct ExportedCall {
    /// Its CallSid.
    pub call_sid: String,
    /// Which way it was made.
    pub direction: CallDirection,
    /// When, in milliseconds since 1970.
    pub accepted: i64,
    /// When, in milliseconds since 1970.
    pub ended: i64,
    /// What happened between the two, in its order, each with milliseconds since 1970.
    pub events: Vec<(i64, ExportedEvent)>,
    /// What all of this was drawn from.
    pub origin: Origin,
}

/// What happened in a call.
#[derive(Clone, Debug)]
pub enum ExportedEvent {
    /// The Voice SDK's sample of a second, or what stands for one.
    Sample(RawSample),
    /// What the far side reported.
    Statistics(RawStatistics),
    /// Anything that does not come every second.
    Other(Event),
}

/// What rows with the same CallSid are of.
pub(super) enum Found {
    Call(Box<ExportedCall>),
    /// Nothing is known of its quality, nor when it was.
    WithoutData,
    NeverAccepted,
    /// It is no agent's: a customer's, or a trunk's.
    OtherLeg,
}

/// Puts a call together from all of its rows.
pub(super) fn put_together(call_sid: String, mut rows: Vec<Row>) -> Found {
    rows.sort_by_key(|row| row.at);
    forget_repeated(&mut rows);
    let times = Times::from_rows(&rows);
    if !times.is_agents() {
        let is_known = times.client == Some(false);
        return if times.was_never_accepted() && !is_known { Found::NeverAccepted } else { Found::OtherLeg };
    }
    let Some((accepted, ended)) = times.accepted_and_ended() else {
        return if times.was_never_accepted() { Found::NeverAccepted } else { Found::WithoutData };
    };
    let mut events = events(&rows, &times);
    // Of the same moment, the second comes first and then what was done, as in a recording.
    events.sort_by_key(|(at, _)| *at);
    events.retain(|(at, _)| (accepted..=ended).contains(at));
    let outgoing = rows.iter().any(|row| matches!(row.what, What::Did(Did::Outgoing)));
    let direction = if outgoing { CallDirection::Outgoing } else { CallDirection::Incoming };
    let origin = times.origin(measured(&rows, accepted, ended));
    Found::Call(Box::new(ExportedCall { call_sid, direction, accepted, ended, events, origin }))
}

/// The same page fetched twice, an event delivered again: a row says what it says once.
fn forget_repeated(rows: &mut Vec<Row>) {
    let (mut moment, mut seen) = (None, HashSet::new());
    rows.retain(|row| {
        if moment.replace(row.at) != Some(row.at) {
            seen.clear();
        }
        seen.insert(row.what.kind())
    });
}

/// What a call's rows tell of its time.
#[derive(Default)]
struct Times {
    accepted: Option<i64>,
    ended: Option<i64>,
    connected: Option<(Option<i64>, i64)>,
    refused: bool,
    /// The first and the last row with a metric.
    seconds: Option<(i64, i64)>,
    intervals: Option<(i64, i64)>,
    gateway: bool,
    has_sdk_rows: bool,
    /// The SDK told of something, and of trouble.
    has_events: bool,
    has_troubles: bool,
    /// Whether it is a client's call, if a summary says so.
    client: Option<bool>,
}

impl Times {
    fn from_rows(rows: &[Row]) -> Self {
        let mut times = Self::default();
        let extend = |span: &mut Option<(i64, i64)>, at| *span = Some((span.map_or(at, |(first, _)| first), at));
        for Row { at, what, .. } in rows {
            match what {
                What::Second(_) => extend(&mut times.seconds, *at),
                What::Interval(_) => {
                    times.has_sdk_rows = true;
                    extend(&mut times.intervals, *at);
                }
                What::Gateway(_) => {
                    times.gateway = true;
                    extend(&mut times.intervals, *at);
                }
                What::Did(did) => times.happened(*at, did),
                What::Connected { from, to, client } => {
                    times.connected = Some((*from, *to));
                    times.client = times.client.or(*client);
                }
            }
        }
        times
    }

    fn happened(&mut self, at: i64, did: &Did) {
        self.has_events = true;
        match did {
            Did::Accepted => drop(self.accepted.get_or_insert(at)),
            // Events after an end change nothing (rule D5), and an end before the beginning is ignored.
            Did::Disconnected if self.ended.is_none_or(|ended| Some(ended) < self.accepted) => self.ended = Some(at),
            Did::Cancelled | Did::Rejected => self.refused = true,
            Did::Warned { .. } | Did::Cleared { .. } | Did::Reconnecting | Did::Reconnected | Did::Failed(_) => {
                self.has_troubles = true;
            }
            _ => {}
        }
    }

    /// Customers' legs and trunks have summaries as well, and no browser. Twilio's gateway has a client's edge for
    /// clients only: where there is no summary, that tells as much.
    fn is_agents(&self) -> bool {
        let is_measured = self.has_events || self.seconds.is_some() || self.has_sdk_rows;
        is_measured || self.client.unwrap_or(self.gateway)
    }

    /// What a row of data stands for, in seconds.
    fn resolution_s(&self) -> u32 {
        if self.seconds.is_none() && self.intervals.is_some() { 10 } else { 1 }
    }

    fn was_never_accepted(&self) -> bool {
        let has_data = self.seconds.is_some() || self.intervals.is_some();
        self.refused && !has_data || matches!(self.connected, Some((None, _)))
    }

    /// `None`: it cannot be known, or there was no call.
    fn accepted_and_ended(&self) -> Option<(i64, i64)> {
        if self.was_never_accepted() {
            return None;
        }
        let data = self.seconds.or(self.intervals);
        let first = data.map(|(first, _)| first - i64::from(self.resolution_s()) * 1000);
        let accepted = self.accepted.or(self.connected.and_then(|(from, _)| from)).or(first)?;
        let ended = self.ended.or(self.connected.map(|(_, to)| to)).or(data.map(|(_, last)| last))?;
        Some((accepted, ended.max(accepted)))
    }

    fn origin(&self, measured_ms: i64) -> Origin {
        let mut lacks = Vec::new();
        if self.accepted.is_none() && self.connected.is_none() {
            lacks.push("when it was accepted: its first row stands for that");
        }
        if self.ended.is_none() && self.connected.is_none() {
            lacks.push("when it ended: its last row stands for that");
        }
        if self.seconds.is_none() && !self.has_sdk_rows {
            lacks.push("what the agent's browser measured");
        }
        if !self.gateway {
            lacks.push("what became of the agent's audio on its way out");
        }
        if self.resolution_s() > 1 {
            lacks.push("gaps in the customer's audio, and trouble of a few seconds");
        }
        lacks.push("whether the customer was on hold");
        let source = if self.seconds.is_some() { "voice-sdk" } else { "voice-insights" };
        let is_measured = measured_ms > 0 || self.has_troubles;
        Origin { source, resolution_s: self.resolution_s(), lacks, measured_ms, is_measured }
    }
}

/// For how much of a call there are rows that say how it was, milliseconds. The rows are in order.
fn measured(rows: &[Row], accepted: i64, ended: i64) -> i64 {
    let mut until = accepted;
    let mut sum = 0;
    for Row { at, what, .. } in rows {
        let length = match what {
            What::Second(_) => 1000,
            What::Interval(_) | What::Gateway(_) => per_second_estimate::INTERVAL_MS,
            What::Did(_) | What::Connected { .. } => continue,
        };
        let (from, to) = ((at - length).max(until), (*at).min(ended));
        if to > from {
            sum += to - from;
            until = to;
        }
    }
    sum
}

/// Everything that happens in the call, with its time.
fn events(rows: &[Row], times: &Times) -> Vec<(i64, ExportedEvent)> {
    let mut events = Vec::new();
    // Where there are seconds, intervals say nothing more; of the way out, only the gateway tells.
    let began = times.accepted.or(times.connected.and_then(|(from, _)| from));
    per_second_estimate::events(rows, times.seconds.is_none(), began, &mut events);
    let is_failed = |row: &&Row| matches!(row.what, What::Did(Did::Failed(Some(MEDIA_FAILED))));
    let media_failed: Vec<i64> = rows.iter().filter(is_failed).map(|row| row.at).collect();
    for Row { at, what, .. } in rows {
        match what {
            What::Second(second) => events.push((*at, ExportedEvent::Sample(*second))),
            What::Did(did) => {
                // In order, as the rows are.
                let next = media_failed.partition_point(|failed| *failed < at - SAME_MOMENT_MS);
                let for_media = media_failed.get(next).is_some_and(|failed| *failed <= at + SAME_MOMENT_MS);
                events.extend(event(did, for_media).map(|event| (*at, ExportedEvent::Other(event))));
            }
            What::Interval(_) | What::Gateway(_) | What::Connected { .. } => {}
        }
    }
    events
}

fn event(did: &Did, for_media: bool) -> Option<Event> {
    Some(match did {
        Did::Warned { name, values } => {
            let warning = WarningName::parse(name)?;
            Event::Warning(warning, WarningData { statistic: statistic(warning), values: values.clone() })
        }
        Did::Cleared { name } => Event::WarningCleared(WarningName::parse(name)?),
        Did::Muted(muted) => Event::Muted(*muted),
        Did::Reconnecting => {
            Event::Reconnecting { code: Some(if for_media { MEDIA_FAILED } else { SIGNALING_DISCONNECTED }) }
        }
        Did::Reconnected => Event::Reconnected,
        Did::Failed(code) => Event::Error { code: *code },
        Did::Incoming | Did::Outgoing | Did::Accepted | Did::Disconnected | Did::Cancelled | Did::Rejected => {
            return None;
        }
    })
}

/// Which figure a warning is about: the events do not say, the SDK's thresholds do (`statsMonitor.ts`).
fn statistic(warning: WarningName) -> Option<Statistic> {
    match warning {
        WarningName::HighRtt | WarningName::HighJitter | WarningName::HighPacketLoss => Some(Statistic::Maximum),
        WarningName::LowMos => Some(Statistic::Minimum),
        WarningName::HighPacketsLostFraction => Some(Statistic::Mean),
        _ => None,
    }
}
