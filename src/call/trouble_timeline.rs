//! A call's timeline: what was the worst that was wrong, at each of its moments (rule K1a).

use crate::cause::{Cause, Causes};
use crate::condition::diagnosis::Diagnosis;
use crate::condition::{ConditionName, Conditions};
use crate::input::units::{Milliseconds, Timestamp};
use enumset::EnumSet;

/// Nobody notices a change for less: several conditions of the same trouble begin and end a moment apart.
const MIN_STRETCH: Milliseconds = Milliseconds(500.0);

/// A stretch of a call in which the worst that was wrong stayed the same. Times are milliseconds since the call was
/// accepted, without the time for which there is no data, as in the call's duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TroubleStretch {
    /// The worst that was wrong.
    pub diagnosis: Diagnosis,
    /// When it began.
    pub start_ms: Milliseconds,
    /// When it ended, or something worse began.
    pub end_ms: Milliseconds,
    /// Why that was, where it is known.
    pub cause: Option<Cause>,
}

impl TroubleStretch {
    /// How long it lasted.
    #[must_use]
    pub fn length(&self) -> Milliseconds {
        Milliseconds(self.end_ms.0 - self.start_ms.0)
    }
}

/// A stretch while the timeline is being put together.
#[derive(Clone, Copy)]
struct Span {
    diagnosis: Diagnosis,
    start: Timestamp,
    end: Timestamp,
}

/// The timeline of a call whose conditions have ended, in order: no two stretches overlap.
pub(super) fn timeline(conditions: &Conditions, causes: &Causes, accepted: Timestamp) -> Vec<TroubleStretch> {
    let mut without_data = conditions.time_in_data_gaps_before();
    let mut at = |moment: Timestamp| moment.before(without_data(moment)) - accepted;
    let mut timeline: Vec<TroubleStretch> = Vec::new();
    for Span { diagnosis, start, end } in spans(conditions) {
        let cause = causes.between(diagnosis, start, end);
        let stretch = TroubleStretch { diagnosis, start_ms: at(start), end_ms: at(end), cause };
        let goes_on = |last: &&mut TroubleStretch| {
            last.end_ms == stretch.start_ms && last.diagnosis == diagnosis && last.cause == cause
        };
        match timeline.last_mut().filter(goes_on) {
            Some(last) => last.end_ms = stretch.end_ms,
            // Nobody saw how it was.
            None if stretch.length() == Milliseconds::default() => {}
            None => timeline.push(stretch),
        }
    }
    timeline
}

fn spans(conditions: &Conditions) -> Vec<Span> {
    let mut edges: Vec<(Timestamp, bool, ConditionName)> = Vec::new();
    for (name, episodes) in conditions.episodes().filter(|(name, _)| name.degrades_call()) {
        for episode in episodes.iter().filter(|episode| episode.end > episode.start) {
            edges.push((episode.start, true, name));
            edges.push((episode.end, false, name));
        }
    }
    // What ends at a moment does so before anything begins: an episode may follow another of its condition.
    edges.sort_unstable();
    let mut active = EnumSet::<ConditionName>::empty();
    let mut spans = Vec::new();
    let mut edges = edges.into_iter().peekable();
    while let Some((start, begins, name)) = edges.next() {
        if begins {
            active.insert(name);
        } else {
            active.remove(name);
        }
        let Some(end) = edges.peek().map(|(next, ..)| *next).filter(|next| *next > start) else { continue };
        if let Some(diagnosis) = Diagnosis::worst_of(|name| active.contains(name)) {
            spans.push(Span { diagnosis, start, end });
        }
    }
    joined(without_short(joined(spans)))
}

/// Joins spans that touch and have the same diagnosis.
fn joined(spans: Vec<Span>) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        // The diagnoses of an unsteady network (inbound, outbound, both ways, delay) share one name.
        let is_same = |last: &&mut Span| last.end == span.start && last.diagnosis.as_str() == span.diagnosis.as_str();
        match joined.last_mut().filter(is_same) {
            Some(last) => {
                last.diagnosis = last.diagnosis.min(span.diagnosis);
                last.end = span.end;
            }
            None => joined.push(span),
        }
    }
    joined
}

