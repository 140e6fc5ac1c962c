//! Where the report goes: an existing file is replaced by the complete report, or stays as it was.

use crate::file_identity::Identity;
use crate::safe_output;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// As many as Linux follows.
const MAX_LINKS: usize = 40;

/// Standard output or a file.
pub struct Destination {
    place: Place,
    /// The file that is there already.
    identity: Option<Identity>,
}

enum Place {
    StandardOutput,
    /// A device or a pipe: it has no content to be kept.
    Device(File),
    /// The file that is written beside it until the report is complete.
    File {
        path: PathBuf,
        beside: NamedTempFile,
    },
}

/// What a name stands for that leads to no file yet.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(to) = fs::read_link(&path) else { return Ok(path) };
        path = path.parent().unwrap_or(Path::new("")).join(to);
    }
    Err(io::Error::other("its links lead in a circle"))
}

impl Destination {
    /// Standard output.
    #[must_use]
    pub fn standard_output() -> Self {
        Self { place: Place::StandardOutput, identity: None }
    }

    /// A file, which need not be there yet.
    ///
    /// # Errors
    /// Nothing can be written there; the message begins with its name.
    pub fn file(path: &Path) -> io::Result<Self> {
        Self::open(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    }

    fn open(path: &Path) -> io::Result<Self> {
        let identity = Identity::from_path(path);
        let about = fs::metadata(path).ok();
        match &about {
            Some(about) if about.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Some(about) if !about.is_file() => {
                let device = OpenOptions::new().write(true).open(path)?;
                return Ok(Self { place: Place::Device(device), identity });
            }
            _ => {}
        }
        // If it is a link, the file behind it is replaced or made, and not the link.
        let path = if about.is_some() { fs::canonicalize(path)? } else { behind_links(path)? };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Hidden, so that nobody who reads the folder meanwhile takes it for an input.
        let mut builder = Builder::new();
        builder.prefix(".replay-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let beside = builder.tempfile_in(folder)?;
        if let Some(about) = about {
            beside.as_file().set_permissions(about.permissions())?;
        }
        Ok(Self { place: Place::File { path, beside }, identity })
    }

    /// Whether this file is the one that would be replaced, by whatever name.
    #[must_use]
    pub fn is(&self, file: Option<&Identity>) -> bool {
        self.identity.is_some() && self.identity.as_ref() == file
    }

    /// Whether somebody sees what is written there at once.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        match &self.place {
            Place::StandardOutput => io::stdout().is_terminal(),
            Place::Device(file) => file.is_terminal(),
            Place::File { .. } => false,
        }
    }

    /// What writes there; on a terminal, without control characters.
    ///
    /// # Errors
    /// The file cannot be used twice.
    pub fn writer(&self) -> io::Result<Box<dyn Write + Send>> {
        Ok(match &self.place {
            Place::StandardOutput => Box::new(BufWriter::new(safe_output::stdout())),
            Place::Device(file) => Box::new(BufWriter::new(safe_output::writer(file.try_clone()?))),
            Place::File { beside, .. } => Box::new(BufWriter::new(beside.as_file().try_clone()?)),
        })
    }

    /// Everything is written: the new file takes its place. If this is not called, the existing file stays as it is.
    ///
    /// # Errors
    /// It cannot.
    pub fn keep(self) -> io::Result<()> {
        match self.place {
            Place::StandardOutput | Place::Device(_) => Ok(()),
            Place::File { path, beside } => beside
                .persist(&path)
                .map(drop)
                .map_err(|error| io::Error::new(error.error.kind(), format!("{}: {}", path.display(), error.error))),
        }
    }
}
