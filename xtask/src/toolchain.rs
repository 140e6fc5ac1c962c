//! The Rust that compiles to WebAssembly.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Error, Result, bail};

use crate::apt::Apt;
use crate::missing::{Lack, System};
use crate::process;
use crate::progress;
use crate::project;
use crate::tool_version::Version;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The oldest Rust this workspace compiles with (`rust-version` in Cargo.toml).
const OLDEST: Version = Version { major: 1, minor: 88 };

/// rustup hangs on machines that cannot reach its server.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld"];

/// Which Rust builds the WebAssembly; the product and its tests use the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WasmToolchain {
    /// The `cargo` in use has the target's standard library.
    Installed,
    /// Debian's `cargo`, which compiles the standard library itself because no package holds it.
    Debian { linker: PathBuf },
}

impl WasmToolchain {
    /// `None` where it is not there and [`Self::install`] can try to get it. Where Debian's packages can be installed
    /// only by hand, rustup is asked here: then all that is lacking is known together.
    pub(crate) fn look(system: System) -> Result<Option<Self>, Lack> {
        // Debian's packages are looked for before rustup is asked, or every run would wait for it once more.
        match if wants_debian() { debian() } else { installed().or_else(debian) } {
            None if system.installs_packages() => Ok(None),
            None => rustup_target().map(Some).map_err(|tried| lack(system, &[tried])),
            found => Ok(found),
        }
    }

    pub(crate) fn install(apt: &mut Apt) -> Result<Self, Lack> {
        let mut tried = Vec::new();
        if !wants_debian() {
            match rustup_target() {
                Ok(found) => return Ok(found),
                Err(error) => tried.push(error),
            }
        }
        install_debian(apt).map_err(|error| {
            tried.push(error);
            lack(apt.system, &tried)
        })
    }

    /// `cargo SUBCOMMAND` for the WebAssembly target. Its output is in [`Self::output`].
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = match self {
            Self::Installed => {
                let mut command = cargo();
                command.arg(subcommand);
                command
            }
            Self::Debian { linker } => {
                let mut command = Command::new("/usr/bin/cargo");
                command
                    .args([subcommand, "-Zbuild-std=std,panic_abort"])
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("PATH", with_usr_bin_first())
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                // rustup's cargo, which started us, points these at its own toolchain.
                for variable in ["RUSTUP_TOOLCHAIN", "RUSTC", "RUSTDOC", "CARGO", "LD_LIBRARY_PATH"] {
                    command.env_remove(variable);
                }
                command
            }
        };
        command.current_dir(project::root()).args(["--target", TARGET, "--target-dir"]).arg(self.target_dir());
        command
    }

    /// Where that cargo leaves what a profile built.
    pub(crate) fn output(&self, profile: &str) -> PathBuf {
        let folder = if profile == "dev" { "debug" } else { profile };
        self.target_dir().join(TARGET).join(folder)
    }

    /// Clippy comes with the toolchain in use, not with Debian's.
    pub(crate) fn has_clippy(&self) -> bool {
        *self == Self::Installed
    }

    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Installed => "the Rust in use",
            Self::Debian { .. } => "Debian's Rust, with its own build of the standard library",
        }
    }

    fn target_dir(&self) -> PathBuf {
        match self {
            Self::Installed => project::target(),
            // Of its own: two compilers in one folder throw out each other's work.
            Self::Debian { .. } => project::target().join("debian"),
        }
    }
}

/// The cargo that started us, else the one in PATH.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn wants_debian() -> bool {
    env::var("DEVICE_MONITORING_WASM_TOOLCHAIN").is_ok_and(|wanted| wanted == "debian")
}

/// The programs behind `cargo fmt` and `cargo clippy`, which rustup's minimal profile leaves out.
pub(crate) fn lints(system: System) -> Result<(), Lack> {
    let works = |subcommand| process::output_of(cargo().args([subcommand, "--version"])).is_ok();
    if works("fmt") && works("clippy") {
        return Ok(());
    }
    let by_rustup = process::find_program(&["rustup"]).map(|_| "rustup component add rustfmt clippy".to_owned());
    let get = by_rustup.or_else(|| system.apt_get_install(&["rustfmt", "rust-clippy"]));
    Err(Lack {
        what: "rustfmt and Clippy".to_owned(),
        because: None,
        get: vec![get.unwrap_or_else(|| "https://rustup.rs".to_owned())],
    })
}

fn lack(system: System, tried: &[Error]) -> Lack {
    let tried: Vec<String> = tried.iter().map(|error| format!("tried: {error:#}")).collect();
    let packages = system.apt_get_install(&DEBIAN_PACKAGES);
    Lack {
        what: format!("Rust's target {TARGET}"),
        because: Some(tried.join("\n")),
        get: [format!("rustup target add {TARGET}")].into_iter().chain(packages).collect(),
    }
}

