//! Putting the WebAssembly and the agents' texts into a JavaScript module.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lzma_rust2::{LzmaOptions, LzmaWriter};
use serde_json::{Value, json};

use crate::project;

/// English first: it says which keys there are. Languages that resemble each other are neighbours, which packs better.
const LANGUAGES: [&str; 6] = ["en", "es", "pt", "fr", "de", "ja"];

/// The tables of texts, one a language.
pub(crate) fn texts() -> Vec<PathBuf> {
    LANGUAGES.iter().map(|language| project::path("texts").join(format!("{language}.json"))).collect()
}

/// All texts as the page reads them: the keys once, and each language's texts in their order.
pub(crate) fn pack_texts() -> Result<Vec<u8>> {
    let mut tables = Vec::new();
    for (language, file) in LANGUAGES.iter().zip(texts()) {
        let read = || -> Result<Value> { Ok(serde_json::from_slice(&fs::read(&file)?)?) };
        tables.push((*language, read().with_context(|| format!("{} cannot be read", file.display()))?));
    }
    let keys: Vec<&String> =
        tables.first().and_then(|(_, english)| english.as_object()).into_iter().flatten().map(|(key, _)| key).collect();
    let languages: serde_json::Map<_, _> = tables
        .iter()
        .map(|(language, table)| {
            let texts = keys.iter().map(|key| table.get(key).cloned().unwrap_or_default()).collect();
            ((*language).to_owned(), Value::Array(texts))
        })
        .collect();
    Ok(serde_json::to_vec(&json!({"keys": keys, "languages": languages}))?)
}

/// Compressed before it is encoded: base64 hides the repetitions by which gzip would shrink the bundle on its way.
///
/// By LZMA, of which the crate `unpack` reads the kind that this writes.
pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    // `pb`: nothing in WebAssembly or in a text lies at multiples of anything.
    let options = LzmaOptions { pb: 0, nice_len: LzmaOptions::NICE_LEN_MAX, ..LzmaOptions::with_preset(9) };
    let mut writer = LzmaWriter::new_no_header(Vec::new(), &options, false)?;
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

/// CommonJS, so that webpack keeps it apart from the code and can put it behind (js-shim/webpack.config.js): the
/// WebAssembly that unpacks, what is packed, both in base64, and how many bytes of WebAssembly and then of texts that is.
pub(crate) fn module(unpacker: &[u8], wasm: &[u8], texts: &[u8]) -> Result<String> {
    let packed = compress(&[wasm, texts].concat())?;
    let [unpacker, packed] = [unpacker, &packed].map(|bytes| STANDARD.encode(bytes));
    Ok(format!("module.exports = ['{unpacker}', '{packed}', {}, {}];\n", wasm.len(), texts.len()))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use lzma_rust2::LzmaReader;

    use super::*;

    #[test]
    fn what_is_packed_is_what_went_in() {
        let bytes: Vec<u8> = (0..50_000_u32).map(|i| (i * i / 7 % 251) as u8).collect();
        let packed = compress(&bytes).unwrap();
        let mut unpacked = Vec::new();
        LzmaReader::new(packed.as_slice(), bytes.len() as u64, 3, 0, 0, 1 << 26, None)
            .unwrap()
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, bytes);
    }

    #[test]
    fn repetition_is_gone_before_base64_hides_it() {
        let wasm = b"no news is good news ".repeat(1_000);
        assert!(module(&[], &wasm, b"{}").unwrap().len() < wasm.len() / 50);
    }

    #[test]
    fn every_language_has_a_text_for_every_key() {
        let packed: Value = serde_json::from_slice(&pack_texts().unwrap()).unwrap();
        let count = packed["keys"].as_array().unwrap().len();
        assert!(count > 30);
        for language in LANGUAGES {
            let texts = packed["languages"][language].as_array().unwrap();
            assert_eq!(texts.iter().filter(|text| text.is_string()).count(), count, "{language}");
        }
    }
}
