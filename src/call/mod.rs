//! One call from its acceptance to its end: events in, conditions out.
//!
//! A call is opened when the SDK announces it and has no time of its own until it is accepted. Then every second's
//! sample is judged; the SDK's warnings and connection events raise what samples cannot show. When it ends, what is
//! still wrong ends with it and the verdict can be drawn. Events may come in any order, twice, or after the end:
//! none of that changes anything (rule D5).

pub(crate) mod audio_gaps;
pub(crate) mod concealment;
pub(crate) mod detector;
pub(crate) mod endpoint_monitor;
pub(crate) mod ice_rtt;
mod interval;
pub(crate) mod level_meter;
pub(crate) mod loss_evidence;
pub(crate) mod media_flow;
pub(crate) mod metric_monitor;
pub(crate) mod metric_summary;
pub(crate) mod microphone;
pub(crate) mod muted_speech;
pub(crate) mod net_loss;
pub(crate) mod outbound;
pub(crate) mod panel_series;
pub(crate) mod playout_gaps;
pub(crate) mod recurring_interruptions;
mod sample_handling;
pub(crate) mod trouble_timeline;
mod warning_subject;

use crate::call::audio_gaps::{AudioGaps, SHORTEST_SECOND};
use crate::call::concealment::{Concealment, SeverelyConcealed};
use crate::call::endpoint_monitor::{EndpointMonitor, EndpointReport};
use crate::call::ice_rtt::IceRtt;
use crate::call::interval::Interval;
use crate::call::level_meter::Meter;
use crate::call::media_flow::{MediaFlow, NO_BYTES_RECEIVED_AFTER, NO_BYTES_SENT_AFTER};
use crate::call::metric_monitor::MetricMonitor;
use crate::call::metric_summary::{Summaries, Summarisers};
use crate::call::microphone::Microphone;
use crate::call::muted_speech::MutedSpeech;
use crate::call::net_loss::NetLoss;
use crate::call::outbound::OutboundMonitor;
use crate::call::panel_series::History;
use crate::call::playout_gaps::PlayoutGaps;
use crate::call::trouble_timeline::TroubleStretch;
use crate::cause::Causes;
use crate::condition::diagnosis::{Diagnosis, Urgency};
use crate::condition::{ConditionName, Conditions};
use crate::config::Config;
use crate::input::conference::OtherParty;
use crate::input::environment_signal::EnvironmentSignal;
use crate::input::event::{CallContext, CallDirection, Event};
use crate::input::metric::Metric;
use crate::input::sample::Sample;
use crate::input::stats::Statistics;
use crate::input::units::{Milliseconds, Timestamp, WallTime};
use crate::input::warning::WarningName;
use warning_subject::WarningSubject;

/// More than this between two samples is a data gap: the tab was frozen or the machine asleep.
///
/// Samples come every 970 to 1027 ms; two missing ones may be a busy machine, and the third second is no data.
const DATA_GAP: Milliseconds = Milliseconds(3000.0);
/// Error codes kept for the alert; a call in trouble may repeat them for minutes.
const MAX_ERRORS: usize = 16;
/// Moments kept at which the agent reported a problem.
pub(crate) const MAX_REPORTS: usize = 20;
/// Signalling connection lost (Voice SDK, `SignalingErrors.ConnectionDisconnected`).
const SIGNALING_DISCONNECTED: u32 = 53001;

/// Who calls whom, as the SDK announces it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallParties {
    /// Which way.
    pub direction: CallDirection,
    /// The CallSid; an outgoing call gets it when it rings.
    pub call_sid: Option<String>,
    /// `From` of the call's parameters.
    pub from: Option<String>,
    /// `To` of the call's parameters.
    pub to: Option<String>,
}

/// A call that was accepted.
#[derive(Clone, Debug)]
struct Accepted {
    at: Timestamp,
    wall: WallTime,
    found_in_progress: bool,
}

