//! The rows of one call, packed one behind the other, in whatever order they came: what the engine's function keeps until
//! it knows that it has them all, and what goes from one phase of the aggregation to the next.
//!
//! A second's sample takes some 40 bytes: most of its numbers are small and whole, or have few decimal places.

use crate::error::Result;
use crate::numbers;
use crate::schema::{SAMPLE, STATS};
use serde::{Deserialize, Serialize};

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Body {
    pub(crate) sample: Option<SampleNumbers>,
    pub(crate) stats: Option<StatsNumbers>,
    pub(crate) rare: Option<Rare>,
}

/// A sample's numbers, in the order of [`SAMPLE`]. Those that are not known are `NaN`.
pub(crate) type SampleNumbers = [f64; SAMPLE.len()];
/// A reading's numbers, in the order of [`STATS`].
pub(crate) type StatsNumbers = [f64; STATS.len()];

/// Anything that does not come every second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rare {
    pub(crate) kind: String,
    pub(crate) detail: Option<String>,
}

/// What stands before the body of a row, as [`postcard`] writes it: small numbers take one or two bytes.
#[derive(Serialize, Deserialize)]
struct Header {
    /// What the body has: of these bits.
    has: u8,
    at: i64,
    /// A row that does not say it comes before those that do.
    seq: Option<i64>,
    /// Of the body, in bytes.
    length: u32,
}

const HAS_SAMPLE: u8 = 1;
const HAS_STATS: u8 = 2;
const HAS_RARE: u8 = 4;

/// Packs one row at a time into the bytes of its call; its memory is used again for the next.
///
/// A row is a header and the body: numbers, and what does not come every second.
#[derive(Debug, Default)]
pub struct RowPacker {
    body: Vec<u8>,
}

impl RowPacker {
    /// Appends a row.
    pub(crate) fn pack(&mut self, to: &mut Vec<u8>, at: i64, seq: Option<i64>, body: &Body) -> Result<()> {
        self.body.clear();
        let mut has = 0;
        if let Some(sample) = &body.sample {
            has |= HAS_SAMPLE;
            numbers::pack(sample, &mut self.body);
        }
        if let Some(stats) = &body.stats {
            has |= HAS_STATS;
            numbers::pack(stats, &mut self.body);
        }
        if let Some(rare) = &body.rare {
            has |= HAS_RARE;
            self.body = postcard::to_extend(rare, std::mem::take(&mut self.body))?;
        }
        let length = u32::try_from(self.body.len()).map_err(|_| postcard::Error::SerializeBufferFull)?;
        *to = postcard::to_extend(&Header { has, at, seq, length }, std::mem::take(to))?;
        to.extend_from_slice(&self.body);
        Ok(())
    }
}

/// A packed row: when it was, and its body.
pub(crate) struct Packed<'a> {
    pub(crate) at: i64,
    seq: Option<i64>,
    has: u8,
    body: &'a [u8],
}

impl<'a> Packed<'a> {
    /// The first of them.
    fn take_first(packed: &mut &'a [u8]) -> Result<Self> {
        let (Header { has, at, seq, length }, rest) = postcard::take_from_bytes(packed)?;
        let (body, rest) = rest.split_at_checked(length as usize).ok_or(CUT_OFF)?;
        *packed = rest;
        Ok(Self { at, seq, has, body })
    }

    #[inline]
    pub(crate) fn body(&self) -> Result<Body> {
        let mut rest = self.body;
        let mut body = Body::default();
        if self.has & HAS_SAMPLE != 0 {
            body.sample = Some(numbers::unpack(&mut rest).ok_or(CUT_OFF)?);
        }
        if self.has & HAS_STATS != 0 {
            body.stats = Some(numbers::unpack(&mut rest).ok_or(CUT_OFF)?);
        }
        if self.has & HAS_RARE != 0 {
            body.rare = Some(postcard::from_bytes(rest)?);
        }
        Ok(body)
    }
}

const CUT_OFF: postcard::Error = postcard::Error::DeserializeUnexpectedEnd;

/// So many bytes from the beginning.
pub(crate) fn take<'a, const COUNT: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; COUNT]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(taken)
}

/// The rows in the order in which things happened, each once, whatever the order was in which they came and however often.
pub(crate) fn in_order<'p>(mut packed: &'p [u8]) -> Result<Vec<Packed<'p>>> {
    let mut rows = Vec::new();
    while !packed.is_empty() {
        rows.push(Packed::take_first(&mut packed)?);
    }
    let key = |row: &Packed<'_>| (row.at, row.seq);
    // As a rule they are in order already, and no two of them alike.
    if !rows.is_sorted_by(|a, b| key(a) < key(b)) {
        let whole = |row: &Packed<'p>| (key(row), row.has, row.body);
        rows.sort_by(|a, b| whole(a).cmp(&whole(b)));
        rows.dedup_by(|a, b| whole(a) == whole(b));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::array::uniform;
    use proptest::prelude::*;

    fn body() -> impl Strategy<Value = Body> {
        // Bodies are compared, and no `NaN` equals another: numbers.rs tests these.
        let number =
            prop_oneof![any::<i32>().prop_map(f64::from), any::<f64>().prop_filter("not a NaN", |it| !it.is_nan())];
        let rare = ("[a-z]{0,9}", prop::option::of(".{0,40}"));
        let rare = rare.prop_map(|(kind, detail)| Rare { kind, detail });
        (prop::option::of(uniform(number.clone())), prop::option::of(uniform(number)), prop::option::of(rare))
            .prop_map(|(sample, stats, rare)| Body { sample, stats, rare })
    }

    fn packed(rows: &[(i64, Option<i64>, Body)]) -> Vec<u8> {
        let (mut packer, mut bytes) = (RowPacker::default(), Vec::new());
        rows.iter().for_each(|(at, seq, body)| packer.pack(&mut bytes, *at, *seq, body).unwrap());
        bytes
    }

    fn unpacked(bytes: &[u8]) -> Vec<(i64, Option<i64>, Body)> {
        in_order(bytes).unwrap().iter().map(|row| (row.at, row.seq, row.body().unwrap())).collect()
    }

    proptest! {
        #[test]
        fn rows_come_out_as_they_went_in_sorted_and_once_whatever_their_order(
            rows in prop::collection::vec((-5_i64..5, prop::option::of(prop_oneof![0_i64..3, any::<i64>()]), body()), 0..12),
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
        let sample = [3.0, 301.0, 0.0, 50.0, 50.0, 4.2345, 8000.0, 8000.0, 15_682.0, 4899.0];
        let body = Body { sample: Some(sample), ..Body::default() };
        assert!(packed(&[(1_795_327_609_127, Some(300), body)]).len() <= 40);
    }
}
