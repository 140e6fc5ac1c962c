//! The time that one sample covers.

use crate::input::units::Timestamp;

/// A second of a call, from one sample to the next: half a second where the page was busy, several where samples came late.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}
