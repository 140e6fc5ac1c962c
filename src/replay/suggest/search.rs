//! The search over all thresholds.
//!
//! From each of three starts, some properties are given all their values while the others stay, until nothing gets better.
//! Every step is so short that a page can do something else in between.

use super::grid::{Choice, Grid, Property};
use super::held_out::{TooFew, parted};
use super::played_call::{Degradation, PlayedCall};
use super::suggestion::Suggestion;
use crate::config::Config;

/// Rounds over all moves from one start: each but the last has found something better.
const MAX_ROUNDS: usize = 8;

/// How good a choice is; the lesser is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    /// Alerts beyond what a day may have.
    excess: usize,
    /// Reported calls that do not alert.
    missed: usize,
    /// Calls that alert though nobody reported them.
    others: usize,
    /// How many properties have to be changed for it, and by how much.
    difference: (usize, usize),
}

impl Cost {
    const WORST: Self =
        Self { excess: usize::MAX, missed: usize::MAX, others: usize::MAX, difference: (usize::MAX, usize::MAX) };
}

/// Thresholds of seconds that are given these values, and what is given all its values with them.
#[derive(Clone, Copy, Debug)]
enum Move {
    /// One of them, with all that is done about bad seconds, and about calls otherwise.
    One(Property, usize),
    /// Two of them, with what is done about bad seconds alone.
    Two([(Property, usize); 2]),
}

/// A search, step by step.
#[derive(Debug)]
pub struct Search {
    grid: Grid,
    per_day: usize,
    searched: Vec<PlayedCall>,
    held_out: Vec<PlayedCall>,
    moves: Vec<Move>,
    starts: Vec<Choice>,
    /// Where it has come to from the present start.
    here: Option<(Cost, Choice)>,
    /// The best of the starts before.
    best: Option<(Cost, Choice)>,
    next_move: usize,
    round: usize,
    has_improved: bool,
    /// Of the call that is looked at.
    spans: Vec<(i64, i64)>,
}

impl Search {
    /// In these calls, for at most so many alerts a day.
    ///
    /// # Errors
    /// There is too little to say anything.
    pub fn new(grid: Grid, calls: Vec<PlayedCall>, per_day: usize) -> Result<Self, TooFew> {
        let [searched, held_out] = parted(calls)?;
        // The last is the first to be tried.
        let starts = vec![grid.nearest(&Config::recommended()), grid.now, grid.silent()];
        Ok(Self {
            moves: moves(&grid),
            grid,
            per_day,
            searched,
            held_out,
            starts,
            here: None,
            best: None,
            next_move: 0,
            round: 0,
            has_improved: false,
            spans: Vec::new(),
        })
    }

    /// Tries some more; `false`: there is nothing more to try.
    pub fn step(&mut self) -> bool {
        let Some((cost, choice)) = self.here else {
            let Some(start) = self.starts.pop() else { return false };
            self.here = Some((self.cost(start), start));
            (self.next_move, self.round, self.has_improved) = (0, 0, false);
            return true;
        };
        if let Some(next) = self.moves.get(self.next_move).copied() {
            self.next_move += 1;
            let found = self.best_of(next, choice, cost);
            self.has_improved |= found.is_some();
            self.here = found.or(self.here);
        } else if self.has_improved && self.round + 1 < MAX_ROUNDS {
            (self.next_move, self.has_improved) = (0, false);
            self.round += 1;
        } else {
            let is_better = self.best.is_none_or(|(best, _)| cost < best);
            self.best = if is_better { self.here } else { self.best };
            self.here = None;
        }
        true
    }

    /// The result, when there is nothing more to try.
    #[must_use]
    pub fn suggestion(&self) -> Suggestion {
        // Without a step, what is in force is the best that is known.
        let choice = self.best.map_or(self.grid.now, |(_, choice)| choice);
        Suggestion::new(&self.grid, self.per_day, &self.searched, &self.held_out, choice)
    }

    fn cost(&mut self, choice: Choice) -> Cost {
        let degradations = self.degradations(choice);
        self.cost_of(choice, &degradations, Cost::WORST).unwrap_or(Cost::WORST)
    }

    fn degradations(&mut self, choice: Choice) -> Vec<Degradation> {
        let Self { searched, spans, .. } = self;
        searched.iter().map(|call| call.degradation(choice, spans)).collect()
    }

