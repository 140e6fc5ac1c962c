//! The beat: that a call goes on, and how it is at this moment (rule K2).
//!
//! One is due when a call starts, when trouble that has lasted for 5 s opens or closes, every 30 s in between, and when
//! the call ends. So that Twilio Sync can hold those of a whole contact centre, an agent sends at most six a minute, and
//! what changes often is told less often.

use super::incident_keys::IncidentKeys;
use super::{LONGEST_SID, cut, worker};
use crate::alert::ClientInfo;
use crate::call::Call;
use crate::cause::Cause;
use crate::condition::diagnosis::Diagnosis;
use crate::condition::{ConditionName, Conditions};
use crate::config::Config;
use crate::input::units::{Milliseconds, Timestamp, WallTime};
use crate::serde_helpers::{is_default, json};
use enumset::EnumSet;
use serde::Serialize;
use std::collections::VecDeque;

/// Changes when a field changes its meaning or goes; new fields do not change it.
const VERSION: u32 = 1;
/// How long trouble has to last before it is reported.
pub(crate) const MIN_TROUBLE_TO_REPORT: Milliseconds = Milliseconds(5000.0);
/// How often a call is reported although nothing has changed.
pub(crate) const HEARTBEAT_INTERVAL: Milliseconds = Milliseconds(30_000.0);
/// How many beats an agent may send in a minute, whatever happens.
pub(crate) const MAX_PER_MINUTE: usize = 6;
/// How many of them are left for the start and the end of calls.
const RESERVED_BEATS: usize = 2;
const MINUTE: Milliseconds = Milliseconds(60_000.0);
/// How many bytes the JSON of a beat may have, and all JSON in each [`HEARTBEAT_INTERVAL`] of talk in the mean.
pub(crate) const MAX_BYTES: usize = 430;
/// How long until what cannot be reported yet is looked at again.
const RECHECK_INTERVAL: Milliseconds = Milliseconds(5000.0);
/// How many bytes that a quiet call has not used it may use later.
const MAX_SAVED_BYTES: f64 = 3.0 * MAX_BYTES as f64;

/// How a call is at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    document: String,
    is_last: bool,
}

impl Beat {
    /// The beat as it is sent: one line of JSON, an object.
    #[must_use]
    pub fn document(&self) -> &str {
        &self.document
    }

    /// Whether the call is over.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.is_last
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker_sid: Option<String>,
    /// When the call was accepted, milliseconds since 1970: tells a worker's calls apart before they have a CallSid.
    started_at: i64,
    /// When the beat was made, milliseconds since 1970 by the agent's clock.
    at: i64,
    #[serde(skip_serializing_if = "is_default")]
    ended: bool,
    #[serde(skip_serializing_if = "is_default")]
    monitoring: bool,
    /// What is wrong, worst first, since when, and what it comes to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<ConditionName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<Diagnosis>,
    /// Why that is, where it is known and finds room.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    /// The part of the call's endpoint by which calls are compared while they last. In every beat but the last: the
    /// one before it is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<IncidentKeys>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_prefix: Option<String>,
}

impl Document {
    /// Leaves out what matters least; false: nothing is left to leave out. What is wrong goes last.
    fn forget_least(&mut self) -> bool {
        (self.conditions.len() > 1 && self.conditions.pop().is_some())
            || self.cause.take().is_some()
            || self.address_prefix.take().is_some()
            || self.keys.take().is_some()
            || self.conditions.pop().is_some()
    }
}

/// A call that was accepted.
pub(crate) struct ReportedCall<'a> {
    pub(crate) call: &'a Call,
    pub(crate) client: &'a ClientInfo,
    pub(crate) accepted: Timestamp,
    pub(crate) started: WallTime,
}

/// Trouble that has lasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct LastingTrouble {
    conditions: EnumSet<ConditionName>,
    since: Option<Timestamp>,
}

impl LastingTrouble {
    fn new(conditions: &Conditions, now: Timestamp) -> Self {
        let lasting = conditions.active().filter(|name| name.degrades_call()).filter_map(|name| {
            let (since, until) = conditions.bad_span(name, now)?;
            (until - since >= MIN_TROUBLE_TO_REPORT).then_some((name, since))
        });
        lasting.fold(Self::default(), |trouble, (name, since)| Self {
            conditions: trouble.conditions | name,
            since: Some(trouble.since.map_or(since, |other| other.min(since))),
        })
    }
}

/// How many beats an agent has sent in the last minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct BeatLimits {
    sent: VecDeque<Timestamp>,
}

