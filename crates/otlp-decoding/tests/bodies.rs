//! Every body that the Function's tests send to a collector (`plugin-serverless/test/telemetry/`), decoded by
//! OpenTelemetry's own types.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test a panic is the message")]

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, HistogramDataPoint, Metric, metric};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From the first alert of these tests to the last moment of sending, in nanoseconds.
const TIMES: std::ops::RangeInclusive<u64> = 1_795_000_000_000_000_000..=1_796_000_000_000_000_000;

fn bodies(kind: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugin-serverless/test/telemetry");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let ending = format!(".{kind}.json");
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    files.retain(|path| name(path).ends_with(&ending));
    assert!(files.len() >= 4, "only {} bodies of {kind}", files.len());
    files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

fn logs() -> Vec<(String, ExportLogsServiceRequest)> {
    bodies("logs").into_iter().map(|(name, text)| (name, serde_json::from_str(&text).unwrap())).collect()
}

fn metrics() -> Vec<(String, ExportMetricsServiceRequest)> {
    bodies("metrics").into_iter().map(|(name, text)| (name, serde_json::from_str(&text).unwrap())).collect()
}

fn records(request: &ExportLogsServiceRequest) -> Vec<&LogRecord> {
    let scopes = request.resource_logs.iter().flat_map(|resource| &resource.scope_logs);
    scopes.flat_map(|scope| &scope.log_records).collect()
}

fn metrics_of(request: &ExportMetricsServiceRequest) -> Vec<&Metric> {
    let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    scopes.flat_map(|scope| &scope.metrics).collect()
}

/// The value of an attribute as a text; `None` if it is not there.
fn text_of(attributes: &[KeyValue], key: &str) -> Option<String> {
    let value = attributes.iter().find(|attribute| attribute.key == key)?.value.clone()?.value?;
    Some(plain(&value))
}

fn plain(value: &any_value::Value) -> String {
    match value {
        any_value::Value::StringValue(text) => text.clone(),
        any_value::Value::BoolValue(flag) => flag.to_string(),
        any_value::Value::IntValue(number) => number.to_string(),
        any_value::Value::DoubleValue(number) => number.to_string(),
        any_value::Value::ArrayValue(list) => {
            let values = list.values.iter().filter_map(|AnyValue { value }| value.as_ref().map(plain));
            values.collect::<Vec<_>>().join(", ")
        }
        other => panic!("{other:?} is not among what the Function sends"),
    }
}

/// What a document says that is not in what was read of it: names that OpenTelemetry does not know, and values that it
/// reads as others.
fn lost(sent: &Value, read: &Value, place: &str, found: &mut Vec<String>) {
    match (sent, read) {
        (Value::Object(sent), Value::Object(read)) => {
            for (name, value) in sent {
                match read.get(name) {
                    Some(other) => lost(value, other, &format!("{place}.{name}"), found),
                    None => found.push(format!("{place}.{name}")),
                }
            }
        }
        (Value::Array(sent), Value::Array(read)) if sent.len() == read.len() => {
            for (index, (one, other)) in sent.iter().zip(read).enumerate() {
                lost(one, other, &format!("{place}[{index}]"), found);
            }
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => {}
        _ if sent == read => {}
        _ => found.push(format!("{place}: {sent} was read as {read}")),
    }
}

/// What is lost of a document when it is read and written again.
fn lost_of(text: &str, request: &impl Serialize) -> Vec<String> {
    let mut found = Vec::new();
    lost(&serde_json::from_str(text).unwrap(), &serde_json::to_value(request).unwrap(), "", &mut found);
    found
}

#[test]
fn every_name_and_value_is_one_that_opentelemetry_knows() {
    for ((name, text), (_, request)) in bodies("logs").iter().zip(logs()) {
        assert_eq!(lost_of(text, &request), [""; 0], "{name}");
        assert_eq!(ExportLogsServiceRequest::decode(&*request.encode_to_vec()).unwrap(), request, "{name}");
    }
    for ((name, text), (_, request)) in bodies("metrics").iter().zip(metrics()) {
        assert_eq!(lost_of(text, &request), [""; 0], "{name}");
        assert_eq!(ExportMetricsServiceRequest::decode(&*request.encode_to_vec()).unwrap(), request, "{name}");
    }
}

#[test]
fn a_name_or_value_that_opentelemetry_does_not_know_is_noticed() {
    let (name, text) = bodies("logs").remove(0);
    for (right, wrong) in
        [("\"eventName\"", "\"event_name\""), ("\"severityNumber\"", "\"severity\""), ("\"stringValue\"", "\"text\"")]
    {
        let changed = text.replacen(right, wrong, 1);
        assert_ne!(changed, text, "{name} has no {right}");
        let Ok(request) = serde_json::from_str::<ExportLogsServiceRequest>(&changed) else { continue };
        let found = lost_of(&changed, &request);
        assert!(!found.is_empty(), "{wrong} passes for {right}");
    }
}

#[test]
fn every_body_says_which_service_it_comes_from() {
    let of_logs = logs().into_iter().flat_map(|(_, request)| request.resource_logs).map(|one| one.resource);
    let of_metrics = metrics().into_iter().flat_map(|(_, request)| request.resource_metrics).map(|one| one.resource);
    for resource in of_logs.chain(of_metrics) {
        let Resource { attributes, .. } = resource.unwrap();
        assert_eq!(text_of(&attributes, "service.name").as_deref(), Some("device-monitoring"));
        assert!(text_of(&attributes, "service.instance.id").is_some());
        assert!(text_of(&attributes, "cloud.account.id").unwrap().starts_with("AC"));
    }
}

#[test]
fn every_log_record_has_its_time_severity_event_and_sentence() {
    for (name, request) in logs() {
        for record in records(&request) {
            assert!(TIMES.contains(&record.time_unix_nano), "{name}: {}", record.time_unix_nano);
            assert!(TIMES.contains(&record.observed_time_unix_nano), "{name}");
            let event = record.event_name.strip_prefix("device_monitoring.").unwrap();
            let severity = match event {
                "alert" => SeverityNumber::Warn,
                "incident.opened" => SeverityNumber::Error,
                "card" | "incident.closed" => SeverityNumber::Info,
                other => panic!("{name}: {other}"),
            };
            assert_eq!(record.severity_number(), severity, "{name}");
            let body = record.body.clone().unwrap().value.unwrap();
            assert!(plain(&body).len() > 10, "{name}");
            let keys: BTreeSet<&str> = record.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
            assert_eq!(keys.len(), record.attributes.len(), "{name}: an attribute comes twice");
        }
    }
}

#[test]
fn an_alert_is_read_as_it_was_sent() {
    let (_, request) = logs().into_iter().find(|(name, _)| name == "alert.logs.json").unwrap();
    let [record] = records(&request)[..] else { panic!("one record was expected") };
    let text = |key| text_of(&record.attributes, key).unwrap_or_default();
    assert_eq!(record.time_unix_nano, 1_795_327_669_127_000_000);
    for (key, value) in [
        ("twilio.call.sid", "CA00000000000000000000000000000007"),
        ("enduser.id", "WK00000000000000000000000000000001"),
        ("device_monitoring.call.verified", "true"),
        ("device_monitoring.call.duration", "60"),
        ("device_monitoring.call.trouble.duration", "21"),
        ("device_monitoring.rules", "warningDurPct"),
        ("device_monitoring.conditions", "high-rtt"),
        ("device_monitoring.diagnosis", "your-network"),
        ("device_monitoring.cause", "wifi"),
        ("network.connection.type", "wifi"),
        ("device_monitoring.call.rtt.mean", "0.3"),
        ("device_monitoring.call.packet_loss.mean", "0.01"),
    ] {
        assert_eq!(text(key), value, "{key}");
    }
    assert!(record.attributes.iter().all(|attribute| !["callerId", "dnis"].contains(&attribute.key.as_str())));
}

#[test]
fn a_worker_who_is_not_to_be_named_has_a_pseudonym() {
    let (_, request) = logs().into_iter().find(|(name, _)| name == "cards.logs.json").unwrap();
    let names: Vec<_> = records(&request)
        .iter()
        .map(|record| {
            let of = |key| text_of(&record.attributes, key).map(|name| name.split_at(2).0.to_owned());
            (of("enduser.id"), of("enduser.pseudo.id"))
        })
        .collect();
    let named = (Some("WK".to_owned()), None);
    assert_eq!(names, [named.clone(), (None, Some("P-".to_owned())), named]);
}

#[test]
fn every_metric_is_a_delta_in_its_own_time_and_its_buckets_hold_what_it_counts() {
    for (name, request) in metrics() {
        for metric in metrics_of(&request) {
            let (temporality, times, sets) = match metric.data.clone().unwrap() {
                metric::Data::Sum(sum) => {
                    assert!(sum.is_monotonic, "{name}");
                    let points = sum.data_points;
                    let times: Vec<_> =
                        points.iter().map(|point| (point.start_time_unix_nano, point.time_unix_nano)).collect();
                    (sum.aggregation_temporality, times, points.into_iter().map(|point| point.attributes).collect())
                }
                metric::Data::Histogram(histogram) => {
                    let points = histogram.data_points;
                    points.iter().for_each(assert_buckets);
                    let times = points.iter().map(|point| (point.start_time_unix_nano, point.time_unix_nano)).collect();
                    let sets: Vec<Vec<KeyValue>> = points.into_iter().map(|point| point.attributes).collect();
                    (histogram.aggregation_temporality, times, sets)
                }
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(temporality, AggregationTemporality::Delta as i32, "{name}: {}", metric.name);
            for (start, end) in times {
                assert!(start < end && TIMES.contains(&start) && TIMES.contains(&end), "{name}");
            }
            assert!(metric.name.starts_with("device_monitoring.") && !metric.unit.is_empty(), "{name}");
            for (index, set) in sets.iter().enumerate() {
                assert!(!sets.iter().skip(index + 1).any(|other| other == set), "{name}: two points are of the same");
            }
        }
    }
}

fn assert_buckets(point: &HistogramDataPoint) {
    assert_eq!(point.bucket_counts.len(), point.explicit_bounds.len() + 1);
    assert_eq!(point.bucket_counts.iter().sum::<u64>(), point.count);
    assert!(point.explicit_bounds.is_sorted_by(|one, other| one < other));
    let sum = point.sum.unwrap();
    let least = point.min.unwrap() * point.count as f64;
    assert!(sum >= least - 1e-9 && sum <= point.max.unwrap() * point.count as f64 + 1e-9);
}
