//! What has to be noticed, what may be, and what must not: the truth against the thresholds.

use crate::configured_thresholds;
use crate::expected_trouble::{CLOCK_ROUNDING, Stretch, WINDOW};
use crate::first_observable::{Hidden, ShownAfter};
use crate::impairment::Impairment;
use crate::relay_metrics::{Jitter, Measured};
use crate::span::{Span, union_length};
use crate::truth::{LabActions, Network, Truth};
use device_monitoring::{Milliseconds, Percent, estimate_mos};

/// Below two thirds of a threshold nothing is near it.
const NEAR_RATIO: f64 = 2.0 / 3.0;
/// The relay's own time, and the loopback's, are a few milliseconds: what passes the threshold by less may not pass it.
const RTT_MARGIN: f64 = 10.0;
/// A tenth of a point is what one packet more or less makes of a second's score.
const MOS_MARGIN: f64 = 0.1;
/// A third of one is as near as two thirds of the other thresholds are.
const NEAR_MOS_RATIO: f64 = 1.0 / 3.0;
/// From this share on nothing that could be understood passes.
const DEAD_SHARE: f64 = 0.9;
/// Where nobody spoke, nobody misses what was lost: this many seconds, or half of what is shorter.
const MIN_SPOKEN: f64 = 2.0;
/// Outages that follow each other within this many seconds are one series: one more than `CLEAR_AT` in the engine's
/// `src/call/audio_gaps.rs`, against which `src/document_tests.rs` there holds it.
pub(crate) const SERIES_GAP: f64 = 6.0;
/// Smallest number of outages in a series.
const MIN_SERIES: usize = 3;
/// Two changes of the network within this many seconds are one: between them there was no time to measure anything.
const ONE_CHANGE_WITHIN: f64 = 0.2;

/// How bad a kind of trouble is in a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    /// At its threshold or near it.
    Near,
    /// Beyond.
    Beyond,
}

/// A stretch of one kind and grade.
#[derive(Clone, Copy, Debug)]
struct Run {
    kind: Impairment,
    grade: Grade,
    span: Span,
    without_rtcp: bool,
}

impl Stretch {
    fn new(Run { kind, span, without_rtcp, .. }: Run) -> Self {
        Self {
            span,
            kinds: vec![kind],
            outages: Vec::new(),
            lossy: Vec::new(),
            lossy_inbound: Vec::new(),
            shown: ShownAfter::default(),
            hidden: Hidden::default(),
            without_rtcp,
        }
    }
}

/// A time in which one impairment was beyond its threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Beyond {
    /// Which.
    pub impairment: Impairment,
    /// When; loss from the first packet on to the last.
    pub span: Span,
    /// The span without stretches of five seconds or more in which no packet was lost.
    pub parts: Vec<Span>,
}

/// What is expected of whoever watches a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectation {
    /// Has to be noticed.
    pub must: Vec<Stretch>,
    /// May be noticed.
    pub may: Vec<Stretch>,
    /// Impairment by impairment, what is beyond its threshold, however short.
    pub beyond: Vec<Beyond>,
    /// Impairments that are at least near their threshold, as long as the network was left so.
    pub near: Vec<(Impairment, Span)>,
    /// The call went over a measured link.
    pub over_link: bool,
    /// When the call ended.
    pub ended: f64,
}

impl Expectation {
    /// From what happened.
    #[must_use]
    pub fn from_truth(truth: &Truth) -> Self {
        let runs = runs(truth);
        let ended = truth.networks.last().map_or(0.0, |network| network.span.to);
        let beyond = together(&runs, Grade::Beyond).into_iter();
        let beyond = beyond.map(|stretch| stretch.with_its_drops(&truth.seconds));
        let is_beyond = |run: &&Run| run.grade == Grade::Beyond;
        let trimmed = |run: &Run| {
            let Stretch { span, lossy, .. } = Stretch::new(*run).with_its_drops(&truth.seconds);
            Beyond { impairment: run.kind, span, parts: if lossy.is_empty() { vec![span] } else { lossy } }
        };
        let mut expectation = Self {
            may: together(&runs, Grade::Near),
            beyond: runs.iter().filter(is_beyond).map(trimmed).collect(),
            near: runs.iter().map(|run| (run.kind, run.span)).collect(),
            over_link: truth.networks.iter().any(Network::is_measured_link),
            ended,
            ..Self::default()
        };
        let mut brief = Vec::new();
        for stretch in beyond {
            if stretch.span.length() >= stretch.shown_by().least() - CLOCK_ROUNDING {
                expectation.must.push(stretch);
            } else if stretch.is_outage() {
                brief.push(stretch);
            } else {
                expectation.may.push(stretch);
            }
        }
        brief.chunk_by(is_series).for_each(|series| expectation.take_series(series));
        expectation.bridge_outages();
        for stretch in &mut expectation.must {
            stretch.shown = truth.told.shows(stretch);
            stretch.hidden = truth.told.hides(stretch);
        }
        expectation.must.sort_by(|a, b| a.span.from.total_cmp(&b.span.from));
        expectation.may.sort_by(|a, b| a.span.from.total_cmp(&b.span.from));
        expectation
    }

