//! Several tabs, a tab that dies, and what stands in the way of sending.

use crate::server::{Server, Tab, lock_is_free, wait};
use js_sys::Reflect;
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

#[wasm_bindgen_test]
async fn an_alert_that_comes_between_nothing_left_and_the_release_of_the_lock_is_sent_at_once() {
    let server = Server::open();
    // Just before the lock is released after a turn in which there was nothing.
    server.run(
        "const { locks } = navigator;
         Object.defineProperty(navigator, 'locks', { configurable: true, value: {
             query: () => locks.query(),
             request: (name, options, work) => locks.request(name, options, async (lock) => {
                 const result = await work(lock);
                 if (name.includes('/send/') && server.looked === 1) server.call();
                 return result;
             }),
         } })",
    );
    let tab = std::rc::Rc::new(Tab::open(&server, &server.setup("one")));
    let calling = std::rc::Rc::clone(&tab);
    let call: Closure<dyn FnMut()> = Closure::new(move || calling.short_call("CA1"));
    Reflect::set(&server.server, &"call".into(), call.as_ref()).unwrap();
    server.until("server.requests.length === 1 && server.alerts().length === 0").await;
    assert_eq!(server.posted(), ["alert-CA1"]);
}

#[wasm_bindgen_test]
async fn a_failure_in_the_middle_of_sending_releases_the_lock_and_the_next_alert_is_sent() {
    let server = Server::open();
    server.run("server.fails = true");
    let tab = Tab::open(&server, &server.setup("one"));
    server.until("server.said.some((line) => line.includes('Sending failed'))").await;
    server.sending_is_over().await;
    server.run("server.fails = false");
    tab.short_call("CA1");
    server.until("server.requests.length === 1 && server.alerts().length === 0").await;
}

#[wasm_bindgen_test]
async fn of_several_tabs_one_sends_and_each_alert_goes_out_once() {
    let server = Server::open();
    server.run(
        "server.answer = (n) => n > 1 ? new Response('{}')
             : new Promise((resolve) => { server.release = () => resolve(new Response('{}')); })",
    );
    let (one, two) = (Tab::open(&server, &server.setup("one")), Tab::open(&server, &server.setup("two")));
    one.short_call("CA1");
    two.short_call("CA2");
    // Longer than a tab needs to find the lock taken.
    wait(500).await;
    assert_eq!(server.value("server.requests.length"), 1, "one at a time");
    server.run("server.release()");
    server.until("server.requests.length === 2 && server.alerts().length === 0").await;
    assert_eq!(server.posted_in_any_order(), ["alert-CA1", "alert-CA2"]);
}

#[wasm_bindgen_test]
async fn a_call_whose_tab_has_died_is_alerted_by_the_next_one_and_not_while_it_lives() {
    let server = Server::open();
    let dead = Tab::open(&server, &server.setup(&server.worker));
    dead.take_call("CA1");
    server.checkpointed().await;
    let _two = Tab::open(&server, &server.setup("two"));
    server.until("server.looked >= 2").await;
    server.sending_is_over().await;
    assert_eq!(server.value("server.requests"), json!([]), "it lives");
    drop(dead);
    lock_is_free(&format!("tab/{}", server.worker)).await;
    let _three = Tab::open(&server, &server.setup("three"));
    server.until("server.requests.length === 1 && server.alerts().length === 0").await;
    let document = server.value("JSON.parse(server.requests[0].fields.alert)");
    assert_eq!((&document["cutShort"], &document["reasons"][0]["rule"]), (&json!(true), &json!("shortCall")));
}

#[wasm_bindgen_test]
async fn what_another_tab_has_stored_is_sent_by_this_one_if_that_one_dies() {
    let server = Server::open();
    let _one = Tab::open(&server, &server.setup("one"));
    server.until("server.looked > 0").await;
    Tab::silent(&server, &server.setup("two")).short_call("CA1");
    server.run(
        "const [key] = server.alerts();
         window.dispatchEvent(new StorageEvent('storage', { key, newValue: localStorage.getItem(key) }))",
    );
    server.until("server.requests.length === 1 && server.alerts().length === 0").await;
}

#[wasm_bindgen_test]
async fn without_storage_or_web_locks_alerts_are_sent_all_the_same() {
    let denied = "throw new DOMException('Denied.', 'SecurityError')";
    for (taken, said) in [
        ("Object.defineProperty(navigator, 'locks', { configurable: true, value: undefined })".to_owned(), 0),
        (
            format!(
                "const denied = async () => {{ {denied}; }};
                 Object.defineProperty(navigator, 'locks', {{
                     configurable: true, value: {{ request: denied, query: denied }} }});
                 Object.defineProperty(window, 'localStorage', {{ configurable: true, get() {{ {denied}; }} }})"
            ),
            1,
        ),
    ] {
        let server = Server::open();
        server.run(&taken);
        let tab = Tab::open(&server, &server.setup("one"));
        tab.short_call("CA1");
        server.until("server.requests.length === 1").await;
        let warnings = server.value("server.said.filter((line) => /storage is full or forbidden/.test(line)).length");
        assert_eq!(warnings, said);
    }
}

#[wasm_bindgen_test]
async fn a_tab_that_hangs_while_it_sends_does_not_keep_the_others_from_it() {
    let server = Server::open();
    let name = format!("device-monitoring/send/{}", server.worker);
    server.run(&format!(
        "const {{ locks }} = navigator;
         locks.request('{name}', () => new Promise(() => {{}})).catch(({{ name }}) => {{ server.robbed = name; }});
         Object.defineProperty(navigator, 'locks', {{ configurable: true, value: {{
             query: () => locks.query(),
             request: async (name, options, work) => {{
                 const result = await locks.request(name, options, work);
                 server.turnedAway ||= options.ifAvailable;
                 server.changed();
                 return result;
             }},
         }} }})"
    ));
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.turnedAway").await;
    server.run(
        "const now = performance.now.bind(performance);
         performance.now = () => now() + 60000;
         window.dispatchEvent(new Event('online'))",
    );
    server.until("server.waits.filter(({ delay }) => delay === 2001).length === 2").await;
    assert_eq!(server.value("server.requests"), json!([]), "a request may take half a minute");
    server.run(
        "const now = performance.now.bind(performance);
         performance.now = () => now() + 61000;
         window.dispatchEvent(new Event('online'))",
    );
    server.until("server.requests.length === 1 && server.alerts().length === 0").await;
    assert_eq!(server.value("server.robbed"), "AbortError");
    tab.short_call("CA2");
    server.until("server.requests.length === 2 && server.alerts().length === 0").await;
}

#[wasm_bindgen_test]
async fn an_alert_in_memory_is_sent_whatever_a_page_has_made_of_its_console() {
    let server = Server::open();
    server.run(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
         console.error = console.warn = () => { throw new Error('of another script'); }",
    );
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.requests.length === 1").await;
}
