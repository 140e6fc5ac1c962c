//! The commands that the README and docs/configuration.md have for the Flex configuration, pasted into a shell.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use crate::flex::{Flex, OURS, SID, TOKEN, run};
use std::fs;
use std::path::Path;

/// Only what cannot be as on the paper: there is no terminal to agree at.
const SHELL: &str = r#"
set -eu
replay() {
  case "$1 $2" in
    "configure set" | "configure unset" | "configure apply") "$REPLAY" "$@" --yes ;;
    *) "$REPLAY" "$@" ;;
  esac
}
"#;

/// The blocks for a shell with our commands in them, one after the other, but for the installation.
fn commands(paper: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(paper)).unwrap();
    let blocks = text.split("```bash\n").skip(1).filter_map(|rest| rest.split("```").next());
    let ours: Vec<_> = blocks.filter(|block| block.contains("replay c")).collect();
    let lines = ours.iter().flat_map(|block| block.lines()).filter(|line| !line.starts_with("cargo install"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_the_documents_say_can_be_pasted() {
    let before = r#"{"other":1.0,"DeviceMonitoringPlugin":{"shortCallThreshold":5}}"#;
    let all =
        r#"{"shortCallThreshold":5,"highPacketsLostThreshold":3,"lowMosThreshold":3.5,"endedInWarningIsTrigger":true}"#;
    for (paper, after) in [
        ("README.md", format!(r#"{{"other":1.0,"{OURS}":{all}}}"#)),
        // To the end: set, check, switched off, and back.
        ("docs/configuration.md", before.to_owned()),
    ] {
        let commands = commands(paper);
        assert!(commands.matches("replay configure").count() > 2, "{paper}: {commands}");
        let flex = Flex::with("papers", before);
        let mut shell = std::process::Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("{SHELL}{commands}"))
            .current_dir(&flex.folder.0)
            .env_clear()
            .env("HOME", &flex.folder.0);
        shell.env("REPLAY", env!("CARGO_BIN_EXE_replay")).env("TWILIO_FLEX_API", flex.url());
        let ran = run(shell.env("TWILIO_ACCOUNT_SID", SID).env("TWILIO_AUTH_TOKEN", TOKEN));
        assert_eq!((ran.status, flex.attributes()), (0, after), "{paper}: {ran:#?}");
        let written = flex.requests().into_iter().filter(|(method, _)| method == "POST").count();
        assert_eq!(written, commands.matches("configure set").count() + commands.matches("configure apply").count());
    }
}
