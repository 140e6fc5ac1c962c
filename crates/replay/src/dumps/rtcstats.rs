//! What rtcStats writes: JSON Lines, each an event of a peer connection, `getStats` among them.
//!
//! | written by | first line | an event | time, in milliseconds | statistics |
//! | --- | --- | --- | --- | --- |
//! | rtcstats-server | `RTCStatsDump`, then an object | `[method, connection, value, …, time]` | since the event before | what has changed; numbers stand for methods, types and fields |
//! | Chromium's `webrtc-internals` | the same | the same | the same | all of them, by their names |
//! | Jitsi's server | an event | `[method, connection, value, time, …]` | since 1970 | what has changed, by its names |

use super::connection::{Connection, Judging, State};
use super::report::{KINDS, Kind, NUMBERS, Reports, TEXTS, known};
use crate::judged_call::{CallSink, Findings, JudgedCall, cannot_be_read};
use crate::line_blocks::NumberedLines;
use crate::sources::{BYTE_ORDER_MARK, NotJson};
use device_monitoring::replay::Problem;
use device_monitoring::replay::recording::LONGEST_LINE;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{self, Read};

/// The first line of a dump.
pub(super) const HEADER: &[u8] = b"RTCStatsDump";
/// The newest version of the format that is known.
pub(super) const FILE_FORMAT: u64 = 3;
/// Connections that may be open at the same time. A page with the Voice SDK has one.
const MAX_OPEN: usize = 200;
/// Milliseconds since 1970 of events that have an absolute time: after 1973.
const EARLIEST: f64 = 1e11;
/// Whole milliseconds up to 2^53 are exact; nothing that far away is a time of a call.
const LATEST: f64 = 9e15;

/// Methods that are used, with the numbers that rtcstats-js writes for them.
pub(super) const METHODS: [(Method, &str, &str); 9] = [
    (Method::GetStats, "getStats", "g"),
    (Method::GetStats, "getStats", "1"),
    (Method::GetStats, "getstats", "getstats"),
    (Method::IceConnectionState, "oniceconnectionstatechange", "24"),
    (Method::ConnectionState, "onconnectionstatechange", "25"),
    (Method::Close, "close", "36"),
    // Chromium's own word for a connection that is gone.
    (Method::Close, "remove", "remove"),
    (Method::SetConfiguration, "setConfiguration", "38"),
    (Method::Create, "create", "39"),
];

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Create,
    SetConfiguration,
    IceConnectionState,
    ConnectionState,
    GetStats,
    Close,
}

impl Method {
    fn parse(written: &Value) -> Option<Self> {
        let found = |text: &str| METHODS.iter().find(|(_, name, key)| *name == text || *key == text);
        match written {
            Value::String(text) => found(text),
            Value::Number(number) => found(&number.to_string()),
            _ => None,
        }
        .map(|(method, ..)| *method)
    }
}

/// How a dump is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// With a header: times are differences.
    Headed,
    /// Without one: times are absolute.
    Plain,
}

/// The time of all reports of which only changes are written. There, what is gone is `null`, and what is not named is as it
/// was; otherwise every report is named.
pub(super) const TIME_OF_CHANGES: &str = "t";

/// Whether a line is an event of a dump without a header.
pub(super) fn is_plain_event(line: &[u8]) -> bool {
    if !line.starts_with(b"[") || line.len() > LONGEST_LINE {
        return false;
    }
    let Ok(event) = serde_json::from_slice::<Vec<Value>>(line) else { return false };
    let is_time = |time: &Value| time.as_f64().is_some_and(|time| (EARLIEST..LATEST).contains(&time));
    match event.as_slice() {
        [Value::String(_), Value::String(_) | Value::Null, _, time, ..] => is_time(time),
        _ => false,
    }
}

/// Reads a dump from its beginning to its end, and hands over each call when it has ended.
///
/// # Errors
/// What `each` fails with.
pub(super) fn read(reader: impl Read, judging: &Judging<'_>, each: CallSink<'_>) -> io::Result<Findings> {
    let mut dump = Dump::new(judging);
    let mut lines = NumberedLines::new(reader);
    loop {
        match lines.next() {
            Ok(Some((line, bytes))) => match dump.line(line, bytes) {
                Ok(Some(judged)) => each(judged)?,
                Ok(None) => {}
                Err(message) => dump.findings.problem(Problem { line, message }),
            },
            Ok(None) => break,
            Err(error) => {
                dump.findings.problem(Problem { line: 0, message: cannot_be_read(&error) });
                break;
            }
        }
    }
    let Dump { open, findings, .. } = &mut dump;
    for (_, mut open) in std::mem::take(open) {
        if let Some(judged) = open.connection.end(None) {
            findings.is_about_a_call = true;
            each(judged)?;
        }
    }
    Ok(dump.findings)
}

/// A dump that is being read.
struct Dump<'a> {
    judging: &'a Judging<'a>,
    form: Form,
    /// Time of the newest event, milliseconds since 1970.
    time: f64,
    open: BTreeMap<String, Open>,
    is_full: bool,
    findings: Findings,
}

/// A connection that goes on.
struct Open {
    connection: Connection,
    reports: Reports,
}

