//! The path that the media take: over which kind of network, through which relay, and since when.

use super::Evidence;
use crate::input::environment_signal::{NetworkPath, NetworkType, RelayProtocol};
use crate::input::units::{Milliseconds, Timestamp};

/// While a call is set up, ICE tries several pairs.
pub(crate) const SET_UP_WITHIN: Milliseconds = Milliseconds(5000.0);
/// How long before the trouble a change of the path may have been its beginning.
pub(crate) const CHANGED_BEFORE: Milliseconds = Milliseconds(5000.0);
/// The same after it began: where a network goes away, ICE takes seconds to give it up.
pub(crate) const CHANGED_WITHIN: Milliseconds = Milliseconds(15_000.0);

/// Follows the path.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    path: NetworkPath,
    /// When the path was first known.
    known_at: Option<Timestamp>,
    /// When it last became another one.
    changed_at: Option<Timestamp>,
}

impl Network {
    pub(super) fn path(&mut self, now: Timestamp, path: NetworkPath) {
        let known_at = *self.known_at.get_or_insert(now);
        let has_changed = self.path.changes.zip(path.changes).is_some_and(|(before, after)| after > before);
        if has_changed && now - known_at > SET_UP_WITHIN {
            self.changed_at = Some(now);
        }
        self.path = path;
    }

    /// The path as it is now.
    pub(super) fn current(&self) -> &NetworkPath {
        &self.path
    }

    /// The call goes through a network of this kind.
    pub(super) fn through(&self, network_type: NetworkType) -> Option<Evidence> {
        (self.path.network_type == Some(network_type))
            .then(|| Evidence { network_type: self.path.network_type, ..Evidence::default() })
    }

    /// The call takes a relay over TCP that nobody asked for: UDP does not pass.
    pub(super) fn forced_relay(&self) -> Option<Evidence> {
        let protocol = self.path.relay_protocol.filter(|protocol| *protocol != RelayProtocol::Udp);
        protocol.filter(|_| !self.path.relay_only).map(|_| Evidence {
            relay_protocol: protocol,
            network_type: self.path.network_type,
            ..Evidence::default()
        })
    }

    /// When the path last became another one.
    pub(super) fn changed_at(&self) -> Option<Timestamp> {
        self.changed_at
    }

    /// The path became another one about when the trouble began.
    pub(super) fn switched(&self, now: Timestamp, began: Timestamp) -> Option<Evidence> {
        let at = self.changed_at?;
        let is_its_beginning = at >= began.before(CHANGED_BEFORE) && at <= began.after(CHANGED_WITHIN);
        (is_its_beginning && now - at <= CHANGED_WITHIN).then(|| Evidence {
            path_changes: self.path.changes,
            network_type: self.path.network_type,
            ..Evidence::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(changes: u32) -> NetworkPath {
        NetworkPath { changes: Some(changes), ..NetworkPath::default() }
    }

    /// A path that was known at 1 s and changed at these moments.
    fn network(changed: &[i64]) -> Network {
        let mut network = Network::default();
        network.path(Timestamp(1000), path(1));
        for (changes, at) in (2..).zip(changed) {
            network.path(Timestamp(*at), path(changes));
        }
        network
    }

    #[test]
    fn a_change_shortly_before_the_trouble_or_in_its_first_seconds_is_its_cause() {
        let began = Timestamp(30_000);
        let is_cause = |changed: &[i64], now| network(changed).switched(Timestamp(now), began).is_some();
        assert!(is_cause(&[25_000], 31_000) && is_cause(&[28_000], 33_000) && is_cause(&[40_000], 41_000));
        assert!(!is_cause(&[24_999], 31_000), "long before");
        assert!(!is_cause(&[45_001], 46_000), "long after");
        assert!(!is_cause(&[28_000], 43_001), "the trouble has outlasted it");
        assert!(!is_cause(&[], 31_000));
    }

    #[test]
    fn while_the_call_is_set_up_the_path_may_change() {
        assert!(network(&[2000, 6000]).switched(Timestamp(7000), Timestamp(6500)).is_none());
    }

    #[test]
    fn a_relay_over_tcp_is_forced_unless_relays_alone_were_asked_for() {
        let through = |protocol, relay_only| {
            let mut network = Network::default();
            network.path(Timestamp(0), NetworkPath { relay_protocol: protocol, relay_only, ..NetworkPath::default() });
            network.forced_relay().is_some()
        };
        assert!(through(Some(RelayProtocol::Tcp), false) && through(Some(RelayProtocol::Tls), false));
        assert!(!through(Some(RelayProtocol::Tcp), true) && !through(Some(RelayProtocol::Udp), false));
        assert!(!through(None, false));
    }
}
