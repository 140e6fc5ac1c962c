//! What a browser says of the agent's microphone, computer and network path whenever it changes: what tells why a call
//! is bad (rule W3). A browser that does not give one of these says nothing, and everything else works the same.

use crate::input::units::Milliseconds;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// A timer of the page that runs this much late is worth telling of: the page's thread was kept from it for longer than
/// any single task of Flex takes.
pub const LATE_TICK: Milliseconds = Milliseconds(250.0);

/// One thing that has changed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
pub enum EnvironmentSignal {
    /// The track that the call sends the microphone with.
    Track(TrackState),
    /// The load of the processor.
    Pressure(PressureState),
    /// A timer of the page, which is visible, ran so much late: [`LATE_TICK`] or more.
    LateTick(#[cfg_attr(feature = "fuzzing", arbitrary(with = crate::fuzzing::milliseconds))] Milliseconds),
    /// The path that the media take.
    Path(NetworkPath),
    /// What the microphone hears while the agent is muted, 0 to 1: several times a second, and only then.
    MutedLevel(#[cfg_attr(feature = "fuzzing", arbitrary(with = crate::fuzzing::share))] f64),
}

/// State of a `MediaStreamTrack` (W3C Media Capture): its `readyState`, and `muted` while it is live. The mute button
/// sets `enabled`, which is neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, Serialize)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
pub enum TrackState {
    /// It gives sound.
    #[default]
    Live,
    /// The browser or the system has muted its source.
    Muted,
    /// Its source gives nothing any more: unplugged, or taken away.
    Ended,
}

impl TrackState {
    /// The state of this name; `None` for one that is not known.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// Its name in recordings and alerts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// State of a `PressureObserver` for the source `cpu` (W3C Compute Pressure), least first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, Serialize)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
pub enum PressureState {
    /// Little to do.
    #[default]
    Nominal,
    /// Some load, and room for more.
    Fair,
    /// Heavy load, with a risk of critical pressure.
    Serious,
    /// The processor is at its limit.
    Critical,
}

impl PressureState {
    /// The state of this name; `None` for one that is not known.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// Its name in recordings and alerts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Kind of network behind a local candidate: W3C webrtc-stats' `RTCNetworkType`. Only Chromium tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, Serialize)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
pub enum NetworkType {
    /// A cable.
    Ethernet,
    /// Wi-Fi.
    Wifi,
    /// A tunnel.
    Vpn,
    /// A mobile network.
    Cellular,
    /// A Bluetooth link.
    Bluetooth,
    /// `WiMAX`.
    Wimax,
}

/// How a relay (TURN) is reached: webrtc-stats' `relayProtocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, Serialize)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
pub enum RelayProtocol {
    /// The usual way for media, where nothing is in the way.
    Udp,
    /// Where UDP does not pass.
    Tcp,
    /// Where nothing passes but what looks like the web.
    Tls,
}

/// The path that the media take, as the selected candidate pair describes it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
pub struct NetworkPath {
    /// Kind of network of the local candidate.
    pub network_type: Option<NetworkType>,
    /// How the relay is reached, where the local candidate is one.
    pub relay_protocol: Option<RelayProtocol>,
    /// The page asked for relays alone (`iceTransportPolicy`), so that one says nothing about what is in the way.
    pub relay_only: bool,
    /// How often the pair has been another one since the call began, the first included.
    pub changes: Option<u32>,
}

/// The network path as a browser or a recording gives it.
///
/// `NaN` stands for a number that was absent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct RawPath {
    /// `networkType` of the local candidate.
    #[serde(deserialize_with = "crate::input::lenient::text")]
    pub network_type: Option<String>,
    /// `relayProtocol` of the local candidate, which only one of a relay has.
    #[serde(deserialize_with = "crate::input::lenient::text")]
    pub relay_protocol: Option<String>,
    /// `iceTransportPolicy` of the peer connection's configuration.
    #[serde(deserialize_with = "crate::input::lenient::text")]
    pub ice_transport_policy: Option<String>,
    /// `selectedCandidatePairChanges` of the transport.
    #[serde(deserialize_with = "crate::input::lenient::number")]
    pub selected_candidate_pair_changes: f64,
}

impl Default for RawPath {
    fn default() -> Self {
        Self {
            network_type: None,
            relay_protocol: None,
            ice_transport_policy: None,
            selected_candidate_pair_changes: f64::NAN,
        }
    }
}

impl From<RawPath> for NetworkPath {
    fn from(raw: RawPath) -> Self {
        let RawPath { network_type, relay_protocol, ice_transport_policy, selected_candidate_pair_changes: changes } =
            raw;
        Self {
            network_type: network_type.and_then(|name| name.parse().ok()),
            relay_protocol: relay_protocol.and_then(|name| name.parse().ok()),
            relay_only: ice_transport_policy.as_deref() == Some("relay"),
            changes: (0.0..=f64::from(u32::MAX)).contains(&changes).then_some(changes as u32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_from_what_webrtc_stats_calls_it_and_what_is_not_known_is_left_out() {
        let raw = |text: &str| NetworkPath::from(serde_json::from_str::<RawPath>(text).unwrap());
        let relay =
            raw(r#"{"networkType":"wifi","candidateType":"relay","relayProtocol":"tls","iceTransportPolicy":"all",
                "selectedCandidatePairChanges":3,"address":"192.0.2.1"}"#);
        let expected = NetworkPath {
            network_type: Some(NetworkType::Wifi),
            relay_protocol: Some(RelayProtocol::Tls),
            relay_only: false,
            changes: Some(3),
        };
        assert_eq!(relay, expected);
        assert_eq!(raw(r#"{"networkType":"unknown","candidateType":"host"}"#), NetworkPath::default());
        assert!(raw(r#"{"iceTransportPolicy":"relay"}"#).relay_only);
        assert_eq!(raw(r#"{"networkType":7,"selectedCandidatePairChanges":-1}"#), NetworkPath::default());
    }

    #[test]
    fn states_are_those_of_w3c_least_first() {
        let states = ["nominal", "fair", "serious", "critical"].map(PressureState::parse);
        assert!(states.is_sorted() && states.iter().all(Option::is_some));
        assert_eq!(TrackState::parse("ended"), Some(TrackState::Ended));
        assert_eq!((TrackState::parse("paused"), PressureState::parse("")), (None, None));
    }
}