    /// `None` as soon as it is seen to be more than `least`. `degradations`: of the calls that are searched in, under the
    /// choice's thresholds of seconds.
    fn cost_of(&self, choice: Choice, degradations: &[Degradation], least: Cost) -> Option<Cost> {
        let limits = Limits::new(&self.grid, choice);
        let mut cost = Cost { excess: 0, missed: 0, others: 0, difference: choice.difference(self.grid.now) };
        let (mut day, mut of_day) = (None, 0);
        for (call, degradation) in self.searched.iter().zip(degradations) {
            if day != Some(call.day) {
                (day, of_day) = (Some(call.day), 0);
            }
            if limits.alerts(call, *degradation) {
                of_day += 1;
                cost.excess += usize::from(of_day > self.per_day);
                cost.others += usize::from(!call.is_reported);
            } else {
                cost.missed += usize::from(call.is_reported);
            }
            if (cost.excess, cost.missed) > (least.excess, least.missed) {
                return None;
            }
        }
        Some(cost)
    }

    /// The best that a move leads to, if that costs less.
    fn best_of(&mut self, next: Move, from: Choice, cost: Cost) -> Option<(Cost, Choice)> {
        let (from, rest): (_, &[Property]) = match next {
            Move::One(property, place) => (from.with(property, place), &Property::OF_CALLS),
            Move::Two(values) => {
                let with = |choice: Choice, (property, place)| choice.with(property, place);
                (values.into_iter().fold(from, with), &Property::ABOUT_SECONDS)
            }
        };
        let degradations = self.degradations(from);
        let choices = rest.iter().fold(vec![from], |choices, property| {
            let places = 0..self.grid.values(*property).len();
            let each = |choice: Choice| places.clone().map(move |place| choice.with(*property, place));
            choices.into_iter().flat_map(each).collect()
        });
        let (mut least, mut best) = (cost, None);
        for choice in choices {
            if let Some(cost) = self.cost_of(choice, &degradations, least).filter(|cost| *cost < least) {
                (least, best) = (cost, Some((cost, choice)));
            }
        }
        best
    }
}

/// What decides which calls alert, once it is known how much of each was bad.
#[derive(Clone, Copy)]
struct Limits {
    warning_pct: f64,
    at_end: bool,
    short: f64,
    concealed: f64,
}

impl Limits {
    fn new(grid: &Grid, choice: Choice) -> Self {
        let value = |property| grid.value(property, choice);
        Self {
            warning_pct: value(Property::WarningDurPctThreshold),
            at_end: value(Property::EndedInWarningIsTrigger) > 0.0,
            short: value(Property::ShortCallThreshold),
            concealed: value(Property::SeverelyConcealedPctThreshold),
        }
    }

    fn alerts(self, call: &PlayedCall, degradation: Degradation) -> bool {
        degradation.warning_pct > self.warning_pct
            || self.at_end && degradation.at_end
            || call.is_short(self.short)
            || call.is_concealed(self.concealed)
    }
}

/// Each threshold of seconds by itself, and each two of them.
fn moves(grid: &Grid) -> Vec<Move> {
    let places = |property| (0..grid.values(property).len()).map(move |place| (property, place));
    let ones = Property::OF_SECONDS.into_iter().flat_map(places).map(|(property, place)| Move::One(property, place));
    let twos = Property::OF_SECONDS.into_iter().enumerate().flat_map(|(index, one)| {
        let others = Property::OF_SECONDS.into_iter().skip(index + 1);
        others.flat_map(move |other| {
            places(one).flat_map(move |one| places(other).map(move |other| Move::Two([one, other])))
        })
    });
    ones.chain(twos).collect()
}

#[cfg(test)]
mod tests {
    use super::super::held_out::InsufficientData;
    use super::super::played_call::numbers;
    use super::*;

    fn result(calls: Vec<PlayedCall>, per_day: usize) -> Result<Suggestion, TooFew> {
        let mut search = Search::new(Grid::new(&Config::default()), calls, per_day)?;
        while search.step() {}
        Ok(search.suggestion())
    }

    /// On each of so many days, 20 calls: of the first 3 a quarter is bad from a round trip of 300 ms on, and the agents
    /// reported them; the others are well.
    fn month(days: i64) -> Vec<PlayedCall> {
        let call = |day: i64, of_day: i64| {
            let bad: &[i64] = if of_day < 3 { &[30, 30, 25, 0, 0, 0, 0, 0] } else { &[2, 1, 0, 0, 0, 0, 0, 0] };
            PlayedCall::made((day * 20 + of_day) as usize, day, of_day < 3, 100, bad)
        };
        (0..days).flat_map(|day| (0..20).map(move |of_day| call(day, of_day))).collect()
    }

    #[test]
    fn thresholds_are_found_that_catch_what_was_reported_and_nothing_else() {
        let found = result(month(9), 5).unwrap();
        let outcome = |caught, most_per_day| super::super::Outcome { caught, others: 0, most_per_day };
        assert_eq!((found.searched.now, found.searched.suggested), (outcome(0, 0), outcome(18, 3)));
        assert_eq!((found.held_out.days, found.held_out.suggested), (3, outcome(9, 3)));
        // The least that has to be changed.
        let changes: Vec<_> = found.changes.iter().map(|change| change.property).collect();
        assert_eq!(changes, ["highRttThreshold"]);
        assert_eq!(found.changes[0].without, outcome(0, 0));
        assert!(found.is_better_than_chance && found.caught_pct[0].0 > 70.0, "{found:?}");
        assert_eq!(found.calls.len(), 9);
    }

