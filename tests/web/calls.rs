//! Which call it is, and who is in it.

use crate::monitor_on_page::{Page, js, noticing, object, seen, text};
use device_monitoring::outbox::Entry;
use serde_json::{Value, json};
use wasm_bindgen_test::*;

#[wasm_bindgen_test]
fn the_customers_number_is_found_in_the_tasks_attributes() {
    for (worker, attributes, numbers) in [
        ("WK5", json!({"from": "+15550001111", "to": "+15550002222"}), ["+15550001111", "+15550002222"]),
        ("WK6", json!({"caller": "+15550001111", "called": 15_550_002_222_u64}), ["+15550001111", "15550002222"]),
        ("WK7", json!({"from": "+15550002222", "outbound_to": "+15550001111"}), ["+15550001111", "+15550002222"]),
    ] {
        let page = Page::new(js(&json!({"serverlessUri": "https://example.test", "workerSid": worker})));
        let call = page.monitor.incoming("INCOMING", text("CA1"), None, None);
        page.monitor.accept(call, false);
        page.monitor.describe(call, &object(js(&json!({"attributes": attributes}))));
        page.sample(call, 40.0);
        page.monitor.disconnect(call);
        let form = take_stored(worker).form;
        assert_eq!([form.caller_id.as_str(), form.dnis.as_str()], numbers);
    }
}

/// What is stored of the alert on this worker's call, and then is not any more.
fn take_stored(worker: &str) -> Entry {
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    let key = format!("device-monitoring/{worker}/alert/alert-CA1");
    let text = storage.get_item(&key).unwrap().unwrap();
    storage.remove_item(&key).unwrap();
    Entry::parse(&text).unwrap()
}

/// The alerts in the outbox of this page's worker.
fn kept(page: &Page) -> Vec<Value> {
    page.monitor.alerts().into_iter().map(seen).collect()
}

#[wasm_bindgen_test]
fn who_is_in_the_conference_and_who_listens_crosses_from_javascript() {
    let reasons = |tell: &dyn Fn(&Page, u32)| -> usize {
        let page = Page::new(noticing());
        let call = page.accepted_call();
        tell(&page, call);
        page.effects();
        page.monitor.disconnect(call);
        let ended = page.effects().into_iter().find(|effect| effect["type"] == "ended").unwrap();
        ended["reasons"].as_array().unwrap().len()
    };
    let conference = |page: &Page, call: u32, others: Value| {
        page.monitor.describe(call, &object(js(&json!({"direction": "outbound"}))));
        page.monitor.conference(call, &object(js(&json!({"onHold": false, "others": others}))));
    };
    assert_eq!(reasons(&|_, _| {}), 1, "a short call");
    assert_eq!(reasons(&|page, call| page.monitor.monitoring(call, false)), 0);
    assert_eq!(reasons(&|page, call| conference(page, call, json!([]))), 0);
    let connecting = json!([{"type": "customer", "status": "connecting", "onHold": false}, {}, 7, null]);
    assert_eq!(reasons(&|page, call| conference(page, call, connecting.clone())), 0);
    let joined = json!([{"type": "customer", "status": "joined", "onHold": true}]);
    assert_eq!(reasons(&|page, call| conference(page, call, joined.clone())), 1);
}

#[wasm_bindgen_test]
fn a_call_found_going_on_is_not_judged_by_its_length() {
    let page = Page::new(js(&json!({"serverlessUri": "https://example.test", "workerSid": "WK4"})));
    let call = page.monitor.incoming("INCOMING", None, None, None);
    page.monitor.accept(call, true);
    page.sample(call, 40.0);
    page.monitor.disconnect(call);
    assert_eq!(kept(&page), Vec::<Value>::new(), "no short call");
}
