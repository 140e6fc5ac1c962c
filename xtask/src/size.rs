//! How large the bundle is, and what of it.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

/// What an agent's browser should have to download at most, gzipped. A figure that is printed: nothing fails above it.
pub(crate) const GOAL: usize = 100 * 1024;

/// One file, or a stage on the way to one.
pub(crate) struct Size {
    name: &'static str,
    bytes: usize,
    gzipped: usize,
}

impl Size {
    pub(crate) fn new(name: &'static str, content: &[u8]) -> Result<Self> {
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

/// The bundle in a line, and how far it is from its goal.
pub(crate) fn line(bundle: &Size) -> String {
    let distance = match bundle.gzipped.checked_sub(GOAL) {
        Some(more) if more > 0 => format!("{} more than the goal", grouped(more)),
        _ => "within the goal".to_owned(),
    };
    format!("{} ({distance} of {})", plain(bundle), grouped(GOAL))
}

/// What has no goal, in a line.
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
    fn gzipped_bytes_are_what_gzip_makes_of_the_content() {
        let size = Size::new("zeros", &[0; 100_000]).unwrap();
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
    fn the_line_says_how_far_the_bundle_is_from_its_goal() {
        assert_eq!(line(&bundle(102_400)), "plugin.js: 307,200 bytes, 102,400 gzipped (within the goal of 102,400)");
        assert_eq!(
            line(&bundle(102_401)),
            "plugin.js: 307,203 bytes, 102,401 gzipped (1 more than the goal of 102,400)"
        );
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(["0", "999", "1,000", "61,440", "1,234,567"], [0, 999, 1_000, 61_440, 1_234_567].map(grouped));
    }
}