/// A short span that touches another is a part of it.
fn without_short(spans: Vec<Span>) -> Vec<Span> {
    let mut kept: Vec<Span> = Vec::new();
    for span in spans {
        let is_short = |span: &Span| span.end - span.start < MIN_STRETCH;
        match kept.last_mut().filter(|last| last.end == span.start && (is_short(last) || is_short(&span))) {
            Some(last) if is_short(last) => *last = Span { start: last.start, ..span },
            Some(last) => last.end = span.end,
            None => kept.push(span),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::ConditionName as Name;

    /// What is told of a call with these conditions, by seconds.
    fn told(episodes: &[(Name, f64, f64)]) -> Vec<(&'static str, f64, f64)> {
        let moment = |seconds: f64| Timestamp((seconds * 1000.0) as i64);
        let mut conditions = Conditions::from(Timestamp(0));
        for (name, from, to) in episodes {
            conditions.raise(*name, moment(*from), moment(*from), None);
            conditions.clear(*name, moment(*to), moment(*to));
        }
        let stretches = timeline(&conditions, &Causes::default(), Timestamp(0));
        let seconds = |ms: Milliseconds| ms.0 / 1000.0;
        stretches.iter().map(|one| (one.diagnosis.as_str(), seconds(one.start_ms), seconds(one.end_ms))).collect()
    }

    #[test]
    fn at_each_moment_the_worst_is_told() {
        let conditions = [
            (Name::HighJitter, 10.0, 40.0),
            (Name::HighPacketLoss, 12.0, 45.0),
            (Name::LowBytesSent, 20.0, 25.0),
            (Name::LowBytesReceived, 22.0, 24.0),
            (Name::PlayoutGaps, 60.0, 70.0),
        ];
        let expected = [
            ("your-network", 10.0, 20.0),
            ("customer-cannot-hear-you", 20.0, 22.0),
            ("connection-lost", 22.0, 24.0),
            ("customer-cannot-hear-you", 24.0, 25.0),
            ("your-network", 25.0, 45.0),
            ("your-computer", 60.0, 70.0),
        ];
        assert_eq!(told(&conditions), expected);
    }

    #[test]
    fn an_unsteady_network_is_one_stretch_whichever_way_it_is() {
        let conditions =
            [(Name::HighRtt, 1.0, 5.0), (Name::HighPacketLoss, 4.0, 9.0), (Name::HighOutboundPacketLoss, 6.0, 12.0)];
        assert_eq!(told(&conditions), [("your-network", 1.0, 12.0)]);
    }

    #[test]
    fn what_begins_or_ends_a_moment_apart_is_no_stretch_of_its_own() {
        let conditions = [(Name::LowBytesSent, 10.0, 20.3), (Name::LowBytesReceived, 10.4, 20.0)];
        assert_eq!(told(&conditions), [("connection-lost", 10.0, 20.3)]);
        assert_eq!(told(&[(Name::HighRtt, 3.0, 3.4)]), [("your-network", 3.0, 3.4)]);
    }

    #[test]
    fn what_is_no_trouble_is_not_told() {
        let conditions = [
            (Name::StaleRtt, 1.0, 9.0),
            (Name::TalkingWhileMuted, 10.0, 20.0),
            (Name::SuppressedSilence, 30.0, 90.0),
            (Name::SignalingLost, 100.0, 110.0),
            (Name::Reconnecting, 100.0, 110.0),
        ];
        assert_eq!(told(&conditions), []);
    }

    #[test]
    fn time_without_data_is_taken_out_and_what_goes_on_after_it_is_one_stretch() {
        let at = |seconds: i64| Timestamp(seconds * 1000);
        let mut conditions = Conditions::from(at(0));
        conditions.raise(Name::HighRtt, at(10), at(10), None);
        conditions.data_gap(at(20), at(80));
        conditions.clear(Name::HighRtt, at(90), at(90));
        conditions.raise(Name::HighRtt, at(95), at(95), None);
        conditions.clear(Name::HighRtt, at(97), at(97));
        let stretches = timeline(&conditions, &Causes::default(), at(0));
        let told: Vec<_> = stretches.iter().map(|one| (one.start_ms.0, one.end_ms.0)).collect();
        assert_eq!(told, [(10_000.0, 30_000.0), (35_000.0, 37_000.0)]);
    }

    #[test]
    fn episodes_that_follow_one_another_at_once_are_one_stretch_and_others_are_not() {
        let conditions = [(Name::HighRtt, 1.0, 5.0), (Name::HighRtt, 5.0, 9.0), (Name::HighRtt, 20.0, 22.0)];
        assert_eq!(told(&conditions), [("your-network", 1.0, 9.0), ("your-network", 20.0, 22.0)]);
    }
}
