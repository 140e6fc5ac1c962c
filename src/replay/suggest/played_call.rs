//! What the plays of one call say: enough to judge it under any combination of thresholds.

use super::grid::{Choice, Grid, Property};
use crate::alert::EpisodeReport;
use crate::condition::ConditionName;
use crate::config::Rule;
use crate::input::units::{Milliseconds, Seconds};
use crate::replay::ReplayedCall;
use crate::verdict::Reason;

const MS_PER_DAY: i64 = 86_400_000;

/// From and until, milliseconds since the call was accepted.
type Span = (i64, i64);

/// The conditions that follow from one value of a threshold.
#[derive(Clone, Debug, Default, PartialEq)]
struct Level {
    /// When any of them was there, in order and without those that touch, less the stretches without data.
    spans: Vec<Span>,
    /// How long that is.
    length: i64,
    /// One of them was there at the call's end.
    at_end: bool,
}

/// What the plays of one call say.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayedCall {
    /// What its caller knows it by.
    pub id: usize,
    /// The day that it began on, since 1970.
    pub day: i64,
    /// Its agent reported a problem.
    pub is_reported: bool,
    started: i64,
    duration: f64,
    length: Option<Milliseconds>,
    concealed: Option<f64>,
    /// By value, of each of [`Property::OF_SECONDS`]; empty where none of the values makes any trouble.
    levels: [Vec<Level>; 4],
}

/// What a call is judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Degradation {
    /// Percent of its duration.
    pub(super) warning_pct: f64,
    /// It was degraded at its end.
    pub(super) at_end: bool,
}

impl PlayedCall {
    /// `plays`: the call under each of [`Grid::probes`], in their order. `utc_offset`: of the clock by which days are
    /// told apart. `None` without plays.
    #[must_use]
    pub fn new(id: usize, plays: &[ReplayedCall], grid: &Grid, utc_offset: Milliseconds) -> Option<Self> {
        let first = plays.first()?;
        let started = first.started.after(utc_offset).unix_millis();
        let levels = Property::OF_SECONDS.map(|property| {
            let places = 0..grid.values(property).len();
            let levels = places.filter_map(|place| plays.get(place)).map(|play| level(play, property));
            let levels: Vec<Level> = levels.collect();
            // Most calls are good, and all calls are in memory at once.
            if levels.iter().all(|level| *level == Level::default()) { Vec::new() } else { levels }
        });
        let is_report = |reason: &Reason| reason.rule == Rule::AgentReport;
        Some(Self {
            id,
            day: started.div_euclid(MS_PER_DAY),
            is_reported: first.reasons.iter().any(is_report),
            started,
            duration: first.duration_ms.0,
            length: first.length,
            concealed: first.severely_concealed_pct.map(|share| share.0),
            levels,
        })
    }

    /// Its place among others, whatever the order in which they were read.
    pub(super) fn order(&self) -> (i64, i64, i64, usize) {
        (self.day, self.started, self.duration as i64, self.id)
    }

    /// What it is judged by under these thresholds of seconds. `spans` is used for the calculation.
    pub(super) fn degradation(&self, choice: Choice, spans: &mut Vec<Span>) -> Degradation {
        let each = || {
            let of = Property::OF_SECONDS.into_iter().zip(&self.levels);
            of.filter_map(move |(property, levels)| levels.get(choice.place(property)))
        };
        let at_end = each().any(|level| level.at_end);
        let mut bad = each().filter(|level| level.length > 0);
        let length = match (bad.next(), bad.next()) {
            (None, _) => 0,
            (Some(only), None) => only.length,
            _ => {
                spans.clear();
                each().for_each(|level| spans.extend(&level.spans));
                union(spans);
                length(spans)
            }
        };
        Degradation { warning_pct: self.share(length), at_end }
    }

    fn share(&self, length: i64) -> f64 {
        if self.duration > 0.0 { 100.0 * length as f64 / self.duration } else { 0.0 }
    }

    pub(super) fn is_short(&self, threshold: f64) -> bool {
        self.length.is_some_and(|length| length < Milliseconds::from(Seconds(threshold)))
    }

    pub(super) fn is_concealed(&self, threshold: f64) -> bool {
        self.concealed.is_some_and(|share| share > threshold)
    }

