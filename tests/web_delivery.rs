//! How alerts are sent, in a real browser: with its storage, its Web Locks, and a `fetch` that the test answers.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use device_monitoring::outbox::Entry;
use device_monitoring::web::monitor::Monitor;
use js_sys::{Function, JSON, Promise, Reflect};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tsify::Ts;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

const URI: &str = "https://functions.example.test/";

/// Stands between the page and its server until it is told to go.
const SERVER: &str = r"
    const { fetch, fetchLater, setTimeout } = window;
    const { error, warn } = console;
    const { setItem, removeItem } = Storage.prototype;
    const storage = Object.getOwnPropertyDescriptor(window, 'localStorage');
    const server = {
        requests: [],
        later: [],
        said: [],
        timers: 0,
        waits: [],
        online: true,
        looked: 0,
        session: { token: 'a-token', workerSid },
        answer: () => new Response('{}'),
        waiting: [],
        changed() {
            server.waiting.forEach(({ holds, resolve }) => holds() && resolve());
        },
        until(holds) {
            return new Promise((resolve, reject) => {
                const { requests, said, looked } = server;
                setTimeout(async () => {
                    const { held, pending } = await navigator.locks.query();
                    const story = { holds: String(holds), requests, said, looked, held, pending, ...localStorage };
                    reject(new Error(JSON.stringify(story)));
                }, 20000);
                server.waiting.push({ holds, resolve });
                server.changed();
            });
        },
        alerts: () => Object.keys(localStorage).filter((key) => key.includes('/alert/')),
        close() {
            Object.assign(window, { fetch, fetchLater, setTimeout });
            Object.assign(console, { error, warn });
            Object.assign(Storage.prototype, { setItem, removeItem });
            Object.defineProperty(window, 'localStorage', storage);
            ['onLine', 'locks'].forEach((name) => delete navigator[name]);
            delete performance.now;
            localStorage.clear();
        },
    };
    window.fetch = async (request) => {
        const { url, method, keepalive, redirect } = request;
        const entry = { url, method, keepalive, redirect, fields: null };
        server.requests.push(entry);
        entry.fields = Object.fromEntries(new URLSearchParams(await request.clone().text()));
        try {
            return await server.answer(server.requests.length);
        } finally {
            server.changed();
        }
    };
    window.fetchLater = (url, { body, signal, method, redirect }) => {
        const entry = { url, method, redirect, fields: Object.fromEntries(body), withdrawn: false };
        if (server.noRoom) throw new DOMException('no room', 'QuotaExceededError');
        signal.addEventListener('abort', () => { entry.withdrawn = true; });
        server.later.push(entry);
        return { activated: false };
    };
    window.setTimeout = (...rest) => {
        server.timers += 1;
        server.waits.push({ handler: rest[0], delay: rest[1] });
        return setTimeout.apply(window, rest);
    };
    Storage.prototype.setItem = function (...entry) {
        setItem.apply(this, entry);
        server.changed();
    };
    Storage.prototype.removeItem = function (key) {
        removeItem.call(this, key);
        server.changed();
    };
    // The outbox is looked into.
    Object.defineProperty(navigator, 'onLine', {
        configurable: true,
        get() {
            server.looked += 1;
            server.changed();
            if (server.fails) throw new Error('in the middle of sending');
            return server.online;
        },
    });
    console.error = console.warn = (...words) => {
        server.said.push(words.join(' '));
        error.apply(console, words);
        server.changed();
    };
    return server;
";

/// The server of one test; what it has put in place of the page's own goes with it.
struct Server {
    server: JsValue,
    /// Each test has a worker of its own: what a tab of the test before may still be doing is none of this one's.
    worker: String,
}

impl Server {
    fn open() -> Self {
        static NEWEST: AtomicU32 = AtomicU32::new(0);
        let worker = format!("WK{:032}", NEWEST.fetch_add(1, Ordering::Relaxed));
        let open = Function::new_with_args("workerSid", SERVER);
        Self { server: open.call1(&JsValue::UNDEFINED, &(&worker).into()).unwrap(), worker }
    }

    /// JavaScript with `server` in it.
    fn run(&self, code: &str) -> JsValue {
        Function::new_with_args("server", code).call1(&JsValue::UNDEFINED, &self.server).unwrap()
    }

    /// What a tab knows at its start.
    fn setup(&self, tab: &str) -> Value {
        json!({"attributes": {}, "workerSid": self.worker, "tab": tab, "serverlessUri": URI})
    }

    /// Waits until no tab is sending.
    async fn sending_is_over(&self) {
        lock_is_free(&format!("send/{}", self.worker)).await;
    }

    fn value(&self, expression: &str) -> Value {
        let text = JSON::stringify(&self.run(&format!("return {expression}"))).unwrap();
        text.as_string().map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
    }

    /// Waits for an event after which this holds.
    async fn until(&self, condition: &str) {
        let promise: Promise = self.run(&format!("return server.until(() => {condition})")).unchecked_into();
        JsFuture::from(promise).await.unwrap();
    }

