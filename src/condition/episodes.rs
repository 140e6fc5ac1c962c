//! For how long each condition was there (rules D3, D6).

use super::ConditionName;
use super::spans::{Union, length_before, length_without};
use crate::input::units::{Milliseconds, Timestamp, Value};
use enumset::EnumSet;
use std::iter;

/// A stretch of a call in which a condition was there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// Start of the first breaching second.
    pub start: Timestamp,
    /// End of the last one.
    pub end: Timestamp,
    /// When the engine raised it.
    pub raised: Timestamp,
    /// When the engine cleared it; `None` if the call ended first.
    pub cleared: Option<Timestamp>,
    /// The worst value, for conditions that have a threshold.
    pub worst: Option<Value>,
    /// The threshold it was judged by, where it has one.
    pub threshold: Option<Value>,
}

/// The middle of what a sample speaks of.
const HALF_A_SECOND: Milliseconds = Milliseconds(500.0);

/// An episode that is not over.
#[derive(Clone, Copy, Debug)]
struct Open {
    start: Timestamp,
    raised: Timestamp,
    /// End of the last second that was seen to breach; `None` while only the SDK's warning shows it.
    last: Option<Timestamp>,
    /// Start of the newest stretch that was seen to breach.
    newest: Option<Timestamp>,
    worst: Option<Value>,
    threshold: Option<Value>,
}

impl Open {
    /// Ends at the last breaching second, or at `otherwise` where nobody saw the seconds.
    fn close(self, otherwise: Timestamp, cleared: Option<Timestamp>) -> Episode {
        let end = self.last.unwrap_or(otherwise).max(self.start);
        Episode { start: self.start, end, raised: self.raised, cleared, worst: self.worst, threshold: self.threshold }
    }
}

#[derive(Clone, Debug)]
struct Log {
    name: ConditionName,
    episodes: Vec<Episode>,
    open: Option<Open>,
}

/// All conditions of one call. Raising what is raised and clearing what is not are harmless (rule D5).
#[derive(Clone, Debug)]
pub struct Conditions {
    /// One for each name, worst first.
    logs: Vec<Log>,
    /// What is there now: hardly ever is anything, and every second asks several times.
    active: EnumSet<ConditionName>,
    /// Stretches without data: nothing is counted in them.
    data_gaps: Vec<(Timestamp, Timestamp)>,
    /// No episode starts before: the moment the call was accepted, or the end of the last data gap.
    earliest_start: Timestamp,
}

impl Conditions {
    /// The conditions of a call accepted at this moment.
    pub(crate) fn from(accepted: Timestamp) -> Self {
        let log = |name: &ConditionName| Log { name: *name, episodes: Vec::new(), open: None };
        let logs = ConditionName::ALL.iter().map(log).collect();
        Self { logs, active: EnumSet::empty(), data_gaps: Vec::new(), earliest_start: accepted }
    }

    fn log(&mut self, name: ConditionName) -> Option<&mut Log> {
        self.logs.get_mut(name as usize)
    }

    /// The condition is there, since an earlier moment.
    pub(crate) fn raise(&mut self, name: ConditionName, now: Timestamp, since: Timestamp, threshold: Option<Value>) {
        let earliest_start = self.earliest_start;
        if let Some(log) = self.log(name)
            && log.open.is_none()
        {
            let before = log.episodes.last().map_or(earliest_start, |episode| episode.end);
            let start = since.max(before).max(earliest_start).min(now);
            log.open = Some(Open { start, raised: now, last: None, newest: None, worst: None, threshold });
            self.active.insert(name);
        }
    }

    /// The condition was there between these moments, and is no longer: it is known only now.
    pub(crate) fn record(
        &mut self,
        name: ConditionName,
        now: Timestamp,
        (from, to): (Timestamp, Timestamp),
        worst: Option<Value>,
        threshold: Option<Value>,
    ) {
        let earliest_start = self.earliest_start;
        if let Some(log) = self.log(name)
            && log.open.is_none()
        {
            let (mut end, mut worst) = (to.min(now), worst);
            // Two signs of the same trouble, both of them late, are one episode.
            let is_same = |last: &mut Episode| {
                last.cleared == Some(last.raised) && now - last.raised <= HALF_A_SECOND && from <= last.end
            };
            if let Some(last) = log.episodes.pop_if(is_same) {
                end = end.max(last.end);
                worst =
                    worst.map_or(last.worst, |value| Some(last.worst.map_or(value, |worst| name.worse(value, worst))));
            }
            let start = from.max(log.episodes.last().map_or(earliest_start, |episode| episode.end)).max(earliest_start);
            if start < end {
                log.episodes.push(Episode { start, end, raised: now, cleared: Some(now), worst, threshold });
            }
        }
    }

