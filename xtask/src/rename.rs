//! Short names between the WebAssembly and its glue.
//!
//! wasm-bindgen names what they share after functions and hashes, once on either side; nobody reads these names in a
//! bundle, and gzip can do nothing about hashes. wasm-opt shortens them in the WebAssembly and says what it did; the
//! same is done to the glue here.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What wasm-opt prints when it shortens names.
#[derive(Deserialize)]
pub(crate) struct Renamed {
    /// Module, old name, new name.
    imports: Vec<(String, String, String)>,
    /// Old name, new name.
    exports: Vec<(String, String)>,
}

/// The one name that wasm-opt gives every imported module.
const SHORT_MODULE: &str = "a";

impl Renamed {
    pub(crate) fn read(json: &str) -> Result<Self> {
        serde_json::from_str(json).context("wasm-opt did not say which names it shortened")
    }

    /// The glue with the short names.
    pub(crate) fn apply(&self, glue: &str) -> Result<String> {
        let mut short = String::with_capacity(glue.len());
        let mut rest = glue;
        let mut found = 0;
        while let Some(start) = rest.find(is_name) {
            let (between, name_on) = rest.split_at(start);
            short.push_str(between);
            let end = name_on.find(|c| !is_name(c)).unwrap_or(name_on.len());
            let (name, after) = name_on.split_at(end);
            // An export is only ever used as a property of `wasm`; elsewhere the same name means something else.
            let new = if short.ends_with("wasm.") { self.export(name) } else { self.import(name) };
            found += usize::from(new.is_some());
            short.push_str(new.unwrap_or(name));
            rest = after;
        }
        short.push_str(rest);
        ensure!(found >= self.imports.len(), "the glue does not have all the names that wasm-opt shortened");
        for module in self.imports.iter().map(|(module, ..)| module) {
            short = short.replace(&format!("\"{module}\""), &format!("\"{SHORT_MODULE}\""));
        }
        Ok(short)
    }

    fn import(&self, name: &str) -> Option<&str> {
        self.imports.iter().find(|(_, old, _)| old == name).map(|(.., new)| new.as_str())
    }

    fn export(&self, name: &str) -> Option<&str> {
        self.exports.iter().find(|(old, _)| old == name).map(|(_, new)| new.as_str())
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed() -> Renamed {
        let json = r#"{"imports": [["./glue.js", "__wbg_now_1f", "$"]], "exports": [["free", "b"], ["memory", "c"]]}"#;
        Renamed::read(json).unwrap()
    }

    #[test]
    fn imports_and_exports_get_the_names_that_the_webassembly_has() {
        let glue = r#"{ __wbg_now_1f: function() { wasm.free(wasm.memory); }, "./glue.js": imports }"#;
        assert_eq!(renamed().apply(glue).unwrap(), r#"{ $: function() { wasm.b(wasm.c); }, "a": imports }"#);
    }

    #[test]
    fn a_name_that_is_not_the_webassemblys_stays() {
        let glue = "__wbg_now_1f; free() { other.memory; wasm.freeze }";
        assert_eq!(renamed().apply(glue).unwrap(), "$; free() { other.memory; wasm.freeze }");
    }

    #[test]
    fn glue_of_another_build_is_refused() {
        assert!(renamed().apply("{ __wbg_now_2e: function() {} }").is_err());
    }
}
