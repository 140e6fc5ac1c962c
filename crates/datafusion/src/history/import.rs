//! Recordings, and what Twilio exports about calls, made into a history.

use super::day_file::DayFile;
use device_monitoring_arrow::exported_call;
use device_monitoring_arrow::recordings::{self, Line};
use device_monitoring_arrow::rows::{self, Row};
use flate2::bufread::MultiGzDecoder;
use replay::file_identity::Identity;
use replay::sources::{Gathered, Source};
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

/// So many rows are sorted and written together, some 500 MB in memory.
const ROWS_AT_ONCE: usize = 1_000_000;
/// So much of an input tells what it is.
const HEAD: u64 = 1 << 17;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What became of some inputs.
#[derive(Debug, Default)]
pub struct Imported {
    /// Rows that were written.
    pub rows: u64,
    /// What could not be taken over: `FILE:LINE: what is wrong`.
    pub problems: Vec<String>,
}

/// Makes recordings and exports into rows of the history in a folder: files, packed by gzip or not, folders with every
/// `.jsonl`, `.json` and `.gz` in them, `-` for standard input. Recordings that are taken over twice do no harm: a row
/// that is there twice counts once. What exports tell of a call may be in many of the inputs, but not in other imports.
///
/// # Errors
/// An input or the history cannot be opened, read or written.
pub fn import(paths: &[PathBuf], history: &Path) -> io::Result<Imported> {
    let files = find(paths, &["jsonl", "json", "gz"])?;
    let mut importing =
        Importing { history, imported: Imported::default(), waiting: Vec::new(), exports: Gathered::default() };
    for file in files {
        importing.read(&file).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
    }
    importing.take_exports()?;
    importing.write()?;
    Ok(importing.imported)
}

struct Importing<'a> {
    history: &'a Path,
    imported: Imported,
    waiting: Vec<Row>,
    exports: Gathered,
}

impl Importing<'_> {
    fn read(&mut self, file: &Path) -> io::Result<()> {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_standard_input = file == Path::new("-");
        let opened: Box<dyn BufRead + Send> = if is_standard_input {
            Box::new(BufReader::new(io::stdin()))
        } else {
            Box::new(BufReader::new(File::open(file)?))
        };
        let mut reader = unpacked(opened)?;
        let mut head = Vec::new();
        reader.by_ref().take(HEAD).read_to_end(&mut head)?;
        let source = Source::detect(&head);
        let reader = BufReader::new(Cursor::new(head).chain(reader));
        if source == Source::Recording {
            let name = if is_standard_input { "stdin" } else { &name };
            return recordings::read(name, reader, |line| self.take(file, line));
        }
        let findings = source.read(reader, &mut |rows| self.exports.add(rows))?;
        let problem = |line: usize, what: &str| match line {
            0 => format!("{}: {what}", file.display()),
            line => format!("{}:{line}: {what}", file.display()),
        };
        let problems = findings.problems.iter().map(|found| problem(found.line, &found.message));
        self.imported.problems.extend(problems);
        if findings.more > 0 {
            self.imported.problems.push(problem(0, &format!("and {} more", findings.more)));
        }
        Ok(())
    }

    fn take(&mut self, file: &Path, line: Line) -> io::Result<()> {
        match line {
            Ok(row) => self.waiting.push(row),
            Err((line, what)) => self.imported.problems.push(format!("{}:{line}: {what}", file.display())),
        }
        self.write_if_many()
    }

    /// When all inputs are read, all is there that exports tell of a call.
    fn take_exports(&mut self) -> io::Result<()> {
        let findings = std::mem::take(&mut self.exports).calls(&mut |call| {
            self.waiting.extend(exported_call::rows(call));
            self.write_if_many()
        })?;
        self.imported.problems.extend(findings.problems.into_iter().map(|problem| problem.message));
        Ok(())
    }

    fn write_if_many(&mut self) -> io::Result<()> {
        if self.waiting.len() >= ROWS_AT_ONCE { self.write() } else { Ok(()) }
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

fn unpacked(mut packed: Box<dyn BufRead + Send>) -> io::Result<Box<dyn Read + Send>> {
    let is_packed = packed.fill_buf()?.starts_with(&GZIP);
    Ok(if is_packed { Box::new(MultiGzDecoder::new(packed)) } else { Box::new(packed) })
}

/// Files with one of these endings, in an order that does not change; and whatever is named itself. A file counts once,
/// by however many names and links it is found: so links in a circle have an end.
pub(super) fn find(paths: &[PathBuf], endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut seen) = (Vec::new(), HashSet::new());
    paths.iter().try_for_each(|path| walk(path, endings, &mut seen, &mut files))?;
    Ok(files)
}

fn walk(path: &Path, endings: &[&str], seen: &mut HashSet<Identity>, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if Identity::from_path(path).is_some_and(|identity| !seen.insert(identity)) {
        return Ok(());
    }
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    let ending = |path: &PathBuf| path.extension().and_then(|ending| ending.to_str()).map(str::to_owned);
    let wanted =
        |path: &PathBuf| path.is_dir() || ending(path).is_some_and(|ending| endings.contains(&ending.as_str()));
    entries.iter().filter(|path| wanted(path)).try_for_each(|path| walk(path, endings, seen, files))
}
