//! What the agent's panel shows of a call, second by second and in wrap-up.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use device_monitoring::{
    CallId, CallParties, ClientInfo, Configuration, Engine, Event, RawSample, Sample, Timestamp, WallTime, WarningData,
    WarningName,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

struct Page {
    engine: Engine,
    call: CallId,
    now: i64,
}

impl Page {
    fn new() -> Self {
        let mut engine = Engine::new(
            Configuration::from_block(&json!({"agentTools": true, "lowMosThreshold": 1})),
            ClientInfo::default(),
        );
        let call = engine.open(CallParties::default());
        let mut page = Self { engine, call, now: 5000 };
        page.tell(Event::Accepted { at: WallTime(0.0), found_in_progress: false });
        page
    }

    fn tell(&mut self, event: Event) {
        self.engine.handle(Timestamp(self.now), self.call, &event);
        while self.engine.poll_effect().is_some() {}
    }

    fn seconds(&mut self, count: usize, rtt: f64) {
        for _ in 0..count {
            self.now += 1000;
            let raw = RawSample {
                rtt,
                jitter: 3.0,
                mos: 4.0,
                packets_lost: 0.0,
                packets_sent: 50.0,
                packets_received: 50.0,
                bytes_received: 8000.0,
                bytes_sent: 8000.0,
                audio_input_level: 9000.0,
                audio_output_level: 6000.0,
            };
            self.tell(Event::Sample(Sample::from(raw)));
        }
    }

    fn json(&self) -> Value {
        let panel = self.engine.panel(Timestamp(self.now), self.call).unwrap();
        serde_json::to_value(&panel).unwrap()
    }

    fn chart(&self, name: &str) -> Value {
        self.json()["charts"].as_array().unwrap().iter().find(|chart| chart["name"] == name).unwrap().clone()
    }
}

/// The plugin draws a chart by its row in `LINES`, and fails to draw the panel without one.
#[test]
fn the_plugin_has_a_line_for_every_chart_and_for_nothing_else() {
    let program = include_str!("../js-shim/src/ui/Chart.js");
    let (_, rows) = program.split_once("const LINES = {").unwrap();
    let (rows, _) = rows.split_once("\n};").unwrap();
    let drawn: BTreeSet<&str> =
        rows.lines().filter_map(|row| row.split_once(": {")).map(|(name, _)| name.trim()).collect();
    let panel = Page::new().json();
    let charts: BTreeSet<&str> =
        panel["charts"].as_array().unwrap().iter().map(|chart| chart["name"].as_str().unwrap()).collect();
    assert_eq!(drawn, charts, "js-shim/src/ui/Chart.js");
}

#[test]
fn trouble_shades_its_own_chart_lasts_while_it_lasts_and_is_told_in_the_present() {
    let mut page = Page::new();
    page.seconds(10, 50.0);
    page.seconds(10, 900.0);
    let rtt = page.chart("rtt");
    assert_eq!((&rtt["threshold"], &rtt["degradations"]), (&json!(400.0), &json!([{"from": 10_000, "until": null}])));
    assert_eq!(rtt["points"][2], 50.0);
    assert_eq!(rtt["points"].as_array().unwrap().last().unwrap(), 900.0);
    assert_eq!(page.chart("jitter")["degradations"], json!([]));
    assert_eq!(
        page.json()["timeline"],
        json!([{"from": 10_000, "until": null, "what": "DeviceMonitoringYourNetworkBoth"}])
    );

    page.seconds(10, 50.0);
    assert_eq!(page.chart("rtt")["degradations"], json!([{"from": 10_000, "until": 20_000}]));
    assert_eq!(
        page.json()["timeline"],
        json!([{"from": 10_000, "until": 20_000, "what": "DeviceMonitoringYourNetworkWas"}])
    );
}

