//! `history-cluster scheduler`.

use crate::functions;
use anyhow::Result;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use clap::Args;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// How often the scheduler looks whether an executor has been silent for too long.
const LOOK_S: u64 = 2;

/// Where it is.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The address to listen at; 0.0.0.0 is every one of this machine.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// The host name by which executors reach this machine.
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    host: String,
    #[arg(long, value_name = "PORT", default_value_t = 50050)]
    port: u16,
    /// An executor that has been silent for so long is lost, and what it had done is done again by others.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(10..))]
    lost_after: u64,
    /// From so many executors on, `GET /readyz` at the port answers 200.
    #[arg(long, value_name = "N", default_value_t = 1)]
    ready_with: usize,
}

/// Runs until it is ended.
pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let Arguments { bind, host, port, lost_after, ready_with } = arguments;
    let config = SchedulerConfig {
        bind_host: bind.to_string(),
        external_host: host,
        bind_port: port,
        executor_timeout_seconds: lost_after,
        min_ready_executors: ready_with,
        expire_dead_executor_interval_seconds: LOOK_S,
        override_session_builder: Some(Arc::new(functions::session)),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    Ok(start_server(cluster, SocketAddr::new(bind, port), Arc::new(config)).await?)
}
