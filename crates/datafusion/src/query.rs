//! `history query`: SQL over a history.

use anyhow::{Context, Result};
use clap::Args;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::SessionContext;
use device_monitoring_datafusion::{events_table, register, session_config};
use futures::StreamExt;
use replay::file_identity::Identity;
use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

/// What to ask, and of what.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The history: a folder, with folders `day=2026-11-01` in it.
    #[arg(long, value_name = "FOLDER")]
    events: PathBuf,
    /// Its files are in no order: all calls are held until the last row is read.
    #[arg(long)]
    unordered: bool,
    /// At most so many megabytes for what is held; what is more waits on disk.
    #[arg(long, value_name = "MB")]
    memory: Option<usize>,
    /// SQL.
    sql: String,
}

/// Asks, and prints each batch of the answer as it comes.
pub(crate) fn run(arguments: &Arguments, to: &mut impl Write) -> Result<()> {
    let processors = thread::available_parallelism()?.get();
    let partitions =
        if arguments.unordered { processors } else { files(&arguments.events, &mut HashSet::new())?.max(processors) };
    let mut environment = RuntimeEnvBuilder::new();
    if let Some(megabytes) = arguments.memory {
        environment = environment.with_memory_pool(Arc::new(FairSpillPool::new(megabytes.saturating_mul(1_000_000))));
    }
    let context = SessionContext::new_with_config_rt(session_config(partitions), environment.build_arc()?);
    register(&context);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(processors).build()?;
    runtime.block_on(async {
        context.sql(&events_table("events", &arguments.events, !arguments.unordered)).await?;
        let mut answer = context.sql(&arguments.sql).await?.execute_stream().await?;
        while let Some(batch) = answer.next().await {
            let batch = batch?;
            if batch.num_rows() > 0 {
                writeln!(to, "{}", pretty_format_batches(&[batch])?)?;
            }
        }
        anyhow::Ok(())
    })
}

/// How many there are. A folder counts once, by however many links it is found: so links in a circle have an end.
fn files(folder: &Path, seen: &mut HashSet<Identity>) -> Result<usize> {
    if Identity::from_path(folder).is_some_and(|identity| !seen.insert(identity)) {
        return Ok(0);
    }
    let mut count = 0;
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        count += if path.is_dir() {
            files(&path, seen)?
        } else {
            usize::from(path.extension().is_some_and(|is| is == "parquet"))
        };
    }
    Ok(count)
}
