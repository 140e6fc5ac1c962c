//! The iterator of verdicts.

use crate::errors::exception;
use arrow_array::RecordBatch;
use arrow_pyarrow::{FromPyArrow, ToPyArrow};
use device_monitoring_arrow::{Configurations, StreamingJudge};
use pyo3::prelude::*;
use pyo3::types::PyIterator;

/// Gives batches of verdicts while it takes batches of rows.
#[pyclass(module = "device_monitoring._native")]
pub(crate) struct Verdicts {
    batches: Py<PyIterator>,
    judge: StreamingJudge,
    /// The rows are those of `PackedRows`.
    is_packed: bool,
    /// All rows have passed.
    is_at_end: bool,
    /// Nothing more is given.
    is_over: bool,
}

#[pymethods]
impl Verdicts {
    #[new]
    #[pyo3(signature = (batches, configuration, is_named, is_sorted, is_packed = false))]
    fn new(
        batches: &Bound<'_, PyAny>,
        configuration: &str,
        is_named: bool,
        is_sorted: bool,
        is_packed: bool,
    ) -> PyResult<Self> {
        let read = if is_named { Configurations::named(configuration) } else { Configurations::one(configuration) };
        let configurations = read.map_err(|error| exception(batches.py(), &error))?;
        let judge = StreamingJudge::new(configurations, is_sorted);
        Ok(Self { batches: batches.try_iter()?.unbind(), judge, is_packed, is_at_end: false, is_over: false })
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

impl Verdicts {
    fn next(&mut self, py: Python<'_>) -> PyResult<Option<RecordBatch>> {
        let Self { batches, judge, is_packed, is_at_end, .. } = self;
        while !*is_at_end {
            if let Some(batch) = judge.ready().map_err(|error| exception(py, &error))? {
                return Ok(Some(batch));
            }
            match batches.bind(py).clone().next() {
                None => *is_at_end = true,
                Some(rows) => {
                    let rows = RecordBatch::from_pyarrow_bound(&rows?)?;
                    // Other threads of Python go on meanwhile.
                    py.detach(|| if *is_packed { judge.push_packed(&rows) } else { judge.push(&rows) })
                        .map_err(|error| exception(py, &error))?;
                }
            }
        }
        py.detach(|| judge.rest()).map_err(|error| exception(py, &error))
    }
}