    /// The rules by which it alerts, but for the agent's report.
    pub(super) fn rules(&self, grid: &Grid, choice: Choice) -> Vec<Rule> {
        let degradation = self.degradation(choice, &mut Vec::new());
        let value = |property| grid.value(property, choice);
        [
            (Rule::ShortCall, self.is_short(value(Property::ShortCallThreshold))),
            (Rule::EndedInWarning, degradation.at_end && value(Property::EndedInWarningIsTrigger) > 0.0),
            (Rule::WarningDurPct, degradation.warning_pct > value(Property::WarningDurPctThreshold)),
            (Rule::SeverelyConcealedPct, self.is_concealed(value(Property::SeverelyConcealedPctThreshold))),
        ]
        .into_iter()
        .filter_map(|(rule, holds)| holds.then_some(rule))
        .collect()
    }

    /// Whether any thresholds that are tried could make it alert.
    pub(super) fn is_within_reach(&self, grid: &Grid) -> bool {
        let all = || self.levels.iter().flatten();
        let mut spans: Vec<Span> = all().flat_map(|level| level.spans.iter().copied()).collect();
        union(&mut spans);
        let tightest = |property, least: bool| {
            let values = grid.values(property);
            let end = if least { values.first() } else { values.last() };
            end.copied().unwrap_or_default()
        };
        all().any(|level| level.at_end)
            || self.share(length(&spans)) > tightest(Property::WarningDurPctThreshold, true)
            || self.is_short(tightest(Property::ShortCallThreshold, false))
            || self.is_concealed(tightest(Property::SeverelyConcealedPctThreshold, true))
    }
}

/// What one value of a threshold makes of a call.
fn level(play: &ReplayedCall, property: Property) -> Level {
    let mut level = Level::default();
    let counts = |name: ConditionName| name.degrades_call() && property_of(name) == property;
    for report in play.conditions.iter().filter(|report| counts(report.name)) {
        let lasted = |span: &Span| span.1 > span.0;
        let whole = |episode: &EpisodeReport| (episode.start_ms.0 as i64, episode.end_ms.0 as i64);
        level.spans.extend(report.episodes.iter().map(whole).filter(lasted));
        level.at_end |= report.episodes.last().is_some_and(|last| last.cleared_ms.is_none());
    }
    union(&mut level.spans);
    let gaps: Vec<Span> = play.data_gaps.iter().map(|(from, to)| (from.0 as i64, to.0 as i64)).collect();
    level.spans = without(&level.spans, &gaps);
    level.length = length(&level.spans);
    level
}

/// The property that a condition depends on. Loss of packets is also what many other conditions are told apart from, so
/// whatever has no threshold is with it. An exhaustive match, so that a new condition does not compile without a row.
fn property_of(name: ConditionName) -> Property {
    match name {
        ConditionName::HighRtt => Property::HighRttThreshold,
        ConditionName::LowMos => Property::LowMosThreshold,
        ConditionName::HighJitter => Property::HighJitterThreshold,
        ConditionName::HighPacketLoss
        | ConditionName::HighOutboundPacketLoss
        | ConditionName::IceConnectivityLost
        | ConditionName::Reconnecting
        | ConditionName::SignalingLost
        | ConditionName::NoOutboundAudio
        | ConditionName::LowBytesSent
        | ConditionName::LowBytesReceived
        | ConditionName::ConstantAudioInputLevel
        | ConditionName::PlayoutGaps
        | ConditionName::AudioGaps
        | ConditionName::TalkingWhileMuted
        | ConditionName::SuppressedSilence
        | ConditionName::StaleRtt => Property::HighPacketsLostThreshold,
    }
}

/// Puts spans in order and joins those that touch.
fn union(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    spans.dedup_by(|later, earlier| {
        let touches = later.0 <= earlier.1;
        if touches {
            earlier.1 = earlier.1.max(later.1);
        }
        touches
    });
}

/// The parts of spans that lie in no gap; both in order.
fn without(spans: &[Span], gaps: &[Span]) -> Vec<Span> {
    let mut rest = Vec::with_capacity(spans.len());
    for (start, end) in spans {
        let mut from = *start;
        let first = gaps.partition_point(|(_, gap_to)| gap_to <= start);
        let within = gaps.iter().skip(first).take_while(|(gap_from, _)| gap_from < end);
        for (gap_from, gap_to) in within {
            if *gap_from > from {
                rest.push((from, *gap_from));
            }
            from = from.max(*gap_to);
        }
        if from < *end {
            rest.push((from, *end));
        }
    }
    rest
}

