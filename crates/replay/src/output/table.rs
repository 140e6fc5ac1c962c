//! A table to read.

use super::{NOT_MEASURED, Output};
use crate::judged_call::{Findings, JudgedCall};
use crate::safe_output::plain;
use crate::totals::Totals;
use crate::verdict_change::Change;
use comfy_table::{Table, presets};
use device_monitoring::Milliseconds;
use device_monitoring::replay::ReplayedCall;
use std::io::{self, Write};
use std::path::Path;

/// Nobody reads more rows, and a table has to be known to its end before its first row can be written.
const MAX_ROWS: usize = 1000;

/// Prints a table for a person.
pub(super) struct CallTable<'a, W> {
    to: W,
    configurations: &'a [String],
    totals: Totals,
    /// In the order of the calls, each with its number: those that tell something, and others.
    telling: Vec<(usize, Vec<String>)>,
    others: Vec<(usize, Vec<String>)>,
}

impl<'a, W: Write> CallTable<'a, W> {
    pub(super) fn new(to: W, configurations: &'a [String]) -> Self {
        Self { to, configurations, totals: Totals::new(configurations), telling: Vec::new(), others: Vec::new() }
    }

    fn row(&self, input: Option<&str>, judged: &JudgedCall) -> Vec<String> {
        let mut verdicts = judged.verdicts.iter().map(Option::as_ref);
        let first = verdicts.next().flatten();
        let shown = first.or_else(|| judged.verdicts.iter().flatten().next());
        let Some(call) = shown else { return Vec::new() };
        let stem = |input: &str| {
            Path::new(input).file_stem().map_or(input.to_owned(), |stem| stem.to_string_lossy().into_owned())
        };
        let name = input.map(stem).or_else(|| call.call_sid.clone()).unwrap_or_default();
        let notice = call.notices.first();
        let why: Vec<_> = call.reasons.iter().map(|reason| reason.text.as_str()).collect();
        let estimate = judged.origin.as_ref().is_some_and(|origin| origin.resolution_s > 1);
        let in_warning = if judged.is_measured() {
            format!("{}{:.1} %", if estimate { "≈ " } else { "" }, call.warning_pct.0)
        } else {
            NOT_MEASURED.to_owned()
        };
        let mut row = vec![
            plain(&name).into_owned(),
            lasted(judged, call),
            in_warning,
            notice.map_or(String::new(), |notice| {
                let cause = notice.cause.map(|cause| format!(" ({})", cause.as_str())).unwrap_or_default();
                format!("{}{cause} at {}", notice.diagnosis, notice.ms)
            }),
            match first.filter(|call| call.alert) {
                None => "no".to_owned(),
                Some(call) if call.actions.is_empty() => "yes".to_owned(),
                Some(call) => format!("yes: {}", call.actions.join(", ")),
            },
        ];
        row.extend(verdicts.map(|other| Change::between(first, other).as_str().to_owned()));
        row.push(why.join("\n"));
        row
    }
}

/// How long a call was, and where rows are missing, for how much of it there is data.
fn lasted(judged: &JudgedCall, call: &ReplayedCall) -> String {
    let (measured, row_ms) = match &judged.origin {
        Some(origin) => (Milliseconds(origin.measured_ms as f64), f64::from(origin.resolution_s) * 1000.0),
        None => (call.duration_ms, 0.0),
    };
    // The rest of the last row is no hole.
    if !judged.is_measured() || call.elapsed_ms.0 - measured.0 <= row_ms {
        call.elapsed_ms.to_string()
    } else {
        format!("{}, {measured} with data", call.elapsed_ms)
    }
}

impl<W: Write> Output for CallTable<'_, W> {
    fn begin(&mut self, _: Option<&str>) -> io::Result<()> {
        Ok(())
    }

    fn call(&mut self, input: Option<&str>, judged: &JudgedCall) -> io::Result<()> {
        let row = self.row(input, judged);
        if row.is_empty() {
            return Ok(());
        }
        let number = self.totals.calls;
        self.totals.add(judged);
        let alerts = judged.verdicts.iter().flatten().any(|call| call.alert);
        let rows = if alerts { &mut self.telling } else { &mut self.others };
        if rows.len() < MAX_ROWS {
            rows.push((number, row));
        }
        Ok(())
    }

    fn end(&mut self, _: Option<&str>, findings: &Findings) -> io::Result<()> {
        self.totals.problems += findings.count();
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        let mut header = vec!["recording", "lasted", "in warning", "first notice", "alert"];
        let others: Vec<_> = self.configurations.iter().skip(1).map(|name| plain(name)).collect();
        header.extend(others.iter().map(|name| &**name));
        header.push("why");
        table.set_header(header);
        let mut rows = std::mem::take(&mut self.telling);
        if self.totals.calls <= MAX_ROWS {
            rows.append(&mut self.others);
            rows.sort_unstable();
        }
        let left_out = self.totals.calls - rows.len();
        table.add_rows(rows.into_iter().map(|(_, row)| row));
        writeln!(self.to, "{table}")?;
        if left_out > 0 {
            writeln!(self.to, "{left_out} more calls are not shown, the quiet ones first; --format csv has all.")?;
        }
        self.totals.write(&mut self.to)?;
        self.to.flush()
    }
}
