//! Every sentence that an agent reads, by its key (rule N1a).
//!
//! The engine names a text; the page has it in the agent's language, from `locales/`, and Flex's `manager.strings`
//! renders it, so that an admin can override any of them. Native tools print the English one: the browser's engine
//! carries none.

use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A text and what goes into its `{{places}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Text {
    /// Key in `locales/` and in Flex's `manager.strings`.
    pub key: &'static str,
    /// What goes into which place: a text of its own, where it is the key of one.
    #[serde(serialize_with = "as_object")]
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Record<string, string>"))]
    pub params: Vec<(&'static str, String)>,
}

impl Text {
    pub(crate) fn plain(key: &'static str) -> Self {
        Self { key, params: Vec::new() }
    }

    pub(crate) fn with(key: &'static str, params: Vec<(&'static str, String)>) -> Self {
        Self { key, params }
    }

    /// In English, with its places filled. A key that is not in the table is its own text.
    #[must_use]
    pub(crate) fn in_english(&self) -> String {
        let fill =
            |text: String, (place, value): &(&str, String)| text.replace(&format!("{{{{{place}}}}}"), english(value));
        self.params.iter().fold(english(self.key).to_owned(), fill)
    }
}

fn as_object<S: Serializer>(params: &[(&'static str, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(params.iter().map(|(place, value)| (place, value)))
}

/// Key to English template. Symptom first, then whose side, then one thing to do; nothing that blames.
#[must_use]
pub(crate) fn texts() -> &'static BTreeMap<String, String> {
    static TEXTS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    // A table that cannot be read fails every test that looks at a text.
    TEXTS.get_or_init(|| serde_json::from_str(include_str!("../locales/en.json")).unwrap_or_default())
}

/// The English text of a key; a key that is not in the table is its own text.
#[must_use]
pub(crate) fn english(key: &str) -> &str {
    texts().get(key).map_or(key, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_an_unknown_key_is_its_own_text() {
        let text = Text::with("DeviceMonitoringEndedShort", vec![("seconds", "6".to_owned())]);
        assert_eq!(text.in_english(), "The last call lasted only 6 s.");
        assert_eq!(Text::plain("Nothing").in_english(), "Nothing");
    }

    #[test]
    fn a_place_may_take_another_text() {
        let params = vec![("from", "0:20".to_owned()), ("what", "DeviceMonitoringYourMicrophoneWas".to_owned())];
        assert_eq!(
            Text::with("DeviceMonitoringEndedInWarning", params).in_english(),
            "The last call ended in trouble that had begun at 0:20: your microphone gave no sound."
        );
    }
}
