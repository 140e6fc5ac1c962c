//! The project's own commands.

mod accuracy;
mod admin_view;
mod apt;
mod bench;
mod browser;
mod bundle;
mod bundle_contents;
mod collector;
mod command_line;
mod compare;
mod datafusion;
mod delivery_faults;
mod demo;
mod dist;
mod engines;
mod false_alarms;
mod firefox;
mod flakiness;
mod floor;
mod fuzz;
mod incidents;
mod missing;
mod npm;
mod parallel;
mod process;
mod progress;
mod project;
mod record;
mod sbom;
mod screenshots;
mod setup;
mod size;
mod stamp;
mod start_time;
mod supply_chain;
mod test;
mod texts;
mod tool_version;
mod toolchain;
mod wasm;
mod wasm_tool;
mod what_if;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use command_line::{CommandLine, Task};
use setup::Wanted;

fn main() -> ExitCode {
    match run(CommandLine::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Demo(arguments) => demo::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Build { profile } => {
            let tools = setup::for_build()?;
            let bundle = bundle::build_and_measure(&wasm::build(&tools, &profile)?)?;
            start_time::print(&bundle);
            Ok(())
        }
        Task::Dist => dist::run(),
        Task::BundleForLab => {
            let tools = setup::for_build()?;
            wasm::build(&tools, wasm::RELEASE_PROFILE)?;
            bundle::build_for_lab().map(drop)
        }
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Collector => collector::run(),
        Task::DeliveryFaults(arguments) => delivery_faults::run(&arguments),
        Task::Incidents(arguments) => incidents::run(&arguments),
        Task::Floor(arguments) => floor::run(&arguments),
        Task::Record(arguments) => record::run(&arguments),
        Task::Accuracy { paths } => accuracy::run(&paths),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Compare { against } => compare::run(&against),
        Task::Datafusion { bench } => datafusion::run(bench),
        Task::Engines(arguments) => engines::run(&arguments),
        Task::FalseAlarms(arguments) => false_alarms::run(&arguments),
        Task::WhatIf(arguments) => what_if::run(&arguments),
        Task::Screenshots => screenshots::run(),
        Task::SupplyChain => supply_chain::run(),
        Task::Sbom => sbom::run(),
        Task::Setup => setup::everything(Wanted { lints: true, ..Wanted::default() }).map(drop),
    }
}
