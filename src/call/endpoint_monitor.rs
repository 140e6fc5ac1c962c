//! A call's endpoint, collected while the call lasts: for IT, which compares calls by it.

use crate::input::agent_endpoint::{AddressPrefix, Endpoint, Headset};
use crate::input::environment_signal::{NetworkPath, NetworkType, RelayProtocol};
use crate::input::stats::Statistics;
use crate::input::units::{Milliseconds, Value};
use crate::serde_helpers::is_default;
use serde::Serialize;

/// A call's endpoint; what is not known is absent. None of it is a cause by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EndpointReport {
    /// The model of what the agent spoke into: vendor and product id, `built-in`, or `hands-free`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headset: Option<Headset>,
    /// Name of the codec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Kind of network of the path that the media took last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_type: Option<NetworkType>,
    /// How that path's relay was reached, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relay_protocol: Option<RelayProtocol>,
    /// The part of the computer's address that an office has, in CIDR notation, where the address is globally routable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_prefix: Option<String>,
    /// The lowest round-trip time: how far away Twilio's edge is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_floor_ms: Option<Milliseconds>,
    /// How fast the processor is, 1 to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_performance: Option<u32>,
    /// How many threads the computer runs at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware_concurrency: Option<u32>,
    /// The computer's memory in GiB, rounded by the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_memory: Option<Value>,
    /// Another `RTCPeerConnection` than the browser's own was in place: that of a virtual desktop, or of another script.
    #[serde(skip_serializing_if = "is_default")]
    pub web_rtc_redirected: bool,
    /// Mean of webrtc-stats' `echoReturnLoss`, in decibels: how much softer the loudspeaker's sound comes back through the
    /// microphone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_return_loss: Option<Value>,
    /// Mean of webrtc-stats' `echoReturnLossEnhancement`, in decibels: how much of that the echo canceller took away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_return_loss_enhancement: Option<Value>,
}

impl EndpointReport {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Collects it.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointMonitor {
    known: Endpoint,
    rtt_floor: Option<Milliseconds>,
    echo_return_loss: Mean,
    echo_return_loss_enhancement: Mean,
}

/// A mean of what was known.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    count: u32,
    sum: f64,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.count = self.count.saturating_add(1);
            self.sum += value;
        }
    }

    fn value(self) -> Option<Value> {
        (self.count > 0).then(|| Value(self.sum / f64::from(self.count)))
    }
}

impl EndpointMonitor {
    /// Something of it has become known, or has changed.
    pub(crate) fn learn(&mut self, news: &Endpoint) {
        self.known.learn(news);
    }

    /// Takes a second's round-trip time.
    pub(crate) fn rtt(&mut self, rtt: Option<Milliseconds>) {
        if let Some(rtt) = rtt {
            self.rtt_floor = Some(self.rtt_floor.map_or(rtt, |floor| if rtt < floor { rtt } else { floor }));
        }
    }

    /// Takes a reading of the peer connection.
    pub(crate) fn read(&mut self, read: &Statistics) {
        self.echo_return_loss.add(read.echo_return_loss);
        self.echo_return_loss_enhancement.add(read.echo_return_loss_enhancement);
    }

    /// What is known now; the path is the one that the media take.
    pub(crate) fn report(&self, path: &NetworkPath) -> EndpointReport {
        let Endpoint { headset, codec, address, cpu_performance, hardware_concurrency, device_memory, .. } =
            &self.known;
        EndpointReport {
            headset: headset.filter(|headset| *headset != Headset::Unknown),
            codec: codec.clone(),
            network_type: path.network_type,
            relay_protocol: path.relay_protocol,
            address_prefix: address.and_then(AddressPrefix::to_cidr),
            rtt_floor_ms: self.rtt_floor,
            cpu_performance: *cpu_performance,
            hardware_concurrency: *hardware_concurrency,
            device_memory: device_memory.map(Value),
            web_rtc_redirected: self.known.web_rtc_redirected == Some(true),
            echo_return_loss: self.echo_return_loss.value(),
            echo_return_loss_enhancement: self.echo_return_loss_enhancement.value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_round_trip_time_and_the_means_of_the_echo_are_of_the_seconds_in_which_they_were_known() {
        let mut endpoint = EndpointMonitor::default();
        for rtt in [Some(80.0), None, Some(31.0), Some(400.0)] {
            endpoint.rtt(rtt.map(Milliseconds));
        }
        for loss in [Some(-30.0), None, Some(10.0)] {
            endpoint.read(&Statistics { echo_return_loss: loss, ..Statistics::default() });
        }
        let report = endpoint.report(&NetworkPath::default());
        assert_eq!(report.rtt_floor_ms, Some(Milliseconds(31.0)));
        assert_eq!((report.echo_return_loss, report.echo_return_loss_enhancement), (Some(Value(-10.0)), None));
    }

    #[test]
    fn a_headset_whose_model_is_not_known_and_an_address_in_a_network_of_its_own_are_left_out() {
        let mut endpoint = EndpointMonitor::default();
        endpoint.learn(&Endpoint {
            headset: Some(Headset::Unknown),
            address: Some(AddressPrefix::Local),
            web_rtc_redirected: Some(false),
            ..Endpoint::default()
        });
        assert!(endpoint.report(&NetworkPath::default()).is_empty());
    }
}
