//! One request to the Function: what is posted, how, and what came back.

use super::response_text::ResponseText;
use crate::input::units::Milliseconds;
use crate::outbox::{Answer, Entry, EntryKind, Refusal};
use crate::web::js_deserializer::{each, lenient, number_as_text, read_any, text};
use crate::web::window;
use gloo_net::http::{Request, Response};
use gloo_timers::callback::Timeout;
use js_sys::{Date, JSON, Promise, Reflect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, RequestInit, RequestRedirect, UrlSearchParams};

/// Twilio Functions end after ten seconds. The rest is for a slow network, both ways.
pub(super) const TIME_LIMIT: Milliseconds = Milliseconds(30_000.0);

/// The token and the numbers in the form are for this address only.
const NOT_FOLLOWED: RequestRedirect = RequestRedirect::Error;

/// The body: a form with the token inside, as the Function's token validator wants it, needs no pre-flight request and
/// may outlive the page.
pub(super) fn form(kind: EntryKind, token: &str, entries: &[Entry]) -> Result<UrlSearchParams, JsValue> {
    let form = UrlSearchParams::new()?;
    form.append("Token", token);
    match kind {
        EntryKind::Alerts => {
            for entry in entries {
                form.append("issues", &entry.form.issues);
                form.append("callerId", &entry.form.caller_id);
                form.append("dnis", &entry.form.dnis);
                form.append("action", &entry.form.action);
                if !entry.form.further_actions.is_empty() {
                    form.append("actions", &entry.form.actions().collect::<Vec<_>>().join(","));
                }
                form.append("alert", &entry.form.document());
            }
        }
        EntryKind::Cards => {
            let cards: Vec<String> = entries.iter().map(|entry| entry.form.document()).collect();
            // What the answer names them by. A CallSid, which is part of an entry's own id, may be anything in a page.
            let positions: Vec<String> = (0..entries.len()).map(|position| position.to_string()).collect();
            form.append("cards", &format!("[{}]", cards.join(",")));
            form.append("ids", &positions.join(","));
        }
        EntryKind::Recordings => entries.iter().for_each(|entry| form.append("recording", &entry.form.document())),
    }
    Ok(form)
}

/// The body that tells how a call is.
pub(super) fn beat_form(token: &str, beat: &str) -> Result<UrlSearchParams, JsValue> {
    let form = UrlSearchParams::new()?;
    form.append("Token", token);
    form.append("beat", beat);
    Ok(form)
}

/// Posts while the page lives.
pub(super) async fn post(address: &str, form: UrlSearchParams, limit: Milliseconds) -> Answer {
    match begin(address, form, limit) {
        Some((response, _limit)) => answer(response).await,
        None => Answer::None,
    }
}

/// As [`post`], for what the Function answers with: an object, if it is one of success.
pub(super) async fn ask<T: DeserializeOwned + Default>(
    address: &str,
    form: UrlSearchParams,
    limit: Milliseconds,
) -> Option<T> {
    let (response, _limit) = begin(address, form, limit)?;
    let response: web_sys::Response = JsFuture::from(response).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let ResponseText::Whole(text) = ResponseText::of(&response).await else { return None };
    Some(read_any(JSON::parse(&text).ok()?))
}

/// A request that is on its way, and what aborts it when its time is up.
fn begin(address: &str, form: UrlSearchParams, limit: Milliseconds) -> Option<(Promise, Timeout)> {
    let controller = AbortController::new().ok()?;
    let signal = controller.signal();
    let limit = Timeout::new(limit.0 as u32, move || controller.abort());
    let request = Request::post(address).redirect(NOT_FOLLOWED).abort_signal(Some(&signal)).body(form).ok()?;
    // gloo-net's own `send` panics where the page's `fetch` is rejected with something other than an `Error`.
    Some((window().fetch_with_request(&request.into()), limit))
}