    /// The alerts that were posted, in their order.
    fn posted(&self) -> Vec<String> {
        let fields = self.value("server.requests.map(({ fields }) => JSON.parse(fields.alert).id)");
        serde_json::from_value(fields).unwrap()
    }

    fn posted_in_any_order(&self) -> Vec<String> {
        let mut posted = self.posted();
        posted.sort();
        posted
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("server.close()");
    }
}

/// A tab of the agent's browser.
struct Tab {
    monitor: Monitor,
    _keep: [Closure<dyn FnMut() -> JsValue>; 2],
}

impl Tab {
    fn open(server: &Server, setup: &Value) -> Self {
        let tab = Self::silent(server, setup);
        tab.monitor.start_delivery(tab._keep[1].as_ref().clone().unchecked_into());
        tab
    }

    /// One that sends nothing.
    fn silent(server: &Server, setup: &Value) -> Self {
        let session = server.server.clone();
        let on_effect: Closure<dyn FnMut() -> JsValue> = Closure::new(|| JsValue::UNDEFINED);
        let read_session: Closure<dyn FnMut() -> JsValue> =
            Closure::new(move || Reflect::get(&session, &"session".into()).unwrap());
        let setup: JsValue = JSON::parse(&setup.to_string()).unwrap();
        let monitor = Monitor::new(Ts::new_unchecked(setup), on_effect.as_ref().clone().unchecked_into());
        Self { monitor, _keep: [on_effect, read_session] }
    }

    fn take_call(&self, sid: &str) -> u32 {
        let text = |text: &str| Some(text.to_owned());
        let call = self.monitor.incoming("INCOMING", text(sid), text("+15555550101"), text("+15555550199"));
        self.monitor.accept(call, false);
        call
    }

    fn short_call(&self, sid: &str) {
        let call = self.take_call(sid);
        self.monitor.disconnect(call);
    }
}

/// What is stored of the one alert in the outbox.
fn stored(server: &Server) -> Entry {
    let text = server.value("localStorage.getItem(server.alerts()[0])");
    Entry::parse(text.as_str().unwrap()).unwrap()
}

/// The page goes.
const PAGEHIDE: &str = "window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }))";

#[wasm_bindgen_test]
async fn an_alert_is_posted_once_as_a_form_with_the_token_the_fields_of_2021_and_the_document() {
    let server = Server::open();
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.requests.length > 0 && server.alerts().length === 0").await;
    assert_eq!(server.value("localStorage.length"), 0);
    let request = &server.value("server.requests")[0];
    assert_eq!(request["url"], "https://functions.example.test/respond-to-issue");
    assert_eq!((&request["method"], &request["redirect"]), (&json!("POST"), &json!("error")));
    let fields = request["fields"].as_object().unwrap();
    let names: Vec<_> = fields.keys().map(String::as_str).collect();
    assert_eq!(names, ["Token", "action", "alert", "callerId", "dnis", "issues"]);
    for (name, value) in [
        ("Token", "a-token"),
        ("issues", "short call"),
        ("callerId", "+15555550101"),
        ("dnis", "+15555550199"),
        ("action", "log-call"),
    ] {
        assert_eq!(fields[name], value, "{name}");
    }
    let document: Value = serde_json::from_str(fields["alert"].as_str().unwrap()).unwrap();
    assert_eq!((document["version"].as_u64(), document["id"].as_str()), (Some(1), Some("alert-CA1")));
    assert_eq!((&document["callerId"], &document["workerSid"]), (&json!("+15555550101"), &json!(server.worker)));
    assert!(!fields["alert"].as_str().unwrap().contains("a-token"));
}

#[wasm_bindgen_test]
async fn a_server_that_fails_gets_the_alert_again_with_the_token_of_that_moment() {
    let server = Server::open();
    server.run("server.answer = (n) => new Response('{}', { status: n === 1 ? 500 : 200 })");
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.requests.length === 1").await;
    server.run("server.session.token = 'a-fresh-token'");
    server.until("server.requests.length === 2 && server.alerts().length === 0").await;
    assert_eq!(server.value("server.requests.map(({ fields }) => fields.Token)"), json!(["a-token", "a-fresh-token"]));
}

#[wasm_bindgen_test]
async fn a_server_that_asks_to_be_left_alone_is_whether_the_header_or_the_body_says_so_and_in_either_form() {
    for answer in [
        "new Response('busy', { status: 429, headers: { 'Retry-After': '30' } })",
        r#"new Response('{"error":"busy","retryAfter":30}', { status: 503 })"#,
        r#"new Response('{"error":"busy","retryAfter":"30"}', { status: 503 })"#,
        "new Response('', { status: 503, headers: { 'Retry-After': new Date(Date.now() + 31000).toUTCString() } })",
    ] {
        let server = Server::open();
        server.run(&format!("server.answer = () => {answer}"));
        let tab = Tab::open(&server, &server.setup("one"));
        tab.short_call("CA1");
        server.until("server.said.some((line) => line.includes('wait for the server'))").await;
        let asked = stored(&server).asked.0;
        assert!((29_000.0..=35_000.0).contains(&asked), "{asked} ms after {answer}");
    }
}

