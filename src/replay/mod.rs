//! Recordings played through the engine: what agents would have seen, which calls would have alerted, and why.
//!
//! A line that makes no sense is reported with its number, and the rest is still played. [`Player`] plays one recording
//! under one configuration; [`Calls`] is what is behind it, for whoever reads in another way, or compares configurations.

mod call_player;
mod calls;
pub mod recording;
mod replayed_call;
pub mod shared_recordings;
pub mod suggest;
pub mod what_if;
mod wrap_up;

pub use calls::{Calls, Finished, MAX_PROBLEMS, NO_BEGINNING, ReplayOutput};
pub use replayed_call::{Point, ReplayedCall, ReplayedNotice};
pub use wrap_up::{Amended, WRAP_UP_LINES};

use crate::config::Configuration;
use crate::input::units::Timestamp;
use recording::{Content, Entry};
use serde::Serialize;

/// Calls that can go on at the same time: more than any centre has agents, and some 90 MB for each configuration.
pub const MAX_OPEN: usize = 10_000;

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Its number in the file, from 1; 0 for the recording as a whole.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// Lines whose content this version does not know: no fault of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Number of the first, from 1.
    pub line: usize,
    /// Their content: a type, or the name of a warning.
    pub what: String,
    /// How many there are.
    pub count: usize,
}

impl Skipped {
    /// Counts one more line among those that were skipped before.
    pub fn count(skipped: &mut Vec<Self>, line: usize, what: String, count: usize) {
        /// Kinds that are counted separately.
        const MAX_SKIPPED: usize = 100;
        if let Some(known) = skipped.iter_mut().find(|skipped| skipped.what == what) {
            known.count += count;
        } else if skipped.len() < MAX_SKIPPED {
            skipped.push(Self { line, what, count });
        } else if let Some(last) = skipped.last_mut() {
            last.count += count;
            "the rest".clone_into(&mut last.what);
        }
    }
}

/// The result of replaying one recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Replayed {
    /// Its calls that ended, in the order in which they did.
    pub calls: Vec<ReplayedCall>,
    /// Its lines that could not be used.
    pub problems: Vec<Problem>,
    /// Its lines of types, or about warnings, that are not known.
    #[serde(skip)]
    pub skipped: Vec<Skipped>,
}

/// Plays one recording, line by line.
#[derive(Debug)]
pub struct Player {
    calls: Calls,
    line: usize,
    has_call: bool,
    output: ReplayOutput,
    skipped: Vec<Skipped>,
}

impl Player {
    /// Under this configuration.
    #[must_use]
    pub fn new(configuration: Configuration) -> Self {
        Self {
            calls: Calls::new(&[configuration], MAX_OPEN),
            line: 0,
            has_call: false,
            output: ReplayOutput::default(),
            skipped: Vec::new(),
        }
    }

    /// Plays the recording's next line, whatever its bytes are ([`recording::read_bytes`]).
    pub fn play(&mut self, line: impl AsRef<[u8]>) {
        self.line += 1;
        match recording::read_bytes(line.as_ref(), self.line == 1) {
            Ok(None) => {}
            Ok(Some(Entry { content: Content::Unknown(what), .. })) => {
                Skipped::count(&mut self.skipped, self.line, what, 1);
            }
            Ok(Some(Entry { at, call, content })) => {
                self.has_call |= content.is_about_a_call();
                self.calls.process(self.line, at, call.as_deref().unwrap_or_default(), content, &mut self.output);
            }
            Err(message) => self.output.problem(self.line, message),
        }
    }

    /// Plays what has been read before, as the recording's next line about its one call.
    pub(crate) fn play_read(&mut self, at: Timestamp, content: Content) {
        self.line += 1;
        self.has_call |= content.is_about_a_call();
        self.calls.process(self.line, at, "", content, &mut self.output);
    }

    /// The recording cannot be read any further.
    pub fn fail(&mut self, message: impl Into<String>) {
        self.output.problem(0, message.into());
    }

    /// The result, when there are no more lines.
    #[must_use]
    pub fn replayed(mut self) -> Replayed {
        self.calls.finish(&mut self.output);
        if !self.has_call && self.output.problems.is_empty() {
            self.fail(NO_CALL);
        }
        let ReplayOutput { mut finished, amended, mut problems, more } = self.output;
        if more > 0 {
            problems.push(Problem { line: 0, message: format!("{more} more lines cannot be used") });
        }
        amended.into_iter().for_each(|amended| amended.apply(&mut finished));
        problems.sort_by_key(|problem| problem.line);
        let calls = finished.into_iter().flat_map(|finished| finished.verdicts).flatten().collect();
        Replayed { calls, problems, skipped: self.skipped }
    }
}

