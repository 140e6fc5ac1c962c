//! Files of a history: `day=2026-11-01/part-0.parquet`, each ordered by call and time.

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::WriterProperties;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Rows of a row group: one for each file is in memory while calls are judged.
const ROWS_IN_A_GROUP: usize = 100_000;

/// A file that is being written.
pub(super) struct DayFile(ArrowWriter<File>);

impl DayFile {
    /// A new one in the folder of a day, beside those that are there.
    pub(super) fn create(folder: &Path, day: &str) -> io::Result<Self> {
        let folder = folder.join(format!("{}={day}", crate::schema::DAY));
        fs::create_dir_all(&folder)?;
        let mut number = 0;
        let file = loop {
            match File::create_new(folder.join(format!("part-{number}.parquet"))) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                file => break file?,
            }
        };
        // By call, time, and what was first of what has the same time: the first three columns.
        let ordered =
            (0..3).map(|column| SortingColumn { column_idx: column, descending: false, nulls_first: false }).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROWS_IN_A_GROUP))
            .set_sorting_columns(Some(ordered))
            .build();
        let writer = ArrowWriter::try_new(file, crate::schema::events(), Some(properties));
        writer.map(Self).map_err(io::Error::other)
    }

    pub(super) fn write(&mut self, rows: &RecordBatch) -> io::Result<()> {
        self.0.write(rows).map_err(io::Error::other)
    }

    pub(super) fn finish(self) -> io::Result<()> {
        self.0.close().map(drop).map_err(io::Error::other)
    }
}
