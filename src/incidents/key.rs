//! What agents can have in common.

use crate::floor::overview::StoredBeat;
use enumset::{EnumSet, EnumSetType};
use serde::{Deserialize, Serialize};

/// A kind of key. Of keys that the same agents share, the first in this order names the incident: people know places
/// better than versions.
#[derive(Debug, EnumSetType, PartialOrd, Ord, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum KeyKind {
    /// Site of the worker, from their attributes.
    Site,
    /// Team of the worker, from their attributes.
    Team,
    /// Name of the network by which the computer is on the internet: a keyed hash of its address prefix.
    Network,
    /// Kind of network: `vpn`, `wifi`, `ethernet` …
    NetworkType,
    /// Twilio's edge.
    Edge,
    /// Model of the headset.
    Headset,
    /// Browser with its major version: `chrome/142`.
    Browser,
    /// Version of the Voice SDK.
    VoiceSdk,
    /// Version of the plugin.
    Plugin,
    /// None: agents all over the centre are in trouble, and no key tells them from the others.
    Everyone,
}

impl KeyKind {
    /// As in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// All kinds that tell agents apart.
    pub(super) fn distinguishing() -> EnumSet<Self> {
        EnumSet::all() - Self::Everyone
    }

    /// What an agent's beat says of it.
    pub(super) fn of(self, beat: &StoredBeat) -> Option<&str> {
        // Where the beat's list has it.
        let listed = |place: usize| beat.keys.get(place).and_then(Option::as_ref);
        match self {
            Self::Site => beat.site.as_ref(),
            Self::Team => beat.team.as_ref(),
            Self::Network => beat.network.as_ref(),
            Self::NetworkType => listed(0),
            Self::Edge => listed(1),
            Self::Headset => listed(2),
            Self::Browser => listed(3),
            Self::VoiceSdk => listed(4),
            Self::Plugin => listed(5),
            Self::Everyone => None,
        }
        .map(String::as_str)
    }
}

/// What the agents of an incident have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Its kind.
    pub kind: KeyKind,
    /// Its value: the site's name, say. Empty for everyone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
}

impl Key {
    /// Of everybody.
    #[must_use]
    pub fn everyone() -> Self {
        Self { kind: KeyKind::Everyone, value: String::new() }
    }
}
