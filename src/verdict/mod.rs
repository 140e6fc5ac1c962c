//! Whether a finished call deserves an alert, and why (rules V1 to V4, V6).

mod sentence;

use crate::call::concealment::SeverelyConcealed;
use crate::cause::Causes;
use crate::condition::Conditions;
use crate::config::Config;
pub use crate::config::Rule;
use crate::input::units::{Milliseconds, Percent, Seconds, Timestamp, Value};
use crate::localized_text::Text;
use sentence::{MAX_LISTED, clock, degradations, list, longest, measured, minutes, past};
use serde::Serialize;

/// Why a call deserves an alert.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Reason {
    /// The rule it broke.
    pub rule: Rule,
    /// What was measured, in the rule's unit.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number"))]
    pub value: Value,
    /// What would have been in order.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number"))]
    pub threshold: Value,
    /// The reason for a person to read, with the conditions and their times in the call.
    pub text: String,
}

impl Reason {
    /// The agent's own word, at these moments since the call was accepted.
    pub(crate) fn from_agent_reports(reports: &[Milliseconds]) -> Self {
        let moments: Vec<_> = reports.iter().take(MAX_LISTED).map(|at| format!("at {}", minutes(*at))).collect();
        let more = if reports.len() > MAX_LISTED { " and later" } else { "" };
        Self {
            rule: Rule::AgentReport,
            value: Value(reports.len() as f64),
            threshold: Value(0.0),
            text: format!("The agent reported a problem {}{more}.", moments.join(", ")),
        }
    }
}

/// When a finished call was going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it was accepted, or found going on.
    pub accepted: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// From when on its length counts for [`Rule::ShortCall`]; `None`: the rule does not apply to this call.
    pub counted_from: Option<Timestamp>,
}

/// The verdict on a finished call.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Time from acceptance to end, without the stretches without data.
    pub duration: Milliseconds,
    /// Time in warning.
    pub warning: Milliseconds,
    /// Time in warning as a share of the duration.
    pub warning_share: Percent,
    /// How many of its seconds were severely concealed.
    pub severely_concealed: SeverelyConcealed,
    /// Empty: no alert.
    pub reasons: Vec<Reason>,
    /// The alert's one sentence for the agent: the most telling reason, and in which stretch it was worst.
    pub for_agent: Option<Text>,
}

impl Verdict {
    /// Judges a call by its conditions, all finished: an episode without a clearing was active at the end; and by how much
    /// of it was severely concealed. `reports`: when the agent reported a problem, since the call was accepted.
    #[must_use]
    pub(crate) fn new(
        conditions: &Conditions,
        causes: &Causes,
        severely_concealed: SeverelyConcealed,
        reports: &[Milliseconds],
        span: Span,
        config: &Config,
    ) -> Self {
        let Span { accepted, ended, counted_from } = span;
        let elapsed = ended - accepted;
        let duration = Milliseconds((elapsed.0 - conditions.time_in_data_gaps().0).max(0.0));
        let warning = conditions.time_in_warning();
        let share = if duration.0 > 0.0 { 100.0 * warning.0 / duration.0 } else { 0.0 };

        let warning_share = Percent(share);
        let mut verdict =
            Self { duration, warning, warning_share, severely_concealed, reasons: Vec::new(), for_agent: None };
        // A frozen tab takes nothing off how long agent and customer were connected.
        if let Some(from) = counted_from
            && ended - from < Milliseconds::from(config.short_call_threshold)
        {
            verdict.was_short(ended - from, from > accepted, config.short_call_threshold);
        }
        if config.ended_in_warning_is_trigger {
            verdict.ended_in_warning(conditions, causes, accepted, ended);
        }
        if warning_share > config.warning_dur_pct_threshold {
            verdict.was_long_under_warning(conditions, causes, accepted, config.warning_dur_pct_threshold);
        }
        if let Some(share) = severely_concealed.share().filter(|share| *share > config.severely_concealed_pct_threshold)
        {
            verdict.was_concealed(share, config.severely_concealed_pct_threshold);
        }
        if !reports.is_empty() {
            verdict.reasons.push(Reason::from_agent_reports(reports));
        }
        verdict
    }

    /// `answered`: the length counts from when somebody else had joined.
    fn was_short(&mut self, elapsed: Milliseconds, answered: bool, threshold: Seconds) {
        let seconds = elapsed.0 / 1000.0;
        let params = vec![("seconds", seconds.floor().to_string())];
        self.for_agent = Some(Text::with("DeviceMonitoringEndedShort", params));
        self.reasons.push(Reason {
            rule: Rule::ShortCall,
            value: Value(seconds),
            threshold: Value(threshold.0),
            text: format!(
                "The call lasted {} s{}, less than {threshold} s.",
                measured(seconds, threshold.0),
                if answered { " after somebody had answered" } else { "" }
            ),
        });
    }

