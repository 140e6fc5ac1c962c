//! Units as types, so that a millisecond is never compared with a percent.

use crate::number_format::{Decimals, serialize_decimals, tenths};
use crate::versioned_json::whole;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};
use std::time::{Duration, UNIX_EPOCH};

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(#[serde(serialize_with = "serialize_decimals")] pub f64);

        impl From<f64> for $name {
            fn from(value: f64) -> Self {
                Self(value)
            }
        }

        impl From<$name> for f64 {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

unit! {
    /// A length of time, or a delay such as RTT or jitter, in milliseconds.
    Milliseconds
}
unit! {
    /// A length of time in seconds, as the configuration states it.
    Seconds
}
unit! {
    /// A share in percent: 0 to 100 unless stated otherwise.
    Percent
}
unit! {
    /// A mean opinion score (ITU-T P.800): 1 is bad, 4.5 the best that the E-model of ITU-T G.107 gives.
    Mos
}
unit! {
    /// A value whose unit depends on the context: a metric's (see [`crate::input::metric::Metric`]) or a rule's.
    Value
}

impl From<Seconds> for Milliseconds {
    fn from(seconds: Seconds) -> Self {
        Self(seconds.0 * 1000.0)
    }
}

impl Add for Milliseconds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

/// In seconds, with one decimal at most: "28.2 s".
impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} s", tenths(self.0 / 1000.0)))
    }
}

macro_rules! display_as_number {
    ($($name:ident),*) => {$(
        /// The number alone, with three decimals at most.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Decimals(self.0).fmt(f)
            }
        }
    )*};
}

display_as_number!(Seconds, Percent, Value);

/// A point in time: milliseconds on a clock that never runs backwards. Its origin is the caller's choice;
/// only differences are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This much earlier.
    #[must_use]
    pub fn before(self, span: Milliseconds) -> Self {
        Self(self.0.saturating_sub(span.0 as i64))
    }

    /// This much later.
    #[must_use]
    pub fn after(self, span: Milliseconds) -> Self {
        Self(self.0.saturating_add(span.0 as i64))
    }
}

impl Sub for Timestamp {
    type Output = Milliseconds;
    fn sub(self, earlier: Self) -> Milliseconds {
        Milliseconds(self.0 as f64 - earlier.0 as f64)
    }
}

/// A time of day and date: milliseconds since 1970-01-01T00:00:00Z, by a clock that may be set back and forth at any time.
/// Stored as a whole number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallTime(#[serde(with = "whole")] pub f64);

impl WallTime {
    /// Whole milliseconds since 1970, until the end of the year 9999, the last that RFC 3339 can write; 0 for NaN.
    #[must_use]
    pub(crate) fn unix_millis(self) -> i64 {
        const END_OF_9999: f64 = 253_402_300_799_999.0;
        self.0.clamp(0.0, END_OF_9999) as i64
    }

    /// This much later.
    #[must_use]
    pub fn after(self, span: Milliseconds) -> Self {
        Self(self.0 + span.0)
    }

    /// RFC 3339 with milliseconds, in UTC, from 1970 to 9999.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let millis = u64::try_from(self.unix_millis()).unwrap_or_default();
        humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(millis)).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_seconds_with_one_decimal() {
        assert_eq!([28_249.0, 5000.0].map(|span| Milliseconds(span).to_string()), ["28.2 s", "5 s"]);
    }

    #[test]
    fn a_wall_time_is_written_as_rfc_3339_even_when_it_makes_no_sense() {
        for (millis, written) in [
            (0.0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000.0, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999.0, "2024-02-29T23:59:59.999Z"),
            (1_795_327_609_127.0, "2026-11-22T06:06:49.127Z"),
            (4_107_542_400_000.0, "2100-03-01T00:00:00.000Z"),
            (f64::NAN, "1970-01-01T00:00:00.000Z"),
            (-1.0, "1970-01-01T00:00:00.000Z"),
            (f64::MAX, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(WallTime(millis).to_rfc3339(), written);
        }
    }
}
