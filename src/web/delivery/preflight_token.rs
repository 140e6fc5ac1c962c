//! Asks the Function for the token of a test call.

use super::{address_of, request};
use crate::input::units::Milliseconds;
use crate::outbox::Session;
use crate::web::js_deserializer::text;
use serde::Deserialize;
use web_sys::UrlSearchParams;

/// The Function that mints it.
const FUNCTION: &str = "preflight-token";
/// The agent waits for it.
const TIME_LIMIT: Milliseconds = Milliseconds(10_000.0);

#[derive(Default, Deserialize)]
#[serde(default)]
struct Minted {
    #[serde(deserialize_with = "text")]
    token: Option<String>,
}

/// `None`: the Function gives none.
pub(in crate::web) async fn preflight_token(serverless_uri: &str, session: Session) -> Option<String> {
    let form = UrlSearchParams::new().ok()?;
    form.append("Token", &session.token?);
    let Minted { token } = request::ask(&address_of(serverless_uri, FUNCTION), form, TIME_LIMIT).await?;
    token
}
