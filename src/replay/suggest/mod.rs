//! Thresholds suggested from recorded calls: which ones alert on the calls that agents reported ("I had a problem"), and
//! on no more than so many calls a day.
//!
//! Each call is played a few times, once for each place in the [`Grid`] ([`Grid::probes`]). What that says of it
//! ([`PlayedCall`]) is enough to judge it under any combination of thresholds without playing it again. [`Search`] tries
//! combinations on two thirds of the calls, and [`Suggestion`] says what the best of them does on the rest, which the
//! search has not seen.
//!
//! An agent's report makes a call alert whatever the thresholds are. So an alert for this reason alone counts neither as
//! caught nor among those of a day.

mod grid;
mod held_out;
mod played_call;
mod search;
mod suggestion;

pub use grid::{Grid, Property};
pub use held_out::{InsufficientData, TooFew};
#[cfg(test)]
pub(crate) use held_out::{MIN_DAYS, MIN_OTHERS, MIN_REPORTED, MIN_REPORTED_IN_PART};
pub use played_call::PlayedCall;
pub use search::Search;
pub use suggestion::{Change, HeldOutCall, Outcome, Part, RuleCounts, Setting, Suggestion};
