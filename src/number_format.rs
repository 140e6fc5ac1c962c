//! How numbers are written.

use serde::Serializer;
use std::fmt;

/// A number with three decimals at most, which is finer than anything measured here, and no more than it needs: "15",
/// "0.5".
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimals(pub(crate) f64);

impl fmt::Display for Decimals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(self.0).fmt(f)
    }
}

/// Rounded to three decimals.
pub(crate) fn thousandths(value: f64) -> f64 {
    // The sum makes 0 of −0, which would be written with its sign.
    (value * 1000.0).round() / 1000.0 + 0.0
}

/// Rounded to one decimal.
pub(crate) fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Writes a number with three decimals at most, a whole one without any, and null for NaN and infinity.
pub(crate) fn serialize_decimals<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    /// From here on, floats are farther apart than whole numbers.
    const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;
    match thousandths(*value) {
        value if !value.is_finite() => serializer.serialize_none(),
        value if value.fract() == 0.0 && value.abs() < EXACT_BELOW => serializer.serialize_i64(value as i64),
        value => serializer.serialize_f64(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_as_few_decimals_as_they_need() {
        let written = [15.0, 0.5, 0.25, 0.125, -2.05, 1e6, 37.437_51, 0.1 + 0.2, 0.0004, -0.0004];
        let expected = ["15", "0.5", "0.25", "0.125", "-2.05", "1000000", "37.438", "0.3", "0", "0"];
        assert_eq!(written.map(|number| Decimals(number).to_string()), expected);
    }

    #[test]
    fn numbers_in_json_are_written_alike_and_what_is_no_number_is_null() {
        #[derive(serde::Serialize)]
        struct Number(#[serde(serialize_with = "serialize_decimals")] f64);
        let numbers = [20400.0, 37.437_51, 0.1 + 0.2, -0.5, -0.0, f64::NAN, f64::INFINITY].map(Number);
        assert_eq!(serde_json::to_string(&numbers).unwrap(), "[20400,37.438,0.3,-0.5,0,null,null]");
    }
}
