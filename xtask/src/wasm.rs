//! From Rust to the three files in js-shim/src/generated; the same for the admin view in js-shim/admin-view/src/generated;
//! and to the one file of the Function in plugin-serverless/functions/generated.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::admin_view;
use crate::parallel;
use crate::process;
use crate::progress;
use crate::project::{self, SHIM};
use crate::setup::BuildTools;
use crate::size::{self, Size};
use crate::stamp::Stamp;
use crate::texts;
use crate::toolchain::TARGET;

/// The profile in Cargo.toml that is tuned for size.
pub(crate) const RELEASE_PROFILE: &str = "wasm-release";

/// Holds the WebAssembly.
const WASM_MODULE: &str = "wasm.js";

/// What the crate is compiled to.
struct Kind {
    /// Of the glue.
    name: &'static str,
    features: &'static str,
    result: Made,
    optimisation: &'static str,
}

/// In what form the WebAssembly and its glue are used.
#[derive(Clone, Copy)]
enum Made {
    /// Modules in this folder: for a page, whose bundler takes them from there.
    Modules(&'static str),
    /// One CommonJS file with everything in it: when hosted, a Function finds no file beside it.
    CommonJs(&'static str),
}

/// What every agent downloads.
const MONITOR: Kind =
    Kind { name: "monitor", features: "", result: Made::Modules(MONITOR_MODULES), optimisation: "-Oz" };
const MONITOR_MODULES: &str = "js-shim/src/generated";

/// For the few admins, and to be fast.
const ADMIN_VIEW: Kind = Kind {
    name: "what_if",
    features: "admin-view",
    result: Made::Modules("js-shim/admin-view/src/generated"),
    optimisation: "-O3",
};

/// For the Function: what judges incidents, and nothing of the monitor.
const FUNCTION: Kind = Kind {
    name: "incidents",
    features: "function",
    result: Made::CommonJs("plugin-serverless/functions/generated/incidents.private.js"),
    optimisation: "-Oz",
};

/// What the Function's one file exports.
const FUNCTION_ENTRY: &str = include_str!("function_entry.js");

/// The profile in Cargo.toml that is tuned for speed.
const ADMIN_VIEW_PROFILE: &str = "admin-view-release";

/// The profile in Cargo.toml for the Function. The monitor's would do, but cargo writes the WebAssembly of one profile
/// to one place, and would compile each again after the other.
const FUNCTION_PROFILE: &str = "function-release";

/// Builds what agents download and gives the sizes on the way into the bundle; and the admin view, and the Function's
/// part. Each keeps one processor busy most of the time.
pub(crate) fn build(tools: &BuildTools, profile: &str) -> Result<Vec<Size>> {
    let kinds = [(&MONITOR, profile), (&ADMIN_VIEW, ADMIN_VIEW_PROFILE), (&FUNCTION, FUNCTION_PROFILE)];
    let others = [ADMIN_VIEW_PROFILE, FUNCTION_PROFILE];
    ensure!(!others.contains(&profile), "`{profile}` is for another part; both would be written to one place");
    let generated = parallel::each(&kinds, |(kind, profile)| generate(tools, kind, profile))?;
    admin_view::build()?;
    let (compiled, wasm) = generated.first().context("nothing was built")?;
    sizes(compiled, wasm, &project::path(MONITOR_MODULES))
}

/// Gives the WebAssembly as rustc made it and as it is embedded.
fn generate(tools: &BuildTools, kind: &Kind, profile: &str) -> Result<(PathBuf, PathBuf)> {
    let compiled = progress::announced(&format!("WebAssembly, {}", kind.name), || compile(tools, kind, profile))?;
    let glue = project::scratch().join("glue").join(kind.name);
    let wasm = glue.join("optimised.wasm");
    let outputs = kind.outputs().into_iter().chain([wasm.clone()]).collect();
    // Cargo knows what the WebAssembly is made of; the rest is known here.
    let mut stamp = Stamp::new(project::scratch().join(format!("generated-inputs-{}", kind.name)), outputs)
        .file(&compiled)
        .file(tools.wasm_tool.program())
        .file(&project::path("js-shim/node_modules/binaryen/package.json"))
        .file(&project::path("js-shim/node_modules/esbuild/package.json"))
        .this_program()?;
    for texts in texts::files()? {
        stamp = stamp.file(&texts);
    }
    let embedding = format!("glue, wasm-opt and embedding, {}", kind.name);
    if stamp.is_current() {
        println!("✓ {embedding} (nothing has changed)");
    } else {
        progress::announced(&embedding, || {
            bindgen(tools, kind, &compiled, &glue)?;
            let bound = glue.join(format!("{}_bg.wasm", kind.name));
            check_imports(kind, &bound)?;
            optimise(kind, &bound, &wasm)?;
            check_paths(&read(&wasm)?)?;
            match kind.result {
                Made::Modules(folder) => write_modules(kind, &glue, &project::path(folder)),
                Made::CommonJs(file) => bundle_for_node(&glue, &project::path(file)),
            }
        })?;
        stamp.write()?;
    }
    Ok((compiled, wasm))
}

impl Kind {
    /// The files that others use.
    fn outputs(&self) -> Vec<PathBuf> {
        match self.result {
            Made::Modules(folder) => {
                let folder = project::path(folder);
                let names = self.modules().into_iter().chain([WASM_MODULE.to_owned()]);
                names.map(|name| folder.join(name)).collect()
            }
            Made::CommonJs(file) => vec![project::path(file)],
        }
    }

    /// What wasm-bindgen writes beside the WebAssembly.
    fn modules(&self) -> [String; 2] {
        [format!("{}.js", self.name), format!("{}.d.ts", self.name)]
    }
}

fn write_modules(kind: &Kind, glue: &Path, folder: &Path) -> Result<()> {
    make_folder(folder)?;
    for name in kind.modules() {
        write(&folder.join(&name), &read(&glue.join(&name))?)?;
    }
    write(&folder.join(WASM_MODULE), wasm_module(&read(&glue.join("optimised.wasm"))?)?.as_bytes())?;
    texts::write(folder)
}

/// The glue with the WebAssembly in it, as one file that Node.js loads.
fn bundle_for_node(glue: &Path, file: &Path) -> Result<()> {
    let entry = glue.join("entry.js");
    write(&entry, FUNCTION_ENTRY.as_bytes())?;
    if let Some(folder) = file.parent() {
        // What a build of an earlier version has left there would be deployed as well.
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        make_folder(folder)?;
    }
    let mut command = Command::new(project::node_program(SHIM, "esbuild"));
    command
        .current_dir(glue)
        .arg(&entry)
        .args(["--bundle", "--minify", "--platform=node", "--target=node20", "--format=cjs", "--loader:.wasm=binary"])
        .args(["--log-level=warning", &format!("--outfile={}", file.display())]);
    process::run(&mut command)?;
    println!("{}", size::plain(&Size::new("the Function's incidents.private.js", &read(file)?)?));
    Ok(())
}

fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
}

/// The WebAssembly, gzipped and in base64. Flex loads a plugin as one file, and the server's compression finds no
/// repetitions in base64: so the WebAssembly is compressed before.
fn wasm_module(wasm: &[u8]) -> Result<String> {
    let mut gzipped = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, wasm, &mut gzipped)?;
    Ok(format!("export default '{}';\n", STANDARD.encode(gzipped)))
}

