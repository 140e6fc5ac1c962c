//! The browser and the server of these tests: tabs with a monitor each, and a `fetch` that the test answers.

use device_monitoring::outbox::Entry;
use device_monitoring::web::monitor::Monitor;
use js_sys::{Function, JSON, Promise, Reflect};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tsify::Ts;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

pub(crate) const URI: &str = "https://functions.example.test/";

/// Stands between the page and its server until it is told to go.
const SERVER: &str = r"
    const { fetch, fetchLater, setTimeout } = window;
    const { error, warn } = console;
    const { setItem, removeItem } = Storage.prototype;
    const storage = Object.getOwnPropertyDescriptor(window, 'localStorage');
    const { now } = Date;
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
        // This runs amid the page's own work, into which a condition that cannot be told yet must not throw.
        changed() {
            server.waiting.forEach(({ holds, resolve }) => {
                try {
                    if (holds()) resolve();
                } catch ({ message }) {
                    server.notYet = message;
                }
            });
        },
        until(holds) {
            return new Promise((resolve, reject) => {
                const { requests, said, looked, notYet } = server;
                setTimeout(async () => {
                    const { held, pending } = await navigator.locks.query();
                    const story = { holds: String(holds), notYet, requests, said, looked, held, pending, ...localStorage };
                    reject(new Error(JSON.stringify(story)));
                }, 20000);
                server.waiting.push({ holds, resolve });
                server.changed();
            });
        },
        alerts: () => Object.keys(localStorage).filter((key) => key.includes('/alert/')),
        cards: () => Object.keys(localStorage).filter((key) => key.includes('/card/')),
        // The calls of the cards in each request that had some, and every beat.
        cardRequests: () => server.requests
            .filter(({ fields }) => fields?.cards)
            .map(({ fields }) => JSON.parse(fields.cards).map(({ callSid }) => `card-${callSid}`)),
        beats: () => server.requests.filter(({ fields }) => fields?.beat).map(({ fields }) => JSON.parse(fields.beat)),
        // By so many ms more than it is, on both of the page's clocks.
        moveOn(span) {
            const [page, day] = [performance.now.bind(performance), Date.now];
            performance.now = () => page() + span;
            Date.now = () => day() + span;
        },
        close() {
            Object.assign(window, { fetch, fetchLater, setTimeout });
            Object.assign(console, { error, warn });
            Object.assign(Storage.prototype, { setItem, removeItem });
            Object.defineProperty(window, 'localStorage', storage);
            ['onLine', 'locks'].forEach((name) => delete navigator[name]);
            delete performance.now;
            Date.now = now;
            localStorage.clear();
        },
    };
    window.fetch = async (request) => {
        const { url, method, keepalive, redirect } = request;
        const entry = { url, method, keepalive, redirect, fields: null };
        server.requests.push(entry);
        entry.fields = Object.fromEntries(new URLSearchParams(await request.clone().text()));
        try {
            return await server.answer(server.requests.length, entry);
        } finally {
            server.changed();
        }
    };
    window.fetchLater = (url, { body, signal, method, redirect }) => {
        const entry = { url, method, redirect, fields: Object.fromEntries(body), withdrawn: false };
        if (server.noRoom) throw new DOMException('no room', 'QuotaExceededError');
        signal.addEventListener('abort', () => { entry.withdrawn = true; });
        server.later.push(entry);
        server.changed();
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
pub(crate) struct Server {
    pub(crate) server: JsValue,
    /// Each test has a worker of its own: what a tab of the test before may still be doing is none of this one's.
    pub(crate) worker: String,
}

impl Server {
    pub(crate) fn open() -> Self {
        static NEWEST: AtomicU32 = AtomicU32::new(0);
        let worker = format!("WK{:032}", NEWEST.fetch_add(1, Ordering::Relaxed));
        let open = Function::new_with_args("workerSid", SERVER);
        Self { server: open.call1(&JsValue::UNDEFINED, &(&worker).into()).unwrap(), worker }
    }

    /// JavaScript with `server` in it.
    pub(crate) fn run(&self, code: &str) -> JsValue {
        Function::new_with_args("server", code).call1(&JsValue::UNDEFINED, &self.server).unwrap()
    }

    /// What a tab knows at its start.
    pub(crate) fn setup(&self, tab: &str) -> Value {
        json!({"attributes": {}, "workerSid": self.worker, "tab": tab, "serverlessUri": URI})
    }

    /// Waits until no tab is sending.
    pub(crate) async fn sending_is_over(&self) {
        lock_is_free(&format!("send/{}", self.worker)).await;
    }

    pub(crate) fn value(&self, expression: &str) -> Value {
        let text = JSON::stringify(&self.run(&format!("return {expression}"))).unwrap();
        text.as_string().map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
    }

    /// Waits for an event after which this holds.
    pub(crate) async fn until(&self, condition: &str) {
        let promise: Promise = self.run(&format!("return server.until(() => {condition})")).unchecked_into();
        JsFuture::from(promise).await.unwrap();
    }

    /// Waits until a call in progress has left its checkpoint, which it does in a task of its own.
    pub(crate) async fn checkpointed(&self) {
        self.until("Object.keys(localStorage).some((key) => key.includes('/call/'))").await;
    }

    /// The alerts that were posted, in their order.
    pub(crate) fn posted(&self) -> Vec<String> {
        let fields = self.value("server.requests.map(({ fields }) => JSON.parse(fields.alert).id)");
        serde_json::from_value(fields).unwrap()
    }

    pub(crate) fn posted_in_any_order(&self) -> Vec<String> {
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
pub(crate) struct Tab {
    pub(crate) monitor: Monitor,
    _keep: [Closure<dyn FnMut() -> JsValue>; 2],
}

impl Tab {
    pub(crate) fn open(server: &Server, setup: &Value) -> Self {
        let tab = Self::silent(server, setup);
        tab.monitor.start_delivery(tab._keep[1].as_ref().clone().unchecked_into());
        tab
    }

    /// One that sends nothing.
    pub(crate) fn silent(server: &Server, setup: &Value) -> Self {
        let session = server.server.clone();
        let on_effect: Closure<dyn FnMut() -> JsValue> = Closure::new(|| JsValue::UNDEFINED);
        let read_session: Closure<dyn FnMut() -> JsValue> =
            Closure::new(move || Reflect::get(&session, &"session".into()).unwrap());
        let setup: JsValue = JSON::parse(&setup.to_string()).unwrap();
        let monitor = Monitor::new(Ts::new_unchecked(setup), on_effect.as_ref().clone().unchecked_into());
        Self { monitor, _keep: [on_effect, read_session] }
    }

    pub(crate) fn take_call(&self, sid: &str) -> u32 {
        let text = |text: &str| Some(text.to_owned());
        let call = self.monitor.incoming("INCOMING", text(sid), text("+15555550101"), text("+15555550199"));
        self.monitor.accept(call, false);
        call
    }

    pub(crate) fn short_call(&self, sid: &str) {
        let call = self.take_call(sid);
        self.monitor.disconnect(call);
    }
}

/// What is stored of the one alert in the outbox.
pub(crate) fn stored(server: &Server) -> Entry {
    let text = server.value("localStorage.getItem(server.alerts()[0])");
    Entry::parse(text.as_str().unwrap()).unwrap()
}

/// The page goes.
pub(crate) const PAGEHIDE: &str = "window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }))";

/// Waits until nobody has this lock.
pub(crate) async fn lock_is_free(name: &str) {
    let code = "return navigator.locks.request(name, () => {})";
    let name = format!("device-monitoring/{name}").into();
    let promise = Function::new_with_args("name", code).call1(&JsValue::UNDEFINED, &name).unwrap();
    JsFuture::from(promise.unchecked_into::<Promise>()).await.unwrap();
}

pub(crate) async fn wait(millis: i32) {
    let code = "return new Promise((done) => { setTimeout(done, millis); })";
    let promise = Function::new_with_args("millis", code).call1(&JsValue::UNDEFINED, &millis.into()).unwrap();
    JsFuture::from(promise.unchecked_into::<Promise>()).await.unwrap();
}
