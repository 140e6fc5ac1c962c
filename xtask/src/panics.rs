//! Takes the words out of panics.
//!
//! Nobody reads a panic in the browser: what counts is that it traps, so that the shim hears of it. Yet each function of
//! the standard library that panics carries all it takes to say why: messages, places in the source, formatting. Here
//! its body becomes the one instruction `unreachable`, which traps; wasm-opt then removes whatever only served the words.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

/// Every panic of Rust code ends here. If it has another name one day, nothing below would be found any more either.
const LAST: &str = "core::panicking::panic_fmt";

const CRATES: [&str; 4] = ["core::", "alloc::", "std::", "__rustc::"];

/// By the last part of their name, the functions that all say something and never return.
const BEGINNINGS: [&str; 1] = ["panic_"];
const ENDINGS: [&str; 7] =
    ["_fail", "_failed", "handle_error", "handle_alloc_error", "capacity_overflow", "rust_begin_unwind", "rust_panic"];

const HEADER: usize = 8;
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
const FUNCTION_NAMES: u8 = 1;

/// No locals, `unreachable`, `end`.
const TRAP: [u8; 3] = [0, UNREACHABLE, END];
const UNREACHABLE: u8 = 0x00;
const END: u8 = 0x0b;

/// The module with trapping bodies in place of speaking ones. It must still have its names.
pub(crate) fn silence(wasm: &[u8]) -> Result<Vec<u8>> {
    let sections = sections(wasm)?;
    let mut imported = 0;
    let mut names = BTreeMap::new();
    for section in &sections {
        match section.id {
            IMPORT => imported = imported_functions(section.content)?,
            CUSTOM => names.extend(function_names(section.content)?),
            _ => {}
        }
    }
    ensure!(
        names.values().any(|name| *name == LAST),
        "the WebAssembly has no function {LAST}: are its names gone, or is it called otherwise in this version of Rust?"
    );
    let mut silent = wasm.get(..HEADER).context(ENDS)?.to_vec();
    for section in &sections {
        if section.id == CODE {
            let code = silent_code(section.content, imported, &names)?;
            silent.push(CODE);
            silent.extend(length(code.len()));
            silent.extend(code);
        } else {
            silent.extend(section.whole);
        }
    }
    Ok(silent)
}

fn silent_code(content: &[u8], imported: usize, names: &BTreeMap<usize, String>) -> Result<Vec<u8>> {
    let mut reader = Reader(content);
    let bodies = reader.number()?;
    let mut code = length(bodies);
    for function in imported..imported + bodies {
        let size = reader.number()?;
        let mut body = reader.bytes(size)?;
        if let Some(name) = names.get(&function).filter(|name| only_panics(name)) {
            // What the compiler knows never to return, it ends like this.
            let instructions = body.get(1..).unwrap_or_default();
            ensure!(instructions.ends_with(&[UNREACHABLE, END]), "{name} seems to return: it is no panic");
            body = &TRAP;
        }
        code.extend(length(body.len()));
        code.extend(body);
    }
    Ok(code)
}

fn only_panics(name: &str) -> bool {
    // `core::panicking::assert_failed::<usize, usize>`
    let name = name.split_once("::<").map_or(name, |(name, _)| name);
    let last = name.rsplit("::").next().unwrap_or(name);
    CRATES.iter().any(|own| name.trim_start_matches('<').starts_with(own))
        && (last == "panic"
            || BEGINNINGS.iter().any(|beginning| last.starts_with(beginning))
            || ENDINGS.iter().any(|ending| last.ends_with(ending)))
}

/// The name as it stands in the source, without the hash that either way of mangling adds: `core[1f…]::option::…` or
/// `core::option::…::h1f…`.
fn without_hash(name: &str) -> String {
    let is_hash = |text: &str| text.len() == 16 && text.chars().all(|c| c.is_ascii_hexdigit());
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        match after.split_once(']') {
            Some((hash, after)) if is_hash(hash) => rest = after,
            _ => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    match plain.rsplit_once("::h") {
        Some((path, hash)) if is_hash(hash) => path.to_owned(),
        _ => plain,
    }
}

struct Section<'a> {
    id: u8,
    content: &'a [u8],
    /// With its id and its length.
    whole: &'a [u8],
}

fn sections(wasm: &[u8]) -> Result<Vec<Section<'_>>> {
    ensure!(wasm.starts_with(b"\0asm\x01\0\0\0"), "this is not a WebAssembly module");
    let mut reader = Reader(wasm.get(HEADER..).unwrap_or_default());
    let mut sections = Vec::new();
    while !reader.0.is_empty() {
        let start = reader.0;
        let id = reader.byte()?;
        let size = reader.number()?;
        let content = reader.bytes(size)?;
        sections.push(Section { id, content, whole: start.get(..start.len() - reader.0.len()).context(ENDS)? });
    }
    Ok(sections)
}

/// Functions are numbered from the imported ones on.
fn imported_functions(content: &[u8]) -> Result<usize> {
    let mut reader = Reader(content);
    let mut functions = 0;
    for _ in 0..reader.number()? {
        reader.text()?;
        reader.text()?;
        // wasm-bindgen's modules make their memory and tables themselves.
        ensure!(reader.byte()? == 0, "the WebAssembly imports something that is no function");
        reader.number()?;
        functions += 1;
    }
    Ok(functions)
}

