//! A call's endpoint: the headset, the codec, the computer, and where on the internet it is. It helps IT to compare
//! calls, and is never a cause by itself.

use crate::input::lenient;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// No codec's name is longer: the longest in use, `telephone-event`, has 15 characters.
const LONGEST_CODEC: usize = 16;
/// More processors, or more gigabytes, no browser tells of.
const MAX_DEVICE_NUMBER: f64 = 4096.0;

/// What is known of it; what is absent is not known, or has not changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// The model of what the agent speaks into.
    pub headset: Option<Headset>,
    /// Name of the codec: `opus` or `pcmu`.
    pub codec: Option<String>,
    /// Where on the internet the computer is.
    pub address: Option<AddressPrefix>,
    /// How fast its processor is, 1 to 4 (`navigator.cpuPerformance`).
    pub cpu_performance: Option<u32>,
    /// How many threads it runs at once (`navigator.hardwareConcurrency`).
    pub hardware_concurrency: Option<u32>,
    /// Its memory in GiB, which browsers round and limit (`navigator.deviceMemory`).
    pub device_memory: Option<f64>,
    /// `RTCPeerConnection` is not the browser's own: a virtual desktop redirects it to the computer in front of the agent,
    /// or another script has put its own in place.
    pub web_rtc_redirected: Option<bool>,
}

impl Endpoint {
    /// Takes what the other knows; keeps the rest.
    pub(crate) fn learn(&mut self, news: &Self) {
        let Self { headset, codec, address, cpu_performance, hardware_concurrency, device_memory, web_rtc_redirected } =
            news;
        learn(&mut self.headset, headset.as_ref());
        learn(&mut self.codec, codec.as_ref());
        learn(&mut self.address, address.as_ref());
        learn(&mut self.cpu_performance, cpu_performance.as_ref());
        learn(&mut self.hardware_concurrency, hardware_concurrency.as_ref());
        learn(&mut self.device_memory, device_memory.as_ref());
        learn(&mut self.web_rtc_redirected, web_rtc_redirected.as_ref());
    }
}

fn learn<T: Clone>(known: &mut Option<T>, news: Option<&T>) {
    if news.is_some() {
        *known = news.cloned();
    }
}

/// The model of a headset or a microphone. Its name says more, and may name its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
pub enum Headset {
    /// Vendor and product id of a USB device, which Chromium puts behind its name.
    Usb(u16, u16),
    /// Built into the computer.
    BuiltIn,
    /// Over Bluetooth. With a microphone that is the hands-free profile, of telephone quality.
    HandsFree,
    /// One whose name says none of this.
    Unknown,
}

impl Headset {
    /// By the name that the browser has for a microphone (`MediaStreamTrack.label`).
    #[must_use]
    pub fn from_label(label: &str) -> Self {
        let name = label.to_lowercase();
        let contains = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let in_brackets = name.rsplit('(').find_map(|part| usb_ids(part.split_once(')')?.0));
        match in_brackets {
            Some((vendor, product)) => Self::Usb(vendor, product),
            None if contains(&["hands-free", "handsfree", "(bluetooth)"]) => Self::HandsFree,
            None if contains(&["built-in", "internal microphone"]) => Self::BuiltIn,
            None => Self::Unknown,
        }
    }

    /// By its key.
    fn from_key(key: &str) -> Option<Self> {
        match key {
            "built-in" => Some(Self::BuiltIn),
            "hands-free" => Some(Self::HandsFree),
            "unknown" => Some(Self::Unknown),
            _ => usb_ids(key).map(|(vendor, product)| Self::Usb(vendor, product)),
        }
    }
}

/// `0b0e:0245`
fn usb_ids(text: &str) -> Option<(u16, u16)> {
    let id = |digits: &str| {
        let is_one = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_one)
    };
    let (vendor, product) = text.split_once(':')?;
    id(vendor).zip(id(product))
}

impl fmt::Display for Headset {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usb(vendor, product) => write!(to, "{vendor:04x}:{product:04x}"),
            Self::BuiltIn => to.write_str("built-in"),
            Self::HandsFree => to.write_str("hands-free"),
            Self::Unknown => to.write_str("unknown"),
        }
    }
}

impl Serialize for Headset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The part of an address that an office or its provider has: the first 24 bits of IPv4, the first 48 of IPv6.
///
/// Only of a globally routable address: of any other, `192.168.1.x` above all, it is the same in many offices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
pub enum AddressPrefix {
    /// The first 24 bits of an IPv4 address.
    V4([u8; 3]),
    /// The first 48 bits of an IPv6 address.
    V6([u16; 3]),
    /// The address is not globally routable, so it says nothing.
    Local,
}

