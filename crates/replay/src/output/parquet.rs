//! Parquet: the rows of the CSV with their types, in groups of so many, each written when it is full.

use super::Output;
use super::row::{self, OutputRow};
use crate::judged_call::{Findings, JudgedCall};
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::{self, Write};
use std::sync::Arc;

/// Some 5 MB in memory.
const ROWS_IN_A_GROUP: usize = 20_000;

const SCHEMA: &str = "message calls {
    OPTIONAL BYTE_ARRAY file (STRING);
    OPTIONAL BYTE_ARRAY callSid (STRING);
    OPTIONAL INT64 startedAt (TIMESTAMP(MILLIS, true));
    REQUIRED BYTE_ARRAY configuration (STRING);
    REQUIRED DOUBLE durationMs;
    OPTIONAL DOUBLE warningMs;
    OPTIONAL DOUBLE warningPct;
    REQUIRED BOOLEAN alert;
    REQUIRED BYTE_ARRAY change (STRING);
    REQUIRED BYTE_ARRAY rules (STRING);
    REQUIRED BYTE_ARRAY conditions (STRING);
    OPTIONAL BYTE_ARRAY firstNotice (STRING);
    OPTIONAL DOUBLE firstNoticeMs;
    REQUIRED BYTE_ARRAY why (STRING);
    REQUIRED BYTE_ARRAY source (STRING);
    REQUIRED BOOLEAN estimate;
    REQUIRED INT64 resolutionMs;
    REQUIRED DOUBLE elapsedMs;
    REQUIRED BYTE_ARRAY quality (STRING);
    OPTIONAL DOUBLE severelyConcealedPct;
    OPTIONAL DOUBLE jitterBufferDelayMs;
    REQUIRED BYTE_ARRAY causes (STRING);
    REQUIRED BYTE_ARRAY actions (STRING);
}";

/// Writes Parquet, in row groups.
pub(super) struct Parquet<'a, W: Write + Send> {
    to: SerializedFileWriter<W>,
    configurations: &'a [String],
    rows: Vec<OutputRow>,
}

impl<'a, W: Write + Send> Parquet<'a, W> {
    pub(super) fn new(to: W, configurations: &'a [String]) -> io::Result<Self> {
        let schema = parse_message_type(SCHEMA).map_err(io::Error::other)?;
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let to = SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties)).map_err(io::Error::other)?;
        Ok(Self { to, configurations, rows: Vec::new() })
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.rows);
        let names: Vec<String> =
            self.to.schema_descr().columns().iter().map(|column| column.name().to_owned()).collect();
        let mut group = self.to.next_row_group()?;
        let mut names = names.iter();
        while let (Some(mut column), Some(name)) = (group.next_column()?, names.next()) {
            match column.untyped() {
                ColumnWriter::ByteArrayColumnWriter(writer) => {
                    let texts: Vec<_> = rows.iter().map(|row| text(row, name)).collect();
                    let known: Vec<_> = texts.iter().flatten().map(|text| ByteArray::from(*text)).collect();
                    writer.write_batch(&known, Some(&levels(&texts)), None)?;
                }
                ColumnWriter::DoubleColumnWriter(writer) => {
                    let numbers: Vec<_> = rows.iter().map(|row| number(row, name)).collect();
                    let known: Vec<_> = numbers.iter().flatten().copied().collect();
                    writer.write_batch(&known, Some(&levels(&numbers)), None)?;
                }
                ColumnWriter::Int64ColumnWriter(writer) => {
                    let numbers: Vec<_> = rows.iter().map(|row| whole(row, name)).collect();
                    let known: Vec<_> = numbers.iter().flatten().copied().collect();
                    writer.write_batch(&known, Some(&levels(&numbers)), None)?;
                }
                ColumnWriter::BoolColumnWriter(writer) => {
                    let truths: Vec<_> = rows.iter().map(|row| truth(row, name)).collect();
                    let known: Vec<_> = truths.iter().flatten().copied().collect();
                    writer.write_batch(&known, Some(&levels(&truths)), None)?;
                }
                _ => {}
            }
            column.close()?;
        }
        group.close().map(drop)
    }
}

/// Which of them are there.
fn levels<T>(values: &[Option<T>]) -> Vec<i16> {
    values.iter().map(|value| i16::from(value.is_some())).collect()
}

/// By the column's name, here and below.
fn text<'a>(row: &'a OutputRow, column: &str) -> Option<&'a str> {
    match column {
        "file" => row.file.as_deref(),
        "callSid" => row.call_sid.as_deref(),
        "configuration" => Some(&row.configuration),
        "change" => Some(row.change),
        "rules" => Some(&row.rules),
        "conditions" => Some(&row.conditions),
        "firstNotice" => row.first_notice,
        "why" => Some(&row.why),
        "source" => Some(row.source),
        "quality" => Some(row.quality),
        "causes" => Some(&row.causes),
        "actions" => Some(&row.actions),
        _ => None,
    }
}

fn number(row: &OutputRow, column: &str) -> Option<f64> {
    match column {
        "durationMs" => Some(row.duration_ms),
        "warningMs" => row.warning_ms,
        "warningPct" => row.warning_pct,
        "elapsedMs" => Some(row.elapsed_ms),
        "severelyConcealedPct" => row.severely_concealed_pct,
        "jitterBufferDelayMs" => row.jitter_buffer_delay_ms,
        "firstNoticeMs" => row.first_notice_ms,
        _ => None,
    }
}

fn whole(row: &OutputRow, column: &str) -> Option<i64> {
    match column {
        "startedAt" => row.started_at,
        "resolutionMs" => Some(row.resolution_ms),
        _ => None,
    }
}

fn truth(row: &OutputRow, column: &str) -> Option<bool> {
    match column {
        "alert" => Some(row.alert),
        "estimate" => Some(row.estimate),
        _ => None,
    }
}

impl<W: Write + Send> Output for Parquet<'_, W> {
    fn begin(&mut self, _: Option<&str>) -> io::Result<()> {
        Ok(())
    }

    fn call(&mut self, input: Option<&str>, judged: &JudgedCall) -> io::Result<()> {
        self.rows.extend(row::rows(input, judged, self.configurations));
        if self.rows.len() >= ROWS_IN_A_GROUP { self.write_group().map_err(io::Error::other) } else { Ok(()) }
    }

    fn end(&mut self, _: Option<&str>, _: &Findings) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if !self.rows.is_empty() {
            self.write_group().map_err(io::Error::other)?;
        }
        self.to.finish().map_err(io::Error::other)?;
        self.to.flush()
    }
}