fn function_names(content: &[u8]) -> Result<BTreeMap<usize, String>> {
    let mut reader = Reader(content);
    let mut names = BTreeMap::new();
    if reader.text()? != "name" {
        return Ok(names);
    }
    while !reader.0.is_empty() {
        let kind = reader.byte()?;
        let size = reader.number()?;
        let mut part = Reader(reader.bytes(size)?);
        if kind == FUNCTION_NAMES {
            for _ in 0..part.number()? {
                names.insert(part.number()?, without_hash(part.text()?));
            }
        }
    }
    Ok(names)
}

const ENDS: &str = "the WebAssembly ends in the middle of something";

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count).context(ENDS)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8> {
        self.bytes(1)?.first().copied().context(ENDS)
    }

    /// LEB128, as all lengths and indices.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(anyhow::anyhow!("a number in the WebAssembly is too long"))
    }

    fn text(&mut self) -> Result<&'a str> {
        let size = self.number()?;
        Ok(str::from_utf8(self.bytes(size)?)?)
    }
}

fn length(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `call` of an imported function, so that what comes after an import is counted right; then what a panic ends with.
    const SPEAKS: [u8; 5] = [0, 0x10, 0, UNREACHABLE, END];
    const RETURNS: [u8; 2] = [0, END];

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [vec![id], length(content.len()), content.to_vec()].concat()
    }

    fn text(text: &str) -> Vec<u8> {
        [length(text.len()), text.as_bytes().to_vec()].concat()
    }

    /// With one imported function in front of these.
    fn module(functions: &[(&str, &[u8])]) -> Vec<u8> {
        let import = [vec![1], text("./glue.js"), text("now"), vec![0, 0]].concat();
        let bodies = functions.iter().map(|(_, body)| [length(body.len()), body.to_vec()].concat());
        let code = [length(functions.len()), bodies.collect::<Vec<_>>().concat()].concat();
        let names = functions.iter().enumerate().map(|(index, (name, _))| [length(index + 1), text(name)].concat());
        let names = [length(functions.len()), names.collect::<Vec<_>>().concat()].concat();
        let names = [text("name"), section(FUNCTION_NAMES, &names)].concat();
        [b"\0asm\x01\0\0\0".to_vec(), section(IMPORT, &import), section(CODE, &code), section(CUSTOM, &names)].concat()
    }

    #[test]
    fn a_function_that_only_panics_traps_at_once_and_all_others_stay() {
        let with = |panic: &[u8]| {
            module(&[
                ("device_monitoring::engine::Engine::handle::h1bdccfdd4e112e8c", &SPEAKS),
                ("core[c5930c85a12de822]::panicking::panic_fmt", panic),
                ("memcpy", &RETURNS),
            ])
        };
        assert_eq!(silence(&with(&SPEAKS)).unwrap(), with(&TRAP));
    }

    #[test]
    fn panics_are_known_by_both_ways_of_mangling_names() {
        for name in [
            "core[c5930c85a12de822]::panicking::panic_bounds_check",
            "core::panicking::panic::h1bdccfdd4e112e8c",
            "core[c5930c85a12de822]::panicking::panic_const::panic_const_async_fn_resumed",
            "core[c5930c85a12de822]::panicking::assert_failed::<usize, alloc[3ca501edff3f0c7c]::string::String>",
            "<alloc[3ca501edff3f0c7c]::vec::Vec<_, _>>::remove::assert_failed",
            "alloc::vec::Vec<T,A>::remove::assert_failed::h1bdccfdd4e112e8c",
            "core[c5930c85a12de822]::slice::copy_from_slice_impl::len_mismatch_fail",
            "__rustc[b7974e8690430dd9]::rust_begin_unwind",
        ] {
            assert!(only_panics(&without_hash(name)), "{name}");
        }
    }

    #[test]
    fn what_returns_or_throws_an_error_of_javascript_is_no_panic() {
        for name in [
            "wasm_bindgen::__rt::borrow_fail::h1bdccfdd4e112e8c",
            "std[a543996e6e7dbf1e]::panicking::panic_count::increase",
            "std[a543996e6e7dbf1e]::panicking::panicking",
            "device_monitoring::loss::panic_free::h1bdccfdd4e112e8c",
            "<core[c5930c85a12de822]::fmt::Formatter>::pad",
        ] {
            assert!(!only_panics(&without_hash(name)), "{name}");
        }
    }

    #[test]
    fn a_panic_that_might_return_is_refused() {
        let message = silence(&module(&[("core::panicking::panic_fmt", &RETURNS)])).unwrap_err().to_string();
        assert!(message.starts_with("core::panicking::panic_fmt seems to return"), "{message}");
    }

    #[test]
    fn a_module_without_the_panics_that_every_module_has_is_refused() {
        let message = silence(&module(&[("memcpy", &RETURNS)])).unwrap_err().to_string();
        assert!(message.starts_with("the WebAssembly has no function core::panicking::panic_fmt"), "{message}");
    }

    #[test]
    fn half_a_module_is_refused() {
        let whole = module(&[("core::panicking::panic_fmt", &SPEAKS)]);
        assert!((0..whole.len()).all(|end| silence(&whole[..end]).is_err()));
        assert!(silence(&whole).is_ok());
    }
}
