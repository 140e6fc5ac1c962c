//! Recordings of real calls, from the scenarios in `lab/recordings/scenarios.json`.

use std::process::Command;

use anyhow::Result;

use crate::command_line::PassedOn;
use crate::process;
use crate::project::{self, LAB};
use crate::setup::{self, Wanted};

/// The arguments are the recorder's own; `lab/record.mjs` knows them.
pub(crate) fn run(PassedOn { arguments }: &PassedOn) -> Result<()> {
    let mut command = Command::new("node");
    command.current_dir(project::path(LAB)).arg("record.mjs").args(arguments);
    let only_reads =
        arguments.is_empty() || arguments.iter().any(|argument| argument == "--list" || argument == "--look");
    if !only_reads {
        setup::everything(Wanted::default())?.browser.announce_to(&mut command);
    }
    process::run(&mut command)
}
