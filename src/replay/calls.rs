//! The calls of one recording, each with an engine of its own for every configuration: the content of lines goes in,
//! the verdicts on calls that ended come out.

use super::Problem;
use super::call_player::Watcher;
use super::replayed_call::{Point, ReplayedCall};
use super::wrap_up::{Amended, Reportable, WrapUp};
use crate::alert::ClientInfo;
use crate::call::CallParties;
use crate::config::Configuration;
use crate::engine::Engine;
use crate::input::event::Event;
use crate::input::units::{Milliseconds, Timestamp, WallTime};
use crate::replay::recording::Content;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// The problem with a call whose end is not in the recording.
const NO_END: &str = "the call that begins here has no end, and nothing is said about it";

/// The problem with a call of which the recording has neither the announcement nor the acceptance.
pub const NO_BEGINNING: &str = "the call that is first heard of here has no beginning, and nothing is said about it";

/// The name of a call that has none: an empty text that has an address. Comparing `""`, which has none, took a fifth of the
/// time of packed rows; probably glibc's `memcmp` with AVX-512 takes a fault there that nobody sees.
const NO_NAME: &str = " ".split_at(0).0;

/// Ended calls that are remembered for each call that may go on: late events then find that their call has ended, and
/// change nothing.
const ENDED_CALLS_KEPT: usize = 5;
/// Events of a call in the same millisecond that are put in order: a call has a few. Of more, the first to come are
/// played first.
const MAX_AT_A_MOMENT: usize = 1000;
/// Events in the same millisecond that are put in order in all calls together, for each call that may go on.
const MAX_WAITING: usize = 10;
/// Room for events of a moment that a call keeps.
const EVENTS_CAPACITY_KEPT: usize = 8;
/// Samples of a call that are kept to be drawn: of more than a day.
const MAX_POINTS: usize = 100_000;
/// Problems that are reported one by one. Whoever has more has another problem.
pub const MAX_PROBLEMS: usize = 10_000;

/// What some lines resulted in.
#[derive(Debug, Default)]
pub struct ReplayOutput {
    /// Calls that ended.
    pub finished: Vec<Finished>,
    /// Calls that their agents reported after they had ended.
    pub amended: Vec<Amended>,
    /// Calls that could not be judged, up to [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
}

impl ReplayOutput {
    pub(super) fn problem(&mut self, line: usize, message: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { line, message });
        } else {
            self.more += 1;
        }
    }
}

/// A call that ended.
#[derive(Debug)]
pub struct Finished {
    /// The line that it ended with.
    pub line: usize,
    /// The verdict of each configuration, in their order; `None` where it was never accepted, or not watched.
    pub verdicts: Vec<Option<ReplayedCall>>,
    /// Its samples, if they were to be kept.
    pub series: Vec<Point>,
}

/// Plays the calls of one recording, with one engine for each call and configuration.
#[derive(Debug)]
pub struct Calls {
    /// One for each configuration, without calls: where those of the calls come from.
    engines: Vec<Engine>,
    keeps_series: bool,
    max_open: usize,
    started_at: WallTime,
    open: HashMap<Arc<str>, Open>,
    /// Events of these calls that wait for the others of their moment.
    waiting: usize,
    /// Calls that ended last.
    wrap_up: WrapUp,
    ended: HashSet<Arc<str>>,
    /// Ended calls in the order in which they ended.
    ended_order: VecDeque<Arc<str>>,
}

/// A call that goes on.
#[derive(Debug)]
struct Open {
    began: usize,
    /// It was announced or accepted.
    has_begun: bool,
    last_line: usize,
    watchers: Vec<Watcher>,
    /// The newest events that have the same time.
    moment: Vec<(Timestamp, Event)>,
    series: Vec<Point>,
}

