//! Why a call is bad (rules W1 to W3): from what is wrong and what the browser says of microphone, computer and network
//! to one cause, with its evidence.
//!
//! Harm comes first: a cause is looked for only while a condition that it explains is up, and is never told alone.

pub(crate) mod browser;
pub(crate) mod bursty_network;
mod cause_log;
pub(crate) mod computer;
mod evidence;
pub(crate) mod network;

pub use cause_log::CauseReport;
pub use evidence::Evidence;

use crate::condition::diagnosis::Diagnosis;
use crate::condition::{ConditionName, Conditions};
use crate::input::environment_signal::{EnvironmentSignal, NetworkPath, NetworkType, TrackState};
use crate::input::stats::Statistics;
use crate::input::units::{Milliseconds, Timestamp};
use browser::Browser;
use bursty_network::BurstyNetwork;
use cause_log::CauseLog;
use computer::Computer;
use network::Network;
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

/// Why a call is bad, in the order in which causes are looked for: the first that holds wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, Serialize, VariantArray)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
pub enum Cause {
    /// The microphone's track has ended: unplugged, or taken away.
    MicrophoneEnded,
    /// The browser or the system has muted the microphone.
    MicrophoneMuted,
    /// The computer does not keep up.
    ComputerBusy,
    /// The browser has stopped playing what arrives.
    Browser,
    /// The call goes through a VPN.
    Vpn,
    /// The Wi-Fi loses packets in bursts, or holds them up by turns.
    Wifi,
    /// UDP does not pass: the call takes a relay over TCP.
    Firewall,
    /// The call has just moved to another network.
    PathSwitched,
}

impl Cause {
    /// All of them, in the order in which they are looked for.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Its name in recordings, alerts and pages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether it can be why something is wrong in this way.
    #[must_use]
    pub(crate) fn explains(self, diagnosis: Diagnosis) -> bool {
        causes_of(diagnosis).contains(&self)
    }

    /// Whether nothing of the agent is heard while it holds.
    #[must_use]
    pub(crate) fn silences_agent(self) -> bool {
        match self {
            Self::MicrophoneEnded | Self::MicrophoneMuted => true,
            Self::ComputerBusy | Self::Browser | Self::Vpn | Self::Wifi | Self::Firewall | Self::PathSwitched => false,
        }
    }

    /// Key of the sentence that says it. What to do about it is the text of the same key with `Advice` behind it.
    #[must_use]
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::MicrophoneEnded => "DeviceMonitoringMicrophoneEnded",
            Self::MicrophoneMuted => "DeviceMonitoringMicrophoneMuted",
            Self::ComputerBusy => "DeviceMonitoringComputerBusy",
            Self::Browser => "DeviceMonitoringBrowser",
            Self::Vpn => "DeviceMonitoringVpn",
            Self::Wifi => "DeviceMonitoringWifi",
            Self::Firewall => "DeviceMonitoringFirewall",
            Self::PathSwitched => "DeviceMonitoringPathSwitched",
        }
    }

    /// Key of what it was, for a sentence after the call.
    #[must_use]
    pub(crate) fn past(self) -> &'static str {
        match self {
            Self::MicrophoneEnded => "DeviceMonitoringMicrophoneEndedWas",
            Self::MicrophoneMuted => "DeviceMonitoringMicrophoneMutedWas",
            Self::ComputerBusy => "DeviceMonitoringComputerBusyWas",
            Self::Browser => "DeviceMonitoringBrowserWas",
            Self::Vpn => "DeviceMonitoringVpnWas",
            Self::Wifi => "DeviceMonitoringWifiWas",
            Self::Firewall => "DeviceMonitoringFirewallWas",
            Self::PathSwitched => "DeviceMonitoringPathSwitchedWas",
        }
    }
}

