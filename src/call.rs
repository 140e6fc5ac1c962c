//! One call from its acceptance to its end: events in, conditions out.
//!
//! A call is opened when the SDK announces it and has no time of its own until it is accepted. Then every second's
//! sample is judged; the SDK's warnings and connection events raise what samples cannot show. When it ends, what is
//! still wrong ends with it and the verdict can be drawn. Events may come in any order, twice, or after the end:
//! none of that changes anything (rule D5).

use crate::condition::{ConditionName, Conditions};
use crate::config::Config;
use crate::diagnosis::Diagnosis;
use crate::event::{CallContext, CallDirection, Event};
use crate::flow::Flow;
use crate::gaps::{AudioGaps, SHORTEST_SECOND};
use crate::history::{History, Line};
use crate::loss::NetLoss;
use crate::metric::Metric;
use crate::microphone::Microphone;
use crate::mos;
use crate::sample::{Packets, Sample};
use crate::statistics::Statistics;
use crate::summary::{Summaries, Summarisers};
use crate::units::{Milliseconds, Timestamp, Value, WallTime};
use crate::uplink::Uplink;
use crate::warning::{Subject, WarningName};
use crate::watch::{Second, Watch};

/// More than this between two samples is a hole: the tab was frozen or the machine asleep.
///
/// Samples come every 970 to 1027 ms; two missing ones may be a busy machine, and the third second is no data.
const HOLE: Milliseconds = Milliseconds(3000.0);
/// A reading of the peer connection is the newest for so long: they come with the samples.
const READ_FOR: Milliseconds = Milliseconds(2500.0);
/// What a sample speaks of.
const SAMPLE_SPAN: Milliseconds = Milliseconds(1000.0);
/// Error codes kept for the alert; a call in trouble may repeat them for minutes.
const MOST_ERRORS: usize = 16;
/// Moments kept at which the agent reported a problem.
const MOST_REPORTS: usize = 20;
/// Signalling connection lost (Voice SDK, `SignalingErrors.ConnectionDisconnected`).
const SIGNALING_DISCONNECTED: u32 = 53001;

/// Who calls whom, as the SDK announces it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incoming {
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
    midway: bool,
}

/// See the module's description.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) parties: Incoming,
    pub(crate) context: CallContext,
    pub(crate) errors: Vec<u32>,
    accepted: Option<Accepted>,
    /// Time of the newest event: nothing is ever taken back behind it.
    latest: Timestamp,
    sampled: Option<Timestamp>,
    conditions: Conditions,
    watches: [Watch; 4],
    loss: NetLoss,
    summarisers: Summarisers,
    history: History,
    /// When the agent reported a problem, since the call was accepted.
    reports: Vec<Milliseconds>,
    microphone: Microphone,
    received: Flow,
    sent: Flow,
    gaps: AudioGaps,
    uplink: Uplink,
    /// The newest reading of the peer connection, and when.
    measured: Option<(Timestamp, Statistics)>,
    /// One that came when a sample was due.
    waiting: Option<Statistics>,
    /// The newest sample, until its reading comes and its score can be judged.
    scored: Option<(Second, Sample)>,
    worst: Option<Diagnosis>,
}

impl Call {
    pub(crate) fn new(parties: Incoming, config: &Config) -> Self {
        Self {
            parties,
            context: CallContext::default(),
            errors: Vec::new(),
            accepted: None,
            latest: Timestamp(i64::MIN),
            sampled: None,
            conditions: Conditions::from(Timestamp::default()),
            watches: Metric::ALL.map(|metric| Watch::new(metric, metric.threshold(config))),
            loss: NetLoss::default(),
            summarisers: Summarisers::default(),
            history: History::default(),
            reports: Vec::new(),
            microphone: Microphone::default(),
            received: Flow::new(ConditionName::LowBytesReceived),
            sent: Flow::new(ConditionName::LowBytesSent),
            gaps: AudioGaps::default(),
            uplink: Uplink::new(config.high_packets_lost_threshold),
            measured: None,
            waiting: None,
            scored: None,
            worst: None,
        }
    }

    /// What is wrong in the agent's terms, now.
    pub(crate) fn diagnosis(&self) -> Option<Diagnosis> {
        Diagnosis::of(&self.conditions)
    }

