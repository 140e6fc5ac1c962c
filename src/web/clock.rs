//! The page's two clocks.

use super::window;
use crate::units::{Timestamp, WallTime};
use std::cell::Cell;

thread_local! {
    /// What the page's clock said last, and how far it has run backwards so far.
    static PAGE: Cell<(f64, f64)> = const { Cell::new((0.0, 0.0)) };
}

/// Milliseconds since the page was opened, on a clock that never runs backwards: should the browser's do so, against
/// its specification, nothing would be judged until it is where it was. Whole ones are fine enough.
pub(super) fn now() -> Timestamp {
    let page = window().performance().map_or(0.0, |performance| performance.now());
    let (last, behind) = PAGE.get();
    let behind = behind + (last - page).max(0.0);
    PAGE.set((page, behind));
    Timestamp((page + behind) as i64)
}

/// The time of day, which the user or the system may set back and forth at any time.
pub(super) fn time_of_day() -> WallTime {
    WallTime(js_sys::Date::now())
}
