//! What Twilio exports about calls, made into the table in two steps, so that an engine can bring the rows of a call
//! together in between: texts become rows of [`schema::exported`], and these, sorted, become rows of the table.

use crate::error::{Error, Result};
use crate::exported_call;
use crate::history_columns::{cast, named};
use crate::rows::{self, Row};
use crate::schema::{self, CALL_SID};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use replay::sources::{self, RowsOfCall};
use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

/// The column with the texts, as Spark names it.
const TEXT: &str = "value";
/// So many different problems are told.
const MAX_PROBLEMS: usize = 1000;
/// So many rows of the table are in one batch.
const ROWS_AT_ONCE: usize = 8192;

/// Reads texts with exports: each a line, or a whole file.
#[derive(Debug, Default)]
pub struct ExportReader {
    /// Rows that were read: the place of the next.
    rows: i64,
    problems: BTreeMap<String, u64>,
}

impl ExportReader {
    /// The rows of some texts: of the column `value`, or of the only one.
    ///
    /// # Errors
    /// There is no column with texts.
    pub fn read(&mut self, texts: &RecordBatch) -> Result<RecordBatch> {
        let column = match texts.columns() {
            [only] => only,
            _ => named(texts, TEXT)?,
        };
        let texts = cast(TEXT, column, &DataType::BinaryView)?;
        let (mut call_sids, mut times, mut what) = (Vec::new(), Vec::new(), Vec::new());
        for text in texts.as_binary_view().iter().flatten() {
            let (rows, problems) = sources::encode(text).map_err(|error| Error::Columns(error.to_string()))?;
            for row in rows {
                call_sids.push(row.call_sid);
                times.push(row.at);
                what.push(row.what);
            }
            problems.into_iter().for_each(|problem| self.add(problem));
        }
        let first = self.rows;
        self.rows += times.len() as i64;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(call_sids)),
            Arc::new(Int64Array::from(times)),
            Arc::new(Int64Array::from_iter_values(first..self.rows)),
            Arc::new(BinaryArray::from_iter_values(what)),
        ];
        Ok(RecordBatch::try_new(schema::exported(), columns)?)
    }

    /// What could not be used, and in how many places.
    #[must_use]
    pub fn problems(&self) -> &BTreeMap<String, u64> {
        &self.problems
    }

    fn add(&mut self, problem: String) {
        if self.problems.len() < MAX_PROBLEMS || self.problems.contains_key(&problem) {
            *self.problems.entry(problem).or_default() += 1;
        }
    }
}

/// Makes rows of the table of what an [`ExportReader`] has read, sorted by call, time and place.
#[derive(Default)]
pub struct ExportedCalls {
    current: Option<(String, RowsOfCall)>,
    waiting: Vec<Row>,
    /// Rows that have passed.
    rows: u64,
}

impl ExportedCalls {
    /// Takes the next rows.
    ///
    /// # Errors
    /// A column is missing, or a row is not one of an [`ExportReader`]'s, or not in the order of the calls.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        let call_sids = cast(CALL_SID, named(batch, CALL_SID)?, &DataType::Utf8View)?;
        let times = cast("at", named(batch, "at")?, &DataType::Int64)?;
        let what = cast("what", named(batch, "what")?, &DataType::BinaryView)?;
        let times = times.as_primitive::<Int64Type>();
        let rows = call_sids.as_string_view().iter().zip(times.iter()).zip(what.as_binary_view().iter());
        for ((call_sid, at), what) in rows {
            let row = self.rows;
            self.rows += 1;
            let (Some(call_sid), Some(at), Some(what)) = (call_sid, at, what) else {
                return Err(Error::Row { row, what: "has a null".to_owned() });
            };
            let call = self.turn_to(call_sid, row)?;
            call.push(at, what).map_err(|error| Error::Row { row, what: format!("cannot be read: {error}") })?;
        }
        Ok(())
    }

    /// Rows of the table, as soon as there are many.
    ///
    /// # Errors
    /// Arrow's.
    pub fn ready(&mut self) -> Result<Option<RecordBatch>> {
        if self.waiting.len() < ROWS_AT_ONCE { Ok(None) } else { self.table() }
    }

    /// When all rows have passed: what is left; `None` when that was all.
    ///
    /// # Errors
    /// Arrow's.
    pub fn rest(&mut self) -> Result<Option<RecordBatch>> {
        self.finish();
        self.table()
    }

    /// The call of the next row; the one before is complete if it is another.
    fn turn_to(&mut self, call_sid: &str, row: u64) -> Result<&mut RowsOfCall> {
        match &self.current {
            Some((current, _)) if current == call_sid => {}
            Some((current, _)) if current.as_str() > call_sid => {
                let what = format!("is of call {call_sid}, after rows of call {current}: they are not sorted");
                return Err(Error::Row { row, what });
            }
            _ => self.finish(),
        }
        Ok(&mut self.current.get_or_insert_with(|| (call_sid.to_owned(), RowsOfCall::default())).1)
    }

    fn finish(&mut self) {
        let call = self.current.take().and_then(|(call_sid, rows)| rows.call(call_sid));
        self.waiting.extend(call.into_iter().flat_map(exported_call::rows));
    }

    fn table(&mut self) -> Result<Option<RecordBatch>> {
        let rows = mem::take(&mut self.waiting);
        if rows.is_empty() { Ok(None) } else { Ok(Some(rows::batch(&rows)?)) }
    }
}
