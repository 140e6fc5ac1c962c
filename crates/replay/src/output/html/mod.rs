//! One HTML file for a browser, with everything in it: charts of all calls, and the worst calls second by second.
//!
//! What is drawn is in the file as JSON, and a script of its own draws it: a hundred calls of four metrics as finished
//! pictures would be ten times as long, and could not be pointed at. Nothing is loaded from anywhere.

mod report_totals;

use super::{Output, row};
use crate::judged_call::{Findings, JudgedCall};
use crate::verdict_change::{Change, Compared};
use device_monitoring::replay::{Point, Problem, ReplayedCall};
use device_monitoring::{Config, Configuration, Milliseconds, Timestamp, Value, WallTime};
use report_totals::{ReportTotals, Totalled};
use serde::Serialize;
use std::io::{self, Write};

/// Calls that are drawn: nobody looks at more, and each is some 20 KB.
const MAX_CALLS: usize = 200;
/// More points than a chart has pixels.
const MAX_POINTS: usize = 600;
/// Problems that are listed.
const MAX_PROBLEMS: usize = 100;

const HEAD: &str = include_str!("head.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Writes the HTML report.
pub(super) struct Report<'a, W> {
    to: W,
    names: &'a [String],
    configurations: &'a [Configuration],
    sums: ReportTotals,
    kept: Vec<Kept>,
    problems: Vec<String>,
}

/// A call that may be drawn.
struct Kept {
    input: Option<String>,
    judged: JudgedCall,
}

impl Kept {
    /// What would be missed most: what changes, what alerts, what was in trouble for long.
    fn worth(&self) -> (bool, bool, f64) {
        let first = self.judged.verdicts.first().and_then(Option::as_ref);
        let changes =
            |call: &Option<ReplayedCall>| matches!(Change::between(first, call.as_ref()), Change::Comes | Change::Goes);
        let calls = || self.judged.verdicts.iter().flatten();
        let longest = calls().map(|call| call.warning_ms.0).fold(0.0, f64::max);
        (self.judged.verdicts.iter().any(changes), calls().any(|call| call.alert), longest)
    }
}

impl<'a, W: Write> Report<'a, W> {
    pub(super) fn new(to: W, names: &'a [String], configurations: &'a [Configuration]) -> Self {
        let sums = ReportTotals::new(names);
        Self { to, names, configurations, sums, kept: Vec::new(), problems: Vec::new() }
    }

    fn keep_the_worst(&mut self) {
        let order = |a: &Kept, b: &Kept| b.worth().partial_cmp(&a.worth()).unwrap_or(std::cmp::Ordering::Equal);
        self.kept.sort_by(order);
        self.kept.truncate(MAX_CALLS);
    }
}

impl<W: Write> Output for Report<'_, W> {
    fn begin(&mut self, _: Option<&str>) -> io::Result<()> {
        Ok(())
    }

    fn call(&mut self, input: Option<&str>, judged: &JudgedCall) -> io::Result<()> {
        if judged.verdicts.iter().flatten().next().is_none() {
            return Ok(());
        }
        self.sums.add(judged);
        let series = thinned(&judged.series);
        let judged = JudgedCall { verdicts: judged.verdicts.clone(), series, origin: judged.origin.clone() };
        self.kept.push(Kept { input: input.map(str::to_owned), judged });
        if self.kept.len() >= 2 * MAX_CALLS {
            self.keep_the_worst();
        }
        Ok(())
    }

    fn end(&mut self, input: Option<&str>, findings: &Findings) -> io::Result<()> {
        self.sums.totals.problems += findings.count();
        for Problem { line, message } in &findings.problems {
            if self.problems.len() < MAX_PROBLEMS {
                let place = if *line == 0 { String::new() } else { format!("{line}:") };
                self.problems.push(format!("{}:{place} {message}", input.unwrap_or("exports")));
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.keep_the_worst();
        let data = serde_json::to_string(&Data::new(&self))?;
        // Nothing in a recording can end the script.
        let data = data.replace('<', "\\u003c");
        write!(self.to, "{HEAD}<style>\n{STYLE}</style>\n<main id=\"report\"></main>\n")?;
        writeln!(
            self.to,
            "<script type=\"application/json\" id=\"data\">{data}</script>\n<script>\n{SCRIPT}</script>"
        )?;
        self.to.flush()
    }
}

/// What the script draws.
#[derive(Serialize)]
struct Data<'a> {
    version: &'static str,
    sums: Totalled<'a>,
    thresholds: Vec<&'a Config>,
    problems: &'a [String],
    calls: Vec<Drawn<'a>>,
}

impl<'a> Data<'a> {
    fn new<W>(report: &'a Report<'_, W>) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            sums: report.sums.totalled(),
            thresholds: report.configurations.iter().map(|one| &one.config).collect(),
            problems: &report.problems,
            calls: report.kept.iter().map(|kept| Drawn::new(kept, report.names)).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Drawn<'a> {
    file: Option<&'a str>,
    started_at: Option<String>,
    verdicts: Vec<Compared<'a>>,
    #[serde(flatten)]
    export: Option<Export<'a>>,
    ms: Vec<Milliseconds>,
    rtt: Vec<Value>,
    jitter: Vec<Value>,
    loss: Vec<Value>,
    mos: Vec<Value>,
}

/// What the verdicts were drawn from.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Export<'a> {
    source: &'static str,
    resolution_ms: u32,
    lacks: &'a [&'static str],
    measured: bool,
}

impl<'a> Drawn<'a> {
    fn new(kept: &'a Kept, names: &'a [String]) -> Self {
        let Kept { input, judged } = kept;
        let first = judged.verdicts.first().and_then(Option::as_ref);
        let any = judged.verdicts.iter().flatten().next();
        let accepted = any.map_or(Timestamp(0), |call| call.accepted);
        let series = |of: fn(&Point) -> f32| -> Vec<Value> {
            judged.series.iter().map(|point| Value(f64::from(of(point)))).collect()
        };
        Self {
            file: input.as_deref(),
            started_at: any.and_then(row::started_at).map(|at| WallTime(at as f64).to_rfc3339()),
            verdicts: names
                .iter()
                .zip(&judged.verdicts)
                .map(|(configuration, call)| Compared::new(configuration, first, call.as_ref()))
                .collect(),
            export: judged.origin.as_ref().map(|origin| Export {
                source: origin.source,
                resolution_ms: origin.resolution_s * 1000,
                lacks: &origin.lacks,
                measured: origin.is_measured,
            }),
            ms: judged.series.iter().map(|point| point.at - accepted).collect(),
            rtt: series(|point| point.rtt),
            jitter: series(|point| point.jitter),
            loss: series(|point| point.loss),
            mos: series(|point| point.mos),
        }
    }
}

/// No more points than are of use: of those that share a place, the worst of each metric.
fn thinned(series: &[Point]) -> Vec<Point> {
    let together = series.len().div_ceil(MAX_POINTS).max(1);
    let worst = |points: &[Point]| {
        let first = points.first().copied()?;
        // The greater and the smaller of two pass over what is unknown.
        Some(points.iter().fold(first, |worst, point| Point {
            at: worst.at,
            rtt: worst.rtt.max(point.rtt),
            jitter: worst.jitter.max(point.jitter),
            loss: worst.loss.max(point.loss),
            mos: worst.mos.min(point.mos),
        }))
    };
    series.chunks(together).filter_map(worst).collect()
}
