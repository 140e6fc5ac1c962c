//! What the steps of one run share.

use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Result, anyhow};
use once_cell::sync::OnceCell;

use super::Extent;
use crate::npm;
use crate::process;
use crate::project;
use crate::setup::{self, Tools, Wanted};
use crate::size::Size;
use crate::toolchain::{self, WasmToolchain};
use crate::wasm;

/// Each part is made when a step first needs it.
pub(super) struct Bench {
    pub(super) extent: Extent,
    /// Whether there is one step only: then what its tests print is in nobody's way.
    is_alone: bool,
    packages: Mutex<Option<JoinHandle<Result<()>>>>,
    wasm_toolchain: OnceCell<WasmToolchain>,
    tools: OnceCell<Tools>,
    wasm: OnceCell<Vec<Size>>,
    skipped: Mutex<Vec<String>>,
}

impl Bench {
    pub(super) fn new(extent: Extent, steps: usize) -> Self {
        Self {
            extent,
            is_alone: steps == 1,
            packages: Mutex::new(None),
            wasm_toolchain: OnceCell::new(),
            tools: OnceCell::new(),
            wasm: OnceCell::new(),
            skipped: Mutex::default(),
        }
    }

    /// Begins to, while other steps compile.
    pub(super) fn install_packages(&self) {
        *locked(&self.packages) = Some(thread::spawn(setup::packages));
    }

    pub(super) fn wasm_toolchain(&self) -> Result<&WasmToolchain> {
        self.wasm_toolchain.get_or_try_init(setup::wasm_toolchain)
    }

    pub(super) fn tools(&self) -> Result<&Tools> {
        self.tools.get_or_try_init(|| {
            // Once, whichever step asks first: two that install it would be in each other's way.
            self.wasm_toolchain()?;
            let installing = locked(&self.packages).take();
            if let Some(installing) = installing {
                installing.join().map_err(|_| anyhow!("installing npm packages panicked"))??;
            }
            setup::everything(Wanted::default())
        })
    }

    /// The WebAssembly in js-shim/src/generated, built once in a run whichever step needs it first.
    pub(super) fn wasm(&self) -> Result<&[Size]> {
        let built = self.wasm.get_or_try_init(|| wasm::build(&self.tools()?.build, wasm::RELEASE_PROFILE));
        built.map(Vec::as_slice)
    }

    pub(super) fn npm_test(&self, package: &str, script: &str) -> Result<()> {
        self.run_test(&mut self.browser_test(package, script)?, &format!("{package}-{}", script.replace(':', "-")))
    }

    /// A script of npm that may need the browser.
    pub(super) fn browser_test(&self, package: &str, script: &str) -> Result<Command> {
        let mut command = npm::run_script(package, script);
        self.tools()?.browser.announce_to(&mut command);
        Ok(command)
    }

    /// What it prints is shown as it comes, or kept in a log of this name if there are other steps.
    pub(super) fn run_test(&self, command: &mut Command, log: &str) -> Result<()> {
        if self.is_alone { process::run(command) } else { process::run_logged(command, &project::log(log)) }
    }

    /// For what could not be tested on this machine, and why.
    pub(super) fn skip(&self, what: Vec<String>) {
        locked(&self.skipped).extend(what);
    }

    pub(super) fn skipped(&self) -> Vec<String> {
        locked(&self.skipped).clone()
    }

    /// What the end-to-end tests run as an admin would. Of the whole workspace, as the step `native` compiles it: nothing is
    /// compiled twice.
    pub(super) fn native_programs(&self) -> Result<()> {
        self.cargo(&["build", "--workspace", "--bin", "replay", "--example", "flex-configuration-api"])
    }

    pub(super) fn cargo(&self, arguments: &[&str]) -> Result<()> {
        process::run(toolchain::cargo().current_dir(project::root()).args(arguments))
    }
}

/// Also after a panic of another step: it is told by itself.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