fn compile(tools: &BuildTools, kind: &Kind, profile: &str) -> Result<PathBuf> {
    let mut command = tools.wasm.cargo("rustc");
    command
        .args(["--quiet", "--package", "device-monitoring", "--lib"])
        // With the rlib that Cargo.toml also has, for the native tests, cargo silently leaves out `lto`.
        .args(["--crate-type", "cdylib", "--profile", profile, "--features", kind.features])
        .args(["--config", &without_machine_paths(&source_folders())]);
    process::run(&mut command)?;
    Ok(tools.wasm.output(profile).join("device_monitoring.wasm"))
}

/// Where the sources are that are compiled in: cargo's registry, and the standard library's, Debian's or rustup's.
fn source_folders() -> Vec<PathBuf> {
    let sysroot = process::output_of(Command::new("rustc").args(["--print", "sysroot"])).map(PathBuf::from);
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let parents = [cargo.map(|cargo| cargo.join("registry/src")), Some(PathBuf::from("/usr/src"))];
    let entries = parents.into_iter().flatten().filter_map(|parent| fs::read_dir(parent).ok()).flatten().flatten();
    let standard_library = sysroot.map(|sysroot| sysroot.join("lib/rustlib/src/rust"));
    entries.map(|entry| entry.path()).chain(standard_library).filter(|path| path.is_dir()).collect()
}

