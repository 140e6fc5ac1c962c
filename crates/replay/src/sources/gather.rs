//! Rows gathered by call, whatever their order and however many there are.
//!
//! Exports of one call may be in many files, and nothing says which is the last. So nothing is judged before everything
//! is read. Up to [`MAX_BYTES_IN_MEMORY`] bytes of rows wait in memory; from then on all wait on disk ([`Spool`]), in
//! [`PARTS`] parts by the call's hash, and are taken back a part at a time: for 5 GB of Event Streams, some megabytes.
//! No call has more than [`MAX_ROWS`]. What is more than [`MAX_BYTES_IN_MEMORY`] in one part, because somebody has chosen
//! the names of the calls for it, is divided once more, by a hash that nobody can know.

use super::call::{self, ExportedCall, Found};
use super::judge;
use super::row::Row;
use super::spool::Spool;
use crate::judged_call::{Findings, JudgedCall};
use device_monitoring::Configuration;
use device_monitoring::replay::{Problem, Skipped};
use rayon::prelude::*;
use std::collections::BTreeMap;
#[cfg(feature = "fuzzing")]
use std::collections::BTreeSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, RandomState};
use std::io;

/// Bytes of rows that wait in memory.
const MAX_BYTES_IN_MEMORY: usize = 50_000_000;
/// Rows of one call: a day of seconds and ten thousand events. What comes beyond is left out, and that is said.
pub(super) const MAX_ROWS: usize = 100_000;
const PARTS: usize = 256;
/// Calls that are judged at the same time, before any of them is handed over.
const AT_A_TIME: usize = 256;

/// Rows as they are read, and what was not known among them.
#[derive(Clone, Default)]
pub struct Rows {
    rows: Vec<Row>,
    bytes: usize,
    skipped: Vec<Skipped>,
    line: usize,
    pub(super) seen: Seen,
}

/// How many values were read that may have given no row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// What Twilio exports, whatever it says.
    pub(super) known: usize,
    /// Lists with nothing in them.
    pub(super) empty: usize,
    /// Posts of the Voice SDK's that do not say of which call they are.
    pub(super) without_call: usize,
    /// What is about another leg than an agent's.
    pub(super) other_legs: usize,
    /// Rows.
    pub(super) rows: usize,
}

impl Seen {
    pub(super) fn add(&mut self, other: Self) {
        self.known += other.known;
        self.empty += other.empty;
        self.without_call += other.without_call;
        self.other_legs += other.other_legs;
        self.rows += other.rows;
    }
}

impl Rows {
    pub(super) fn push(&mut self, row: Row) {
        self.seen.rows += 1;
        self.bytes += row.bytes();
        self.rows.push(row);
    }

    /// The line that the next rows come from.
    pub(super) fn at_line(&mut self, line: usize) {
        self.line = line;
    }

    pub(super) fn skip(&mut self, what: String) {
        Skipped::count(&mut self.skipped, self.line, what, 1);
    }

    pub(super) fn take_skipped(&mut self) -> Vec<Skipped> {
        std::mem::take(&mut self.skipped)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many calls they are of.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn calls(&self) -> usize {
        self.rows.iter().map(|row| &row.call).collect::<BTreeSet<_>>().len()
    }

    /// Whether each comes back from disk as it was put there.
    ///
    /// # Panics
    /// When one does not.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn hold_on_disk(&self) {
        for row in &self.rows {
            let bytes = postcard::to_stdvec(row).unwrap_or_default();
            let again = postcard::from_bytes::<Row>(&bytes).and_then(|row| postcard::to_stdvec(&row));
            assert!(!bytes.is_empty() && again.as_ref() == Ok(&bytes), "{row:?}");
        }
    }

    pub(super) fn into_rows(self) -> impl Iterator<Item = Row> {
        self.rows.into_iter()
    }

    /// Adds others behind these.
    pub fn append(&mut self, mut others: Self) {
        self.bytes += others.bytes;
        self.rows.append(&mut others.rows);
    }
}

/// Collects rows by call, in memory and then on disk.
#[derive(Default)]
pub struct Gathered {
    rows: Vec<Row>,
    bytes: usize,
    spool: Option<Spool>,
    any: bool,
    /// Tells in which part a call is, if these were in one part before.
    random: Option<RandomState>,
}

