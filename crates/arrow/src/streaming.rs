//! Verdicts on a stream of rows: a call is judged when the rows of the next one come, and is then forgotten.

use crate::configurations::Configurations;
use crate::error::{Error, Result};
use crate::history_columns::{self, Columns};
use crate::judge::Judge;
use crate::outcome::{self, Outcome};
use crate::row_bytes::RowPacker;
use crate::schema::{CALL_SID, PACKED};
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use std::collections::BTreeMap;

/// So many calls are said something of in one batch.
const CALLS_AT_ONCE: usize = 1024;

/// Takes batches of the table, and gives batches of verdicts.
#[derive(Debug)]
pub struct StreamingJudge {
    judge: Judge,
    /// What the configurations are called.
    names: Vec<String>,
    is_sorted: bool,
    packer: RowPacker,
    /// Rows that have passed.
    rows: u64,
    /// The call that the last row was of.
    current: Option<Call>,
    /// Packed rows of calls of which more may come, by CallSid: none where the rows are sorted.
    waiting: BTreeMap<String, Vec<u8>>,
    judged: Vec<(String, Vec<Outcome>)>,
}

#[derive(Debug)]
struct Call {
    call_sid: String,
    rows: Vec<u8>,
}

impl StreamingJudge {
    /// `is_sorted`: by `call_sid`, byte by byte; the order within a call does not matter. Where they are not, the rows of
    /// all calls are kept until the end.
    #[must_use]
    pub fn new(configurations: Configurations, is_sorted: bool) -> Self {
        Self {
            judge: Judge::new(&configurations.all),
            names: configurations.names,
            is_sorted,
            packer: RowPacker::default(),
            rows: 0,
            current: None,
            waiting: BTreeMap::new(),
            judged: Vec::new(),
        }
    }

