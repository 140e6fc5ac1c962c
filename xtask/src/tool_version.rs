//! The version numbers that programs print of themselves.

use std::fmt;

/// Ordered by major, then minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl Version {
    /// The first word that starts like a version: `v20.20.2`, `rustc 1.96.0 (…)`, `ChromeDriver 156.0.8078.73 (…)`.
    pub(crate) fn find_in(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let mut numbers = word.strip_prefix('v').unwrap_or(word).split('.');
        Some(Self { major: numbers.next()?.parse().ok()?, minor: numbers.next()?.parse().ok()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_each_tool_prints() {
        for (printed, major, minor) in [
            ("v20.20.2", 20, 20),
            ("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)", 1, 96),
            ("Chromium 156.0.8078.73 built on Debian GNU/Linux 12 (bookworm)", 156, 0),
            ("Google Chrome 154.1.8000.2 ", 154, 1),
        ] {
            assert_eq!(Version::find_in(printed), Some(Version { major, minor }), "{printed}");
        }
    }

    #[test]
    fn text_without_a_version_has_none() {
        assert_eq!(Version::find_in("command not found"), None);
        assert_eq!(Version::find_in("20"), None);
        assert_eq!(Version::find_in(""), None);
    }

    #[test]
    fn versions_are_ordered_as_numbers_not_as_text() {
        assert!(Version::find_in("v9.11.2") < Version::find_in("v20.0.0"));
        assert!(Version::find_in("1.9.0") < Version::find_in("1.88.0"));
    }
}