/// Turns the events of one call into conditions, from its acceptance to its end.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) parties: CallParties,
    pub(crate) context: CallContext,
    pub(crate) errors: Vec<u32>,
    accepted: Option<Accepted>,
    /// Time of the newest event: nothing is ever taken back behind it.
    latest: Timestamp,
    last_sample_at: Option<Timestamp>,
    conditions: Conditions,
    metric_monitors: Vec<MetricMonitor>,
    loss: NetLoss,
    summarisers: Summarisers,
    history: History,
    /// When the agent reported a problem, since the call was accepted.
    reports: Vec<Milliseconds>,
    /// `Some`: a supervisor monitors a colleague's call with it. `true`: unmuted there (barge or coach).
    monitoring: Option<bool>,
    other_party: OtherParty,
    meter: Meter,
    microphone: Microphone,
    muted_speech: MutedSpeech,
    ice_rtt: IceRtt,
    received: MediaFlow,
    sent: MediaFlow,
    gaps: AudioGaps,
    playout: PlayoutGaps,
    concealment: Concealment,
    outbound: OutboundMonitor,
    causes: Causes,
    endpoint: EndpointMonitor,
    /// The newest reading of the peer connection, and when.
    last_reading: Option<(Timestamp, Statistics)>,
    /// One that came when a sample was due.
    early_reading: Option<Statistics>,
    /// The newest sample showed that loss of the customer's packets is over: when it was last seen.
    inbound_loss_ended_at: Option<Timestamp>,
    /// The round-trip time in the newest sample whose score was low.
    low_score_rtt: Option<Milliseconds>,
    /// The round-trip time in the newest sample, of the newest RTCP report.
    rtcp_rtt: Option<Milliseconds>,
    /// The newest sample, until its reading comes and its score can be judged.
    scored: Option<(Interval, Sample)>,
    worst: Option<Diagnosis>,
    /// The diagnosis for which a cause was last looked for.
    explained: Option<Diagnosis>,
}

impl Call {
    pub(crate) fn new(parties: CallParties, config: &Config) -> Self {
        Self {
            parties,
            context: CallContext::default(),
            errors: Vec::new(),
            accepted: None,
            latest: Timestamp(i64::MIN),
            last_sample_at: None,
            conditions: Conditions::from(Timestamp::default()),
            metric_monitors: Metric::ALL
                .iter()
                .map(|metric| MetricMonitor::new(*metric, config.threshold(*metric)))
                .collect(),
            loss: NetLoss::default(),
            summarisers: Summarisers::default(),
            history: History::new(config.agent_tools),
            reports: Vec::new(),
            monitoring: None,
            other_party: OtherParty::default(),
            meter: Meter::default(),
            microphone: Microphone::default(),
            muted_speech: MutedSpeech::default(),
            ice_rtt: IceRtt::default(),
            received: MediaFlow::new(ConditionName::LowBytesReceived, NO_BYTES_RECEIVED_AFTER),
            sent: MediaFlow::new(ConditionName::LowBytesSent, NO_BYTES_SENT_AFTER),
            gaps: AudioGaps::default(),
            playout: PlayoutGaps::default(),
            concealment: Concealment::default(),
            outbound: OutboundMonitor::new(config.high_packets_lost_threshold),
            causes: Causes::default(),
            endpoint: EndpointMonitor::default(),
            last_reading: None,
            early_reading: None,
            inbound_loss_ended_at: None,
            low_score_rtt: None,
            rtcp_rtt: None,
            scored: None,
            worst: None,
            explained: None,
        }
    }

    /// What is wrong.
    pub(crate) fn conditions(&self) -> &Conditions {
        &self.conditions
    }

    /// Why.
    pub(crate) fn causes(&self) -> &Causes {
        &self.causes
    }

    /// Its endpoint: headset, codec, computer, network.
    pub(crate) fn endpoint(&self) -> EndpointReport {
        self.endpoint.report(self.causes.path())
    }

    /// Whether short interruptions of the customer's audio keep coming back.
    pub(crate) fn interruptions_recur(&self, now: Timestamp) -> bool {
        self.gaps.recur(now)
    }

    /// The worst diagnosis of the call, from its finished episodes. It differs from the worst that was seen during the call:
    /// some trouble becomes known later, and some turns out to be a data gap.
    pub(crate) fn worst_diagnosis(&self, finished: &Conditions) -> Option<Diagnosis> {
        let was_there = |name: ConditionName| !finished.episodes_of(name).is_empty();
        let names = finished.episodes().map(|(name, _)| name);
        let each = names.filter_map(|name| Diagnosis::worst_of(|other| other == name));
        let trouble = each.filter(|diagnosis| diagnosis.urgency() < Urgency::Quiet);
        let seen = self.worst_until_now().filter(|worst| worst.conditions().iter().any(was_there));
        seen.into_iter().chain(trouble).min()
    }

    fn worst_until_now(&self) -> Option<Diagnosis> {
        let now_worst = Diagnosis::from_conditions(&self.conditions);
        let trouble = now_worst.filter(|diagnosis| diagnosis.urgency() < Urgency::Quiet);
        // Worst first: the lesser of two is the worse.
        self.worst.into_iter().chain(trouble).min()
    }

    pub(crate) fn summaries(&self) -> Summaries {
        self.summarisers.summaries()
    }

    /// How many of its seconds were severely concealed.
    pub(crate) fn severely_concealed(&self) -> SeverelyConcealed {
        self.concealment.severely()
    }

    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// What was the worst at each of its moments, given its conditions with an end to each.
    pub(crate) fn timeline(&self, conditions: &Conditions, accepted: Timestamp) -> Vec<TroubleStretch> {
        trouble_timeline::timeline(conditions, &self.causes, accepted)
    }

