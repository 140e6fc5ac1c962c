//! Recovery after a failure: the steps since the engine last had no call, and what to do next.
//!
//! A panic in WebAssembly leaves an engine half changed, and nothing unwinds. Its owner then throws it away and takes
//! the one that [`Recovery::engine`] makes: the same calls with the same history, without the step that broke it.
//! [`Failures`] decides whether that step is taken again.

use crate::call::CallParties;
use crate::engine::{CallId, Engine};
use crate::input::event::Event;
use crate::input::units::Timestamp;

/// An hour of a call: 152 bytes each in the browser, 1.1 MB, replayed in a millisecond (measured natively, optimised).
/// Of a longer call the oldest samples are left out: for a call made anew they are a gap in its data.
const MAX_STEPS: usize = 7200;

/// One input of an engine.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
#[allow(clippy::large_enum_variant, reason = "nearly every step is an event")]
pub enum Step {
    /// [`Engine::open`].
    Open(CallParties),
    /// [`Engine::handle`].
    Handle(CallId, Event),
    /// [`Engine::forget`].
    Forget(CallId),
    /// [`Engine::activity`].
    Activity {
        /// Whether the agent is Offline.
        offline: bool,
    },
}

/// Keeps the events from which a failed engine is rebuilt.
#[derive(Debug)]
pub struct Recovery {
    /// The engine as it was before the steps.
    idle: Engine,
    steps: Vec<(Timestamp, Step)>,
}

impl Recovery {
    /// The recovery of an engine without calls.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        Self { idle: engine.successor(), steps: Vec::new() }
    }

    /// Records a step that the engine has taken without failing.
    pub fn record(&mut self, now: Timestamp, step: Step, engine: &Engine) {
        if engine.is_idle() {
            *self = Self::new(engine);
            return;
        }
        self.steps.push((now, step));
        if self.steps.len() > MAX_STEPS {
            let sample = |(_, step): &(Timestamp, Step)| {
                matches!(step, Step::Handle(_, Event::Sample(_) | Event::Statistics(_)))
            };
            // Not an opening: the calls after it would get its number.
            let event = |(_, step): &(Timestamp, Step)| matches!(step, Step::Handle(..));
            let oldest = self.steps.iter().position(sample).or_else(|| self.steps.iter().position(event));
            if let Some(oldest) = oldest {
                self.steps.remove(oldest);
            }
        }
    }

    /// The engine's test call has ended, [`Engine::end_preflight`] with the same `is_made`: one that is rebuilt must not
    /// believe that it goes on.
    pub fn preflight_ended(&mut self, is_made: bool) {
        self.idle.end_preflight(is_made);
        while self.idle.poll_effect().is_some() {}
    }

    /// The engine as it was after the last step that was recorded. What it wanted done until then was done by the one
    /// before it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        let mut engine = self.idle.successor();
        for (at, step) in &self.steps {
            while let Some(due) = engine.poll_timeout().filter(|due| due <= at) {
                engine.handle_timeout(due);
            }
            match step {
                Step::Open(parties) => drop(engine.open(parties.clone())),
                Step::Handle(call, event) => engine.handle(*at, *call, event),
                Step::Forget(call) => engine.forget(*call),
                Step::Activity { offline } => engine.activity(*at, *offline),
            }
            while engine.poll_effect().is_some() {}
        }
        engine
    }
}

/// An engine that fails this often without a success in between will not be cured by another try.
const MAX_IN_A_ROW: u32 = 5;

/// What an engine was doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operation {
    /// Answering a question, or waking up by itself.
    #[default]
    Other,
    /// Opening a call.
    Open,
    /// Handling an event of a call.
    Event {
        /// The call.
        call: CallId,
        /// The call ends with it.
        last: bool,
    },
}

/// What to do after a failure. The engine is made anew first, but for [`AfterFailure::Stop`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// Try the same once more.
    Retry,
    /// Go on without what failed.
    Skip,
    /// Go on without the call, `None` being one that could not be opened: it must not take the others with it.
    GiveUp(Option<CallId>),
    /// Go on without a call that is over: what its last checkpoint says of it is all that will ever be known.
    GiveUpEnded(CallId),
    /// Stop monitoring.
    Stop,
}

