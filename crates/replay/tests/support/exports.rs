//! What Twilio would have exported about a recorded call: the recording's own seconds and events in Twilio's shapes, and
//! summed up as Twilio sums them up. Made up as far as Twilio's own figures go; the shapes are the published ones.

use serde_json::{Value, json};

/// Every call of the tests belongs to this account.
const ACCOUNT: &str = "AC00000000000000000000000000000000";

/// A recorded call under a CallSid of its own.
pub(crate) struct Exported<'a> {
    pub(crate) sid: String,
    lines: &'a [Value],
    began: i64,
}

impl<'a> Exported<'a> {
    pub(crate) fn new(number: usize, lines: &'a [Value]) -> Self {
        let began = lines.iter().find_map(|line| line["startedAt"].as_i64()).unwrap_or(1_790_000_000_000);
        Self { sid: format!("CA{number:032x}"), lines, began }
    }

    fn time(&self, line: &Value) -> String {
        self.time_at(line["ms"].as_f64().unwrap() as i64)
    }

    fn time_at(&self, ms: i64) -> String {
        jiff::Timestamp::from_millisecond(self.began + ms).unwrap().to_string()
    }

    fn of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'a Value> + 'b {
        self.lines.iter().filter(move |line| line["type"] == kind)
    }

    /// The recording without what no export tells: the private statistics and the hold.
    pub(crate) fn recording(&self) -> String {
        let known = |line: &&Value| !["stats", "hold"].contains(&line["type"].as_str().unwrap());
        self.lines.iter().filter(known).map(|line| format!("{line}\n")).collect()
    }

    /// What the SDK posts to its gateway: ten seconds' rows at a time, and each event.
    pub(crate) fn posts(&self) -> Vec<Value> {
        let rows: Vec<Value> = self.of("sample").map(|line| self.row(line)).collect();
        let post = |rows: &[Value]| {
            json!({"group": "quality-metrics-samples", "name": "metrics-sample", "level": "INFO", "payload": rows,
                "payload_type": "application/json", "private": false, "publisher": "twilio-js-sdk",
                "timestamp": rows.last().map(|row| &row["timestamp"])})
        };
        let events = self.lines.iter().flat_map(|line| self.events(line)).map(|(line, group, name, data, code)| {
            let mut payload = json!({"call_sid": self.sid, "direction": "INCOMING", "sdk_version": "2.18.5"});
            if let Some(code) = code {
                payload["code"] = json!(code);
            }
            if !data.is_null() {
                payload["data"] = data;
            }
            json!({"group": group, "name": name, "level": "INFO", "payload": payload,
                "payload_type": "application/json", "private": false, "publisher": "twilio-js-sdk",
                "timestamp": self.time(line)})
        });
        rows.chunks(10).map(post).chain(events).collect()
    }

    fn row(&self, line: &Value) -> Value {
        let sample = &line["sample"];
        let rounded =
            |value: &Value| value.as_f64().map_or(Value::Null, |value| json!((value * 100.0).round() / 100.0));
        json!({"audio_codec": sample["codecName"], "audio_level_in": sample["audioInputLevel"],
            "audio_level_out": sample["audioOutputLevel"], "bytes_received": sample["bytesReceived"],
            "bytes_sent": sample["bytesSent"], "jitter": sample["jitter"], "mos": rounded(&sample["mos"]),
            "packets_lost": sample["packetsLost"], "packets_lost_fraction": rounded(&sample["packetsLostFraction"]),
            "packets_received": sample["packetsReceived"], "rtt": sample["rtt"], "timestamp": self.time(line),
            "call_sid": self.sid, "direction": "INCOMING", "sdk_version": "2.18.5", "dscp": true})
    }

