//! Writing JSON: with numbers as a person would write them.
//!
//! Three decimals are finer than anything measured here. It is also the lighter way: an exact float writer brings
//! tables of its own into the browser.

use crate::units::Value;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io;

/// Writes floats with three decimals at most, and without a fraction where there is none.
struct ShortNumbers;

impl Formatter for ShortNumbers {
    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write!(writer, "{}", Value(value))
    }
}

/// The value as one line of JSON; `None` for what JSON cannot hold, such as a map with keys that are no texts.
#[must_use]
pub fn to_json(value: &impl Serialize) -> Option<String> {
    let mut json = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut json, ShortNumbers)).ok()?;
    String::from_utf8(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_three_decimals_at_most() {
        let numbers = [20400.0, 37.437_51, 0.1 + 0.2, -0.5];
        assert_eq!(to_json(&numbers).as_deref(), Some("[20400,37.438,0.3,-0.5]"));
    }

    #[test]
    fn what_is_no_number_is_null() {
        assert_eq!(to_json(&[f64::NAN, f64::INFINITY]).as_deref(), Some("[null,null]"));
    }
}