impl<'a> Dump<'a> {
    fn new(judging: &'a Judging<'a>) -> Self {
        Self {
            judging,
            form: Form::Plain,
            time: 0.0,
            open: BTreeMap::new(),
            is_full: false,
            findings: Findings::default(),
        }
    }

    /// Takes a line: gives the call that ended with it.
    ///
    /// # Errors
    /// What is wrong with it, for a person to read.
    fn line(&mut self, number: usize, bytes: &[u8]) -> Result<Option<JudgedCall>, String> {
        let mut bytes = bytes.trim_ascii();
        if number == 1 {
            bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii();
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes == HEADER {
            self.form = Form::Headed;
            return Ok(None);
        }
        if bytes.len() > LONGEST_LINE {
            return Err(format!("longer than {LONGEST_LINE} bytes"));
        }
        match serde_json::from_slice(bytes).map_err(|error| NotJson::new(&error, 0).message())? {
            Value::Array(event) => self.event(event),
            Value::Object(about) => header(&about),
            _ => Err("no event of rtcStats".to_owned()),
        }
    }

    fn event(&mut self, mut event: Vec<Value>) -> Result<Option<JudgedCall>, String> {
        let is_short = event.len() < 3;
        let written = match self.form {
            Form::Headed => event.pop(),
            Form::Plain => event.get(3).cloned(),
        };
        let time = written.as_ref().and_then(Value::as_f64).filter(|_| !is_short);
        let time = time.map(|time| if self.form == Form::Headed { self.time + time } else { time });
        self.time = time.filter(|time| time.abs() < LATEST).ok_or("an event of rtcStats without a time")?;
        let mut parts = event.into_iter();
        let (Some(method), Some(connection)) = (parts.next(), parts.next()) else { return Ok(None) };
        // What is about no connection is about the page.
        let (Some(method), Value::String(name)) = (Method::parse(&method), connection) else { return Ok(None) };
        self.about(method, name, &parts.next().unwrap_or_default())
    }

    fn about(&mut self, method: Method, name: String, value: &Value) -> Result<Option<JudgedCall>, String> {
        if !self.open.contains_key(&name) {
            if method == Method::Close {
                return Ok(None);
            }
            if self.open.len() >= MAX_OPEN {
                let is_first = !std::mem::replace(&mut self.is_full, true);
                let message = format!("{MAX_OPEN} connections are open, and further ones are not read");
                return if is_first { Err(message) } else { Ok(None) };
            }
            let open = Open { connection: Connection::new(&name, self.judging), reports: Reports::default() };
            self.open.insert(name.clone(), open);
        }
        let Some(Open { connection, reports }) = self.open.get_mut(&name) else { return Ok(None) };
        let at = self.time as i64;
        let state = match method {
            Method::Create | Method::SetConfiguration => {
                if let Some(policy) = value.get("iceTransportPolicy").and_then(Value::as_str) {
                    connection.relay_only = policy == "relay";
                }
                None
            }
            Method::GetStats => {
                let Value::Object(changes) = value else { return Err("statistics that are no object".to_owned()) };
                apply(changes, reports);
                connection.read(at, reports);
                None
            }
            Method::IceConnectionState | Method::ConnectionState => value.as_str().and_then(State::parse),
            Method::Close => Some(State::Closed),
        };
        let judged = state.and_then(|state| connection.state(at, state));
        if state == Some(State::Closed) {
            self.open.remove(&name);
        }
        self.findings.is_about_a_call |= judged.is_some();
        Ok(judged)
    }
}

fn header(about: &Map<String, Value>) -> Result<Option<JudgedCall>, String> {
    match about.get("fileFormat").and_then(Value::as_u64) {
        Some(version) if version > FILE_FORMAT => {
            Err(format!("\"fileFormat\" {version} is not known; the rest is read as version {FILE_FORMAT}"))
        }
        _ => Ok(None),
    }
}

/// Takes what has changed since the statistics before.
fn apply(changes: &Map<String, Value>, reports: &mut Reports) {
    if !changes.contains_key(TIME_OF_CHANGES) {
        reports.retain(|id| changes.contains_key(id));
    }
    for (id, change) in changes {
        match change {
            Value::Null => reports.remove(id),
            Value::Object(fields) => {
                let kind = fields.get("type").and_then(kind);
                let Some(report) = reports.entry(id, kind) else { continue };
                for (field, value) in fields {
                    match value {
                        Value::String(text) => {
                            known(&TEXTS, field).into_iter().for_each(|name| report.set_text(name, text));
                        }
                        // What has no value any more.
                        Value::Null => {
                            known(&NUMBERS, field).into_iter().for_each(|name| report.set_number(name, f64::NAN))
                        }
                        value => {
                            let number = value.as_f64().or(value.as_bool().map(f64::from));
                            if let Some((name, number)) = known(&NUMBERS, field).zip(number) {
                                report.set_number(name, number);
                            }
                        }
                    }
                }
            }
            // The time of all reports, which the event has as well.
            _ => {}
        }
    }
}

fn kind(written: &Value) -> Option<Kind> {
    match written {
        Value::String(name) => Kind::parse(name),
        other => KINDS.iter().find(|(.., number)| Some(*number) == other.as_u64()).map(|(kind, ..)| *kind),
    }
}