/// How often an engine has failed, and at what.
#[derive(Debug, Default)]
pub struct Failures {
    in_a_row: u32,
    operation: Operation,
    /// What is being done now has failed once.
    is_repeated: bool,
    /// The last event of each of these calls was left out.
    skipped_once: Vec<CallId>,
}

impl Failures {
    /// The engine is about to do this, or to do it again.
    pub fn begin(&mut self, operation: Operation) {
        self.operation = operation;
    }

    /// The engine has done it.
    pub fn succeeded(&mut self) {
        if let Operation::Event { call, .. } = self.operation {
            self.skipped_once.retain(|skipped| *skipped != call);
        }
        (self.in_a_row, self.operation, self.is_repeated) = (0, Operation::Other, false);
    }

    /// The engine has failed in the middle of it.
    pub fn failed(&mut self) -> AfterFailure {
        self.in_a_row += 1;
        if self.in_a_row >= MAX_IN_A_ROW {
            return AfterFailure::Stop;
        }
        self.is_repeated = !self.is_repeated;
        if self.is_repeated {
            return AfterFailure::Retry;
        }
        match std::mem::take(&mut self.operation) {
            Operation::Other => AfterFailure::Skip,
            Operation::Open => AfterFailure::GiveUp(None),
            Operation::Event { call, last } => {
                let was_skipped = self.skipped_once.contains(&call);
                self.skipped_once.retain(|skipped| *skipped != call);
                if last {
                    return AfterFailure::GiveUpEnded(call);
                }
                if was_skipped {
                    return AfterFailure::GiveUp(Some(call));
                }
                self.skipped_once.push(call);
                AfterFailure::Skip
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AfterFailure, Failures, Operation};
    use crate::engine::CallId;

    const SAMPLE: Operation = Operation::Event { call: CallId(1), last: false };
    const OTHERS: Operation = Operation::Event { call: CallId(2), last: false };
    const END: Operation = Operation::Event { call: CallId(1), last: true };

    fn fail(failures: &mut Failures, operation: Operation) -> AfterFailure {
        failures.begin(operation);
        failures.failed()
    }

    fn succeed(failures: &mut Failures, operation: Operation) {
        failures.begin(operation);
        failures.succeeded();
    }

    #[test]
    fn what_fails_is_done_again_and_left_out_if_it_fails_twice() {
        let mut failures = Failures::default();
        for operation in [SAMPLE, Operation::Other] {
            assert_eq!(fail(&mut failures, operation), AfterFailure::Retry);
            succeed(&mut failures, operation);
            assert_eq!(fail(&mut failures, operation), AfterFailure::Retry);
            assert_eq!(fail(&mut failures, operation), AfterFailure::Skip);
            succeed(&mut failures, operation);
        }
    }

    #[test]
    fn a_call_is_given_up_at_its_second_event_in_a_row_that_is_left_out_whatever_others_do_in_between() {
        let mut failures = Failures::default();
        fail(&mut failures, SAMPLE);
        assert_eq!(fail(&mut failures, SAMPLE), AfterFailure::Skip);
        succeed(&mut failures, OTHERS);
        fail(&mut failures, SAMPLE);
        assert_eq!(fail(&mut failures, SAMPLE), AfterFailure::GiveUp(Some(CallId(1))));

        succeed(&mut failures, OTHERS);
        fail(&mut failures, SAMPLE);
        fail(&mut failures, SAMPLE);
        succeed(&mut failures, SAMPLE);
        fail(&mut failures, SAMPLE);
        assert_eq!(fail(&mut failures, SAMPLE), AfterFailure::Skip, "one in between was heard");
    }

    #[test]
    fn a_call_that_cannot_be_opened_or_ended_is_given_up_at_once() {
        let mut failures = Failures::default();
        for (operation, after) in
            [(END, AfterFailure::GiveUpEnded(CallId(1))), (Operation::Open, AfterFailure::GiveUp(None))]
        {
            assert_eq!(fail(&mut failures, operation), AfterFailure::Retry);
            assert_eq!(fail(&mut failures, operation), after);
            succeed(&mut failures, OTHERS);
        }
    }

    #[test]
    fn after_five_failures_in_a_row_monitoring_stops() {
        let mut failures = Failures::default();
        let after: Vec<_> = (0..5).map(|_| fail(&mut failures, Operation::Other)).collect();
        use AfterFailure::{Retry, Skip, Stop};
        assert_eq!(after, [Retry, Skip, Retry, Skip, Stop]);
    }
}
