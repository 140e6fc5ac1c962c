//! What is read: files, folders and standard input, packed by gzip or zstd or not. What a file is, its content says, not
//! its name.

use crate::file_identity::Identity;
use crate::judged_call::cannot_be_read;
use flate2::read::MultiGzDecoder;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use zstd::Decoder;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The longest of these marks.
const LONGEST_MARK: u64 = 4;
/// Binary logarithm of the memory that a file packed by zstd may ask for: 128 MB, as `zstd -d` allows by itself.
const LARGEST_WINDOW: u32 = 27;

/// Something to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it is called in messages.
    pub name: String,
    /// Nobody named it: it lay in a folder, where there may be other things as well.
    pub was_found: bool,
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    StandardInput,
    File(PathBuf),
    /// Nothing to read, and why.
    Nowhere(String),
}

/// An input's bytes, unpacked.
pub type Reader = Box<dyn Read + Send>;

/// What the arguments name: `-` is standard input; of a folder, every file in it and in the folders in it, by name. A
/// file counts once, by however many names and links it is found: so links in a circle have an end.
#[must_use]
pub fn find(arguments: &[PathBuf]) -> Vec<Input> {
    let mut found = Found::default();
    for path in arguments {
        if path.as_os_str() == "-" {
            found.add(Input { name: "-".to_owned(), was_found: false, place: Place::StandardInput });
        } else if path.is_dir() {
            if found.walk(path) == 0 {
                found.inputs.push(Input::nowhere(path, "there is no file in it".to_owned()));
            }
        } else {
            found.add(Input::file(path.clone(), false));
        }
    }
    found.inputs
}

/// The files among the arguments, each with what it is called in messages; one may be found in a folder as well.
pub fn named(arguments: &[PathBuf]) -> impl Iterator<Item = (String, Option<Identity>)> {
    arguments
        .iter()
        .filter(|path| !path.is_dir())
        .map(|path| (path.display().to_string(), Identity::from_argument(path)))
}

#[derive(Default)]
struct Found {
    inputs: Vec<Input>,
    seen: HashSet<Identity>,
}

impl Found {
    /// Gives how many files are in a folder, those that were found before and what cannot be read as well.
    fn walk(&mut self, folder: &Path) -> usize {
        if !self.is_new(folder) {
            return 1;
        }
        let mut files = 0;
        let mut paths = Vec::new();
        match fs::read_dir(folder) {
            Ok(entries) => {
                for entry in entries {
                    match entry {
                        Ok(entry) => paths.push(entry.path()),
                        Err(error) => files += self.cannot_be_read(folder, &error),
                    }
                }
            }
            Err(error) => files += self.cannot_be_read(folder, &error),
        }
        paths.sort();
        for path in paths {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
                continue;
            }
            match fs::metadata(&path) {
                Ok(about) if about.is_dir() => files += self.walk(&path),
                Ok(about) if about.is_file() => {
                    files += 1;
                    self.add(Input::file(path, true));
                }
                // A pipe or a device. And a link that leads nowhere is no file.
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => files += self.cannot_be_read(&path, &error),
            }
        }
        files
    }

    /// What is beside it is read all the same.
    fn cannot_be_read(&mut self, path: &Path, error: &io::Error) -> usize {
        self.inputs.push(Input::nowhere(path, cannot_be_read(error)));
        1
    }

    fn add(&mut self, input: Input) {
        if input.identity().is_none_or(|identity| self.seen.insert(identity)) {
            self.inputs.push(input);
        }
    }

    fn is_new(&mut self, folder: &Path) -> bool {
        Identity::from_path(folder).is_none_or(|identity| self.seen.insert(identity))
    }
}

impl Input {
    fn file(path: PathBuf, was_found: bool) -> Self {
        Self { name: path.display().to_string(), was_found, place: Place::File(path) }
    }

    fn nowhere(path: &Path, why: String) -> Self {
        Self { name: path.display().to_string(), was_found: false, place: Place::Nowhere(why) }
    }

    /// Which file it is; `None` where there is none. Standard input is the file that it comes from.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        match &self.place {
            Place::StandardInput => Identity::from_argument(Path::new("-")),
            Place::File(path) => Identity::from_path(path),
            Place::Nowhere(_) => None,
        }
    }

    /// How long it is, packed; `None` where nobody knows before it is read.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match &self.place {
            Place::File(path) => fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|about| about.len()),
            Place::Nowhere(_) => Some(0),
            Place::StandardInput => None,
        }
    }

    /// Whether it is not standard input, whose length nobody knows.
    pub(crate) fn is_file(&self) -> bool {
        self.place != Place::StandardInput
    }

    /// Opens it; `watch` stands between the packed bytes and what unpacks them.
    ///
    /// # Errors
    /// What keeps it from being read, for a person.
    pub fn open(&self, watch: impl FnOnce(Reader) -> Reader) -> Result<Reader, String> {
        let opened: Reader = match &self.place {
            Place::StandardInput => Box::new(io::stdin()),
            Place::File(path) => Box::new(File::open(path).map_err(|error| cannot_be_read(&error))?),
            Place::Nowhere(why) => return Err(why.clone()),
        };
        unpacked(watch(opened)).map_err(|error| cannot_be_read(&error))
    }
}

fn unpacked(mut packed: Reader) -> io::Result<Reader> {
    let mut mark = Vec::new();
    packed.by_ref().take(LONGEST_MARK).read_to_end(&mut mark)?;
    let (gzip, zstd) = (mark.starts_with(&GZIP), mark.starts_with(&ZSTD));
    let whole = Cursor::new(mark).chain(packed);
    Ok(if gzip {
        Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, whole)))
    } else if zstd {
        let mut decoder = Decoder::new(whole)?;
        decoder.window_log_max(LARGEST_WINDOW)?;
        Box::new(decoder)
    } else {
        Box::new(whole)
    })
}
