//! What is wrong with a value, for a person to read.

use std::borrow::Cow;
use std::fmt::Display;

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValueError {
    /// It is an export, and this is wrong with it.
    Broken(Cow<'static, str>),
    /// It is no export.
    Unknown(Cow<'static, str>),
    /// It is the API's error, with its message.
    Answered(String),
}

impl ValueError {
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Broken(message) | Self::Unknown(message) => message,
            Self::Answered(message) => message,
        }
    }

    /// With where it is, and what else there is to say; an error of the API's says all itself.
    fn at(self, place: &str, rest: &str) -> Self {
        let placed = |message: Cow<'static, str>| Cow::Owned(format!("{place}{message}{rest}"));
        match self {
            Self::Broken(message) => Self::Broken(placed(message)),
            Self::Unknown(message) => Self::Unknown(placed(message)),
            Self::Answered(message) => Self::Answered(message),
        }
    }
}

impl From<String> for ValueError {
    fn from(message: String) -> Self {
        Self::Broken(message.into())
    }
}

/// What is wrong with one of several, and how many more there are.
#[derive(Default)]
pub(super) struct ValueErrors {
    first: Option<(String, ValueError)>,
    others: usize,
}

impl ValueErrors {
    pub(super) fn add(&mut self, place: impl Display, wrong: ValueError) {
        // A broken export is more important to know of than something else.
        let tells_more = match &self.first {
            None => true,
            Some((_, ValueError::Broken(_))) => false,
            Some(_) => matches!(wrong, ValueError::Broken(_)),
        };
        self.others += usize::from(self.first.is_some());
        if tells_more {
            self.first = Some((place.to_string(), wrong));
        }
    }

    /// The first of them.
    pub(super) fn first(self) -> Option<ValueError> {
        let rest = if self.others > 0 { format!("; and {} more of them", self.others) } else { String::new() };
        self.first.map(|(place, wrong)| wrong.at(&place, &rest))
    }
}
