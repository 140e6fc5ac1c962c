//! Whether two names mean the same file.

use std::path::Path;

/// A file or a folder; the same one whatever links lead to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity(Known);

#[cfg(unix)]
type Known = (u64, u64);
#[cfg(not(unix))]
type Known = std::path::PathBuf;

/// The file that standard input comes from.
const STANDARD_INPUT: &str = "/dev/stdin";

impl Identity {
    /// Of what an argument names: `-` is standard input, which may come from a file that is named as well. `None` as for
    /// [`Self::from_path`].
    #[must_use]
    pub fn from_argument(path: &Path) -> Option<Self> {
        Self::from_path(if path.as_os_str() == "-" { Path::new(STANDARD_INPUT) } else { path })
    }

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