    /// Moves the start of the open episode later, to `at`: more is known now than when it was raised.
    pub(crate) fn begin_later(&mut self, name: ConditionName, at: Timestamp) {
        if let Some(open) = self.log(name).and_then(|log| log.open.as_mut()) {
            let latest = open.last.unwrap_or(at).max(open.start);
            open.start = open.start.max(at.min(open.raised)).min(latest);
        }
    }

    /// Moves the last bad moment of the open episode earlier, to `at`.
    pub(crate) fn end_earlier(&mut self, name: ConditionName, at: Timestamp) {
        if let Some(open) = self.log(name).and_then(|log| log.open.as_mut()) {
            open.last = open.last.map(|last| last.min(at.max(open.start)));
        }
    }

    /// Extends the open episode by the bad second that ends at `until`, with its value.
    pub(crate) fn extend(&mut self, name: ConditionName, until: Option<Timestamp>, value: Option<Value>) {
        self.extend_over(name, until.map(|until| (until.before(HALF_A_SECOND), until)), value);
    }

    /// Extends the open episode by a bad stretch, with its value.
    pub(crate) fn extend_over(
        &mut self,
        name: ConditionName,
        span: Option<(Timestamp, Timestamp)>,
        value: Option<Value>,
    ) {
        if let Some(open) = self.log(name).and_then(|log| log.open.as_mut()) {
            open.last = open.last.max(span.map(|(_, until)| until));
            open.newest = open.newest.max(span.map(|(from, _)| from));
            open.worst = match (open.worst, value) {
                (Some(worst), Some(value)) => Some(name.worse(value, worst)),
                (worst, value) => value.or(worst),
            };
        }
    }

    /// Takes a good second. If no bad second was ever observed (only the SDK's warning), the episode ends here.
    pub(crate) fn seen_until(&mut self, name: ConditionName, at: Timestamp) {
        if let Some(open) = self.log(name).and_then(|log| log.open.as_mut()) {
            open.last.get_or_insert(at);
        }
    }

    /// The condition is over; `ended` says when, where no second shows it.
    pub(crate) fn clear(&mut self, name: ConditionName, now: Timestamp, ended: Timestamp) {
        if let Some(log) = self.log(name)
            && let Some(open) = log.open.take()
        {
            log.episodes.push(open.close(ended.min(now), Some(now)));
            self.active.remove(name);
        }
    }

    /// There was no data between these moments: what is raised stays so, but its episode is split (rule D6).
    pub(crate) fn data_gap(&mut self, from: Timestamp, to: Timestamp) {
        self.data_gaps.push((from, to));
        self.earliest_start = to;
        for log in &mut self.logs {
            if let Some(mut open) = log.open.take() {
                // A warning may have come where no data did, and told of seconds there.
                open.last = open.last.map(|last| last.min(from));
                if open.start < from {
                    log.episodes.push(open.close(from, Some(from.max(open.raised))));
                }
                // What was raised inside the data gap goes on from where it was raised.
                let start = to.max(open.start);
                log.open = Some(Open {
                    start,
                    raised: start,
                    last: None,
                    newest: None,
                    worst: None,
                    threshold: open.threshold,
                });
            }
        }
    }

    /// The call ends at this moment, after a stretch without data that its last sample began.
    pub(crate) fn finish_in_data_gap(&mut self, from: Timestamp, now: Timestamp) {
        self.data_gaps.push((from, now));
        self.finish(from);
    }

    /// The call is over: what is open ends with it.
    pub(crate) fn finish(&mut self, now: Timestamp) {
        self.active.clear();
        for log in &mut self.logs {
            if let Some(open) = log.open.take() {
                log.episodes.push(open.close(now, None));
            }
        }
    }

    /// Whether a condition is there now.
    #[must_use]
    pub(crate) fn is_active(&self, name: ConditionName) -> bool {
        self.active.contains(name)
    }

    /// From when and until when a condition that is there has been seen to be bad; `None`: it is not there.
    #[must_use]
    pub(crate) fn bad_span(&self, name: ConditionName, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        self.logs.get(name as usize)?.open.as_ref().map(|open| (open.start, open.last.unwrap_or(now)))
    }

    /// What is there now, worst first.
    pub fn active(&self) -> impl Iterator<Item = ConditionName> {
        self.active.iter()
    }

    /// Every condition that was ever there, worst first, with its finished episodes in order.
    pub fn episodes(&self) -> impl Iterator<Item = (ConditionName, &[Episode])> {
        self.logs.iter().filter(|log| !log.episodes.is_empty()).map(|log| (log.name, log.episodes.as_slice()))
    }

