//! What a page that closes or crashes leaves behind.

use crate::server::{PAGEHIDE, Server, Tab};
use device_monitoring::outbox::Entry;
use js_sys::{Function, Promise, Reflect};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::*;

#[wasm_bindgen_test]
async fn what_a_closing_page_leaves_is_on_its_way_before_the_event_ends() {
    let server = Server::open();
    server.run("server.answer = () => new Response('{}', { status: 500 })");
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.requests.length === 1").await;
    tab.take_call("CA2");
    server.run(&format!("server.requests = []; {PAGEHIDE}; server.leaving = server.requests.length"));
    assert_eq!(server.value("server.leaving"), 2, "of the call in progress too");
    assert_eq!(
        server.value("server.requests.every(({ keepalive, redirect }) => keepalive && redirect === 'error')"),
        true
    );
    server.until("server.requests.every(({ fields }) => fields)").await;
    assert_eq!(server.posted_in_any_order(), ["alert-CA1", "alert-CA2"]);
}

#[wasm_bindgen_test]
async fn one_large_alert_keeps_no_smaller_one_back_on_leaving_and_what_stays_does_not_count_as_tried() {
    let server = Server::open();
    let tab = Tab::silent(&server, &server.setup("one"));
    for call in ["CA1", "CA2", "CA3"] {
        tab.short_call(call);
    }
    // Larger than what outlives a page: as many percent signs take three times the room in a form.
    server.run(
        "const key = server.alerts().find((key) => key.includes('CA2'));
         localStorage.setItem(key, localStorage.getItem(key).replace('log-call', '%'.repeat(25000)))",
    );
    // Not before the page leaves.
    server.run("server.online = false");
    let leaving = Tab::open(&server, &server.setup("two"));
    server.run(PAGEHIDE);
    server.until("server.requests.length === 2 && server.requests.every(({ fields }) => fields)").await;
    drop(leaving);
    assert_eq!(server.posted_in_any_order(), ["alert-CA1", "alert-CA3"]);
    let left = server.value("localStorage.getItem(server.alerts().find((key) => key.includes('CA2')))");
    assert_eq!(Entry::parse(left.as_str().unwrap()).unwrap().attempts, 0);
}

#[wasm_bindgen_test]
async fn the_browser_holds_the_latest_checkpoint_of_each_call_for_a_crash_until_the_call_has_ended() {
    let server = Server::open();
    let tab = Tab::open(&server, &server.setup("one"));
    let call = tab.take_call("CA1");
    tab.take_call("CA2");
    tab.monitor.report(call);
    server.until("server.later.length === 2").await;
    let waiting = "server.later.filter(({ withdrawn }) => !withdrawn).map(({ fields }) => JSON.parse(fields.alert).id)";
    let mut ids: Vec<String> = serde_json::from_value(server.value(waiting)).unwrap();
    ids.sort();
    assert_eq!(ids, ["alert-CA1", "alert-CA2"], "the latest of each");
    let latest = server.value("server.later.findLast(({ fields }) => fields.alert.includes('CA1'))");
    assert_eq!((&latest["method"], &latest["fields"]["Token"]), (&json!("POST"), &json!("a-token")));
    assert_eq!(latest["redirect"], "error");
    assert_eq!(latest["url"], "https://functions.example.test/respond-to-issue");
    let document: Value = serde_json::from_str(latest["fields"]["alert"].as_str().unwrap()).unwrap();
    assert_eq!(document["cutShort"], true);
    assert!(document.to_string().contains("agentReport"), "{document}");

    tab.monitor.disconnect(call);
    assert_eq!(server.value(waiting), json!(["alert-CA2"]), "the page lives: it posts by itself");
}

#[wasm_bindgen_test]
async fn a_page_that_leaves_or_logs_out_posts_by_itself_and_withdraws_what_waits_for_a_crash() {
    let may_come_back = PAGEHIDE.replace("false", "true");
    for (goes, ends_calls) in [(PAGEHIDE, true), (&may_come_back, false), ("server.logOut()", false)] {
        // Where calls are reported, cards leave after the alerts.
        for attributes in [json!({}), json!({"reportCalls": true})] {
            let server = Server::open();
            let mut setup = server.setup("one");
            setup["attributes"] = attributes.clone();
            let tab = std::rc::Rc::new(Tab::open(&server, &setup));
            let leaving = std::rc::Rc::clone(&tab);
            let log_out: Closure<dyn FnMut()> = Closure::new(move || leaving.monitor.log_out());
            Reflect::set(&server.server, &"logOut".into(), log_out.as_ref()).unwrap();
            tab.take_call("CA1");
            server.until("server.later.length === 1").await;
            server.run(goes);
            let case = format!("{goes}, {attributes}");
            assert_eq!(server.value("server.later.filter(({ withdrawn }) => !withdrawn).length"), 0, "{case}");
            let checkpoints = "Object.keys(localStorage)
                .filter((key) => key.startsWith(`device-monitoring/${server.session.workerSid}/call/`)).length";
            assert_eq!(server.value(checkpoints), usize::from(!ends_calls), "{case}");
            let alerts = "server.requests.filter(({ url }) => url.endsWith('/respond-to-issue')).length";
            assert_eq!(server.value(alerts), usize::from(ends_calls), "{case}");
            // Until it is answered, a page that waits for that would hear of the next one's end.
            server.until("server.alerts().length + server.cards().length === 0").await;
        }
    }
}