    #[test]
    fn where_a_day_may_have_no_alert_there_is_none_and_what_was_reported_is_missed() {
        let found = result(month(9), 0).unwrap();
        assert_eq!(found.searched.suggested, super::super::Outcome::default());
        assert!(found.calls.iter().all(|call| call.rules.is_empty() && call.is_within_reach));
        assert!(!found.is_better_than_chance);
    }

    #[test]
    fn where_no_threshold_shows_what_was_reported_nothing_is_to_be_changed_and_it_is_out_of_reach() {
        let mut calls = month(9);
        for call in &mut calls {
            *call = PlayedCall::made(call.id, call.day, call.is_reported, 100, &[0; 8]);
        }
        let found = result(calls, 5).unwrap();
        assert_eq!((found.changes.len(), found.searched.suggested.caught), (0, 0));
        assert!(found.calls.iter().all(|call| !call.is_within_reach));
    }

    #[test]
    fn with_too_little_of_anything_nothing_is_suggested_and_it_is_said_of_what() {
        let scarce = |calls| result(calls, 5).unwrap_err();
        assert_eq!(scarce(Vec::new()), TooFew { of: InsufficientData::Reported, there: 0, needed: 10 });
        let mut calls = month(9);
        calls.iter_mut().for_each(|call| call.is_reported = false);
        assert_eq!(scarce(calls).of, InsufficientData::Reported);
        let mut calls = month(9);
        calls.retain(|call| call.is_reported);
        assert_eq!(scarce(calls), TooFew { of: InsufficientData::Others, there: 0, needed: 30 });
        let mut calls = month(9);
        calls.iter_mut().for_each(|call| call.day %= 2);
        assert_eq!(scarce(calls), TooFew { of: InsufficientData::Days, there: 2, needed: 3 });
        let mut calls = month(9);
        calls.iter_mut().for_each(|call| call.is_reported &= call.day < 4);
        calls.iter_mut().for_each(|call| call.day /= 4);
        assert_eq!(scarce(calls), TooFew { of: InsufficientData::ReportedInPart, there: 0, needed: 3 });
    }

    /// Days of calls with any figures.
    fn any_calls(number: &mut impl FnMut(usize) -> usize) -> Vec<PlayedCall> {
        let count = 60 + number(100);
        let call = |id| {
            let (day, is_reported, seconds) = (number(12) as i64, number(10) < 3, 1 + number(200));
            let mut bad: Vec<i64> = (0..8).map(|_| number(seconds) as i64).collect();
            bad.sort_unstable_by(|one, other| other.cmp(one));
            PlayedCall::made(id, day, is_reported, seconds as i64, &bad)
        };
        (0..count).map(call).collect()
    }

    /// The least cost of all choices in which round trips and the rules have any value.
    fn exhaustive(search: &mut Search) -> Cost {
        let is_tried = |property: &&Property| {
            let is_of_calls = Property::OF_CALLS.contains(*property);
            (is_of_calls || **property == Property::HighRttThreshold)
                && **property != Property::SeverelyConcealedPctThreshold
        };
        let mut choices = vec![search.grid.now];
        for property in Property::ALL.iter().filter(is_tried) {
            let places = search.grid.values(*property).len();
            let with = |choice: &Choice| (0..places).map(|place| choice.with(*property, place)).collect::<Vec<_>>();
            choices = choices.iter().flat_map(with).collect();
        }
        choices.into_iter().map(|choice| search.cost(choice)).min().unwrap()
    }

    #[test]
    fn whatever_the_calls_no_day_has_too_many_alerts_and_nothing_would_catch_more_and_their_order_does_not_matter() {
        let mut number = numbers(20_261_129);
        let mut found_any = 0;
        for _ in 0..6 {
            let (calls, per_day) = (any_calls(&mut number), number(6));
            let Ok(mut search) = Search::new(Grid::new(&Config::default()), calls.clone(), per_day) else { continue };
            while search.step() {}
            let found = search.suggestion();
            assert!(found.searched.suggested.most_per_day <= per_day, "{found:?}");
            let (cost, _) = search.best.unwrap();
            let best = exhaustive(&mut search);
            assert_eq!((cost.excess, cost.missed, cost.others), (best.excess, best.missed, best.others));
            let reversed = calls.into_iter().rev().collect();
            assert_eq!(result(reversed, per_day).unwrap(), found);
            found_any += found.changes.len();
        }
        assert!(found_any > 0);
    }
}