    /// The finished episodes of one condition, in order.
    pub(crate) fn episodes_of(&self, name: ConditionName) -> &[Episode] {
        self.logs.get(name as usize).map_or(&[], |log| log.episodes.as_slice())
    }

    /// When a condition that is there began.
    pub(crate) fn began(&self, name: ConditionName) -> Option<Timestamp> {
        let log = self.logs.get(name as usize)?;
        log.open.as_ref().map(|open| open.start)
    }

    /// When a condition was last seen to be bad; `None`: never. A condition known only from an SDK warning counts as bad
    /// until that warning is cleared.
    pub(crate) fn bad_until(&self, name: ConditionName, now: Timestamp) -> Option<Timestamp> {
        let log = self.logs.get(name as usize)?;
        match &log.open {
            Some(open) => Some(open.last.unwrap_or(now)),
            None => log.episodes.last().map(|episode| episode.end),
        }
    }

    /// Whether a condition that is there was raised, and last seen to be bad, so long ago that it seems to be over.
    pub(crate) fn is_clearing(&self, name: ConditionName, now: Timestamp) -> bool {
        let open = self.logs.get(name as usize).and_then(|log| log.open.as_ref());
        open.is_some_and(|open| now - open.last.unwrap_or(now).max(open.raised) > name.max_sampling_interval())
    }

    /// Whether a condition that is there has been seen to be bad in a stretch that began at this moment or later, or
    /// has itself begun since then.
    pub(crate) fn is_bad_since(&self, name: ConditionName, since: Timestamp) -> bool {
        let open = self.logs.get(name as usize).and_then(|log| log.open.as_ref());
        open.is_some_and(|open| {
            let is_newest = |newest: Timestamp| newest.before(name.max_staleness()) >= since;
            // The SDK clears a metric's warning ten seconds late.
            let is_word = || name.metric().is_none() || open.raised >= since;
            open.start >= since || open.newest.map_or_else(is_word, is_newest)
        })
    }

    /// The stretches without data, in order.
    pub(crate) fn data_gaps(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        self.data_gaps.iter().copied()
    }

    /// Time without data.
    #[must_use]
    pub(crate) fn time_in_data_gaps(&self) -> Milliseconds {
        self.data_gaps.iter().fold(Milliseconds::default(), |sum, (from, to)| sum + (*to - *from))
    }

    /// The same, as far as it lies before each of some moments, which are asked in order: walks once along the data gaps.
    pub(crate) fn time_in_data_gaps_before(&self) -> impl FnMut(Timestamp) -> Milliseconds {
        length_before(self.data_gaps.iter().copied())
    }