fn length(spans: &[Span]) -> i64 {
    spans.iter().map(|(from, to)| to - from).sum()
}

#[cfg(test)]
impl PlayedCall {
    /// A call of 100 s whose seconds under warning each threshold of round-trip time decides: `bad`, from the tightest.
    pub(super) fn made(id: usize, day: i64, is_reported: bool, seconds: i64, bad: &[i64]) -> Self {
        let level = |bad: &i64| Level { spans: vec![(0, bad * 1000)], length: bad * 1000, at_end: false };
        Self {
            id,
            day,
            is_reported,
            started: day * MS_PER_DAY + id as i64,
            duration: seconds as f64 * 1000.0,
            length: Some(Milliseconds(seconds as f64 * 1000.0)),
            concealed: None,
            levels: [bad.iter().map(level).collect(), Vec::new(), Vec::new(), Vec::new()],
        }
    }
}

/// Numbers that look random, the same each time.
#[cfg(test)]
pub(super) fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Configuration};
    use crate::replay::what_if::RecordedCalls;
    use std::fs;
    use std::path::Path;

    /// Every recording of one call, in the folder and in those in it.
    fn recordings(folder: &Path, texts: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                recordings(&path, texts);
            } else if path.extension().is_some_and(|extension| extension == "jsonl") {
                texts.push(fs::read_to_string(path).unwrap());
            }
        }
        texts.retain(|text| text.matches(r#""type":"accept""#).count() == 1);
        texts.sort();
    }

    #[test]
    fn a_call_that_was_played_gets_the_verdict_of_the_engine_under_any_thresholds() {
        let mut texts = Vec::new();
        recordings(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings"), &mut texts);
        let mut recorded = RecordedCalls::default();
        let now = Configuration::from_block(&serde_json::to_value(Config::recommended()).unwrap());
        let grid = Grid::new(&now.config);
        let probes = grid.probes(&now);
        let mut number = numbers(20_261_129);
        let (mut alerts, mut good) = (0, 0);
        for text in &texts {
            let place = recorded.load(text).unwrap();
            let plays = recorded.judge_all(place, &probes);
            let Some(call) = PlayedCall::new(place, &plays, &grid, Milliseconds(0.0)) else { continue };
            let is_good = plays.iter().all(|play| play.conditions.is_empty());
            assert!(!is_good || call.levels.iter().all(Vec::is_empty));
            good += usize::from(is_good);
            for _ in 0..6 {
                let any =
                    |choice: Choice, property: &Property| choice.with(*property, number(grid.values(*property).len()));
                let choice = Property::ALL.iter().fold(grid.now, any);
                let configuration = Configuration { config: grid.config(&now.config, choice), ..now.clone() };
                let judged = recorded.judge(place, &configuration).unwrap().0;
                let rules: Vec<_> = judged.reasons.iter().map(|reason| reason.rule).collect();
                let mut expected = call.rules(&grid, choice);
                expected.extend(call.is_reported.then_some(Rule::AgentReport));
                assert_eq!(expected, rules, "{:?} {:?}", judged.call_sid, configuration.config);
                assert!(expected.is_empty() || call.is_reported || call.is_within_reach(&grid));
                alerts += rules.len();
            }
        }
        assert!(texts.len() > 70 && alerts > 100 && good > 0, "{} {alerts} {good}", texts.len());
    }

    #[test]
    fn spans_that_touch_are_one_and_what_lies_in_a_gap_is_left_out() {
        let mut spans = vec![(50, 60), (0, 10), (10, 20), (15, 18), (55, 70)];
        union(&mut spans);
        assert_eq!(spans, [(0, 20), (50, 70)]);
        assert_eq!(without(&spans, &[(5, 8), (15, 55), (69, 90)]), [(0, 5), (8, 15), (55, 69)]);
        assert_eq!(without(&spans, &[(-5, 100)]), []);
        assert_eq!(length(&spans), 40);
    }
}
