//! The functions about calls, among all that a cluster knows.

use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::default_session_builder;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::prelude::{SessionConfig, SessionContext};
use device_monitoring_datafusion::register;

/// DataFusion's state with our functions, for the scheduler and for a client.
pub(crate) fn session(config: SessionConfig) -> Result<SessionState> {
    let context = SessionContext::new_with_state(default_session_builder(config)?);
    register(&context);
    Ok(context.state())
}

/// The functions of an executor. They replace Ballista's own registry, so all of DataFusion's functions have to be among them.
pub(crate) fn registry() -> Result<BallistaFunctionRegistry> {
    Ok(BallistaFunctionRegistry::from(&session(SessionConfig::new())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::execution::FunctionRegistry;

    #[test]
    fn an_executor_knows_the_functions_about_calls_and_those_that_it_would_know_without_them() {
        let registry = registry().unwrap();
        let aggregates = registry.udafs();
        for name in ["verdict", "verdicts", "incidents", "max"] {
            assert!(aggregates.contains(name), "{name}");
        }
        let own = BallistaFunctionRegistry::default();
        assert!(own.udafs().is_subset(&aggregates));
        assert!(own.udfs().is_subset(&registry.udfs()));
        assert!(own.udwfs().is_subset(&registry.udwfs()));
        assert!(own.higher_order_function_names().is_subset(&registry.higher_order_function_names()));
    }
}
