//! Whether the microphone gives any sound (rules D6, D7).

use crate::call::interval::Interval;
use crate::condition::{ConditionName, Conditions};
use crate::input::environment_signal::TrackState;
use crate::input::units::{Milliseconds, Timestamp};
use crate::input::warning::WarningName;

/// Digital silence for this long is a dead microphone, if the microphone is known to have a noise floor or has never
/// given any sound (recording mic_silent). A little more than the window of the SDK's own warning.
pub(crate) const SILENT_MICROPHONE_AFTER: Milliseconds = Milliseconds(10_500.0);
/// Longer, where noise suppression may leave nothing of a quiet room: in recordings, listeners said nothing for 25 s
/// (agent_listens). If noise suppression is known to be on, the agent is asked instead.
pub(crate) const SILENT_MICROPHONE_AFTER_SUPPRESSED: Milliseconds = Milliseconds(40_000.0);
/// Seconds of sound without a moment of exactly nothing that show a noise floor: noise suppression shows in the first
/// pauses (agent_listens), and a call begins with the agent's greeting.
pub(crate) const SECONDS_TO_SHOW_FLOOR: u32 = 18;
/// Moments of exactly nothing that show noise suppression: one may be the beginning of a dead microphone.
const ZEROS_TO_SHOW_SUPPRESSION: u32 = 2;
/// How long after mute or hold a warning of the SDK has to stand to be true: it is withdrawn about a second after the
/// microphone is heard again (recording `muted`), and not repeated about one that stays silent.
pub(crate) const WARNING_TRUE_AFTER: Milliseconds = Milliseconds(2500.0);
/// How long a level above zero of the peer connection counts as its newest: it is read with each second's sample.
const NONZERO_VALID_FOR: Milliseconds = Milliseconds(2500.0);

