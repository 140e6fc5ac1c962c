//! The iterators that make rows of what Twilio exports.

use crate::errors::exception;
use arrow_array::RecordBatch;
use arrow_pyarrow::{FromPyArrow, ToPyArrow};
use device_monitoring_arrow::{ExportReader, ExportedCalls};
use pyo3::prelude::*;
use pyo3::types::PyIterator;
use std::collections::BTreeMap;

/// Gives what exports say, while it takes batches of texts.
#[pyclass(module = "device_monitoring._native")]
pub(crate) struct ExportedRows {
    texts: Py<PyIterator>,
    reader: ExportReader,
}

#[pymethods]
impl ExportedRows {
    #[new]
    fn new(texts: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { texts: texts.try_iter()?.unbind(), reader: ExportReader::default() })
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(texts) = self.texts.bind(py).clone().next() else { return Ok(None) };
        let texts = RecordBatch::from_pyarrow_bound(&texts?)?;
        let reader = &mut self.reader;
        // Other threads of Python go on meanwhile.
        let rows = py.detach(|| reader.read(&texts)).map_err(|error| exception(py, &error))?;
        rows.to_pyarrow(py).map(Some)
    }

    /// What could not be used so far, and in how many places.
    fn problems(&self) -> BTreeMap<String, u64> {
        self.reader.problems().clone()
    }
}

/// Gives rows of the table, while it takes what exports say, sorted.
#[pyclass(module = "device_monitoring._native")]
pub(crate) struct TableRows {
    rows: Py<PyIterator>,
    calls: ExportedCalls,
    /// All rows have passed.
    is_at_end: bool,
    /// Nothing more is given.
    is_over: bool,
}

#[pymethods]
impl TableRows {
    #[new]
    fn new(rows: &Bound<'_, PyAny>) -> PyResult<Self> {
        let calls = ExportedCalls::default();
        Ok(Self { rows: rows.try_iter()?.unbind(), calls, is_at_end: false, is_over: false })
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.is_over {
            return Ok(None);
        }
        let next = self.next(py);
        // As of a generator, nothing comes after an exception.
        self.is_over = !matches!(next, Ok(Some(_)));
        next?.map(|batch| batch.to_pyarrow(py)).transpose()
    }
}

impl TableRows {
    fn next(&mut self, py: Python<'_>) -> PyResult<Option<RecordBatch>> {
        let calls = &mut self.calls;
        while !self.is_at_end {
            if let Some(batch) = calls.ready().map_err(|error| exception(py, &error))? {
                return Ok(Some(batch));
            }
            match self.rows.bind(py).clone().next() {
                None => self.is_at_end = true,
                Some(rows) => {
                    let rows = RecordBatch::from_pyarrow_bound(&rows?)?;
                    py.detach(|| calls.push(&rows)).map_err(|error| exception(py, &error))?;
                }
            }
        }
        py.detach(|| calls.rest()).map_err(|error| exception(py, &error))
    }
}