/// Rows by call, up to [`MAX_ROWS`] of each.
#[derive(Default)]
struct ByCall {
    calls: BTreeMap<String, Vec<Row>>,
    bytes: usize,
    left_out: usize,
}

impl ByCall {
    fn add(&mut self, row: Row) {
        match self.calls.get_mut(&row.call) {
            Some(rows) if rows.len() >= MAX_ROWS => self.left_out += 1,
            Some(rows) => {
                self.bytes += row.bytes();
                rows.push(row);
            }
            None => {
                self.bytes += row.bytes() + row.call.len();
                self.calls.insert(row.call.clone(), vec![row]);
            }
        }
    }

    fn take_rows(&mut self) -> impl Iterator<Item = Row> + use<> {
        self.bytes = 0;
        std::mem::take(&mut self.calls).into_values().flatten()
    }
}

impl Gathered {
    /// Takes some more.
    ///
    /// # Errors
    /// When they have to wait on disk and cannot.
    pub fn add(&mut self, rows: Rows) -> io::Result<()> {
        self.any = true;
        self.bytes += rows.bytes;
        self.rows.extend(rows.rows);
        if self.bytes > MAX_BYTES_IN_MEMORY || self.spool.is_some() && self.bytes > MAX_BYTES_IN_MEMORY / 16 {
            self.put_aside()
        } else {
            Ok(())
        }
    }

    /// Whether nothing was exported at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.any
    }

    fn put_aside(&mut self) -> io::Result<()> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        self.store(rows)
    }

    fn store(&mut self, rows: impl IntoIterator<Item = Row>) -> io::Result<()> {
        let spool = match &mut self.spool {
            Some(spool) => spool,
            none => none.insert(Spool::new(PARTS)?),
        };
        for row in rows {
            let hash = match &self.random {
                Some(random) => random.hash_one(&row.call),
                None => BuildHasherDefault::<DefaultHasher>::default().hash_one(&row.call),
            };
            spool.push((hash % PARTS as u64) as usize, &row)?;
        }
        Ok(())
    }

    /// Judges every call, those that began first at first (of those that waited on disk: within their part).
    ///
    /// # Errors
    /// When rows cannot be taken back from disk, or `each` fails.
    pub fn judge(
        self,
        configurations: &[Configuration],
        keeps_series: bool,
        each: &mut dyn FnMut(JudgedCall) -> io::Result<()>,
    ) -> io::Result<Findings> {
        let mut unjudged = Unjudged::default();
        let any = !self.rows.is_empty() || self.spool.is_some();
        self.take_back(&mut |rows| {
            let judge = |call| judge::judge(call, configurations, keeps_series);
            each_call(rows, &judge, &mut unjudged, each)
        })?;
        Ok(Findings { is_about_a_call: any, ..unjudged.findings() })
    }

    /// Hands over every call, put together and not judged.
    ///
    /// # Errors
    /// When rows cannot be taken back from disk, or `each` fails.
    pub fn calls(self, each: &mut dyn FnMut(ExportedCall) -> io::Result<()>) -> io::Result<Findings> {
        let mut unjudged = Unjudged::default();
        let any = !self.rows.is_empty() || self.spool.is_some();
        self.take_back(&mut |rows| each_call(rows, &Some, &mut unjudged, each))?;
        Ok(Findings { is_about_a_call: any, ..unjudged.findings() })
    }

    /// Hands the rows over, those of some calls at a time.
    fn take_back(mut self, judge: &mut dyn FnMut(ByCall) -> io::Result<()>) -> io::Result<()> {
        let mut rows = ByCall::default();
        if self.spool.is_some() {
            self.put_aside()?;
        }
        let Some(mut spool) = self.spool else {
            self.rows.into_iter().for_each(|row| rows.add(row));
            return judge(rows);
        };
        for part in 0..PARTS {
            let mut others: Option<Self> = None;
            for row in spool.take(part) {
                rows.add(row?);
                if rows.bytes > MAX_BYTES_IN_MEMORY && self.random.is_none() {
                    let others =
                        others.get_or_insert_with(|| Self { random: Some(RandomState::new()), ..Self::default() });
                    others.store(rows.take_rows())?;
                }
            }
            match others {
                None => judge(std::mem::take(&mut rows))?,
                Some(mut others) => {
                    others.store(rows.take_rows())?;
                    others.take_back(judge)?;
                }
            }
        }
        // There are none, but some may have been left out.
        judge(rows)
    }
}

