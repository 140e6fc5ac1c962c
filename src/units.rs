//! Units as types, so that a millisecond is never compared with a percent.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::ops::{Add, Sub};

/// Keeps three decimals, which is finer than anything measured here, and writes whole numbers without a fraction.
fn serialize_rounded<S: Serializer>(value: f64, serializer: S) -> Result<S::Ok, S::Error> {
    let rounded = (value * 1000.0).round() / 1000.0;
    // Whole numbers up to 2^53 are exact in an f64, so the conversion loses nothing.
    if rounded.fract() == 0.0 && rounded.abs() < 9_007_199_254_740_992.0 {
        serializer.serialize_i64(rounded as i64)
    } else {
        serializer.serialize_f64(rounded)
    }
}

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serialize_rounded(self.0, serializer)
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
    /// A share in percent: 0 to 100 where nothing else is said.
    Percent
}
unit! {
    /// A mean opinion score (ITU-T P.800): 1 is bad, 4.5 the best that the E-model of ITU-T G.107 gives.
    Mos
}
unit! {
    /// A value whose unit the context tells: a metric's (see [`crate::metric::Metric`]) or a rule's.
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

impl fmt::Display for Milliseconds {
    /// Seconds with one decimal: "28.2 s".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} s", self.0 / 1000.0)
    }
}

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
        Milliseconds(self.0.saturating_sub(earlier.0) as f64)
    }
}

/// A time of day and date: milliseconds since 1970-01-01T00:00:00Z. Only written down, never calculated with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WallTime(pub f64);

impl WallTime {
    /// This much later.
    #[must_use]
    pub fn after(self, span: Milliseconds) -> Self {
        Self(self.0 + span.0)
    }
}

impl Serialize for WallTime {
    /// RFC 3339 with milliseconds, in UTC.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Up to the year 9999, the last that RFC 3339 can write.
        const LAST: f64 = 253_402_300_799_999.0;
        let millis = if self.0.is_finite() { self.0.clamp(0.0, LAST) as u64 } else { 0 };
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(millis);
        serializer.collect_str(&humantime::format_rfc3339_millis(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_written_without_a_fraction_and_others_with_three_decimals() {
        assert_eq!(serde_json::to_string(&Milliseconds(20400.0)).unwrap(), "20400");
        assert_eq!(serde_json::to_string(&Percent(37.43751)).unwrap(), "37.438");
    }

    #[test]
    fn a_wall_time_is_written_as_rfc_3339_even_when_it_makes_no_sense() {
        let written = |millis| serde_json::to_string(&WallTime(millis)).unwrap();
        assert_eq!(written(1_795_327_609_127.0), "\"2026-11-22T06:06:49.127Z\"");
        assert_eq!(written(f64::NAN), "\"1970-01-01T00:00:00.000Z\"");
        assert_eq!(written(f64::MAX), "\"9999-12-31T23:59:59.999Z\"");
    }
}
