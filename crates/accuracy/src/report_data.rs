//! Everything that the report is made of.

use crate::causes::CauseScore;
use crate::concealment_as_heard::Sound;
use crate::scored::Scored;

/// The calls, and what is measured beside them.
#[derive(Clone, Debug)]
pub struct Figures<'a> {
    /// Calls that were looked at when windows and margins were chosen, or may have been.
    pub others: Vec<&'a Scored>,
    /// Calls that were not looked at when windows and margins were chosen.
    pub held_out: Vec<&'a Scored>,
    /// Held-out calls that were not even scored before.
    pub check: Vec<&'a Scored>,
    /// Calls that were made in Firefox; all others were made in Chromium.
    pub firefox: &'a [Scored],
    /// Calls in whose sound the lab counted what was made up.
    pub sounds: &'a [Sound],
    /// Calls of which it is known why they were bad.
    pub causes: &'a [CauseScore],
    /// Notices in an hour of 1 % of random loss ([`crate::false_alarm_rate`]).
    pub random_loss: f64,
}

impl<'a> Figures<'a> {
    /// The figures of these calls.
    #[must_use]
    pub fn new(
        calls: &'a [Scored],
        firefox: &'a [Scored],
        sounds: &'a [Sound],
        causes: &'a [CauseScore],
        random_loss: f64,
    ) -> Self {
        let (held_out, others): (Vec<&Scored>, Vec<&Scored>) = calls.iter().partition(|call| call.held_out);
        let check = held_out.iter().filter(|call| call.check).copied().collect();
        Self { others, held_out, check, firefox, sounds, causes, random_loss }
    }

    /// All calls.
    #[must_use]
    pub fn all(&self) -> Vec<&'a Scored> {
        self.others.iter().chain(&self.held_out).copied().collect()
    }
}
