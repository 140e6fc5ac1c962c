//! `history-cluster`: Ballista's scheduler and executors, which know the functions about calls, and a client that asks
//! them in SQL.

mod executor;
mod functions;
mod query;
mod scheduler;

use anyhow::Result;
use clap::{Parser, Subcommand};
use replay::safe_output::{say_lines, stdout};
use std::io;
use std::process::ExitCode;
use tokio::runtime::{Builder, Runtime};

const AFTER_HELP: &str = "\
Examples:
  history-cluster scheduler --bind 0.0.0.0
  history-cluster executor --scheduler SCHEDULER:50050 --bind 0.0.0.0 --work /mnt/scratch
  history-cluster query --scheduler SCHEDULER:50050 --events /mnt/events
                        \"SELECT call_sid, verdict('{}', at, seq, type, sample, stats, detail) AS v
                         FROM events GROUP BY call_sid\"

Nothing asks for a password: everyone who reaches the ports can read what the executors can read.

RUST_LOG=info shows more.

Exit status:
  0  done
  2  it failed";

/// Stacks of threads: plans are trees, and are walked by recursion.
const STACK: usize = 32 << 20;

/// A centre's history, judged by a cluster of Ballista.
#[derive(Parser)]
#[command(version, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Plans queries and gives their tasks to executors. There is one.
    Scheduler(scheduler::Arguments),
    /// Does tasks. There are as many as you like, and more may join at any time.
    Executor(executor::Arguments),
    /// Asks a history, the table `events`, in SQL, and prints the answer: an object of JSON for each row, on a line.
    Query(query::Arguments),
}

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_lines(&format!("history-cluster: {error:#}"));
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<()> {
    let runtime = runtime()?;
    match command {
        Command::Scheduler(arguments) => runtime.block_on(scheduler::run(arguments)),
        Command::Executor(arguments) => runtime.block_on(executor::run(arguments)),
        Command::Query(arguments) => runtime.block_on(query::run(arguments, stdout())),
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()
}
