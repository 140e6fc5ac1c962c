//! Everything the other commands need. Each part looks first and acts only on what is missing.

use std::thread;
use std::time::Instant;

use anyhow::{Error, Result, anyhow};

use crate::browser::Browser;
use crate::debian::Apt;
use crate::npm;
use crate::project::{FUNCTION, LAB, SHIM};
use crate::steps;
use crate::toolchain::WasmToolchain;
use crate::wasm_tool::WasmTool;

/// What it takes to build the plugin's bundle.
pub(crate) struct BuildTools {
    pub(crate) wasm: WasmToolchain,
    pub(crate) wasm_tool: WasmTool,
}

/// What it takes to test it and to show it.
pub(crate) struct Tools {
    pub(crate) build: BuildTools,
    pub(crate) browser: Browser,
}

pub(crate) fn for_build() -> Result<BuildTools> {
    let node = npm::node_version()?;
    in_parallel(|| build_tools(&mut Apt::new()), || npm::install(SHIM, node), || Ok(()))
}

pub(crate) fn everything() -> Result<Tools> {
    let started = Instant::now();
    let node = npm::node_version()?;
    let native = || {
        let mut apt = Apt::new();
        // The browser first: where it cannot be had, that is known before anything long begins.
        let browser = Browser::find_or_install(&mut apt)?;
        Ok(Tools { build: build_tools(&mut apt)?, browser })
    };
    let small_packages = || {
        npm::install(FUNCTION, node)?;
        npm::install(LAB, node)
    };
    let tools = in_parallel(native, || npm::install(SHIM, node), small_packages)?;
    println!("Set up in {}: WebAssembly by {}.", steps::seconds(started.elapsed()), tools.build.wasm.describe());
    Ok(tools)
}

fn build_tools(apt: &mut Apt) -> Result<BuildTools> {
    let wasm = WasmToolchain::find_or_install(apt)?;
    let wasm_tool = WasmTool::build()?;
    Ok(BuildTools { wasm, wasm_tool })
}

/// npm mostly waits for the network and the disk, the compilers for the processor: together they take little longer
/// than the longest of them. All end before an error is reported, so that nothing half done is left running.
fn in_parallel<T>(
    native: impl FnOnce() -> Result<T>,
    npm: impl FnOnce() -> Result<()> + Send,
    more_npm: impl FnOnce() -> Result<()> + Send,
) -> Result<T> {
    thread::scope(|scope| {
        let packages = [scope.spawn(npm), scope.spawn(more_npm)];
        let native = native();
        let mut errors = Vec::new();
        for installing in packages {
            errors.extend(installing.join().unwrap_or_else(|_| Err(anyhow!("installing npm packages panicked"))).err());
        }
        match native {
            Ok(tools) if errors.is_empty() => Ok(tools),
            Ok(_) => Err(together(errors)),
            Err(error) => {
                errors.insert(0, error);
                Err(together(errors))
            }
        }
    })
}

fn together(errors: Vec<Error>) -> Error {
    let sentences: Vec<String> = errors.iter().map(|error| format!("{error:#}")).collect();
    anyhow!("the set-up is not complete: {}", sentences.join("\nerror: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let result: Result<()> =
            in_parallel(|| Err(anyhow!("no browser")), || Err(anyhow!("no registry")), || Err(anyhow!("no disk")));
        let message = result.unwrap_err().to_string();
        assert!(["no browser", "no registry", "no disk"].iter().all(|part| message.contains(part)), "{message}");
    }

    #[test]
    fn one_missing_package_fails_the_setup_even_if_the_tools_are_there() {
        assert!(in_parallel(|| Ok(1), || Ok(()), || Err(anyhow!("no registry"))).is_err());
        assert_eq!(in_parallel(|| Ok(1), || Ok(()), || Ok(())).ok(), Some(1));
    }
}
