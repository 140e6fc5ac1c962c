//! The iterator that packs rows before they are moved.

use crate::errors::exception;
use arrow_array::RecordBatch;
use arrow_pyarrow::{FromPyArrow, ToPyArrow};
use device_monitoring_arrow::BatchPacker;
use pyo3::prelude::*;
use pyo3::types::PyIterator;

/// Gives rows packed by call, while it takes batches of rows in any order.
#[pyclass(module = "device_monitoring._native")]
pub(crate) struct PackedRows {
    batches: Py<PyIterator>,
    packer: BatchPacker,
}

#[pymethods]
impl PackedRows {
    #[new]
    fn new(batches: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { batches: batches.try_iter()?.unbind(), packer: BatchPacker::default() })
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(rows) = self.batches.bind(py).clone().next() else { return Ok(None) };
        let rows = RecordBatch::from_pyarrow_bound(&rows?)?;
        let packer = &mut self.packer;
        // Other threads of Python go on meanwhile.
        let packed = py.detach(|| packer.pack(&rows)).map_err(|error| exception(py, &error))?;
        packed.to_pyarrow(py).map(Some)
    }
}
