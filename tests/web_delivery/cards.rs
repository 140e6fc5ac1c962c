//! How the cards of calls reach the server (rule K1): kept until it has them, together where nobody waits for them.

use crate::server::{PAGEHIDE, Server, Tab, lock_is_free};
use device_monitoring::outbox::Entry;
use serde_json::{Value, json};
use wasm_bindgen_test::*;

/// Of a tab that reports its calls, and for which no call is too short.
fn setup(server: &Server, tab: &str) -> Value {
    let mut setup = server.setup(tab);
    setup["attributes"] = json!({"reportCalls": true, "agentTools": true, "shortCallThreshold": 0});
    setup
}

/// A call of which the agent says that it was bad.
fn bad_call(tab: &Tab, sid: &str) {
    let call = tab.take_call(sid);
    tab.monitor.report(call);
    tab.monitor.disconnect(call);
}

/// Waits until no tab is sending cards.
async fn sending_is_over(server: &Server) {
    lock_is_free(&format!("send-cards/{}", server.worker)).await;
}

#[wasm_bindgen_test]
async fn a_card_is_posted_as_a_form_with_the_token_its_place_and_its_document() {
    let server = Server::open();
    let tab = Tab::open(&server, &setup(&server, "one"));
    bad_call(&tab, "CA1");
    server.until("server.cardRequests().length === 1 && server.cards().length === 0").await;
    let request = server.value("server.requests.find(({ fields }) => fields.cards)");
    assert_eq!(request["url"], "https://functions.example.test/calls");
    assert_eq!((&request["method"], &request["redirect"]), (&json!("POST"), &json!("error")));
    let names: Vec<_> = request["fields"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["Token", "cards", "ids"]);
    assert_eq!((&request["fields"]["Token"], &request["fields"]["ids"]), (&json!("a-token"), &json!("0")));
    let cards: Value = serde_json::from_str(request["fields"]["cards"].as_str().unwrap()).unwrap();
    assert_eq!(cards.as_array().unwrap().len(), 1);
    assert_eq!((&cards[0]["callSid"], &cards[0]["reasons"]), (&json!("CA1"), &json!(["agentReport"])));
}

#[wasm_bindgen_test]
async fn cards_wait_while_the_browser_is_offline_and_go_when_it_says_otherwise() {
    let server = Server::open();
    server.run("server.online = false");
    let tab = Tab::open(&server, &setup(&server, "one"));
    bad_call(&tab, "CA1");
    server.until("server.looked > 0").await;
    sending_is_over(&server).await;
    assert_eq!(server.value("[server.requests.length, server.cards().length]"), json!([0, 1]));
    server.run("server.online = true; window.dispatchEvent(new Event('online'))");
    server.until("server.cardRequests().length === 1 && server.cards().length === 0").await;
}

#[wasm_bindgen_test]
async fn cards_that_a_server_in_trouble_does_not_take_are_posted_again_with_the_token_of_that_moment() {
    for trouble in [
        "new Response('{\"error\":\"floor-unavailable\"}', { status: 503 })",
        "new Response('{\"error\":\"floor-busy\"}', { status: 429 })",
        "new Response('{}', { status: 500 })",
        "Promise.reject(new TypeError('Failed to fetch'))",
    ] {
        let server = Server::open();
        server.run(&format!(
            "let cards = 0;
             server.answer = (_, {{ fields }}) => {{
                 cards += fields.cards ? 1 : 0;
                 return fields.cards && cards === 1 ? {trouble} : new Response('{{}}');
             }}"
        ));
        let tab = Tab::open(&server, &setup(&server, "one"));
        bad_call(&tab, "CA1");
        server.until("server.cardRequests().length === 1").await;
        server.run("server.session.token = 'a-fresh-token'");
        server.until("server.cardRequests().length === 2 && server.cards().length === 0").await;
        let tokens = "server.requests.filter(({ fields }) => fields.cards).map(({ fields }) => fields.Token)";
        assert_eq!(server.value(tokens), json!(["a-token", "a-fresh-token"]), "{trouble}");
    }
}

#[wasm_bindgen_test]
async fn a_server_that_asks_to_be_left_alone_with_cards_is_and_alerts_go_all_the_same() {
    let server = Server::open();
    server.run(
        "server.answer = (_, { fields }) => fields.cards
             ? new Response('{\"error\":\"floor-not-set-up\",\"retryAfter\":600}', { status: 503 })
             : new Response('{}')",
    );
    let tab = Tab::open(&server, &setup(&server, "one"));
    bad_call(&tab, "CA1");
    server.until("server.cardRequests().length === 1 && server.alerts().length === 0").await;
    sending_is_over(&server).await;
    let kept = server.value("localStorage.getItem(server.cards()[0])");
    let asked = Entry::parse(kept.as_str().unwrap()).unwrap().server_pause.0;
    assert!((600_000.0..=605_000.0).contains(&asked), "{asked}");
    bad_call(&tab, "CA2");
    server.until("server.requests.filter(({ fields }) => fields.alert).length === 2").await;
    sending_is_over(&server).await;
    assert_eq!(server.value("server.cardRequests().length"), 1, "it has asked for ten minutes");
}

