//! How beats reach the server (rule K2): at once, once, and never when they are late.

use crate::server::{Server, Tab, wait};
use serde_json::{Value, json};
use wasm_bindgen_test::*;

fn open(server: &Server, tab: &str) -> Tab {
    let mut setup = server.setup(tab);
    setup["attributes"] = json!({"reportCalls": true, "shortCallThreshold": 0});
    Tab::open(server, &setup)
}

#[wasm_bindgen_test]
async fn a_call_is_told_of_once_when_it_starts_and_once_when_it_ends() {
    let server = Server::open();
    let tab = open(&server, "one");
    let call = tab.take_call("CA1");
    server.until("server.beats().length === 1").await;
    let request = server.value("server.requests.find(({ fields }) => fields.beat)");
    assert_eq!(request["url"], "https://functions.example.test/calls");
    assert_eq!((&request["method"], &request["redirect"]), (&json!("POST"), &json!("error")));
    assert_eq!(request["fields"]["Token"], "a-token");
    let beat: Value = serde_json::from_str(request["fields"]["beat"].as_str().unwrap()).unwrap();
    assert_eq!((&beat["callSid"], &beat["workerSid"]), (&json!("CA1"), &json!(server.worker)));
    tab.monitor.disconnect(call);
    server.until("server.beats().length === 2").await;
    assert_eq!(server.value("server.beats().map(({ ended }) => Boolean(ended))"), json!([false, true]));
}

#[wasm_bindgen_test]
async fn a_beat_that_is_made_offline_is_dropped_and_stored_nowhere() {
    let server = Server::open();
    server.run("server.online = false");
    let tab = open(&server, "one");
    let call = tab.take_call("CA1");
    server.until("server.looked > 0").await;
    assert_eq!(server.value("JSON.stringify({ ...localStorage }).includes('\"at\"')"), false);
    server.run("server.online = true; window.dispatchEvent(new Event('online'))");
    tab.monitor.disconnect(call);
    server.until("server.beats().length === 1").await;
    assert_eq!(server.value("server.beats()[0].ended"), true, "the newest alone");
}

#[wasm_bindgen_test]
async fn of_the_beats_that_wait_for_one_that_is_on_its_way_only_the_newest_of_a_call_is_sent() {
    let server = Server::open();
    server.run(
        "let first = true;
         server.answer = () => {
             if (!first) return new Response('{}');
             first = false;
             return new Promise((resolve) => { server.release = () => resolve(new Response('{}')); });
         }",
    );
    let tab = open(&server, "one");
    let call = tab.take_call("CA1");
    server.until("server.release").await;
    server.run("server.moveOn(5000)");
    let other = tab.take_call("CA2");
    for _ in 0..2 {
        server.run("server.moveOn(30000)");
        tab.monitor.mute(call, true);
        tab.monitor.mute(other, true);
    }
    // What was made last is as old as this when it may be sent.
    server.run("server.moveOn(3000); server.release()");
    server.until("server.beats().length === 3").await;
    // On a busy machine more time than that has passed, never less.
    let told = server.value("server.beats().map(({ callSid, at }) => [callSid, at - server.beats()[0].at >= 65000])");
    assert_eq!(told, json!([["CA1", false], ["CA1", true], ["CA2", true]]));
}

#[wasm_bindgen_test]
async fn a_busy_server_gets_a_beat_once_more_after_a_second_while_it_is_fresh() {
    for status in [429, 503] {
        let server = Server::open();
        server.run(&format!("server.answer = (n) => new Response('{{}}', {{ status: n === 1 ? {status} : 200 }})"));
        let tab = open(&server, "one");
        tab.take_call("CA1");
        server.until("server.waits.some(({ delay }) => delay === 1001)").await;
        server.until("server.beats().length === 2").await;
        assert_eq!(server.value("server.beats()[0].at === server.beats()[1].at"), true, "{status}");
    }
}

#[wasm_bindgen_test]
async fn a_beat_that_has_become_late_is_dropped() {
    let server = Server::open();
    // The clock moves on as soon as the beat waits: a busy machine could be late for that.
    server.run(
        "server.answer = (n) => new Response('{}', { status: n === 1 ? 503 : 200 });
         server.waits.push = (...waits) => {
             if (waits.some(({ delay }) => delay === 1001)) server.moveOn(10001);
             return Array.prototype.push.apply(server.waits, waits);
         };",
    );
    let tab = open(&server, "one");
    let call = tab.take_call("CA1");
    server.until("server.waits.some(({ delay }) => delay === 1001)").await;
    // Timers fire in the order in which they are due.
    wait(1002).await;
    tab.monitor.disconnect(call);
    server.until("server.beats().length === 2").await;
    assert_eq!(server.value("server.beats().map(({ ended }) => Boolean(ended))"), json!([false, true]));
}

#[wasm_bindgen_test]
async fn a_beat_is_not_sent_again_to_a_server_that_refuses_it_fails_or_asks_for_longer_than_it_is_fresh() {
    for answer in [
        "new Response('{\"error\":\"beat-invalid\"}', { status: 400 })",
        "new Response('{\"error\":\"floor-not-set-up\",\"retryAfter\":600}', { status: 503 })",
        "new Response('{}', { status: 500 })",
        "Promise.reject(new TypeError('Failed to fetch'))",
    ] {
        let server = Server::open();
        server.run(&format!("server.answer = () => {answer}"));
        let tab = open(&server, "one");
        let call = tab.take_call("CA1");
        server.until("server.beats().length === 1").await;
        tab.monitor.disconnect(call);
        server.until("server.beats().length === 2").await;
        assert_eq!(server.value("server.beats().map(({ ended }) => Boolean(ended))"), json!([false, true]), "{answer}");
    }
}

#[wasm_bindgen_test]
async fn two_tabs_of_a_worker_tell_of_their_own_calls_and_of_each_once() {
    let server = Server::open();
    let (one, two) = (open(&server, "one"), open(&server, "two"));
    let (first, second) = (one.take_call("CA1"), two.take_call("CA2"));
    server.until("server.beats().length === 2").await;
    one.monitor.disconnect(first);
    two.monitor.disconnect(second);
    server.until("server.beats().length === 4").await;
    let told = server.value("server.beats().map(({ callSid, ended }) => [callSid, Boolean(ended)]).sort()");
    assert_eq!(told, json!([["CA1", false], ["CA1", true], ["CA2", false], ["CA2", true]]));
}

#[wasm_bindgen_test]
async fn nothing_is_told_under_another_workers_token_or_without_one() {
    for session in ["{ token: 'anothers', workerSid: 'WK00000000000000000000000000000002' }", "{}"] {
        let server = Server::open();
        server.run(&format!("server.session = {session}"));
        let tab = open(&server, "one");
        tab.short_call("CA1");
        server.until("server.looked > 0").await;
        assert_eq!(server.value("server.beats()"), json!([]), "{session}");
    }
}
