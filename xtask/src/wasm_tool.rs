//! wasm-bindgen, built from the crate `wasm-tool` of this workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::progress;
use crate::project;
use crate::toolchain;

pub(crate) struct WasmTool {
    program: PathBuf,
}

impl WasmTool {
    /// Builds it unless that is done already; cargo decides.
    pub(crate) fn build() -> Result<Self> {
        let tool = Self { program: project::target().join("debug/wasm-tool") };
        let compile = || {
            let mut command = toolchain::cargo();
            // Not as a package: then it has the features of the whole workspace, and shares what the tests compile.
            command.current_dir(project::root()).args(["build", "--bin", "wasm-tool", "--target-dir"]);
            process::run_logged(command.arg(project::target()), &project::log("wasm-tool"))
        };
        if tool.program.is_file() {
            compile()?;
        } else {
            progress::announced("compiling wasm-bindgen (once)", compile)?;
        }
        Ok(tool)
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// The program that writes the glue.
    pub(crate) fn bindgen(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("bindgen");
        command
    }

    /// What cargo has to be told so that it runs WebAssembly tests in the browser.
    pub(crate) fn as_runner(&self, target: &str) -> String {
        // A TOML literal string: a path may hold spaces and backslashes.
        format!("target.{target}.runner=['{}', 'test-runner']", self.program.display())
    }
}
