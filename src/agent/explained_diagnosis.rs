//! What is wrong with a call in the agent's terms, and the words for it: the symptom, why, and one thing to do.

use crate::cause::Cause;
use crate::condition::diagnosis::{Diagnosis, Urgency};
use crate::localized_text::Text;

/// The diagnosis of a call now, with what explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExplainedDiagnosis {
    /// The worst of what is wrong.
    pub diagnosis: Diagnosis,
    /// Why, where that is known.
    pub cause: Option<Cause>,
    /// The call goes over a cable.
    pub is_on_cable: bool,
}

impl From<Diagnosis> for ExplainedDiagnosis {
    /// Without a known cause.
    fn from(diagnosis: Diagnosis) -> Self {
        Self { diagnosis, cause: None, is_on_cable: false }
    }
}

impl ExplainedDiagnosis {
    /// What the agent notices.
    #[must_use]
    pub fn symptom(self) -> Text {
        match self.cause {
            // The advice says why.
            Some(_) => self.diagnosis.bare_symptom(),
            None => self.diagnosis.symptom(),
        }
    }

    /// Key of the one thing to do.
    #[must_use]
    pub fn advice(self) -> String {
        match (self.cause, self.diagnosis.advice_on_cable().filter(|_| self.is_on_cable)) {
            (Some(cause), _) => format!("{}Advice", cause.text()),
            (None, Some(advice)) => advice.to_owned(),
            (None, None) => format!("{}Advice", self.diagnosis.symptom().key),
        }
    }

    /// How loudly to say it. Without a microphone nothing of the agent is heard.
    #[must_use]
    pub fn urgency(self) -> Urgency {
        if self.silences_agent() { Urgency::Critical } else { self.diagnosis.urgency() }
    }

    /// Whether it is known that the customer hears nothing.
    pub(crate) fn silences_agent(self) -> bool {
        self.diagnosis.silences_agent() || self.cause.is_some_and(Cause::silences_agent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::localized_text::texts;

    #[test]
    fn nobody_on_a_cable_and_nobody_with_another_cause_is_sent_to_the_router() {
        let words = |trouble: ExplainedDiagnosis| {
            let advice = texts().get(&trouble.advice()).unwrap();
            format!("{} {advice}", trouble.symptom().in_english())
        };
        let networks: Vec<_> = Diagnosis::all().into_iter().filter(|diagnosis| diagnosis.is_network()).collect();
        assert!(networks.len() >= 4, "only {networks:?}");
        for diagnosis in networks {
            let on_cable = words(ExplainedDiagnosis { is_on_cable: true, ..diagnosis.into() });
            assert!(!on_cable.contains("router") && !on_cable.contains("Wi"), "{on_cable}");
            for cause in Cause::ALL.iter().filter(|cause| cause.explains(diagnosis)) {
                let said = words(ExplainedDiagnosis { cause: Some(*cause), ..diagnosis.into() });
                assert_eq!(said.contains("router"), *cause == Cause::Wifi, "{said}");
                assert!(!said.contains("your network"), "two causes: {said}");
            }
        }
    }

    #[test]
    fn every_cause_has_its_texts() {
        for cause in Cause::ALL {
            for key in [cause.text().to_owned(), format!("{}Advice", cause.text()), cause.past().to_owned()] {
                assert!(texts().contains_key(&key), "{key}");
            }
        }
    }

    #[test]
    fn without_a_microphone_it_is_urgent() {
        let silent = ExplainedDiagnosis::from(Diagnosis::YourMicrophone);
        assert_eq!((silent.urgency(), silent.silences_agent()), (Urgency::Warning, false));
        for cause in [Cause::MicrophoneEnded, Cause::MicrophoneMuted] {
            let gone = ExplainedDiagnosis { cause: Some(cause), ..silent };
            assert_eq!((gone.urgency(), gone.silences_agent()), (Urgency::Critical, true));
        }
    }
}
