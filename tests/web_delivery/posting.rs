//! One alert and one server: what is posted, and what each answer leads to.

use crate::server::{Server, Tab, stored};
use serde_json::{Value, json};
use wasm_bindgen_test::*;

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
async fn a_clock_that_is_no_number_makes_no_posts_without_a_pause() {
    let server = Server::open();
    server.run(
        "server.answer = (n) => new Response('{}', { status: n < 20 ? 500 : 200 });
         const { now } = Date;
         server.restore = () => { Date.now = now; };
         Date.now = () => NaN",
    );
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.requests.length === 2").await;
    server.run("server.restore()");
    let wait = "({ delay }) => delay >= 1000 && delay <= 2001";
    assert_eq!(server.value(&format!("server.waits.some({wait})")), true, "the second one came after a pause");
    assert_eq!(server.value("server.requests.length"), 2);
}

#[wasm_bindgen_test]
async fn a_server_that_asks_to_be_left_alone_is_whether_the_header_or_the_body_says_so_and_in_either_form() {
    for answer in [
        "new Response('busy', { status: 429, headers: { 'Retry-After': '30' } })",
        r#"new Response('{"retryAfter":30}', { status: 503 })"#,
        r#"new Response('{"retryAfter":"30"}', { status: 503 })"#,
        "new Response('', { status: 503, headers: { 'Retry-After': new Date(Date.now() + 31000).toUTCString() } })",
    ] {
        let server = Server::open();
        server.run(&format!("server.answer = () => {answer}"));
        let tab = Tab::open(&server, &server.setup("one"));
        tab.short_call("CA1");
        server.until("server.said.some((line) => line.includes('wait for the server'))").await;
        let server_pause = stored(&server).server_pause.0;
        // A date tells whole seconds, and up to five seconds come on top, so that not all browsers return together.
        assert!((29_000.0..=36_000.0).contains(&server_pause), "{server_pause} ms after {answer}");
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
async fn an_answer_that_breaks_off_takes_no_alert_whatever_its_status() {
    for begin in ["", "<!doc", r#"{"outcome":"#] {
        let server = Server::open();
        server.run(&format!(
            "const broken = () => new ReadableStream({{
                 start: (body) => body.enqueue(new TextEncoder().encode('{begin}')),
                 pull: (body) => body.error(new TypeError('network error')),
             }});
             server.answer = (n) => new Response(n > 1 ? '{{}}' : broken())"
        ));
        let tab = Tab::open(&server, &server.setup("one"));
        tab.short_call("CA1");
        server.until("server.requests.length === 2 && server.alerts().length === 0").await;
        assert_eq!(server.value("server.said.filter((line) => line.includes('could not be reached')).length"), 1);
    }
}

#[wasm_bindgen_test]
async fn an_answer_without_end_is_not_read_to_its_end_and_takes_no_alert() {
    for status in [200, 403] {
        let server = Server::open();
        server.run(&format!(
            "const words = new TextEncoder().encode('word '.repeat(2000));
             server.pulled = 0;
             const endless = () => new ReadableStream({{
                 pull(body) {{
                     server.pulled += words.length;
                     if (server.pulled > 5e6) body.close(); else body.enqueue(words);
                 }},
                 cancel() {{ server.isCancelled = true; server.changed(); }},
             }});
             server.answer = (n) => n > 1 ? new Response('{{}}') : new Response(endless(), {{ status: {status} }})"
        ));
        let tab = Tab::open(&server, &server.setup("one"));
        tab.short_call("CA1");
        server.until("server.isCancelled").await;
        server.until("server.requests.length === 2 && server.alerts().length === 0").await;
        assert_eq!(server.value("server.pulled < 500_000"), true);
    }
}

#[wasm_bindgen_test]
async fn an_alert_does_not_wait_for_a_time_of_day_that_stands_still() {
    let server = Server::open();
    server.run(
        "server.answer = (n) => new Response('{}', { status: n === 1 ? 500 : 200 });
         const day = Date.now();
         Date.now = () => day",
    );
    let tab = Tab::open(&server, &server.setup("one"));
    tab.short_call("CA1");
    server.until("server.requests.length === 2 && server.alerts().length === 0").await;
}
