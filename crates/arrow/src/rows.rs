//! Rows, and what they are as columns.

use crate::schema::{self, CALL_SID, SAMPLE, STATS};
use arrow_array::{
    Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, StructArray, TimestampMillisecondArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::ArrowError;
use arrow_schema::{DataType, Fields};
use device_monitoring::WallTime;
use std::sync::Arc;

/// A row of [`schema::events`]. Numbers that are not known are `NaN`.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its call.
    pub call_sid: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Its place among the rows of the same moment: the number of its line.
    pub seq: i64,
    /// Its type.
    pub kind: String,
    /// The Voice SDK's sample.
    pub sample: Option<[f64; SAMPLE.len()]>,
    /// The connection's own statistics.
    pub stats: Option<[f64; STATS.len()]>,
    /// Other fields, as JSON.
    pub detail: Option<String>,
}

/// The day, in UTC, that this moment is in: `2026-11-01`.
#[must_use]
pub fn day(at: i64) -> String {
    let mut text = WallTime(at as f64).to_rfc3339();
    text.truncate("2026-11-01".len());
    text
}

/// Rows as columns.
///
/// # Errors
/// Arrow's.
pub fn batch(rows: &[Row]) -> Result<RecordBatch, ArrowError> {
    let names = rows.iter().map(|row| Some(row.call_sid.as_str()));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(names.collect::<StringArray>()),
        times(rows.iter().map(|row| row.at)),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.seq))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.kind))),
        numbers(&schema::sample(), rows.iter().map(|row| row.sample))?,
        numbers(&schema::stats(), rows.iter().map(|row| row.stats))?,
        Arc::new(StringArray::from_iter(rows.iter().map(|row| row.detail.as_deref()))),
    ];
    RecordBatch::try_new(schema::events(), columns)
}

/// The same rows of another call, so much later.
///
/// # Errors
/// Arrow's.
pub fn moved(rows: &RecordBatch, call_sid: &str, later: i64) -> Result<RecordBatch, ArrowError> {
    let mut columns = rows.columns().to_vec();
    for (index, field) in rows.schema().fields().iter().enumerate() {
        let Some(column) = columns.get_mut(index) else { continue };
        if field.name() == CALL_SID {
            *column = Arc::new(StringArray::from_iter_values(std::iter::repeat_n(call_sid, rows.num_rows())));
        } else if let Some(at) = column.as_any().downcast_ref::<TimestampMillisecondArray>() {
            *column = times(at.values().iter().map(|at| at + later));
        }
    }
    RecordBatch::try_new(rows.schema(), columns)
}

fn times(times: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(TimestampMillisecondArray::from_iter_values(times).with_timezone("UTC"))
}

fn numbers<const COUNT: usize>(
    data_type: &DataType,
    rows: impl Iterator<Item = Option<[f64; COUNT]>>,
) -> Result<ArrayRef, ArrowError> {
    let rows: Vec<_> = rows.collect();
    let fields = if let DataType::Struct(fields) = data_type { fields.clone() } else { Fields::empty() };
    let known = NullBuffer::from_iter(rows.iter().map(Option::is_some));
    let column = |index: usize| -> ArrayRef {
        let value =
            |row: &Option<[f64; COUNT]>| row.and_then(|row| row.get(index).copied()).filter(|value| !value.is_nan());
        Arc::new(rows.iter().map(value).collect::<Float64Array>())
    };
    let columns = (0..fields.len()).map(column).collect();
    Ok(Arc::new(StructArray::try_new(fields, columns, Some(known))?))
}
