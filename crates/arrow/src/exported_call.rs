//! A call that exports tell of, as rows of the table.

use crate::rows::Row;
use crate::schema::{SAMPLE, STATS};
use device_monitoring::{CallDirection, Event, RawSample, RawStatistics, WarningData};
use replay::judged_call::Origin;
use replay::sources::{ExportedCall, ExportedEvent};
use serde_json::{Value, json};

/// The type of the row that says what the others were drawn from. Verdicts do not depend on it.
const EXPORT: &str = "export";

/// The rows of a call, in their order.
#[must_use]
pub fn rows(call: ExportedCall) -> Vec<Row> {
    let ExportedCall { call_sid, direction, accepted, ended, events, origin } = call;
    let mut rows = Vec::with_capacity(events.len() + 4);
    let mut add = |at, said: Said| {
        let Said { kind, sample, stats, detail } = said;
        let (call_sid, kind, seq) = (call_sid.clone(), kind.to_owned(), rows.len() as i64);
        rows.push(Row { call_sid, at, seq, kind, sample, stats, detail: detail.map(|detail| detail.to_string()) });
    };
    add(accepted, Said::with(EXPORT, drawn_from(&origin)));
    let direction = match direction {
        CallDirection::Incoming => "INCOMING",
        CallDirection::Outgoing => "OUTGOING",
    };
    add(accepted, Said::with("incoming", json!({"direction": direction})));
    add(accepted, Said::of("accept"));
    for (at, event) in events {
        match event {
            ExportedEvent::Sample(raw) => add(at, Said { sample: Some(sample(raw)), ..Said::of("sample") }),
            ExportedEvent::Statistics(raw) => add(at, Said { stats: Some(stats(raw)), ..Said::of("stats") }),
            ExportedEvent::Other(event) => {
                if let Some(said) = rare(event) {
                    add(at, said);
                }
            }
        }
    }
    add(ended, Said::of("disconnect"));
    rows
}

/// What a row says.
struct Said {
    kind: &'static str,
    sample: Option<[f64; SAMPLE.len()]>,
    stats: Option<[f64; STATS.len()]>,
    detail: Option<Value>,
}

impl Said {
    fn of(kind: &'static str) -> Self {
        Self { kind, sample: None, stats: None, detail: None }
    }

    fn with(kind: &'static str, detail: Value) -> Self {
        Self { detail: Some(detail), ..Self::of(kind) }
    }
}

/// In the words of `replay --format json`.
fn drawn_from(origin: &Origin) -> Value {
    let Origin { source, resolution_s, lacks, measured_ms, is_measured } = origin;
    json!({
        "source": source,
        "estimate": *resolution_s > 1,
        "resolutionMs": u64::from(*resolution_s) * 1000,
        "measured": is_measured,
        "measuredMs": measured_ms,
        "lacks": lacks,
    })
}

/// What exports tell of besides seconds.
fn rare(event: Event) -> Option<Said> {
    Some(match event {
        Event::Warning(name, WarningData { statistic, values }) => {
            let threshold = statistic.map(|statistic| json!({"name": statistic.as_str()}));
            Said::with("warning", json!({"name": name.as_str(), "data": {"threshold": threshold, "values": values}}))
        }
        Event::WarningCleared(name) => Said::with("warning-cleared", json!({"name": name.as_str()})),
        Event::Muted(muted) => Said::with("mute", json!({"muted": muted})),
        Event::Reconnecting { code } => Said { detail: coded(code), ..Said::of("reconnecting") },
        Event::Reconnected => Said::of("reconnected"),
        Event::Error { code } => Said { detail: coded(code), ..Said::of("error") },
        _ => return None,
    })
}

fn coded(code: Option<u32>) -> Option<Value> {
    code.map(|code| json!({"code": code}))
}

fn sample(raw: RawSample) -> [f64; SAMPLE.len()] {
    let RawSample {
        jitter,
        rtt,
        packets_lost,
        packets_received,
        packets_sent,
        mos,
        bytes_received,
        bytes_sent,
        audio_input_level,
        audio_output_level,
    } = raw;
    [
        jitter,
        rtt,
        packets_lost,
        packets_received,
        packets_sent,
        mos,
        bytes_received,
        bytes_sent,
        audio_input_level,
        audio_output_level,
    ]
}

/// By the names that the reports have in a recording.
fn stats(raw: RawStatistics) -> [f64; STATS.len()] {
    let reports = json!(raw);
    let number = |report: &str, name: &str| reports.get(report)?.get(name)?.as_f64();
    STATS.map(|(_, report, name)| number(report, name).unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_statistics_gets_its_column() {
        let mut reports = serde_json::Map::new();
        for (number, (_, report, name)) in STATS.iter().enumerate() {
            let report = reports.entry(*report).or_insert_with(|| json!({}));
            report[*name] = json!(number);
        }
        let raw = serde_json::from_value(Value::Object(reports)).unwrap();
        assert_eq!(stats(raw), std::array::from_fn(|number| number as f64));
        assert!(stats(RawStatistics::default()).into_iter().all(f64::is_nan));
    }
}
