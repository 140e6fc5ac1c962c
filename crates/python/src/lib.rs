//! What the Python package `device_monitoring` needs of Rust: it is private there, as `device_monitoring._native`.

mod errors;
mod exports;
mod packed;
mod recording;
mod verdicts;

use arrow_pyarrow::PyArrowType;
use arrow_schema::Schema;
use device_monitoring_arrow::schema;
use pyo3::prelude::*;

/// The columns that rows have.
#[pyfunction]
fn events_schema() -> PyArrowType<Schema> {
    PyArrowType(schema::events().as_ref().clone())
}

/// The columns of packed rows.
#[pyfunction]
fn packed_schema() -> PyArrowType<Schema> {
    PyArrowType(schema::packed().as_ref().clone())
}

/// The columns of what exports say, on its way to rows.
#[pyfunction]
fn exported_schema() -> PyArrowType<Schema> {
    PyArrowType(schema::exported().as_ref().clone())
}

/// The columns that verdicts have.
#[pyfunction]
fn verdicts_schema(is_named: bool) -> PyArrowType<Schema> {
    PyArrowType(schema::verdicts(is_named).as_ref().clone())
}

/// The module.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("RowError", module.py().get_type::<errors::RowError>())?;
    module.add_class::<verdicts::Verdicts>()?;
    module.add_class::<exports::ExportedRows>()?;
    module.add_class::<exports::TableRows>()?;
    module.add_class::<packed::PackedRows>()?;
    module.add_function(wrap_pyfunction!(events_schema, module)?)?;
    module.add_function(wrap_pyfunction!(exported_schema, module)?)?;
    module.add_function(wrap_pyfunction!(packed_schema, module)?)?;
    module.add_function(wrap_pyfunction!(verdicts_schema, module)?)?;
    module.add_function(wrap_pyfunction!(recording::read_recording, module)?)
}