#[wasm_bindgen_test]
async fn cards_of_healthy_calls_go_together_five_minutes_after_the_first() {
    let server = Server::open();
    let tab = Tab::open(&server, &setup(&server, "one"));
    for call in ["CA1", "CA2", "CA3"] {
        tab.short_call(call);
    }
    server.until("server.waits.some(({ delay }) => delay > 290000 && delay <= 300001)").await;
    assert_eq!(server.value("server.cardRequests().length"), 0);
    server.run(
        "server.moveOn(300001);
         server.waits.findLast(({ delay }) => delay > 290000 && delay <= 300001).handler()",
    );
    server.until("server.cards().length === 0").await;
    assert_eq!(
        server.value("server.cardRequests().map((ids) => ids.sort())"),
        json!([["card-CA1", "card-CA2", "card-CA3"]])
    );
}

#[wasm_bindgen_test]
async fn ten_cards_of_healthy_calls_go_together_at_once() {
    let server = Server::open();
    let tab = Tab::open(&server, &setup(&server, "one"));
    for call in 1..=9 {
        tab.short_call(&format!("CA{call}"));
    }
    server.until("server.looked > 0").await;
    sending_is_over(&server).await;
    assert_eq!(server.value("server.cardRequests().length"), 0);
    tab.short_call("CA10");
    server.until("server.cards().length === 0").await;
    assert_eq!(server.value("server.cardRequests().map((ids) => ids.length)"), json!([10]));
}

#[wasm_bindgen_test]
async fn after_trouble_a_card_goes_at_once_and_takes_along_those_that_wait() {
    let server = Server::open();
    let tab = Tab::open(&server, &setup(&server, "one"));
    tab.short_call("CA1");
    tab.short_call("CA2");
    server.until("server.looked > 0").await;
    sending_is_over(&server).await;
    assert_eq!(server.value("server.cardRequests().length"), 0);
    bad_call(&tab, "CA3");
    server.until("server.cards().length === 0").await;
    // What was made within a millisecond is in no order.
    assert_eq!(server.value("server.cardRequests().map(([first]) => first)"), json!(["card-CA3"]));
    let mut along: Vec<String> = serde_json::from_value(server.value("server.cardRequests()[0].slice(1)")).unwrap();
    along.sort();
    assert_eq!(along, ["card-CA1", "card-CA2"]);
}

#[wasm_bindgen_test]
async fn of_several_cards_one_that_is_refused_is_dropped_and_the_others_are_the_servers() {
    let server = Server::open();
    server.run(
        r#"server.answer = (_, { fields }) => {
               if (!fields.cards) return new Response('{}');
               // As the Function does.
               const ids = fields.ids.split(',');
               const refused = JSON.parse(fields.cards).flatMap(({ callSid }, index) =>
                   callSid === 'CA1' ? [{ id: ids[index], message: 'The card is of another worker.' }] : []);
               return new Response(JSON.stringify({ kept: 1, refused }));
           }"#,
    );
    let tab = Tab::open(&server, &setup(&server, "one"));
    tab.short_call("CA1");
    // A page may give a call any name.
    tab.short_call("CA0,1,0");
    bad_call(&tab, "CA2");
    server.until("server.cardRequests().length === 1 && server.cards().length === 0").await;
    sending_is_over(&server).await;
    let said = server.value("server.said.join()");
    assert_eq!(said.as_str().unwrap().matches("of another worker").count(), 1, "{said}");
    assert_eq!(server.value("server.cardRequests().length"), 1);
}

#[wasm_bindgen_test]
async fn of_two_tabs_one_sends_at_a_time_and_each_card_goes_out_once() {
    let server = Server::open();
    server.run(
        "let first = true;
         server.answer = (_, { fields }) => {
             if (!fields.cards || !first) return new Response('{}');
             first = false;
             return new Promise((resolve) => { server.release = () => resolve(new Response('{}')); });
         }",
    );
    let (one, two) = (Tab::open(&server, &setup(&server, "one")), Tab::open(&server, &setup(&server, "two")));
    bad_call(&one, "CA1");
    bad_call(&two, "CA2");
    server.until("server.release").await;
    // The other tab finds the lock taken.
    server.until("server.waits.some(({ delay }) => delay === 2001)").await;
    bad_call(&two, "CA3");
    assert_eq!(server.value("server.cardRequests().length"), 1, "one at a time");
    server.run("server.release()");
    server.until("server.cards().length === 0").await;
    sending_is_over(&server).await;
    let mut posted: Vec<String> = serde_json::from_value(server.value("server.cardRequests().flat()")).unwrap();
    posted.sort();
    assert_eq!(posted, ["card-CA1", "card-CA2", "card-CA3"]);
}

