//! Errors as Python's exceptions.

use device_monitoring_arrow::Error;
use pyo3::create_exception;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

create_exception!(
    device_monitoring,
    RowError,
    PyValueError,
    "A row cannot be read, or is out of order. `row` is its number, from 0, among all rows that were given."
);

pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let message = error.to_string();
    match error {
        Error::Row { row, .. } => {
            let exception = RowError::new_err(message);
            match exception.value(py).setattr("row", *row) {
                Ok(()) => exception,
                Err(other) => other,
            }
        }
        Error::Configuration(_) | Error::Columns(_) => PyValueError::new_err(message),
        Error::Packed(_) | Error::Arrow(_) => PyRuntimeError::new_err(message),
    }
}
