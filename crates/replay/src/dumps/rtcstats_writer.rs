//! Recordings written as a dump of rtcStats, for the tools that read such dumps.
//!
//! The counters of each second are added up again, and what a second's sample and its statistics say becomes one event
//! `getStats`, at the sample's time. What rtcStats has no place for is left out: the Voice SDK's levels and warnings, mute,
//! hold, reports of agents, and everything of Flex's.

use super::report::{KINDS, Kind, NUMBERS, TEXTS};
use super::rtcstats::{FILE_FORMAT, HEADER, METHODS, Method, TIME_OF_CHANGES};
use crate::judged_call::{Findings, cannot_be_read};
use crate::line_blocks::NumberedLines;
use device_monitoring::replay::recording::{self, Content, Entry};
use device_monitoring::replay::{NO_CALL, Problem};
use device_monitoring::{EnvironmentSignal, Event, RawPath, RawSample, RawStatistics, WallTime, WarningName};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};

/// Calls of a recording that may go on at the same time.
const MAX_OPEN: usize = 10_000;
const MS: f64 = 1000.0;

/// Writes a dump.
pub struct Export<W> {
    to: W,
    /// Time of the newest event, milliseconds since 1970.
    time: i64,
}

impl<W: Write> Export<W> {
    /// Begins a dump.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(mut to: W) -> io::Result<Self> {
        to.write_all(HEADER)?;
        writeln!(to, "\n{}", json!({"fileFormat": FILE_FORMAT}))?;
        Ok(Self { to, time: 0 })
    }

    /// Adds the calls of a recording. `name` is that of a call without a CallSid.
    ///
    /// # Errors
    /// The dump cannot be written. What cannot be read is among the findings.
    pub fn recording(&mut self, reader: impl Read, name: &str) -> io::Result<Findings> {
        let mut recording = Recording { started: WallTime::default(), open: BTreeMap::new(), name, stray: None };
        let mut findings = Findings::default();
        let mut lines = NumberedLines::new(reader);
        loop {
            match lines.next() {
                Ok(Some((line, bytes))) => match recording::read_bytes(bytes, line == 1) {
                    Ok(None) => {}
                    Ok(Some(entry)) => {
                        findings.is_about_a_call |= entry.content.is_about_a_call();
                        recording.take(entry, (line, bytes), self, &mut findings)?;
                    }
                    Err(message) => findings.problem(Problem { line, message }),
                },
                Ok(None) => break,
                Err(error) => {
                    findings.problem(Problem { line: 0, message: cannot_be_read(&error) });
                    break;
                }
            }
        }
        if let Some((line, count)) = recording.stray {
            let message = format!("samples of a call that does not go on, {count} with this one: they are not written");
            findings.problem(Problem { line, message });
        }
        for call in recording.open.into_values() {
            call.flushed(self)?;
        }
        if !findings.is_about_a_call && findings.is_flawless() {
            findings.problem(Problem { line: 0, message: NO_CALL.to_owned() });
        }
        Ok(findings)
    }

    /// Ends the dump.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.to.flush()
    }

    fn event(&mut self, at: i64, method: Method, connection: &str, value: &Value) -> io::Result<()> {
        let passed = at.saturating_sub(std::mem::replace(&mut self.time, at));
        let name = METHODS.iter().find(|(known, ..)| *known == method).map(|(_, name, _)| *name);
        writeln!(self.to, "{}", json!([name, connection, value, passed]))
    }
}

/// A recording that is being written.
struct Recording<'a> {
    started: WallTime,
    /// By name, so that what has no end is written in an order that is the same each time.
    open: BTreeMap<String, Call>,
    name: &'a str,
    /// Samples of calls that do not go on: the first one's line, and how many.
    stray: Option<(usize, usize)>,
}

/// A call that was accepted and goes on.
struct Call {
    connection: String,
    sums: Sums,
    statistics: Option<RawStatistics>,
    path: RawPath,
    /// When what is not written yet was measured, and whether a sample is among it.
    pending: Option<(i64, bool)>,
    jitter: f64,
    rtt: f64,
    written: Reports,
}

/// By report, the fields and their values.
type Reports = BTreeMap<&'static str, BTreeMap<&'static str, Value>>;

/// What the samples have counted so far; `NaN` from a sample that lacks it until one has it again.
#[derive(Clone, Copy, Default)]
struct Sums {
    packets_received: Sum,
    packets_lost: Sum,
    bytes_received: Sum,
    packets_sent: Sum,
    bytes_sent: Sum,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    value: f64,
    is_unknown: bool,
}

impl Sum {
    fn add(&mut self, more: f64) {
        self.is_unknown = !more.is_finite();
        self.value += if self.is_unknown { 0.0 } else { more };
    }

    fn known(self) -> f64 {
        if self.is_unknown { f64::NAN } else { self.value }
    }
}

