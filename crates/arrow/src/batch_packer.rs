//! Record batches packed by call: what is moved where an engine brings the rows of a call together.

use crate::error::{Error, Result};
use crate::history_columns::{self, Columns};
use crate::row_bytes::RowPacker;
use crate::schema::{self, CALL_SID};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, RecordBatch, StringArray};
use arrow_schema::DataType;
use std::collections::HashMap;
use std::sync::Arc;

/// Packs record batches of the table: the rows of a call in a batch become one row of [`schema::packed`].
#[derive(Debug, Default)]
pub struct BatchPacker {
    packer: RowPacker,
    /// Rows that have passed.
    rows: u64,
}

impl BatchPacker {
    /// Packs some rows, in whatever order they are.
    ///
    /// # Errors
    /// A column is missing, or a row has no CallSid, time or type.
    pub fn pack(&mut self, batch: &RecordBatch) -> Result<RecordBatch> {
        let call_sids = history_columns::cast(CALL_SID, history_columns::named(batch, CALL_SID)?, &DataType::Utf8View)?;
        let call_sids = call_sids.as_string_view();
        let columns = Columns::from_batch(batch)?;
        let mut calls: HashMap<&str, Vec<u8>> = HashMap::new();
        let mut current: Option<(&str, Vec<u8>)> = None;
        for row in 0..columns.rows() {
            let number = self.rows;
            self.rows += 1;
            if call_sids.is_null(row) {
                return Err(Error::Row { row: number, what: format!("has no \"{CALL_SID}\"") });
            }
            let call_sid = call_sids.value(row);
            // As a rule the next row is of the same call.
            let (_, rows) = match &mut current {
                Some(current) if current.0 == call_sid => current,
                other => {
                    calls.extend(other.take());
                    other.insert((call_sid, calls.remove(call_sid).unwrap_or_default()))
                }
            };
            columns.pack(row, &mut self.packer, rows).map_err(|error| error.at(number, call_sid))?;
        }
        calls.extend(current);
        let (call_sids, rows): (Vec<_>, Vec<_>) = calls.into_iter().unzip();
        let columns: Vec<ArrayRef> =
            vec![Arc::new(StringArray::from(call_sids)), Arc::new(BinaryArray::from_iter_values(rows))];
        Ok(RecordBatch::try_new(schema::packed(), columns)?)
    }
}
