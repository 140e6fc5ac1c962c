//! Every sentence that an agent reads, in one table (rule N1a).
//!
//! The engine names a text by its key; Flex's `manager.strings` renders it, so that an admin can override any of
//! them. The English ones are here, for the browser to fill in and for native tools to print.

/// A text and what goes into its `{{places}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Key in [`ENGLISH`] and in Flex's `manager.strings`.
    pub key: &'static str,
    /// What goes into which place.
    pub params: Vec<(&'static str, String)>,
}

impl Text {
    pub(crate) fn plain(key: &'static str) -> Self {
        Self { key, params: Vec::new() }
    }

    pub(crate) fn with(key: &'static str, param: &'static str, value: String) -> Self {
        Self { key, params: vec![(param, value)] }
    }

    /// In English, with its places filled. A key that is not in the table is its own text.
    #[must_use]
    pub fn in_english(&self) -> String {
        let template = ENGLISH.iter().find(|(key, _)| *key == self.key).map_or(self.key, |(_, text)| *text);
        self.params
            .iter()
            .fold(template.to_owned(), |text, (place, value)| text.replace(&format!("{{{{{place}}}}}"), value))
    }
}

/// Key and English template. Symptom first, then whose side, then one thing to do; nothing that blames.
pub const ENGLISH: &[(&str, &str)] = &[
    ("DeviceMonitoringSeverityCritical", "Urgent:"),
    ("DeviceMonitoringSeverityWarning", "Warning:"),
    ("DeviceMonitoringSeverityRecovered", "Recovered:"),
    ("DeviceMonitoringConnectionLost", "The connection of this call is lost."),
    (
        "DeviceMonitoringConnectionLostAdvice",
        "Stay on the line while it is being restored, and check your cable or Wi-Fi.",
    ),
    ("DeviceMonitoringCustomerCannotHearYou", "The customer cannot hear you."),
    ("DeviceMonitoringCustomerCannotHearYouAdvice", "Check your cable or Wi-Fi; if it lasts, offer to call back."),
    ("DeviceMonitoringNoAudioFromCustomer", "No audio arrives from the customer."),
    ("DeviceMonitoringNoAudioFromCustomerAdvice", "Ask them to unmute; if it stays silent, call them back."),
    ("DeviceMonitoringYourMicrophone", "Your microphone gives no sound."),
    ("DeviceMonitoringYourMicrophoneAdvice", "Check the mute switch and plug of your headset."),
    ("DeviceMonitoringYourNetworkInbound", "You may hear the customer with gaps: your network is unsteady."),
    ("DeviceMonitoringYourNetworkInboundAdvice", "Move closer to the router or use a cable."),
    ("DeviceMonitoringYourNetworkOutbound", "The customer may hear you with gaps: your network is unsteady."),
    ("DeviceMonitoringYourNetworkOutboundAdvice", "Move closer to the router or use a cable."),
    (
        "DeviceMonitoringYourNetworkBoth",
        "You and the customer may hear each other late or unclearly: your network is slow or lossy.",
    ),
    ("DeviceMonitoringYourNetworkBothAdvice", "Pause before you reply; a cable or a place closer to the router helps."),
    ("DeviceMonitoringRecovered", "The call is fine again."),
    ("DeviceMonitoringRecoveredAdvice", "You can go on as before."),
    ("DeviceMonitoringEndedInWarning", "The last call ended while its quality was poor."),
    ("DeviceMonitoringEndedAfterWarnings", "The quality of the last call was poor for {{share}} % of its time."),
    ("DeviceMonitoringEndedShort", "The last call lasted only {{seconds}} s."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_an_unknown_key_is_its_own_text() {
        let text = Text::with("DeviceMonitoringEndedShort", "seconds", "6".to_owned());
        assert_eq!(text.in_english(), "The last call lasted only 6 s.");
        assert_eq!(Text::plain("Nothing").in_english(), "Nothing");
    }

    #[test]
    fn every_key_is_there_once_and_starts_with_the_products_name() {
        let mut keys: Vec<_> = ENGLISH.iter().map(|(key, _)| *key).collect();
        assert!(keys.iter().all(|key| key.starts_with("DeviceMonitoring")));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), ENGLISH.len());
    }
}
