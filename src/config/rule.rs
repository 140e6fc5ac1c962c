//! The rules that make a call alert (V1 to V4, V6), and what switches each of them on.

#[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
use super::Config;
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

/// A rule that a call can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, Serialize, VariantArray)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum Rule {
    /// The call was accepted and lasted less than the threshold, in seconds.
    ShortCall,
    /// Conditions were active when it ended; the value is how many, the threshold 0.
    EndedInWarning,
    /// Share of its duration under warning, percent.
    WarningDurPct,
    /// Share of its seconds that were severely concealed, percent.
    SeverelyConcealedPct,
    /// The agent reported a problem, whatever the other rules say; the value is how often, the threshold 0.
    AgentReport,
}

impl Rule {
    /// All of them, in the order in which reasons are given.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Its name in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What the field `issues` calls it: the first three as in the 2021 sample plugin.
    #[must_use]
    pub(crate) fn issue(self) -> &'static str {
        match self {
            Self::ShortCall => "short call",
            Self::EndedInWarning => "call ended under warning",
            Self::WarningDurPct => "call warning condition pct",
            Self::SeverelyConcealedPct => "severely concealed seconds pct",
            Self::AgentReport => "agent reported a problem",
        }
    }

    /// Whether a call can break it under this configuration.
    #[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
    pub(super) fn is_on(self, config: &Config) -> bool {
        match self {
            Self::ShortCall => config.short_call_threshold.0 > 0.0,
            Self::EndedInWarning => config.ended_in_warning_is_trigger,
            Self::WarningDurPct => config.warning_dur_pct_threshold.0 < 100.0,
            Self::SeverelyConcealedPct => config.severely_concealed_pct_threshold.0 < 100.0,
            Self::AgentReport => config.agent_tools,
        }
    }

    /// The property that switches it on.
    #[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
    pub(super) fn property(self) -> &'static str {
        match self {
            Self::ShortCall => "shortCallThreshold",
            Self::EndedInWarning => "endedInWarningIsTrigger",
            Self::WarningDurPct => "warningDurPctThreshold",
            Self::SeverelyConcealedPct => "severelyConcealedPctThreshold",
            Self::AgentReport => "agentTools",
        }
    }
}
