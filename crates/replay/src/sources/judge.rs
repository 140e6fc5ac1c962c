//! A call that exports tell of, judged by the same engine as any other.

use super::call::{ExportedCall, ExportedEvent};
use crate::judged_call::JudgedCall;
use device_monitoring::replay::recording::Content;
use device_monitoring::replay::{Calls, ReplayOutput};
use device_monitoring::{CallParties, Configuration, Event, Sample, Statistics, Timestamp};

/// Judges a call; `None` if nothing can be said of it.
pub(super) fn judge(call: ExportedCall, configurations: &[Configuration], keeps_series: bool) -> Option<JudgedCall> {
    let ExportedCall { call_sid, direction, accepted, ended, events, origin } = call;
    let mut calls = Calls::new(configurations, 1).keeping_series(keeps_series);
    let mut output = ReplayOutput::default();
    let mut process = |at, content| calls.process(0, Timestamp(at), &call_sid, content, &mut output);
    let parties = CallParties { direction, call_sid: Some(call_sid.clone()), ..CallParties::default() };
    process(accepted, Content::Opened(parties));
    process(accepted, Content::Accepted { found_in_progress: false });
    for (at, event) in events {
        process(at, Content::Event(Event::from(event)));
    }
    process(ended, Content::Event(Event::Disconnected));
    let finished = output.finished.pop()?;
    Some(JudgedCall { origin: Some(origin), ..JudgedCall::recorded(finished) })
}

impl From<ExportedEvent> for Event {
    fn from(event: ExportedEvent) -> Self {
        match event {
            ExportedEvent::Sample(sample) => Self::Sample(Sample::from(sample)),
            ExportedEvent::Statistics(statistics) => Self::Statistics(Statistics::from(statistics)),
            ExportedEvent::Other(event) => event,
        }
    }
}
