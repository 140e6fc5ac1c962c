//! Columns of the table, a batch of rows at a time, made into what is packed.

use crate::error::{Error, Result};
use crate::row_bytes::{Body, Rare, RowPacker};
use crate::schema::{self, SAMPLE, STATS};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{
    Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringViewArray, StructArray, TimestampMillisecondArray,
    new_null_array,
};
use arrow_buffer::NullBuffer;
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::DataType;
use std::sync::Arc;

/// The columns that say what happened: `at, seq, type, sample, stats, detail`.
#[derive(Clone, Debug)]
pub struct Columns {
    at: TimestampMillisecondArray,
    seq: Int64Array,
    kind: StringViewArray,
    sample: Numbers<{ SAMPLE.len() }>,
    stats: Numbers<{ STATS.len() }>,
    detail: StringViewArray,
}

/// A struct of numbers.
#[derive(Clone, Debug)]
struct Numbers<const COUNT: usize> {
    is_there: Option<NullBuffer>,
    columns: [Float64Array; COUNT],
}

impl Columns {
    /// Of exactly the types of the table, texts as views; in their order.
    ///
    /// # Errors
    /// There are others.
    pub fn from_arrays(values: &[ArrayRef]) -> Result<Self> {
        let [at, seq, kind, sample, stats, detail] = values else {
            return Err(Error::Columns(format!("{} columns where there are 6", values.len())));
        };
        Ok(Self {
            at: typed("at", at.as_primitive_opt::<TimestampMillisecondType>().cloned())?,
            seq: typed("seq", seq.as_primitive_opt::<Int64Type>().cloned())?,
            kind: typed("type", kind.as_string_view_opt().cloned())?,
            sample: Numbers::from_array("sample", sample)?,
            stats: Numbers::from_array("stats", stats)?,
            detail: typed("detail", detail.as_string_view_opt().cloned())?,
        })
    }

    /// By their names, whatever else is there; of types that can become those of the table without a loss.
    ///
    /// # Errors
    /// A column is missing, or is of a type that cannot become the table's.
    pub fn from_batch(batch: &RecordBatch) -> Result<Self> {
        let at = named(batch, "at")?;
        if !matches!(at.data_type(), DataType::Timestamp(..)) {
            return Err(Error::Columns(format!(
                "the column \"at\" is of the type {}, not a timestamp",
                at.data_type()
            )));
        }
        let sample = SAMPLE.map(|(name, _)| name);
        let stats = STATS.map(|(name, _, _)| name);
        Self::from_arrays(&[
            cast("at", at, &schema::time())?,
            cast("seq", named(batch, "seq")?, &DataType::Int64)?,
            cast("type", named(batch, "type")?, &DataType::Utf8View)?,
            numbers("sample", named(batch, "sample")?, &sample, &schema::sample())?,
            numbers("stats", named(batch, "stats")?, &stats, &schema::stats())?,
            cast("detail", named(batch, "detail")?, &DataType::Utf8View)?,
        ])
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.at.len()
    }

    /// Packs one row behind the others of its call.
    ///
    /// # Errors
    /// The row has no time or no type.
    pub fn pack(&self, row: usize, packer: &mut RowPacker, to: &mut Vec<u8>) -> Result<()> {
        let lacks = |name: &str| Err(Error::Row { row: row as u64, what: format!("has no \"{name}\"") });
        if self.at.is_null(row) {
            return lacks("at");
        }
        if self.kind.is_null(row) {
            return lacks("type");
        }
        let (kind, detail) = (self.kind.value(row), &self.detail);
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

impl<const COUNT: usize> Numbers<COUNT> {
    fn from_array(name: &str, array: &ArrayRef) -> Result<Self> {
        let whole = typed(name, array.as_struct_opt())?;
        let columns =
            whole.columns().iter().map(|column| typed(name, column.as_primitive_opt::<Float64Type>().cloned()));
        let columns: Vec<_> = columns.collect::<Result<_>>()?;
        let Ok(columns) = columns.try_into() else {
            return Err(Error::Columns(format!(
                "\"{name}\" has {} fields where there are {COUNT}",
                whole.num_columns()
            )));
        };
        Ok(Self { is_there: whole.nulls().cloned(), columns })
    }

    fn numbers(&self, row: usize) -> Option<[f64; COUNT]> {
        let number = |column: &Float64Array| if column.is_valid(row) { column.value(row) } else { f64::NAN };
        let is_there = self.is_there.as_ref().is_none_or(|is_there| is_there.is_valid(row));
        is_there.then(|| self.columns.each_ref().map(number))
    }
}

/// A column of a batch.
pub(crate) fn named<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    batch.column_by_name(name).ok_or_else(|| Error::Columns(format!("there is no column \"{name}\"")))
}

/// The same values as another type.
pub(crate) fn cast(name: &str, array: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, to, &options).map_err(|error| Error::Columns(format!("the column \"{name}\": {error}")))
}

/// A struct whose fields, found by their names, become numbers.
fn numbers(name: &str, array: &ArrayRef, fields: &[&str], to: &DataType) -> Result<ArrayRef> {
    if *array.data_type() == DataType::Null {
        return Ok(new_null_array(to, array.len()));
    }
    let whole = typed(name, array.as_struct_opt())?;
    let DataType::Struct(types) = to else { return typed(name, None) };
    let column = |field: &&str| {
        let full = format!("{name}.{field}");
        let column = whole.column_by_name(field);
        let column = column.ok_or_else(|| Error::Columns(format!("there is no column \"{full}\"")))?;
        cast(&full, column, &DataType::Float64)
    };
    let columns = fields.iter().map(column).collect::<Result<_>>()?;
    Ok(Arc::new(StructArray::try_new(types.clone(), columns, whole.nulls().cloned())?))
}

/// A column as what it has to be.
fn typed<T>(name: &str, column: Option<T>) -> Result<T> {
    column.ok_or_else(|| Error::Columns(format!("the column \"{name}\" is of another type than the table's")))
}
