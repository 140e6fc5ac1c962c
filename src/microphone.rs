//! Whether the microphone gives any sound (rules D6, D7).

use crate::condition::{ConditionName, Conditions};
use crate::units::{Milliseconds, Timestamp};
use crate::warning::WarningName;
use crate::watch::Second;

const NAME: ConditionName = ConditionName::ConstantAudioInputLevel;

/// Digital silence for this long is a dead microphone: a live one has a noise floor (recording mic_silent). As long as
/// the window of the SDK's own warning.
const DEAD_AFTER: Milliseconds = Milliseconds(10_000.0);
/// The same where noise suppression is known to give digital silence between words: somebody who listens may well say
/// nothing for half a minute, and nobody says nothing for a whole one without being asked whether they are still there.
const DEAD_AFTER_SUPPRESSED: Milliseconds = Milliseconds(40_000.0);
/// Pauses of digital silence that show noise suppression: one may be the beginning of a dead microphone.
const PAUSES: u32 = 2;
/// The SDK takes its warning back about a second after the microphone is heard again (recording `muted`), and says
/// nothing more about one that stays silent: a warning that stands so long after mute or hold is true.
const STANDS_AFTER: Milliseconds = Milliseconds(2500.0);

/// See the module's description.
#[derive(Clone, Debug, Default)]
pub(crate) struct Microphone {
    muted: bool,
    held: bool,
    /// The SDK's warning is raised.
    warned: bool,
    /// When muting or hold last began or ended.
    rested_until: Timestamp,
    /// Since when every level was exactly zero.
    silent_since: Option<Timestamp>,
    /// Levels that were not zero have been seen.
    heard: bool,
    /// Pauses of digital silence that ended by themselves.
    pauses: u32,
}

impl Microphone {
    /// The agent muted or unmuted.
    pub(crate) fn mute(&mut self, now: Timestamp, muted: bool, conditions: &mut Conditions) {
        self.muted = muted;
        self.rest_or_resume(now, conditions);
    }

    /// The customer was put on hold or taken off it.
    pub(crate) fn hold(&mut self, now: Timestamp, held: bool, conditions: &mut Conditions) {
        self.held = held;
        self.rest_or_resume(now, conditions);
    }

    fn rests(&self) -> bool {
        self.muted || self.held
    }

    /// While muted or on hold, silence is no fault. What the SDK raised before or during that still stands afterwards,
    /// unless it takes it back.
    fn rest_or_resume(&mut self, now: Timestamp, conditions: &mut Conditions) {
        self.rested_until = now;
        self.silent_since = None;
        if self.rests() {
            conditions.clear(NAME, now, now);
        }
    }

    /// The SDK raised its warning: the level does not vary.
    pub(crate) fn warned(&mut self, now: Timestamp, conditions: &mut Conditions) {
        self.warned = true;
        if !self.rests() && !self.is_suppressed() {
            // The SDK's ten seconds may reach into the rest, which is no fault.
            let since = now.before(WarningName::ConstantAudioInputLevel.time_to_notice()).max(self.rested_until);
            conditions.raise(NAME, now, since, None);
        }
    }

    /// The SDK took it back.
    pub(crate) fn warning_cleared(&mut self, now: Timestamp, conditions: &mut Conditions) {
        // What the levels show is for the levels to take back.
        if std::mem::take(&mut self.warned) && self.silent_since.is_none() {
            conditions.clear(NAME, now, now);
        }
    }

    /// Takes one second's level, 0 to 32767.
    pub(crate) fn observe(&mut self, second: Second, level: Option<f64>, conditions: &mut Conditions) {
        if self.rests() {
            return;
        }
        match level {
            Some(level) if level > 0.0 => self.sound(second, conditions),
            Some(_) => self.silence(second, conditions),
            None => {}
        }
        // What does not vary need not be zero: a hum, of which only the SDK knows.
        let stands = self.warned && second.to - self.rested_until >= STANDS_AFTER;
        if stands && !self.is_suppressed() {
            conditions.raise(NAME, second.to, self.rested_until, None);
        }
    }

    fn sound(&mut self, second: Second, conditions: &mut Conditions) {
        if let Some(since) = self.silent_since.take() {
            if self.heard && second.from - since < DEAD_AFTER {
                self.pauses = self.pauses.saturating_add(1);
            }
            conditions.clear(NAME, second.to, second.from);
            // The SDK needs a moment more to take its warning back.
            self.rested_until = second.to;
        }
        self.heard = true;
    }

    fn silence(&mut self, second: Second, conditions: &mut Conditions) {
        let since = *self.silent_since.get_or_insert(second.from.max(self.rested_until));
        let patience = if self.is_suppressed() { DEAD_AFTER_SUPPRESSED } else { DEAD_AFTER };
        if second.to - since >= patience {
            conditions.raise(NAME, second.to, since, None);
        }
        conditions.extend(NAME, Some(second.to), None);
    }

    /// A moment of exactly nothing within a second that had sound: noise suppression between two words.
    pub(crate) fn zero_between_words(&mut self) {
        if !self.rests() && self.heard && self.silent_since.is_none() {
            self.pauses = self.pauses.saturating_add(1);
        }
    }

    fn is_suppressed(&self) -> bool {
        self.pauses >= PAUSES
    }

    /// Forgets what was before a hole.
    pub(crate) fn forget(&mut self) {
        self.silent_since = None;
    }
}