impl Recording<'_> {
    fn take<W: Write>(
        &mut self,
        entry: Entry<'_>,
        (number, line): (usize, &[u8]),
        to: &mut Export<W>,
        findings: &mut Findings,
    ) -> io::Result<()> {
        let Entry { at, call, content } = entry;
        let name = call.unwrap_or_default();
        let at = (self.started.0 as i64).saturating_add(at.0);
        let event = match content {
            Content::StartedAt(started) => {
                self.started = started;
                return Ok(());
            }
            Content::Opened(parties) => {
                let connection = parties.call_sid.filter(|sid| !sid.is_empty());
                self.open(&name, connection);
                return Ok(());
            }
            Content::Accepted { found_in_progress } => {
                let call = self.open(&name, None);
                let Some(call) = call else {
                    let message = format!("{MAX_OPEN} calls go on, and the one that begins here is not written");
                    findings.problem(Problem { line: number, message });
                    return Ok(());
                };
                to.event(at, Method::Create, &call.connection, &json!({}))?;
                if !found_in_progress {
                    to.event(at, Method::ConnectionState, &call.connection, &json!("connected"))?;
                }
                call.pending = Some((at, true));
                return Ok(());
            }
            Content::Event(event) => event,
            Content::Nothing | Content::Unknown(_) => return Ok(()),
        };
        let Some(call) = self.open.get_mut(&*name) else {
            if matches!(event, Event::Sample(_)) {
                self.stray.get_or_insert((number, 0)).1 += 1;
            }
            return Ok(());
        };
        match event {
            Event::Sample(_) => {
                if matches!(call.pending, Some((_, true))) {
                    call.write(to)?;
                }
                call.pending = Some((at, true));
                call.sample(part(line, "sample"));
            }
            Event::Statistics(_) => {
                call.statistics = Some(part(line, "stats"));
                call.pending.get_or_insert((at, false));
            }
            Event::Signal(EnvironmentSignal::Path(path)) => {
                call.path = part(line, "path");
                if path.relay_only {
                    let policy = json!({"iceTransportPolicy": "relay"});
                    to.event(at, Method::SetConfiguration, &call.connection, &policy)?;
                }
            }
            Event::Warning(WarningName::IceConnectivityLost, _) => {
                to.event(at, Method::IceConnectionState, &call.connection, &json!("disconnected"))?;
            }
            Event::WarningCleared(WarningName::IceConnectivityLost) => {
                to.event(at, Method::IceConnectionState, &call.connection, &json!("connected"))?;
            }
            Event::Disconnected => {
                if let Some(call) = self.open.remove(&*name) {
                    let connection = call.flushed(to)?;
                    to.event(at, Method::Close, &connection, &Value::Null)?;
                }
            }
            Event::Cancelled | Event::Rejected => drop(self.open.remove(&*name)),
            _ => {}
        }
        Ok(())
    }

    /// The call of this name, which may be new.
    fn open(&mut self, name: &str, connection: Option<String>) -> Option<&mut Call> {
        if !self.open.contains_key(name) {
            if self.open.len() >= MAX_OPEN {
                return None;
            }
            let named = if name.is_empty() { self.name } else { name };
            let connection = connection.unwrap_or_else(|| named.to_owned());
            self.open.insert(name.to_owned(), Call::new(connection));
        }
        self.open.get_mut(name)
    }
}

/// A member of a line, read as a recording's reader reads it.
fn part<T: for<'de> Deserialize<'de> + Default>(line: &[u8], name: &str) -> T {
    let line: Value = serde_json::from_slice(line.trim_ascii()).unwrap_or_default();
    line.get(name).and_then(|part| T::deserialize(part).ok()).unwrap_or_default()
}

impl Call {
    fn new(connection: String) -> Self {
        Self {
            connection,
            sums: Sums::default(),
            statistics: None,
            path: RawPath::default(),
            pending: None,
            jitter: f64::NAN,
            rtt: f64::NAN,
            written: Reports::new(),
        }
    }

    fn sample(&mut self, sample: RawSample) {
        let Sums { packets_received, packets_lost, bytes_received, packets_sent, bytes_sent } = &mut self.sums;
        packets_received.add(sample.packets_received);
        packets_lost.add(sample.packets_lost);
        bytes_received.add(sample.bytes_received);
        packets_sent.add(sample.packets_sent);
        bytes_sent.add(sample.bytes_sent);
        (self.jitter, self.rtt) = (sample.jitter, sample.rtt);
    }

    /// Writes what is pending, and gives the connection's name.
    fn flushed<W: Write>(mut self, to: &mut Export<W>) -> io::Result<String> {
        self.write(to)?;
        Ok(self.connection)
    }

