//! The two aggregate functions about calls; that about incidents is in `incidents.rs`.
//!
//! `verdict(configuration, at, seq, type, sample, stats, detail)` gives a struct ([`crate::schema::verdict`]): what is said
//! of the call whose rows these are, under one configuration, the block `DeviceMonitoringPlugin` as a literal text of JSON;
//! `'{}'` is the documented defaults.
//!
//! `verdicts(configurations, at, seq, …)` gives a list of such structs, each with its configuration's name
//! ([`crate::schema::named_verdict`]): the first argument is an object that has a block under each name. The rows are kept
//! once, however many configurations there are.

use crate::accumulator::{Call, Calls};
use crate::error::from_arrow;
use crate::incidents;
use crate::literal::literal;
use crate::schema;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility};
use device_monitoring_arrow::Configurations;
use device_monitoring_arrow::outcome::column_type;
use std::sync::Arc;

/// Makes `verdict`, `verdicts` and `incidents` known to a session.
pub fn register(context: &SessionContext) {
    for is_named in [false, true] {
        context.register_udaf(AggregateUDF::new_from_impl(Function::new(is_named)));
    }
    context.register_udaf(AggregateUDF::new_from_impl(incidents::Function::new()));
}

/// One of the two about calls.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    /// Several configurations, by their names.
    is_named: bool,
    signature: Signature,
}

impl Function {
    fn new(is_named: bool) -> Self {
        Self { is_named, signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn configurations(&self, arguments: &AccumulatorArgs<'_>) -> Result<Configurations> {
        let text = literal(arguments.exprs.first())?;
        let read = if self.is_named { Configurations::named(text) } else { Configurations::one(text) };
        read.map_err(from_arrow)
    }
}

impl AggregateUDFImpl for Function {
    fn name(&self) -> &str {
        if self.is_named { "verdicts" } else { "verdict" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        if types.len() != 7 {
            return plan_err!(
                "{}(configuration, at, seq, type, sample, stats, detail) takes 7 arguments, not {}",
                self.name(),
                types.len()
            );
        }
        let text = DataType::Utf8View;
        Ok(vec![DataType::Utf8, schema::time(), DataType::Int64, text.clone(), schema::sample(), schema::stats(), text])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(column_type(self.is_named))
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format_state_name(arguments.name, "rows"), DataType::LargeBinary, true))])
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Call::new(self.configurations(&arguments)?)))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Calls::new(self.configurations(&arguments)?)))
    }
}
