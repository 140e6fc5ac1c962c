//! Recordings played through the engine: what agents would have seen, which calls would have alerted, and why.
//!
//! A line that makes no sense is reported with its number, and the rest is still played.

use crate::alert::{CallReport, ConditionReport, Environment};
use crate::call::Incoming;
use crate::config::Configuration;
use crate::engine::{CallId, Effect, Engine};
use crate::event::Event;
use crate::json::{Json, Writer};
use crate::notice::Phase;
use crate::recording::{self, Entry, Said};
use crate::units::{Milliseconds, Percent, Timestamp, WallTime};
use crate::verdict::Reason;
use std::collections::BTreeMap;

/// A longer line is not read, in bytes. The longest of a real call, a warning with its samples, has some thousand.
pub const LONGEST_LINE: usize = 1_000_000;

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its number in the file, from 1; 0 for the recording as a whole.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl Json for Problem {
    fn write(&self, to: &mut Writer) {
        to.object().field("line", &self.line).field("message", &self.message).end_object();
    }
}

/// Lines that say something this version does not know: no fault of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Number of the first, from 1.
    pub line: usize,
    /// What they say: a type, or the name of a warning.
    pub what: String,
    /// How many there are.
    pub count: usize,
}

/// What the agent would have been shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayedNotice {
    /// When, since the call was accepted.
    pub ms: Milliseconds,
    /// What was wrong.
    pub diagnosis: &'static str,
    /// Symptom and advice, in English.
    pub text: String,
}

impl Json for ReplayedNotice {
    fn write(&self, to: &mut Writer) {
        to.object().field("ms", &self.ms).field("diagnosis", &self.diagnosis).field("text", &self.text).end_object();
    }
}

/// One call of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayedCall {
    /// Its CallSid, where the recording has one.
    pub call_sid: Option<String>,
    /// How long it lasted, less the stretches without data.
    pub duration_ms: Milliseconds,
    /// What was wrong with it.
    pub conditions: Vec<ConditionReport>,
    /// What the agent would have been shown: nothing with `alertAgent: false`.
    pub notices: Vec<ReplayedNotice>,
    /// Time in warning.
    pub warning_ms: Milliseconds,
    /// The same as a share of the duration.
    pub warning_pct: Percent,
    /// Whether it would have alerted.
    pub alert: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Json for ReplayedCall {
    fn write(&self, to: &mut Writer) {
        to.object()
            .field("callSid", &self.call_sid)
            .field("durationMs", &self.duration_ms)
            .field("conditions", &self.conditions)
            .field("notices", &self.notices)
            .field("warningMs", &self.warning_ms)
            .field("warningPct", &self.warning_pct)
            .field("alert", &self.alert)
            .field("reasons", &self.reasons)
            .end_object();
    }
}

/// What is said about one recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replayed {
    /// Its calls that ended, in the order in which they did.
    pub calls: Vec<ReplayedCall>,
    /// Its lines that could not be used.
    pub problems: Vec<Problem>,
    /// Its lines of types, or about warnings, that are not known.
    pub skipped: Vec<Skipped>,
}

impl Json for Replayed {
    fn write(&self, to: &mut Writer) {
        to.object().field("calls", &self.calls).field("problems", &self.problems).end_object();
    }
}

/// Plays one recording, line by line.
#[derive(Debug)]
pub struct Player {
    engine: Engine,
    /// The newest call of each CallSid on the lines, ended or not: late events find the ended one, and change nothing.
    calls: BTreeMap<Option<String>, CallId>,
    /// Those that did not end yet, with the line that each began in.
    open: BTreeMap<CallId, usize>,
    notices: BTreeMap<CallId, Vec<ReplayedNotice>>,
    /// Place of each call that ended among the replayed ones.
    judged: BTreeMap<CallId, usize>,
    started_at: WallTime,
    line: usize,
    /// The newest events that have the same time, each with its line.
    moment: Vec<(usize, Happened)>,
    replayed: Replayed,
}

/// What happened to a call.
#[derive(Debug)]
struct Happened {
    at: Timestamp,
    call: Option<String>,
    event: Event,
}

impl Player {
    /// Under this configuration.
    #[must_use]
    pub fn new(configuration: Configuration) -> Self {
        Self {
            engine: Engine::new(configuration, Environment::default()),
            calls: BTreeMap::new(),
            open: BTreeMap::new(),
            notices: BTreeMap::new(),
            judged: BTreeMap::new(),
            started_at: WallTime::default(),
            line: 0,
            moment: Vec::new(),
            replayed: Replayed::default(),
        }
    }

    /// Plays the recording's next line, whatever its bytes are. Of one longer than [`LONGEST_LINE`], any beginning of
    /// more than that will do.
    pub fn play(&mut self, line: impl AsRef<[u8]>) {
        self.line += 1;
        match self.text(line.as_ref()) {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => match recording::read(line) {
                Ok(entry) => self.take(entry),
                Err(message) => self.problem(self.line, message),
            },
            Err(message) => self.problem(self.line, message),
        }
    }

