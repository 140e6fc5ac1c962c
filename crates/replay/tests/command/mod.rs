//! The command with nothing around it but a folder of its own.

use std::process::{Command, Stdio};

pub(crate) use crate::support::Folder;

/// The command, in a folder that is its home too, and with nothing from outside in its environment.
pub(crate) fn replay(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
    command.current_dir(&folder.0).env_clear().env("HOME", &folder.0).stdin(Stdio::null());
    command
}

/// What the command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Ran {
    pub(crate) fn run(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code().unwrap(), out: text(output.stdout), error: text(output.stderr) }
    }
}
