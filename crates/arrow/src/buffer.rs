//! The rows of one call, packed one behind the other, in whatever order they came: what the engine's function keeps until
//! it knows that it has them all, and what goes from one phase of the aggregation to the next.
//!
//! A row is a [`Head`] and a [`Body`]. A second's sample takes some 40 bytes: most of its numbers are small and whole.

use crate::error::Result;
use crate::schema::{SAMPLE, STATS};
use serde::{Deserialize, Serialize};

/// Where a row stands among those of its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Head {
    /// Milliseconds since 1970.
    at: i64,
    /// A row that does not say it comes before those that do.
    seq: Option<i64>,
    /// Bytes of the body.
    length: u32,
}

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Body {
    pub(crate) sample: Option<SampleNumbers>,
    pub(crate) stats: Option<StatsNumbers>,
    pub(crate) rare: Option<Rare>,
}

/// A sample's numbers, in the order of [`SAMPLE`].
pub(crate) type SampleNumbers = [Number; SAMPLE.len()];
/// A reading's numbers, in the order of [`STATS`].
pub(crate) type StatsNumbers = [Number; STATS.len()];

/// A number, as short as it can be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Number {
    Unknown,
    Whole(i32),
    Real(f64),
}

/// Anything that does not come every second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rare {
    pub(crate) kind: String,
    pub(crate) detail: Option<String>,
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        let whole = value as i32;
        if value.is_nan() {
            Self::Unknown
        } else if f64::from(whole) == value {
            Self::Whole(whole)
        } else {
            Self::Real(value)
        }
    }
}

impl Number {
    /// `NaN` for an unknown one.
    pub(crate) fn value(self) -> f64 {
        match self {
            Self::Unknown => f64::NAN,
            Self::Whole(value) => f64::from(value),
            Self::Real(value) => value,
        }
    }
}

/// Packs rows; its memory is used again for the next.
#[derive(Debug, Default)]
pub struct Packer {
    body: Vec<u8>,
}

impl Packer {
    /// Appends a row.
    pub(crate) fn pack(&mut self, to: &mut Vec<u8>, at: i64, seq: Option<i64>, body: &Body) -> Result<()> {
        self.body.clear();
        self.body = postcard::to_extend(body, std::mem::take(&mut self.body))?;
        let length = u32::try_from(self.body.len()).map_err(|_| postcard::Error::SerializeBufferFull)?;
        *to = postcard::to_extend(&Head { at, seq, length }, std::mem::take(to))?;
        to.extend_from_slice(&self.body);
        Ok(())
    }
}

/// A packed row: when it was, and its body.
pub(crate) struct Packed<'a> {
    pub(crate) at: i64,
    seq: Option<i64>,
    body: &'a [u8],
}

impl Packed<'_> {
    pub(crate) fn body(&self) -> Result<Body> {
        Ok(postcard::from_bytes(self.body)?)
    }
}

/// The rows in the order in which things happened, each once, whatever the order was in which they came and however often.
pub(crate) fn in_order(mut packed: &[u8]) -> Result<Vec<Packed<'_>>> {
    let mut rows = Vec::new();
    while !packed.is_empty() {
        let (Head { at, seq, length }, rest) = postcard::take_from_bytes(packed)?;
        let Some((body, rest)) = rest.split_at_checked(length as usize) else {
            return Err(postcard::Error::DeserializeUnexpectedEnd.into());
        };
        rows.push(Packed { at, seq, body });
        packed = rest;
    }
    let key = |row: &Packed<'_>| (row.at, row.seq);
    // As a rule they are in order already, and no two of them alike.
    if !rows.is_sorted_by(|a, b| key(a) < key(b)) {
        rows.sort_by(|a, b| (key(a), a.body).cmp(&(key(b), b.body)));
        rows.dedup_by(|a, b| (key(a), a.body) == (key(b), b.body));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::array::uniform;
    use proptest::prelude::*;

    fn body() -> impl Strategy<Value = Body> {
        let number = prop_oneof![
            Just(Number::Unknown),
            any::<i32>().prop_map(|whole| Number::from(f64::from(whole))),
            any::<f64>().prop_map(Number::from)
        ];
        let rare = ("[a-z]{0,9}", prop::option::of(".{0,40}"));
        let rare = rare.prop_map(|(kind, detail)| Rare { kind, detail });
        (prop::option::of(uniform(number.clone())), prop::option::of(uniform(number)), prop::option::of(rare))
            .prop_map(|(sample, stats, rare)| Body { sample, stats, rare })
    }

    fn packed(rows: &[(i64, Option<i64>, Body)]) -> Vec<u8> {
        let (mut packer, mut bytes) = (Packer::default(), Vec::new());
        rows.iter().for_each(|(at, seq, body)| packer.pack(&mut bytes, *at, *seq, body).unwrap());
        bytes
    }

    fn unpacked(bytes: &[u8]) -> Vec<(i64, Option<i64>, Body)> {
        in_order(bytes).unwrap().iter().map(|row| (row.at, row.seq, row.body().unwrap())).collect()
    }

    proptest! {
        #[test]
        fn rows_come_out_as_they_went_in_sorted_and_once_whatever_their_order(
            rows in prop::collection::vec((-5_i64..5, prop::option::of(0_i64..3), body()), 0..12),
            shuffled in any::<prop::sample::Index>(),
        ) {
            let sorted = unpacked(&packed(&rows));
            let mut twice = [rows.clone(), rows.clone()].concat();
            let middle = shuffled.index(twice.len().max(1));
            twice.rotate_left(middle);
            twice.reverse();
            prop_assert_eq!(&unpacked(&packed(&twice)), &sorted);
            prop_assert!(sorted.is_sorted_by_key(|(at, seq, _)| (*at, *seq)));
            for row in &rows {
                prop_assert!(sorted.contains(row), "{row:?} is lost");
            }
        }

        #[test]
        fn a_number_is_the_same_bit_for_bit_but_for_the_sign_of_zero(value in any::<f64>()) {
            let kept = Number::from(value).value();
            prop_assert!(kept == value || kept.is_nan() && value.is_nan());
        }
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        let bytes = packed(&[(7, Some(1), Body::default())]);
        for length in 1..bytes.len() {
            assert!(in_order(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_seconds_sample_takes_few_bytes() {
        let sample = [3.0, 301.0, 0.0, 50.0, 50.0, 4.2345, 8000.0, 8000.0, 15_682.0, 4899.0].map(Number::from);
        let body = Body { sample: Some(sample), ..Body::default() };
        assert!(packed(&[(1_795_327_609_127, Some(300), body)]).len() <= 48);
    }
}