    /// When the agent reported a problem, since the call was accepted.
    pub(crate) fn reports(&self) -> &[Milliseconds] {
        &self.reports
    }

    /// When it was accepted, on both clocks; `None` if it never was.
    pub(crate) fn accepted(&self) -> Option<(Timestamp, WallTime)> {
        self.accepted.as_ref().map(|accepted| (accepted.at, accepted.wall))
    }

    /// Whether its beginning passed unseen.
    pub(crate) fn was_found_in_progress(&self) -> bool {
        self.accepted.as_ref().is_some_and(|accepted| accepted.found_in_progress)
    }

    /// Whether a supervisor monitors a colleague's call with it.
    pub(crate) fn is_monitoring(&self) -> bool {
        self.monitoring.is_some() && self.context.task_sid.is_none()
    }

    /// From when on its length counts for rule V1; `None`: the rule does not apply to it (V1a).
    pub(crate) fn counted_from(&self) -> Option<Timestamp> {
        let Accepted { at, found_in_progress, .. } = *self.accepted.as_ref()?;
        if found_in_progress || self.is_monitoring() {
            return None;
        }
        match self.other_party {
            // A call that the agent dials may ring for any time.
            OtherParty::Since(since) if self.is_outbound_task() => Some(since.max(at)),
            OtherParty::Nobody if self.is_outbound_task() => None,
            _ => Some(at),
        }
    }

    fn is_outbound_task(&self) -> bool {
        self.context.direction == Some(CallDirection::Outgoing)
    }

    /// The moment of its end, if it ends now, and its conditions with an end to whatever is still open.
    pub(crate) fn finished(&self, now: Timestamp) -> (Timestamp, Conditions) {
        let now = now.max(self.latest);
        let mut conditions = self.conditions.clone();
        match self.last_data() {
            Some(last) if now - last > DATA_GAP => conditions.finish_in_data_gap(last, now),
            _ => conditions.finish(now),
        }
        (now, conditions)
    }

    /// Handles an event. Returns false if it is empty. The end of a call is its owner's business ([`Call::finished`]).
    pub(crate) fn handle(&mut self, now: Timestamp, event: &Event) -> bool {
        // Without a single value it says nothing, not even that the page is awake: as if it had not come (rule D6).
        if matches!(event, Event::Sample(sample) if *sample == Sample::default()) {
            return false;
        }
        let now = now.max(self.latest);
        if now > self.latest {
            // What came and went within one moment depends on the order in which it was told.
            self.worst = self.worst_until_now();
        }
        self.latest = now;
        self.take(now, event);
        let now_worst = Diagnosis::from_conditions(&self.conditions);
        let shows_why = matches!(event, Event::Sample(_) | Event::Statistics(_) | Event::Signal(_));
        if shows_why || now_worst != self.explained {
            self.causes.observe(now, now_worst, &self.conditions);
            self.explained = now_worst;
        }
        true
    }