    /// Outages that are each too short, one after the other: the first is an accident, from the second on it is the
    /// network.
    fn take_series(&mut self, series: &[Stretch]) {
        self.may.extend(series.iter().cloned());
        if let [_, second, .., last] = series
            && series.len() >= MIN_SERIES
        {
            let span = Span { from: second.span.from, to: last.span.to };
            let outages = series.iter().map(|outage| outage.span).collect();
            self.must.push(Stretch { span, outages, ..second.clone() });
        }
    }

    /// Whoever is sure after some good seconds only that an outage is over takes those between two for a part of them.
    fn bridge_outages(&mut self) {
        let all = self.must.iter().chain(&self.may).filter(|stretch| stretch.is_outage());
        let mut all: Vec<Stretch> = all.cloned().collect();
        all.sort_by(|a, b| a.span.from.total_cmp(&b.span.from));
        for outages in all.chunk_by(is_series).filter(|outages| outages.len() > 1) {
            if let [first, .., last] = outages {
                let span = Span { from: first.span.from, to: last.span.to };
                let outages = outages.iter().map(|outage| outage.span).collect();
                self.may.push(Stretch { span, outages, ..first.clone() });
            }
        }
    }

    /// Seconds in which something was wrong: at least those that have to be noticed, at most those that may be too.
    /// Without signalling both go on hearing each other. `seen`: what of a stretch the observer can see, if anything.
    #[must_use]
    pub fn seconds(&self, seen: impl Fn(&Stretch) -> Option<Stretch>) -> (f64, f64) {
        let is_heard = |stretch: &&Stretch| stretch.kinds.iter().any(|kind| *kind != Impairment::Signalling);
        let counted: Vec<Stretch> = self.must.iter().filter(is_heard).filter_map(seen).collect();
        let least = union_length(counted.iter().flat_map(|stretch| {
            match (stretch.outages.as_slice(), stretch.lossy.as_slice()) {
                ([], []) => vec![stretch.span],
                ([], lossy) => lossy.to_vec(),
                (outages, _) => outages.to_vec(),
            }
        }));
        let most = union_length(self.must.iter().chain(&self.may).filter(is_heard).map(|stretch| stretch.span));
        (least, most)
    }
}

fn is_series(one: &Stretch, next: &Stretch) -> bool {
    next.span.from - one.span.to < SERIES_GAP
}

/// Runs of a grade that begin at the same moment are one stretch, as long as the longest of them.
///
/// The score follows from the rest: it is a stretch of its own only where nothing else of that grade is wrong.
fn together(runs: &[Run], grade: Grade) -> Vec<Stretch> {
    let of_grade = || runs.iter().filter(|run| run.grade == grade);
    let follows = |run: &Run| {
        run.kind == Impairment::Mos
            && of_grade().any(|other| other.kind != Impairment::Mos && other.span.overlap(run.span) > 0.0)
    };
    let mut stretches: Vec<Stretch> = Vec::new();
    for run in of_grade().filter(|run| !follows(run)) {
        match stretches.iter_mut().find(|stretch| (stretch.span.from - run.span.from).abs() < ONE_CHANGE_WITHIN) {
            Some(stretch) => {
                stretch.span.to = stretch.span.to.max(run.span.to);
                stretch.kinds.push(run.kind);
                stretch.kinds.sort_unstable();
            }
            None => stretches.push(Stretch::new(*run)),
        }
    }
    stretches
}

/// What was wrong, kind by kind.
fn runs(truth: &Truth) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut add = |span: Span, without_rtcp: bool, graded: Vec<(Impairment, Grade)>| {
        for (kind, grade) in graded {
            let goes_on = |run: &&mut Run| {
                (run.kind, run.grade) == (kind, grade) && (run.span.to - span.from).abs() < ONE_CHANGE_WITHIN
            };
            match runs.iter_mut().find(goes_on) {
                Some(run) => run.span.to = span.to,
                None => runs.push(Run { kind, grade, span, without_rtcp }),
            }
        }
    };
    for network in truth.networks.iter().filter(|network| network.span.length() >= ONE_CHANGE_WITHIN) {
        add(network.span, network.down.drops_rtcp, network_impairments(network, truth));
    }
    for (span, lab_actions) in &truth.lab_actions {
        add(*span, false, action_impairments(*span, *lab_actions, truth));
    }
    runs.sort_by(|a, b| a.span.from.total_cmp(&b.span.from));
    runs
}

