//! Recordings, and what Twilio exports about calls, made into a history.

use super::day_file::DayFile;
use device_monitoring_arrow::exported_call;
use device_monitoring_arrow::recordings::{self, Line};
use device_monitoring_arrow::rows::{self, Row};
use flate2::bufread::MultiGzDecoder;
use replay::file_identity::Identity;
use replay::judged_call::MAX_PROBLEMS;
use replay::sources::{Gathered, Source, Unreadable};
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

/// So many rows are sorted and written together, some 500 MB in memory.
const ROWS_AT_ONCE: usize = 1_000_000;
/// Bytes of their texts: a real row has some fifty.
const TEXT_AT_ONCE: usize = 200_000_000;
/// So much of an input tells what it is.
const HEAD: u64 = 1 << 17;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What became of some inputs.
#[derive(Debug, Default)]
pub struct Imported {
    /// Rows that were written.
    pub rows: u64,
    /// What could not be taken over: `FILE:LINE: what is wrong`, up to [`MAX_PROBLEMS`].
    pub problems: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

/// Makes recordings and exports into rows of the history in a folder: files, packed by gzip or not, folders with every
/// `.jsonl`, `.json` and `.gz` in them, `-` for standard input. Recordings that are taken over twice do no harm: a row
/// that is there twice counts once. What exports tell of a call may be in many of the inputs, but not in other imports.
///
/// # Errors
/// The history cannot be written. What cannot be read is among the problems.
pub fn import(paths: &[PathBuf], history: &Path) -> io::Result<Imported> {
    let Found { files, problems } = find(paths, &["jsonl", "json", "gz"]);
    let mut importing = Importing {
        history,
        imported: Imported { problems, ..Imported::default() },
        waiting: Vec::new(),
        text: 0,
        exports: Gathered::default(),
    };
    for file in files {
        if let Err(error) = importing.read(&file)? {
            importing.problem(|| cannot_be_read(&file, &error));
        }
    }
    importing.take_exports()?;
    importing.write()?;
    Ok(importing.imported)
}

struct Importing<'a> {
    history: &'a Path,
    imported: Imported,
    waiting: Vec<Row>,
    /// Bytes of the texts of those that wait.
    text: usize,
    exports: Gathered,
}

impl Importing<'_> {
    fn problem(&mut self, problem: impl FnOnce() -> String) {
        if self.imported.problems.len() < MAX_PROBLEMS {
            self.imported.problems.push(problem());
        } else {
            self.imported.more += 1;
        }
    }

    /// Reads an input. Fails where the history cannot be written; what the input cannot be read for is given.
    fn read(&mut self, file: &Path) -> io::Result<io::Result<()>> {
        let (source, reader) = match open(file) {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(error)),
        };
        if source == Source::Recording {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            let name = if file == Path::new("-") { "stdin" } else { &*stem };
            let mut written = Ok(());
            let read = recordings::read(name, reader, |line| {
                self.take(file, line).map_err(|error| {
                    let kind = error.kind();
                    written = Err(error);
                    kind.into()
                })
            });
            return written.map(|()| read);
        }
        let findings = source.read(reader, &mut |rows| self.exports.add(rows))?;
        for found in &findings.problems {
            self.problem(|| match found.line {
                0 => format!("{}: {}", file.display(), found.message),
                line => format!("{}:{line}: {}", file.display(), found.message),
            });
        }
        self.imported.more += findings.more;
        Ok(Ok(()))
    }

    fn take(&mut self, file: &Path, line: Line) -> io::Result<()> {
        match line {
            Ok(row) => self.wait(row),
            Err((line, what)) => self.problem(|| format!("{}:{line}: {what}", file.display())),
        }
        self.write_if_many()
    }

    fn wait(&mut self, row: Row) {
        self.text += row.call_sid.len() + row.kind.len() + row.detail.as_ref().map_or(0, String::len);
        self.waiting.push(row);
    }

    /// When all inputs are read, all is there that exports tell of a call.
    fn take_exports(&mut self) -> io::Result<()> {
        let findings = std::mem::take(&mut self.exports).calls(&mut |call| {
            exported_call::rows(call).into_iter().for_each(|row| self.wait(row));
            self.write_if_many()
        })?;
        findings.problems.into_iter().for_each(|found| self.problem(|| found.message));
        Ok(())
    }

    fn write_if_many(&mut self) -> io::Result<()> {
        if self.waiting.len() >= ROWS_AT_ONCE || self.text >= TEXT_AT_ONCE { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> io::Result<()> {
        let mut days: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        self.text = 0;
        for row in self.waiting.drain(..) {
            days.entry(rows::day(row.at)).or_default().push(row);
        }
        for (day, mut rows) in days {
            rows.sort_by(|a, b| (&a.call_sid, a.at, a.seq).cmp(&(&b.call_sid, b.at, b.seq)));
            let mut file = DayFile::create(self.history, &day)?;
            file.write(&rows::batch(&rows).map_err(io::Error::other)?)?;
            file.finish()?;
            self.imported.rows += rows.len() as u64;
        }
        Ok(())
    }
}

fn unpacked(mut packed: Box<dyn BufRead + Send>) -> io::Result<Box<dyn Read + Send>> {
    let is_packed = packed.fill_buf()?.starts_with(&GZIP);
    Ok(if is_packed { Box::new(MultiGzDecoder::new(packed)) } else { Box::new(packed) })
}

/// Opens an input, and finds out what it is.
fn open(file: &Path) -> io::Result<(Source, impl BufRead + Send + use<>)> {
    let opened: Box<dyn BufRead + Send> = if file == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(file)?))
    };
    let mut reader = unpacked(opened)?;
    let mut head = Vec::new();
    reader.by_ref().take(HEAD).read_to_end(&mut head)?;
    if let Some(unreadable) = Unreadable::detect(&head) {
        return Err(io::Error::other(unreadable.message()));
    }
    Ok((Source::detect(&head), BufReader::new(Cursor::new(head).chain(reader))))
}

fn cannot_be_read(path: &Path, error: &io::Error) -> String {
    format!("{}: cannot be read: {error}", path.display())
}

/// What there is to read.
#[derive(Default)]
pub(super) struct Found {
    pub(super) files: Vec<PathBuf>,
    /// Folders that cannot be read, in sentences.
    pub(super) problems: Vec<String>,
}

/// Files with one of these endings, in an order that does not change; and whatever is named itself. A file counts once,
/// by however many names and links it is found: so links in a circle have an end.
pub(super) fn find(paths: &[PathBuf], endings: &[&str]) -> Found {
    let (mut found, mut seen) = (Found::default(), HashSet::new());
    paths.iter().for_each(|path| walk(path, endings, &mut seen, &mut found));
    found
}

fn walk(path: &Path, endings: &[&str], seen: &mut HashSet<Identity>, found: &mut Found) {
    if Identity::from_argument(path).is_some_and(|identity| !seen.insert(identity)) {
        return;
    }
    if !path.is_dir() {
        return found.files.push(path.to_owned());
    }
    let entries = fs::read_dir(path).and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect());
    let mut entries: Vec<PathBuf> = match entries {
        Ok(entries) => entries,
        Err(error) => return found.problems.push(cannot_be_read(path, &error)),
    };
    entries.sort();
    let ending = |path: &PathBuf| path.extension().and_then(|ending| ending.to_str()).map(str::to_owned);
    let wanted =
        |path: &PathBuf| path.is_dir() || ending(path).is_some_and(|ending| endings.contains(&ending.as_str()));
    entries.iter().filter(|path| wanted(path)).for_each(|path| walk(path, endings, seen, found));
}
