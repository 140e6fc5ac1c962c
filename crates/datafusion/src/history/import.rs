//! Recordings, JSON Lines, made into a history.

use super::files::DayFile;
use device_monitoring_arrow::recordings::{self, Line};
use device_monitoring_arrow::rows::{self, Row};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

/// So many rows are sorted and written together, some 500 MB in memory.
const ROWS_AT_ONCE: usize = 1_000_000;

/// What became of some recordings.
#[derive(Debug, Default)]
pub struct Imported {
    /// Rows that were written.
    pub rows: u64,
    /// What could not be taken over: `FILE:LINE: what is wrong`.
    pub problems: Vec<String>,
}

/// Makes recordings into rows of the history in a folder: files, folders with every `.jsonl` in them, `-` for standard
/// input. Recordings that are taken over twice do no harm: a row that is there twice counts once.
///
/// # Errors
/// A recording or the history cannot be opened, read or written.
pub fn import(paths: &[PathBuf], history: &Path) -> io::Result<Imported> {
    let mut files = Vec::new();
    paths.iter().try_for_each(|path| find(path, &mut files))?;
    let mut importing = Importing { history, imported: Imported::default(), waiting: Vec::new() };
    for file in files {
        importing.read(&file).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
    }
    importing.write()?;
    Ok(importing.imported)
}

struct Importing<'a> {
    history: &'a Path,
    imported: Imported,
    waiting: Vec<Row>,
}

impl Importing<'_> {
    fn read(&mut self, file: &Path) -> io::Result<()> {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut each = |line: Line| {
            match line {
                Ok(row) => self.waiting.push(row),
                Err((line, what)) => self.imported.problems.push(format!("{}:{line}: {what}", file.display())),
            }
            if self.waiting.len() >= ROWS_AT_ONCE { self.write() } else { Ok(()) }
        };
        if file == Path::new("-") {
            recordings::read("stdin", io::stdin().lock(), &mut each)
        } else {
            recordings::read(&name, BufReader::new(File::open(file)?), &mut each)
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let mut days: BTreeMap<String, Vec<Row>> = BTreeMap::new();
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

/// Files that hold recordings, in an order that does not change.
pub(super) fn find(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    let wanted = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|extension| extension == "jsonl");
    entries.iter().filter(|path| wanted(path)).try_for_each(|path| find(path, files))
}
