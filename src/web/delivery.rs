//! Sends an alert to the contact centre's server.

use super::object::text;
use crate::alert::Alert;
use crate::json::to_json;
use gloo_net::http::Request;
use js_sys::{JSON, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, UrlSearchParams};

#[wasm_bindgen]
extern "C" {
    /// The page's own, which may be another's by now: whatever it throws, rejects with or answers must be borne.
    /// gloo-net's `send` is not used, because it panics at a rejection that is no `Error` (0.7.0, `js_to_js_error`).
    #[wasm_bindgen(catch)]
    fn fetch(request: &web_sys::Request) -> Result<Promise, JsValue>;
}

/// Posts the alert to `${serverless_uri}/respond-to-issue`; `Err` tells an admin what went wrong.
///
/// A form with the token inside, as the Function's token validator wants it, also needs no pre-flight request.
/// Beside the document go the fields that the 2021 sample plugin sent, so that a function written for it works on.
pub(super) async fn post(serverless_uri: &str, token: &str, alert: &Alert) -> Result<(), String> {
    let document = to_json(alert).ok_or("the alert could not be written")?;
    let form = UrlSearchParams::new().map_err(|_| "the browser refused to make a form")?;
    form.append("Token", token);
    form.append("issues", &alert.issues());
    form.append("callerId", alert.caller_id().unwrap_or_default());
    form.append("dnis", alert.dnis().unwrap_or_default());
    form.append("action", alert.action());
    form.append("alert", &document);

    let url = format!("{}/respond-to-issue", serverless_uri.trim_end_matches('/'));
    let request = Request::post(&url).body(form).map_err(|error| error.to_string())?;
    let response = send(&request.into()).await.ok_or("the server could not be reached")?;
    if response.ok() {
        return Ok(());
    }
    let reason = reason(&response).await.unwrap_or_default();
    Err(format!("the server answered {} {reason}", response.status()))
}

async fn send(request: &web_sys::Request) -> Option<Response> {
    JsFuture::from(fetch(request).ok()?).await.ok()?.dyn_into().ok()
}

/// Our Function says why in a sentence. Whatever else answered may say anything, and that is not for the console.
async fn reason(response: &Response) -> Option<String> {
    let body = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    text(&JSON::parse(&body).ok()?, "message")
}
