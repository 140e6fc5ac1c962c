//! Which days are kept from the search, to show on them what its result is worth.

use super::played_call::PlayedCall;
use serde::Serialize;
use std::collections::BTreeMap;

/// Below this nothing is suggested. Days are held out as a whole, a third of them.
pub(crate) const MIN_DAYS: usize = 3;
/// With fewer, one call more or less would make another result.
pub(crate) const MIN_REPORTED: usize = 10;
/// Calls that nobody reported: without them any thresholds would do.
pub(crate) const MIN_OTHERS: usize = 30;
/// Reported calls in each part.
pub(crate) const MIN_REPORTED_IN_PART: usize = 3;

/// What there is too little of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum InsufficientData {
    /// Days on which calls began.
    Days,
    /// Calls that agents reported.
    Reported,
    /// Calls that nobody reported.
    Others,
    /// Reported calls in one of the two parts, because most of them are of the same day.
    ReportedInPart,
}

/// Why nothing is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TooFew {
    /// Of what.
    pub of: InsufficientData,
    /// How many there are.
    pub there: usize,
    /// How many there have to be.
    pub needed: usize,
}

/// Puts calls into an order that does not depend on how they were read, and parts them: those to search in, and those that
/// are held out.
pub(super) fn parted(mut calls: Vec<PlayedCall>) -> Result<[Vec<PlayedCall>; 2], TooFew> {
    calls.sort_by_key(PlayedCall::order);
    let mut days = BTreeMap::<i64, (usize, usize)>::new();
    for call in &calls {
        let (all, reported) = days.entry(call.day).or_default();
        *all += 1;
        *reported += usize::from(call.is_reported);
    }
    let reported = calls.iter().filter(|call| call.is_reported).count();
    enough(InsufficientData::Reported, reported, MIN_REPORTED)?;
    enough(InsufficientData::Others, calls.len() - reported, MIN_OTHERS)?;
    enough(InsufficientData::Days, days.len(), MIN_DAYS)?;

    let held_out = held_out(&days);
    let (held_out, searched): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| held_out.contains(&call.day));
    let reported = |calls: &[PlayedCall]| calls.iter().filter(|call| call.is_reported).count();
    enough(InsufficientData::ReportedInPart, reported(&searched).min(reported(&held_out)), MIN_REPORTED_IN_PART)?;
    Ok([searched, held_out])
}

fn enough(of: InsufficientData, there: usize, needed: usize) -> Result<(), TooFew> {
    if there < needed { Err(TooFew { of, there, needed }) } else { Ok(()) }
}

/// Days with about a third of all calls, and of those that were reported, up to each of them. `days`: their calls, and how
/// many of these were reported.
fn held_out(days: &BTreeMap<i64, (usize, usize)>) -> Vec<i64> {
    let sums = days.values().fold((0, 0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
    let far = |held: (usize, usize), until_now: (usize, usize)| {
        let off = |held: usize, until_now: usize, sum: usize| {
            (3.0 * held as f64 - until_now as f64).abs() / sum.max(1) as f64
        };
        off(held.0, until_now.0, sums.0) + off(held.1, until_now.1, sums.1)
    };
    let (mut held, mut until_now) = ((0, 0), (0, 0));
    let mut chosen = Vec::new();
    for (day, (calls, reported)) in days {
        until_now = (until_now.0 + calls, until_now.1 + reported);
        let with = (held.0 + calls, held.1 + reported);
        if far(with, until_now) < far(held, until_now) {
            held = with;
            chosen.push(*day);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_third_day_is_held_out_where_days_are_alike() {
        let days = (0..9).map(|day| (day, (20, 2))).collect();
        assert_eq!(held_out(&days), [1, 4, 7]);
    }

    #[test]
    fn a_day_with_most_of_the_reports_is_searched_in_and_a_third_of_the_calls_is_held_out() {
        let days = BTreeMap::from([(1, (50, 20)), (2, (50, 3)), (3, (50, 3))]);
        assert_eq!(held_out(&days), [2]);
    }
}