    /// The SDK's events about a line: the line, group, name, data of a warning, error code.
    fn events(&self, line: &'a Value) -> Vec<(&'a Value, &'static str, String, Value, Option<u64>)> {
        let connection = |name: &str| vec![(line, "connection", name.to_owned(), Value::Null, None)];
        let name = line["name"].as_str().unwrap_or_default();
        let code = line["code"].as_u64();
        match line["type"].as_str().unwrap() {
            "incoming" => connection("incoming"),
            "accept" => connection("accepted-by-local"),
            "disconnect" => connection("disconnected-by-local"),
            "cancel" => connection("cancel"),
            "mute" => connection(if line["muted"] == true { "muted" } else { "unmuted" }),
            "reconnected" => connection("reconnected"),
            "error" => vec![(line, "connection", "error".to_owned(), Value::Null, code)],
            "reconnecting" if code == Some(53405) => {
                let error = (line, "connection", "error".to_owned(), Value::Null, code);
                [vec![error], connection("reconnecting")].concat()
            }
            "reconnecting" => connection("reconnecting"),
            "warning" => {
                let data = &line["data"];
                let values = match data["values"].as_array() {
                    Some(_) => data["values"].clone(),
                    None => Value::Null,
                };
                let data = json!({"threshold": data["threshold"]["value"], "values": values});
                vec![(line, group(name, "raised"), name.to_owned(), data, None)]
            }
            "warning-cleared" => vec![(line, group(name, "cleared"), name.to_owned(), Value::Null, None)],
            _ => vec![],
        }
    }

    /// The metrics of the Voice Insights API: what the browser and the gateway saw in every ten seconds.
    pub(crate) fn metrics(&self) -> Vec<Value> {
        let last = self.of("sample").last().map_or(0, |line| line["ms"].as_f64().unwrap() as i64);
        let mut totals = Sums::default();
        (1..=(last + 9_999) / 10_000).flat_map(|tenth| self.interval(tenth * 10_000, &mut totals)).collect()
    }

    fn interval(&self, until: i64, totals: &mut Sums) -> Vec<Value> {
        let within = |line: &&Value| {
            let ms = line["ms"].as_f64().unwrap() as i64;
            // The sample of a second may come some milliseconds after its end.
            (until - 9_500..until + 500).contains(&ms)
        };
        let samples: Vec<&Value> = self.of("sample").filter(within).map(|line| &line["sample"]).collect();
        if samples.is_empty() {
            return vec![];
        }
        let sum = |name: &str| samples.iter().filter_map(|sample| sample[name].as_f64()).sum::<f64>();
        let sums = Sums {
            received: sum("packetsReceived"),
            lost: sum("packetsLost"),
            sent: sum("packetsSent"),
            bytes_received: sum("bytesReceived"),
            bytes_sent: sum("bytesSent"),
        };
        totals.add(&sums);
        let spread = |name: &str| spread(samples.iter().filter_map(|sample| sample[name].as_f64()));
        let mut interval = sums.json();
        for (name, theirs) in [
            ("rtt", "rtt"),
            ("jitter", "jitter"),
            ("mos", "mos"),
            ("audio_in", "audioInputLevel"),
            ("audio_out", "audioOutputLevel"),
        ] {
            interval[name] = spread(theirs);
        }
        let row = |edge: &str, direction: &str, about: Value| {
            let mut row = json!({"account_sid": ACCOUNT, "call_sid": self.sid, "edge": edge, "direction": direction,
                "timestamp": self.time_at(until), "carrier_edge": null, "sip_edge": null, "sdk_edge": null, "client_edge": null});
            row[edge] = about;
            row
        };
        let mut rows = vec![row("sdk_edge", "both", json!({"interval": interval, "cumulative": totals.json()}))];
        // Of a call whose relay counted what passed it, the gateway's side is known.
        let up: Vec<&Value> = self.of("truth-second").filter(within).map(|line| &line["up"]).collect();
        let passed = |name: &str| up.iter().filter_map(|up| up[name].as_f64()).sum::<f64>();
        if !up.is_empty() {
            let gateway = Sums { received: passed("rtpOut"), lost: passed("rtpDrop"), ..Sums::default() };
            rows.push(row(
                "client_edge",
                "inbound",
                json!({"codec": 0, "codec_name": "pcmu", "interval": gateway.json()}),
            ));
        }
        rows
    }