impl AddressPrefix {
    /// Of an address; `None` if it is none, as where the browser gives a name in its place (mDNS).
    #[must_use]
    pub fn from_address(address: &str) -> Option<Self> {
        let address = match address.parse().ok()? {
            IpAddr::V6(address) => address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4),
            address => address,
        };
        Some(match address {
            IpAddr::V4(address) if is_global_v4(address) => {
                let [first, second, third, _] = address.octets();
                Self::V4([first, second, third])
            }
            IpAddr::V6(address) if is_global_v6(address) => {
                let [first, second, third, ..] = address.segments();
                Self::V6([first, second, third])
            }
            _ => Self::Local,
        })
    }

    /// In CIDR notation, where it says something.
    #[must_use]
    pub fn to_cidr(self) -> Option<String> {
        match self {
            Self::V4([first, second, third]) => Some(format!("{}/24", Ipv4Addr::new(first, second, third, 0))),
            Self::V6([first, second, third]) => {
                Some(format!("{}/48", Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0)))
            }
            Self::Local => None,
        }
    }
}

/// Not among those that IANA sets aside (IPv4 Special-Purpose Address Registry).
fn is_global_v4(address: Ipv4Addr) -> bool {
    let is_set_aside = match address.octets() {
        // "This network", and everything that is reserved.
        [0 | 240.., ..] => true,
        // Shared by a provider's customers (RFC 6598).
        [100, 64..=127, ..] => true,
        // IETF protocol assignments, and the 6to4 relays of old.
        [192, 0, 0, _] | [192, 88, 99, _] => true,
        // Benchmarks.
        [198, 18..=19, ..] => true,
        _ => false,
    };
    !(is_set_aside
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

/// In what IANA has allocated for the internet, and not set aside there (IPv6 Special-Purpose Address Registry).
fn is_global_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // IETF protocol assignments (Teredo among them), documentation, 6to4.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// The endpoint as a browser or a recording gives it.
///
/// `NaN` stands for a number that was absent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct RawEndpoint {
    /// `label` of the microphone's track. Never recorded.
    #[serde(deserialize_with = "lenient::text", skip_serializing)]
    pub microphone: Option<String>,
    /// Key of the headset's model, in recordings.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub headset: Option<String>,
    /// `codecName` of the Voice SDK's sample.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// `address` of the local candidate. Never recorded.
    #[serde(deserialize_with = "lenient::text", skip_serializing)]
    pub address: Option<String>,
    /// `navigator.cpuPerformance`; 0: the browser does not tell.
    #[serde(deserialize_with = "lenient::number", skip_serializing_if = "is_nan")]
    pub cpu_performance: f64,
    /// `navigator.hardwareConcurrency`.
    #[serde(deserialize_with = "lenient::number", skip_serializing_if = "is_nan")]
    pub hardware_concurrency: f64,
    /// `navigator.deviceMemory`.
    #[serde(deserialize_with = "lenient::number", skip_serializing_if = "is_nan")]
    pub device_memory: f64,
    /// Whether `RTCPeerConnection` is not the browser's own.
    #[serde(deserialize_with = "lenient::truth", skip_serializing_if = "Option::is_none")]
    pub web_rtc_redirected: Option<bool>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "what serde calls it with; no lint where pointers are small")]
fn is_nan(number: &f64) -> bool {
    number.is_nan()
}

impl Default for RawEndpoint {
    fn default() -> Self {
        Self {
            microphone: None,
            headset: None,
            codec: None,
            address: None,
            cpu_performance: f64::NAN,
            hardware_concurrency: f64::NAN,
            device_memory: f64::NAN,
            web_rtc_redirected: None,
        }
    }
}

impl RawEndpoint {
    /// What a recording has of it: the model for the microphone's name, and no address.
    #[must_use]
    pub fn recorded(self) -> Self {
        let endpoint = Endpoint::from(self.clone());
        Self {
            microphone: None,
            headset: endpoint.headset.map(|headset| headset.to_string()),
            codec: endpoint.codec,
            address: None,
            ..self
        }
    }
}

impl From<RawEndpoint> for Endpoint {
    fn from(raw: RawEndpoint) -> Self {
        let RawEndpoint {
            microphone,
            headset,
            codec,
            address,
            cpu_performance,
            hardware_concurrency,
            device_memory,
            web_rtc_redirected,
        } = raw;
        let count = |number: f64| (1.0..=MAX_DEVICE_NUMBER).contains(&number).then_some(number as u32);
        let of_label = microphone.map(|label| Headset::from_label(&label));
        Self {
            headset: of_label.or_else(|| headset.and_then(|key| Headset::from_key(&key))),
            codec: codec.and_then(|name| codec_name(&name)),
            address: address.and_then(|address| AddressPrefix::from_address(&address)),
            cpu_performance: count(cpu_performance),
            hardware_concurrency: count(hardware_concurrency),
            device_memory: (device_memory > 0.0 && device_memory <= MAX_DEVICE_NUMBER).then_some(device_memory),
            web_rtc_redirected,
        }
    }
}