#[test]
fn the_end_of_the_call_is_the_end_of_the_panel_which_stays_for_wrap_up() {
    let mut page = Page::new();
    page.seconds(10, 900.0);
    page.tell(Event::Disconnected);
    let at_the_end = page.json();
    assert_eq!(at_the_end["timeline"][0]["until"], 10_000, "nothing lasts any more");
    page.now += 60_000;
    assert_eq!(page.json(), at_the_end);
    page.tell(Event::Reported);
    let timeline = page.json()["timeline"].clone();
    assert_eq!(timeline[1], json!({"from": 70_000, "until": 70_000, "what": "DeviceMonitoringReported"}));
}

#[test]
fn an_hour_of_trouble_keeps_the_latest_of_what_happened_and_no_more_points_than_fit() {
    let mut page = Page::new();
    for _ in 0..120 {
        page.seconds(20, 50.0);
        page.seconds(10, 900.0);
    }
    let panel = page.json();
    let timeline = panel["timeline"].as_array().unwrap();
    assert_eq!(timeline.len(), 12);
    assert!(timeline.is_sorted_by_key(|happening| happening["from"].as_i64()));
    assert_eq!(timeline[11]["from"], 3_590_000);
    assert!(panel["charts"].as_array().unwrap().iter().all(|chart| chart["points"].as_array().unwrap().len() <= 240));
}

#[test]
fn trouble_that_lasts_stays_on_the_list_whatever_comes_after_it() {
    let mut page = Page::new();
    page.seconds(10, 900.0);
    (0..15).for_each(|_| page.tell(Event::Reported));
    let timeline = page.json()["timeline"].clone();
    assert_eq!((timeline.as_array().unwrap().len(), &timeline[0]["until"]), (12, &Value::Null));
}

/// A page whose call was without a packet of the customer's for as long as its connection was gone.
fn disconnected(page: &mut Page, bytes_received: f64) {
    let dead = |page: &mut Page, seconds| {
        for _ in 0..seconds {
            page.now += 1000;
            let raw = RawSample { bytes_received, bytes_sent: 8000.0, ..RawSample::default() };
            page.tell(Event::Sample(Sample::from(raw)));
        }
    };
    page.seconds(5, 50.0);
    dead(page, 1);
    page.tell(Event::Reconnecting { code: Some(53405) });
    dead(page, 1);
    page.tell(Event::Warning(WarningName::IceConnectivityLost, WarningData::default()));
    dead(page, 2);
    page.tell(Event::WarningCleared(WarningName::IceConnectivityLost));
    page.tell(Event::Reconnected);
    page.seconds(5, 50.0);
}

#[test]
fn conditions_that_mean_the_same_to_the_agent_are_one_line() {
    let mut page = Page::new();
    disconnected(&mut page, 0.0);
    assert_eq!(
        page.json()["timeline"],
        json!([
            {"from": 5000, "until": 9000, "what": "DeviceMonitoringNoAudioFromCustomerWas"},
            {"from": 6000, "until": 9000, "what": "DeviceMonitoringConnectionLostWas"},
        ])
    );
    assert_eq!(
        page.chart("mos")["degradations"].as_array().unwrap().len(),
        2,
        "of a lost connection every chart tells"
    );
}

#[test]
fn a_connection_that_flickers_while_sound_passes_is_nothing_and_lost_signalling_is_no_lost_connection() {
    let mut page = Page::new();
    disconnected(&mut page, 8000.0);
    page.tell(Event::TransportClosed);
    page.seconds(2, 50.0);
    assert_eq!(
        page.json()["timeline"],
        json!([{"from": 14_000, "until": null, "what": "DeviceMonitoringSignalingLost"}])
    );
    assert_eq!(page.chart("mos")["degradations"], json!([]));
}

#[test]
fn a_call_that_is_unknown_or_was_not_accepted_has_no_panel() {
    let mut engine = Engine::new(Configuration::default(), ClientInfo::default());
    let ringing = engine.open(CallParties::default());
    assert!(engine.panel(Timestamp(0), ringing).is_none());
    assert!(engine.panel(Timestamp(0), CallId(99)).is_none());
}
