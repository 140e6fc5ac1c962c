//! Whether calls can pass the network, looked at before the shift: what ICE finds, how long signalling takes, and which of
//! Twilio's edges it is.

use crate::agent::audio_baseline::{CheckGrade, CheckResult};
use crate::input::environment_signal::RelayProtocol;
use crate::input::units::Milliseconds;
use crate::localized_text::Text;
use crate::versioned_json::{self, whole};
use serde::{Deserialize, Serialize};

/// Signalling is slow where it takes so many times as long as usual, and longer by this: it also varies by itself.
pub(crate) const SLOW_RATIO: f64 = 2.0;
pub(crate) const SLOW_BY: Milliseconds = Milliseconds(300.0);
/// Checks that weigh alike in what is usual; from then on, each new one weighs this part.
const MAX_CHECKS: u32 = 5;
/// Edges have names of some fifteen characters.
const LONGEST_EDGE: usize = 32;
/// The version of the stored format.
const VERSION: u32 = 1;

/// What ICE has gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// An address of the computer itself: it says nothing about the network.
    Host,
    /// The address at which a STUN server has seen the computer, over UDP.
    ServerReflexive,
    /// A relay, and how it is reached, where that is known.
    Relay(Option<RelayProtocol>),
}

impl Candidate {
    /// By webrtc's names: `type`, and `relayProtocol` of a relay; or `url`, its server's, where the browser does not tell
    /// the protocol: Chromium 156 does not of a relay over UDP.
    #[must_use]
    pub fn parse(kind: &str, relay_protocol: Option<&str>, url: Option<&str>) -> Option<Self> {
        match kind {
            "host" => Some(Self::Host),
            "srflx" | "prflx" => Some(Self::ServerReflexive),
            "relay" => {
                let told = relay_protocol.and_then(|protocol| protocol.parse().ok());
                Some(Self::Relay(told.or_else(|| url.and_then(protocol_of))))
            }
            _ => None,
        }
    }
}

/// How a TURN server is reached by this address (RFC 7065).
fn protocol_of(url: &str) -> Option<RelayProtocol> {
    let (scheme, server) = url.split_once(':')?;
    match (scheme, server.contains("transport=tcp")) {
        ("turns", _) => Some(RelayProtocol::Tls),
        ("turn", true) => Some(RelayProtocol::Tcp),
        ("turn", false) => Some(RelayProtocol::Udp),
        _ => None,
    }
}

/// What a look at the network found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkProbe {
    /// What ICE has gathered within some seconds.
    pub candidates: Vec<Candidate>,
    /// A server did not answer (`icecandidateerror`), or not within these seconds.
    pub has_failures: bool,
    /// How long it took to open a connection for signalling; `None`: none was opened.
    pub signalling: Option<Milliseconds>,
    /// Twilio's edge that the Device is connected to.
    pub edge: Option<String>,
}

/// How media get out of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passage {
    Udp,
    RelayOnly,
    NoAnswer,
}

impl NetworkProbe {
    /// `None`: nothing was asked, or nothing can be told.
    fn passage(&self) -> Option<Passage> {
        let is_udp = |candidate: &Candidate| {
            matches!(candidate, Candidate::ServerReflexive | Candidate::Relay(Some(RelayProtocol::Udp)))
        };
        match self.candidates.as_slice() {
            candidates if candidates.iter().any(is_udp) => Some(Passage::Udp),
            candidates if candidates.contains(&Candidate::Relay(None)) => None,
            candidates if candidates.iter().any(|candidate| *candidate != Candidate::Host) => Some(Passage::RelayOnly),
            _ if self.has_failures => Some(Passage::NoAnswer),
            // Where the address that STUN sees is the computer's own, there is no candidate of its own for it.
            [_, ..] => Some(Passage::Udp),
            [] => None,
        }
    }
}