    fn text<'a>(&self, line: &'a [u8]) -> Result<&'a str, String> {
        if line.len() > LONGEST_LINE {
            return Err(format!("longer than {LONGEST_LINE} bytes"));
        }
        let invalid = |error: std::str::Utf8Error| format!("not UTF-8 at byte {}", error.valid_up_to() + 1);
        let text = std::str::from_utf8(line).map_err(invalid)?;
        // Some editors begin a file with a byte order mark.
        let mark = if self.line == 1 { "\u{feff}" } else { "" };
        Ok(text.strip_prefix(mark).unwrap_or(text))
    }

    /// The recording cannot be read any further.
    pub fn fail(&mut self, message: impl Into<String>) {
        self.problem(0, message.into());
    }

    fn problem(&mut self, line: usize, message: String) {
        self.replayed.problems.push(Problem { line, message });
    }

    /// What is to be said, now that there is no more line.
    #[must_use]
    pub fn replayed(mut self) -> Replayed {
        self.play_moment();
        for line in std::mem::take(&mut self.open).into_values() {
            self.problem(line, "the call that begins here has no end, and nothing is said about it".to_owned());
        }
        if self.calls.is_empty() && self.replayed.problems.is_empty() {
            self.fail("there is no call in it");
        }
        self.replayed.problems.sort_by_key(|problem| problem.line);
        self.replayed
    }

    /// Plays what has been read before, as the recording's next line.
    pub fn play_entry(&mut self, entry: Entry) {
        self.line += 1;
        self.take(entry);
    }

    fn take(&mut self, entry: Entry) {
        let Entry { at, call, said } = entry;
        let line = self.line;
        match said {
            Said::Nothing => {}
            Said::Unknown(what) => self.skip(what),
            Said::StartedAt(started_at) => self.started_at = started_at,
            Said::Opened(parties) => {
                self.play_moment();
                let id = self.engine.open(parties);
                self.open.insert(id, line);
                self.calls.insert(call, id);
            }
            Said::Accepted { midway } => {
                let wall = self.started_at.after(Milliseconds(at.0 as f64));
                self.together(Happened { at, call, event: Event::Accepted { at: wall, midway } });
            }
            Said::Event(event @ (Event::Disconnected | Event::Cancelled | Event::Rejected)) => {
                self.play_moment();
                self.happened(line, Happened { at, call, event });
            }
            Said::Event(event) => self.together(Happened { at, call, event }),
        }
    }

    /// Keeps what happened until it is known what else did at that moment.
    fn together(&mut self, happened: Happened) {
        if self.moment.first().is_some_and(|(_, first)| first.at != happened.at) {
            self.play_moment();
        }
        self.moment.push((self.line, happened));
    }

    /// What happened in the same millisecond has no order but the one in which it was written down. First comes what is
    /// about the second until then: its sample, what was read for it, the warnings that follow from it; then what is done.
    fn play_moment(&mut self) {
        self.moment.sort_by_key(|(_, happened)| rank(&happened.event));
        for (line, happened) in std::mem::take(&mut self.moment) {
            self.happened(line, happened);
        }
    }

    fn skip(&mut self, what: String) {
        let line = self.line;
        let skipped = &mut self.replayed.skipped;
        match skipped.iter_mut().find(|skipped| skipped.what == what) {
            Some(skipped) => skipped.count += 1,
            None => skipped.push(Skipped { line, what, count: 1 }),
        }
    }

    fn happened(&mut self, line: usize, Happened { at, call, event }: Happened) {
        self.wake_until(at);
        let Self { engine, calls, open, .. } = self;
        // A recording may begin after the call was announced: the call exists all the same.
        let id = *calls.entry(call).or_insert_with_key(|sid| {
            let id = engine.open(Incoming { call_sid: sid.clone(), ..Incoming::default() });
            open.insert(id, line);
            id
        });
        if matches!(event, Event::Disconnected | Event::Cancelled | Event::Rejected) {
            self.open.remove(&id);
        }
        self.engine.handle(at, id, &event);
        self.drain(at);
    }

    /// Wakes the engine at every moment that it asked for up to now.
    fn wake_until(&mut self, now: Timestamp) {
        while let Some(at) = self.engine.poll_timeout().filter(|at| *at <= now) {
            self.engine.handle_timeout(at);
            self.drain(at);
        }
    }

    fn drain(&mut self, now: Timestamp) {
        while let Some(effect) = self.engine.poll_effect() {
            match effect {
                Effect::Notice { call, notice: Some(notice) } if notice.phase == Phase::Active => {
                    self.notices.entry(call).or_default().push(ReplayedNotice {
                        ms: now - Timestamp(0),
                        diagnosis: notice.diagnosis.as_str(),
                        text: format!("{} {}", notice.symptom().in_english(), notice.symptom().advice_in_english()),
                    });
                }
                Effect::Ended { call, report: Some(report), .. } => {
                    let mut notices = self.notices.remove(&call).unwrap_or_default();
                    for notice in &mut notices {
                        notice.ms = notice.ms + (Timestamp(0) - report.accepted);
                    }
                    self.judged.insert(call, self.replayed.calls.len());
                    self.replayed.calls.push(ReplayedCall::of(*report, notices));
                }
                // In wrap-up: the verdict is another now.
                Effect::Reported { call, report: Some(report) } => {
                    if let Some(judged) = self.judged.get(&call).and_then(|index| self.replayed.calls.get_mut(*index)) {
                        let notices = std::mem::take(&mut judged.notices);
                        *judged = ReplayedCall::of(*report, notices);
                    }
                }
                Effect::Notice { .. }
                | Effect::Ended { .. }
                | Effect::Reported { .. }
                | Effect::Toast(_)
                | Effect::Alert(_)
                | Effect::Shift => {}
            }
        }
    }
}

