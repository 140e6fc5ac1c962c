//! The lines that a recording mostly consists of, each second's sample and statistics, read without keeping anything of
//! them but the values: several times as fast as through a tree of JSON. What is wrong with a line that is not read here,
//! the slower way says.

use super::{Entry, Said, time};
use crate::event::Event;
use crate::lenient::{number_or_nan, object};
use crate::sample::{RawSample, Sample};
use crate::statistics::{RawStatistics, Statistics};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Line<'a> {
    ms: f64,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(rename = "callSid", default)]
    call: Option<&'a str>,
    #[serde(default, deserialize_with = "object")]
    sample: Option<RawSample>,
    #[serde(default, deserialize_with = "object")]
    stats: Option<ReadStatistics>,
}

/// The line, if it is a second's and nothing is wrong with it.
pub(super) fn read(line: &str) -> Option<Entry<'_>> {
    // An array of the fields' values would be taken for the object.
    let line: Line<'_> = line.trim_start().starts_with('{').then(|| serde_json::from_str(line).ok())??;
    let said = match (line.kind, line.sample, line.stats) {
        ("sample", Some(sample), _) => Said::Event(Event::Sample(Sample::from(sample))),
        ("stats", _, Some(stats)) => Said::Event(Event::Statistics(stats.into())),
        ("truth" | "truth-second", ..) => Said::Nothing,
        _ => return None,
    };
    Some(Entry { at: time(line.ms).ok()?, call: line.call.map(Cow::Borrowed), said })
}

macro_rules! part {
    ($name:ident { $($field:ident),* }) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct $name {
            $(#[serde(deserialize_with = "number_or_nan")] $field: f64,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: f64::NAN,)* }
            }
        }
    };
}

part!(Inbound { concealed_samples, total_samples_received, packets_lost, packets_received });
part!(RemoteInbound { fraction_lost, round_trip_time_measurements });
part!(RemoteOutbound { reports_sent });
part!(CandidatePair { current_round_trip_time });
part!(MediaSource { audio_level });

/// `stats` of a line: what is used of it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ReadStatistics {
    #[serde(deserialize_with = "object")]
    inbound: Option<Inbound>,
    #[serde(deserialize_with = "object")]
    remote_inbound: Option<RemoteInbound>,
    #[serde(deserialize_with = "object")]
    remote_outbound: Option<RemoteOutbound>,
    #[serde(deserialize_with = "object")]
    candidate_pair: Option<CandidatePair>,
    #[serde(deserialize_with = "object")]
    media_source: Option<MediaSource>,
}

impl From<ReadStatistics> for Statistics {
    fn from(read: ReadStatistics) -> Self {
        let inbound = read.inbound.unwrap_or_default();
        let remote_inbound = read.remote_inbound.unwrap_or_default();
        Self::from(RawStatistics {
            current_round_trip_time: read.candidate_pair.unwrap_or_default().current_round_trip_time,
            fraction_lost: remote_inbound.fraction_lost,
            round_trip_time_measurements: remote_inbound.round_trip_time_measurements,
            reports_sent: read.remote_outbound.unwrap_or_default().reports_sent,
            concealed_samples: inbound.concealed_samples,
            total_samples_received: inbound.total_samples_received,
            packets_lost: inbound.packets_lost,
            packets_received: inbound.packets_received,
            audio_level: read.media_source.unwrap_or_default().audio_level,
        })
    }
}