/// Remembers what the agent's earlier checks found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkBaseline {
    /// Checks that signalling was measured in, as far as they are counted.
    checks: u32,
    /// Mean time to open a connection for signalling, milliseconds.
    #[serde(with = "whole")]
    signalling: f64,
    /// Empty: not known.
    edge: String,
}

impl NetworkBaseline {
    /// Judges a look at the network, and learns from it.
    pub fn judge(&mut self, probe: &NetworkProbe) -> Vec<CheckResult> {
        let mut results = Vec::new();
        let mut say = |grade, code, key, params| {
            results.push(CheckResult { grade, code, text: Text::with(key, params) });
        };
        match probe.passage() {
            Some(Passage::Udp) => {
                say(CheckGrade::Ok, "network-udp", "DeviceMonitoringCheckNetworkUdp", Vec::new());
            }
            Some(Passage::RelayOnly) => {
                say(CheckGrade::Warning, "network-relay-only", "DeviceMonitoringCheckNetworkRelay", Vec::new());
            }
            // Calls need other ports than the one that is asked here: nobody can know that none would pass.
            Some(Passage::NoAnswer) => {
                say(CheckGrade::Warning, "network-no-answer", "DeviceMonitoringCheckNetworkNoAnswer", Vec::new());
            }
            None => {}
        }
        if let Some(Milliseconds(signalling)) = probe.signalling.filter(|time| time.0.is_finite() && time.0 >= 0.0) {
            let is_slow = signalling > SLOW_RATIO * self.signalling && signalling > self.signalling + SLOW_BY.0;
            if self.checks > 0 && is_slow {
                let params = vec![("now", format!("{signalling:.0}")), ("usual", format!("{:.0}", self.signalling))];
                say(CheckGrade::Warning, "signalling-slow", "DeviceMonitoringCheckSignalling", params);
            }
            self.checks = (self.checks.min(MAX_CHECKS - 1) + 1).min(MAX_CHECKS);
            self.signalling += (signalling - self.signalling) / f64::from(self.checks);
        }
        let edge = probe.edge.as_deref().map(name).filter(|edge| !edge.is_empty());
        if let Some(edge) = edge {
            if !self.edge.is_empty() && edge != self.edge {
                let params = vec![("now", edge.clone()), ("usual", self.edge.clone())];
                say(CheckGrade::Warning, "edge-changed", "DeviceMonitoringCheckEdge", params);
            }
            self.edge = edge;
        }
        results
    }

    /// The baseline as it is stored.
    #[must_use]
    pub fn to_text(&self) -> String {
        versioned_json::to_text(VERSION, self)
    }

    /// What [`NetworkBaseline::to_text`] wrote; anything else knows of no check.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        versioned_json::parse(VERSION, text).unwrap_or_default()
    }
}

