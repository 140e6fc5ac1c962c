//! Files of a history: `day=2026-11-01/part-0.parquet`, each ordered by call and time.

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::WriterProperties;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile, PersistError};

/// Rows of a row group: one for each file is in memory while calls are judged.
const ROWS_IN_A_GROUP: usize = 100_000;

/// A file that is being written: under another name until it is complete, as with half of one no question could be
/// answered any more.
pub(super) struct DayFile {
    folder: PathBuf,
    writer: ArrowWriter<NamedTempFile>,
}

impl DayFile {
    /// A new one in the folder of a day, beside those that are there.
    pub(super) fn create(folder: &Path, day: &str) -> io::Result<Self> {
        let folder = folder.join(format!("{}={day}", crate::schema::DAY));
        fs::create_dir_all(&folder)?;
        // Hidden, and without the ending: nobody who reads the folder meanwhile takes it for a part.
        let mut builder = Builder::new();
        builder.prefix(".part-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(&folder)?;
        // By call, time, and what was first of what has the same time: the first three columns.
        let ordered =
            (0..3).map(|column| SortingColumn { column_idx: column, descending: false, nulls_first: false }).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROWS_IN_A_GROUP))
            .set_sorting_columns(Some(ordered))
            .build();
        let writer = ArrowWriter::try_new(file, crate::schema::events(), Some(properties));
        Ok(Self { folder, writer: writer.map_err(io::Error::other)? })
    }

    pub(super) fn write(&mut self, rows: &RecordBatch) -> io::Result<()> {
        self.writer.write(rows).map_err(io::Error::other)
    }

    pub(super) fn finish(self) -> io::Result<()> {
        let mut file = self.writer.into_inner().map_err(io::Error::other)?;
        let mut number = 0;
        loop {
            match file.persist_noclobber(self.folder.join(format!("part-{number}.parquet"))) {
                Err(PersistError { file: same, error }) if error.kind() == io::ErrorKind::AlreadyExists => {
                    (file, number) = (same, number + 1);
                }
                persisted => return persisted.map(drop).map_err(|failed| failed.error),
            }
        }
    }
}
