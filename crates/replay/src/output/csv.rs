//! CSV (RFC 4180): a row for each call and configuration, written while it is played.
//!
//! Names of files and calls come from others: they are written so that no spreadsheet takes them for a formula.

use super::Output;
use super::row::{self, COLUMNS, OutputRow};
use crate::judged_call::{Findings, JudgedCall};
use device_monitoring::WallTime;
use device_monitoring::spreadsheet::harmless;
use std::io::{self, Write};

/// Writes a CSV row for each call and configuration.
pub(super) struct Csv<'a, W: Write> {
    to: csv::Writer<W>,
    configurations: &'a [String],
    is_begun: bool,
}

impl<'a, W: Write> Csv<'a, W> {
    pub(super) fn new(to: W, configurations: &'a [String]) -> Self {
        Self { to: csv::Writer::from_writer(to), configurations, is_begun: false }
    }

    fn begin_file(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.is_begun, true) {
            self.to.write_record(COLUMNS).map_err(io::Error::from)?;
        }
        Ok(())
    }
}

impl<W: Write> Output for Csv<'_, W> {
    fn begin(&mut self, _: Option<&str>) -> io::Result<()> {
        self.begin_file()
    }

    fn call(&mut self, input: Option<&str>, judged: &JudgedCall) -> io::Result<()> {
        for row in row::rows(input, judged, self.configurations) {
            self.to.write_record(fields(row)).map_err(io::Error::from)?;
        }
        Ok(())
    }

    fn end(&mut self, _: Option<&str>, _: &Findings) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.begin_file()?;
        self.to.flush()
    }
}

fn fields(row: OutputRow) -> [String; COLUMNS.len()] {
    let time = |ms: i64| WallTime(ms as f64).to_rfc3339();
    [
        harmless(row.file.unwrap_or_default()),
        harmless(row.call_sid.unwrap_or_default()),
        row.started_at.map(time).unwrap_or_default(),
        harmless(row.configuration),
        row.duration_ms.to_string(),
        row.warning_ms.map(|ms| ms.to_string()).unwrap_or_default(),
        row.warning_pct.map(|share| share.to_string()).unwrap_or_default(),
        row.alert.to_string(),
        row.change.to_owned(),
        row.rules,
        row.conditions,
        row.first_notice.unwrap_or_default().to_owned(),
        row.first_notice_ms.map(|ms| ms.to_string()).unwrap_or_default(),
        harmless(row.why),
        row.source.to_owned(),
        row.estimate.to_string(),
        row.resolution_ms.to_string(),
        row.elapsed_ms.to_string(),
        row.quality.to_owned(),
        row.severely_concealed_pct.map(|share| share.to_string()).unwrap_or_default(),
        row.jitter_buffer_delay_ms.map(|delay| delay.to_string()).unwrap_or_default(),
        row.causes,
        row.actions,
    ]
}
