//! Clocks of the page that run backwards or stand still.

use crate::monitor_on_page::{Page, noticing};
use serde_json::json;
use wasm_bindgen_test::*;

#[wasm_bindgen_test]
fn a_clock_of_the_page_that_runs_backwards_against_its_specification_stops_nothing() {
    let page = Page::new(noticing());
    let call = page.accepted_call();
    page.sample(call, 40.0);
    js_sys::eval("performance.now = (now => () => now.call(performance) - 3600000)(performance.now)").unwrap();
    // How long ago the last sample was, nobody can say: the first one after it counts for nothing.
    page.sample(call, 900.0);
    page.spoil(call);
    js_sys::eval("delete performance.now").unwrap();
    assert_eq!(page.effects()[0]["notice"]["phase"], "active");
}

#[wasm_bindgen_test]
fn a_clock_of_the_page_that_always_runs_backwards_or_stands_still_stops_nothing() {
    for clocks in [
        "performance.now = (now => () => 1e6 - now.call(performance))(performance.now)",
        // The time of day runs so fast that seconds pass in it.
        "performance.now = () => 5; Date.now = (now => () => now() * 1000)(Date.now)",
    ] {
        js_sys::eval("window.restore = (now => () => { Date.now = now; delete performance.now; })(Date.now)").unwrap();
        let page = Page::new(noticing());
        let call = page.accepted_call();
        page.sample(call, 40.0);
        js_sys::eval(clocks).unwrap();
        page.sample(call, 900.0);
        page.spoil(call);
        js_sys::eval("window.restore()").unwrap();
        assert_eq!(
            page.effects().first().map(|effect| effect["notice"]["phase"].clone()),
            Some(json!("active")),
            "{clocks}"
        );
    }
}
