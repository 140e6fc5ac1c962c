//! From Rust to the three files in js-shim/src/generated, and the same for the desk in desk/src/generated.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::desk;
use crate::embed;
use crate::panics;
use crate::process;
use crate::project::{self, SHIM};
use crate::rename::Renamed;
use crate::setup::BuildTools;
use crate::size::Size;
use crate::stamp::Stamp;
use crate::steps;
use crate::toolchain::TARGET;

/// The profile in Cargo.toml that is tuned for size.
pub(crate) const RELEASE_PROFILE: &str = "wasm-release";

/// What the crate is compiled to for the browser.
struct Kind {
    /// Of the glue.
    name: &'static str,
    features: &'static str,
    /// Where the modules go.
    generated: &'static str,
    optimisation: &'static [&'static str],
    /// What every agent downloads: it brings their texts along, and its panics have no messages.
    is_for_agents: bool,
}

const MONITOR: Kind = Kind {
    name: "monitor",
    features: "",
    generated: "js-shim/src/generated",
    optimisation: &SMALL,
    is_for_agents: true,
};

/// For the few admins, and to be fast.
const DESK: Kind = Kind {
    name: "what_if",
    features: "desk",
    generated: "desk/src/generated",
    optimisation: &["-O3"],
    is_for_agents: false,
};

/// The profile in Cargo.toml that is tuned for speed.
const DESK_PROFILE: &str = "desk-release";

const SMALL: [&str; 12] = [
    // What counts is the size after packing, and there 0.3 KB less comes of these: functions that differ only in
    // constants become one, what is called once stays a function of its own if it is large, and what is the same in two
    // places is not computed once and kept in a local, because packing shares it for less.
    "--merge-similar-functions",
    "--one-caller-inline-max-function-size=300",
    "--skip-pass=local-cse",
    "--skip-pass=simplify-locals",
    // Control flow made anew twice over finds 1 % more than -Oz by itself.
    "--flatten",
    "--rereloop",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    // The first kilobyte is the far end of the stack, which grows downwards (rustc links with --stack-first): who gets
    // there is about to overflow. Half a kilobyte of the download.
    "--low-memory-unused",
];