/// An edge's name, without what no name has.
fn name(edge: &str) -> String {
    edge.chars().filter(|character| character.is_ascii_alphanumeric() || *character == '-').take(LONGEST_EDGE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(baseline: &mut NetworkBaseline, probe: &NetworkProbe) -> Vec<&'static str> {
        baseline.judge(probe).iter().map(|result| result.code).collect()
    }

    fn gathered(candidates: &[Candidate], has_failures: bool) -> Vec<&'static str> {
        let probe = NetworkProbe { candidates: candidates.to_vec(), has_failures, ..NetworkProbe::default() };
        codes(&mut NetworkBaseline::default(), &probe)
    }

    fn probe(signalling: f64, edge: &str) -> NetworkProbe {
        NetworkProbe {
            signalling: Some(Milliseconds(signalling)),
            edge: Some(edge.to_owned()),
            ..NetworkProbe::default()
        }
    }

    #[test]
    fn what_ice_gathers_says_whether_udp_passes_or_only_a_relay_over_tcp_is_reached_or_nobody_answers() {
        use Candidate::{Host, Relay, ServerReflexive};
        assert_eq!(gathered(&[Host, ServerReflexive], true), ["network-udp"], "one of several networks is enough");
        assert_eq!(gathered(&[Host, Relay(Some(RelayProtocol::Udp))], false), ["network-udp"]);
        assert_eq!(gathered(&[Host], false), ["network-udp"], "not behind NAT");
        assert_eq!(gathered(&[Host, Relay(Some(RelayProtocol::Tls))], true), ["network-relay-only"]);
        assert_eq!(gathered(&[Host, Relay(None)], true), [""; 0], "a relay answers, nobody knows how");
        assert_eq!(gathered(&[Host], true), ["network-no-answer"]);
        assert_eq!(gathered(&[], true), ["network-no-answer"]);
        assert_eq!(gathered(&[], false), [""; 0], "nothing was asked");
    }

    #[test]
    fn candidates_are_read_by_webrtcs_names() {
        assert_eq!(Candidate::parse("srflx", None, None), Some(Candidate::ServerReflexive));
        assert_eq!(Candidate::parse("", None, None), None);
        let relay = |protocol, url| match Candidate::parse("relay", protocol, url) {
            Some(Candidate::Relay(protocol)) => protocol,
            other => panic!("{other:?}"),
        };
        assert_eq!(relay(Some("tcp"), Some("turn:192.0.2.1")), Some(RelayProtocol::Tcp));
        assert_eq!(relay(None, Some("turn:192.0.2.1:3478?transport=udp")), Some(RelayProtocol::Udp));
        assert_eq!(relay(None, Some("turn:192.0.2.1")), Some(RelayProtocol::Udp));
        assert_eq!(relay(None, Some("turn:192.0.2.1?transport=tcp")), Some(RelayProtocol::Tcp));
        assert_eq!(relay(None, Some("turns:192.0.2.1:443?transport=tcp")), Some(RelayProtocol::Tls));
        assert_eq!((relay(None, None), relay(None, Some("stun:192.0.2.1"))), (None, None));
    }

    #[test]
    fn signalling_is_slow_only_beside_what_is_usual_for_this_agent() {
        let mut baseline = NetworkBaseline::default();
        for time in [900.0, 800.0, 1000.0] {
            assert_eq!(codes(&mut baseline, &probe(time, "ashburn")), [""; 0]);
        }
        assert_eq!(codes(&mut baseline.clone(), &probe(1700.0, "ashburn")), [""; 0]);
        assert_eq!(codes(&mut baseline.clone(), &probe(1900.0, "ashburn")), ["signalling-slow"]);
        let results = baseline.judge(&probe(1900.0, "ashburn"));
        assert!(results[0].text.in_english().contains("1900") && results[0].text.in_english().contains("900 ms"));
        let mut near = NetworkBaseline::default();
        assert_eq!(codes(&mut near, &probe(40.0, "ashburn")), [""; 0]);
        assert_eq!(codes(&mut near, &probe(300.0, "ashburn")), [""; 0], "a fraction of a second");
    }

    #[test]
    fn another_edge_than_last_time_is_said_once() {
        let mut baseline = NetworkBaseline::default();
        assert_eq!(codes(&mut baseline, &probe(40.0, "dublin")), [""; 0]);
        assert_eq!(codes(&mut baseline, &probe(40.0, "sydney")), ["edge-changed"]);
        assert_eq!(codes(&mut baseline, &probe(40.0, "sydney")), [""; 0]);
    }

    #[test]
    fn what_is_kept_is_read_back_and_anything_else_knows_of_no_check() {
        let mut baseline = NetworkBaseline::default();
        baseline.judge(&probe(40.0, "dub<lin"));
        assert_eq!(NetworkBaseline::parse(&baseline.to_text()), baseline);
        assert_eq!(baseline.edge, "dublin");
        for text in ["", "{}", r#"{"version":2,"checks":1,"signalling":1,"edge":""}"#] {
            assert_eq!(NetworkBaseline::parse(text), NetworkBaseline::default(), "{text:?}");
        }
    }
}