    /// The worst that ever was.
    pub(crate) fn worst_diagnosis(&self) -> Option<Diagnosis> {
        self.worst
    }

    pub(crate) fn summaries(&self) -> Summaries {
        self.summarisers.summaries()
    }

    pub(crate) fn history(&self) -> &History {
        &self.history
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
    pub(crate) fn is_midway(&self) -> bool {
        self.accepted.as_ref().is_some_and(|accepted| accepted.midway)
    }

    /// The moment of its end, if it ends now, and its conditions with an end to whatever is still open.
    pub(crate) fn finished(&self, now: Timestamp) -> (Timestamp, Conditions) {
        let now = now.max(self.latest);
        let mut conditions = self.conditions.clone();
        match self.last_data() {
            Some(last) if now - last > HOLE => conditions.finish_in_hole(last, now),
            _ => conditions.finish(now),
        }
        (now, conditions)
    }

    /// Takes an event. The end of a call is its owner's business ([`Call::finished`]).
    pub(crate) fn handle(&mut self, now: Timestamp, event: &Event) {
        // Without a single value it says nothing, not even that the page is awake: as if it had not come (rule D6).
        if matches!(event, Event::Sample(sample) if *sample == Sample::default()) {
            return;
        }
        let now = now.max(self.latest);
        self.latest = now;
        self.take(now, event);
        // Worst first: the lesser of two is the worse.
        self.worst = self.worst.into_iter().chain(self.diagnosis()).min();
    }

    fn take(&mut self, now: Timestamp, event: &Event) {
        match *event {
            Event::Identified(ref sid) => self.parties.call_sid = Some(sid.clone()),
            Event::Described(ref context) => self.context.learn(context),
            Event::Accepted { at, midway } => self.accept(now, at, midway),
            Event::Muted(muted) => self.microphone.mute(now, muted, &mut self.conditions),
            Event::Held(held) => self.microphone.hold(now, held, &mut self.conditions),
            // Before a call is accepted there is nothing to judge: an early event says nothing about its quality.
            _ if self.accepted.is_none() => {}
            Event::Sample(sample) => self.sample(now, sample),
            // It belongs to the newest sample, by which it is asked for; where the next is due, to that, whichever of the two
            // comes first. Without samples the page is asleep, and it says nothing.
            Event::Statistics(read) => match self.sampled {
                Some(sampled) if now - sampled < SHORTEST_SECOND => self.statistics(now, read),
                _ => self.waiting = Some(read),
            },
            Event::Warning(name, ref data) => match name.subject() {
                Subject::Metric(metric) => {
                    let data = data.clone().possible(metric);
                    let Self { watches, conditions, .. } = self;
                    for watch in watches.iter_mut().filter(|watch| watch.metric() == metric) {
                        watch.warned(now, name, &data, conditions);
                    }
                }
                Subject::Condition(condition) => self.raised_by_sdk(now, name, condition),
            },
            Event::WarningCleared(name) => match name.subject() {
                Subject::Metric(metric) => {
                    let Self { watches, conditions, .. } = self;
                    for watch in watches.iter_mut().filter(|watch| watch.metric() == metric) {
                        watch.warning_cleared(now, name, conditions);
                    }
                }
                Subject::Condition(condition) => self.cleared_by_sdk(now, condition),
            },
            Event::Reconnecting { code } => {
                let signaling = code == Some(SIGNALING_DISCONNECTED);
                let name = if signaling { ConditionName::SignalingLost } else { ConditionName::Reconnecting };
                self.conditions.raise(name, now, now, None);
                self.note_error(code);
            }
            Event::TransportClosed => self.conditions.raise(ConditionName::SignalingLost, now, now, None),
            Event::Reconnected => {
                for name in [ConditionName::Reconnecting, ConditionName::SignalingLost] {
                    self.conditions.clear(name, now, now);
                }
            }
            Event::Error { code } => self.note_error(code),
            Event::Reported => self.report(now),
            Event::Snoozed(_) | Event::Disconnected | Event::Cancelled | Event::Rejected => {}
        }
    }

    fn accept(&mut self, now: Timestamp, wall: WallTime, midway: bool) {
        // Twice is once.
        if self.accepted.is_none() {
            self.accepted = Some(Accepted { at: now, wall, midway });
            self.conditions = Conditions::from(now);
        }
    }

    /// The agent says that there was a problem, during the call or after it.
    pub(crate) fn report(&mut self, now: Timestamp) {
        if self.reports.len() < MOST_REPORTS {
            self.reports.push(self.elapsed(now));
        }
    }

    /// Since it was accepted.
    fn elapsed(&self, now: Timestamp) -> Milliseconds {
        self.accepted.as_ref().map_or(Milliseconds::default(), |accepted| now - accepted.at)
    }

    fn note_error(&mut self, code: Option<u32>) {
        if let Some(code) = code
            && self.errors.len() < MOST_ERRORS
        {
            self.errors.push(code);
        }
    }

    fn raised_by_sdk(&mut self, now: Timestamp, warning: WarningName, condition: ConditionName) {
        let Self { conditions, microphone, received, sent, .. } = self;
        match condition {
            ConditionName::LowBytesReceived => received.warned(now, conditions),
            ConditionName::LowBytesSent => sent.warned(now, conditions),
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

    fn sample(&mut self, now: Timestamp, sample: Sample) {
        // Said again at the same moment: no second has passed that it could be about (rule D5).
        if self.sampled == Some(now) {
            return;
        }
        // The reading of the one before never came.
        self.judge_score(None);
        let accepted = self.accepted.as_ref().map_or(now, |accepted| accepted.at);
        let last = self.last_data();
        let previous = self.sampled.replace(now);
        let after_hole = previous.is_some_and(|previous| now - previous > HOLE);
        let from = match previous {
            Some(previous) if !after_hole => previous,
            _ => now.before(SAMPLE_SPAN).max(accepted).max(last.unwrap_or(accepted)),
        };
        if after_hole {
            if let Some(last) = last.filter(|last| now - *last > HOLE) {
                self.conditions.hole(last, from);
            }
            self.forget();
        }
        let second = Second { from, to: now };

        // The counters of the first sample after a hole are those of the whole hole.
        let packets = sample.packets.filter(|_| !after_hole);
        let loss = packets.and_then(|packets| self.loss.observe(second, packets));
        let mos = match loss {
            Some(loss) if self.loss.saw_reordering() => {
                sample.rtt.zip(sample.jitter).map(|(rtt, jitter)| mos::estimate(rtt, jitter, loss))
            }
            _ => sample.mos.filter(|_| !after_hole),
        };
        self.summarisers.add(&sample, loss.map(|loss| loss.0), mos.map(|mos| mos.0));

        let path_rtt = self.measured.filter(|(at, _)| now - *at <= READ_FOR).and_then(|(_, read)| read.path_rtt);
        let Self { watches, conditions, .. } = self;
        for watch in watches {
            let value = match watch.metric() {
                // The path's own is younger, and goes on when RTCP has stopped.
                Metric::Rtt => sample.rtt.filter(|_| path_rtt.is_none()).map(|rtt| rtt.0),
                Metric::Jitter => sample.jitter.map(|jitter| jitter.0),
                Metric::PacketLoss => loss.map(|loss| loss.0),
                Metric::Mos => None,
            };
            if let Some(value) = value {
                let own = match watch.metric() {
                    Metric::PacketLoss => packets.and_then(Packets::loss).map_or(0.0, |loss| loss.0),
                    _ => value,
                };
                watch.observe(second, Value(value), Value(own), conditions);
            }
        }
        let elapsed = self.elapsed(now);
        for (line, value) in [
            (Line::Rtt, path_rtt.or(sample.rtt).map(|rtt| rtt.0)),
            (Line::Jitter, sample.jitter.map(|jitter| jitter.0)),
            (Line::PacketLoss, loss.map(|loss| loss.0)),
            (Line::AudioInput, sample.audio_input_level),
            (Line::AudioOutput, sample.audio_output_level),
        ] {
            self.history.note(elapsed, line, value);
        }
        self.scored = Some((second, Sample { mos, packets, ..sample }));
        if path_rtt.is_none() {
            self.judge_score(None);
        }
        let Self { conditions, .. } = self;
        // On hold nothing of the customer is due.
        let held = self.microphone.is_held();
        self.received.observe(second, sample.bytes_received.filter(|bytes| !held || *bytes >= 1.0), conditions);
        self.sent.observe(second, sample.bytes_sent, conditions);
        // Who is called speaks first.
        let speaks_first = self.context.direction.unwrap_or(self.parties.direction) == CallDirection::Incoming;
        self.microphone.observe(second, sample.audio_input_level, speaks_first, conditions);
        self.gaps.observe(second, packets.filter(|_| !held), conditions);
        self.uplink.sent(sample.bytes_sent);
        if packets.is_some_and(|packets| packets.lost < 0.0) {
            self.uplink.inbound_reordering(now);
        }
        let in_gaps = self.conditions.is_active(ConditionName::AudioGaps);
        if let Some(Packets { lost, received }) =
            packets.filter(|packets| packets.lost > 0.0 || packets.received < 1.0 || in_gaps)
        {
            self.uplink.inbound_trouble(now, lost >= received / 4.0, in_gaps || received < 1.0);
        }
        if let Some(read) = self.waiting.take() {
            self.statistics(now, read);
        }
    }

    /// When the last data came that were taken.
    fn last_data(&self) -> Option<Timestamp> {
        self.sampled.max(self.measured.map(|(at, _)| at))
    }

    fn statistics(&mut self, now: Timestamp, read: Statistics) {
        let before = self.measured.replace((now, read)).filter(|(at, _)| now - *at <= HOLE);
        let from = match before {
            Some((at, _)) if at == now => return,
            Some((at, _)) => at,
            None => now.before(SAMPLE_SPAN),
        };
        let second = Second { from, to: now };
        let Self { watches, conditions, .. } = self;
        // The first reading's RTT is that of the sample before it, and a busy page's second reading that of the first.
        if let Some(rtt) = read.path_rtt.filter(|_| before.is_some() && now - from >= SHORTEST_SECOND)
            && let Some(watch) = watches.iter_mut().find(|watch| watch.metric() == Metric::Rtt)
        {
            watch.observe(second, Value(rtt.0), Value(rtt.0), conditions);
        }
        self.judge_score(read.path_rtt);
        self.history.note(self.elapsed(now), Line::OutboundPacketLoss, read.outbound_loss.map(|loss| loss.0));
        let Self { conditions, .. } = self;
        if let Some(share) = before.and_then(|(_, before)| read.played?.gap_since(before.played?)) {
            self.gaps.made_up(second, share, conditions);
        }
        match read.microphone_is_zero {
            Some(true) => self.microphone.zero_between_words(),
            Some(false) => self.microphone.is_heard(now, conditions),
            None => {}
        }
        if before.is_none() {
            self.uplink.forget();
        }
        self.uplink.observe(now, &read, conditions);
    }

    /// The SDK's score is of an RTT that may be five seconds old, or as old as RTCP has been silent: it may show trouble
    /// first, but does not show its end.
    fn judge_score(&mut self, path_rtt: Option<Milliseconds>) {
        let Some((second, Sample { mos: reported, jitter, packets, .. })) = self.scored.take() else {
            return;
        };
        let packets = packets.filter(|_| !self.loss.saw_reordering());
        let young = path_rtt.zip(jitter).zip(packets.and_then(Packets::loss));
        let young = young.map(|((rtt, jitter), loss)| mos::estimate(rtt, jitter, loss));
        let is_worse = reported.is_some_and(|reported| young.is_none_or(|young| reported < young));
        let score = if is_worse && !(young.is_some() && self.conditions.is_active(ConditionName::LowMos)) {
            reported
        } else {
            young
        };
        self.history.note(self.elapsed(second.to), Line::Mos, score.map(|score| score.0));
        let Self { watches, conditions, .. } = self;
        if let Some(score) = score
            && let Some(watch) = watches.iter_mut().find(|watch| watch.metric() == Metric::Mos)
        {
            watch.observe(second, Value(score.0), Value(score.0), conditions);
        }
    }

    /// What was before a hole says nothing about what comes after it.
    fn forget(&mut self) {
        self.loss.forget();
        self.watches.iter_mut().for_each(Watch::forget);
        self.received.forget();
        self.sent.forget();
        self.gaps.forget();
        self.microphone.forget();
    }
}