/// The possible causes of a diagnosis: an exhaustive match, so that a new diagnosis does not compile without a row.
fn causes_of(diagnosis: Diagnosis) -> &'static [Cause] {
    use Cause::{Browser, ComputerBusy, Firewall, MicrophoneEnded, MicrophoneMuted, PathSwitched, Vpn, Wifi};
    match diagnosis {
        Diagnosis::ConnectionLost | Diagnosis::NoAudioFromCustomer => &[Vpn, Firewall, PathSwitched],
        // A browser's process for sound also takes what the microphone hears.
        Diagnosis::CustomerCannotHearYou => &[Browser, Vpn, Firewall, PathSwitched],
        Diagnosis::YourMicrophone => &[MicrophoneEnded, MicrophoneMuted],
        Diagnosis::YourComputer => &[ComputerBusy, Browser],
        Diagnosis::NetworkGapsBothWays | Diagnosis::NetworkGapsInbound | Diagnosis::NetworkDelay => {
            &[ComputerBusy, Vpn, Wifi, Firewall, PathSwitched]
        }
        Diagnosis::NetworkGapsOutbound => &[Vpn, Wifi, Firewall, PathSwitched],
        Diagnosis::SignalingLost | Diagnosis::TalkingWhileMuted | Diagnosis::CanCustomerHearYou => &[],
    }
}

/// Whether a condition shows that the loudspeaker does not get its sound in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StarvedPlayout {
    /// It is nothing else.
    Always,
    /// Only while the browser makes up sound.
    IfMadeUp,
    /// It says nothing about that.
    Never,
}

/// An exhaustive match, so that a new condition does not compile without a row.
fn starved_playout_in(name: ConditionName) -> StarvedPlayout {
    match name {
        ConditionName::PlayoutGaps => StarvedPlayout::Always,
        ConditionName::AudioGaps => StarvedPlayout::IfMadeUp,
        ConditionName::IceConnectivityLost
        | ConditionName::Reconnecting
        | ConditionName::SignalingLost
        | ConditionName::NoOutboundAudio
        | ConditionName::LowBytesSent
        | ConditionName::LowBytesReceived
        | ConditionName::ConstantAudioInputLevel
        | ConditionName::HighPacketLoss
        | ConditionName::HighJitter
        | ConditionName::HighOutboundPacketLoss
        | ConditionName::HighRtt
        | ConditionName::LowMos
        | ConditionName::TalkingWhileMuted
        | ConditionName::SuppressedSilence
        | ConditionName::StaleRtt => StarvedPlayout::Never,
    }
}

/// Looks for the cause of what is wrong with one call, and remembers what it found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Causes {
    track: TrackState,
    computer: Computer,
    browser: Browser,
    network: Network,
    bursty_network: BurstyNetwork,
    current: Option<Cause>,
    trouble: Option<LastTrouble>,
    log: CauseLog,
}

/// How long after it was last seen trouble is just over.
const RECENT: Milliseconds = Milliseconds(3000.0);

/// What was last wrong.
#[derive(Clone, Copy, Debug)]
struct LastTrouble {
    worst: Diagnosis,
    began: Timestamp,
    seen: Timestamp,
}

fn began(diagnosis: Diagnosis, conditions: &Conditions) -> Option<Timestamp> {
    diagnosis.conditions().iter().filter_map(|name| conditions.began(name)).min()
}

impl Causes {
    /// Something has changed.
    pub(crate) fn signal(&mut self, now: Timestamp, signal: EnvironmentSignal) {
        match signal {
            EnvironmentSignal::Track(state) => self.track = state,
            EnvironmentSignal::Pressure(state) => self.computer.pressure(now, state),
            EnvironmentSignal::LateTick(late) => self.computer.late_tick(now, late),
            EnvironmentSignal::Path(path) => self.network.path(now, path),
            EnvironmentSignal::MutedLevel(_) => {}
        }
    }

    /// Takes how unevenly a second's packets came.
    pub(crate) fn jitter(&mut self, now: Timestamp, jitter: Option<Milliseconds>) {
        if let Some(jitter) = jitter {
            self.bursty_network.jitter(now, jitter);
        }
    }

    /// Takes a reading of the peer connection.
    pub(crate) fn read(&mut self, now: Timestamp, read: &Statistics) {
        self.computer.read(now, read);
        self.browser.read(now, read);
        self.bursty_network.read(now, read);
    }

    /// Forgets what was before a gap in the data.
    pub(crate) fn forget(&mut self) {
        self.bursty_network.forget();
        self.computer.forget();
        self.browser.forget();
    }

