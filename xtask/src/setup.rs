//! Everything the other commands need. Each part looks first and acts only on what is missing.

use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};

use crate::apt::Apt;
use crate::browser::Browser;
use crate::missing::{self, System};
use crate::npm;
use crate::parallel;
use crate::progress;
use crate::project::{FUNCTION, LAB, OLDEST_FLEX_UI, SHIM};
use crate::tool_version::Version;
use crate::toolchain::{self, WasmToolchain};
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

/// What was found, or will be installed where it is `None`.
struct Found {
    node: Version,
    wasm: Option<WasmToolchain>,
    browser: Option<Browser>,
}

/// What a machine must have beside what every command needs.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wanted {
    pub(crate) browser: bool,
    pub(crate) lints: bool,
}

pub(crate) fn for_build() -> Result<BuildTools> {
    let Found { node, wasm, .. } = look(Wanted::default())?;
    let native = || {
        let wasm = wasm.map_or_else(|| WasmToolchain::install(&mut Apt::new(System::here())), Ok);
        missing::together([wasm.as_ref().err()])?;
        build_tools(wasm?)
    };
    in_parallel(native, || npm::install(SHIM, node), || Ok(()))
}

pub(crate) fn everything(wanted: Wanted) -> Result<Tools> {
    let (build, browser) = install(Wanted { browser: true, ..wanted })?;
    let browser = browser.context("the browser is not there although it has just been looked for")?;
    Ok(Tools { build, browser })
}

/// The npm packages alone. The other ways to set up find that they are there; it must have ended by then.
pub(crate) fn packages() -> Result<()> {
    let node = npm::node(System::here())?;
    in_parallel(|| npm::install(SHIM, node), || npm::install(FUNCTION, node), || npm::install(LAB, node))
}

/// The oldest Flex UI that the plugin is tested with. Nothing but its test needs it.
pub(crate) fn oldest_flex_ui() -> Result<()> {
    npm::install(OLDEST_FLEX_UI, npm::node(System::here())?)
}

/// What compiles to WebAssembly, alone.
pub(crate) fn wasm_toolchain() -> Result<WasmToolchain> {
    let system = System::here();
    Ok(WasmToolchain::look(system)?.map_or_else(|| WasmToolchain::install(&mut Apt::new(system)), Ok)?)
}

/// For a call in the lab. It needs no chromedriver, and knows more browsers than the tests do: where it finds one, none
/// is installed.
pub(crate) fn for_lab() -> Result<(BuildTools, Option<Browser>)> {
    install(Wanted { browser: !npm::lab_finds_a_browser(), ..Wanted::default() })
}

fn install(wanted: Wanted) -> Result<(BuildTools, Option<Browser>)> {
    let started = Instant::now();
    let Found { node, wasm, browser } = look(wanted)?;
    let native = || {
        let mut apt = Apt::new(System::here());
        let browser = match browser {
            None if wanted.browser => Browser::install(&mut apt).map(Some),
            found => Ok(found),
        };
        let wasm = wasm.map_or_else(|| WasmToolchain::install(&mut apt), Ok);
        missing::together([browser.as_ref().err(), wasm.as_ref().err()])?;
        Ok((build_tools(wasm?)?, browser?))
    };
    let small_packages = || {
        npm::install(FUNCTION, node)?;
        npm::install(LAB, node)
    };
    let tools = in_parallel(native, || npm::install(SHIM, node), small_packages)?;
    println!("Set up in {}: WebAssembly by {}.", progress::seconds(started.elapsed()), tools.0.wasm.describe());
    Ok(tools)
}

/// Fails with all that is lacking, before anything long begins.
pub(crate) fn check(wanted: Wanted) -> Result<()> {
    look(wanted).map(drop)
}

fn look(wanted: Wanted) -> Result<Found> {
    let system = System::here();
    let node = npm::node(system);
    let wasm = WasmToolchain::look(system);
    let browser = if wanted.browser { Browser::look(system) } else { Ok(None) };
    let lints = if wanted.lints { toolchain::lints(system) } else { Ok(()) };
    missing::together([node.as_ref().err(), browser.as_ref().err(), wasm.as_ref().err(), lints.as_ref().err()])?;
    Ok(Found { node: node?, wasm: wasm?, browser: browser? })
}

fn build_tools(wasm: WasmToolchain) -> Result<BuildTools> {
    Ok(BuildTools { wasm, wasm_tool: WasmTool::build()? })
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
            Ok(_) => Err(parallel::together(errors)),
            Err(error) => {
                errors.insert(0, error);
                Err(parallel::together(errors))
            }
        }
    })
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
