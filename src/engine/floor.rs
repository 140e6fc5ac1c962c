//! What the engine tells the floor: cards and beats (rules K1 and K2), where calls are reported.

use super::{CallId, Effect, Engine, Watched};
use crate::alert::{CallReport, ClientInfo, Occasion};
use crate::call::Call;
use crate::floor::{BeatTimer, Card, ReportedCall};
use crate::input::units::Timestamp;

impl Engine {
    pub(super) fn card(&self, report: Option<&CallReport>, occasion: Occasion) -> Option<Card> {
        let config = &self.configuration.config;
        report.filter(|_| config.report_calls).map(|report| Card::new(report, config, &self.client, occasion))
    }

    /// Tells how a call is, if that is due.
    pub(super) fn beat(&mut self, now: Timestamp, id: CallId) {
        let Self { configuration, client, calls, effects, beat_limits, .. } = self;
        let config = &configuration.config;
        if !config.report_calls {
            return;
        }
        let Some(Watched { call, beats, .. }) = calls.iter_mut().find(|watched| watched.id == id) else { return };
        let Some(reported) = reported_call(call, client) else { return };
        let beats = beats.get_or_insert_with(|| BeatTimer::new(now));
        let beat = beats.beat(now, &reported, config, beat_limits);
        effects.extend(beat.map(|beat| Effect::Beat { call: id, beat: Box::new(beat) }));
    }

    pub(super) fn beat_where_due(&mut self, now: Timestamp) {
        let is_due =
            |watched: &&Watched| watched.beats.as_ref().and_then(BeatTimer::poll_timeout).is_some_and(|due| due <= now);
        for index in 0..self.calls.len() {
            if let Some(id) = self.calls.get(index).filter(is_due).map(|watched| watched.id) {
                self.beat(now, id);
            }
        }
    }

    pub(super) fn last_beat(&mut self, now: Timestamp, Watched { id, call, beats, .. }: &mut Watched) {
        let Self { configuration, client, effects, beat_limits, .. } = self;
        let Some((reported, beats)) = reported_call(call, client).zip(beats.as_mut()) else {
            return;
        };
        let beat = beats.last(now, &reported, &configuration.config, beat_limits);
        effects.extend(beat.map(|beat| Effect::Beat { call: *id, beat: Box::new(beat) }));
    }
}

/// `None`: it was not accepted yet.
fn reported_call<'a>(call: &'a Call, client: &'a ClientInfo) -> Option<ReportedCall<'a>> {
    let (accepted, started) = call.accepted()?;
    Some(ReportedCall { call, client, accepted, started })
}
