//! What is said about an input: the calls in it, and what could not be read.

use device_monitoring::replay::{Finished, Point, Problem, ReplayedCall, Skipped};
use std::borrow::Cow;
use std::io;

pub use device_monitoring::replay::MAX_PROBLEMS;

/// What takes the calls; where it fails, nothing more is played.
pub type CallSink<'a> = &'a mut dyn FnMut(JudgedCall) -> io::Result<()>;

/// Characters of what is wrong with a line.
const LONGEST_MESSAGE: usize = 500;

/// A call, and what every configuration says of it.
#[derive(Debug)]
pub struct JudgedCall {
    /// In the order of the configurations; `None` where the call was never accepted, or not watched.
    pub verdicts: Vec<Option<ReplayedCall>>,
    /// Its samples, if they are to be drawn.
    pub series: Vec<Point>,
    /// How the verdict was drawn from something coarser than a recording; `None` for recordings.
    pub origin: Option<Origin>,
}

/// What a verdict was drawn from, if not from a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What kind of export: `voice-insights` or `voice-sdk`.
    pub source: &'static str,
    /// Seconds that one row of it stands for: with more than one, the verdict is an estimate.
    pub resolution_s: u32,
    /// What such a source does not tell, and this call's rows did not either: sentences.
    pub lacks: Vec<&'static str>,
    /// For how much of the call there are rows that say how it was, milliseconds.
    pub measured_ms: i64,
    /// Whether anything says how it was: a row, or an event that tells of trouble.
    pub is_measured: bool,
}

impl JudgedCall {
    /// Whether anything says how the call was. Of a summary alone nothing does.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.origin.as_ref().is_none_or(|origin| origin.is_measured)
    }

    pub(crate) fn recorded(finished: Finished) -> Self {
        Self { verdicts: finished.verdicts, series: finished.series, origin: None }
    }
}

/// What is to be said of an input besides its calls.
#[derive(Debug, Default)]
pub struct Findings {
    /// What could not be used, by line, up to [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
    /// What is not known, which is no fault of the input's.
    pub skipped: Vec<Skipped>,
    /// Sentences about what is no fault but should be said.
    pub notes: Vec<Cow<'static, str>>,
    /// It is JSON, but neither a recording nor an export.
    pub is_something_else: bool,
    /// Something in it is about a call, and could be used.
    pub is_about_a_call: bool,
}

impl Findings {
    pub(crate) fn problem(&mut self, problem: Problem) {
        self.problem_with(|| problem);
    }

    /// A problem that is put into words only if it will be printed.
    pub(crate) fn problem_with(&mut self, problem: impl FnOnce() -> Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            let Problem { line, mut message } = problem();
            if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
                message.truncate(end);
                message.push('…');
            }
            self.problems.push(Problem { line, message });
        } else {
            self.more += 1;
        }
    }

    #[cfg(feature = "command")]
    pub(crate) fn failed(message: String) -> Self {
        Self { problems: vec![Problem { line: 0, message }], ..Self::default() }
    }

    /// Whether everything could be used.
    #[must_use]
    pub fn is_flawless(&self) -> bool {
        self.problems.is_empty()
    }

    /// How many lines, or whole inputs, could not be used.
    #[must_use]
    pub fn count(&self) -> usize {
        self.problems.len() + self.more
    }
}

/// What is said where reading fails.
pub(crate) fn cannot_be_read(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}