    /// Looks for the cause of the worst that is wrong now. It stays while that lasts, unless one before it comes to hold.
    pub(crate) fn observe(&mut self, now: Timestamp, worst: Option<Diagnosis>, conditions: &Conditions) {
        let is_bad = |name: ConditionName| conditions.is_active(name) && !conditions.is_clearing(name, now);
        let is_harm = worst.is_some_and(|worst| worst.conditions().iter().any(is_bad));
        if let Some((worst, began)) =
            worst.filter(|_| is_harm).and_then(|worst| Some((worst, began(worst, conditions)?)))
        {
            self.trouble = Some(LastTrouble { worst, began, seen: now });
        } else if let Some(evidence) = self.recovered_by_switching(now) {
            self.log.note(Cause::PathSwitched, now, evidence);
        }
        let Some(worst) = worst else {
            self.current = None;
            return;
        };
        let found = Cause::ALL
            .iter()
            .filter(|cause| is_harm && cause.explains(worst))
            .find_map(|cause| Some((*cause, self.evidence_of(*cause, now, worst, conditions)?)));
        let kept = self.current.filter(|cause| cause.explains(worst));
        self.current = match (kept, found) {
            (Some(kept), Some((found, _))) => Some(kept.min(found)),
            (kept, found) => kept.or(found.map(|(cause, _)| cause)),
        };
        if let Some((cause, evidence)) = found {
            self.log.note(cause, now, evidence);
        }
    }

    /// The call has just moved to another network, and with that the trouble was over: the new path is known in the moment
    /// in which sound comes again.
    fn recovered_by_switching(&self, now: Timestamp) -> Option<Evidence> {
        let LastTrouble { worst, began, seen } = self.trouble?;
        let is_of_it = self.network.changed_at() == Some(now) && now - seen <= RECENT;
        (is_of_it && Cause::PathSwitched.explains(worst)).then(|| self.network.switched(now, began)).flatten()
    }

    /// What shows that a cause holds now, if it does.
    fn evidence_of(&self, cause: Cause, now: Timestamp, worst: Diagnosis, conditions: &Conditions) -> Option<Evidence> {
        match cause {
            Cause::MicrophoneEnded | Cause::MicrophoneMuted => {
                let state = if cause == Cause::MicrophoneEnded { TrackState::Ended } else { TrackState::Muted };
                (self.track == state).then(|| Evidence { track: Some(state), ..Evidence::default() })
            }
            Cause::Browser => self.browser.evidence(now),
            // A computer that is only busy plays some of what arrives.
            Cause::ComputerBusy if self.browser.evidence(now).is_some() => None,
            Cause::ComputerBusy => {
                let shown = ConditionName::ALL.iter().filter(|name| conditions.is_active(**name));
                let is_starved = shown.copied().any(|name| match starved_playout_in(name) {
                    StarvedPlayout::Always => true,
                    StarvedPlayout::IfMadeUp => self.computer.makes_up(now),
                    StarvedPlayout::Never => false,
                });
                self.computer.evidence(now).filter(|_| is_starved)
            }
            Cause::Vpn => self.network.through(NetworkType::Vpn),
            Cause::Wifi => {
                let wifi = self.network.through(NetworkType::Wifi)?;
                self.bursty_network.evidence(now).map(|evidence| evidence.with(&wifi))
            }
            Cause::Firewall => self.network.forced_relay(),
            Cause::PathSwitched => self.network.switched(now, began(worst, conditions)?),
        }
    }

    /// The cause of what is wrong in this way now, if it is known.
    pub(crate) fn of(&self, diagnosis: Diagnosis) -> Option<Cause> {
        self.current.filter(|cause| cause.explains(diagnosis))
    }

    /// The cause that held in most of a stretch in which something was wrong in this way.
    pub(crate) fn between(&self, diagnosis: Diagnosis, from: Timestamp, until: Timestamp) -> Option<Cause> {
        self.log.between(from, until, |cause| cause.explains(diagnosis))
    }

    /// The path that the media take.
    pub(crate) fn path(&self) -> &NetworkPath {
        self.network.current()
    }

    /// The call goes over a cable: nobody there is told to move closer to a router.
    pub(crate) fn is_on_cable(&self) -> bool {
        self.network.through(NetworkType::Ethernet).is_some()
    }

    /// Every cause that held, in the order of the first moments; times count from `accepted`.
    pub(crate) fn report(&self, accepted: Timestamp) -> Vec<CauseReport> {
        self.log.report(accepted)
    }
}