    fn write<W: Write>(&mut self, to: &mut Export<W>) -> io::Result<()> {
        let Some((at, _)) = self.pending.take() else { return Ok(()) };
        let reports = self.reports();
        let changes = changes(&self.written, &reports, at);
        self.written = reports;
        to.event(at, Method::GetStats, &self.connection, &changes)
    }

    /// What is known now.
    fn reports(&mut self) -> Reports {
        let mut reports = Reports::new();
        let statistics = self.statistics.take();
        let parts = statistics.and_then(|statistics| serde_json::to_value(statistics).ok()).unwrap_or_default();
        for (part, kind) in PARTS {
            for (name, value) in parts.get(part).and_then(Value::as_object).into_iter().flatten() {
                let known = NUMBERS.iter().find(|(known, _)| known == name).map(|(known, _)| *known);
                if let Some((name, value)) = known.zip(value.as_f64()) {
                    set(&mut reports, kind, name, number(value));
                }
            }
        }
        let Sums { packets_received, packets_lost, bytes_received, packets_sent, bytes_sent } = self.sums;
        let inbound = [
            ("packetsReceived", packets_received.known()),
            ("packetsLost", packets_lost.known()),
            ("bytesReceived", bytes_received.known()),
            ("jitter", self.jitter / MS),
        ];
        let outbound = [("packetsSent", packets_sent.known()), ("bytesSent", bytes_sent.known())];
        for (kind, counted) in [(Kind::InboundRtp, &inbound[..]), (Kind::OutboundRtp, &outbound)] {
            set(&mut reports, kind, "kind", json!("audio"));
            counted.iter().for_each(|(name, value)| set(&mut reports, kind, name, number(*value)));
        }
        set(&mut reports, Kind::RemoteInboundRtp, "roundTripTime", number(self.rtt / MS));
        set(&mut reports, Kind::Transport, "selectedCandidatePairId", json!(id(Kind::CandidatePair)));
        let changes = number(self.path.selected_candidate_pair_changes);
        set(&mut reports, Kind::Transport, "selectedCandidatePairChanges", changes);
        set(&mut reports, Kind::CandidatePair, "localCandidateId", json!(id(Kind::LocalCandidate)));
        set(&mut reports, Kind::LocalCandidate, "networkType", json!(self.path.network_type));
        set(&mut reports, Kind::LocalCandidate, "relayProtocol", json!(self.path.relay_protocol));
        reports
    }
}

/// The parts of a recording's statistics, and the types of the reports that they are of.
const PARTS: [(&str, Kind); 6] = [
    ("inbound", Kind::InboundRtp),
    ("remoteInbound", Kind::RemoteInboundRtp),
    ("remoteOutbound", Kind::RemoteOutboundRtp),
    ("candidatePair", Kind::CandidatePair),
    ("mediaSource", Kind::MediaSource),
    ("mediaPlayout", Kind::MediaPlayout),
];

/// The id of the only report of a kind: that of its type.
fn id(kind: Kind) -> &'static str {
    KINDS.iter().find(|(known, ..)| *known == kind).map_or("", |(_, name, _)| *name)
}

/// A number as JSON has it, whole ones without a fraction; `null` for one that is not known.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

/// What is not known is not there.
fn set(reports: &mut Reports, kind: Kind, name: &'static str, value: Value) {
    let report = reports.entry(id(kind)).or_default();
    if value.is_null() {
        report.remove(name);
    } else {
        report.insert(name, value);
    }
}

/// What has changed, by rtcStats' ids and keys. A field that is gone is `null`.
fn changes(before: &Reports, now: &Reports, at: i64) -> Value {
    let mut changes = Map::new();
    for (id, fields) in now {
        let earlier = before.get(id);
        let mut changed = Map::new();
        if earlier.is_none() {
            changed
                .extend(KINDS.iter().find(|(_, name, _)| name == id).map(|(.., key)| ("type".to_owned(), json!(key))));
        }
        for (name, value) in fields {
            if earlier.and_then(|earlier| earlier.get(name)) != Some(value) {
                changed.insert(key(name).to_owned(), value.clone());
            }
        }
        for name in earlier.into_iter().flat_map(BTreeMap::keys).filter(|name| !fields.contains_key(*name)) {
            changed.insert(key(name).to_owned(), Value::Null);
        }
        if !changed.is_empty() {
            changes.insert((*id).to_owned(), Value::Object(changed));
        }
    }
    changes.extend(before.keys().filter(|id| !now.contains_key(*id)).map(|id| ((*id).to_owned(), Value::Null)));
    changes.insert(TIME_OF_CHANGES.to_owned(), json!(at));
    Value::Object(changes)
}

/// What rtcstats-js writes for a field.
fn key(name: &'static str) -> &'static str {
    NUMBERS.iter().chain(&TEXTS).find(|(known, _)| *known == name).map_or(name, |(_, key)| *key)
}
