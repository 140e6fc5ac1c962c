//! The keys by which incidents compare agents: what their calls may have in common, as a beat tells it (rule F3).

use super::{LONGEST_TEXT, cut};
use crate::alert::ClientInfo;
use crate::call::Call;
use crate::input::agent_endpoint::Headset;
use crate::input::environment_signal::NetworkType;
use serde::Serialize;

/// By their places in a list: names would not find room in every beat. What is not known is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct IncidentKeys(
    Option<NetworkType>,
    /// Twilio's edge.
    Option<String>,
    Option<Headset>,
    /// The browser with its major version.
    Option<String>,
    /// Version of the Voice SDK.
    Option<String>,
    /// Version of the plugin.
    Option<String>,
);

impl IncidentKeys {
    pub(super) fn new(call: &Call, client: &ClientInfo) -> Self {
        let endpoint = call.endpoint();
        let text = |text: &String| Some(cut(text, LONGEST_TEXT)).filter(|text| !text.is_empty());
        Self(
            endpoint.network_type,
            call.context.edge.as_ref().and_then(text),
            endpoint.headset,
            client.browser.as_deref().and_then(browser),
            call.context.voice_sdk_version.as_ref().and_then(text),
            text(&client.plugin_version),
        )
    }
}

/// Name and major version of a browser, by its description of itself: `chrome/142`. A browser names those that it is like
/// as well, so what few name comes first.
fn browser(user_agent: &str) -> Option<String> {
    const NAMES: [(&str, &str); 5] =
        [("Edg/", "edge"), ("OPR/", "opera"), ("Firefox/", "firefox"), ("Chrome/", "chrome"), ("Version/", "safari")];
    NAMES.iter().find_map(|(token, name)| {
        let (_, version) = user_agent.split_once(token)?;
        let major: String = version.chars().take_while(char::is_ascii_digit).take(4).collect();
        (!major.is_empty()).then(|| format!("{name}/{major}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_what_it_alone_says_of_itself() {
        const LIKE_CHROME: &str =
            "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        assert_eq!(browser(LIKE_CHROME).as_deref(), Some("chrome/142"));
        assert_eq!(browser(&format!("{LIKE_CHROME} Edg/141.0.3537.71")).as_deref(), Some("edge/141"));
        let others = [
            ("Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0", Some("firefox/133")),
            (
                "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                Some("safari/18"),
            ),
            ("Chrome/", None),
            ("", None),
        ];
        for (user_agent, expected) in others {
            assert_eq!(browser(user_agent).as_deref(), expected, "{user_agent}");
        }
    }
}