    fn ended_in_warning(&mut self, conditions: &Conditions, causes: &Causes, accepted: Timestamp, ended: Timestamp) {
        let mut active = Vec::new();
        let mut worst = None;
        for (name, episodes) in conditions.episodes().filter(|(name, _)| name.degrades_call()) {
            // An episode without a clearing was active at the end.
            if let Some(last) = episodes.last().filter(|last| last.cleared.is_none()) {
                let since = clock(accepted, last.start);
                active.push(format!("{} since {since}", name.as_str()));
                worst = worst.or(Some((past(name, last, conditions, causes), since)));
            }
        }
        let Some((worst, since)) = worst else { return };
        let params = vec![("from", since), ("what", worst)];
        self.for_agent = Some(Text::with("DeviceMonitoringEndedInWarning", params));
        self.reasons.push(Reason {
            rule: Rule::EndedInWarning,
            value: Value(active.len() as f64),
            threshold: Value(0.0),
            text: format!("The call ended under warning at {}: {}.", clock(accepted, ended), active.join(", ")),
        });
    }

    fn was_long_under_warning(
        &mut self,
        conditions: &Conditions,
        causes: &Causes,
        accepted: Timestamp,
        threshold: Percent,
    ) {
        let Percent(share) = self.warning_share;
        let degradations = degradations(conditions);
        if let Some((name, episode)) = longest(&degradations).and_then(|index| degradations.get(index).copied()) {
            let (from, to) = (clock(accepted, episode.start), clock(accepted, episode.end));
            let what = past(name, episode, conditions, causes);
            let params = vec![("share", share.ceil().to_string()), ("from", from), ("to", to), ("what", what)];
            self.for_agent = Some(Text::with("DeviceMonitoringEndedAfterWarnings", params));
        }
        self.reasons.push(Reason {
            rule: Rule::WarningDurPct,
            value: Value(share),
            threshold: Value(threshold.0),
            text: format!(
                "{} % of the call was under warning ({} of {}), more than {threshold} %: {}.",
                measured(share, threshold.0),
                self.warning,
                self.duration,
                list(degradations, accepted)
            ),
        });
    }

    fn was_concealed(&mut self, share: Percent, threshold: Percent) {
        let SeverelyConcealed { seconds, of } = self.severely_concealed;
        self.for_agent = self.for_agent.take().or_else(|| Some(Text::plain("DeviceMonitoringEndedConcealed")));
        self.reasons.push(Reason {
            rule: Rule::SeverelyConcealedPct,
            value: Value(share.0),
            threshold: Value(threshold.0),
            text: format!(
                "In {} % of the seconds ({seconds} of {of}) the agent heard sound that was made up for missing packets, more than {threshold} %.",
                measured(share.0, threshold.0)
            ),
        });
    }