impl BeatLimits {
    fn has_room(&mut self, now: Timestamp, reserved: usize) -> bool {
        while self.sent.front().is_some_and(|sent| now - *sent >= MINUTE) {
            self.sent.pop_front();
        }
        self.sent.len() + reserved < MAX_PER_MINUTE
    }

    fn note(&mut self, now: Timestamp) {
        self.sent.push_back(now);
    }
}

/// When a call's next beat is due.
#[derive(Clone, Debug)]
pub(crate) struct BeatTimer {
    sent: Option<Timestamp>,
    /// When to look again although nothing happens.
    due: Option<Timestamp>,
    reported: EnumSet<ConditionName>,
    /// Bytes that may be used.
    saved: f64,
    /// Until when bytes were saved.
    counted: Timestamp,
}

impl BeatTimer {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { sent: None, due: None, reported: EnumSet::empty(), saved: MAX_BYTES as f64, counted: now }
    }

    /// When something is due although nothing happens.
    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.due
    }

    /// The beat that is due at this moment, if one is. To be asked whenever something has happened to an accepted call.
    pub(crate) fn beat(
        &mut self,
        now: Timestamp,
        reported: &ReportedCall<'_>,
        config: &Config,
        limits: &mut BeatLimits,
    ) -> Option<Beat> {
        let trouble = LastingTrouble::new(reported.call.conditions(), now);
        let is_first = self.sent.is_none();
        let is_regular = self.sent.is_some_and(|sent| now - sent >= HEARTBEAT_INTERVAL);
        if !is_first && !is_regular && trouble.conditions == self.reported {
            // What was to be looked at again is over.
            self.due = self.sent.map(|sent| sent.after(HEARTBEAT_INTERVAL));
            return None;
        }
        self.save(now);
        let beat = Beat::new(now, reported, trouble, config, false);
        let length = if is_first { 0.0 } else { beat.document.len() as f64 };
        if length > self.saved || !limits.has_room(now, if is_first { RESERVED_BEATS - 1 } else { RESERVED_BEATS }) {
            self.due = Some(now.after(RECHECK_INTERVAL));
            return None;
        }
        self.sent(now, trouble, length, limits);
        Some(beat)
    }

    /// The call's last one, for who was told of it.
    pub(crate) fn last(
        &mut self,
        now: Timestamp,
        reported: &ReportedCall<'_>,
        config: &Config,
        limits: &mut BeatLimits,
    ) -> Option<Beat> {
        self.sent?;
        if !limits.has_room(now, 0) {
            return None;
        }
        self.sent(now, LastingTrouble::default(), 0.0, limits);
        Some(Beat::new(now, reported, LastingTrouble::default(), config, true))
    }

    fn save(&mut self, now: Timestamp) {
        let since = now - self.counted;
        self.counted = now;
        self.saved = (self.saved + since.0 / HEARTBEAT_INTERVAL.0 * MAX_BYTES as f64).min(MAX_SAVED_BYTES);
    }

    fn sent(&mut self, now: Timestamp, trouble: LastingTrouble, length: f64, limits: &mut BeatLimits) {
        self.sent = Some(now);
        self.due = Some(now.after(HEARTBEAT_INTERVAL));
        self.reported = trouble.conditions;
        self.saved -= length;
        limits.note(now);
    }
}

impl Beat {
    fn new(
        now: Timestamp,
        reported: &ReportedCall<'_>,
        trouble: LastingTrouble,
        config: &Config,
        is_last: bool,
    ) -> Self {
        let wall = |moment: Timestamp| reported.started.after(moment - reported.accepted);
        let sid = |sid: &String| cut(sid, LONGEST_SID);
        let diagnosis = Diagnosis::worst_of(|name| trouble.conditions.contains(name));
        let ReportedCall { call, client, .. } = reported;
        let mut document = Document {
            version: VERSION,
            call_sid: call.parties.call_sid.as_ref().map(sid),
            worker_sid: worker(config, client.worker_sid.as_ref()).map(sid),
            started_at: reported.started.unix_millis(),
            at: wall(now).unix_millis(),
            ended: is_last,
            monitoring: call.is_monitoring(),
            conditions: trouble.conditions.iter().collect(),
            since: trouble.since.map(|since| wall(since).unix_millis()),
            diagnosis,
            cause: diagnosis.and_then(|diagnosis| call.causes().of(diagnosis)),
            keys: (!is_last).then(|| IncidentKeys::new(call, client)),
            address_prefix: call.endpoint().address_prefix.filter(|_| !is_last),
        };
        let mut text = json(&document);
        while text.len() > MAX_BYTES && document.forget_least() {
            text = json(&document);
        }
        Self { document: text, is_last }
    }
}