/// Posts even if the page ends meanwhile. The request is on its way when this returns.
pub(super) fn post_beyond_the_page(address: &str, form: &UrlSearchParams) -> Result<Promise, JsValue> {
    let init = init(form);
    Reflect::set(&init, &"keepalive".into(), &true.into())?;
    Ok(window().fetch_with_request(&web_sys::Request::new_with_str_and_init(address, &init)?))
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetchLater, catch)]
    fn fetch_later(address: &str, init: &RequestInit) -> Result<JsValue, JsValue>;
}

/// Asks the browser to post when the page is gone, however it goes, unless `signal` withdraws it before. Fails where the
/// browser does not know `fetchLater` or has no room for it.
pub(super) fn post_when_the_page_is_gone(
    address: &str,
    form: &UrlSearchParams,
    signal: &AbortSignal,
) -> Result<(), JsValue> {
    let init = init(form);
    init.set_signal(Some(signal));
    fetch_later(address, &init).map(drop)
}

fn init(form: &UrlSearchParams) -> RequestInit {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_redirect(NOT_FOLLOWED);
    init.set_body(form);
    init
}

/// What came back of a `fetch`.
pub(super) async fn answer(response: Promise) -> Answer {
    let response = JsFuture::from(response).await.ok().and_then(|response| response.dyn_into().ok());
    let Some(response): Option<web_sys::Response> = response else { return Answer::None };
    let text = match ResponseText::of(&response).await {
        ResponseText::Whole(text) => text,
        ResponseText::TooLong => return Answer::WebPage { status: response.status() },
        // Its status alone does not say that the Function has taken the alert: a portal's page may break off as well.
        ResponseText::BrokenOff => return Answer::None,
    };
    if let Some(page) = Answer::web_page(response.status(), &text) {
        return page;
    }
    let Body { error, message, retry_after, refused, actions } = read_any(JSON::parse(&text).unwrap_or_default());
    let response = Response::from(response);
    let retry_after = retry_after.or_else(|| response.headers().get("Retry-After"));
    match response.status() {
        0 => Answer::None,
        status => Answer::Http {
            status,
            error,
            message,
            retry_after: retry_after.and_then(|text| seconds_or_date(&text)),
            refused: refused.into_iter().filter_map(RefusedOne::known).collect(),
            finished_actions: actions.map(|all| all.into_iter().filter_map(ActionAnswer::finished).collect()),
        },
    }
}

/// The reasons that our Function gives; whatever else answered may say anything.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    #[serde(deserialize_with = "text")]
    error: Option<String>,
    #[serde(deserialize_with = "text")]
    message: Option<String>,
    #[serde(deserialize_with = "number_as_text")]
    retry_after: Option<String>,
    /// Those of several posted together that the server will never take.
    #[serde(deserialize_with = "each")]
    refused: Vec<RefusedOne>,
    /// The outcome of each of several actions.
    #[serde(deserialize_with = "lenient")]
    actions: Option<Vec<ActionAnswer>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ActionAnswer {
    #[serde(deserialize_with = "text")]
    action: Option<String>,
    /// Only of one that need not be asked for again.
    #[serde(deserialize_with = "text")]
    outcome: Option<String>,
}

impl ActionAnswer {
    fn finished(self) -> Option<String> {
        self.action.filter(|_| self.outcome.is_some())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RefusedOne {
    #[serde(deserialize_with = "text")]
    id: Option<String>,
    #[serde(deserialize_with = "text")]
    message: Option<String>,
}

impl RefusedOne {
    fn known(self) -> Option<Refusal> {
        Some(Refusal { position: self.id?.parse().ok()?, message: self.message.unwrap_or_default() })
    }
}

/// A number of seconds or a date, as HTTP has it.
fn seconds_or_date(text: &str) -> Option<Milliseconds> {
    let seconds = JsValue::from_str(text).unchecked_into_f64();
    let millis = if seconds.is_nan() { Date::parse(text) - Date::now() } else { seconds * 1000.0 };
    (millis > 0.0).then_some(Milliseconds(millis))
}
