//! Calls held against their truth.

use crate::by_second::BySecond;
use crate::expectation::Expectation;
use crate::recording::File;
use crate::score::Score;
use crate::sdk_and_engine::{Observation, Observer};
use crate::truth::Truth;

/// One call with its scores.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The recording's name, with the call's number where it has several.
    pub name: String,
    /// Not looked at when anything was tuned.
    pub held_out: bool,
    /// Not even scored before everything was tuned.
    pub check: bool,
    /// What was expected.
    pub expected: Expectation,
    /// Of each observer, in their order.
    pub scores: Vec<(Observer, Score)>,
    /// The same second by second.
    pub by_second: Vec<(Observer, BySecond)>,
    /// What was done to it that this report does not know.
    pub unknown: Vec<String>,
}

impl Scored {
    /// Every call of a file.
    #[must_use]
    pub fn all(file: &File) -> Vec<Self> {
        let observations: Vec<(Observer, Vec<Observation>)> =
            Observer::ALL.into_iter().map(|observer| (observer, Observation::all(observer, file))).collect();
        let calls = file.calls.iter().enumerate();
        calls
            .map(|(index, call)| {
                let truth = Truth::from_recording(call);
                let expected = Expectation::from_truth(&truth);
                let number = if file.calls.len() > 1 { format!(" ({})", index + 1) } else { String::new() };
                let silent = Observation::default();
                let score = |(observer, observed): &(Observer, Vec<Observation>)| {
                    (*observer, Score::new(*observer, observed.get(index).unwrap_or(&silent), &expected))
                };
                let scores = observations.iter().map(score).collect();
                let by_second = |(observer, observed): &(Observer, Vec<Observation>)| {
                    (*observer, BySecond::new(observed.get(index).unwrap_or(&silent), &expected, &truth))
                };
                let by_second = observations.iter().map(by_second).collect();
                let name = format!("{}{number}", file.name);
                Self {
                    name,
                    held_out: file.held_out,
                    check: file.check,
                    scores,
                    by_second,
                    expected,
                    unknown: truth.unknown,
                }
            })
            .collect()
    }

    /// Of one observer.
    pub(crate) fn score(&self, observer: Observer) -> Option<&Score> {
        self.scores.iter().find(|(by, _)| *by == observer).map(|(_, score)| score)
    }
}