impl Calls {
    /// None yet. At most `max_open` are kept open; where more go on at a time, those with the oldest last line are given up.
    #[must_use]
    pub fn new(configurations: &[Configuration], max_open: usize) -> Self {
        let engine = |configuration: &Configuration| {
            let mut configuration = configuration.clone();
            // Nobody hears of the beats, and a recording with a gap would have one for every half minute of it.
            configuration.config.report_calls = false;
            Engine::new(configuration, ClientInfo::default())
        };
        Self {
            engines: configurations.iter().map(engine).collect(),
            keeps_series: false,
            max_open,
            started_at: WallTime::default(),
            open: HashMap::new(),
            waiting: 0,
            wrap_up: WrapUp::default(),
            ended: HashSet::new(),
            ended_order: VecDeque::new(),
        }
    }

    /// Keeps every call's samples, to be drawn.
    #[must_use]
    pub fn keeping_series(mut self, keeps: bool) -> Self {
        self.keeps_series = keeps;
        self
    }

    /// Processes the content of one line. `name` is the CallSid on the line, or empty where there is none.
    pub fn process(&mut self, line: usize, at: Timestamp, name: &str, content: Content, output: &mut ReplayOutput) {
        let name = if name.is_empty() { NO_NAME } else { name };
        match content {
            Content::Nothing | Content::Unknown(_) => {}
            Content::StartedAt(started_at) => self.started_at = started_at,
            Content::Opened(parties) => {
                if let Some(before) = self.open.remove(name) {
                    self.waiting -= before.moment.len();
                    output.problem(before.began, NO_END.to_owned());
                }
                self.ended.remove(name);
                self.open(line, name, &parties, output);
                self.mark_begun(name);
            }
            Content::Accepted { found_in_progress } => {
                // No call is accepted after its end: this is another, whose announcement is not in the recording.
                self.ended.remove(name);
                let wall = self.started_at.after(Milliseconds(at.0 as f64));
                self.handle(line, at, name, Event::Accepted { at: wall, found_in_progress }, output);
                self.mark_begun(name);
            }
            Content::Event(event) => self.handle(line, at, name, event, output),
        }
    }

    /// Forgets all calls, so that those of another recording can follow.
    pub fn clear(&mut self) {
        self.started_at = WallTime::default();
        self.open.clear();
        self.waiting = 0;
        self.wrap_up = WrapUp::default();
        self.ended.clear();
        self.ended_order.clear();
    }

    /// There are no more lines: calls that still go on have no end.
    pub fn finish(&mut self, output: &mut ReplayOutput) {
        self.waiting = 0;
        let open = std::mem::take(&mut self.open).into_values();
        open.for_each(|open| output.problem(open.began, NO_END.to_owned()));
    }

    fn open(&mut self, line: usize, name: &str, parties: &CallParties, output: &mut ReplayOutput) {
        if self.open.len() >= self.max_open {
            self.give_up_some(output);
        }
        let watchers = self.engines.iter().map(|engine| Watcher::new(engine, parties)).collect();
        let (moment, series) = (Vec::new(), Vec::new());
        let open = Open { began: line, has_begun: false, last_line: line, watchers, moment, series };
        self.open.insert(name.into(), open);
    }

    fn mark_begun(&mut self, name: &str) {
        if let Some(open) = self.open.get_mut(name) {
            open.has_begun = true;
        }
    }

    fn handle(&mut self, line: usize, at: Timestamp, name: &str, event: Event, output: &mut ReplayOutput) {
        let is_end = matches!(event, Event::Disconnected | Event::Cancelled | Event::Rejected);
        if let Some(open) = self.open.get_mut(name).filter(|_| !is_end) {
            open.last_line = line;
            if self.keeps_series
                && let Event::Sample(sample) = &event
                && open.series.len() < MAX_POINTS
            {
                open.series.push(Point::new(at, sample));
            }
            let before = open.moment.len();
            open.together(at, event, self.waiting >= MAX_WAITING.saturating_mul(self.max_open));
            self.waiting = self.waiting + open.moment.len() - before;
        } else if event == Event::Reported {
            output.amended.extend(self.wrap_up.report(line, at, name));
        } else if !is_end && !self.ended.contains(name) {
            // A recording may begin after the call was announced: the call exists all the same.
            let call_sid = (!name.is_empty()).then(|| name.to_owned());
            self.open(line, name, &CallParties { call_sid, ..CallParties::default() }, output);
            self.handle(line, at, name, event, output);
        } else if let Some((name, mut open)) = self.open.remove_entry(name) {
            self.waiting -= open.moment.len();
            open.play_moment();
            if !open.has_begun {
                output.problem(open.began, NO_BEGINNING.to_owned());
            }
            let (finished, reportable) = open.end(line, at, &event);
            output.finished.push(finished);
            self.wrap_up.ended(line, &name, reportable);
            self.remember(name);
        }
    }

