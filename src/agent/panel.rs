//! What the agent's panel shows of a call: a chart for each series, with its degradations, and the timeline.

use crate::call::Call;
use crate::call::panel_series::Series;
use crate::cause::Cause;
use crate::condition::ConditionName;
use crate::condition::diagnosis::Diagnosis;
use crate::config::Config;
use crate::input::units::{Milliseconds, Timestamp};
use serde::Serialize;

/// Nobody reads more than these; the newest stay.
const MAX_TIMELINE_EVENTS: usize = 12;

/// A part of a call.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct TimeRange {
    /// Its beginning, in milliseconds since the call was accepted.
    pub from: i64,
    /// Its end, likewise; null while it lasts.
    pub until: Option<i64>,
}

impl TimeRange {
    /// Whether there is no moment between the two.
    fn touches(self, other: Self) -> bool {
        let ends_before = |one: Self, other: Self| one.until.is_some_and(|until| until < other.from);
        !ends_before(self, other) && !ends_before(other, self)
    }

    fn joined(self, other: Self) -> Self {
        let until = self.until.zip(other.until).map(|(one, other)| one.max(other));
        Self { from: self.from.min(other.from), until }
    }
}

/// Something that happened in a call.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct TimelineEvent {
    /// Its beginning, in milliseconds since the call was accepted.
    pub from: i64,
    /// Its end, likewise; null while it lasts.
    pub until: Option<i64>,
    /// Key of the text that says what it was.
    pub what: &'static str,
}

impl TimelineEvent {
    fn new(TimeRange { from, until }: TimeRange, what: &'static str) -> Self {
        Self { from, until, what }
    }

    fn range(self) -> TimeRange {
        TimeRange { from: self.from, until: self.until }
    }
}

/// One series with its degradations.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Chart {
    /// The series: name, unit and range as in an alert's metrics.
    pub name: &'static str,
    /// The threshold in force; null for the levels, which have none.
    pub threshold: Option<f64>,
    /// The series' values from the call's beginning on; null where nothing was known.
    pub points: Vec<Option<f64>>,
    /// When it was degraded.
    pub degradations: Vec<TimeRange>,
}

/// What the agent's panel shows of a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Panel {
    /// Duration of the call so far, in milliseconds.
    pub elapsed: i64,
    /// Time between two points of the charts, in milliseconds.
    pub step: i64,
    /// One for each series.
    pub charts: Vec<Chart>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEvent>,
}

/// An episode that the agent may have noticed.
struct Degradation {
    name: ConditionName,
    diagnosis: Diagnosis,
    /// Why, where that is known.
    cause: Option<Cause>,
    range: TimeRange,
}

impl Panel {
    /// The panel of a call at this moment, or at its end if it is over; `None` for one that was not accepted.
    pub(crate) fn new(call: &Call, now: Timestamp, has_ended: bool, config: &Config) -> Option<Self> {
        let (accepted, _) = call.accepted()?;
        let (now, conditions) = call.finished(now);
        let mut degradations = Vec::new();
        for (name, episodes) in conditions.episodes() {
            for episode in episodes {
                let Some(diagnosis) = Diagnosis::from_episode(name, episode, &conditions) else { continue };
                let is_over = has_ended || episode.cleared.is_some();
                let until = is_over.then(|| whole(episode.end - accepted));
                let range = TimeRange { from: whole(episode.start - accepted), until };
                let cause = call.causes().between(diagnosis, episode.start, episode.end);
                degradations.push(Degradation { name, diagnosis, cause, range });
            }
        }
        Some(Self {
            elapsed: whole(now - accepted),
            step: whole(call.history().step()),
            charts: Series::ALL.iter().map(|series| chart(*series, call, config, &degradations)).collect(),
            timeline: timeline(&degradations, call.reports()),
        })
    }
}

fn whole(span: Milliseconds) -> i64 {
    span.0 as i64
}

fn chart(series: Series, call: &Call, config: &Config, degradations: &[Degradation]) -> Chart {
    Chart {
        name: series.as_str(),
        threshold: series.metric().map(|metric| config.threshold(metric).0),
        points: call.history().points(series).map(|point| Some(point).filter(|point| point.is_finite())).collect(),
        degradations: degradations.iter().filter(|one| shows(series, one.name)).map(|one| one.range).collect(),
    }
}

/// Whether a condition is about a line.
fn shows(series: Series, name: ConditionName) -> bool {
    match name {
        ConditionName::HighRtt => series == Series::Rtt,
        ConditionName::HighJitter => series == Series::Jitter,
        ConditionName::HighPacketLoss => series == Series::PacketLoss,
        ConditionName::AudioGaps | ConditionName::LowBytesReceived => {
            matches!(series, Series::PacketLoss | Series::Concealed | Series::AudioOutput)
        }
        ConditionName::HighOutboundPacketLoss | ConditionName::NoOutboundAudio | ConditionName::LowBytesSent => {
            series == Series::OutboundPacketLoss
        }
        ConditionName::LowMos => series == Series::Mos,
        ConditionName::PlayoutGaps => series == Series::AudioOutput,
        ConditionName::ConstantAudioInputLevel => series == Series::AudioInput,
        ConditionName::IceConnectivityLost | ConditionName::Reconnecting => true,
        ConditionName::SignalingLost
        | ConditionName::TalkingWhileMuted
        | ConditionName::SuppressedSilence
        | ConditionName::StaleRtt => false,
    }
}

/// Adds one in its place: oldest first.
fn add(all: &mut Vec<TimelineEvent>, one: TimelineEvent) {
    let place = all.partition_point(|other| other.from <= one.from);
    all.insert(place, one);
}

/// Troubles that mean the same to the agent, and touch, are one.
fn timeline(degradations: &[Degradation], reports: &[Milliseconds]) -> Vec<TimelineEvent> {
    let mut all: Vec<TimelineEvent> = Vec::new();
    for Degradation { diagnosis, cause, range, .. } in degradations {
        let (past, present) = match cause {
            Some(cause) => (cause.past(), cause.text()),
            None => (diagnosis.past(), diagnosis.symptom().key),
        };
        let mut joined = *range;
        while let Some(index) =
            all.iter().position(|one| (one.what == past || one.what == present) && one.range().touches(joined))
        {
            joined = joined.joined(all.remove(index).range());
        }
        add(&mut all, TimelineEvent::new(joined, if joined.until.is_none() { present } else { past }));
    }
    for at in reports {
        let moment = TimeRange { from: whole(*at), until: Some(whole(*at)) };
        add(&mut all, TimelineEvent::new(moment, "DeviceMonitoringReported"));
    }
    while all.len() > MAX_TIMELINE_EVENTS {
        // What still lasts stays.
        all.remove(all.iter().position(|one| one.until.is_some()).unwrap_or(0));
    }
    all
}
