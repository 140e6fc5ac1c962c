//! How large the bundle is, and what of it.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The largest bundle that an agent's browser may have to download: 120 KB gzipped, 6 % of what Flex itself loads.
pub(crate) const LIMIT: usize = 120 * 1024;
/// What it should stay below. Only a figure: nothing fails above it.
const GOAL: usize = 100 * 1024;

/// One file, or a stage on the way to one.
pub(crate) struct Size {
    name: &'static str,
    bytes: usize,
    gzipped: usize,
}

impl Size {
    pub(crate) fn of(name: &'static str, content: &[u8]) -> Result<Self> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content)?;
        Ok(Self { name, bytes: content.len(), gzipped: encoder.finish()?.len() })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn gzipped(&self) -> usize {
        self.gzipped
    }
}

/// The bundle and its parts as a table.
pub(crate) fn table<'a>(bundle: &Size, parts: impl IntoIterator<Item = &'a Size>) -> String {
    let mut table = format!("{:<52}{:>12}{:>12}\n", "", "bytes", "gzipped");
    let mut line = |indent: &str, size: &Size| {
        let name = format!("{indent}{}", size.name);
        // Writing into a String cannot fail.
        let _ = writeln!(table, "{name:<52}{:>12}{:>12}", grouped(size.bytes), grouped(size.gzipped));
    };
    line("", bundle);
    for part in parts {
        line("  ", part);
    }
    table
}

/// What to say if the bundle is too large.
pub(crate) fn excess(bundle: &Size) -> Option<String> {
    (bundle.gzipped > LIMIT).then(|| {
        format!(
            "the bundle has {} bytes gzipped, {} more than the {} it may have",
            grouped(bundle.gzipped),
            grouped(bundle.gzipped - LIMIT),
            grouped(LIMIT)
        )
    })
}

/// The bundle in a line, and how large it should and may be.
pub(crate) fn line(bundle: &Size) -> String {
    format!("{} (goal {}, at most {})", plain(bundle), grouped(GOAL), grouped(LIMIT))
}

/// What has no limit, in a line.
pub(crate) fn plain(Size { name, bytes, gzipped }: &Size) -> String {
    format!("{name}: {} bytes, {} gzipped", grouped(*bytes), grouped(*gzipped))
}

/// 61440 as `61,440`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(gzipped: usize) -> Size {
        Size { name: "plugin.js", bytes: 3 * gzipped, gzipped }
    }

    #[test]
    fn a_bundle_at_the_limit_is_accepted_and_one_byte_more_is_not() {
        assert_eq!(excess(&bundle(122_880)), None);
        assert_eq!(
            excess(&bundle(122_881)).as_deref(),
            Some("the bundle has 122,881 bytes gzipped, 1 more than the 122,880 it may have")
        );
    }

    #[test]
    fn gzipped_bytes_are_what_gzip_makes_of_the_content() {
        let size = Size::of("zeros", &[0; 100_000]).unwrap();
        assert_eq!(size.bytes, 100_000);
        assert!(size.gzipped < 200, "{}", size.gzipped);
    }

    #[test]
    fn the_table_holds_the_bundle_and_each_part_on_a_line() {
        let table = table(&bundle(50_000), &[Size { name: "glue", bytes: 8_621, gzipped: 999 }]);
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines,
            [vec!["bytes", "gzipped"], vec!["plugin.js", "150,000", "50,000"], vec!["glue", "8,621", "999"]]
        );
    }

    #[test]
    fn the_line_holds_bytes_gzipped_bytes_goal_and_limit() {
        assert_eq!(line(&bundle(59_999)), "plugin.js: 179,997 bytes, 59,999 gzipped (goal 102,400, at most 122,880)");
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(["0", "999", "1,000", "61,440", "1,234,567"], [0, 999, 1_000, 61_440, 1_234_567].map(grouped));
    }
}
