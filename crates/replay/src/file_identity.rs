//! Whether two names mean the same file.

use std::path::Path;

/// A file or a folder; the same one whatever links lead to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity(Known);

#[cfg(unix)]
type Known = (u64, u64);
#[cfg(not(unix))]
type Known = std::path::PathBuf;

impl Identity {
    /// `None`: there is no such file, or it cannot be looked at.
    #[cfg(unix)]
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let about = std::fs::metadata(path).ok()?;
        Some(Self((about.dev(), about.ino())))
    }

    /// `None`: there is no such file, or it cannot be looked at.
    #[cfg(not(unix))]
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        std::fs::canonicalize(path).ok().map(Self)
    }
}
