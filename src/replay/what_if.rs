//! What if other thresholds were in force: recorded calls, read once, and judged as often as somebody moves a threshold.
//!
//! A recording is played by the [`crate::replay::Player`] that `replay` plays it by, so that both give the same verdicts.

use crate::call::CallParties;
use crate::config::Configuration;
use crate::input::agent_endpoint::Endpoint;
use crate::input::conference::{Conference, Participant};
use crate::input::event::{CallContext, Event};
use crate::input::units::{Milliseconds, Percent, Timestamp};
use crate::input::warning::WarningData;
use crate::replay::recording::{self, Content, Entry};
use crate::replay::{Calls, Player, ReplayOutput, ReplayedCall};
use crate::verdict::Reason;
use serde::{Serialize, Serializer};

/// Recordings of one call each, in memory.
#[derive(Debug, Default)]
pub struct RecordedCalls {
    calls: Vec<Vec<(Timestamp, Content)>>,
    bytes: usize,
}

/// What an allocation takes beside what is in it, near enough.
const ALLOCATION: usize = 8;

/// How many bytes the texts and lists of a line take.
fn bytes_beside(content: &Content) -> usize {
    let allocated = |bytes: usize| if bytes == 0 { 0 } else { bytes + ALLOCATION };
    let text = |text: &Option<String>| allocated(text.as_ref().map_or(0, String::capacity));
    match content {
        Content::Opened(CallParties { direction: _, call_sid, from, to }) => {
            [call_sid, from, to].map(text).iter().sum()
        }
        Content::Unknown(what) => allocated(what.capacity()),
        Content::Event(event) => match event {
            Event::Identified(call_sid) => allocated(call_sid.capacity()),
            Event::Described(CallContext {
                direction: _,
                task_sid,
                reservation_sid,
                conference_sid,
                caller_id,
                dnis,
                edge,
                voice_sdk_version,
                microphone,
                speaker,
            }) => {
                let sids = [task_sid, reservation_sid, conference_sid];
                let others = [caller_id, dnis, edge, voice_sdk_version, microphone, speaker];
                sids.into_iter().chain(others).map(text).sum()
            }
            Event::Endpoint(Endpoint { codec, .. }) => text(codec),
            Event::Warning(_, WarningData { values, .. }) => allocated(values.capacity() * size_of::<f64>()),
            Event::Conference(Conference { others, .. }) => allocated(others.capacity() * size_of::<Participant>()),
            _ => 0,
        },
        Content::StartedAt(_) | Content::Accepted { .. } | Content::Nothing => 0,
    }
}

impl RecordedCalls {
    /// Reads a recording of one call, and gives its place here, from 0.
    ///
    /// # Errors
    /// The first line that cannot be used, and why, for a person to read; nothing of the recording is kept.
    pub fn load(&mut self, recording: &str) -> Result<usize, String> {
        let mut call = Vec::new();
        for (index, line) in recording.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            // One call: no line has to say which, and a CallSid on each line is memory.
            let Entry { at, content, .. } =
                recording::read(line).map_err(|wrong| format!("line {}: {wrong}", index + 1))?;
            if !matches!(content, Content::Nothing | Content::Unknown(_)) {
                call.push((at, content));
            }
        }
        call.shrink_to_fit();
        self.bytes += call.capacity() * size_of::<(Timestamp, Content)>() + ALLOCATION;
        self.bytes += call.iter().map(|(_, content)| bytes_beside(content)).sum::<usize>();
        self.calls.push(call);
        Ok(self.calls.len() - 1)
    }

    /// How many bytes of memory the calls take, with the texts and lists in them, near enough.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The verdict on a call under this configuration; `None` if its recording has no call that ends.
    #[must_use]
    pub fn judge(&self, call: usize, configuration: &Configuration) -> Option<Outcome> {
        let mut player = Player::new(configuration.clone());
        for (at, content) in self.calls.get(call)? {
            player.play_read(*at, content.clone());
        }
        player.replayed().calls.into_iter().next().map(Outcome)
    }

    /// The verdicts on a call under several configurations, in their order; empty if its recording has no call that ends.
    #[must_use]
    pub fn judge_all(&self, call: usize, configurations: &[Configuration]) -> Vec<ReplayedCall> {
        let mut calls = Calls::new(configurations, 1);
        let mut output = ReplayOutput::default();
        for (line, (at, content)) in self.calls.get(call).into_iter().flatten().enumerate() {
            calls.process(line + 1, *at, "", content.clone(), &mut output);
        }
        calls.finish(&mut output);
        let ReplayOutput { mut finished, amended, .. } = output;
        amended.into_iter().for_each(|amended| amended.apply(&mut finished));
        finished
            .into_iter()
            .next()
            .map(|finished| finished.verdicts)
            .unwrap_or_default()
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The verdict on a call; serialised, as much as a list of calls shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome(pub ReplayedCall);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    duration_ms: Milliseconds,
    warning_pct: Percent,
    alert: bool,
    reasons: &'a [Reason],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    actions: &'a [String],
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ReplayedCall { duration_ms, warning_pct, alert, ref reasons, ref actions, .. } = self.0;
        Listed { duration_ms, warning_pct, alert, reasons, actions }.serialize(serializer)
    }
}