fn network_impairments(network: &Network, truth: &Truth) -> Vec<(Impairment, Grade)> {
    if network.is_measured_link() {
        // What it is in the mean says nothing about any of its seconds: they are judged one by one.
        return Impairment::OF_NETWORK.map(|impairment| (impairment, Grade::Near)).to_vec();
    }
    let (down, up) = Measured::from_network(network, &truth.seconds);
    let dead = |direction: Measured| direction.expected > 0.0 && direction.lost >= DEAD_SHARE;
    let enough = MIN_SPOKEN.min(network.span.length() / 2.0);
    let missed = |direction: Measured| Some(if direction.spoken < enough { Grade::Near } else { Grade::Beyond });
    let mut graded = Vec::new();
    let mut add = |kind, grade: Option<Grade>| graded.extend(grade.map(|grade| (kind, grade)));
    match (dead(down), dead(up)) {
        (true, true) => add(Impairment::BothDead, missed(down)),
        (true, false) => add(Impairment::DownDead, missed(down)),
        (false, true) => add(Impairment::UpDead, missed(up)),
        (false, false) => {}
    }
    if !dead(down) {
        add(Impairment::DownLoss, loss(down));
        add(Impairment::Jitter, down.jitter.and_then(|jitter| jitter.beyond(configured_thresholds::JITTER)));
    }
    if !dead(up) {
        add(Impairment::UpLoss, loss(up));
    }
    if let (Some(down_delay), Some(up_delay)) = (down.delay, up.delay)
        && !dead(down)
        && !dead(up)
    {
        let rtt = down_delay + up_delay;
        add(Impairment::Rtt, beyond(rtt, configured_thresholds::RTT, RTT_MARGIN));
        let jitter = Milliseconds(down.jitter.map_or(0.0, |jitter| jitter.least));
        add(Impairment::Mos, low(estimate_mos(Milliseconds(rtt), jitter, Percent(down.lost * 100.0)).0));
    }
    graded
}

fn action_impairments(span: Span, lab_actions: LabActions, truth: &Truth) -> Vec<(Impairment, Grade)> {
    // Nobody misses the sound of a microphone that is muted, or that nobody listens to.
    let is_missed =
        (lab_actions.microphone_silent || lab_actions.microphone_gone) && !lab_actions.muted && !lab_actions.held;
    let microphone = if lab_actions.microphone_gone && sends_nothing(span, truth) {
        Impairment::NothingSent
    } else {
        Impairment::Microphone
    };
    let there = [
        (lab_actions.signalling_cut, (Impairment::Signalling, Grade::Beyond)),
        (is_missed, (microphone, Grade::Beyond)),
        (lab_actions.hung_up, (Impairment::HungUp, Grade::Near)),
    ];
    there.into_iter().filter_map(|(is_there, what)| is_there.then_some(what)).collect()
}

/// Whether nothing came from the agent in most of a stretch.
fn sends_nothing(span: Span, truth: &Truth) -> bool {
    let silent = truth.seconds.iter().filter(|second| second.up.came < 1.0);
    silent.map(|second| second.span.overlap(span)).sum::<f64>() > span.length() / 2.0
}

impl Jitter {
    fn beyond(self, threshold: f64) -> Option<Grade> {
        if self.least > threshold {
            return Some(Grade::Beyond);
        }
        (self.most > threshold * NEAR_RATIO).then_some(Grade::Near)
    }
}

fn beyond(value: f64, threshold: f64, margin: f64) -> Option<Grade> {
    if value > threshold + margin {
        return Some(Grade::Beyond);
    }
    (value > threshold * NEAR_RATIO).then_some(Grade::Near)
}

fn low(mos: f64) -> Option<Grade> {
    if mos < configured_thresholds::MOS - MOS_MARGIN {
        return Some(Grade::Beyond);
    }
    (mos < configured_thresholds::MOS + NEAR_MOS_RATIO).then_some(Grade::Near)
}

/// Beyond: by more than chance over all its packets. Near: three seconds of it can pass the threshold by chance.
fn loss(direction: Measured) -> Option<Grade> {
    let threshold = configured_thresholds::LOSS / 100.0;
    let spread = |packets: f64| (direction.lost * (1.0 - direction.lost) / packets.max(1.0)).sqrt();
    if direction.lost - 2.0 * spread(direction.expected) > threshold {
        return Some(Grade::Beyond);
    }
    (direction.lost + 3.0 * spread(direction.rate * WINDOW) > threshold).then_some(Grade::Near)
}
