//! What is read: files, folders and standard input, packed by gzip or zstd or not. What a file is, its content says, not
//! its name.

use crate::judged::cannot_be_read;
use flate2::read::MultiGzDecoder;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use zstd::Decoder;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The longest of these marks.
const LONGEST_MARK: u64 = 4;

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

/// What the arguments name: `-` is standard input; of a folder, every file in it and in the folders in it, by name.
#[must_use]
pub fn find(arguments: &[PathBuf]) -> Vec<Input> {
    let mut inputs = Vec::new();
    for path in arguments {
        if path.as_os_str() == "-" {
            inputs.push(Input { name: "-".to_owned(), was_found: false, place: Place::StandardInput });
        } else if path.is_dir() {
            let before = inputs.len();
            if let Err(error) = walk(path, &mut inputs) {
                inputs.push(Input::nowhere(path, format!("cannot be read: {error}")));
            } else if inputs.len() == before {
                inputs.push(Input::nowhere(path, "there is no file in it".to_owned()));
            }
        } else {
            inputs.push(Input::file(path.clone(), false));
        }
    }
    inputs
}

fn walk(folder: &Path, inputs: &mut Vec<Input>) -> io::Result<()> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            walk(&path, inputs)?;
        } else if path.is_file() && !hidden {
            inputs.push(Input::file(path, true));
        }
    }
    Ok(())
}

impl Input {
    fn file(path: PathBuf, was_found: bool) -> Self {
        Self { name: path.display().to_string(), was_found, place: Place::File(path) }
    }

    fn nowhere(path: &Path, why: String) -> Self {
        Self { name: path.display().to_string(), was_found: false, place: Place::Nowhere(why) }
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
        Box::new(Decoder::new(whole)?)
    } else {
        Box::new(whole)
    })
}