#[wasm_bindgen_test]
async fn a_call_whose_tab_has_died_leaves_its_card_through_the_next_one_and_only_one() {
    let server = Server::open();
    let dead = Tab::open(&server, &setup(&server, &server.worker));
    dead.take_call("CA1");
    server.checkpointed().await;
    let _two = Tab::open(&server, &setup(&server, "two"));
    server.until("server.looked >= 4").await;
    sending_is_over(&server).await;
    assert_eq!(server.value("server.cardRequests().length + server.cards().length"), 0, "it lives");
    drop(dead);
    lock_is_free(&format!("tab/{}", server.worker)).await;
    let _three = Tab::open(&server, &setup(&server, "three"));
    let _four = Tab::open(&server, &setup(&server, "four"));
    server.until("server.cards().length === 1").await;
    let kept = server.value("localStorage.getItem(server.cards()[0])");
    let card: Value = serde_json::from_str(&Entry::parse(kept.as_str().unwrap()).unwrap().form.document()).unwrap();
    assert_eq!((&card["callSid"], &card["cutShort"]), (&json!("CA1"), &json!(true)));
}

#[wasm_bindgen_test]
async fn on_leaving_alerts_go_before_cards_which_go_in_one_request() {
    let server = Server::open();
    server.run("server.answer = () => new Response('{}', { status: 500 })");
    let tab = Tab::open(&server, &setup(&server, "one"));
    bad_call(&tab, "CA1");
    bad_call(&tab, "CA2");
    server.until("server.requests.some(({ fields }) => fields?.alert) && server.cardRequests().length > 0").await;
    let call = tab.take_call("CA3");
    tab.monitor.report(call);
    sending_is_over(&server).await;
    server.sending_is_over().await;
    server.run(&format!("server.requests = []; {PAGEHIDE}; server.leaving = server.requests.length"));
    server.until("server.requests.every(({ fields }) => fields)").await;
    assert_eq!(server.value("server.leaving"), 4, "before the event ends");
    assert_eq!(server.value("server.requests.every(({ keepalive }) => keepalive)"), true);
    let kinds = "server.requests.slice(0, 4).map(({ url }) => url.split('/').at(-1))";
    assert_eq!(server.value(kinds), json!(["respond-to-issue", "respond-to-issue", "respond-to-issue", "calls"]));
    let mut cards: Vec<String> = serde_json::from_value(server.value("server.cardRequests()[0]")).unwrap();
    cards.sort();
    assert_eq!(cards, ["card-CA1", "card-CA2", "card-CA3"], "of the call in progress too");
}

#[wasm_bindgen_test]
async fn what_leaves_with_a_page_is_within_64_kib_with_cards_as_well() {
    let server = Server::open();
    let tab = Tab::silent(&server, &setup(&server, "one"));
    (100..200).for_each(|call| bad_call(&tab, &format!("CA{call}")));
    server.run("server.online = false");
    let _leaving = Tab::open(&server, &setup(&server, "two"));
    server.run(PAGEHIDE);
    server.until("server.requests.length > 1 && server.requests.every(({ fields }) => fields)").await;
    let bytes = server.value("server.requests.map(({ fields }) => new URLSearchParams(fields).toString().length)");
    let bytes: Vec<usize> = serde_json::from_value(bytes).unwrap();
    assert!(bytes.iter().sum::<usize>() <= 65_536, "{bytes:?}");
    assert_eq!(server.value("server.cardRequests().length"), 1);
    assert!(server.value("server.cardRequests()[0].length").as_u64().unwrap() > 5, "{bytes:?}");
    assert_eq!(server.value("server.requests.at(-1).fields.cards.length > 0"), true, "last");
}

#[wasm_bindgen_test]
async fn without_report_calls_there_is_neither_a_card_nor_a_beat() {
    let server = Server::open();
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.requests.length === 1 && server.alerts().length === 0").await;
    server.run(PAGEHIDE);
    assert_eq!(server.value("[server.cardRequests().length, server.beats().length]"), json!([0, 0]));
    assert_eq!(server.value("localStorage.length"), 0);
}
