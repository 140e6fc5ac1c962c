//! Failures in the middle of the engine, in a timer, and in the page.

use crate::monitor_on_page::{Page, js, noticing, object, seen, text, wait};
use device_monitoring::web::monitor::Monitor;
use js_sys::{Array, Function, Reflect};
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

/// In JavaScript, because a failure inside the engine comes out as an exception, which Rust cannot catch.
/// The engine asks for the time while it works: what is thrown there leaves what a panic leaves, an engine not put back.
const FAIL_AND_GO_ON: &str = "
    const logged = [];
    const attempt = (name, ...more) => {
        try {
            monitor[name](call, ...more);
            logged.push('done');
        } catch (error) {
            logged.push(error.message);
        }
    };
    const slow = { rtt: 900, packetsLost: 0, packetsReceived: 50, bytesReceived: 8000, bytesSent: 8000 };
    attempt('sample', slow);
    performance.now = () => { throw new Error('in the middle'); };
    attempt('sample', slow);
    delete performance.now;
    attempt('sample', slow);
    logged.push(monitor.failed(new Error('an exception')));
    attempt('sample', slow);
    return logged.join();
";

#[wasm_bindgen_test]
fn a_monitor_that_failed_in_the_middle_is_rebuilt_with_its_calls_and_what_they_went_through() {
    let Page { monitor, effects, _keep } = Page::new(noticing());
    let call = monitor.incoming("INCOMING", text("CA1"), None, None);
    monitor.accept(call, false);
    let monitor = JsValue::from(monitor);
    let logged = Function::new_with_args("monitor, call", FAIL_AND_GO_ON)
        .call2(&JsValue::UNDEFINED, &monitor, &call.into())
        .unwrap();
    assert_eq!(logged.as_string().as_deref(), Some("done,in the middle,the engine has failed,retry,done"));
    // Severe trouble takes two samples: the one before the failure still counts.
    assert_eq!(effects.length(), 2, "a notice and a toast");
}

#[wasm_bindgen_test]
fn a_question_that_is_answered_at_the_second_try_costs_what_fails_next_none_of_its_own() {
    let page = Page::new(noticing());
    let call = page.accepted_call();
    let monitor = &page.monitor;
    let check = || drop(monitor.check(None, None, true, Vec::new(), &object(js(&json!({})))));
    let share = || monitor.share(text("CA1"), 0.0, None, &[31, 139], false);
    let begin = Function::new_no_args("");
    let preflight = || drop(monitor.preflight(&object(js(&json!({}))), begin.clone().unchecked_into()));
    let questions: [(&str, &dyn Fn()); 6] = [
        ("panel", &|| drop(monitor.panel(call))),
        ("alerts", &|| drop(monitor.alerts())),
        ("check", &check),
        ("share", &share),
        ("preflight", &preflight),
        ("stopPreflight", &|| monitor.stop_preflight()),
    ];
    for (name, question) in questions {
        // As if the question had thrown: it is asked again.
        let after: Vec<_> = (0..4)
            .map(|_| {
                let after = seen(monitor.failed(JsValue::NULL));
                question();
                after
            })
            .collect();
        assert_eq!(after, ["retry"; 4], "{name}");
    }
}

/// Has the page's clock fail so many times, and then hands the console's errors to `done`.
const FAIL_IN_A_TIMER: &str = "
    const { error } = console;
    const logged = [];
    console.error = (...words) => logged.push(words.join(' '));
    const uncaught = (event) => logged.push('uncaught');
    window.addEventListener('error', uncaught);
    let left = times;
    performance.now = () => {
        if (left === 0) return Performance.prototype.now.call(performance);
        left -= 1;
        throw new Error('in a timer');
    };
    return () => {
        delete performance.now;
        console.error = error;
        window.removeEventListener('error', uncaught);
        return logged.filter((line) => !line.includes('at ')).join();
    };
";

#[wasm_bindgen_test]
async fn a_failure_in_a_timer_is_no_error_of_the_pages_and_what_the_timer_was_for_is_done() {
    let page = Page::new(noticing());
    let call = page.accepted_call();
    page.spoil(call);
    for _ in 0..5 {
        page.sample(call, 40.0);
    }
    page.effects();
    let end: Function = Function::new_with_args("times", FAIL_IN_A_TIMER)
        .call1(&JsValue::UNDEFINED, &1.into())
        .unwrap()
        .unchecked_into();
    wait(2600).await;
    let logged = end.call0(&JsValue::UNDEFINED).unwrap().as_string().unwrap();
    assert!(!logged.contains("uncaught"), "{logged}");
    assert_eq!(page.effects()[0]["notice"]["phase"], "recovered");
}

#[wasm_bindgen_test]
fn an_exception_of_the_page_at_an_effect_is_said_to_be_that_of_this_effect() {
    let logged = Array::new();
    let console = Reflect::get(&js_sys::global(), &"console".into()).unwrap();
    let error = Reflect::get(&console, &"error".into()).unwrap();
    let list = logged.clone();
    let hear: Closure<dyn FnMut(JsValue, JsValue)> = Closure::new(move |text, error: JsValue| {
        list.push(&text);
        list.push(&error.unchecked_into::<js_sys::Error>().message());
    });
    let throw = Function::new_no_args("throw new Error('of the page')");
    let monitor = Monitor::new(object(noticing()), throw.unchecked_into());
    let call = monitor.incoming("INCOMING", text("CA1"), None, None);
    monitor.accept(call, false);
    Reflect::set(&console, &"error".into(), hear.as_ref()).unwrap();
    monitor.disconnect(call);
    Reflect::set(&console, &"error".into(), &error).unwrap();
    let logged: Vec<_> = logged.iter().map(|one| one.as_string().unwrap()).collect();
    assert_eq!(logged, ["[device-monitoring] The page failed at the end of a call.", "of the page"]);
}
