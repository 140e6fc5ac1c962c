//! The dump of Chromium's page `webrtc-internals`: one JSON object, with a series for each field of each report.
//!
//! `PeerConnections` has an object for each connection; its `stats` has a series under `REPORT-FIELD` with `statsType`,
//! `startTime`, `endTime` and, as JSON text, `values`: one for each time that the page asked, once a second unless it was
//! told otherwise, the newest thousand. Since Chromium 117, the series `REPORT-timestamp` says when these times were.

use super::connection::{Connection, Judging, State};
use super::report::{Kind, MAX_REPORTS, NUMBERS, Report, Reports, TEXTS, known};
use crate::judged_call::{CallSink, Findings, cannot_be_read};
use crate::sources::{Metered, NotJson, Room, WithoutMarks, milliseconds};
use device_monitoring::replay::Problem;
use device_monitoring::replay::recording::LONGEST_LINE;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};

/// Milliseconds since 1970: whole ones up to 2^53 are exact, and nothing that far away is a time of a call.
const LATEST_MS: f64 = 9e15;
/// Bytes of something that is passed over.
const LONGEST_SKIPPED: usize = 64 * LONGEST_LINE;
/// Values of a series that are read: a hundred times what Chromium keeps.
const MAX_VALUES: usize = 100_000;
/// Bytes of all values of a connection that are kept: ten times those that Chromium keeps of a call.
const MAX_KEPT_BYTES: usize = 16_000_000;
/// Changes of a connection's state that are read.
const MAX_STATES: usize = 10_000;
/// Reports of the same time are stamped within this, milliseconds.
const SAME_MS: f64 = 100.0;
/// How old the newest point of a report may be: a report that is gone has no newer one. RTCP's come every few seconds, or
/// never again; the engine judges that by their numbers.
const OLDEST_MS: f64 = 500.0;
const OLDEST_REMOTE_MS: f64 = 3_600_000.0;

/// Reads a dump, and hands over the call of each connection.
///
/// # Errors
/// What `each` fails with.
pub(super) fn read(reader: impl Read, judging: &Judging<'_>, each: CallSink<'_>) -> io::Result<Findings> {
    let room = Room::default();
    let metered = Metered { reader: WithoutMarks::new(reader), room: room.clone() };
    let mut json = serde_json::Deserializer::from_reader(metered);
    let mut reading = Reading { judging, each, findings: Findings::default(), failed: None, untyped: 0, unread: 0 };
    let read = Object { at: &mut reading, room: &room }.deserialize(&mut json).and_then(|()| {
        room.set(LONGEST_SKIPPED);
        json.end()
    });
    let Reading { mut findings, failed, untyped, unread, .. } = reading;
    if let Some(error) = failed {
        return Err(error);
    }
    if let Err(error) = read {
        let line = if error.is_io() { 0 } else { error.line() };
        let message = if error.is_io() { cannot_be_read(&error.into()) } else { NotJson::new(&error, 0).message() };
        findings.problem(Problem { line, message: format!("{message}; what comes after it is not read") });
    }
    if unread > 0 {
        let message = "its series have more values than those of a call have, and further ones are not read";
        findings.problem(Problem { line: 0, message: message.to_owned() });
    }
    if untyped > 0 {
        let message =
            "its series do not say of which type their reports are: dumps of old versions of Chromium are not read";
        findings.problem(Problem { line: 0, message: message.to_owned() });
    }
    Ok(findings)
}

/// What is done with the members of an object, or the elements of a list.
trait Node {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A, room: &Room) -> Result<(), A::Error>;

    fn element(&mut self, _: &Value) {}
}

/// An object or a list of the dump. Of any other value, nothing is read.
struct Object<'a, N> {
    at: &'a mut N,
    room: &'a Room,
}