    /// The events of the Voice Insights API.
    pub(crate) fn insights_events(&self) -> Vec<Value> {
        let events = self.lines.iter().flat_map(|line| self.events(line));
        events
            .map(|(line, group, name, data, code)| {
                let mut edge = json!({"metadata": {"client_name": "agent"}});
                if !data.is_null() {
                    edge["events"] = data;
                }
                if let Some(code) = code {
                    edge["error"] = json!({"code": code});
                }
                json!({"account_sid": ACCOUNT, "call_sid": self.sid, "edge": "sdk_edge", "group": group, "name": name,
                    "level": "INFO", "timestamp": self.time(line), "carrier_edge": null, "sip_edge": null,
                    "sdk_edge": edge, "client_edge": null})
            })
            .collect()
    }

    /// A page of the API with these under this name.
    pub(crate) fn page(&self, key: &str, values: &[Value]) -> Value {
        let name = if key == "metrics" { "Metrics" } else { "Events" };
        let url = format!("https://insights.twilio.com/v1/Voice/{}/{name}?PageSize=50&Page=0", self.sid);
        json!({"meta": {"key": key, "url": url, "page": 0, "page_size": 50, "next_page_url": null,
            "first_page_url": url, "previous_page_url": null}, key: values})
    }

    /// The same as Event Streams sends it.
    pub(crate) fn cloud_events(&self) -> Vec<Value> {
        let envelope = |kind: &str, schema: &str, data: Value| {
            json!({"specversion": "1.0", "type": format!("com.twilio.voice.insights.{kind}"),
                "source": format!("/v1/Voice/{}", self.sid), "id": "EZ00000000000000000000000000000000",
                "dataschema": format!("https://events-schemas.twilio.com/VoiceInsights.{schema}/2"),
                "datacontenttype": "application/json", "time": data["timestamp"], "data": data})
        };
        let metrics = self.metrics().into_iter().map(|metric| {
            let kind = if metric["edge"] == "sdk_edge" { "call-metrics.sdk" } else { "call-metrics.gateway" };
            envelope(kind, "CallMetric", metric)
        });
        let events = self.insights_events().into_iter().map(|event| envelope("call-event.sdk", "CallEvent", event));
        metrics.chain(events).collect()
    }
}

fn group(name: &str, what: &str) -> &'static str {
    match (name.starts_with("constant-audio"), what) {
        (true, "raised") => "audio-level-warning-raised",
        (true, _) => "audio-level-warning-cleared",
        (false, "raised") => "network-quality-warning-raised",
        (false, _) => "network-quality-warning-cleared",
    }
}

#[derive(Clone, Default)]
struct Sums {
    received: f64,
    lost: f64,
    sent: f64,
    bytes_received: f64,
    bytes_sent: f64,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.lost += other.lost;
        self.sent += other.sent;
        self.bytes_received += other.bytes_received;
        self.bytes_sent += other.bytes_sent;
    }

    fn json(&self) -> Value {
        let expected = self.received + self.lost.max(0.0);
        let loss = if expected > 0.0 { 100.0 * self.lost.max(0.0) / expected } else { 0.0 };
        json!({"packets_received": self.received, "packets_lost": self.lost, "packets_sent": self.sent,
            "packets_loss_percentage": loss, "bytes_received": self.bytes_received, "bytes_sent": self.bytes_sent})
    }
}

fn spread(values: impl Iterator<Item = f64>) -> Value {
    let values: Vec<f64> = values.collect();
    if values.is_empty() {
        return Value::Null;
    }
    let avg = values.iter().sum::<f64>() / values.len() as f64;
    json!({"min": values.iter().copied().fold(f64::MAX, f64::min), "max": values.iter().copied().fold(f64::MIN, f64::max),
        "avg": (avg * 100.0).round() / 100.0})
}
