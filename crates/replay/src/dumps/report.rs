//! The statistics of a peer connection as dumps have them: W3C webrtc-stats reports by their ids. Of each, what the engine
//! can use is kept, so that a connection takes little memory whatever its dump says.

use std::collections::BTreeMap;

/// Reports of one connection. A call has some twenty; of one with more, the rest is not read.
pub(super) const MAX_REPORTS: usize = 256;
/// Bytes of a text: an id, or a word of webrtc-stats.
const LONGEST_TEXT: usize = 256;

/// Type of a report that is used (`RTCStatsType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    InboundRtp,
    OutboundRtp,
    RemoteInboundRtp,
    RemoteOutboundRtp,
    Transport,
    CandidatePair,
    LocalCandidate,
    MediaSource,
    MediaPlayout,
}

/// Types with their names, and the numbers that rtcstats-js writes for them.
pub(super) const KINDS: [(Kind, &str, u64); 9] = [
    (Kind::InboundRtp, "inbound-rtp", 1),
    (Kind::OutboundRtp, "outbound-rtp", 2),
    (Kind::RemoteInboundRtp, "remote-inbound-rtp", 3),
    (Kind::RemoteOutboundRtp, "remote-outbound-rtp", 4),
    (Kind::Transport, "transport", 5),
    (Kind::CandidatePair, "candidate-pair", 6),
    (Kind::LocalCandidate, "local-candidate", 7),
    (Kind::MediaSource, "media-source", 12),
    (Kind::MediaPlayout, "media-playout", 13),
];

impl Kind {
    pub(super) fn parse(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known, _)| *known == name).map(|(kind, ..)| *kind)
    }

    /// Whether it is the far side's, and comes with RTCP: every few seconds.
    pub(super) fn is_remote(self) -> bool {
        matches!(self, Self::RemoteInboundRtp | Self::RemoteOutboundRtp)
    }
}

/// Numbers that are used, with the keys that rtcstats-js writes for them. True and false are 1 and 0.
pub(super) const NUMBERS: [(&str, &str); 27] = [
    ("packetsReceived", "14"),
    ("packetsLost", "15"),
    ("jitter", "16"),
    ("bytesReceived", "41"),
    ("jitterBufferDelay", "47"),
    ("jitterBufferEmittedCount", "49"),
    ("totalSamplesReceived", "51"),
    ("concealedSamples", "52"),
    ("silentConcealedSamples", "53"),
    ("concealmentEvents", "54"),
    ("audioLevel", "57"),
    ("totalSamplesDuration", "59"),
    ("roundTripTime", "75"),
    ("fractionLost", "77"),
    ("roundTripTimeMeasurements", "78"),
    ("packetsSent", "79"),
    ("bytesSent", "80"),
    ("remoteTimestamp", "102"),
    ("reportsSent", "103"),
    ("echoReturnLoss", "104"),
    ("echoReturnLossEnhancement", "105"),
    ("synthesizedSamplesDuration", "109"),
    ("selectedCandidatePairChanges", "132"),
    ("nominated", "150"),
    ("currentRoundTripTime", "152"),
    ("responsesReceived", "157"),
    // Only Firefox has it, and rtcstats-js no key.
    ("selected", "selected"),
];

/// Texts that are used, with their keys.
pub(super) const TEXTS: [(&str, &str); 7] = [
    ("kind", "11"),
    // What `kind` was called before 2019.
    ("mediaType", "mediaType"),
    ("state", "118"),
    ("selectedCandidatePairId", "125"),
    ("relayProtocol", "139"),
    ("networkType", "145"),
    ("localCandidateId", "148"),
];

/// The name that a field is kept under, whether it is written as a name or as a key; `None` if it is not used.
pub(super) fn known<const N: usize>(fields: &[(&'static str, &'static str); N], written: &str) -> Option<&'static str> {
    fields.iter().find(|(name, key)| *name == written || *key == written).map(|(name, _)| *name)
}

/// One report.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) kind: Kind,
    numbers: BTreeMap<&'static str, f64>,
    texts: BTreeMap<&'static str, String>,
}

impl Report {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, numbers: BTreeMap::new(), texts: BTreeMap::new() }
    }

    /// Keeps a number; one that is no number is none.
    pub(super) fn set_number(&mut self, name: &'static str, value: f64) {
        if value.is_finite() {
            self.numbers.insert(name, value);
        } else {
            self.numbers.remove(name);
        }
    }

    /// Keeps a text that is not too long.
    pub(super) fn set_text(&mut self, name: &'static str, value: &str) {
        if value.len() <= LONGEST_TEXT {
            self.texts.insert(name, value.to_owned());
        } else {
            self.texts.remove(name);
        }
    }

    /// `NaN` if it is not there.
    pub(super) fn number(&self, name: &str) -> f64 {
        self.numbers.get(name).copied().unwrap_or(f64::NAN)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// All numbers, by name.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.numbers.iter().map(|(name, value)| (*name, *value))
    }

    /// What does not say what it is about is about audio: a call of the Voice SDK has nothing else.
    pub(super) fn is_audio(&self) -> bool {
        self.text("kind").or(self.text("mediaType")).is_none_or(|kind| kind == "audio")
    }
}

/// The reports of a connection at one moment, by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Reports(BTreeMap<String, Report>);

impl Reports {
    /// The report of this id, made if there is none and its kind is known.
    pub(super) fn entry(&mut self, id: &str, kind: Option<Kind>) -> Option<&mut Report> {
        if !self.0.contains_key(id) {
            let kind = kind.filter(|_| self.0.len() < MAX_REPORTS && id.len() <= LONGEST_TEXT)?;
            self.0.insert(id.to_owned(), Report::new(kind));
        }
        self.0.get_mut(id)
    }

    pub(super) fn remove(&mut self, id: &str) {
        self.0.remove(id);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|id, _| keep(id));
    }

    pub(super) fn get(&self, id: &str) -> Option<&Report> {
        self.0.get(id)
    }

    /// The reports of a kind, by id.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&str, &Report)> {
        self.0.iter().filter(move |(_, report)| report.kind == kind).map(|(id, report)| (id.as_str(), report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use device_monitoring::{RawPath, RawStatistics};
    use serde_json::Value;

    #[test]
    fn every_number_that_the_engine_reads_of_a_peer_connection_is_read_from_a_dump() {
        let Value::Object(parts) = serde_json::to_value(RawStatistics::default()).unwrap() else { unreachable!() };
        for name in parts.values().filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
            assert!(known(&NUMBERS, name).is_some(), "{name}");
        }
        let Value::Object(path) = serde_json::to_value(RawPath::default()).unwrap() else { unreachable!() };
        for name in path.keys().filter(|name| *name != "iceTransportPolicy") {
            assert!(known(&NUMBERS, name).or(known(&TEXTS, name)).is_some(), "{name}");
        }
    }

    #[test]
    fn no_two_fields_share_a_name_or_a_key() {
        let fields = NUMBERS.iter().chain(&TEXTS);
        let without_key = fields.clone().filter(|(name, key)| name == key).count();
        let mut written: Vec<&str> = fields.flat_map(|(name, key)| [*name, *key]).collect();
        written.sort_unstable();
        written.dedup();
        assert_eq!(written.len(), 2 * (NUMBERS.len() + TEXTS.len()) - without_key);
    }
}
