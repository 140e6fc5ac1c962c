//! What each part of the bundle weighs, and which packages are in it, by its source map.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use sourcemap::SourceMap;

use crate::size::Size;

/// Sources by a piece of their path, the first that fits; what fits none is Twilio's and webpack's.
const PARTS: [(&str, &str); 6] = [
    ("generated/wasm.js", "engine, packed"),
    ("generated/monitor.js", "its glue"),
    ("generated/texts.js", "agents' texts"),
    ("src/ui/", "what agents see"),
    ("src/voice/", "listening to calls"),
    ("./src/", "the rest of the plugin"),
];
const OTHERS: &str = "Twilio's FlexPlugin, webpack";

/// Each part's own code. Gzipped by itself each weighs more than in the bundle, where they share what they have in common.
pub(crate) fn measure(bundle: &str, map: &[u8]) -> Result<Vec<Size>> {
    let map = SourceMap::from_slice(map).context("the source map cannot be read")?;
    let tokens: Vec<_> = map.tokens().collect();
    let mut parts = BTreeMap::<&'static str, String>::new();
    for (number, line) in (0_u32..).zip(bundle.lines()) {
        let here: Vec<_> = tokens.iter().filter(|token| token.get_dst_line() == number).collect();
        for (index, token) in here.iter().enumerate() {
            let from = token.get_dst_col() as usize;
            let until = here.get(index + 1).map_or(line.len(), |next| next.get_dst_col() as usize);
            let source = token.get_source().unwrap_or_default();
            let part = PARTS.iter().find(|(piece, _)| source.contains(piece)).map_or(OTHERS, |(_, name)| *name);
            // The bundle is ASCII: its columns are its bytes.
            parts.entry(part).or_default().push_str(line.get(from..until).unwrap_or_default());
        }
    }
    let names = PARTS.iter().map(|(_, name)| *name).chain([OTHERS]);
    names.filter_map(|name| parts.get(name).map(|code| Size::new(name, code.as_bytes()))).collect()
}

/// The folders of npm packages, and of webpack, that code of the bundle comes from.
pub(crate) fn packages(map: &[u8]) -> Result<BTreeSet<String>> {
    let map = SourceMap::from_slice(map).context("the source map cannot be read")?;
    Ok(map.sources().filter_map(package).collect())
}

/// The same by the paths of the sources.
pub(crate) fn packages_of<'a>(sources: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    sources.filter_map(package).collect()
}

/// `webpack:///./node_modules/@twilio/flex-plugin/dist/lib/flex-plugin.js` is in `node_modules/@twilio/flex-plugin`.
fn package(source: &str) -> Option<String> {
    // What webpack itself puts around the modules.
    let source = if source.contains("/webpack/bootstrap") { "/node_modules/webpack/" } else { source };
    let start = source.find("node_modules/")?;
    let name = source.rfind("node_modules/")? + "node_modules/".len();
    let parts = if source.get(name..)?.starts_with('@') { 2 } else { 1 };
    let length: usize = source.get(name..)?.split_inclusive('/').take(parts).map(str::len).sum();
    Some(source.get(start..name + length)?.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_of_the_package_whose_folder_it_is_in() {
        for (source, folder) in [
            ("webpack:///webpack/bootstrap", Some("node_modules/webpack")),
            ("webpack:///./node_modules/@twilio/flex-plugin/dist/a.js", Some("node_modules/@twilio/flex-plugin")),
            ("webpack:///./node_modules/a/node_modules/@b/c/d.js", Some("node_modules/a/node_modules/@b/c")),
            ("webpack:///./node_modules/a/index.js", Some("node_modules/a")),
            ("webpack:///./src/index.js", None),
            ("webpack:///external \"React\"", None),
        ] {
            assert_eq!(package(source).as_deref(), folder, "{source}");
        }
    }

    #[test]
    fn every_byte_belongs_to_the_part_of_its_source() {
        // One line: 4 bytes of ui, 6 of voice, 2 of a package, by the mappings' columns.
        let map = br#"{"version":3,"sources":["webpack:///./src/ui/a.js","webpack:///./src/voice/b.js","webpack:///node_modules/c.js"],"names":[],"mappings":"AAAA,ICAA,MCAA"}"#;
        let sizes = measure("uiuivoicesxx", map).unwrap();
        let table = crate::size::table(&Size::new("bundle", b"uiuivoicesxx").unwrap(), &sizes);
        let bytes: Vec<_> = table
            .lines()
            .skip(1)
            .map(|line| {
                let words: Vec<_> = line.split_whitespace().collect();
                words[words.len() - 2].parse::<usize>().unwrap()
            })
            .collect();
        assert_eq!(bytes, [12, 4, 6, 2]);
    }
}
