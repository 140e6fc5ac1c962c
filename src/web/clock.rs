//! The page's two clocks.

use crate::units::{Timestamp, WallTime};

/// Milliseconds since the page was opened, on a clock that never runs backwards.
pub(super) fn now() -> Timestamp {
    // Whole milliseconds are fine enough; without a window (there is always one in Flex) time stands still.
    let millis = web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now());
    Timestamp(millis as i64)
}

/// The time of day, which the user or the system may set back and forth at any time.
pub(super) fn time_of_day() -> WallTime {
    WallTime(js_sys::Date::now())
}
