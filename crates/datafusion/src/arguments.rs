//! The arguments of the function, a batch of rows at a time, made into what is packed.

use crate::buffer::{Body, Number, Packer, Rare};
use crate::schema::{SAMPLE, STATS};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, StringViewArray, StructArray, TimestampMillisecondArray,
};
use datafusion::arrow::datatypes::{Float64Type, Int64Type, TimestampMillisecondType};
use datafusion::common::{exec_err, internal_err};
use datafusion::error::Result;

/// Columns of the rows, those behind the configuration: `at, seq, type, sample, stats, detail`.
pub(crate) struct Arguments<'a> {
    at: &'a TimestampMillisecondArray,
    seq: &'a Int64Array,
    kind: &'a StringViewArray,
    sample: Columns<'a, { SAMPLE.len() }>,
    stats: Columns<'a, { STATS.len() }>,
    detail: &'a StringViewArray,
}

/// A struct of numbers.
struct Columns<'a, const COUNT: usize> {
    whole: &'a StructArray,
    columns: [&'a Float64Array; COUNT],
}

impl<'a> Arguments<'a> {
    /// Of the types that `coerce_types` asks for.
    pub(crate) fn from_arrays(values: &'a [ArrayRef]) -> Result<Self> {
        let [_, at, seq, kind, sample, stats, detail] = values else {
            return internal_err!("{} arguments where there are 7", values.len());
        };
        Ok(Self {
            at: typed(at.as_primitive_opt::<TimestampMillisecondType>())?,
            seq: typed(seq.as_primitive_opt::<Int64Type>())?,
            kind: typed(kind.as_string_view_opt())?,
            sample: Columns::from_array(sample)?,
            stats: Columns::from_array(stats)?,
            detail: typed(detail.as_string_view_opt())?,
        })
    }

    pub(crate) fn rows(&self) -> usize {
        self.at.len()
    }

    /// Packs one row behind the others of its call.
    pub(crate) fn pack(&self, row: usize, packer: &mut Packer, to: &mut Vec<u8>) -> Result<()> {
        if self.at.is_null(row) || self.kind.is_null(row) {
            return exec_err!("a row of a call has no \"at\", or no \"type\"");
        }
        let (kind, detail) = (self.kind.value(row), self.detail);
        let sample = self.sample.numbers(row);
        let stats = self.stats.numbers(row);
        let is_second = matches!(kind, "sample" | "stats") && (sample.is_some() || stats.is_some());
        let rare = (!is_second).then(|| Rare {
            kind: kind.to_owned(),
            detail: detail.is_valid(row).then(|| detail.value(row).to_owned()),
        });
        let seq = self.seq.is_valid(row).then(|| self.seq.value(row));
        packer.pack(to, self.at.value(row), seq, &Body { sample, stats, rare })
    }
}

impl<'a, const COUNT: usize> Columns<'a, COUNT> {
    fn from_array(array: &'a ArrayRef) -> Result<Self> {
        let whole = typed(array.as_struct_opt())?;
        let columns = whole.columns().iter().map(|column| typed(column.as_primitive_opt::<Float64Type>()));
        let columns: Vec<_> = columns.collect::<Result<_>>()?;
        let Ok(columns) = columns.try_into() else {
            return internal_err!("a sample or stats with {} columns", whole.num_columns());
        };
        Ok(Self { whole, columns })
    }

    fn numbers(&self, row: usize) -> Option<[Number; COUNT]> {
        let number = |column: &Float64Array| match column.is_valid(row) {
            true => Number::from(column.value(row)),
            false => Number::Unknown,
        };
        self.whole.is_valid(row).then(|| self.columns.map(number))
    }
}

/// An argument as what it has to be.
fn typed<T>(argument: Option<T>) -> Result<T> {
    match argument {
        Some(argument) => Ok(argument),
        None => internal_err!("an argument of another type than was asked for"),
    }
}