/// What rustc's WebAssembly uses. By name: `--all-features` makes wasm-opt write what no browser reads yet.
const FEATURES: [&str; 7] = [
    "bulk-memory",
    "bulk-memory-opt",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

/// Builds what agents download and gives the sizes on the way into the bundle; and the desk.
pub(crate) fn build(tools: &BuildTools, profile: &str) -> Result<Vec<Size>> {
    let unpacker = steps::announced("WebAssembly, the unpacker", || compile_unpacker(tools))?;
    let (compiled, wasm) = generate(tools, &MONITOR, profile, &unpacker)?;
    generate(tools, &DESK, DESK_PROFILE, &unpacker)?;
    desk::build()?;
    sizes(&compiled, &wasm, &project::path(MONITOR.generated))
}

/// Gives the WebAssembly as rustc made it and as it is embedded.
fn generate(tools: &BuildTools, kind: &Kind, profile: &str, unpacker: &Path) -> Result<(PathBuf, PathBuf)> {
    let compiled = steps::announced(&format!("WebAssembly, {}", kind.name), || compile(tools, kind, profile))?;
    let glue = project::scratch().join("glue").join(kind.name);
    let (generated, wasm) = (project::path(kind.generated), glue.join("optimised.wasm"));
    fs::create_dir_all(&generated).with_context(|| format!("{} cannot be made", generated.display()))?;
    let modules = [format!("{}.js", kind.name), format!("{}.d.ts", kind.name), "wasm.js".to_owned()];
    let outputs = modules.iter().map(|name| generated.join(name)).chain([wasm.clone()]).collect();
    // Cargo knows what the WebAssembly is made of; the rest is known here.
    let mut stamp = Stamp::new(project::scratch().join(format!("generated-inputs-{}", kind.name)), outputs)
        .file(&compiled)
        .file(unpacker)
        .file(tools.wasm_tool.program())
        .file(&project::path("js-shim/node_modules/binaryen/package.json"))
        .this_program()?;
    for texts in embed::texts() {
        stamp = stamp.file(&texts);
    }
    if stamp.is_current() {
        println!("✓ glue, wasm-opt and embedding (nothing has changed)");
    } else {
        steps::announced("glue, wasm-opt and embedding", || {
            bindgen(tools, kind, &compiled, &glue)?;
            let bound = glue.join(format!("{}_bg.wasm", kind.name));
            check_imports(kind, &bound)?;
            let silent = glue.join("silent.wasm");
            let bytes = read(&bound)?;
            write(&silent, &if kind.is_for_agents { panics::silence(&bytes)? } else { bytes })?;
            let renamed = optimise(kind, &silent, &wasm)?;
            embed_all(kind, &glue, unpacker, &wasm, &renamed, &generated)
        })?;
        stamp.write()?;
    }
    Ok((compiled, wasm))
}

fn compile(tools: &BuildTools, kind: &Kind, profile: &str) -> Result<PathBuf> {
    // Only for this type of crate does cargo link with LTO; with the rlib that Cargo.toml also wants, for the native
    // tests, it leaves `lto` out without a word. 7 KB of the download.
    compile_package(tools, "device-monitoring", profile, &["--features", kind.features])
}

/// What unpacks the rest. Its stack is as large as unpack/src/page.rs says.
fn compile_unpacker(tools: &BuildTools) -> Result<PathBuf> {
    compile_package(tools, "unpack", RELEASE_PROFILE, &["--", "-C", "link-arg=-zstack-size=16384"])
}

fn compile_package(tools: &BuildTools, package: &str, profile: &str, more: &[&str]) -> Result<PathBuf> {
    let mut command = tools.wasm.cargo("rustc");
    command
        .args(["--quiet", "--package", package, "--lib", "--crate-type", "cdylib", "--profile", profile])
        .args(["--config", &without_machine_paths(&source_folders())])
        .args(more);
    process::run(&mut command)?;
    Ok(tools.wasm.output(profile).join(package.replace('-', "_") + ".wasm"))
}

/// Where the sources lie that are compiled in: cargo's registry and, if it is Debian's, the standard library's.
fn source_folders() -> Vec<PathBuf> {
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let parents = [cargo.map(|cargo| cargo.join("registry/src")), Some(PathBuf::from("/usr/src"))];
    let entries = parents.into_iter().flatten().filter_map(|parent| fs::read_dir(parent).ok()).flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

/// Panic messages name source files. Whose machine built the bundle is nobody's business, and costs bytes.
fn without_machine_paths(folders: &[PathBuf]) -> String {
    let flags: Vec<String> =
        folders.iter().map(|folder| format!("'--remap-path-prefix={}='", folder.display())).collect();
    format!("target.{TARGET}.rustflags=[{}]", flags.join(", "))
}

fn bindgen(tools: &BuildTools, kind: &Kind, compiled: &Path, glue: &Path) -> Result<()> {
    let mut command = tools.wasm_tool.bindgen();
    // The default module path is an `import.meta.url`, which the webpack of Twilio's tooling cannot read.
    command
        .args(["--target", "web", "--omit-default-module-path", "--out-name", kind.name, "--out-dir"])
        .arg(glue)
        .arg("--remove-producers-section")
        .arg(compiled);
    process::run(&mut command)?;
    let text = read_glue(kind, glue)?;
    ensure!(!text.contains("import.meta"), "the glue uses import.meta, which Twilio's webpack cannot read");
    Ok(())
}

/// The JavaScript that wasm-bindgen has written.
fn read_glue(kind: &Kind, glue: &Path) -> Result<String> {
    let file = glue.join(format!("{}.js", kind.name));
    fs::read_to_string(&file).with_context(|| format!("wasm-bindgen wrote no {}", file.display()))
}

fn optimise(kind: &Kind, from: &Path, to: &Path) -> Result<Renamed> {
    let mut command = wasm_opt();
    command.args(kind.optimisation).arg("--minify-imports-and-exports-and-modules");
    Renamed::read(&process::output_of(command.arg(from).arg("-o").arg(to))?)
}

fn wasm_opt() -> Command {
    let mut command = Command::new(project::node_program(SHIM, "wasm-opt"));
    command.args(FEATURES.map(|feature| format!("--enable-{feature}")));
    // Tools read this section, browsers do not.
    command.arg("--strip-target-features");
    command
}

/// The engine that will run the module reads it once here; whatever it would import and nobody provides shows now
/// and not in an agent's browser.
fn check_imports(kind: &Kind, wasm: &Path) -> Result<()> {
    let script = "const module = new WebAssembly.Module(require('fs').readFileSync(process.argv[1])); \
                  for (const { module: from, name } of WebAssembly.Module.imports(module)) console.log(from, name);";
    let imports = process::output_of(Command::new("node").args(["-e", script]).arg(wasm))?;
    match foreign_imports(kind, &imports).as_slice() {
        [] => Ok(()),
        foreign => bail!("the WebAssembly imports what the browser does not have: {}", foreign.join(", ")),
    }
}

/// The glue provides one module to the WebAssembly; it can import from no other.
fn foreign_imports<'a>(kind: &Kind, imports: &'a str) -> Vec<&'a str> {
    imports.lines().filter(|import| !import.starts_with(&format!("./{}_bg.js ", kind.name))).collect()
}