/// In small letters, without the media's kind.
fn codec_name(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let name = name.strip_prefix("audio/").unwrap_or(&name);
    let is_one = name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-');
    (is_one && (1..=LONGEST_CODEC).contains(&name.len())).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Endpoint {
        Endpoint::from(serde_json::from_str::<RawEndpoint>(text).unwrap())
    }

    #[test]
    fn a_headset_is_known_by_its_usb_ids_by_bluetooths_profile_or_as_built_in_and_never_by_its_name() {
        let key = |label: &str| Headset::from_label(label).to_string();
        assert_eq!(key("Default - Jabra Evolve2 65 (0B0E:24C7)"), "0b0e:24c7");
        assert_eq!(key("Headset (Jane's Evolve 65 Hands-Free AG Audio)"), "hands-free");
        assert_eq!(key("Jane's AirPods (Bluetooth)"), "hands-free");
        assert_eq!(key("MacBook Pro Microphone (Built-in)"), "built-in");
        assert_eq!(key("Jane's microphone (12:34)"), "unknown");
        assert_eq!(key("(+a0b:0245) (0b0e:024é"), "unknown");
    }

    #[test]
    fn the_key_of_a_model_is_read_back_from_a_recording() {
        for headset in [Headset::Usb(0x0b0e, 0x0245), Headset::BuiltIn, Headset::HandsFree, Headset::Unknown] {
            assert_eq!(Headset::from_key(&headset.to_string()), Some(headset));
        }
        assert_eq!(Headset::from_key("Jane's AirPods"), None);
    }

    #[test]
    fn only_of_a_globally_routable_address_there_is_a_prefix() {
        let cidr = |address: &str| AddressPrefix::from_address(address).map(AddressPrefix::to_cidr);
        assert_eq!(cidr("198.41.0.4"), Some(Some("198.41.0.0/24".to_owned())));
        assert_eq!(cidr("2001:500:2::c"), Some(Some("2001:500:2::/48".to_owned())));
        assert_eq!(cidr("::ffff:198.41.0.4"), cidr("198.41.0.9"));
        for local in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.7",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "64:ff9b::1",
            "2001::1",
            "2001:db8::1",
            "2002:c000:201::1",
            "3fff::1",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(cidr(local), Some(None), "{local}");
        }
        assert_eq!(cidr("0b7ae4f0-4ce8-4b54-a8a7-0d1b2e1c9f6a.local"), None);
    }

    #[test]
    fn what_a_browser_does_not_tell_or_tells_wrongly_is_not_known_and_the_rest_is_read() {
        let known = read(
            r#"{"codec":"PCMU","cpuPerformance":0,"hardwareConcurrency":8,"deviceMemory":"8","webRtcRedirected":false}"#,
        );
        let expected = Endpoint {
            codec: Some("pcmu".to_owned()),
            hardware_concurrency: Some(8),
            web_rtc_redirected: Some(false),
            ..Endpoint::default()
        };
        assert_eq!(known, expected);
        assert_eq!(
            read(r#"{"codec":"+1 555 5550123","headset":"Jane's","hardwareConcurrency":1e9}"#),
            Endpoint::default()
        );
    }

    #[test]
    fn what_is_told_later_takes_the_place_of_what_was_known_and_the_rest_stays() {
        let mut endpoint = read(r#"{"microphone":"A (0b0e:0245)","codec":"opus","address":"198.41.0.4"}"#);
        endpoint.learn(&read(r#"{"microphone":"another","address":"192.168.1.7"}"#));
        let expected = Endpoint {
            headset: Some(Headset::Unknown),
            codec: Some("opus".to_owned()),
            address: Some(AddressPrefix::Local),
            ..Endpoint::default()
        };
        assert_eq!(endpoint, expected);
    }

    #[test]
    fn a_recording_has_neither_the_name_of_a_device_nor_an_address() {
        let raw: RawEndpoint = serde_json::from_str(
            r#"{"microphone":"Jane's (0b0e:0245)","address":"198.41.0.4","codec":"audio/opus","hardwareConcurrency":8}"#,
        )
        .unwrap();
        let recorded = serde_json::to_string(&raw.recorded()).unwrap();
        assert_eq!(recorded, r#"{"headset":"0b0e:0245","codec":"opus","hardwareConcurrency":8.0}"#);
        let untouched = RawEndpoint { microphone: Some("Jane's".to_owned()), ..RawEndpoint::default() };
        assert_eq!(serde_json::to_string(&untouched).unwrap(), "{}");
    }
}