#[wasm_bindgen_test]
async fn where_the_browser_cannot_or_may_not_hold_a_checkpoint_the_stored_one_remains() {
    for cannot in ["delete window.fetchLater", "server.noRoom = true", "server.session = {}"] {
        let server = Server::open();
        server.run(cannot);
        let tab = Tab::open(&server, &server.setup("one"));
        tab.take_call("CA1");
        server.checkpointed().await;
        assert_eq!(server.value("server.later"), json!([]), "{cannot}");
        assert_eq!(server.value("server.said"), json!([]), "{cannot}");
    }
}

#[wasm_bindgen_test]
async fn what_is_told_of_a_call_in_one_go_is_checkpointed_once() {
    let server = Server::open();
    let tab = Tab::open(&server, &server.setup("one"));
    let call = tab.take_call("CA1");
    tab.monitor.report(call);
    tab.monitor.report(call);
    server.until("server.later.length > 0").await;
    let held = "server.later.map(({ fields }) => JSON.parse(fields.alert).agentReports.length)";
    assert_eq!(server.value(held), json!([2]));
}

#[wasm_bindgen_test]
async fn a_checkpoint_is_renewed_every_five_seconds() {
    let server = Server::open();
    let tab = Tab::open(&server, &server.setup("one"));
    tab.take_call("CA1");
    server.checkpointed().await;
    for _ in 0..3 {
        server.run(
            "server.key = Object.keys(localStorage).find((key) => key.includes('/call/'));
             localStorage.removeItem(server.key);
             server.renewal = server.waits.findLast(({ delay }) => delay > 2001 && delay < 60000);
             server.waits = [];
             server.renewal.handler()",
        );
        assert_eq!(server.value("server.renewal.delay"), 5001, "and a millisecond, for the clock's");
        assert_eq!(server.value("localStorage.getItem(server.key) !== null"), true);
    }
}

#[wasm_bindgen_test]
async fn what_leaves_with_a_page_is_within_the_64_kib_that_browsers_take_and_no_less_than_fits() {
    // The Fetch Standard's limit, as this browser keeps it.
    let keepalive = "return fetch(location.href, { method: 'POST', keepalive: true, body: 'x'.repeat(bytes) })
         .then(() => true, () => false)";
    for (bytes, is_taken) in [(65_536, true), (65_537, false)] {
        let asked = Function::new_with_args("bytes", keepalive).call1(&JsValue::UNDEFINED, &bytes.into()).unwrap();
        assert_eq!(JsFuture::from(asked.unchecked_into::<Promise>()).await.unwrap(), is_taken, "{bytes}");
    }
    let server = Server::open();
    let tab = Tab::silent(&server, &server.setup("one"));
    (100..200).for_each(|call| tab.short_call(&format!("CA{call}")));
    server.run("server.online = false");
    let _leaving = Tab::open(&server, &server.setup("two"));
    server.run(PAGEHIDE);
    server.until("server.requests.length > 0 && server.requests.every(({ fields }) => fields)").await;
    let bytes = server.value("server.requests.map(({ fields }) => new URLSearchParams(fields).toString().length)");
    let bytes: Vec<usize> = serde_json::from_value(bytes).unwrap();
    let (sum, longest) = (bytes.iter().sum::<usize>(), bytes.iter().max().unwrap());
    assert!(sum <= 65_536 && sum + longest > 60_000 && bytes.len() < 100, "{bytes:?}");
}

/// Has the engine fail in the middle of what `server.work` does: it asks for the time while it works.
const FAIL: &str = "
    const { now } = performance;
    performance.now = () => { throw new Error('in the middle'); };
    try {
        server.work();
    } catch {
        // As the page does, which then asks what to do.
    }
    performance.now = now;
";

#[wasm_bindgen_test]
async fn a_call_whose_end_fails_leaves_its_last_checkpoint_as_its_alert_and_its_card_and_one_that_goes_on_does_not() {
    for (ends, after, left) in
        [(true, json!(["retry", "give-up"]), 1), (false, json!(["retry", "skip", "retry", "give-up"]), 0)]
    {
        let server = Server::open();
        let mut setup = server.setup("one");
        setup["attributes"] = json!({"reportCalls": true});
        let tab = std::rc::Rc::new(Tab::open(&server, &setup));
        let call = tab.take_call("CA1");
        tab.monitor.report(call);
        server.checkpointed().await;
        let working = std::rc::Rc::clone(&tab);
        let work: Closure<dyn Fn()> = Closure::new(move || match ends {
            true => working.monitor.disconnect(call),
            false => working.monitor.mute(call, true),
        });
        Reflect::set(&server.server, &"work".into(), work.as_ref()).unwrap();
        let told: Vec<Option<String>> = (0..after.as_array().unwrap().len())
            .map(|_| {
                server.run(FAIL);
                JsValue::from(tab.monitor.failed(JsValue::NULL)).as_string()
            })
            .collect();
        assert_eq!(json!(told), after);
        assert_eq!(server.value("[server.alerts().length, server.cards().length]"), json!([left, left]), "{ends}");
        assert_eq!(server.value("Object.keys(localStorage).filter((key) => key.includes('/call/')).length"), 0);
        assert_eq!(server.value("server.later.filter(({ withdrawn }) => !withdrawn).length"), 0);
        if left == 0 {
            continue;
        }
        server.until("server.requests.some(({ fields }) => fields?.alert) && server.alerts().length === 0").await;
        server.until("server.cardRequests().length === 1 && server.cards().length === 0").await;
        let document = server.value("JSON.parse(server.requests.find(({ fields }) => fields.alert).fields.alert)");
        assert_eq!(document["cutShort"], true);
        assert!(document.to_string().contains("agentReport"), "{document}");
    }
}