fn installed() -> Option<WasmToolchain> {
    let libraries = process::output_of(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_ok_and(|folder| holds_standard_library(Path::new(&folder))).then_some(WasmToolchain::Installed)
}

fn holds_standard_library(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn rustup_target() -> Result<WasmToolchain> {
    let rustup = process::find_program(&["rustup"]).context("there is no rustup")?;
    progress::announced(&format!("rustup target add {TARGET}"), || {
        let mut command = Command::new(rustup);
        command.args(["target", "add", TARGET]);
        process::run_limited(&mut command, &project::log("rustup"), RUSTUP_LIMIT)
    })?;
    installed().context("rustup added the target to another toolchain than the one in use")
}

/// Debian's toolchain, if all of it is there and new enough.
fn debian() -> Option<WasmToolchain> {
    let rustc = Path::new("/usr/bin/rustc");
    if !rustc.is_file() || !Path::new("/usr/bin/cargo").is_file() {
        return None;
    }
    let rustc = || {
        let mut command = Command::new(rustc);
        command.env_remove("LD_LIBRARY_PATH");
        command
    };
    let version = Version::find_in(&process::output_of(rustc().arg("--version")).ok()?)?;
    let sysroot = PathBuf::from(process::output_of(rustc().args(["--print", "sysroot"])).ok()?);
    let source = sysroot.join("lib/rustlib/src/rust/library/Cargo.lock");
    if version < OLDEST || !source.is_file() {
        return None;
    }
    Some(WasmToolchain::Debian { linker: linker()? })
}

fn install_debian(apt: &mut Apt) -> Result<WasmToolchain> {
    apt.install(&DEBIAN_PACKAGES)?;
    match debian() {
        Some(found) => Ok(found),
        None => bail!(
            "Debian's packages {} are installed, but they are older than Rust {OLDEST} or incomplete",
            DEBIAN_PACKAGES.join(", ")
        ),
    }
}

/// A linker for WebAssembly: LLVM's from Debian, whose name carries a version, else the one that rustup brought.
fn linker() -> Option<PathBuf> {
    let names: Vec<String> =
        fs::read_dir("/usr/bin").ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    if let Some(name) = newest_wasm_ld(names.iter().map(String::as_str)) {
        return Some(Path::new("/usr/bin").join(name));
    }
    let sysroot = process::output_of(Command::new("rustc").args(["--print", "sysroot"])).ok()?;
    let host = process::output_of(Command::new("rustc").args(["--print", "host-tuple"])).ok()?;
    Some(Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/rust-lld")).filter(|linker| linker.is_file())
}

/// `wasm-ld-19` before `wasm-ld-14`; `wasm-ld` alone only if there is no other.
fn newest_wasm_ld<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let versioned = names.filter_map(|name| match name.strip_prefix("wasm-ld")? {
        "" => Some((0, name)),
        suffix => Some((suffix.strip_prefix('-')?.parse::<u32>().ok()?, name)),
    });
    versioned.max().map(|(_, name)| name)
}

fn with_usr_bin_first() -> OsString {
    let mut path = OsString::from("/usr/bin");
    if let Some(rest) = env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_several_linkers_is_taken() {
        assert_eq!(newest_wasm_ld(["ls", "wasm-ld", "wasm-ld-14", "wasm-ld-9"].into_iter()), Some("wasm-ld-14"));
        assert_eq!(newest_wasm_ld(["wasm-ld"].into_iter()), Some("wasm-ld"));
        assert_eq!(newest_wasm_ld(["ld", "wasm-ldd", "wasm-ld-next"].into_iter()), None);
    }

    #[test]
    fn a_folder_without_the_standard_library_is_no_target() {
        let folder = env::temp_dir().join(format!("xtask-{}-libdir", std::process::id()));
        assert!(!holds_standard_library(&folder), "the folder is not there at all");
        fs::create_dir_all(&folder).unwrap();
        assert!(!holds_standard_library(&folder), "the folder is empty");
        fs::write(folder.join("libstd-2c19544a9276d693.rlib"), "").unwrap();
        assert!(holds_standard_library(&folder));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn whoever_lacks_the_target_hears_what_was_tried_and_both_ways_to_it() {
        let tried = [Error::msg("no server"), Error::msg("no package")];
        let Lack { because, get, .. } = lack(System::Debian { root: false }, &tried);
        assert_eq!(because.as_deref(), Some("tried: no server\ntried: no package"));
        let debian = "sudo apt-get install rustc-web cargo-web rust-web-src lld";
        assert_eq!(get, ["rustup target add wasm32-unknown-unknown", debian]);
        assert_eq!(lack(System::Mac, &tried).get, ["rustup target add wasm32-unknown-unknown"]);
    }

    #[test]
    fn every_toolchain_says_where_its_output_is() {
        let debian = WasmToolchain::Debian { linker: "/usr/bin/wasm-ld-14".into() };
        assert!(WasmToolchain::Installed.output("dev").ends_with("target/wasm32-unknown-unknown/debug"));
        assert!(debian.output("wasm-release").ends_with("target/debian/wasm32-unknown-unknown/wasm-release"));
    }
}