fn embed_all(
    kind: &Kind,
    glue: &Path,
    unpacker: &Path,
    wasm: &Path,
    renamed: &Renamed,
    generated: &Path,
) -> Result<()> {
    let small = glue.join("unpack.wasm");
    let mut command = wasm_opt();
    command.args(["-O2", "--strip-debug", "--strip-producers"]).arg(unpacker).arg("-o").arg(&small);
    process::output_of(&mut command)?;
    let texts = if kind.is_for_agents { embed::pack_texts()? } else { Vec::new() };
    let types = format!("{}.d.ts", kind.name);
    write(&generated.join(format!("{}.js", kind.name)), renamed.apply(&read_glue(kind, glue)?)?.as_bytes())?;
    write(&generated.join(&types), &read(&glue.join(&types))?)?;
    write(&generated.join("wasm.js"), embed::module(&read(&small)?, &read(wasm)?, &texts)?.as_bytes())
}

fn sizes(compiled: &Path, wasm: &Path, generated: &Path) -> Result<Vec<Size>> {
    Ok(vec![
        Size::of("on the way: WebAssembly from rustc", &read(compiled)?)?,
        Size::of("on the way: WebAssembly after wasm-opt -Oz", &read(wasm)?)?,
        Size::of("on the way: wasm.js (it and the texts, packed)", &read(&generated.join("wasm.js"))?)?,
        Size::of("on the way: monitor.js (glue, before minifying)", &read(&generated.join("monitor.js"))?)?,
    ])
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn write(file: &Path, content: &[u8]) -> Result<()> {
    fs::write(file, content).with_context(|| format!("{} cannot be written", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_this_machine_are_removed_from_panic_messages() {
        assert_eq!(
            without_machine_paths(&["/home/me/.cargo/registry/src/index".into(), "/usr/src/rustc".into()]),
            "target.wasm32-unknown-unknown.rustflags=['--remap-path-prefix=/home/me/.cargo/registry/src/index=', \
             '--remap-path-prefix=/usr/src/rustc=']"
        );
    }

    #[test]
    fn only_imports_from_outside_the_glue_are_foreign() {
        assert!(
            foreign_imports(&MONITOR, "./monitor_bg.js __wbg_now_463ac581d2fc7ea3\n./monitor_bg.js __wbindgen_throw")
                .is_empty()
        );
        assert!(foreign_imports(&DESK, "").is_empty());
        assert_eq!(foreign_imports(&DESK, "./what_if_bg.js __wbg_now\nenv time"), ["env time"]);
    }
}