/// The problem with a recording in which nothing is about a call.
pub const NO_CALL: &str = "there is no call in it";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::units::Milliseconds;

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
            r#"{"ms":0,"type":"truth-sound","madeUp":0.1,"silent":0}"#,
            r#"{"ms":0,"type":"disconnect"}"#,
        ]);
        let skipped = |line, what: &str, count| Skipped { line, what: what.to_owned(), count };
        let expected = vec![skipped(3, r#"the type "volume""#, 2), skipped(4, r#"the warning "high-spirits""#, 1)];
        assert_eq!((replayed.skipped, replayed.problems), (expected, vec![]));
    }

    #[test]
    fn a_notice_has_the_clock_of_its_own_call() {
        let mut player = Player::new(Configuration::from_block(&serde_json::json!({"alertAgent": true})));
        for line in [
            r#"{"ms":500000,"type":"accept"}"#,
            r#"{"ms":522000,"type":"warning","name":"low-bytes-sent"}"#,
            r#"{"ms":530000,"type":"disconnect"}"#,
        ] {
            player.play(line);
        }
        let call = player.replayed().calls.remove(0);
        assert_eq!(call.notices[0].ms, Milliseconds(22_000.0));
        assert_eq!(call.conditions[0].episodes[0].raised_ms, Milliseconds(22_000.0));
    }

    #[test]
    fn a_call_is_reported_once_in_wrap_up_and_not_after_a_quarter_of_an_hour() {
        let replayed = replayed(&[
            r#"{"ms":0,"type":"accept","callSid":"CA1"}"#,
            r#"{"ms":5000,"type":"agent-report","callSid":"CA1"}"#,
            r#"{"ms":9000,"type":"disconnect","callSid":"CA1"}"#,
            r#"{"ms":10000,"type":"accept","callSid":"CA2"}"#,
            r#"{"ms":30000,"type":"disconnect","callSid":"CA2"}"#,
            r#"{"ms":31000,"type":"agent-report","callSid":"CA1"}"#,
            r#"{"ms":32000,"type":"agent-report","callSid":"CA1"}"#,
            r#"{"ms":930001,"type":"agent-report","callSid":"CA2"}"#,
            r#"{"ms":930001,"type":"agent-report","callSid":"CA3"}"#,
        ]);
        let content: Vec<Vec<&str>> = replayed
            .calls
            .iter()
            .map(|call| call.reasons.iter().map(|reason| reason.text.as_str()).collect())
            .collect();
        let short = "The call lasted 9 s, less than 10 s.";
        assert_eq!(content, [vec![short, "The agent reported a problem at 0:05, at 0:31."], vec![]]);
        assert_eq!(replayed.calls.iter().map(|call| call.alert).collect::<Vec<_>>(), [true, false]);
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
    #[test]
    fn a_call_that_is_accepted_after_one_of_the_same_name_has_ended_is_another_also_where_nothing_announces_it() {
        for call in ["", r#","callSid":"CA1""#] {
            let at = |ms: u32, kind: &str| format!(r#"{{"ms":{ms},"type":"{kind}"{call}}}"#);
            let lines = [
                at(0, "accept"),
                at(20_000, "disconnect"),
                at(20_500, "reconnecting"),
                at(30_000, "accept"),
                at(34_000, "disconnect"),
            ];
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let replayed = replayed(&lines);
            let found: Vec<_> = replayed.calls.iter().map(|call| (call.duration_ms.0, call.alert)).collect();
            assert_eq!((found, replayed.problems), (vec![(20_000.0, false), (4000.0, true)], vec![]), "{call}");
        }
    }
    #[test]
    fn a_call_whose_beginning_is_missing_is_reported_and_one_that_nobody_took_is_not() {
        let replayed = replayed(&[
            r#"{"ms":0,"type":"sample","sample":{},"callSid":"CA1"}"#,
            r#"{"ms":0,"type":"incoming","callSid":"CA2"}"#,
            r#"{"ms":0,"type":"mute","muted":true,"callSid":"CA3"}"#,
            r#"{"ms":1000,"type":"sample","sample":{},"callSid":"CA2"}"#,
            r#"{"ms":1000,"type":"accept","callSid":"CA3"}"#,
            r#"{"ms":50000,"type":"disconnect","callSid":"CA1"}"#,
            r#"{"ms":50000,"type":"disconnect","callSid":"CA2"}"#,
            r#"{"ms":50000,"type":"disconnect","callSid":"CA3"}"#,
        ]);
        assert_eq!(replayed.calls.iter().map(|call| call.call_sid.as_deref()).collect::<Vec<_>>(), [Some("CA3")]);
        let message = "the call that is first heard of here has no beginning, and nothing is said about it".to_owned();
        assert_eq!(replayed.problems, [Problem { line: 1, message }]);
    }
}