impl<'de, N: Node> DeserializeSeed<'de> for Object<'_, N> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, N: Node> Visitor<'de> for Object<'_, N> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        loop {
            self.room.set(LONGEST_LINE);
            let Some(name) = map.next_key::<String>()? else { return Ok(()) };
            self.at.member(name, &mut map, self.room)?;
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        loop {
            self.room.set(LONGEST_LINE);
            let Some(value) = list.next_element::<Value>()? else { return Ok(()) };
            self.at.element(&value);
        }
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

fn pass_over<'de, A: MapAccess<'de>>(map: &mut A, room: &Room) -> Result<(), A::Error> {
    room.set(LONGEST_SKIPPED);
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// A dump that is being read.
struct Reading<'a, 'b> {
    judging: &'a Judging<'a>,
    each: CallSink<'b>,
    findings: Findings,
    failed: Option<io::Error>,
    /// Series without their report's type.
    untyped: usize,
    /// Series for which there was no room.
    unread: usize,
}

impl Node for Reading<'_, '_> {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A, room: &Room) -> Result<(), A::Error> {
        if name == "PeerConnections" {
            map.next_value_seed(Object { at: &mut Connections(self), room })
        } else {
            pass_over(map, room)
        }
    }
}

/// The connections by their ids.
struct Connections<'r, 'a, 'b>(&'r mut Reading<'a, 'b>);

impl Node for Connections<'_, '_, '_> {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A, room: &Room) -> Result<(), A::Error> {
        let mut record = Record::default();
        map.next_value_seed(Object { at: &mut record, room })?;
        self.0.untyped += record.stats.untyped;
        self.0.unread += record.stats.unread;
        if let Some(judged) = record.play(&name, self.0.judging) {
            self.0.findings.is_about_a_call = true;
            (self.0.each)(judged).map_err(|error| {
                self.0.failed = Some(error);
                A::Error::custom("nothing more is wanted")
            })?;
        }
        Ok(())
    }
}

/// What a dump says of a connection.
#[derive(Default)]
struct Record {
    relay_only: bool,
    stats: Stats,
    states: States,
}

impl Node for Record {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A, room: &Room) -> Result<(), A::Error> {
        match name.as_str() {
            "stats" => map.next_value_seed(Object { at: &mut self.stats, room }),
            "updateLog" => map.next_value_seed(Object { at: &mut self.states, room }),
            // An object, or text that is written like one.
            "rtcConfiguration" => {
                let written = map.next_value::<Value>()?.to_string();
                let policy = written.split_once("iceTransportPolicy").map(|(_, policy)| policy);
                let policy = policy.map(|policy| policy.trim_start_matches(|letter: char| !letter.is_alphanumeric()));
                self.relay_only = policy.is_some_and(|policy| policy.starts_with("relay"));
                Ok(())
            }
            _ => pass_over(map, room),
        }
    }
}

/// When a connection changed its state, where the dump has that as a number: older ones have a text in local time.
#[derive(Default)]
struct States(Vec<(i64, State)>);

impl Node for States {
    fn member<'de, A: MapAccess<'de>>(&mut self, _: String, map: &mut A, room: &Room) -> Result<(), A::Error> {
        pass_over(map, room)
    }

    fn element(&mut self, update: &Value) {
        let text = |name| update.get(name).and_then(Value::as_str);
        // Newer versions have the names of the handlers.
        let state = match text("type").map(|name| name.strip_prefix("on").unwrap_or(name)) {
            Some("connectionstatechange" | "iceconnectionstatechange") => text("value").and_then(State::parse),
            Some("close") => Some(State::Closed),
            _ => None,
        };
        let at = update.get("timestamp").and_then(milliseconds);
        if let Some(change) = at.zip(state).filter(|_| self.0.len() < MAX_STATES) {
            self.0.push(change);
        }
    }
}

/// The series of a connection, by report and field.
#[derive(Default)]
struct Stats {
    reports: BTreeMap<String, Series>,
    /// Bytes of their values.
    kept_bytes: usize,
    /// Series without their report's type.
    untyped: usize,
    /// Series for which there was no room.
    unread: usize,
}