    /// Whether the call deserves an alert.
    #[must_use]
    pub(crate) fn is_alert(&self) -> bool {
        !self.reasons.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::ConditionName;

    const NOTHING_MEASURED: SeverelyConcealed = SeverelyConcealed { seconds: 0, of: 0 };

    fn verdict(config: Config, ended: i64, episodes: &[(ConditionName, i64, i64, bool)]) -> Verdict {
        let mut conditions = Conditions::from(Timestamp(0));
        for (name, from, to, cleared) in episodes {
            conditions.raise(*name, Timestamp(*from), Timestamp(*from), None);
            if *cleared {
                conditions.clear(*name, Timestamp(*to), Timestamp(*to));
            }
        }
        conditions.finish(Timestamp(ended));
        Verdict::new(&conditions, &Causes::default(), NOTHING_MEASURED, &[], span(ended, Some(0)), &config)
    }

    fn judged(conditions: &Conditions, span: Span) -> Verdict {
        Verdict::new(conditions, &Causes::default(), NOTHING_MEASURED, &[], span, &Config::default())
    }

    fn span(ended: i64, counted_from: Option<i64>) -> Span {
        Span { accepted: Timestamp(0), ended: Timestamp(ended), counted_from: counted_from.map(Timestamp) }
    }

    fn texts(verdict: &Verdict) -> Vec<&str> {
        verdict.reasons.iter().map(|reason| reason.text.as_str()).collect()
    }

    #[test]
    fn a_call_shorter_than_the_threshold_alerts_and_one_as_long_does_not() {
        let short = verdict(Config::default(), 6200, &[]);
        assert_eq!(texts(&short), ["The call lasted 6.2 s, less than 10 s."]);
        assert!(!verdict(Config::default(), 10_000, &[]).is_alert());
    }

    #[test]
    fn a_call_that_was_found_going_on_is_not_short() {
        let conditions = Conditions::from(Timestamp(0));
        assert!(!judged(&conditions, span(2000, None)).is_alert());
    }

    #[test]
    fn a_call_that_rang_is_as_long_as_somebody_was_there() {
        let conditions = Conditions::from(Timestamp(0));
        let short = judged(&conditions, span(36_200, Some(30_000)));
        assert_eq!(texts(&short), ["The call lasted 6.2 s after somebody had answered, less than 10 s."]);
        assert_eq!(short.reasons[0].value, Value(6.2));
        assert!(!judged(&conditions, span(40_000, Some(30_000))).is_alert());
    }

    #[test]
    fn a_short_call_threshold_of_zero_disables_the_rule() {
        let config = Config { short_call_threshold: Seconds(0.0), ..Config::default() };
        assert!(!verdict(config, 0, &[]).is_alert());
    }

    #[test]
    fn a_share_of_95_percent_under_warning_alerts_at_a_threshold_of_15() {
        let verdict = verdict(Config::default(), 100_000, &[(ConditionName::HighRtt, 5000, 100_000, true)]);
        assert_eq!(verdict.warning_share, Percent(95.0));
        assert_eq!(
            texts(&verdict),
            ["95 % of the call was under warning (95 s of 100 s), more than 15 %: high-rtt from 0:05 to 1:40."]
        );
    }

    #[test]
    fn ended_in_warning_is_judged_on_what_was_active_at_the_end_and_only_when_the_property_says_so() {
        let episodes = [(ConditionName::HighRtt, 1000, 2000, true), (ConditionName::HighJitter, 98_000, 0, false)];
        assert!(!verdict(Config::default(), 100_000, &episodes).is_alert());
        let config = Config { ended_in_warning_is_trigger: true, ..Config::default() };
        let ended = verdict(config.clone(), 100_000, &episodes);
        assert_eq!(texts(&ended), ["The call ended under warning at 1:40: high-jitter since 1:38."]);
        assert!(!verdict(config, 100_000, &[(ConditionName::HighRtt, 1000, 2000, true)]).is_alert());
    }

    #[test]
    fn the_agent_is_told_what_was_wrong_and_when_in_one_sentence() {
        let for_agent =
            |config, ended, episodes: &_| verdict(config, ended, episodes).for_agent.map(|text| text.in_english());
        assert_eq!(for_agent(Config::default(), 6200, &[]).as_deref(), Some("The last call lasted only 6 s."));
        assert_eq!(for_agent(Config::default(), 60_000, &[]), None);

        let network = (ConditionName::HighJitter, 20_000, 30_500, true);
        let microphone = (ConditionName::ConstantAudioInputLevel, 40_000, 70_000, true);
        assert_eq!(
            for_agent(Config::default(), 100_000, &[network, microphone]).as_deref(),
            Some(
                "The last call was in trouble for 41% of its time, longest from 0:40 to 1:10: your microphone gave no sound."
            )
        );
        let config = Config { ended_in_warning_is_trigger: true, ..Config::default() };
        assert_eq!(
            for_agent(config.clone(), 100_000, &[(ConditionName::IceConnectivityLost, 95_000, 0, false)]).as_deref(),
            Some("The last call ended in trouble that had begun at 1:35: your network was unsteady.")
        );
        let silence = (ConditionName::LowBytesReceived, 92_000, 0, false);
        assert_eq!(
            for_agent(config.clone(), 100_000, &[(ConditionName::IceConnectivityLost, 95_000, 0, false), silence])
                .as_deref(),
            Some("The last call ended in trouble that had begun at 1:35: the connection was lost.")
        );
        assert_eq!(for_agent(config, 100_000, &[(ConditionName::SignalingLost, 95_000, 0, false)]), None);
    }

    #[test]
    fn no_sentence_says_that_a_value_is_beyond_itself() {
        let short = verdict(Config::default(), 9960, &[]);
        assert_eq!(texts(&short), ["The call lasted 9.96 s, less than 10 s."]);
        let share = verdict(Config::default(), 100_000, &[(ConditionName::HighRtt, 0, 15_040, true)]);
        assert!(texts(&share)[0].starts_with("15.04 % of the call was under warning"), "{share:?}");
    }

    #[test]
    fn the_agents_own_word_is_a_reason_whatever_the_rest_says() {
        let reports: Vec<_> = [32_000.0, 65_000.0].map(Milliseconds).into();
        let verdict = Verdict::new(
            &Conditions::from(Timestamp(0)),
            &Causes::default(),
            NOTHING_MEASURED,
            &reports,
            span(100_000, Some(0)),
            &Config::default(),
        );
        assert_eq!(texts(&verdict), ["The agent reported a problem at 0:32, at 1:05."]);
        assert_eq!((verdict.is_alert(), verdict.for_agent), (true, None));
    }

    #[test]
    fn a_share_of_severely_concealed_seconds_beyond_its_threshold_alerts_and_none_does_where_it_is_off() {
        let concealed = |threshold, seconds| {
            let config = Config { severely_concealed_pct_threshold: Percent(threshold), ..Config::default() };
            let measured = SeverelyConcealed { seconds, of: 60 };
            Verdict::new(
                &Conditions::from(Timestamp(0)),
                &Causes::default(),
                measured,
                &[],
                span(60_000, Some(0)),
                &config,
            )
        };
        assert_eq!(
            texts(&concealed(10.0, 9)),
            [
                "In 15 % of the seconds (9 of 60) the agent heard sound that was made up for missing packets, more than 10 %."
            ]
        );
        assert!(!concealed(10.0, 6).is_alert());
        assert!(!concealed(100.0, 60).is_alert());
    }

    #[test]
    fn a_call_of_no_length_has_no_share() {
        assert_eq!(verdict(Config::default(), 0, &[]).warning_share, Percent(0.0));
    }
}
