//! `history-cluster executor`.

use crate::functions;
use anyhow::{Context, Result};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use clap::Args;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

/// How often it tells the scheduler that it is there.
const HEARTBEAT_S: u64 = 3;
/// How long it waits for a scheduler that is not there yet.
const PATIENCE_S: u16 = 60;

/// Where it is, and what it may take.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The scheduler.
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:50050")]
    scheduler: String,
    /// The address to listen at; 0.0.0.0 is every one of this machine.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// The host name by which others reach this machine; if there is none, the address that the scheduler sees.
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// Where others fetch what this one has done.
    #[arg(long, value_name = "PORT", default_value_t = 50051)]
    port: u16,
    /// Where the scheduler gives it tasks.
    #[arg(long, value_name = "PORT", default_value_t = 50052)]
    tasks_port: u16,
    /// So much is done at once; if there is no such number, as much as there are processors.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    cores: Option<u16>,
    /// At most so many megabytes for what is held; what is more waits on disk. Without it, 70 % of what the machine has.
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..))]
    memory: Option<u64>,
    /// The folder for what has been done and for what waits on disk.
    #[arg(long, value_name = "FOLDER")]
    work: PathBuf,
}

/// Runs until it is ended.
pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let Arguments { scheduler, bind, host, port, tasks_port, cores, memory, work } = arguments;
    let (scheduler_host, scheduler_port) = scheduler.rsplit_once(':').context("a scheduler is HOST:PORT")?;
    fs::create_dir_all(&work).with_context(|| format!("{} cannot be made", work.display()))?;
    let config = ExecutorProcessConfig {
        scheduler_host: scheduler_host.to_owned(),
        scheduler_port: scheduler_port.parse().context("a scheduler is HOST:PORT")?,
        scheduler_connect_timeout_seconds: PATIENCE_S,
        bind_host: bind.to_string(),
        external_host: host,
        port,
        grpc_port: tasks_port,
        vcores: cores.map_or_else(|| thread::available_parallelism().map(usize::from), |cores| Ok(cores.into()))?,
        memory_pool_size: memory.map(|megabytes| megabytes * 1_000_000),
        work_dir: Some(work.to_str().context("the folder's name is no Unicode")?.to_owned()),
        executor_heartbeat_interval_seconds: HEARTBEAT_S,
        override_function_registry: Some(Arc::new(functions::registry()?)),
        ..ExecutorProcessConfig::default()
    };
    Ok(start_executor_process(Arc::new(config)).await?)
}
