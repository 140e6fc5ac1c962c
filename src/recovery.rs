//! What is left of an engine that failed: everything it was told since it last had no call.
//!
//! A panic in WebAssembly leaves an engine half changed, and nothing unwinds. Its owner then throws it away and takes
//! the one that [`Recovery::engine`] makes: the same calls with the same history, without the step that broke it.

use crate::call::Incoming;
use crate::engine::{CallId, Engine};
use crate::event::Event;
use crate::units::Timestamp;

/// An hour of a call: 152 bytes each in the browser, 1.1 MB, told again in a millisecond (measured natively, optimised).
/// Of what is longer the oldest samples are left out: for a call made anew they are a hole in its data.
const MOST_STEPS: usize = 7200;

/// One thing that an engine was told.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "fuzzing", derive(arbitrary::Arbitrary))]
pub enum Step {
    /// [`Engine::open`].
    Open(Incoming),
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
    /// As the engine was before the steps.
    idle: Engine,
    steps: Vec<(Timestamp, Step)>,
}

impl Recovery {
    /// Of an engine without calls.
    #[must_use]
    pub fn of(engine: &Engine) -> Self {
        Self { idle: engine.successor(), steps: Vec::new() }
    }

    /// Notes a step that the engine has taken without failing.
    pub fn note(&mut self, now: Timestamp, step: Step, engine: &Engine) {
        if engine.is_idle() {
            *self = Self::of(engine);
            return;
        }
        self.steps.push((now, step));
        if self.steps.len() > MOST_STEPS {
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

    /// The engine as it was after the last step that was noted. What it wanted done until then was done by the one
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
