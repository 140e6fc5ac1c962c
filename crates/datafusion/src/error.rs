//! What went wrong where DataFusion is not known, as DataFusion's errors.

use datafusion::error::DataFusionError;
use device_monitoring_arrow::Error;

pub(crate) fn from_arrow(error: Error) -> DataFusionError {
    match error {
        Error::Configuration(what) => DataFusionError::Plan(what),
        Error::Row { .. } => DataFusionError::Execution(error.to_string()),
        Error::Columns(what) => DataFusionError::Internal(what),
        Error::Arrow(error) => error.into(),
        Error::Packed(_) => DataFusionError::External(Box::new(error)),
    }
}
