//! What becomes of a call under another configuration.

use device_monitoring::replay::ReplayedCall;
use serde::Serialize;
use strum::IntoStaticStr;

/// Compared with the first configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, Serialize)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Change {
    /// It alerts now, and did not.
    Comes,
    /// It alerted, and does not any more.
    Goes,
    /// It alerts under both.
    Stays,
    /// It alerts under neither.
    Quiet,
}

impl Change {
    /// Of a call from one verdict to another; one that is not watched does not alert.
    pub(crate) fn between(first: Option<&ReplayedCall>, other: Option<&ReplayedCall>) -> Self {
        let alerts = |call: Option<&ReplayedCall>| call.is_some_and(|call| call.alert);
        match (alerts(first), alerts(other)) {
            (false, true) => Self::Comes,
            (true, false) => Self::Goes,
            (true, true) => Self::Stays,
            (false, false) => Self::Quiet,
        }
    }

    /// In one word.
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One configuration's verdict on a call beside the first one's.
#[derive(Serialize)]
pub(crate) struct Compared<'a> {
    configuration: &'a str,
    change: Change,
    #[serde(flatten)]
    call: Option<&'a ReplayedCall>,
}

impl<'a> Compared<'a> {
    /// The verdict of this configuration, or none where it plays no call; `first` is that of the first one.
    pub(crate) fn new(configuration: &'a str, first: Option<&ReplayedCall>, call: Option<&'a ReplayedCall>) -> Self {
        Self { configuration, change: Change::between(first, call), call }
    }
}
