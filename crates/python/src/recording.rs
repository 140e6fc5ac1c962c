//! Recordings as rows.

use arrow_array::RecordBatch;
use arrow_pyarrow::PyArrowType;
use device_monitoring_arrow::{recordings, rows};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

/// The rows of a recording, sorted; and what could not be read: `FILE:LINE: what is wrong`.
#[pyfunction]
pub(crate) fn read_recording(py: Python<'_>, path: PathBuf) -> PyResult<(PyArrowType<RecordBatch>, Vec<String>)> {
    let (rows, problems) = py.detach(|| read(&path))?;
    let batch = rows::batch(&rows).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    Ok((PyArrowType(batch), problems))
}

fn read(path: &Path) -> io::Result<(Vec<rows::Row>, Vec<String>)> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    recordings::read(&name, BufReader::new(File::open(path)?), |line| {
        match line {
            Ok(row) => rows.push(row),
            Err((line, what)) => problems.push(format!("{}:{line}: {what}", path.display())),
        }
        Ok(())
    })?;
    rows.sort_by(|a, b| (&a.call_sid, a.at, a.seq).cmp(&(&b.call_sid, b.at, b.seq)));
    Ok((rows, problems))
}
