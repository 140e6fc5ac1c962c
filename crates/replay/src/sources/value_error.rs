//! What is wrong with a value, for a person to read.

use std::borrow::Cow;
use std::fmt::Display;

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is an export, and this is wrong with it.
    Broken(Cow<'static, str>),
    /// It is no export.
    Unknown(Cow<'static, str>),
    /// It is the API's error, with its message.
    Answered(String),
}

impl Wrong {
    pub(super) fn said(&self) -> &str {
        match self {
            Self::Broken(message) | Self::Unknown(message) => message,
            Self::Answered(message) => message,
        }
    }

    /// With where it is, and what else there is to say; an error of the API's says all itself.
    fn at(self, place: &str, rest: &str) -> Self {
        let told = |message| Cow::Owned(format!("{place}{message}{rest}"));
        match self {
            Self::Broken(message) => Self::Broken(told(message)),
            Self::Unknown(message) => Self::Unknown(told(message)),
            Self::Answered(message) => Self::Answered(message),
        }
    }
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        Self::Broken(message.into())
    }
}

/// What is wrong with one of several, and how many more there are.
#[derive(Default)]
pub(super) struct Wrongs {
    first: Option<(String, Wrong)>,
    others: usize,
}

impl Wrongs {
    pub(super) fn add(&mut self, place: impl Display, wrong: Wrong) {
        // A broken export is more important to know of than something else.
        let tells_more = match &self.first {
            None => true,
            Some((_, Wrong::Broken(_))) => false,
            Some(_) => matches!(wrong, Wrong::Broken(_)),
        };
        self.others += usize::from(self.first.is_some());
        if tells_more {
            self.first = Some((place.to_string(), wrong));
        }
    }

    /// The first of them.
    pub(super) fn told(self) -> Option<Wrong> {
        let rest = if self.others > 0 { format!("; and {} more of them", self.others) } else { String::new() };
        self.first.map(|(place, wrong)| wrong.at(&place, &rest))
    }
}
