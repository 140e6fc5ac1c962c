//! The page's two clocks. Both may be replaced by another script of the page, and then say anything.

use super::window;
use crate::input::units::{Timestamp, WallTime};
use std::cell::Cell;

/// Between two readings the time of day counts for no more: somebody may have set it.
const MAX_STEP_MS: f64 = 60_000.0;
/// A clock that shows the same for longer stands still.
const STUCK_AFTER_MS: f64 = 1000.0;

/// What the clocks said last, and the time that has been made of it, in milliseconds.
#[derive(Clone, Copy)]
struct Reading {
    page: f64,
    day: f64,
    time: f64,
}

thread_local! {
    static LAST: Cell<Reading> = const { Cell::new(Reading { page: 0.0, day: f64::NAN, time: 0.0 }) };
    /// What the time of day was said to be last, and since when on the page's clock.
    static DAY: Cell<(f64, f64)> = const { Cell::new((f64::NAN, 0.0)) };
}

/// Milliseconds since the page was opened, on a clock that never runs backwards. Should the browser's do so, or stand
/// still, against its specification, the time of day says how much has passed: nothing would be judged otherwise. Whole
/// ones are fine enough.
pub(super) fn now() -> Timestamp {
    let last = LAST.get();
    let page = window().performance().map_or(f64::NAN, |performance| performance.now());
    let now = last.next(if page.is_finite() { page } else { last.page }, js_sys::Date::now());
    LAST.set(now);
    Timestamp(now.time as i64)
}

impl Reading {
    fn next(self, page: f64, day: f64) -> Self {
        let by_page = page - self.page;
        let by_day = day - self.day;
        let by_day = if by_day.is_finite() { by_day.clamp(0.0, MAX_STEP_MS) } else { 0.0 };
        if by_page == 0.0 && by_day < STUCK_AFTER_MS && !self.day.is_nan() {
            return self;
        }
        Self { page, day, time: self.time + if by_page > 0.0 { by_page } else { by_day } }
    }
}

/// The time of day, which the user or the system may set back and forth at any time. Where it stands still, or is no
/// number, the page's clock says how much has passed: nothing could be waited for otherwise.
pub(super) fn time_of_day() -> WallTime {
    let told = js_sys::Date::now();
    let now = now().0 as f64;
    if !told.is_finite() {
        let opened = window().performance().map_or(0.0, |performance| performance.time_origin());
        return WallTime(if opened.is_finite() { opened } else { 0.0 } + now);
    }
    let (last, since) = DAY.get();
    if told != last {
        DAY.set((told, now));
        return WallTime(told);
    }
    WallTime(told + now - since)
}
