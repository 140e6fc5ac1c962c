//! Whether the microphone gives any sound (rules D6, D7).

use crate::condition::{ConditionName, Conditions};
use crate::units::{Milliseconds, Timestamp};
use crate::warning::WarningName;
use crate::watch::Second;

const NAME: ConditionName = ConditionName::ConstantAudioInputLevel;

/// Digital silence for this long is a dead microphone, if the microphone is known to have a noise floor or has never
/// given any sound (recording mic_silent). A little more than the window of the SDK's own warning.
const DEAD_AFTER: Milliseconds = Milliseconds(10_500.0);
/// The same where it may be noise suppression that leaves nothing of a room in which nobody speaks: somebody who listens
/// says nothing for half a minute (agent_listens: 25 s), and nobody for much longer without being asked for a word.
const DEAD_AFTER_SUPPRESSED: Milliseconds = Milliseconds(40_000.0);
/// So many seconds of sound without a moment of exactly nothing show a noise floor: noise suppression shows in the first
/// pauses (agent_listens), and a call begins with the agent's greeting.
const FLOOR: u32 = 18;
/// Moments of exactly nothing that show noise suppression: one may be the beginning of a dead microphone.
const ZEROS: u32 = 2;
/// The SDK takes its warning back about a second after the microphone is heard again (recording `muted`), and says
/// nothing more about one that stays silent: a warning that stands so long after mute or hold is true.
const STANDS_AFTER: Milliseconds = Milliseconds(2500.0);

/// See the module's description.
#[derive(Clone, Debug, Default)]
pub(crate) struct Microphone {
    muted: bool,
    held: bool,
    /// A supervisor listens in and is muted: nobody is to hear them.
    listening: bool,
    /// The SDK's warning is raised.
    warned: bool,
    /// When muting, hold or listening in last began or ended.
    rested_until: Timestamp,
    /// Since when every level was exactly zero.
    silent_since: Option<Timestamp>,
    /// Seconds with sound.
    heard: u32,
    /// Moments of exactly nothing that ended by themselves.
    zeros: u32,
}

impl Microphone {
    /// The agent muted or unmuted.
    pub(crate) fn mute(&mut self, now: Timestamp, muted: bool, conditions: &mut Conditions) {
        self.muted = muted;
        self.rest_or_resume(now, conditions);
    }

    /// The call was put on hold or taken off it.
    pub(crate) fn hold(&mut self, now: Timestamp, held: bool, conditions: &mut Conditions) {
        if self.held != held {
            self.held = held;
            self.rest_or_resume(now, conditions);
        }
    }

    /// A supervisor listens in, or does not or no longer.
    pub(crate) fn listen(&mut self, now: Timestamp, listening: bool, conditions: &mut Conditions) {
        if self.listening != listening {
            self.listening = listening;
            // Whoever listens may say nothing for as long as they like: it is no sign of what comes after it.
            self.warned = false;
            self.rest_or_resume(now, conditions);
        }
    }

    fn rests(&self) -> bool {
        self.muted || self.held || self.listening
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
        // Of digital silence the levels tell; what does not vary need not be that.
        if !self.rests() && self.silent_since.is_none() {
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
    /// `speaks_first`: the agent is expected to say something at once, because they were called.
    pub(crate) fn observe(
        &mut self,
        second: Second,
        level: Option<f64>,
        speaks_first: bool,
        conditions: &mut Conditions,
    ) {
        if self.rests() {
            return;
        }
        match level {
            Some(level) if level > 0.0 => self.sound(second, conditions),
            Some(_) => self.silence(second, speaks_first, conditions),
            None => {}
        }
    }

    fn sound(&mut self, second: Second, conditions: &mut Conditions) {
        if self.silent_since.take().is_some() {
            // Not if it was told of: a microphone that comes back is no noise suppression.
            if self.heard > 0 && !conditions.is_active(NAME) {
                self.zeros = ZEROS;
            }
            // The SDK needs some seconds more to take its warning back.
            self.warned = false;
        }
        if !self.warned {
            conditions.clear(NAME, second.to, second.from);
        }
        self.heard = self.heard.saturating_add(1);
    }

    fn silence(&mut self, second: Second, speaks_first: bool, conditions: &mut Conditions) {
        let since = *self.silent_since.get_or_insert(second.from.max(self.rested_until));
        let lasts = second.to - since;
        // What the SDK said before mute or hold is true if nothing is heard after it either.
        let means_dead = self.has_floor() || self.heard == 0 && speaks_first;
        let still = means_dead && self.warned && since <= self.rested_until && lasts >= STANDS_AFTER;
        if still || lasts >= if means_dead { DEAD_AFTER } else { DEAD_AFTER_SUPPRESSED } {
            conditions.raise(NAME, second.to, since, None);
        }
        conditions.extend(NAME, Some(second.to), None);
    }

    /// A moment of exactly nothing within a second that had sound: noise suppression between two words.
    pub(crate) fn zero_between_words(&mut self) {
        if !self.rests() && self.heard > 0 && self.silent_since.is_none() {
            self.zeros = self.zeros.saturating_add(1);
        }
    }

    /// The peer connection hears something at this moment: where the SDK's own meter gives nothing, it is the meter.
    pub(crate) fn is_heard(&mut self, now: Timestamp, conditions: &mut Conditions) {
        if !self.rests() && self.silent_since.take().is_some() {
            conditions.clear(NAME, now, now);
        }
    }

    /// Whether the call is on hold.
    pub(crate) fn is_held(&self) -> bool {
        self.held
    }

    fn has_floor(&self) -> bool {
        self.heard >= FLOOR && self.zeros < ZEROS
    }

    /// Forgets what was before a hole.
    pub(crate) fn forget(&mut self) {
        self.silent_since = None;
    }
}