    fn take(&mut self, now: Timestamp, event: &Event) {
        match *event {
            Event::Identified(ref sid) => self.parties.call_sid = Some(sid.clone()),
            Event::Described(ref context) => {
                self.context.learn(context);
                self.listen(now);
            }
            Event::Endpoint(ref news) => self.endpoint.learn(news),
            Event::Monitoring { speaking } => {
                self.monitoring = Some(speaking);
                self.listen(now);
            }
            Event::Accepted { at, found_in_progress } => self.accept(now, at, found_in_progress),
            Event::Muted(muted) => {
                self.microphone.mute(now, muted, &mut self.conditions);
                self.muted_speech.mute(now, &mut self.conditions);
            }
            Event::Held(held) => self.microphone.hold(now, held, &mut self.conditions),
            Event::Conference(ref conference) => {
                self.other_party.observe(now, conference);
                self.microphone.hold(now, conference.is_held(), &mut self.conditions);
            }
            Event::Signal(signal) => {
                self.causes.signal(now, signal);
                match signal {
                    EnvironmentSignal::Track(state) => self.microphone.track(now, state, &mut self.conditions),
                    // On hold nobody would hear it anyway.
                    EnvironmentSignal::MutedLevel(level) if self.microphone.is_muted_by_choice() => {
                        self.muted_speech.observe(now, level, &mut self.conditions);
                    }
                    _ => {}
                }
            }
            Event::AudioContext { suspended } => {
                self.meter.suspend(suspended);
                self.microphone.suspend(now, suspended, &mut self.conditions);
            }
            // Before a call is accepted there is nothing to judge: an early event says nothing about its quality.
            _ if self.accepted.is_none() => {}
            Event::Sample(sample) => self.sample(now, sample),
            // A reading belongs to the sample that asked for it or, if it is late, to the next sample. Without samples the
            // page is asleep, and a reading says nothing.
            Event::Statistics(read) => match self.last_sample_at {
                Some(sampled) if now - sampled < SHORTEST_SECOND => self.statistics(now, read),
                _ => self.early_reading = Some(read),
            },
            Event::Warning(name, ref data) => match WarningSubject::from(name) {
                WarningSubject::Metric(metric) => {
                    let data = data.clone().drop_implausible(metric);
                    let Self { metric_monitors, conditions, .. } = self;
                    for monitor in metric_monitors.iter_mut().filter(|monitor| monitor.metric() == metric) {
                        monitor.warned(now, name, &data, conditions);
                    }
                }
                WarningSubject::Condition(condition) => self.raised_by_sdk(now, name, condition),
            },
            Event::WarningCleared(name) => match WarningSubject::from(name) {
                WarningSubject::Metric(metric) => {
                    let Self { metric_monitors, conditions, .. } = self;
                    for monitor in metric_monitors.iter_mut().filter(|monitor| monitor.metric() == metric) {
                        monitor.warning_cleared(now, name, conditions);
                    }
                }
                WarningSubject::Condition(condition) => self.cleared_by_sdk(now, condition),
            },
            Event::Reconnecting { code } => {
                let signaling = code == Some(SIGNALING_DISCONNECTED);
                let name = if signaling { ConditionName::SignalingLost } else { ConditionName::Reconnecting };
                self.conditions.raise(name, now, now, None);
                self.record_error(code);
            }
            Event::TransportClosed => self.conditions.raise(ConditionName::SignalingLost, now, now, None),
            Event::Reconnected => {
                for name in [ConditionName::Reconnecting, ConditionName::SignalingLost] {
                    self.conditions.clear(name, now, now);
                }
            }
            Event::Error { code } => self.record_error(code),
            Event::Reported => self.report(now),
            Event::Snoozed(_) | Event::Disconnected | Event::Cancelled | Event::Rejected => {}
        }
    }

    fn accept(&mut self, now: Timestamp, wall: WallTime, found_in_progress: bool) {
        // Twice is once.
        if self.accepted.is_none() {
            self.accepted = Some(Accepted { at: now, wall, found_in_progress });
            self.conditions = Conditions::from(now);
            self.microphone.accepted(now, &mut self.conditions);
            if !found_in_progress {
                self.outbound.begin(now);
            }
        }
    }

    /// A muted supervisor's microphone is not judged.
    fn listen(&mut self, now: Timestamp) {
        let listening = self.is_monitoring() && self.monitoring == Some(false);
        self.microphone.listen(now, listening, &mut self.conditions);
    }

    /// The agent says that there was a problem, during the call or after it.
    pub(crate) fn report(&mut self, now: Timestamp) {
        if self.reports.len() < MAX_REPORTS {
            self.reports.push(self.elapsed(now));
        }
    }

    /// Since it was accepted.
    fn elapsed(&self, now: Timestamp) -> Milliseconds {
        self.accepted.as_ref().map_or(Milliseconds::default(), |accepted| now - accepted.at)
    }

    fn record_error(&mut self, code: Option<u32>) {
        if let Some(code) = code
            && self.errors.len() < MAX_ERRORS
        {
            self.errors.push(code);
        }
    }

    fn raised_by_sdk(&mut self, now: Timestamp, warning: WarningName, condition: ConditionName) {
        let Self { conditions, meter, microphone, received, sent, .. } = self;
        match condition {
            ConditionName::LowBytesReceived => received.warned(now, conditions),
            // Without a microphone nothing is sent: that is not the network.
            ConditionName::LowBytesSent if microphone.is_unavailable() => {}
            ConditionName::LowBytesSent => sent.warned(now, conditions),
            // A level that the meter does not measure cannot vary.
            ConditionName::ConstantAudioInputLevel if !meter.is_working() => {}
            ConditionName::ConstantAudioInputLevel => microphone.warned(now, conditions),
            _ => conditions.raise(condition, now, now.before(warning.time_to_notice()), None),
        }
    }

    fn cleared_by_sdk(&mut self, now: Timestamp, condition: ConditionName) {
        let Self { conditions, microphone, received, sent, .. } = self;
        match condition {
            ConditionName::LowBytesReceived => received.warning_cleared(now, conditions),
            ConditionName::LowBytesSent => sent.warning_cleared(now, conditions),
            ConditionName::ConstantAudioInputLevel => microphone.warning_cleared(now, conditions),
            _ => conditions.clear(condition, now, now),
        }
    }
}
