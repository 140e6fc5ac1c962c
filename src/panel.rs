//! What the agent's panel shows of a call: its lines so far with what was wrong with them, and what happened when.

use crate::call::Call;
use crate::condition::ConditionName;
use crate::config::Config;
use crate::diagnosis::Diagnosis;
use crate::history::Line;
use crate::json::{Json, Writer};
use crate::units::{Milliseconds, Timestamp};

/// More than these are not read; the newest stay.
const MOST_HAPPENINGS: usize = 12;

/// One stretch, in milliseconds since the call was accepted; `until` is NaN while it lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    from: f64,
    until: f64,
}

impl Stretch {
    fn fields(self, to: &mut Writer) -> &mut Writer {
        to.object().field("from", &self.from).field("until", &self.until)
    }

    /// Whether there is no moment between the two.
    fn touches(self, other: Self) -> bool {
        // NaN is later than all: no comparison with it holds.
        !(self.from > other.until || other.from > self.until)
    }

    fn joined(self, other: Self) -> Self {
        let until = if self.until.is_nan() || self.until > other.until { self.until } else { other.until };
        Self { from: self.from.min(other.from), until }
    }
}

impl Json for Stretch {
    fn write(&self, to: &mut Writer) {
        self.fields(to).end_object();
    }
}

/// Something that happened: a text of the agent's language says what.
#[derive(Clone, Copy, Debug)]
struct Happening {
    stretch: Stretch,
    what: &'static str,
}

impl Json for Happening {
    fn write(&self, to: &mut Writer) {
        self.stretch.fields(to).field("what", &self.what).end_object();
    }
}

/// One line of points with what was wrong with it.
struct Chart<'a> {
    line: Line,
    panel: &'a Panel<'a>,
}

impl Json for Chart<'_> {
    fn write(&self, to: &mut Writer) {
        let Self { line, panel: Panel { call, config, troubles, .. } } = *self;
        let points: Vec<_> = call.history().points(line).collect();
        let troubles: Vec<_> = troubles.iter().filter(|one| shows(line, one.name)).map(|one| one.stretch).collect();
        to.object()
            .field("name", &line.as_str())
            .field("threshold", &line.metric().map(|metric| metric.threshold(config).0))
            .field("points", &points)
            .field("troubles", &troubles)
            .end_object();
    }
}

/// What the panel shows, to be written as JSON: how long the call has lasted (`elapsed`) and how long a point stands for
/// (`step`), in milliseconds; the `charts`, each with `name`, unit and range as in an alert's metrics, `threshold` (null for
/// the levels), `points` (null where nothing was known) and `troubles`; and the `happenings`, the oldest first, `what` being
/// the key of a text. Stretches have `from` and `until`, null while they last.
pub struct Panel<'a> {
    call: &'a Call,
    config: &'a Config,
    elapsed: Milliseconds,
    troubles: Vec<Trouble>,
}

/// An episode that the agent may have noticed.
struct Trouble {
    name: ConditionName,
    diagnosis: Diagnosis,
    stretch: Stretch,
}

impl Json for Panel<'_> {
    fn write(&self, to: &mut Writer) {
        let charts = Line::ALL.map(|line| Chart { line, panel: self });
        to.object().field("elapsed", &self.elapsed).field("step", &self.call.history().step());
        to.field("charts", &charts.as_slice());
        to.field("happenings", &happenings(&self.troubles, self.call.reports())).end_object();
    }
}

impl<'a> Panel<'a> {
    /// Of a call at this moment, or at its end if that was it; `None` for one that was not accepted.
    pub(crate) fn of(call: &'a Call, now: Timestamp, has_ended: bool, config: &'a Config) -> Option<Self> {
        let (accepted, _) = call.accepted()?;
        let (now, conditions) = call.finished(now);
        let mut troubles = Vec::new();
        for (name, episodes) in conditions.episodes() {
            for episode in episodes {
                let Some(diagnosis) = Diagnosis::of_episode(name, episode, &conditions) else { continue };
                let is_over = has_ended || episode.cleared.is_some();
                let until = if is_over { (episode.end - accepted).0 } else { f64::NAN };
                let stretch = Stretch { from: (episode.start - accepted).0, until };
                troubles.push(Trouble { name, diagnosis, stretch });
            }
        }
        Some(Self { call, config, elapsed: now - accepted, troubles })
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
        ConditionName::IceConnectivityLost | ConditionName::Reconnecting => true,
        ConditionName::SignalingLost | ConditionName::SuppressedSilence | ConditionName::StaleRtt => false,
    }
}

/// Troubles that mean the same to the agent, and touch, are one.
fn happenings(troubles: &[Trouble], reports: &[Milliseconds]) -> Vec<Happening> {
    let mut all: Vec<Happening> = Vec::new();
    for Trouble { diagnosis, stretch, .. } in troubles {
        let (past, present) = (diagnosis.past(), diagnosis.symptom().key);
        let mut joined = *stretch;
        while let Some(index) =
            all.iter().position(|one| (one.what == past || one.what == present) && one.stretch.touches(joined))
        {
            joined = joined.joined(all.remove(index).stretch);
        }
        add(&mut all, Happening { stretch: joined, what: if joined.until.is_nan() { present } else { past } });
    }
    for Milliseconds(at) in reports {
        add(&mut all, Happening { stretch: Stretch { from: *at, until: *at }, what: "DeviceMonitoringReported" });
    }
    while all.len() > MOST_HAPPENINGS {
        // What still lasts stays.
        all.remove(all.iter().position(|one| !one.stretch.until.is_nan()).unwrap_or(0));
    }
    all
}

/// In the order of their beginnings.
fn add(all: &mut Vec<Happening>, one: Happening) {
    let place = all.iter().position(|other| other.stretch.from > one.stretch.from).unwrap_or(all.len());
    all.insert(place, one);
}
