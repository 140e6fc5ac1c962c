//! How DataFusion has to be set so that a long history takes little memory.

use crate::schema::{CALL_SID, DAY};
use datafusion::execution::context::SessionConfig;
use std::path::{self, Path};
use url::Url;

/// Calls in one batch: their rows travel together, some 10 KB a call.
const BATCH: usize = 1024;

/// For histories whose files are each ordered by CallSid, which the table says ([`events_table`]): then a call is judged
/// when its last row has passed, and forgotten. `partitions` is at least the number of files that cover the same CallSids,
/// which is one a day as a rule; with less, the order is not used and all calls are held until the end.
#[must_use]
pub fn session_config(partitions: usize) -> SessionConfig {
    let mut config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(BATCH);
    config.options_mut().execution.split_file_groups_by_statistics = true;
    config.options_mut().optimizer.prefer_existing_sort = true;
    config
}

/// The SQL that makes a folder of days a table.
#[must_use]
pub fn events_table(name: &str, folder: &Path, is_ordered: bool) -> String {
    let order = if is_ordered { format!("WITH ORDER ({CALL_SID}) ") } else { String::new() };
    let location = location(folder).replace('\'', "''");
    format!("CREATE EXTERNAL TABLE {name} STORED AS PARQUET PARTITIONED BY ({DAY}) {order}LOCATION '{location}'")
}

/// A folder's address, which ends with a slash. In a path, DataFusion takes `*`, `?` and `[` for a pattern, and what is
/// before a colon for a protocol.
fn location(folder: &Path) -> String {
    let url = path::absolute(folder).ok().and_then(|folder| Url::from_directory_path(folder).ok());
    url.map_or_else(|| folder.join("").display().to_string(), String::from)
}
