//! The configuration that a query names, as a literal.

use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Literal;
use std::sync::Arc;

/// The text of an argument that has to be written out in the query.
pub(crate) fn literal(argument: Option<&Arc<dyn PhysicalExpr>>) -> Result<&str> {
    let literal = argument.and_then(|argument| argument.downcast_ref::<Literal>());
    match literal.and_then(|literal| literal.value().try_as_str().flatten()) {
        Some(text) => Ok(text),
        None => plan_err!("the first argument, the configuration, has to be a text that is written out in the query"),
    }
}