#[wasm_bindgen_test]
async fn a_refused_alert_is_kept_with_what_the_server_said_and_the_next_page_says_so() {
    let server = Server::open();
    let body = r#"{"error":"not-your-call","message":"It was another one."}"#;
    server.run(&format!("server.answer = () => new Response('{body}', {{ status: 403 }})"));
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.said.some((line) => line.includes('refused'))").await;
    assert_eq!(stored(&server).refused.as_deref(), Some("the server answered 403: It was another one."));
    drop(tab);
    server.run("server.said = []");
    let _next = Tab::open(&server, &server.setup("two"));
    let said = server.value("server.said.join()");
    let said = said.as_str().unwrap();
    assert!(said.contains("refused for good and are kept") && said.contains("It was another one."), "{said}");
    assert!(!said.contains("+1555"), "{said}");
}

#[wasm_bindgen_test]
async fn whatever_a_fetch_is_rejected_with_the_alert_is_tried_again() {
    for rejection in ["new TypeError('Failed to fetch')", "'no error at all'", "undefined"] {
        let server = Server::open();
        server
            .run(&format!("server.answer = (n) => {{ if (n === 1) throw {rejection}; return new Response('{{}}'); }}"));
        let tab = Tab::open(&server, &server.setup("one"));
        tab.short_call("CA1");
        server.until("server.requests.length === 2 && server.alerts().length === 0").await;
        assert_eq!(server.value("server.said.filter((line) => line.includes('failed'))"), json!([]), "{rejection}");
    }
}

#[wasm_bindgen_test]
async fn offline_nothing_is_tried_until_the_browser_says_otherwise() {
    let server = Server::open();
    server.run("server.online = false");
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.looked > 0").await;
    server.sending_is_over().await;
    assert_eq!(server.value("server.requests"), json!([]));
    server.run("server.online = true; window.dispatchEvent(new Event('online'))");
    server.until("server.requests.length === 1 && server.alerts().length === 0").await;
}

/// Waits until nobody has this lock.
async fn lock_is_free(name: &str) {
    let code = "return navigator.locks.request(name, () => {})";
    let name = format!("device-monitoring/{name}").into();
    let promise = Function::new_with_args("name", code).call1(&JsValue::UNDEFINED, &name).unwrap();
    JsFuture::from(promise.unchecked_into::<Promise>()).await.unwrap();
}

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
    server.until("server.said.some((line) => line.includes('Sending alerts failed'))").await;
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

async fn wait(millis: i32) {
    let code = "return new Promise((done) => { setTimeout(done, millis); })";
    let promise = Function::new_with_args("millis", code).call1(&JsValue::UNDEFINED, &millis.into()).unwrap();
    JsFuture::from(promise.unchecked_into::<Promise>()).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_call_whose_tab_has_died_is_alerted_by_the_next_one_and_not_while_it_lives() {
    let server = Server::open();
    let dead = Tab::open(&server, &server.setup(&server.worker));
    dead.take_call("CA1");
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

#[wasm_bindgen_test]
async fn a_web_page_in_the_place_of_the_servers_answer_takes_no_alert() {
    let server = Server::open();
    server.run(
        "server.answer = (n) => n > 1 ? new Response('{}')
             : new Response('<!doctype html><title>Sign in</title>', { headers: { 'Content-Type': 'text/html' } })",
    );
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.requests.length === 2 && server.alerts().length === 0").await;
    assert_eq!(server.value("server.said.filter((line) => line.includes('a web page came back')).length"), 1);
}

#[wasm_bindgen_test]
async fn a_checkpoint_is_renewed_every_five_seconds() {
    let server = Server::open();
    let tab = Tab::open(&server, &server.setup("one"));
    tab.take_call("CA1");
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
    for goes in [PAGEHIDE, "server.logOut()"] {
        let server = Server::open();
        let tab = std::rc::Rc::new(Tab::open(&server, &server.setup("one")));
        let leaving = std::rc::Rc::clone(&tab);
        let log_out: Closure<dyn FnMut()> = Closure::new(move || leaving.monitor.log_out());
        Reflect::set(&server.server, &"logOut".into(), log_out.as_ref()).unwrap();
        tab.take_call("CA1");
        assert_eq!(server.value("server.later.filter(({ withdrawn }) => !withdrawn).length"), 1);
        server.run(goes);
        assert_eq!(server.value("server.later.filter(({ withdrawn }) => !withdrawn).length"), 0, "{goes}");
    }
}

#[wasm_bindgen_test]
async fn where_the_browser_cannot_or_may_not_hold_a_checkpoint_the_stored_one_remains() {
    for cannot in ["delete window.fetchLater", "server.noRoom = true", "server.session = {}"] {
        let server = Server::open();
        server.run(cannot);
        let tab = Tab::open(&server, &server.setup("one"));
        tab.take_call("CA1");
        assert_eq!(server.value("server.later"), json!([]), "{cannot}");
        assert_eq!(server.value("Object.keys(localStorage).filter((key) => key.includes('/call/')).length"), 1);
        assert_eq!(server.value("server.said"), json!([]), "{cannot}");
    }
}

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
