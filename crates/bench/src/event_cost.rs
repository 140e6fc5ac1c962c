//! What one event of a call costs the engine, natively: recorded calls over and over, in the order and at the distances
//! in which they came.

use crate::checkpoint_cost;
use crate::report::{Report, spread};
use anyhow::{Context, Result, anyhow, ensure};
use device_monitoring::outbox::{Answer, CHECKPOINT_EVERY, Next, Outbox, Session, Storage};
use device_monitoring::replay::recording::{self, Content};
use device_monitoring::{
    CallParties, ClientInfo, Configuration, Effect, Engine, Event, Recovery, Step, Timestamp, WallTime,
};
use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Events that are not timed, so that the processor knows the way; and events that are.
const WARM_UP: usize = 200_000;
const TIMED: usize = 2_000_000;
const TAB: &str = "bench";
const WORKER: &str = "WK00000000000000000000000000000001";
/// Between two calls.
const PAUSE: i64 = 5_000;

/// One recorded call: when what happened, in milliseconds after it was accepted.
struct Recorded {
    name: String,
    events: Vec<(i64, Event)>,
}

impl Recorded {
    fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let mut events = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let entry = recording::read_bytes(line.as_bytes(), number == 0).map_err(|wrong| anyhow!(wrong))?;
            let Some(entry) = entry else { continue };
            let event = match entry.content {
                Content::Accepted { found_in_progress } => {
                    Event::Accepted { at: WallTime::default(), found_in_progress }
                }
                Content::Event(event) => event,
                _ => continue,
            };
            events.push((entry.at.0, event));
        }
        ensure!(matches!(events.last(), Some((_, Event::Disconnected))), "{} has no end", file.display());
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, events })
    }

    fn duration(&self) -> i64 {
        self.events.last().map_or(0, |(at, _)| *at)
    }
}

/// What the browser's storage is to the outbox.
#[derive(Default)]
struct Memory(BTreeMap<String, String>);

impl Storage for Memory {
    fn keys(&self, prefix: &str) -> Vec<String> {
        self.0.keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        self.0.get(key).cloned()
    }

    fn set(&mut self, key: &str, value: &str) -> bool {
        self.0.insert(key.to_owned(), value.to_owned());
        true
    }

    fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }
}

/// What is done with an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    /// It is judged, and what the engine wants is taken from it.
    Judged,
    /// As in the browser: with a checkpoint every five seconds, the alert in the outbox until it is sent, and every
    /// step kept for a recovery.
    Kept,
}

/// The engine and what the page keeps beside it.
struct Page {
    engine: Engine,
    work: Work,
    recovery: Recovery,
    outbox: Outbox<Memory>,
    checkpoint: Option<Timestamp>,
    alerts: usize,
}

impl Page {
    fn new(configuration: &Configuration, work: Work) -> Self {
        let engine = Engine::new(configuration.clone(), ClientInfo::default());
        let recovery = Recovery::new(&engine);
        Self {
            engine,
            work,
            recovery,
            outbox: Outbox::new(Memory::default(), Some(WORKER)),
            checkpoint: None,
            alerts: 0,
        }
    }

    /// Plays a call that is accepted at this time.
    fn play(&mut self, call: &Recorded, accepted: i64) {
        let parties =
            CallParties { call_sid: Some("CA00000000000000000000000000000001".to_owned()), ..CallParties::default() };
        let at = Timestamp(accepted);
        let id = self.engine.open(parties.clone());
        self.record(at, || Step::Open(parties));
        self.checkpoint = (self.work == Work::Kept).then_some(at.after(CHECKPOINT_EVERY));
        for (ms, event) in &call.events {
            let now = Timestamp(accepted + ms);
            while let Some(due) = self.engine.poll_timeout().filter(|due| *due <= now) {
                self.engine.handle_timeout(due);
                self.drain(due);
            }
            while let Some(due) = self.checkpoint.filter(|due| *due <= now) {
                self.keep_checkpoints(due);
            }
            self.engine.handle(now, id, event);
            self.record(now, || Step::Handle(id, event.clone()));
            self.drain(now);
        }
    }

    fn record(&mut self, now: Timestamp, step: impl FnOnce() -> Step) {
        if self.work == Work::Kept {
            self.recovery.record(now, step(), &self.engine);
        }
    }

    fn keep_checkpoints(&mut self, due: Timestamp) {
        for checkpoint in self.engine.checkpoints(due) {
            self.outbox.checkpoint(WallTime(due.0 as f64), TAB, checkpoint.call.0, checkpoint.alert.as_ref());
        }
        self.checkpoint = Some(due.after(CHECKPOINT_EVERY));
    }

    fn drain(&mut self, now: Timestamp) {
        while let Some(effect) = self.engine.poll_effect() {
            match &effect {
                Effect::Alert(alert) => {
                    self.alerts += 1;
                    if self.work == Work::Kept {
                        self.outbox.put(WallTime(now.0 as f64), alert);
                        self.send(WallTime(now.0 as f64));
                    }
                }
                Effect::Ended { call, .. } if self.work == Work::Kept => {
                    self.outbox.checkpoint(WallTime(now.0 as f64), TAB, call.0, None);
                    self.checkpoint = None;
                }
                _ => {}
            }
            black_box(effect);
        }
    }

    /// What waits is taken by the server at once.
    fn send(&mut self, now: WallTime) {
        let session = Session { token: Some("a token".to_owned()), worker_sid: Some(WORKER.to_owned()) };
        while let Next::Post(entry) = self.outbox.next(now, &session, 0.5) {
            let answer = Answer::Http {
                status: 200,
                error: None,
                message: None,
                retry_after: None,
                refused: Vec::new(),
                finished_actions: None,
            };
            self.outbox.answered(now, &entry.id, Some("a token"), &answer);
        }
    }
}

/// Nanoseconds an event: one call after the other, each of them timed.
fn time(call: &Recorded, configuration: &Configuration, work: Work) -> (Vec<f64>, usize) {
    let mut page = Page::new(configuration, work);
    let (mut accepted, mut played, mut times) = (0, 0, Vec::new());
    while played < WARM_UP + TIMED {
        let started = Instant::now();
        page.play(call, accepted);
        let nanoseconds = started.elapsed().as_nanos() as f64;
        if played < WARM_UP {
            page.alerts = 0;
        } else {
            times.push(nanoseconds / call.events.len() as f64);
        }
        played += call.events.len();
        accepted += call.duration() + PAUSE;
    }
    (times, page.alerts)
}

/// `bench events CONFIGURATION REPORT RECORDING…`
pub(crate) fn run(configuration: &Path, report: &Path, recordings: &[PathBuf]) -> Result<()> {
    let configuration = Configuration::from_block(&serde_json::from_slice(&fs::read(configuration)?)?);
    let mut written = Report::default();
    written.line("| natively, nanoseconds an event | median | a twentieth below, above | calls, of them alerted |");
    written.line("| --- | --- | --- | --- |");
    for file in recordings {
        let call = Recorded::read(file)?;
        for (work, what) in [(Work::Judged, "judged"), (Work::Kept, "as in the browser")] {
            let (times, alerts) = time(&call, &configuration, work);
            let calls = times.len();
            let [fast, median, slow] = spread(times);
            let name = &call.name;
            written.line(&format!("| {name}, {what} | {median:.0} | {fast:.0}, {slow:.0} | {calls}, {alerts} |"));
        }
    }
    checkpoint_cost::measure(&mut written)?;
    written.write(report)
}
