//! The lines that a recording mostly consists of, each second's sample and statistics, taken apart without a tree of JSON.
//! What is not plain about a line, or wrong with it, the slower way reads, or says.

use super::scan::Scan;
use super::{Entry, LONGEST_NAME, Said, time};
use crate::event::Event;
use crate::sample::{RawSample, Sample};
use crate::statistics::{RawStatistics, Statistics};
use std::borrow::Cow;

/// The line, if it is a second's, or the truth, and nothing is wrong with it but that it may not be UTF-8.
pub(super) fn read(line: &[u8]) -> Option<Entry<'_>> {
    let mut scan = Scan::new(line);
    let (mut ms, mut kind, mut call) = (None, None, None);
    let (mut sample, mut stats) = (None, None);
    scan.object(|scan, name| {
        match name {
            b"ms" => ms = Some(scan.number()?),
            b"type" => kind = Some(scan.string()?),
            b"callSid" => call = Some(scan.string().filter(|name| name.len() <= LONGEST_NAME)?),
            b"sample" => sample = Some(read_sample(scan)?),
            b"stats" => stats = Some(read_statistics(scan)?),
            _ => scan.skip()?,
        }
        Some(())
    })?;
    let said = match kind? {
        b"sample" => Said::Event(Event::Sample(Sample::from(sample?))),
        b"stats" => Said::Event(Event::Statistics(Statistics::from(stats?))),
        b"truth" | b"truth-second" => Said::Nothing,
        _ => return None,
    };
    let at = time(ms?).ok()?;
    let call = match call {
        Some(name) => Some(Cow::Borrowed(std::str::from_utf8(name).ok()?)),
        None => None,
    };
    scan.is_over().then_some(Entry { at, call, said })
}

fn read_sample(scan: &mut Scan<'_>) -> Option<RawSample> {
    let mut raw = RawSample::default();
    scan.object(|scan, name| {
        let value = match name {
            b"jitter" => &mut raw.jitter,
            b"rtt" => &mut raw.rtt,
            b"packetsLost" => &mut raw.packets_lost,
            b"packetsReceived" => &mut raw.packets_received,
            b"mos" => &mut raw.mos,
            b"bytesReceived" => &mut raw.bytes_received,
            b"bytesSent" => &mut raw.bytes_sent,
            b"audioInputLevel" => &mut raw.audio_input_level,
            b"audioOutputLevel" => &mut raw.audio_output_level,
            _ => return scan.skip(),
        };
        *value = scan.number_or_nan()?;
        Some(())
    })?;
    Some(raw)
}

fn read_statistics(scan: &mut Scan<'_>) -> Option<RawStatistics> {
    let mut raw = RawStatistics::default();
    scan.object(|scan, part| match part {
        b"inbound" => scan.object(|scan, name| {
            let value = match name {
                b"concealedSamples" => &mut raw.concealed_samples,
                b"totalSamplesReceived" => &mut raw.total_samples_received,
                b"packetsLost" => &mut raw.packets_lost,
                b"packetsReceived" => &mut raw.packets_received,
                _ => return scan.skip(),
            };
            *value = scan.number_or_nan()?;
            Some(())
        }),
        b"remoteInbound" => scan.object(|scan, name| {
            let value = match name {
                b"fractionLost" => &mut raw.fraction_lost,
                b"roundTripTimeMeasurements" => &mut raw.round_trip_time_measurements,
                _ => return scan.skip(),
            };
            *value = scan.number_or_nan()?;
            Some(())
        }),
        b"remoteOutbound" => one(scan, b"reportsSent", &mut raw.reports_sent),
        b"candidatePair" => scan.object(|scan, name| {
            let value = match name {
                b"currentRoundTripTime" => &mut raw.current_round_trip_time,
                b"responsesReceived" => &mut raw.responses_received,
                _ => return scan.skip(),
            };
            *value = scan.number_or_nan()?;
            Some(())
        }),
        b"mediaSource" => one(scan, b"audioLevel", &mut raw.audio_level),
        _ => scan.skip(),
    })?;
    Some(raw)
}

/// An object of which one value is wanted.
fn one(scan: &mut Scan<'_>, wanted: &[u8], value: &mut f64) -> Option<()> {
    scan.object(|scan, name| {
        if name == wanted {
            *value = scan.number_or_nan()?;
            Some(())
        } else {
            scan.skip()
        }
    })
}
