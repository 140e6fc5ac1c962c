//! What the agent sees: the notice during a call, the panel with its charts, and the audio check before the shift.
//!
//! The diagnosis of a call becomes a [`notice`], as soon as it is worse and only when it has settled if it is better
//! ([`notice_chooser`] says what counts while trouble ends). The [`shift_limits`] say how often the agent's attention may be
//! called to a notice. The [`panel`] shows the call's history, and the [`audio_baseline`] learns from good calls what the
//! check before the next shift should find.

pub(crate) mod activity;
pub(crate) mod audio_baseline;
pub(crate) mod explained_diagnosis;
pub(crate) mod network_check;
pub(crate) mod notice;
pub(crate) mod notice_chooser;
pub(crate) mod panel;
pub(crate) mod preflight;
pub(crate) mod shift_limits;