    /// Takes the next rows, and judges the calls that are complete.
    ///
    /// # Errors
    /// A column is missing; or a row has no CallSid, time or type, or is not where it has to be in the order.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        let call_sids = history_columns::cast(CALL_SID, history_columns::named(batch, CALL_SID)?, &DataType::Utf8View)?;
        let call_sids = call_sids.as_string_view();
        let columns = Columns::from_batch(batch)?;
        for row in 0..columns.rows() {
            let number = self.rows;
            self.rows += 1;
            if call_sids.is_null(row) {
                return Err(Error::Row { row: number, what: format!("has no \"{CALL_SID}\"") });
            }
            self.turn_to(call_sids.value(row), number)?;
            let Some(call) = &mut self.current else { continue };
            let packed = columns.pack(row, &mut self.packer, &mut call.rows);
            packed.map_err(|error| error.at(number, &call.call_sid))?;
        }
        Ok(())
    }

    /// Takes the next rows as a [`crate::BatchPacker`] has packed them, and judges the calls that are complete.
    ///
    /// # Errors
    /// A column is missing; or something is not where it has to be in the order.
    pub fn push_packed(&mut self, batch: &RecordBatch) -> Result<()> {
        let call_sids = history_columns::cast(CALL_SID, history_columns::named(batch, CALL_SID)?, &DataType::Utf8View)?;
        let packed = history_columns::cast(PACKED, history_columns::named(batch, PACKED)?, &DataType::BinaryView)?;
        for (call_sid, packed) in call_sids.as_string_view().iter().zip(packed.as_binary_view().iter()) {
            let number = self.rows;
            self.rows += 1;
            self.turn_to(call_sid.unwrap_or_default(), number)?;
            if let Some(call) = &mut self.current {
                call.rows.extend_from_slice(packed.unwrap_or_default());
            }
        }
        Ok(())
    }

    /// Verdicts, as soon as there are many.
    ///
    /// # Errors
    /// Arrow's.
    pub fn ready(&mut self) -> Result<Option<RecordBatch>> {
        if self.judged.len() < CALLS_AT_ONCE { Ok(None) } else { self.table() }
    }

    /// When all rows have passed: the verdicts that are left, many at a time; `None` when that was all.
    ///
    /// # Errors
    /// Arrow's.
    pub fn rest(&mut self) -> Result<Option<RecordBatch>> {
        if let Some(call) = self.current.take() {
            self.waiting.insert(call.call_sid, call.rows);
        }
        while self.judged.len() < CALLS_AT_ONCE {
            let Some((call_sid, rows)) = self.waiting.pop_first() else { break };
            self.judge(Call { call_sid, rows })?;
        }
        self.table()
    }

    /// Makes the call of the next row the current one.
    fn turn_to(&mut self, call_sid: &str, row: u64) -> Result<()> {
        if self.current.as_ref().is_some_and(|call| call.call_sid == call_sid) {
            return Ok(());
        }
        let mut rows = Vec::new();
        match self.current.take() {
            None => {}
            Some(call) if !self.is_sorted => {
                self.waiting.insert(call.call_sid, call.rows);
                rows = self.waiting.remove(call_sid).unwrap_or_default();
            }
            Some(call) if call.call_sid.as_str() > call_sid => {
                let what = format!("is of call {call_sid}, after rows of call {}: they are not sorted", call.call_sid);
                return Err(Error::Row { row, what });
            }
            Some(call) => self.judge(call)?,
        }
        self.current = Some(Call { call_sid: call_sid.to_owned(), rows });
        Ok(())
    }

    fn judge(&mut self, call: Call) -> Result<()> {
        let outcomes = self.judge.judge(&call.rows)?;
        self.judged.push((call.call_sid, outcomes));
        Ok(())
    }

    fn table(&mut self) -> Result<Option<RecordBatch>> {
        let judged = std::mem::take(&mut self.judged);
        if judged.is_empty() { Ok(None) } else { outcome::table(judged, &self.names).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch_packer::BatchPacker;
    use crate::rows::{Row, batch};
    use arrow_array::{ArrayRef, StringArray, TimestampMillisecondArray};
    use arrow_schema::{Field, Schema};
    use std::sync::Arc;

    fn row(call_sid: &str, second: i64, kind: &str) -> Row {
        let at = 1_793_577_590_000 + second * 1000;
        let (call_sid, kind) = (call_sid.to_owned(), kind.to_owned());
        Row { call_sid, at, seq: second, kind, sample: None, stats: None, detail: None }
    }

    fn call(call_sid: &str, seconds: i64) -> Vec<Row> {
        vec![row(call_sid, 0, "accept"), row(call_sid, seconds, "disconnect")]
    }

    /// What is said of these rows, so many in a batch: each call with its duration.
    fn judged(rows: &[Row], at_once: usize, is_sorted: bool) -> Result<Vec<(String, f64)>> {
        let mut judge = StreamingJudge::new(Configurations::one("{}")?, is_sorted);
        let mut tables = Vec::new();
        for rows in rows.chunks(at_once) {
            judge.push(&batch(rows)?)?;
            tables.extend(judge.ready()?);
        }
        tables.extend(std::iter::from_fn(|| judge.rest().unwrap()));
        Ok(durations(&tables))
    }

    fn durations(tables: &[RecordBatch]) -> Vec<(String, f64)> {
        let durations = tables.iter().flat_map(|table| {
            let sids = table.column_by_name(CALL_SID).unwrap().as_string::<i32>();
            let durations = table.column_by_name("duration_ms").unwrap();
            let durations = durations.as_primitive::<arrow_array::types::Float64Type>();
            (0..table.num_rows()).map(|row| (sids.value(row).to_owned(), durations.value(row))).collect::<Vec<_>>()
        });
        durations.collect()
    }

    #[test]
    fn each_call_is_judged_once_however_its_rows_lie_in_batches() {
        let rows = [call("CA1", 9), call("CA2", 5), call("CA3", 7)].concat();
        let expected = [("CA1".to_owned(), 9000.0), ("CA2".to_owned(), 5000.0), ("CA3".to_owned(), 7000.0)];
        for at_once in 1..=rows.len() {
            assert_eq!(judged(&rows, at_once, true).unwrap(), expected, "{at_once}");
        }
        let scattered: Vec<_> = [4, 1, 3, 0, 5, 2, 0, 3].into_iter().map(|index: usize| rows[index].clone()).collect();
        for at_once in 1..=scattered.len() {
            assert_eq!(judged(&scattered, at_once, false).unwrap(), expected, "{at_once}");
        }
    }

    #[test]
    fn packed_rows_get_the_same_verdicts_whatever_batch_they_were_packed_in() {
        let rows = [call("CA3", 7), call("CA1", 9), call("CA2", 5)].concat();
        let expected = judged(&rows, 6, false).unwrap();
        for at_once in 1..=rows.len() {
            for order in [[0, 1, 2, 3, 4, 5], [4, 1, 3, 0, 5, 2]] {
                let (mut packer, mut packed) = (BatchPacker::default(), Vec::new());
                let scattered: Vec<_> = order.into_iter().map(|index: usize| rows[index].clone()).collect();
                for rows in scattered.chunks(at_once) {
                    packed.push(packer.pack(&batch(rows).unwrap()).unwrap());
                }
                let mut judge = StreamingJudge::new(Configurations::one("{}").unwrap(), false);
                packed.iter().for_each(|packed| judge.push_packed(packed).unwrap());
                assert_eq!(durations(&[judge.rest().unwrap().unwrap()]), expected);
            }
        }
    }

    #[test]
    fn a_row_that_cannot_be_packed_is_named() {
        let whole = batch(&call("CA2", 9)).unwrap();
        let none: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>; 2]));
        for (index, message) in [(0, "row 2 has no \"call_sid\""), (3, "row 2 has no \"type\" (call CA2)")] {
            let mut packer = BatchPacker::default();
            packer.pack(&batch(&call("CA1", 9)).unwrap()).unwrap();
            let mut columns = whole.columns().to_vec();
            columns[index] = Arc::clone(&none);
            let fields: Vec<_> =
                whole.schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
            let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
            assert_eq!(packer.pack(&rows).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn only_one_call_is_kept_of_sorted_rows() {
        let mut judge = StreamingJudge::new(Configurations::one("{}").unwrap(), true);
        for number in 0..500 {
            judge.push(&batch(&call(&format!("CA{number:03}"), 9)).unwrap()).unwrap();
            assert_eq!((judge.waiting.len(), judge.judged.len()), (0, number));
        }
    }

    #[test]
    fn more_calls_than_go_into_one_batch_come_in_several() {
        let rows: Vec<_> = (0..2500).flat_map(|number| call(&format!("CA{number:04}"), 9)).collect();
        for is_sorted in [true, false] {
            assert_eq!(judged(&rows, 100, is_sorted).unwrap().len(), 2500);
        }
    }

    #[test]
    fn a_row_out_of_order_is_named() {
        let rows = [call("CA2", 9), call("CA1", 5)].concat();
        let message = judged(&rows, 3, true).unwrap_err().to_string();
        assert_eq!(message, "row 2 is of call CA1, after rows of call CA2: they are not sorted");
    }

    #[test]
    fn a_row_without_its_time_is_named_with_its_call() {
        let rows = batch(&[call("CA1", 9), call("CA2", 5)].concat()).unwrap();
        let mut columns = rows.columns().to_vec();
        let times = [Some(1), Some(2), None, Some(4)];
        columns[1] = Arc::new(TimestampMillisecondArray::from_iter(times).with_timezone("UTC"));
        let fields: Vec<_> =
            rows.schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
        let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
        let mut judge = StreamingJudge::new(Configurations::one("{}").unwrap(), true);
        judge.push(&batch(&call("CA0", 3)).unwrap()).unwrap();
        assert_eq!(judge.push(&rows).unwrap_err().to_string(), "row 4 has no \"at\" (call CA2)");
    }

    #[test]
    fn a_column_that_is_missing_or_of_another_type_is_named() {
        let rows = batch(&call("CA1", 9)).unwrap();
        let pushed = |rows: &RecordBatch| {
            let mut judge = StreamingJudge::new(Configurations::one("{}").unwrap(), true);
            judge.push(rows).unwrap_err().to_string()
        };
        for (index, name) in ["call_sid", "at", "seq", "type", "sample", "stats", "detail"].into_iter().enumerate() {
            let others: Vec<_> = (0..rows.num_columns()).filter(|column| *column != index).collect();
            let message = pushed(&rows.project(&others).unwrap());
            assert_eq!(message, format!("there is no column \"{name}\""));
        }
        for (name, index) in [("at", 1), ("sample", 4)] {
            let mut columns = rows.columns().to_vec();
            let text: ArrayRef = Arc::new(StringArray::from(vec!["now"; rows.num_rows()]));
            columns[index] = text;
            let mut fields: Vec<_> = rows.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
            fields[index] = Field::new(name, DataType::Utf8, true);
            let message = pushed(&RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap());
            assert!(message.contains(&format!("\"{name}\"")), "{message}");
        }
    }
}
