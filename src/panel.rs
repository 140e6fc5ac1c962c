//! What the agent's panel shows of a call: its lines so far with what was wrong with them, and what happened when.

use crate::call::Call;
use crate::condition::ConditionName;
use crate::config::Config;
use crate::history::Line;
use crate::json::{Json, Writer};
use crate::units::{Milliseconds, Timestamp};

/// More than these are not read; the newest stay.
const MOST_HAPPENINGS: usize = 12;

/// One stretch, in milliseconds since the call was accepted; `until` is `None` while it lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Its beginning.
    pub from: Milliseconds,
    /// Its end.
    pub until: Option<Milliseconds>,
}

impl Stretch {
    fn write_into(self, to: &mut Writer) {
        to.field("from", &self.from).field("until", &self.until);
    }

    fn touches(self, other: Self) -> bool {
        let end = |one: Self| one.until.map_or(f64::INFINITY, |until| until.0);
        self.from.0 <= end(other) && other.from.0 <= end(self)
    }

    fn joined(self, other: Self) -> Self {
        let until = self.until.zip(other.until).map(|(one, other)| Milliseconds(one.0.max(other.0)));
        Self { from: Milliseconds(self.from.0.min(other.from.0)), until }
    }
}

impl Json for Stretch {
    fn write(&self, to: &mut Writer) {
        to.object();
        self.write_into(to);
        to.end_object();
    }
}

/// Something that happened: a text of the agent's language says what.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// When.
    pub stretch: Stretch,
    /// Key of its text.
    pub what: &'static str,
}

impl Json for Happening {
    fn write(&self, to: &mut Writer) {
        to.object();
        self.stretch.write_into(to);
        to.field("what", &self.what).end_object();
    }
}

/// One line of points.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Its name, as in an alert's metrics.
    pub name: &'static str,
    /// What breaches; `None` for the levels.
    pub threshold: Option<f64>,
    /// One for each step of the panel; NaN where nothing was known.
    pub points: Vec<f64>,
    /// When something was wrong with it.
    pub troubles: Vec<Stretch>,
}

impl Json for Chart {
    fn write(&self, to: &mut Writer) {
        to.object()
            .field("name", &self.name)
            .field("threshold", &self.threshold)
            .field("points", &self.points)
            .field("troubles", &self.troubles)
            .end_object();
    }
}

/// See the module's description.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// How long the call has lasted, or did.
    pub elapsed: Milliseconds,
    /// How long each point stands for.
    pub step: Milliseconds,
    /// Every line, in the order in which they are shown.
    pub charts: Vec<Chart>,
    /// What happened, the oldest first.
    pub happenings: Vec<Happening>,
}

impl Json for Panel {
    fn write(&self, to: &mut Writer) {
        to.object()
            .field("elapsed", &self.elapsed)
            .field("step", &self.step)
            .field("charts", &self.charts)
            .field("happenings", &self.happenings)
            .end_object();
    }
}

impl Panel {
    /// Of a call at this moment, or at its end if that was it; `None` for one that was not accepted.
    pub(crate) fn of(call: &Call, now: Timestamp, has_ended: bool, config: &Config) -> Option<Self> {
        let (accepted, _) = call.accepted()?;
        let (now, conditions) = call.finished(now);
        let mut troubles = Vec::new();
        for (name, episodes) in conditions.episodes().filter(|(name, _)| name.is_trouble()) {
            for episode in episodes {
                let is_over = has_ended || episode.cleared.is_some();
                let until = is_over.then(|| episode.end - accepted);
                troubles.push((name, Stretch { from: episode.start - accepted, until }));
            }
        }
        let history = call.history();
        let chart = |line: Line| Chart {
            name: line.as_str(),
            threshold: line.metric().map(|metric| metric.threshold(config).0),
            points: history.points(line).collect(),
            troubles: troubles.iter().filter(|(name, _)| shows(line, *name)).map(|(_, stretch)| *stretch).collect(),
        };
        Some(Self {
            elapsed: now - accepted,
            step: history.step(),
            charts: Line::ALL.map(chart).into(),
            happenings: happenings(&troubles, call.reports()),
        })
    }
}

/// Whether a condition is about a line.
fn shows(line: Line, name: ConditionName) -> bool {
    match name {
        ConditionName::HighRtt => line == Line::Rtt,
        ConditionName::HighJitter => line == Line::Jitter,
        ConditionName::HighPacketLoss => line == Line::PacketLoss,
        ConditionName::AudioGaps | ConditionName::LowBytesReceived => {
            matches!(line, Line::PacketLoss | Line::AudioOutput)
        }
        ConditionName::HighOutboundPacketLoss | ConditionName::NoOutboundAudio | ConditionName::LowBytesSent => {
            line == Line::OutboundPacketLoss
        }
        ConditionName::LowMos => line == Line::Mos,
        ConditionName::ConstantAudioInputLevel => line == Line::AudioInput,
        ConditionName::IceConnectivityLost | ConditionName::Reconnecting | ConditionName::SignalingLost => true,
        ConditionName::StaleRtt => false,
    }
}

/// Troubles that mean the same to the agent, and overlap, are one.
fn happenings(troubles: &[(ConditionName, Stretch)], reports: &[Milliseconds]) -> Vec<Happening> {
    let mut all: Vec<Happening> = Vec::new();
    for (name, stretch) in troubles {
        let Some(diagnosis) = name.diagnosis() else { continue };
        let texts = [diagnosis.past(), diagnosis.symptom().key];
        let mut joined = *stretch;
        while let Some(index) = all.iter().position(|one| texts.contains(&one.what) && one.stretch.touches(joined)) {
            joined = joined.joined(all.remove(index).stretch);
        }
        let [past, present] = texts;
        add(&mut all, Happening { stretch: joined, what: if joined.until.is_some() { past } else { present } });
    }
    for at in reports {
        add(&mut all, Happening { stretch: Stretch { from: *at, until: Some(*at) }, what: "DeviceMonitoringReported" });
    }
    let surplus = all.len().saturating_sub(MOST_HAPPENINGS);
    all.drain(..surplus);
    all
}

/// In the order of their beginnings.
fn add(all: &mut Vec<Happening>, one: Happening) {
    let place = all.iter().position(|other| other.stretch.from > one.stretch.from).unwrap_or(all.len());
    all.insert(place, one);
}
