//! A reading: of all reports of a peer connection at a moment, those of its call, as the Voice SDK and the plugin choose
//! them (`js-shim/src/voice/statistics.js`).

use super::report::{Kind, Report, Reports};
use device_monitoring::{
    CandidatePair, Inbound, MediaPlayout, MediaSource, RawPath, RawStatistics, RemoteInbound, RemoteOutbound,
};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, MapDeserializer};

const MS: f64 = 1000.0;

/// What a reading says, in the units of webrtc-stats but for [`Reading::jitter`] and [`Reading::rtt`]. `NaN` is unknown.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// What a recording has in its `stats`.
    pub(super) statistics: RawStatistics,
    /// Of the customer's packets, since the stream began.
    pub(super) bytes_received: f64,
    /// Of the agent's packets, since the stream began.
    pub(super) packets_sent: f64,
    pub(super) bytes_sent: f64,
    /// Milliseconds.
    pub(super) jitter: f64,
    /// Milliseconds: RTCP's, or the path's own while there is none.
    pub(super) rtt: f64,
    pub(super) path: RawPath,
    /// The streams that it is about: counters of another stream are others.
    pub(super) streams: Streams,
}

/// The streams of a call, by the ids of their reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Streams {
    inbound: Option<String>,
    outbound: Option<String>,
}

impl Reading {
    /// What the reports say. With several streams of audio, those of the reading `before` are kept, otherwise those with
    /// the most packets are taken.
    pub(super) fn from_reports(reports: &Reports, before: &Streams) -> Self {
        let inbound = stream(reports, Kind::InboundRtp, before.inbound.as_deref(), "packetsReceived");
        let outbound = stream(reports, Kind::OutboundRtp, before.outbound.as_deref(), "packetsSent");
        let audio = |kind| reports.of_kind(kind).map(|(_, report)| report).find(|report| report.is_audio());
        let transport = reports.of_kind(Kind::Transport).map(|(_, report)| report).next();
        let pair = pair_in_use(reports, transport);
        let candidate = pair.and_then(|pair| reports.get(pair.text("localCandidateId")?));
        let text = |name| candidate.and_then(|candidate| candidate.text(name)).map(str::to_owned);
        let remote_inbound = audio(Kind::RemoteInboundRtp);
        let remote_outbound = audio(Kind::RemoteOutboundRtp);
        let number = |report: Option<&Report>, name| report.map_or(f64::NAN, |report| report.number(name));
        let rtcp_rtt = [remote_inbound, remote_outbound].into_iter().map(|remote| number(remote, "roundTripTime"));
        let rtt = rtcp_rtt.chain([number(pair, "currentRoundTripTime")]).find(|rtt| *rtt > 0.0).unwrap_or(f64::NAN);
        Self {
            statistics: RawStatistics {
                candidate_pair: part::<CandidatePair>(pair),
                remote_inbound: part::<RemoteInbound>(remote_inbound),
                remote_outbound: part::<RemoteOutbound>(remote_outbound),
                inbound: part::<Inbound>(inbound.map(|(_, report)| report)),
                media_source: part::<MediaSource>(audio(Kind::MediaSource)),
                media_playout: part::<MediaPlayout>(audio(Kind::MediaPlayout)),
            },
            bytes_received: number(inbound.map(|(_, report)| report), "bytesReceived"),
            packets_sent: number(outbound.map(|(_, report)| report), "packetsSent"),
            bytes_sent: number(outbound.map(|(_, report)| report), "bytesSent"),
            jitter: MS * number(inbound.map(|(_, report)| report), "jitter"),
            rtt: MS * rtt,
            path: RawPath {
                network_type: text("networkType"),
                relay_protocol: text("relayProtocol"),
                ice_transport_policy: None,
                selected_candidate_pair_changes: number(transport, "selectedCandidatePairChanges"),
            },
            streams: Streams {
                inbound: inbound.map(|(id, _)| id.to_owned()),
                outbound: outbound.map(|(id, _)| id.to_owned()),
            },
        }
    }

    /// Whether a packet of audio has passed, either way.
    pub(super) fn has_audio(&self) -> bool {
        self.statistics.inbound.packets_received > 0.0 || self.packets_sent > 0.0
    }
}

/// A part of the statistics, read from the report as from a recording.
fn part<'de, T: Deserialize<'de> + Default>(report: Option<&'de Report>) -> T {
    let Some(report) = report else { return T::default() };
    let fields = report.numbers().map(|(name, value)| (name, IntoDeserializer::<Error>::into_deserializer(value)));
    T::deserialize(MapDeserializer::new(fields)).unwrap_or_default()
}

fn stream<'a>(reports: &'a Reports, kind: Kind, before: Option<&str>, packets: &str) -> Option<(&'a str, &'a Report)> {
    let audio = || reports.of_kind(kind).filter(|(_, report)| report.is_audio());
    let most = || audio().max_by(|(_, one), (_, other)| one.number(packets).total_cmp(&other.number(packets)));
    let is_same = |(id, report): &(&str, &Report)| Some(*id) == before && report.number(packets) > 0.0;
    audio().find(is_same).or_else(most)
}

/// The pair that the media take, if that can be told.
fn pair_in_use<'a>(reports: &'a Reports, transport: Option<&'a Report>) -> Option<&'a Report> {
    let pairs = || reports.of_kind(Kind::CandidatePair).map(|(_, pair)| pair);
    let mut nominated =
        pairs().filter(|pair| pair.number("nominated") == 1.0 && pair.text("state") == Some("succeeded"));
    let named = transport.and_then(|transport| reports.get(transport.text("selectedCandidatePairId")?));
    let only = match (nominated.next(), nominated.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    named.or_else(|| pairs().find(|pair| pair.number("selected") == 1.0)).or(only)
}
