//! What is printed, and what is written into the documents.

use crate::expectation::Expectation;
use crate::goals::{self, Goal};
use crate::impairment::Witness;
use crate::observer::{Observation, Observer};
use crate::recording::File;
use crate::score::{Noticed, Score};
use crate::stretch::Stretch;
use crate::table::Table;
use crate::totals::{Spread, Totals, exceeds};
use crate::truth::Truth;

/// One call, held against its truth.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The recording's name, with the call's number where it has several.
    pub name: String,
    /// Not looked at when anything was tuned.
    pub held_out: bool,
    /// What was expected.
    pub expected: Expectation,
    /// Of each observer, in their order.
    pub scores: Vec<(Observer, Score)>,
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
                let name = format!("{}{number}", file.name);
                Self { name, held_out: file.held_out, scores, expected, unknown: truth.unknown }
            })
            .collect()
    }

    fn score(&self, observer: Observer) -> Option<&Score> {
        self.scores.iter().find(|(by, _)| *by == observer).map(|(_, score)| score)
    }
}

/// An observer's scores of some calls, added up.
#[must_use]
pub fn totals<'a>(observer: Observer, calls: impl IntoIterator<Item = &'a Scored>) -> Totals<'a> {
    calls.into_iter().filter_map(|call| call.score(observer)).collect()
}

/// A line for each figure, the observers side by side.
#[must_use]
pub fn totals_table(calls: &[&Scored]) -> Table {
    let all: Vec<Totals> = Observer::ALL.into_iter().map(|observer| totals(observer, calls.iter().copied())).collect();
    let mut table = Table::new(std::iter::once("").chain(Observer::ALL.into_iter().map(Observer::as_str)));
    let mut row = |name: &str, cell: &dyn Fn(&Totals) -> String| {
        table.row(std::iter::once(name.to_owned()).chain(all.iter().map(cell)));
    };
    row("calls", &|totals| totals.calls().to_string());
    row("stretches to be noticed", &|totals| totals.musts().to_string());
    row("missed", &|totals| totals.missed().to_string());
    row("of those out of its sight, noticed", &|totals| totals.unseen());
    row("of those that may be, noticed", &|totals| totals.mays());
    row("invented", &|totals| totals.invented().to_string());
    row("still up 14 s after the end", &|totals| totals.overstayed().to_string());
    row("wrong side", &|totals| totals.wrong_sides().to_string());
    row("came and went twice within 10 s", &|totals| totals.flapping().to_string());
    row("seconds to notice (median, p95, max)", &|totals| spread(totals.to_notice_any()));
    for witness in Witness::ALL {
        row(&format!("… {}", witness.as_str()), &|totals| spread(totals.to_notice(witness)));
    }
    row("seconds to clear", &|totals| spread(totals.to_clear()));
    row("error of the time in warning, s", &|totals| spread(totals.error()));
    table
}

fn spread(spread: Option<Spread>) -> String {
    spread.map_or("–".to_owned(), |spread| format!("{:.1}, {:.1}, {:.1}", spread.median, spread.p95, spread.max))
}

/// A line for each call, the observers side by side.
#[must_use]
pub fn calls_table(calls: &[&Scored]) -> Table {
    let heads = ["recording", "to be noticed", "may be"].into_iter();
    let mut table = Table::new(heads.chain(Observer::ALL.into_iter().map(Observer::as_str)));
    for call in calls {
        let Expectation { must, may, .. } = &call.expected;
        let must: Vec<String> = must.iter().map(described).collect();
        let may: Vec<String> = may.iter().filter(|may| call.expected.is_apart(may)).map(described).collect();
        let mut cells = vec![call.name.clone(), must.join("\n"), may.join("\n")];
        cells.extend(call.scores.iter().map(|(_, score)| cell(score)));
        table.row(cells);
    }
    table
}

fn described(stretch: &Stretch) -> String {
    let kinds: Vec<&str> = stretch.kinds.iter().map(|kind| kind.as_str()).collect();
    let again = if stretch.outages.is_empty() { "" } else { ", again and again" };
    format!("{:.1}–{:.1} s {}{again}", stretch.span.from, stretch.span.to, kinds.join(", "))
}

fn cell(score: &Score) -> String {
    let mut parts = Vec::new();
    for noticed in &score.noticed {
        let side = if noticed.right_side { "" } else { ", wrong side" };
        let cleared = noticed.clear_after.map_or(String::new(), |after| format!(", cleared +{after:.1}"));
        parts.push(format!("{:.1} s{cleared}{side}", noticed.after));
    }
    parts.extend(score.missed.iter().map(|stretch| format!("missed {}", described(stretch))));
    parts.extend(
        score.unseen.iter().map(|noticed| {
            if *noticed { "noticed, though out of sight".to_owned() } else { "out of sight".to_owned() }
        }),
    );
    if score.mays_noticed > 0 {
        parts.push(format!("{} of what may be", score.mays_noticed));
    }
    for raised in &score.invented {
        parts.push(format!("INVENTED {} at {:.1}", raised.condition, raised.raised));
    }
    for raised in &score.overstayed {
        let until = raised.cleared.map_or("the end".to_owned(), |cleared| format!("{cleared:.1}"));
        parts.push(format!("{} stays up until {until}", raised.condition));
    }
    parts.extend(score.flapping.iter().map(|condition| format!("{condition} flaps")));
    if score.is_time_wrong() {
        parts.push(wrong_time(score));
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join("\n") }
}

fn wrong_time(score: &Score) -> String {
    format!("time in warning {:+.1} s of {:.1}", score.error(), score.truth.0)
}

/// What misses a goal that each stretch and each call has to meet by itself.
#[must_use]
pub fn exceptions(observer: Observer, calls: &[&Scored]) -> Vec<String> {
    let mut exceptions = Vec::new();
    for (name, score) in calls.iter().filter_map(|call| Some((&call.name, call.score(observer)?))) {
        for Noticed { witness, after, .. } in score.noticed.iter().filter(|noticed| noticed.witness.is_rtcp()) {
            let limit = witness.limit(observer.has_private_statistics());
            if exceeds(*after, limit) {
                exceptions.push(format!("{name}: {} noticed after {after:.1} s", witness.as_str()));
            }
        }
        if score.is_time_wrong() {
            exceptions.push(format!("{name}: {}", wrong_time(score)));
        }
    }
    exceptions
}

/// A line for each goal; `true` if all are met.
#[must_use]
pub fn goals_table(observer: Observer, calls: &[&Scored]) -> (Table, bool) {
    let goals = goals::for_observer(observer, &totals(observer, calls.iter().copied()));
    let mut table = Table::new(["", "is", ""]);
    for Goal { asked, figure, met } in &goals {
        table.row([asked.as_str(), figure, if *met { "met" } else { "NOT MET" }]);
    }
    (table, goals.iter().all(|goal| goal.met))
}