    /// Time in warning: the union of all finished episodes, minus data gaps.
    #[must_use]
    pub(crate) fn time_in_warning(&self) -> Milliseconds {
        let degradations = self.logs.iter().filter(|log| log.name.degrades_call());
        // The episodes of each condition are in order.
        let mut logs: Vec<_> = degradations
            .map(|log| {
                let lasted = log.episodes.iter().filter(|episode| episode.end > episode.start);
                lasted.map(|episode| (episode.start, episode.end)).peekable()
            })
            .collect();
        let spans = iter::from_fn(|| {
            let next = logs.iter_mut().filter_map(|log| Some((*log.peek()?, log)));
            next.min_by_key(|(span, _)| *span).and_then(|(_, log)| log.next())
        });
        length_without(Union::of(spans), self.data_gaps.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConditionName::{HighJitter, HighRtt, IceConnectivityLost};

    fn spans(conditions: &Conditions) -> Vec<(ConditionName, i64, i64)> {
        let all = conditions.episodes().flat_map(|(name, episodes)| episodes.iter().map(move |one| (name, one)));
        all.map(|(name, episode)| (name, episode.start.0, episode.end.0)).collect()
    }

    #[test]
    fn an_episode_runs_from_its_first_breaching_second_to_its_last() {
        let mut conditions = Conditions::from(Timestamp(0));
        conditions.raise(HighRtt, Timestamp(5000), Timestamp(2000), Some(Value(400.0)));
        conditions.extend(HighRtt, Some(Timestamp(5000)), Some(Value(500.0)));
        conditions.extend(HighRtt, Some(Timestamp(6000)), Some(Value(450.0)));
        conditions.clear(HighRtt, Timestamp(11_000), Timestamp(11_000));
        let (_, episodes) = conditions.episodes().next().unwrap();
        assert_eq!((episodes[0].start, episodes[0].end), (Timestamp(2000), Timestamp(6000)));
        assert_eq!((episodes[0].raised, episodes[0].cleared), (Timestamp(5000), Some(Timestamp(11_000))));
        assert_eq!(episodes[0].worst, Some(Value(500.0)));
    }

    #[test]
    fn what_is_known_only_afterwards_is_an_episode_in_the_past() {
        let mut conditions = Conditions::from(Timestamp(0));
        conditions.record(HighRtt, Timestamp(9000), (Timestamp(2000), Timestamp(4000)), None, None);
        conditions.record(HighRtt, Timestamp(9600), (Timestamp(3000), Timestamp(5000)), None, None);
        conditions.record(HighRtt, Timestamp(9900), (Timestamp(8000), Timestamp(9000)), None, None);
        conditions.record(HighRtt, Timestamp(9900), (Timestamp(7000), Timestamp(8500)), None, None);
        assert!(!conditions.is_active(HighRtt));
        assert_eq!(spans(&conditions), [(HighRtt, 2000, 4000), (HighRtt, 4000, 5000), (HighRtt, 7000, 9000)]);
        assert_eq!(conditions.time_in_warning(), Milliseconds(5000.0));
    }

    #[test]
    fn an_episode_can_turn_out_to_be_shorter_than_was_thought() {
        let mut conditions = Conditions::from(Timestamp(0));
        conditions.raise(HighRtt, Timestamp(5000), Timestamp(1000), None);
        conditions.extend_over(HighRtt, Some((Timestamp(5000), Timestamp(10_000))), None);
        conditions.begin_later(HighRtt, Timestamp(3000));
        conditions.end_earlier(HighRtt, Timestamp(7000));
        conditions.clear(HighRtt, Timestamp(12_000), Timestamp(12_000));
        assert_eq!(spans(&conditions), [(HighRtt, 3000, 7000)]);
    }

    #[test]
    fn what_began_later_than_thought_did_not_begin_after_it_was_raised() {
        let mut conditions = Conditions::from(Timestamp(0));
        conditions.raise(HighRtt, Timestamp(5000), Timestamp(2000), None);
        conditions.extend(HighRtt, Some(Timestamp(9000)), None);
        conditions.begin_later(HighRtt, Timestamp(7000));
        conditions.finish(Timestamp(9000));
        assert_eq!(spans(&conditions), [(HighRtt, 5000, 9000)]);
    }

    #[test]
    fn no_episode_starts_before_the_call_or_inside_the_one_before() {
        let mut conditions = Conditions::from(Timestamp(1000));
        conditions.raise(IceConnectivityLost, Timestamp(2000), Timestamp(-5000), None);
        conditions.clear(IceConnectivityLost, Timestamp(4000), Timestamp(4000));
        conditions.raise(IceConnectivityLost, Timestamp(5000), Timestamp(3000), None);
        conditions.finish(Timestamp(6000));
        assert_eq!(spans(&conditions), [(IceConnectivityLost, 1000, 4000), (IceConnectivityLost, 4000, 6000)]);
    }

    #[test]
    fn time_in_warning_counts_a_second_once_however_many_conditions_share_it() {
        let mut conditions = Conditions::from(Timestamp(0));
        for (name, from, to) in [(HighRtt, 1000, 5000), (HighJitter, 2000, 3000), (IceConnectivityLost, 4000, 7000)] {
            conditions.raise(name, Timestamp(from), Timestamp(from), None);
            conditions.clear(name, Timestamp(to), Timestamp(to));
        }
        assert_eq!(conditions.time_in_warning(), Milliseconds(6000.0));
    }

    #[test]
    fn a_data_gap_splits_an_episode_and_is_counted_nowhere() {
        let mut conditions = Conditions::from(Timestamp(0));
        conditions.raise(IceConnectivityLost, Timestamp(1000), Timestamp(1000), None);
        conditions.data_gap(Timestamp(3000), Timestamp(60_000));
        assert!(conditions.is_active(IceConnectivityLost));
        conditions.clear(IceConnectivityLost, Timestamp(62_000), Timestamp(62_000));
        assert_eq!(spans(&conditions), [(IceConnectivityLost, 1000, 3000), (IceConnectivityLost, 60_000, 62_000)]);
        assert_eq!(conditions.time_in_warning(), Milliseconds(4000.0));
        assert_eq!(conditions.time_in_data_gaps(), Milliseconds(57_000.0));
    }

    #[test]
    fn what_came_and_went_inside_a_data_gap_is_not_counted() {
        let mut conditions = Conditions::from(Timestamp(0));
        conditions.raise(IceConnectivityLost, Timestamp(10_000), Timestamp(10_000), None);
        conditions.clear(IceConnectivityLost, Timestamp(20_000), Timestamp(20_000));
        conditions.data_gap(Timestamp(5000), Timestamp(30_000));
        assert_eq!(conditions.time_in_warning(), Milliseconds(0.0));
    }
}