/// Decides whether the microphone gives sound, from levels, mute, hold and the SDK's warning.
#[derive(Clone, Debug, Default)]
pub(crate) struct Microphone {
    muted: bool,
    held: bool,
    /// A supervisor listens in and is muted: nobody is to hear them.
    listening: bool,
    /// The AudioContext of the SDK's meter is suspended.
    unmeasured: bool,
    /// The track that the call sends it with.
    track: TrackState,
    /// The SDK's warning is raised.
    warned: bool,
    /// Nothing is sent any more.
    sends_nothing: bool,
    /// The newest level was exactly zero.
    is_zero: bool,
    /// When the peer connection last measured a level above zero, unless it was zero since.
    last_nonzero_at: Option<Timestamp>,
    /// When muting, hold, listening in or a suspension last began or ended.
    rested_until: Timestamp,
    /// Since when every level was exactly zero.
    silent_since: Option<Timestamp>,
    /// Seconds with sound.
    seconds_with_sound: u32,
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
            // Whoever listens in may be silent for any time, which says nothing about the time after it.
            self.warned = false;
            self.rest_or_resume(now, conditions);
        }
    }

    /// The SDK's meter stopped measuring or began again. The SDK's earlier warnings no longer count.
    pub(crate) fn suspend(&mut self, now: Timestamp, suspended: bool, conditions: &mut Conditions) {
        if self.unmeasured != suspended {
            self.unmeasured = suspended;
            self.warned = false;
            self.rest_or_resume(now, conditions);
        }
    }

    /// The track was muted by the system, has ended, or gives sound again: a state, and no guess.
    pub(crate) fn track(&mut self, now: Timestamp, state: TrackState, conditions: &mut Conditions) {
        self.track = state;
        // What the SDK said before is about another microphone, or about none.
        self.warned = false;
        if self.is_unavailable() {
            for name in [ConditionName::LowBytesSent, ConditionName::NoOutboundAudio] {
                conditions.clear(name, now, now);
            }
        } else {
            conditions.extend(ConditionName::ConstantAudioInputLevel, Some(now), None);
            clear(now, now, conditions);
        }
        self.rest_or_resume(now, conditions);
    }

    /// The call was accepted: what was known of the track before counts from here on.
    pub(crate) fn accepted(&mut self, now: Timestamp, conditions: &mut Conditions) {
        if self.is_unavailable() {
            self.rest_or_resume(now, conditions);
        }
    }

    /// Whether there is none, or the system has muted it.
    pub(crate) fn is_unavailable(&self) -> bool {
        self.track != TrackState::Live
    }

    /// The agent has muted it, and somebody would hear it otherwise.
    pub(crate) fn is_muted_by_choice(&self) -> bool {
        self.muted && !self.held && !self.listening
    }

    fn is_not_watched(&self) -> bool {
        self.muted || self.held || self.listening || self.unmeasured
    }

    /// While muted or on hold, silence is no fault; while nothing is measured, it is not known. A warning that the SDK
    /// raised before or during mute or hold still stands afterwards, unless the SDK clears it.
    fn rest_or_resume(&mut self, now: Timestamp, conditions: &mut Conditions) {
        self.rested_until = now;
        self.silent_since = None;
        if self.is_not_watched() {
            clear(now, now, conditions);
        } else if self.is_unavailable() {
            conditions.raise(ConditionName::ConstantAudioInputLevel, now, now, None);
        }
    }

    /// The SDK raised its warning: the level does not vary.
    pub(crate) fn warned(&mut self, now: Timestamp, conditions: &mut Conditions) {
        // One about a microphone that is known to be unavailable says nothing new.
        if self.is_unavailable() {
            return;
        }
        // Nor does one from a meter that measures nothing while the peer connection hears sound.
        if !self.is_not_watched() && self.last_nonzero_at.is_some_and(|at| now - at <= NONZERO_VALID_FOR) {
            return;
        }
        self.warned = true;
        // If the level is exactly zero, the levels decide. Otherwise the SDK's warning of a constant level does.
        if !self.is_not_watched() && !self.is_zero {
            // The SDK's ten seconds may include mute or hold, which is no fault.
            let since = now.before(WarningName::ConstantAudioInputLevel.time_to_notice()).max(self.rested_until);
            conditions.raise(ConditionName::ConstantAudioInputLevel, now, since, None);
        }
    }

    /// The SDK took it back.
    pub(crate) fn warning_cleared(&mut self, now: Timestamp, conditions: &mut Conditions) {
        // What the levels show is for the levels to take back.
        if std::mem::take(&mut self.warned) && self.silent_since.is_none() {
            conditions.clear(ConditionName::ConstantAudioInputLevel, now, now);
        }
    }

    /// Takes one second's level, 0 to 32767.
    /// `speaks_first`: the agent is expected to say something at once, because they were called. `is_measured`: as far
    /// as is known, a level of 0 is silence.
    pub(crate) fn observe(
        &mut self,
        second: Interval,
        level: Option<f64>,
        speaks_first: bool,
        is_measured: bool,
        conditions: &mut Conditions,
    ) {
        self.is_zero = level.map_or(self.is_zero, |level| level <= 0.0);
        if self.is_not_watched() {
            return;
        }
        if self.is_unavailable() {
            conditions.extend(ConditionName::ConstantAudioInputLevel, Some(second.to), None);
            return;
        }
        match level {
            Some(level) if level > 0.0 => self.sound(second, conditions),
            Some(_) => self.silence(second, speaks_first, is_measured, conditions),
            None => {}
        }
    }

    fn sound(&mut self, second: Interval, conditions: &mut Conditions) {
        if self.silent_since.take().is_some() {
            // Not if it was told of: a microphone that comes back is no noise suppression.
            if self.seconds_with_sound > 0 && !conditions.is_active(ConditionName::ConstantAudioInputLevel) {
                self.zeros = ZEROS_TO_SHOW_SUPPRESSION;
            }
            // The SDK needs some seconds more to take its warning back.
            self.warned = false;
        }
        if self.warned {
            conditions.clear(ConditionName::SuppressedSilence, second.to, second.from);
        } else {
            clear(second.to, second.from, conditions);
        }
        self.seconds_with_sound = self.seconds_with_sound.saturating_add(1);
    }

    fn silence(&mut self, second: Interval, speaks_first: bool, is_measured: bool, conditions: &mut Conditions) {
        let since = *self.silent_since.get_or_insert(second.from.max(self.rested_until));
        let lasts = second.to - since;
        if !is_measured {
            clear(second.to, second.to, conditions);
            return;
        }
        if self.is_suppressed() && !conditions.is_active(ConditionName::ConstantAudioInputLevel) {
            if lasts >= SILENT_MICROPHONE_AFTER_SUPPRESSED {
                conditions.raise(ConditionName::SuppressedSilence, second.to, since, None);
            }
            conditions.extend(ConditionName::SuppressedSilence, Some(second.to), None);
            return;
        }
        // What the SDK said before mute or hold is true if nothing is heard after it either.
        let is_known_fault = self.has_floor() || self.seconds_with_sound == 0 && speaks_first;
        let still = is_known_fault && self.warned && since <= self.rested_until && lasts >= WARNING_TRUE_AFTER;
        if still || lasts >= if is_known_fault { SILENT_MICROPHONE_AFTER } else { SILENT_MICROPHONE_AFTER_SUPPRESSED } {
            conditions.raise(ConditionName::ConstantAudioInputLevel, second.to, since, None);
        }
        conditions.extend(ConditionName::ConstantAudioInputLevel, Some(second.to), None);
    }

    /// A moment of exactly nothing within a second that had sound: noise suppression between two words.
    fn zero_between_words(&mut self) {
        if !self.is_not_watched() && self.seconds_with_sound > 0 && self.silent_since.is_none() {
            self.zeros = self.zeros.saturating_add(1);
        }
    }

    /// Bytes went out in the newest second, or none; unknown ones count as some.
    pub(crate) fn sent(&mut self, bytes: Option<f64>) {
        self.sends_nothing = bytes == Some(0.0);
    }

    /// Whether the peer connection hears exactly nothing at this moment. While nothing is sent, as from an unplugged
    /// microphone, what it says is old (mic_unplugged).
    pub(crate) fn read(&mut self, now: Timestamp, is_zero: bool, conditions: &mut Conditions) {
        if self.sends_nothing || self.is_unavailable() {
            self.last_nonzero_at = None;
        } else if is_zero {
            self.last_nonzero_at = None;
            self.zero_between_words();
        } else {
            self.last_nonzero_at = Some(now);
            self.nonzero_level(now, conditions);
        }
    }

    /// Something is heard at this moment: where the SDK's own meter gives nothing, or warns, it is the meter.
    fn nonzero_level(&mut self, now: Timestamp, conditions: &mut Conditions) {
        if !self.is_not_watched() {
            let is_silent = self.silent_since.take().is_some();
            if std::mem::take(&mut self.warned) || is_silent {
                clear(now, now, conditions);
            }
        }
    }

    fn has_floor(&self) -> bool {
        self.seconds_with_sound >= SECONDS_TO_SHOW_FLOOR && !self.is_suppressed()
    }

    /// Noise suppression is known to be at work.
    fn is_suppressed(&self) -> bool {
        self.zeros >= ZEROS_TO_SHOW_SUPPRESSION
    }

    /// Forgets what was before a data gap.
    pub(crate) fn forget(&mut self) {
        self.silent_since = None;
    }
}

/// The microphone's fault is over, or not known any more.
fn clear(now: Timestamp, ended: Timestamp, conditions: &mut Conditions) {
    for name in [ConditionName::ConstantAudioInputLevel, ConditionName::SuppressedSilence] {
        conditions.clear(name, now, ended);
    }
}
