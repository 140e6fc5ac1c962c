//! What happens to a call, as the Voice SDK and Flex report it.

use crate::input::agent_endpoint::Endpoint;
use crate::input::conference::Conference;
use crate::input::environment_signal::EnvironmentSignal;
use crate::input::sample::Sample;
use crate::input::stats::Statistics;
use crate::input::units::WallTime;
use crate::input::warning::{WarningData, WarningName};
use serde::Serialize;
use strum::IntoStaticStr;

/// One thing that happened to a call.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
pub enum Event {
    /// The CallSid of an outgoing call is known.
    Identified(#[cfg_attr(feature = "fuzzing", arbitrary(with = crate::fuzzing::call_sid))] String),
    /// What Flex knows about the call; later values win, absent ones change nothing.
    Described(CallContext),
    /// The call was accepted: its time starts.
    Accepted {
        /// The time of day, for the alert.
        at: WallTime,
        /// The call was already in progress when it was found, so its beginning and length are not known. The
        /// recording format and the alert call this `midway`.
        found_in_progress: bool,
    },
    /// A second of statistics.
    Sample(Sample),
    /// A reading of the peer connection's own statistics.
    Statistics(Statistics),
    /// Something about the microphone, the computer or the network path has changed.
    Signal(EnvironmentSignal),
    /// A part of the call's endpoint has become known, or has changed.
    Endpoint(Endpoint),
    /// The SDK raised a warning.
    Warning(WarningName, WarningData),
    /// The SDK cleared a warning.
    WarningCleared(WarningName),
    /// The agent muted or unmuted the microphone.
    Muted(bool),
    /// The call was put on hold or taken off it, in recordings that do not say who was.
    Held(bool),
    /// What Flex shows of the call's conference, whenever it has changed.
    Conference(Conference),
    /// The call began while Flex was letting this user, a supervisor, monitor a colleague's call. Repeated whenever the
    /// supervisor is muted or unmuted in that conference. It means nothing for a call that turns out to belong to a task
    /// of the user's own.
    Monitoring {
        /// The supervisor is not muted: they are heard, by the colleague at least.
        speaking: bool,
    },
    /// The AudioContext with which the SDK measures the levels was suspended, or runs again.
    AudioContext {
        /// It measures nothing.
        suspended: bool,
    },
    /// The agent wants to hear no more of this call's troubles, or wants to again.
    Snoozed(bool),
    /// The agent says that there was a problem, now.
    Reported,
    /// The SDK lost a connection and tries to get it back.
    Reconnecting {
        /// 53405 for media, 53001 for signalling.
        #[cfg_attr(feature = "fuzzing", arbitrary(with = crate::fuzzing::code))]
        code: Option<u32>,
    },
    /// It got it back.
    Reconnected,
    /// The signalling transport closed.
    TransportClosed,
    /// An error of the SDK.
    Error {
        /// Twilio's error code.
        #[cfg_attr(feature = "fuzzing", arbitrary(with = crate::fuzzing::code))]
        code: Option<u32>,
    },
    /// The call is over.
    Disconnected,
    /// The caller hung up before the call was accepted.
    Cancelled,
    /// The agent refused it.
    Rejected,
}

impl Event {
    /// The SDK's AudioContext is in this state, one of W3C's `AudioContextState`.
    #[must_use]
    pub fn from_audio_context_state(state: &str) -> Self {
        Self::AudioContext { suspended: matches!(state, "suspended" | "interrupted" | "closed") }
    }
}

/// Which way the call was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, IntoStaticStr, Serialize)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
#[serde(into = "&'static str")]
pub enum CallDirection {
    /// To the agent.
    #[default]
    #[strum(serialize = "inbound")]
    Incoming,
    /// By the agent.
    #[strum(serialize = "outbound")]
    Outgoing,
}

impl CallDirection {
    /// Its name in documents, as in Twilio's own; recordings have the SDK's.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What Flex knows about a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallContext {
    /// Which way the call was made: Flex dials its own outgoing calls and then rings the agent, so that the SDK takes
    /// them for incoming ones.
    pub direction: Option<CallDirection>,
    /// The task.
    pub task_sid: Option<String>,
    /// The worker's reservation of the task.
    pub reservation_sid: Option<String>,
    /// The conference that agent and customer meet in.
    pub conference_sid: Option<String>,
    /// The customer's number.
    pub caller_id: Option<String>,
    /// The number that the customer called, or that was shown to them.
    pub dnis: Option<String>,
    /// Twilio's edge that the call goes through.
    pub edge: Option<String>,
    /// Version of the Voice SDK.
    pub voice_sdk_version: Option<String>,
    /// Name of the agent's microphone; not in alerts.
    pub microphone: Option<String>,
    /// Name of what the agent hears the customer through; not in alerts.
    pub speaker: Option<String>,
}

/// Whose numbers a task has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhoneNumbers {
    /// The customer's.
    pub caller_id: Option<String>,
    /// The one that the customer called, or that was shown to them.
    pub dnis: Option<String>,
}

impl PhoneNumbers {
    /// By a task's attributes: in an outbound task, which alone has the number that the agent `dialled`, `from` is shown
    /// to the customer; in any other it is the customer's.
    #[must_use]
    pub fn from_task_direction(dialled: Option<String>, from: Option<String>, to: Option<String>) -> Self {
        match dialled {
            Some(dialled) => Self { caller_id: Some(dialled), dnis: from },
            None => Self { caller_id: from, dnis: to },
        }
    }
}

impl CallContext {
    /// Takes what the other knows; keeps the rest.
    pub(crate) fn learn(&mut self, other: &Self) {
        self.direction = other.direction.or(self.direction);
        let pairs = [
            (&mut self.task_sid, &other.task_sid),
            (&mut self.reservation_sid, &other.reservation_sid),
            (&mut self.conference_sid, &other.conference_sid),
            (&mut self.caller_id, &other.caller_id),
            (&mut self.dnis, &other.dnis),
            (&mut self.edge, &other.edge),
            (&mut self.voice_sdk_version, &other.voice_sdk_version),
            (&mut self.microphone, &other.microphone),
            (&mut self.speaker, &other.speaker),
        ];
        for (known, news) in pairs {
            if news.as_deref().is_some_and(|news| !news.is_empty()) {
                known.clone_from(news);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_customer_calls_in_an_inbound_task_and_is_dialled_in_an_outbound_one() {
        let number = |text: &str| Some(text.to_owned());
        let inbound = PhoneNumbers::from_task_direction(None, number("+15555550101"), number("+15555550102"));
        assert_eq!((inbound.caller_id, inbound.dnis), (number("+15555550101"), number("+15555550102")));
        let outbound = PhoneNumbers::from_task_direction(number("+15555550101"), number("+15555550102"), None);
        assert_eq!((outbound.caller_id, outbound.dnis), (number("+15555550101"), number("+15555550102")));
    }
}
