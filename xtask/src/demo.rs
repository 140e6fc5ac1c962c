//! A call in the real Flex UI, spoiled and healed.

use anyhow::Result;

use crate::bundle;
use crate::npm;
use crate::process;
use crate::project::LAB;
use crate::setup;
use crate::wasm;

pub(crate) fn run() -> Result<()> {
    let tools = setup::everything()?;
    wasm::build(&tools.build, wasm::RELEASE_PROFILE)?;
    bundle::build_for_lab()?;
    let mut command = npm::run_script(LAB, "demo");
    tools.browser.announce_to(&mut command);
    process::run(&mut command)
}
