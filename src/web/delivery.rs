//! Sends an alert to the contact centre's server.

use super::object::text;
use crate::alert::Alert;
use crate::json::to_json;
use gloo_net::http::Request;
use js_sys::JSON;
use web_sys::UrlSearchParams;

/// Posts the alert to `${serverless_uri}/respond-to-issue`; `Err` tells an admin what went wrong.
///
/// A form with the token inside, as the Function's token validator wants it, also needs no pre-flight request.
/// Beside the document go the fields that the 2021 sample plugin sent, so that a function written for it works on.
pub(super) async fn post(serverless_uri: &str, token: &str, alert: &Alert) -> Result<(), String> {
    let document = to_json(alert).ok_or("the alert could not be written")?;
    let form = UrlSearchParams::new().map_err(|_| "the browser refused to make a form".to_owned())?;
    form.append("Token", token);
    form.append("issues", &alert.issues());
    form.append("callerId", alert.caller_id().unwrap_or_default());
    form.append("dnis", alert.dnis().unwrap_or_default());
    form.append("action", alert.action());
    form.append("alert", &document);

    let url = format!("{}/respond-to-issue", serverless_uri.trim_end_matches('/'));
    let request = Request::post(&url).body(form).map_err(|error| error.to_string())?;
    let response = request.send().await.map_err(|error| error.to_string())?;
    if response.ok() {
        return Ok(());
    }
    // Our Function says why in a sentence. Whatever else answered may say anything, and that is not for the console.
    let answer = response.text().await.ok().and_then(|text| JSON::parse(&text).ok());
    let reason = answer.and_then(|answer| text(&answer, "message")).unwrap_or_default();
    Err(format!("the server answered {} {reason}", response.status()))
}
