//! `history-cluster query`.

use crate::functions;
use anyhow::Result;
use ballista::prelude::{SessionConfigExt, SessionContextExt};
use clap::Args;
use datafusion::arrow::json::WriterBuilder;
use datafusion::arrow::json::writer::LineDelimited;
use datafusion::prelude::{SessionConfig, SessionContext};
use device_monitoring_datafusion::{events_table, register};
use futures::StreamExt;
use std::io::Write;
use std::path::PathBuf;

/// What to ask, of what, and whom.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The scheduler.
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:50050")]
    scheduler: String,
    /// The history: a folder, with folders `day=2026-11-01` in it. Every executor has to see it under this name.
    #[arg(long, value_name = "FOLDER")]
    events: PathBuf,
    /// Into so many parts the calls are divided. What an executor holds is a part for each of its cores.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    parts: u16,
    /// A setting of DataFusion or of Ballista.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// SQL.
    sql: String,
}

/// Asks, and prints each batch of the answer as it comes.
pub(crate) async fn run(arguments: Arguments, mut to: impl Write) -> Result<()> {
    let Arguments { scheduler, events, parts, set, sql } = arguments;
    let config = SessionConfig::new_with_ballista().with_target_partitions(parts.into());
    let context = SessionContext::remote_with_state(&format!("df://{scheduler}"), functions::session(config)?).await?;
    register(&context);
    for setting in set {
        let (name, value) = setting.split_once('=').unwrap_or((&setting, "true"));
        context.sql(&format!("SET {name} = '{}'", value.replace('\'', "''"))).await?;
    }
    context.sql(&events_table("events", &events, false)).await?;
    let mut answer = context.sql(&sql).await?.execute_stream().await?;
    while let Some(batch) = answer.next().await {
        let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(&mut to);
        writer.write(&batch?)?;
        writer.finish()?;
    }
    Ok(to.flush()?)
}
