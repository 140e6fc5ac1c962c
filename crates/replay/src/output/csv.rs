//! CSV (RFC 4180): a row for each call and configuration, written while it is played.
//!
//! What a spreadsheet would take for a formula has an apostrophe before it, as OWASP advises: names of files and
//! calls come from others, and a formula could send the cells beside it somewhere.

use super::Output;
use super::row::{self, COLUMNS, OutputRow};
use crate::judged_call::{Findings, JudgedCall};
use device_monitoring::WallTime;
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
        text(row.file.unwrap_or_default()),
        text(row.call_sid.unwrap_or_default()),
        row.started_at.map(time).unwrap_or_default(),
        text(row.configuration),
        row.duration_ms.to_string(),
        row.warning_ms.map(|ms| ms.to_string()).unwrap_or_default(),
        row.warning_pct.map(|share| share.to_string()).unwrap_or_default(),
        row.alert.to_string(),
        row.change.to_owned(),
        row.rules,
        row.conditions,
        row.first_notice.unwrap_or_default().to_owned(),
        row.first_notice_ms.map(|ms| ms.to_string()).unwrap_or_default(),
        text(row.why),
        row.source.to_owned(),
        row.estimate.to_string(),
        row.resolution_ms.to_string(),
        row.elapsed_ms.to_string(),
        row.quality.to_owned(),
        row.severely_concealed_pct.map(|share| share.to_string()).unwrap_or_default(),
        row.jitter_buffer_delay_ms.map(|delay| delay.to_string()).unwrap_or_default(),
    ]
}

/// A text that no spreadsheet takes for a formula, not even one that separates cells by another character than the comma,
/// as the computer's region may say. A number stays a number, even a negative one.
fn text(text: String) -> String {
    const FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    const SEPARATORS: [char; 7] = [',', ';', '\t', '|', '\r', '\n', '"'];
    if !text.contains(FORMULAS) || text.parse::<f64>().is_ok() {
        return text;
    }
    let mut harmless = String::with_capacity(text.len() + 1);
    let mut begins_cell = true;
    for character in text.chars() {
        if begins_cell && FORMULAS.contains(&character) {
            harmless.push('\'');
        }
        harmless.push(character);
        let is_space = character.is_whitespace() || character == '\u{feff}';
        begins_cell = SEPARATORS.contains(&character) || begins_cell && is_space;
    }
    harmless
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_spreadsheet_would_run_has_an_apostrophe_and_numbers_stay_numbers() {
        for formula in ["=1+1", "+A1", "-2+3", "@SUM(A1)", "＝1", "=HYPERLINK(\"https://example.com\")"] {
            assert_eq!(super::text(formula.to_owned()), format!("'{formula}"));
        }
        for (formula, harmless) in [
            ("CA1;=1+1", "CA1;'=1+1"),
            ("\t=1", "\t'=1"),
            ("\r\n-A1", "\r\n'-A1"),
            ("a|@SUM(A1), +B1", "a|'@SUM(A1), '+B1"),
            (" \u{a0}=1", " \u{a0}'=1"),
            ("\u{feff}=1", "\u{feff}'=1"),
            ("\"=1", "\"'=1"),
        ] {
            assert_eq!(super::text(formula.to_owned()), harmless);
        }
        for text in ["-5", "-0.25", "+15550001111", "-1e5", "CA1", "a=b", "", "'=1", "https://example.com"] {
            assert_eq!(super::text(text.to_owned()), text);
        }
    }
}
