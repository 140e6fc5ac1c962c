//! The page's two clocks. Both may be replaced by another script of the page, and then say anything.

use super::window;
use crate::input::units::{Timestamp, WallTime};
use std::cell::Cell;

thread_local! {
    /// What the page's clock said last, and how far it has run backwards so far.
    static PAGE: Cell<(f64, f64)> = const { Cell::new((0.0, 0.0)) };
}

/// Milliseconds since the page was opened, on a clock that never runs backwards: should the browser's do so, against
/// its specification, nothing would be judged until it is where it was. Whole ones are fine enough.
pub(super) fn now() -> Timestamp {
    let (last, behind) = PAGE.get();
    let page = window().performance().map_or(0.0, |performance| performance.now());
    let page = if page.is_finite() { page } else { last };
    let behind = behind + (last - page).max(0.0);
    PAGE.set((page, behind));
    Timestamp((page + behind) as i64)
}

/// The time of day, which the user or the system may set back and forth at any time. Where it is no number, it is
/// counted from when the page was opened: nothing could be waited for otherwise.
pub(super) fn time_of_day() -> WallTime {
    let told = js_sys::Date::now();
    if told.is_finite() {
        return WallTime(told);
    }
    let opened = window().performance().map_or(0.0, |performance| performance.time_origin());
    WallTime(if opened.is_finite() { opened } else { 0.0 } + now().0 as f64)
}