    fn remember(&mut self, name: Arc<str>) {
        if self.ended_order.len() >= ENDED_CALLS_KEPT.saturating_mul(self.max_open)
            && let Some(oldest) = self.ended_order.pop_front()
        {
            self.ended.remove(&oldest);
        }
        self.ended.insert(name.clone());
        self.ended_order.push_back(name);
    }

    /// A tenth at once, so that looking for them is rare.
    fn give_up_some(&mut self, output: &mut ReplayOutput) {
        let mut last_line: Vec<usize> = self.open.values().map(|open| open.last_line).collect();
        last_line.sort_unstable();
        let last = last_line.get(last_line.len() / 10).copied().unwrap_or_default();
        let forgotten: Vec<Arc<str>> =
            self.open.iter().filter(|(_, open)| open.last_line <= last).map(|(name, _)| name.clone()).collect();
        for name in forgotten {
            if let Some(open) = self.open.remove(&name) {
                self.waiting -= open.moment.len();
                let most = self.max_open;
                let message = format!(
                    "the call that begins here is given up: {most} others go on, and it was not heard of for the longest"
                );
                output.problem(open.began, message);
                self.remember(name);
            }
        }
    }
}

impl Open {
    /// Keeps what happened until it is known what else did at that moment. `is_full`: too much of other calls waits.
    fn together(&mut self, at: Timestamp, event: Event, is_full: bool) {
        let is_over = self.moment.first().is_some_and(|(first, _)| *first != at);
        if is_full || is_over || self.moment.len() >= MAX_AT_A_MOMENT {
            self.play_moment();
        }
        self.moment.push((at, event));
    }

    /// What happened in the same millisecond has no order but the one in which it was written down. First comes what is
    /// about the second until then: its sample, what was read for it, the warnings that follow from it; then what is done.
    fn play_moment(&mut self) {
        if self.moment.len() > 1 {
            self.moment.sort_by_key(|(_, event)| rank(event));
        }
        for (at, event) in &self.moment {
            self.watchers.iter_mut().for_each(|watcher| watcher.handle(*at, event));
        }
        self.moment.clear();
        self.moment.shrink_to(EVENTS_CAPACITY_KEPT);
    }

    fn end(self, line: usize, at: Timestamp, event: &Event) -> (Finished, Vec<Option<Reportable>>) {
        let (verdicts, reportable) = self.watchers.into_iter().map(|watcher| watcher.end(at, event)).unzip();
        (Finished { line, verdicts, series: self.series }, reportable)
    }
}

/// The place of an event among others of the same moment. What can contradict each other keeps its order.
fn rank(event: &Event) -> (u8, u8) {
    match event {
        Event::Accepted { .. } => (0, 0),
        // It says whether the levels of the second are known.
        Event::AudioContext { .. } => (0, 1),
        // Nor are they if there is no microphone.
        Event::Signal(_) => (0, 2),
        Event::Sample(_) => (1, 0),
        Event::Statistics(_) => (2, 0),
        Event::Warning(name, _) | Event::WarningCleared(name) => (3, *name as u8),
        Event::Held(_) | Event::Conference(_) => (4, 0),
        Event::Monitoring { .. } => (4, 1),
        Event::Endpoint(_) => (4, 2),
        Event::Muted(_) => (5, 0),
        Event::Reconnecting { .. } | Event::Reconnected | Event::TransportClosed => (6, 0),
        Event::Error { .. } => (7, 0),
        // A call's end is no event among others, and of the rest a recording says nothing.
        Event::Identified(_)
        | Event::Described(_)
        | Event::Snoozed(_)
        | Event::Reported
        | Event::Disconnected
        | Event::Cancelled
        | Event::Rejected => (8, 0),
    }
}
