//! What is never kept or sent: numbers after a logout, another worker's alerts, anything where nothing is sent.

use crate::server::{PAGEHIDE, Server, Tab, URI};
use serde_json::json;
use wasm_bindgen_test::*;

#[wasm_bindgen_test]
async fn where_nothing_is_ever_sent_nothing_is_checkpointed_or_kept() {
    let address = json!({"serverlessUri": URI});
    let without_address = json!({"serverlessUri": null});
    let switched_off = json!({"attributes": {"enabled": false}});
    for (change, checkpoints) in [(&address, true), (&without_address, false), (&switched_off, false)] {
        let server = Server::open();
        let mut setup = server.setup("one");
        for (property, value) in change.as_object().unwrap() {
            setup[property] = value.clone();
        }
        let tab = Tab::silent(&server, &setup);
        tab.take_call("CA1");
        // Nothing else of a call without trouble needs a timer.
        assert_eq!(server.value("server.timers > 0"), checkpoints, "{setup}");
        if checkpoints {
            server.checkpointed().await;
        }
        assert_eq!(server.value("localStorage.length > 0"), checkpoints, "{setup}");
    }
    let server = Server::open();
    Tab::silent(&server, &json!({"workerSid": server.worker, "tab": "one"})).short_call("CA1");
    assert_eq!(server.value("localStorage.length"), 0);
    assert!(server.value("server.said.join()").as_str().unwrap().contains("REACT_APP_SERVERLESS_URI"));
}

#[wasm_bindgen_test]
async fn numbers_that_an_earlier_page_kept_are_forgotten_where_nothing_is_sent_any_more() {
    let server = Server::open();
    Tab::silent(&server, &server.setup("one")).short_call("CA1");
    assert!(server.value("JSON.stringify({ ...localStorage })").as_str().unwrap().contains("+1555"));
    let _next = Tab::open(&server, &json!({"workerSid": server.worker, "tab": "two"}));
    let kept = server.value("JSON.stringify({ ...localStorage })");
    assert!(kept.as_str().unwrap().contains("alert-CA1") && !kept.as_str().unwrap().contains("+1555"), "{kept}");
}

#[wasm_bindgen_test]
async fn at_logout_alerts_go_while_the_token_is_good_and_no_number_stays_or_comes() {
    let server = Server::open();
    server.run("server.answer = () => new Response('{}', { status: 500 })");
    let tab = Tab::open(&server, &server.setup("one"));
    let call = tab.take_call("CA1");
    tab.short_call("CA2");
    server.until("server.requests.length === 1").await;
    tab.monitor.log_out();
    assert_eq!(server.value("server.requests.length"), 2);
    assert!(!server.value("JSON.stringify({ ...localStorage })").as_str().unwrap().contains("+1555"));
    tab.monitor.disconnect(call);
    let kept = server.value("JSON.stringify({ ...localStorage })");
    assert!(kept.as_str().unwrap().contains("alert-CA1") && !kept.as_str().unwrap().contains("+1555"), "{kept}");
}

#[wasm_bindgen_test]
async fn another_worker_in_the_same_browser_sends_nothing_of_the_first() {
    let server = Server::open();
    server.run("server.session = { token: 'anothers', workerSid: 'WK00000000000000000000000000000002' }");
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.looked > 0").await;
    server.sending_is_over().await;
    server.run(PAGEHIDE);
    assert_eq!(server.value("server.requests"), json!([]));
    assert_eq!(server.value("server.alerts().length"), 1);
}

#[wasm_bindgen_test]
async fn after_a_logout_that_another_plugin_has_prevented_the_next_call_that_is_taken_has_its_numbers() {
    let server = Server::open();
    let tab = Tab::open(&server, &server.setup("one"));
    server.until("server.looked > 0").await;
    tab.monitor.log_out();
    let ringing = tab.monitor.incoming("INCOMING", Some("CA1".to_owned()), Some("+15555550101".to_owned()), None);
    tab.monitor.cancel(ringing);
    assert_eq!(server.value("Object.keys(localStorage).length"), 1, "it only rang");
    tab.short_call("CA2");
    server.until("server.requests.length === 1 && server.alerts().length === 0").await;
    assert_eq!(server.value("server.requests[0].fields.callerId"), "+15555550101");
    assert_eq!(server.value("Object.keys(localStorage).length"), 0);
}