/// How many calls nothing can be said about, and how many rows were beyond the limit.
#[derive(Default)]
struct Unjudged {
    without_data: usize,
    other_legs: usize,
    rows: usize,
}

impl Unjudged {
    fn findings(&self) -> Findings {
        let mut findings = Findings::default();
        let calls = |count: usize| if count == 1 { "1 call".to_owned() } else { format!("{count} calls") };
        if self.rows > 0 {
            let message = format!("{} rows are left out: no call may have more than {MAX_ROWS}", self.rows);
            findings.problem(Problem { line: 0, message });
        }
        if self.without_data > 0 {
            let message = format!(
                "nothing is said about {}: no row of sdk_edge or client_edge, nor of when it was accepted and ended",
                calls(self.without_data)
            );
            findings.problem(Problem { line: 0, message });
        }
        if self.other_legs > 0 {
            let which = "no summary of type client, nor anything that a browser measured or told";
            findings
                .notes
                .push(format!("nothing is said about {} of other legs: {which}", calls(self.other_legs)).into());
        }
        findings
    }
}

/// Makes something of every call, on all processors, and hands it over.
fn each_call<T: Send>(
    ByCall { calls, left_out, .. }: ByCall,
    make: &(dyn Fn(ExportedCall) -> Option<T> + Sync),
    unjudged: &mut Unjudged,
    each: &mut dyn FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    unjudged.rows += left_out;
    let first = |rows: &[Row]| rows.iter().map(|row| row.at).min();
    let mut calls: Vec<(String, Vec<Row>)> = calls.into_iter().collect();
    calls.sort_by_key(|(_, rows)| first(rows));
    while !calls.is_empty() {
        let later = calls.split_off(calls.len().min(AT_A_TIME));
        let found: Vec<Result<T, Found>> = std::mem::replace(&mut calls, later)
            .into_par_iter()
            .map(|(call_sid, rows)| match call::put_together(call_sid, rows) {
                Found::Call(call) => make(*call).ok_or(Found::WithoutData),
                other => Err(other),
            })
            .collect();
        for found in found {
            match found {
                Ok(made) => each(made)?,
                Err(Found::WithoutData) => unjudged.without_data += 1,
                Err(Found::OtherLeg) => unjudged.other_legs += 1,
                Err(Found::NeverAccepted | Found::Call(_)) => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::row::{Did, What};
    use super::*;

    #[test]
    fn rows_that_waited_on_disk_give_the_same_calls_as_those_in_memory() {
        let row = |call: usize, at, did| Row { call: format!("CA{call:032x}"), at, what: What::Did(did) };
        let rows = || {
            let calls = (0..500).flat_map(|call| {
                let begin = 1_700_000_000_000 + call as i64 * 1000;
                [
                    row(call, begin + 5000 + (call as i64 % 7) * 1000, Did::Disconnected),
                    row(call, begin, Did::Accepted),
                    row(call, begin + 1000, Did::Warned { name: "ice-connectivity-lost".to_owned(), values: vec![] }),
                ]
            });
            let mut rows = Rows::default();
            calls.for_each(|row| rows.push(row));
            rows
        };
        let verdicts = |gathered: Gathered| {
            let mut all = Vec::new();
            let mut each = |judged: JudgedCall| {
                all.push(format!("{:?}", judged.verdicts));
                Ok(())
            };
            gathered.judge(&[Configuration::default()], false, &mut each).unwrap();
            all.sort();
            all
        };
        let mut in_memory = Gathered::default();
        in_memory.add(rows()).unwrap();
        let mut on_disk = Gathered::default();
        on_disk.add(rows()).unwrap();
        on_disk.put_aside().unwrap();
        let (in_memory, on_disk) = (verdicts(in_memory), verdicts(on_disk));
        assert_eq!(in_memory.len(), 500);
        assert_eq!(in_memory, on_disk);
    }
}
