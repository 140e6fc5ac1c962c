//! The verdict on a call as an aggregate function of DataFusion: a centre's history, in Parquet, judged by the engine
//! that watches live calls.
//!
//! ```no_run
//! # async fn example() -> datafusion::error::Result<()> {
//! use datafusion::prelude::SessionContext;
//!
//! let context = SessionContext::new_with_config(device_monitoring_datafusion::session_config(32));
//! device_monitoring_datafusion::register(&context);
//! context
//!     .sql("SELECT call_sid, verdict('{}', at, seq, type, sample, stats, detail) FROM events GROUP BY call_sid")
//!     .await?
//!     .show()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`schema`] says what a row of `events` is, [`function`] what the two functions take and give, [`incidents`] what
//! the one about incidents of the past takes and gives. The verdict is the one that the command `replay` gives for a
//! recording of the same events: it is drawn by the same code.

mod accumulator;
mod error;
pub mod function;
pub mod history;
pub mod incidents;
mod literal;
mod session;

pub use device_monitoring_arrow::schema;
pub use function::register;
pub use session::{events_table, session_config};
