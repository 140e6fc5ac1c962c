//! The aggregation itself: rows are packed by call, and played when all of a call are there.
//!
//! What the engine knows in the middle of a call cannot be merged with what another knows of the same call. So the state
//! that goes from one phase to the next is the rows. Where the input is ordered by call, DataFusion takes each call as
//! soon as its last row has passed, and not much is ever there; where it is not, all calls are held, or spilled.

use crate::error::from_arrow;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, LargeBinaryArray};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use device_monitoring_arrow::outcome::column;
use device_monitoring_arrow::{Columns, Configurations, Judge, RowPacker};
use std::sync::Arc;

/// Many calls.
#[derive(Debug)]
pub(crate) struct Calls {
    judge: Judge,
    /// What the configurations are called.
    names: Vec<String>,
    packer: RowPacker,
    /// Packed rows, by the number of the call.
    calls: Vec<Vec<u8>>,
    /// What they take.
    bytes: usize,
}

impl Calls {
    pub(crate) fn new(configurations: Configurations) -> Self {
        let Configurations { names, all } = configurations;
        Self { judge: Judge::new(&all), names, packer: RowPacker::default(), calls: Vec::new(), bytes: 0 }
    }

    fn make_room(&mut self, calls: usize) {
        if self.calls.len() < calls {
            self.calls.resize_with(calls, Vec::new);
        }
    }

    fn change(&mut self, call: usize, change: impl FnOnce(&mut RowPacker, &mut Vec<u8>) -> Result<()>) -> Result<()> {
        let Some(rows) = self.calls.get_mut(call) else {
            return internal_err!("there is no group {call}");
        };
        let before = rows.capacity();
        change(&mut self.packer, rows)?;
        self.bytes += rows.capacity() - before;
        Ok(())
    }

    fn take(&mut self, which: EmitTo) -> Vec<Vec<u8>> {
        let taken = which.take_needed(&mut self.calls);
        self.bytes -= taken.iter().map(Vec::capacity).sum::<usize>();
        taken
    }

    fn judge(&mut self, calls: Vec<Vec<u8>>) -> Result<ArrayRef> {
        // Each call's rows go as soon as it is judged.
        let outcomes = calls.into_iter().map(|rows| self.judge.judge(&rows)).collect::<Result<_, _>>();
        column(outcomes.map_err(from_arrow)?, &self.names).map_err(from_arrow)
    }
}

impl GroupsAccumulator for Calls {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.make_room(total_num_groups);
        let arguments = columns(values)?;
        for (row, call) in group_indices.iter().enumerate() {
            if is_wanted(opt_filter, row) {
                self.change(*call, |packer, to| arguments.pack(row, packer, to).map_err(from_arrow))?;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let calls = self.take(emit_to);
        self.judge(calls)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let calls = self.take(emit_to);
        Ok(vec![Arc::new(LargeBinaryArray::from_iter_values(calls))])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.make_room(total_num_groups);
        let states = states(values)?;
        for (rows, call) in states.iter().zip(group_indices) {
            self.change(*call, |_, to| {
                to.extend_from_slice(rows.unwrap_or_default());
                Ok(())
            })?;
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let arguments = columns(values)?;
        let mut packer = RowPacker::default();
        let pack = |row| {
            let mut packed = Vec::new();
            if is_wanted(opt_filter, row) {
                arguments.pack(row, &mut packer, &mut packed).map_err(from_arrow)?;
            }
            Ok(packed)
        };
        let rows = (0..arguments.rows()).map(pack).collect::<Result<Vec<_>>>()?;
        Ok(vec![Arc::new(LargeBinaryArray::from_iter_values(rows))])
    }

    fn size(&self) -> usize {
        self.bytes + self.calls.capacity() * size_of::<Vec<u8>>()
    }
}

/// One call: what a query without `GROUP BY` is about, and what DataFusion uses where it groups in its own way.
#[derive(Debug)]
pub(crate) struct Call(Calls);

impl Call {
    pub(crate) fn new(configurations: Configurations) -> Self {
        let mut calls = Calls::new(configurations);
        calls.make_room(1);
        Self(calls)
    }
}

impl Accumulator for Call {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let arguments = columns(values)?;
        (0..arguments.rows())
            .try_for_each(|row| self.0.change(0, |packer, to| arguments.pack(row, packer, to).map_err(from_arrow)))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let rows = self.0.calls.first().cloned().unwrap_or_default();
        ScalarValue::try_from_array(&self.0.judge(vec![rows])?, 0)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::LargeBinary(self.0.calls.first().cloned())])
    }

    fn merge_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for rows in states(values)?.iter().flatten() {
            self.0.change(0, |_, to| {
                to.extend_from_slice(rows);
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// The arguments behind the configuration.
fn columns(values: &[ArrayRef]) -> Result<Columns> {
    Columns::from_arrays(values.get(1..).unwrap_or_default()).map_err(from_arrow)
}

fn is_wanted(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

fn states(values: &[ArrayRef]) -> Result<&LargeBinaryArray> {
    match values.first().and_then(|states| states.as_binary_opt::<i64>()) {
        Some(states) => Ok(states),
        None => internal_err!("a state that is not packed rows"),
    }
}
