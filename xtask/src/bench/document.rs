//! docs/reports/performance.md: what people wrote, and between markers what was measured.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::project;

const DOCUMENT: &str = "docs/reports/performance.md";

fn file() -> PathBuf {
    project::path(DOCUMENT)
}

/// Puts this into the place of what was measured under this name before.
pub(super) fn write(name: &str, measured: &str) -> Result<()> {
    let file = file();
    let text = fs::read_to_string(&file).with_context(|| format!("{DOCUMENT} cannot be read"))?;
    let text = replaced(&text, name, measured)
        .with_context(|| format!("{DOCUMENT} has no place for `{name}`: {} and {}", begin(name), end(name)))?;
    fs::write(&file, text).with_context(|| format!("{DOCUMENT} cannot be written"))?;
    println!("written to {DOCUMENT}");
    Ok(())
}

fn begin(name: &str) -> String {
    format!("<!-- measured by `cargo xtask bench {name}` -->")
}

fn end(name: &str) -> String {
    format!("<!-- end of {name} -->")
}

fn replaced(text: &str, name: &str, measured: &str) -> Option<String> {
    let (before, rest) = text.split_once(&begin(name))?;
    let (_, after) = rest.split_once(&end(name))?;
    Some(format!("{before}{}\n{}\n{}{after}", begin(name), measured.trim(), end(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let text = format!("# Title\n{}\nold\n{}\n## More\n", begin("start"), end("start"));
        let written = replaced(&text, "start", "new\n").unwrap();
        assert_eq!(written, format!("# Title\n{}\nnew\n{}\n## More\n", begin("start"), end("start")));
        assert_eq!(replaced(&written, "start", "new").unwrap(), written);
        assert_eq!(replaced(&text, "shift", "new"), None);
    }

    #[test]
    fn the_document_has_a_place_for_everything_that_is_measured() {
        let text = fs::read_to_string(file()).unwrap();
        for (name, _) in super::super::ALL {
            assert!(replaced(&text, name, "").is_some(), "no place for {name}");
        }
    }
}
