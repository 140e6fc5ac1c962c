//! Units as types, so that a millisecond is never compared with a percent.

use crate::json::{Json, Writer};
use crate::say;
use std::fmt;
use std::ops::{Add, Sub};

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
        pub struct $name(pub f64);

        impl Json for $name {
            fn write(&self, to: &mut Writer) {
                self.0.write(to);
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

impl Milliseconds {
    /// In seconds, with one decimal at most: "28.2 s".
    #[must_use]
    pub fn said(self) -> String {
        say::decimal(say::tenths(self.0 / 1000.0)) + " s"
    }
}

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.said())
    }
}

macro_rules! said_as_number {
    ($($name:ident),*) => {$(
        impl $name {
            /// The number alone, with three decimals at most.
            #[must_use]
            pub fn said(self) -> String {
                say::decimal(self.0)
            }
        }
    )*};
}

said_as_number!(Seconds, Percent, Value);

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

/// A time of day and date: milliseconds since 1970-01-01T00:00:00Z, by a clock that may be set back and forth at any time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WallTime(pub f64);

impl WallTime {
    /// In whole milliseconds since 1970, until the end of the year 9999, the last that RFC 3339 can write.
    #[expect(clippy::manual_clamp, reason = "clamp keeps NaN, and brings the formatting of floats into the browser")]
    fn whole(self) -> u64 {
        const LAST: f64 = 253_402_300_799_999.0;
        self.0.max(0.0).min(LAST) as u64
    }

    /// The milliseconds alone, of a time from 1970 to 9999.
    #[must_use]
    pub(crate) fn to_whole(self) -> String {
        let mut text = String::new();
        say::push_digits(&mut text, self.whole(), 1);
        text
    }

    /// This much later.
    #[must_use]
    pub fn after(self, span: Milliseconds) -> Self {
        Self(self.0 + span.0)
    }

    /// RFC 3339 with milliseconds, in UTC, from 1970 to 9999, the last year that it can write.
    #[must_use]
    pub fn said(self) -> String {
        let millis = self.whole();
        let (days, of_day) = (millis / 86_400_000, millis % 86_400_000);
        // Years begin in March, so that the leap day is their last; 400 of them, an era, have always 146,097 days.
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1000 % 60);
        let mut text = String::new();
        let mut add = |number, digits, after| {
            say::push_digits(&mut text, number, digits);
            text.push(after);
        };
        add(year, 4, '-');
        add(month, 2, '-');
        add(day, 2, 'T');
        add(hour, 2, ':');
        add(minute, 2, ':');
        add(second, 2, '.');
        add(of_day % 1000, 3, 'Z');
        text
    }
}

impl Json for WallTime {
    /// RFC 3339 with milliseconds, in UTC.
    fn write(&self, to: &mut Writer) {
        self.said().write(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_with_as_few_decimals_as_they_need() {
        let said = |value| Value(value).said();
        assert_eq!([15.0, 0.5, 0.25, 0.125, -2.05, 1e6].map(said), ["15", "0.5", "0.25", "0.125", "-2.05", "1000000"]);
        assert_eq!(said(0.0004), "0");
        assert_eq!(Milliseconds(28_249.0).to_string(), "28.2 s");
        assert_eq!(Value(f64::NAN).said(), "0");
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
            assert_eq!(WallTime(millis).said(), written);
        }
    }
}