/// The series of a report.
struct Series {
    kind: Kind,
    /// When each of its values was read, milliseconds since 1970; empty in dumps of old versions.
    timestamps: Box<[f64]>,
    columns: Vec<Column>,
}

/// A field of a report over time.
struct Column {
    name: &'static str,
    /// Milliseconds since 1970.
    from: f64,
    to: f64,
    values: Values,
}

enum Values {
    Numbers(Box<[f64]>),
    Texts(Box<[String]>),
}

impl Values {
    fn bytes(&self) -> usize {
        match self {
            Self::Numbers(values) => size_of_val(&**values),
            Self::Texts(values) => size_of_val(&**values) + values.iter().map(String::len).sum::<usize>(),
        }
    }
}

impl Node for Stats {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A, room: &Room) -> Result<(), A::Error> {
        // Behind the last dash is the field; what is in brackets the page has calculated.
        let Some((report, field)) = name.rsplit_once('-').filter(|_| !name.ends_with(']')) else {
            return pass_over(map, room);
        };
        let is_time = field == "timestamp";
        let (number, text) = (known(&NUMBERS, field), known(&TEXTS, field));
        if !is_time && number.is_none() && text.is_none() {
            return pass_over(map, room);
        }
        let series = map.next_value::<Value>()?;
        let Some(kind) = series.get("statsType").and_then(Value::as_str) else {
            self.untyped += usize::from(series.get("values").is_some());
            return Ok(());
        };
        let Some(kind) = Kind::parse(kind) else { return Ok(()) };
        if !self.reports.contains_key(report) && self.reports.len() >= MAX_REPORTS {
            return Ok(());
        }
        let time = |name| series.get(name).and_then(milliseconds).map_or(f64::NAN, |ms| ms as f64);
        let (from, to) = (time("startTime"), time("endTime"));
        let values = series.get("values").and_then(Value::as_str).unwrap_or_default();
        let values: Vec<Value> = serde_json::from_str(values).unwrap_or_default();
        let values = values.into_iter().take(MAX_VALUES);
        let as_number = |value: Value| value.as_f64().or(value.as_bool().map(f64::from)).unwrap_or(f64::NAN);
        let as_text = |value: Value| value.as_str().map(str::to_owned).unwrap_or_default();
        let values = match text {
            Some(_) => Values::Texts(values.map(as_text).collect()),
            None => Values::Numbers(values.map(as_number).collect()),
        };
        let bytes = values.bytes();
        if self.kept_bytes + bytes > MAX_KEPT_BYTES {
            self.unread += 1;
            return Ok(());
        }
        let of_report = self.reports.entry(report.to_owned()).or_insert_with(|| Series {
            kind,
            timestamps: Box::default(),
            columns: Vec::new(),
        });
        match (values, number.or(text)) {
            (Values::Numbers(times), None) => of_report.timestamps = times,
            (values, Some(name)) if of_report.columns.len() < NUMBERS.len() + TEXTS.len() => {
                of_report.columns.push(Column { name, from, to, values });
            }
            _ => return Ok(()),
        }
        self.kept_bytes += bytes;
        Ok(())
    }
}

impl Column {
    fn len(&self) -> usize {
        match &self.values {
            Values::Numbers(values) => values.len(),
            Values::Texts(values) => values.len(),
        }
    }

    /// When each value was read. A field that came later than its report, or went earlier, has fewer values; without its
    /// report's times, they are taken to be evenly spread.
    fn times(&self, timestamps: &[f64]) -> Vec<f64> {
        let count = self.len();
        // The times of a series are whole milliseconds.
        let first = timestamps.iter().position(|at| (at - self.from).abs() <= 1.0);
        if let Some(times) = first.and_then(|first| timestamps.get(first..first + count)) {
            return times.to_vec();
        }
        if let Some(times) = timestamps.len().checked_sub(count).and_then(|first| timestamps.get(first..)) {
            return times.to_vec();
        }
        let step = if count > 1 { (self.to - self.from) / (count - 1) as f64 } else { 0.0 };
        (0..count).map(|index| self.from + step * index as f64).collect()
    }

