//! One timer that is set again and again.

use crate::units::Milliseconds;
use gloo_timers::callback::Timeout;
use std::cell::Cell;
use std::rc::Rc;

/// The longest wait that `setTimeout` takes.
const LONGEST_MS: f64 = i32::MAX as f64 - 1.0;

/// Calls the same function each time it runs out, which must not fail: see [`super::trap`].
pub(super) struct Timer {
    handler: Rc<dyn Fn()>,
    pending: Cell<Option<Timeout>>,
}

impl Timer {
    pub(super) fn new(handler: impl Fn() + 'static) -> Self {
        Self { handler: Rc::new(handler), pending: Cell::default() }
    }

    /// Runs out after this span, in place of any earlier one; `None`: not at all.
    pub(super) fn set(&self, span: Option<Milliseconds>) {
        let timeout = span.map(|span| {
            let handler = Rc::clone(&self.handler);
            // One more than asked for: the clock has whole milliseconds, and too early would be for nothing.
            Timeout::new(span.0.clamp(0.0, LONGEST_MS) as u32 + 1, move || handler())
        });
        self.pending.set(timeout);
    }
}
