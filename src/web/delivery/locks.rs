//! Web Locks: what only one tab may do, and which tabs live. In a browser without them, or that forbids them or never
//! answers, every tab does it, and the server drops what it gets twice.

use crate::input::units::Milliseconds;
use crate::web::window;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

const PREFIX: &str = "device-monitoring/";
const TAB: &str = "device-monitoring/tab/";
/// A browser answers within milliseconds. One that is in trouble may never do so, and nothing would be sent.
const ANSWER_LIMIT: Milliseconds = Milliseconds(10_000.0);

// web-sys has them only behind a compiler flag.
#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, options: &JsValue, callback: &Function) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn query(this: &LockManager) -> Result<Promise, JsValue>;
}

fn manager() -> Option<LockManager> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}

/// A promise that is resolved from here.
struct Deferred {
    promise: Promise,
    resolve: Option<Function>,
}

impl Deferred {
    fn new() -> Self {
        let mut function = None;
        let promise = Promise::new(&mut |resolve, _| function = Some(resolve));
        Self { promise, resolve: function }
    }

    fn resolve(&self, value: &JsValue) {
        if let Some(resolve) = &self.resolve {
            let _ = resolve.call1(&JsValue::UNDEFINED, value);
        }
    }
}

/// The first of these that is settled; `None`: none was in time.
async fn in_time(promises: &Array) -> Option<Result<JsValue, JsValue>> {
    let late = Deferred::new();
    promises.push(&late.promise);
    let is_late = Rc::new(Cell::new(false));
    let passed = Rc::clone(&is_late);
    let _limit = Timeout::new(ANSWER_LIMIT.0 as u32, move || {
        passed.set(true);
        late.resolve(&JsValue::UNDEFINED);
    });
    let first = JsFuture::from(Promise::race(promises)).await;
    (!is_late.get()).then_some(first)
}

/// How the lock is requested, if another tab holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockMode {
    /// The other tab goes on.
    IfAvailable,
    /// The other tab hangs, and its lock is taken from it.
    Steal,
}

/// Does the work unless another tab is at it: then `None`. `work` must not fail, or the lock is held as long as the page
/// lives: see [`crate::web::trap::Caught`].
pub(super) async fn with_exclusive_lock<T>(name: &str, mode: LockMode, work: impl Future<Output = T>) -> Option<T> {
    let Some(manager) = manager() else { return Some(work.await) };
    let (answer, release) = (Deferred::new(), Deferred::new());
    let (granted, released) = (answer.promise.clone(), release.promise.clone());
    let callback = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
        answer.resolve(&lock.is_object().into());
        if lock.is_object() { released.clone().into() } else { JsValue::UNDEFINED }
    });
    let options = js_sys::Object::new();
    let option = match mode {
        LockMode::Steal => "steal",
        LockMode::IfAvailable => "ifAvailable",
    };
    let _ = Reflect::set(&options, &option.into(), &true.into());
    let name = format!("{PREFIX}{name}");
    let Ok(request) = manager.request(&name, &options, callback.as_ref().unchecked_ref()) else {
        return Some(work.await);
    };
    // Whichever comes first: the browser may forbid locks together with the storage.
    let granted = in_time(&Array::of2(&granted, &request)).await;
    if matches!(&granted, Some(Ok(granted)) if granted.is_falsy()) {
        return None;
    }
    let result = work.await;
    // One that is granted late is released at once.
    release.resolve(&JsValue::UNDEFINED);
    match granted {
        // Until it is released, the next request for it would be turned away. It fails if another tab has taken the lock.
        Some(_) => drop(JsFuture::from(request).await),
        None => callback.forget(),
    }
    Some(result)
}

/// Tells other tabs that this one lives, until it is dropped or the page ends.
pub(super) struct LivingTab {
    end: Deferred,
    _callback: Closure<dyn FnMut(JsValue) -> JsValue>,
}

impl LivingTab {
    pub(super) fn new(tab: &str) -> Option<Self> {
        let end = Deferred::new();
        let ended = end.promise.clone();
        let callback = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |_| ended.clone().into());
        let options = js_sys::Object::new();
        let request = manager()?.request(&format!("{TAB}{tab}"), &options, callback.as_ref().unchecked_ref()).ok()?;
        wasm_bindgen_futures::spawn_local(async move {
            // Refused: nobody can say which tabs live.
            let _ = JsFuture::from(request).await;
        });
        Some(Self { end, _callback: callback })
    }
}

impl Drop for LivingTab {
    fn drop(&mut self) {
        self.end.resolve(&JsValue::UNDEFINED);
    }
}

/// The tabs that live; `None`: nobody knows.
pub(super) async fn living_tabs() -> Option<Vec<String>> {
    let snapshot = in_time(&Array::of1(manager()?.query().ok()?.as_ref())).await?.ok()?;
    let mut tabs = Vec::new();
    for state in ["held", "pending"] {
        let locks = Reflect::get(&snapshot, &state.into()).ok()?;
        for lock in Array::from(&locks).iter() {
            let name = Reflect::get(&lock, &"name".into()).ok()?.as_string();
            tabs.extend(name.and_then(|name| Some(name.strip_prefix(TAB)?.to_owned())));
        }
    }
    Some(tabs)
}