/// Panic messages name source files. Whose machine built the bundle is nobody's business.
fn without_machine_paths(folders: &[PathBuf]) -> String {
    let flags: Vec<String> =
        folders.iter().map(|folder| format!("'--remap-path-prefix={}='", folder.display())).collect();
    format!("target.{TARGET}.rustflags=[{}]", flags.join(", "))
}

/// Everybody can read what is embedded: it names nobody's home folder.
fn check_paths(wasm: &[u8]) -> Result<()> {
    let folders = env::home_dir().into_iter().chain([project::root().to_owned()]);
    match named_in(wasm, folders).as_slice() {
        [] => Ok(()),
        named => bail!("the WebAssembly names folders of this machine: {}", named.join(", ")),
    }
}

/// Those of the folders that the module has a path of.
fn named_in(wasm: &[u8], folders: impl Iterator<Item = PathBuf>) -> Vec<String> {
    let inside = folders.filter(|folder| folder.parent().is_some()).map(|folder| format!("{}/", folder.display()));
    inside.filter(|inside| wasm.windows(inside.len()).any(|part| part == inside.as_bytes())).collect()
}

fn bindgen(tools: &BuildTools, kind: &Kind, compiled: &Path, glue: &Path) -> Result<()> {
    let mut command = tools.wasm_tool.bindgen();
    // The default module path is an `import.meta.url`, which the webpack of Twilio's tooling cannot read.
    command
        .args(["--target", "web", "--omit-default-module-path", "--out-name", kind.name, "--out-dir"])
        .arg(glue)
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

fn optimise(kind: &Kind, from: &Path, to: &Path) -> Result<()> {
    let mut command = Command::new(project::node_program(SHIM, "wasm-opt"));
    process::output_of(command.arg(kind.optimisation).arg(from).arg("-o").arg(to)).map(drop)
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

fn sizes(compiled: &Path, wasm: &Path, generated: &Path) -> Result<Vec<Size>> {
    Ok(vec![
        Size::new("on the way: WebAssembly from rustc", &read(compiled)?)?,
        Size::new("on the way: WebAssembly after wasm-opt -Oz", &read(wasm)?)?,
        Size::new("on the way: monitor.js (glue, before minifying)", &read(&generated.join("monitor.js"))?)?,
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
    fn folders_of_this_machine_are_found_in_a_module() {
        let wasm = b"\0asm\0/home/me/.rustup/lib.rs\0/rustc/lib.rs\0src/lib.rs";
        let named = |folders: &[&str]| named_in(wasm, folders.iter().map(PathBuf::from));
        assert_eq!(named(&["/home/me", "/home/m", "/srv/project", "/"]), ["/home/me/"]);
    }

    #[test]
    fn the_sources_of_the_standard_library_are_among_the_folders_where_rustup_has_them() {
        let sysroot = process::output_of(Command::new("rustc").args(["--print", "sysroot"])).unwrap();
        let sources = Path::new(&sysroot).join("lib/rustlib/src/rust");
        assert_eq!(source_folders().contains(&sources), sources.is_dir());
    }

    #[test]
    fn only_imports_from_outside_the_glue_are_foreign() {
        assert!(
            foreign_imports(&MONITOR, "./monitor_bg.js __wbg_now_463ac581d2fc7ea3\n./monitor_bg.js __wbindgen_throw")
                .is_empty()
        );
        assert!(foreign_imports(&FUNCTION, "").is_empty());
        assert_eq!(foreign_imports(&ADMIN_VIEW, "./what_if_bg.js __wbg_now\nenv time"), ["env time"]);
    }
}
