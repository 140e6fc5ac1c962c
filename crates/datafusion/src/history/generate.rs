//! A history of as many samples as are wanted: the calls of some recordings over and over, under CallSids that are made up,
//! spread over days.

use super::day_file::DayFile;
use super::import::{Found, find};
use datafusion::arrow::array::RecordBatch;
use device_monitoring_arrow::recordings;
use device_monitoring_arrow::rows::{self, Row};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::thread;

/// 2026-11-01T00:00:00Z.
const FIRST_DAY: i64 = 1_793_491_200_000;
const DAY: i64 = 86_400_000;

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// Calls.
    pub calls: u64,
    /// Rows in all.
    pub rows: u64,
    /// Rows that are samples of a second.
    pub samples: u64,
}

/// A recorded call.
struct Template {
    rows: RecordBatch,
    /// When each row was, milliseconds since 1970.
    at: Vec<i64>,
    samples: u64,
}

/// A call that is made up.
#[derive(Clone, Copy)]
struct Call<'a> {
    sid: [u64; 2],
    template: &'a Template,
    /// How much later it is than the template.
    later: i64,
}

/// Makes a history of at least so many samples, from all calls of the recordings in a folder.
///
/// # Errors
/// There is no call in the recordings, or something cannot be read or written.
pub fn generate(recordings: &Path, history: &Path, samples: u64, days: u64) -> io::Result<Generated> {
    let templates = templates(recordings)?;
    let of_all: u64 = templates.iter().map(|template| template.samples).sum();
    if of_all == 0 || days == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no sample in the recordings, or no day to put it in"));
    }
    // Each template as often as the others, on each day.
    let rounds = samples.div_ceil(of_all).div_ceil(days);
    let calls = rounds * templates.len() as u64;
    let workers = thread::available_parallelism()?.get() as u64;
    let templates = &templates;
    let work = |worker: u64| {
        let mut made = Generated::default();
        for day in (0..=days).filter(|day| day % workers == worker) {
            // What began the day before may go on after midnight.
            let before = day.checked_sub(1).map(|before| began(templates, before, calls)).unwrap_or_default();
            let today = if day < days { began(templates, day, calls) } else { Vec::new() };
            made.rows += write(history, day, [before, today].concat())?;
        }
        io::Result::Ok(made)
    };
    let work = &work;
    let made = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        let failed = |_| io::Error::other("a thread failed");
        workers.into_iter().map(|worker| worker.join().map_err(failed)?).collect::<io::Result<Vec<_>>>()
    })?;
    let rows = made.iter().map(|made| made.rows).sum();
    Ok(Generated { calls: calls * days, rows, samples: rounds * days * of_all })
}

/// The calls that begin on a day, at equal distances, the last of them half a minute before midnight.
fn began(templates: &[Template], day: u64, calls: u64) -> Vec<Call<'_>> {
    let mut began = Vec::new();
    for (index, template) in (0..calls).zip(templates.iter().cycle()) {
        let number = 2 * (day * calls + index);
        let since_midnight = index as i64 * (DAY - 30_000) / (calls as i64 - 1).max(1);
        let begins = FIRST_DAY + day as i64 * DAY + since_midnight;
        let later = begins - template.at.first().copied().unwrap_or_default();
        began.push(Call { sid: [scattered(number), scattered(number + 1)], template, later });
    }
    began
}

/// Writes what is on this day of these calls.
fn write(history: &Path, day: u64, mut calls: Vec<Call<'_>>) -> io::Result<u64> {
    let midnight = FIRST_DAY + day as i64 * DAY;
    calls.sort_by_key(|call| call.sid);
    let mut file = None;
    let mut written = 0;
    for Call { sid: [high, low], template, later } in calls {
        let until = |moment: i64| template.at.partition_point(|at| at + later < moment);
        let (from, to) = (until(midnight), until(midnight + DAY));
        if from == to {
            continue;
        }
        let sid = format!("CA{high:016x}{low:016x}");
        let rows = rows::moved(&template.rows.slice(from, to - from), &sid, later).map_err(io::Error::other)?;
        let mut to = match file.take() {
            Some(file) => file,
            None => DayFile::create(history, &rows::day(midnight))?,
        };
        to.write(&rows)?;
        written += rows.num_rows() as u64;
        file = Some(to);
    }
    file.map_or(Ok(()), DayFile::finish)?;
    Ok(written)
}

fn templates(folder: &Path) -> io::Result<Vec<Template>> {
    let Found { files, problems } = find(&[folder.to_owned()], &["jsonl"]);
    if let Some(problem) = problems.into_iter().next() {
        return Err(io::Error::other(problem));
    }
    let mut calls: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        recordings::read(&name, BufReader::new(File::open(&file)?), |line| {
            if let Ok(row) = line {
                calls.entry(row.call_sid.clone()).or_default().push(row);
            }
            Ok(())
        })?;
    }
    let template = |mut rows: Vec<Row>| {
        rows.sort_by_key(|row| (row.at, row.seq));
        let samples = rows.iter().filter(|row| row.sample.is_some()).count() as u64;
        let at = rows.iter().map(|row| row.at).collect();
        io::Result::Ok(Template { rows: rows::batch(&rows).map_err(io::Error::other)?, at, samples })
    };
    calls.into_values().map(template).collect()
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): numbers in a row, as if they were random. Twilio's SIDs are.
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