    fn set(&self, index: usize, report: &mut Report) {
        match &self.values {
            Values::Numbers(values) => {
                values.get(index).into_iter().for_each(|value| report.set_number(self.name, *value))
            }
            Values::Texts(values) => values.get(index).into_iter().for_each(|value| report.set_text(self.name, value)),
        }
    }
}

impl Record {
    /// The call that it is, if it has audio.
    fn play(mut self, name: &str, judging: &Judging<'_>) -> Option<crate::judged_call::JudgedCall> {
        let mut connection = Connection::new(name, judging);
        connection.relay_only = self.relay_only;
        self.states.0.sort_by_key(|(at, _)| *at);
        let mut states = self.states.0.into_iter().peekable();
        let mut walk = Walk::new(&self.stats.reports);
        for moment in walk.moments() {
            let at = moment as i64;
            while let Some((changed_at, state)) = states.next_if(|(changed_at, _)| *changed_at <= at) {
                if let Some(judged) = connection.state(changed_at, state) {
                    return Some(judged);
                }
            }
            connection.read(at, &walk.reports(moment));
        }
        // What happened after the last statistics: with nothing else known, its end is one of these.
        states.find_map(|(at, state)| connection.state(at, state)).or_else(|| connection.end(None))
    }
}

/// A way through the series, moment by moment.
struct Walk<'a> {
    reports: Vec<Walked<'a>>,
}

struct Walked<'a> {
    id: &'a str,
    kind: Kind,
    columns: Vec<(&'a Column, Vec<f64>, usize)>,
    oldest_ms: f64,
}

impl<'a> Walk<'a> {
    fn new(reports: &'a BTreeMap<String, Series>) -> Self {
        let walked = |(id, series): (&'a String, &'a Series)| {
            let columns = series.columns.iter();
            let columns: Vec<_> = columns.map(|column| (column, column.times(&series.timestamps), 0)).collect();
            // Evenly spread values are off by half a second and more.
            let oldest_ms = match series.kind.is_remote() {
                true => OLDEST_REMOTE_MS,
                false if series.timestamps.is_empty() => 3.0 * OLDEST_MS,
                false => OLDEST_MS,
            };
            Walked { id, kind: series.kind, columns, oldest_ms }
        };
        Self { reports: reports.iter().map(walked).collect() }
    }

    /// When the page asked for statistics, in order: when there are values of a stream, either way.
    fn moments(&self) -> Vec<f64> {
        let streams = self.reports.iter().filter(|report| matches!(report.kind, Kind::InboundRtp | Kind::OutboundRtp));
        let mut moments: Vec<f64> = streams
            .filter_map(|report| report.columns.iter().map(|(_, times, _)| times).max_by_key(|times| times.len()))
            .flatten()
            .copied()
            .filter(|at| (0.0..LATEST_MS).contains(at))
            .collect();
        moments.sort_by(f64::total_cmp);
        moments.dedup_by(|later, earlier| *later - *earlier < SAME_MS);
        moments
    }

    /// The reports at a moment that is not before the one of the last time.
    fn reports(&mut self, moment: f64) -> Reports {
        let mut reports = Reports::default();
        for Walked { id, kind, columns, oldest_ms } in &mut self.reports {
            for (column, times, next) in columns {
                while times.get(*next).is_some_and(|at| *at <= moment + SAME_MS) {
                    *next += 1;
                }
                let Some(index) = next.checked_sub(1) else { continue };
                let is_there = times.get(index).is_some_and(|at| moment - at <= *oldest_ms);
                if is_there && let Some(report) = reports.entry(id, Some(*kind)) {
                    column.set(index, report);
                }
            }
        }
        reports
    }
}
