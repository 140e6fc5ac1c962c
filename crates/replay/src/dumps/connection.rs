//! A peer connection played as a call.
//!
//! A dump knows nothing of calls: what goes on in a peer connection between its first and its last packet of audio is one.
//! When it was accepted and when it ended, the states of the connection tell where the dump has them.

use super::report::Reports;
use super::seconds::Seconds;
use super::snapshot::{Reading, Streams};
use crate::judged_call::{JudgedCall, Origin};
use device_monitoring::replay::recording::{Content, LONGEST_NAME};
use device_monitoring::replay::{Calls, ReplayOutput};
use device_monitoring::{
    CallParties, Configuration, EnvironmentSignal, Event, NetworkPath, Timestamp, WarningData, WarningName,
};

/// What a connection's dump is called in the reports, and how its call is judged.
pub(super) struct Judging<'a> {
    pub(super) source: &'static str,
    pub(super) configurations: &'a [Configuration],
    pub(super) keeps_series: bool,
}

/// The state of a connection (`RTCPeerConnectionState`, `RTCIceConnectionState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Connected,
    Lost,
    Closed,
}

impl State {
    /// The state of this name, with or without quotes; `None` for one that says nothing about a call.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name.trim_matches('"') {
            "connected" | "completed" => Some(Self::Connected),
            "disconnected" | "failed" => Some(Self::Lost),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }
}

/// A call that is played.
struct Played {
    calls: Calls,
    output: ReplayOutput,
}

impl Played {
    fn new(judging: &Judging<'_>) -> Self {
        let calls = Calls::new(judging.configurations, 1).keeping_series(judging.keeps_series);
        Self { calls, output: ReplayOutput::default() }
    }

    fn process(&mut self, at: i64, name: &str, content: Content) {
        self.calls.process(0, Timestamp(at), name, content, &mut self.output);
    }
}

/// Plays one connection.
pub(super) struct Connection {
    name: String,
    source: &'static str,
    /// The same call twice: as one whose length is known, and as one of which a part is missing. Which it is, its end tells.
    whole: Played,
    partial: Played,
    seconds: Seconds,
    path: Option<NetworkPath>,
    /// The page wants no other path than through a relay.
    pub(super) relay_only: bool,
    /// When it was first connected, if the dump says so.
    connected_at: Option<i64>,
    accepted_at: Option<i64>,
    /// It is known when it was connected, and everything since then was read.
    has_beginning: bool,
    is_lost: bool,
    is_over: bool,
}

impl Connection {
    pub(super) fn new(name: &str, judging: &Judging<'_>) -> Self {
        let mut end = name.len().min(LONGEST_NAME);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        Self {
            name: name.get(..end).unwrap_or_default().to_owned(),
            source: judging.source,
            whole: Played::new(judging),
            partial: Played::new(judging),
            seconds: Seconds::default(),
            path: None,
            relay_only: false,
            connected_at: None,
            accepted_at: None,
            has_beginning: false,
            is_lost: false,
            is_over: false,
        }
    }

    /// Takes the reports of a moment, in milliseconds since 1970.
    pub(super) fn read(&mut self, at: i64, reports: &Reports) {
        if self.is_over {
            return;
        }
        let fresh = Streams::default();
        let streams = self.seconds.last().map_or(&fresh, |last| &last.streams);
        let reading = Reading::from_reports(reports, streams);
        if self.accepted_at.is_none() && reading.has_audio() {
            self.accept(at);
        }
        let path = NetworkPath { relay_only: self.relay_only, ..NetworkPath::from(reading.path.clone()) };
        if self.path != Some(path) && self.accepted_at.is_some() {
            self.path = Some(path);
            self.event(at, Event::Signal(EnvironmentSignal::Path(path)));
        }
        for (at, event) in self.seconds.take(at, reading) {
            self.event(at, event);
        }
    }

    /// The connection changed its state.
    pub(super) fn state(&mut self, at: i64, state: State) -> Option<JudgedCall> {
        match state {
            State::Connected => {
                self.connected_at.get_or_insert(at);
                if std::mem::take(&mut self.is_lost) {
                    self.event(at, Event::WarningCleared(WarningName::IceConnectivityLost));
                }
            }
            // What the Voice SDK warns of in that state.
            State::Lost if self.accepted_at.is_some() && !self.is_lost => {
                self.is_lost = true;
                self.event(at, Event::Warning(WarningName::IceConnectivityLost, WarningData::default()));
            }
            State::Lost => {}
            State::Closed => return self.end(Some(at)),
        }
        None
    }

    /// The connection is over: the verdict, if there was a call. Without a time of its end, its last reading was that.
    pub(super) fn end(&mut self, ended_at: Option<i64>) -> Option<JudgedCall> {
        let accepted_at = self.accepted_at.filter(|_| !std::mem::replace(&mut self.is_over, true))?;
        let at = ended_at.or(self.seconds.last_at()).unwrap_or(accepted_at).max(accepted_at);
        let is_whole = self.has_beginning && ended_at.is_some();
        let played = if is_whole { &mut self.whole } else { &mut self.partial };
        played.process(at, &self.name, Content::Event(Event::Disconnected));
        let finished = played.output.finished.pop()?;
        let origin = self.origin(ended_at.is_some());
        Some(JudgedCall { origin: Some(origin), ..JudgedCall::recorded(finished) })
    }

    fn origin(&self, has_end: bool) -> Origin {
        let mut lacks = Vec::new();
        if !self.has_beginning {
            lacks.push("when it began: its length is not judged");
        }
        if !has_end {
            lacks.push("when it ended: its last statistics stand for that, and its length is not judged");
        }
        if self.seconds.resolution_s() > 1 {
            lacks.push("gaps in the customer's audio, and trouble of a few seconds");
        }
        lacks.push("whether the microphone was silent");
        lacks.push("what the Voice SDK warned of, and whether it had to connect again");
        lacks.push("whether the customer was on hold");
        Origin {
            source: self.source,
            resolution_s: self.seconds.resolution_s(),
            lacks,
            measured_ms: self.seconds.measured_ms(),
            is_measured: self.seconds.measured_ms() > 0,
        }
    }

    fn accept(&mut self, at: i64) {
        let accepted_at = self.connected_at.unwrap_or(at);
        self.accepted_at = Some(accepted_at);
        self.has_beginning = self.connected_at.is_some();
        for (played, found_in_progress) in [(&mut self.whole, false), (&mut self.partial, true)] {
            let parties = CallParties { call_sid: Some(self.name.clone()), ..CallParties::default() };
            played.process(accepted_at, &self.name, Content::Opened(parties));
            played.process(accepted_at, &self.name, Content::Accepted { found_in_progress });
        }
    }

    fn event(&mut self, at: i64, event: Event) {
        if self.accepted_at.is_some() && !self.is_over {
            if self.has_beginning {
                self.whole.process(at, &self.name, Content::Event(event.clone()));
            }
            self.partial.process(at, &self.name, Content::Event(event));
        }
    }
}