/// The place of an event among others of the same moment. What can contradict each other keeps its order.
fn rank(event: &Event) -> (u8, u8) {
    match event {
        Event::Accepted { .. } => (0, 0),
        Event::Sample(_) => (1, 0),
        Event::Statistics(_) => (2, 0),
        Event::Warning(name, _) | Event::WarningCleared(name) => (3, *name as u8),
        Event::Held(_) => (4, 0),
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

impl ReplayedCall {
    fn of(report: CallReport, notices: Vec<ReplayedNotice>) -> Self {
        Self {
            call_sid: report.parties.call_sid,
            duration_ms: report.verdict.duration,
            conditions: report.conditions,
            notices,
            warning_ms: report.verdict.warning,
            warning_pct: report.verdict.warning_share,
            alert: report.verdict.is_alert(),
            reasons: report.verdict.reasons,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replayed(lines: &[&str]) -> Replayed {
        let mut player = Player::new(Configuration::default());
        lines.iter().for_each(|line| player.play(line));
        player.replayed()
    }

    #[test]
    fn broken_lines_are_reported_with_their_number_and_the_rest_is_played() {
        let replayed = replayed(&[
            r#"{"ms":0,"type":"accept"}"#,
            "not json",
            "",
            r#"{"ms":1000,"type":"sample"}"#,
            r#"{"ms":1e300,"type":"mute","muted":true}"#,
            r#"{"ms":2000,"type":"mute","muted":"perhaps"}"#,
            r#"{"ms":3000,"type":"disconnect"}"#,
        ]);
        let lines: Vec<_> = replayed.problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 4, 5, 6]);
        assert_eq!(replayed.calls[0].duration_ms, Milliseconds(3000.0));
    }

    #[test]
    fn unknown_types_and_warnings_are_skipped_and_counted_and_the_truth_is_neither() {
        let replayed = replayed(&[
            r#"{"ms":0,"type":"truth","on":true}"#,
            r#"{"ms":0,"type":"accept"}"#,
            r#"{"ms":0,"type":"volume"}"#,
            r#"{"ms":0,"type":"warning","name":"high-spirits"}"#,
            r#"{"ms":0,"type":"volume"}"#,
            r#"{"ms":0,"type":"disconnect"}"#,
        ]);
        let skipped = |line, what: &str, count| Skipped { line, what: what.to_owned(), count };
        let expected = vec![skipped(3, r#"the type "volume""#, 2), skipped(4, r#"the warning "high-spirits""#, 1)];
        assert_eq!((replayed.skipped, replayed.problems), (expected, vec![]));
    }

    #[test]
    fn a_notice_has_the_clock_of_its_own_call() {
        let mut player = Player::new(Configuration::of(&serde_json::json!({"alertAgent": true})));
        for line in [
            r#"{"ms":500000,"type":"accept"}"#,
            r#"{"ms":522000,"type":"warning","name":"ice-connectivity-lost"}"#,
            r#"{"ms":530000,"type":"disconnect"}"#,
        ] {
            player.play(line);
        }
        let call = player.replayed().calls.remove(0);
        assert_eq!(call.notices[0].ms, Milliseconds(22_000.0));
        assert_eq!(call.conditions[0].episodes[0].raised_ms, Milliseconds(22_000.0));
    }

    #[test]
    fn interleaved_calls_are_told_apart_by_the_call_sid_on_their_lines() {
        let replayed = replayed(&[
            r#"{"ms":0,"type":"accept","callSid":"CA1"}"#,
            r#"{"ms":500,"type":"accept","callSid":"CA2"}"#,
            r#"{"ms":2000,"type":"disconnect","callSid":"CA2"}"#,
            r#"{"ms":9000,"type":"disconnect","callSid":"CA1"}"#,
            r#"{"ms":9001,"type":"disconnect","callSid":"CA1"}"#,
        ]);
        let calls: Vec<_> = replayed.calls.iter().map(|call| (call.call_sid.as_deref(), call.duration_ms.0)).collect();
        assert_eq!(calls, [(Some("CA2"), 1500.0), (Some("CA1"), 9000.0)]);
    }
}
