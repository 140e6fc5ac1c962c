//! Putting the WebAssembly into a JavaScript module.

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zopfli::{Format, Options};

/// Compressed before it is encoded: base64 hides the repetitions by which gzip would shrink the bundle on its way.
///
/// By Zopfli, which takes a few seconds and makes 6 % less of it than zlib at its best.
pub(crate) fn compress(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    zopfli::compress(Options::default(), Format::Deflate, wasm, &mut compressed)?;
    Ok(compressed)
}

/// CommonJS, so that webpack keeps it apart from the code and can put it behind (js-shim/webpack.config.js).
pub(crate) fn module(compressed: &[u8]) -> String {
    format!("module.exports = '{}';\n", STANDARD.encode(compressed))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;

    use super::*;

    #[test]
    fn the_browser_gets_back_the_bytes_that_went_in() {
        let wasm: Vec<u8> = (0..50_000_u32).map(|i| (i * i / 7 % 251) as u8).collect();
        let module = module(&compress(&wasm).unwrap());
        let encoded = module.strip_prefix("module.exports = '").unwrap().strip_suffix("';\n").unwrap();
        let mut decoded = Vec::new();
        let compressed = STANDARD.decode(encoded).unwrap();
        DeflateDecoder::new(compressed.as_slice()).read_to_end(&mut decoded).unwrap();
        assert_eq!(decoded, wasm);
    }

    #[test]
    fn repetition_is_gone_before_base64_hides_it() {
        let wasm = b"no news is good news ".repeat(1_000);
        assert!(module(&compress(&wasm).unwrap()).len() < wasm.len() / 50);
    }
}
