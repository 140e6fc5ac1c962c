//! What one second says of a call: its sample, and the reading of the peer connection that belongs to it.

use super::{Call, DATA_GAP};
use crate::call::audio_gaps::SHORTEST_SECOND;
use crate::call::ice_rtt::LateAnswers;
use crate::call::interval::Interval;
use crate::call::metric_monitor::MetricMonitor;
use crate::call::panel_series::Series;
use crate::condition::{ConditionName, InboundPackets};
use crate::input::event::CallDirection;
use crate::input::metric::Metric;
use crate::input::mos;
use crate::input::sample::{Packets, Sample};
use crate::input::stats::Statistics;
use crate::input::units::{Milliseconds, Percent, Timestamp, Value};

/// A reading of the peer connection is the newest for so long: they come with the samples.
const READING_VALID_FOR: Milliseconds = Milliseconds(2500.0);
/// One late packet is enough if its round-trip time exceeds the threshold by this factor. Smaller ones also come about on
/// a busy machine.
const LONE_RTT_RATIO: f64 = 1.5;
/// The time that one sample covers.
const SAMPLE_SPAN: Milliseconds = Milliseconds(1000.0);

impl Call {
    /// Takes the sample of the second until now.
    pub(super) fn sample(&mut self, now: Timestamp, sample: Sample) {
        // Said again at the same moment: no second has passed that it could be about (rule D5).
        if self.last_sample_at == Some(now) {
            return;
        }
        self.meter.observe(&sample);
        let (level, sample) = (sample.audio_input_level, self.meter.known(sample));
        // The reading of the one before never came.
        self.judge_score(None);
        let (second, is_after_data_gap) = self.begin_second(now);

        // The counters of the first sample after a data gap are those of the whole data gap.
        let packets = sample.packets.filter(|_| !is_after_data_gap);
        let loss = packets.and_then(|packets| self.loss.observe(second, packets));
        let mos = match loss {
            Some(loss) if self.loss.saw_reordering() => {
                sample.rtt.zip(sample.jitter).map(|(rtt, jitter)| mos::estimate(rtt, jitter, loss))
            }
            _ => sample.mos.filter(|_| !is_after_data_gap),
        };
        let sample = Sample { mos, packets, ..sample };
        self.endpoint.rtt(sample.rtt);
        self.summarisers.add(&sample, loss.map(|loss| loss.0), mos.map(|mos| mos.0));

        let ice_rtt =
            self.last_reading.filter(|(at, _)| now - *at <= READING_VALID_FOR).and_then(|(_, read)| read.ice_rtt);
        // RTCP's measurement is of other packets than the path's own: one that was stuck may be seen by it alone.
        let rtcp_rtt = std::mem::replace(&mut self.rtcp_rtt, sample.rtt);
        if let Some(rtt) = sample.rtt.filter(|_| rtcp_rtt.is_some() && rtcp_rtt != sample.rtt && ice_rtt.is_some()) {
            self.record_late_answer(now, second.from.before(rtt), rtt);
        }
        let was_lossy = self.conditions.is_active(ConditionName::HighPacketLoss);
        self.judge_metrics(second, &sample, loss, ice_rtt);
        self.record_history(now, &sample, loss, ice_rtt);
        self.scored = Some((second, sample));
        if ice_rtt.is_none() {
            self.judge_score(None);
        }
        self.judge_media(second, &sample, level);
        if was_lossy && !self.conditions.is_active(ConditionName::HighPacketLoss) {
            self.inbound_loss_ended_at = self.conditions.bad_until(ConditionName::HighPacketLoss, now);
        }
        if self.microphone.is_unavailable() {
            self.outbound.nothing_to_send(now);
        }
        if !self.gaps.is_undecided() {
            let in_gaps = self.conditions.active().any(|name| name.inbound_packets() == InboundPackets::Missing);
            self.outbound.sample(second, &sample, in_gaps);
        }
        if let Some(read) = self.early_reading.take() {
            self.statistics(now, read);
        }
    }

    /// The second until now, and whether a data gap was before it, which is left out of everything.
    fn begin_second(&mut self, now: Timestamp) -> (Interval, bool) {
        let accepted = self.accepted.as_ref().map_or(now, |accepted| accepted.at);
        let last = self.last_data();
        let previous = self.last_sample_at.replace(now);
        let is_after_data_gap = previous.is_some_and(|previous| now - previous > DATA_GAP);
        let from = match previous {
            Some(previous) if !is_after_data_gap => previous,
            _ => now.before(SAMPLE_SPAN).max(accepted).max(last.unwrap_or(accepted)),
        };
        if is_after_data_gap {
            if let Some(last) = last.filter(|last| now - *last > DATA_GAP) {
                self.conditions.data_gap(last, from);
            }
            self.forget();
        }
        (Interval { from, to: now }, is_after_data_gap)
    }

    /// Judges the metrics that a sample has; the score waits for the reading that belongs to it.
    fn judge_metrics(
        &mut self,
        second: Interval,
        sample: &Sample,
        loss: Option<Percent>,
        ice_rtt: Option<Milliseconds>,
    ) {
        let is_late = self.loss.saw_reordering();
        let Self { metric_monitors, conditions, .. } = self;
        for monitor in metric_monitors {
            let value = match monitor.metric() {
                // The path's own is younger, and goes on when RTCP has stopped.
                Metric::Rtt => sample.rtt.filter(|_| ice_rtt.is_none()).map(|rtt| rtt.0),
                Metric::Jitter => sample.jitter.map(|jitter| jitter.0),
                Metric::PacketLoss => {
                    if let Some((packets, loss)) = sample.packets.zip(loss) {
                        monitor.observe_loss(second, packets, loss, is_late, conditions);
                    }
                    None
                }
                Metric::Mos => None,
            };
            if let Some(value) = value {
                monitor.observe(second, Value(value), conditions);
            }
        }
    }

    /// Keeps what the panel's charts show.
    fn record_history(
        &mut self,
        now: Timestamp,
        sample: &Sample,
        loss: Option<Percent>,
        ice_rtt: Option<Milliseconds>,
    ) {
        let elapsed = self.elapsed(now);
        self.history.record(
            elapsed,
            &[
                (Series::Rtt, ice_rtt.or(sample.rtt).map(|rtt| rtt.0)),
                (Series::Jitter, sample.jitter.map(|jitter| jitter.0)),
                (Series::PacketLoss, loss.map(|loss| loss.0)),
                (Series::AudioInput, sample.audio_input_level),
                (Series::AudioOutput, sample.audio_output_level),
            ],
        );
    }

    /// Judges whether audio flows, whether the microphone gives any, and the gaps in what is heard. `level`: the
    /// microphone's, whether it is measured or not.
    fn judge_media(&mut self, second: Interval, sample: &Sample, level: Option<f64>) {
        // Who is called speaks first.
        let speaks_first = self.context.direction.unwrap_or(self.parties.direction) == CallDirection::Incoming;
        let Self { conditions, .. } = self;
        self.received.observe(second, sample.bytes_received, conditions);
        if self.microphone.is_unavailable() {
            // Without a microphone nothing is sent: that is not the network.
            self.sent.forget();
        } else {
            self.sent.observe(second, sample.bytes_sent, conditions);
        }
        self.microphone.sent(sample.bytes_sent);
        self.microphone.observe(second, level, speaks_first, self.meter.is_working(), conditions);
        self.gaps.observe(second, sample.packets, sample.bytes_sent, conditions);
        self.causes.jitter(second.to, sample.jitter);
    }

    /// When the last data came that were taken.
    pub(super) fn last_data(&self) -> Option<Timestamp> {
        self.last_sample_at.max(self.last_reading.map(|(at, _)| at))
    }

    pub(super) fn statistics(&mut self, now: Timestamp, read: Statistics) {
        let read = Statistics { ice_rtt: self.ice_rtt.rtt(now, &read), ..read };
        let previous = self.last_reading.replace((now, read));
        let before = previous.filter(|(at, _)| now - *at <= DATA_GAP);
        let from = match before {
            Some((at, _)) if at == now => return,
            Some((at, _)) => at,
            None => now.before(SAMPLE_SPAN),
        };
        let second = Interval { from, to: now };
        let Self { metric_monitors, conditions, .. } = self;
        // The first reading's RTT is that of the sample before it, and a busy page's second reading that of the first.
        if let Some(rtt) = read.ice_rtt.filter(|_| before.is_some() && now - from >= SHORTEST_SECOND)
            && let Some(monitor) = metric_monitors.iter_mut().find(|monitor| monitor.metric() == Metric::Rtt)
        {
            monitor.observe(second, Value(rtt.0), conditions);
        }
        if let Some(LateAnswers { from, rtt }) = self.ice_rtt.late_answers() {
            self.record_late_answer(now, from, rtt);
        }
        self.judge_score(read.ice_rtt);
        let played = before.and_then(|(_, before)| before.played.zip(read.played));
        let jitter_buffer = before.and_then(|(_, before)| before.jitter_buffer.zip(read.jitter_buffer));
        let playout_quality = self.concealment.observe(played, jitter_buffer);
        self.summarisers.add_playout_quality(playout_quality);
        self.history.record(
            self.elapsed(now),
            &[
                (Series::OutboundPacketLoss, read.outbound_loss.map(|loss| loss.0)),
                (Series::Concealed, playout_quality.concealed.map(|concealed| concealed.0)),
                (Series::JitterBufferDelay, playout_quality.buffered.map(|delay| delay.0)),
            ],
        );
        let Self { conditions, .. } = self;
        if let Some(share) = before.and_then(|(_, before)| read.played?.gap_since(before.played?)) {
            self.gaps.concealed(second, share, conditions);
        }
        self.playout.observe(second, &read, conditions);
        self.causes.read(now, &read);
        self.endpoint.rtt(read.ice_rtt);
        self.endpoint.read(&read);
        if let Some(is_zero) = read.microphone_is_zero {
            self.microphone.read(now, is_zero, conditions);
        }
        if before.is_none() && previous.is_some() {
            self.outbound.forget();
        }
        self.outbound.observe(now, &read, conditions);
        // If the reading has a report, that knows better.
        if let Some(ended) = self.inbound_loss_ended_at.take() {
            self.outbound.inbound_is_over(now, ended, conditions);
        }
    }

    /// Records past high RTT from a late answer. One packet is the only witness, so it must exceed the threshold by
    /// [`LONE_RTT_RATIO`].
    fn record_late_answer(&mut self, now: Timestamp, from: Timestamp, rtt: Milliseconds) {
        let threshold =
            self.metric_monitors.iter().find(|monitor| monitor.metric() == Metric::Rtt).map(MetricMonitor::threshold);
        if let Some(threshold) = threshold.filter(|threshold| rtt.0 > LONE_RTT_RATIO * threshold.0) {
            self.conditions.record(ConditionName::HighRtt, now, (from, now), Some(Value(rtt.0)), Some(threshold));
        }
    }

    /// Judges MOS by the SDK's score or by our own with the ICE RTT, whichever is worse. The SDK's RTT is from its last RTCP
    /// report: once MOS was low, its score is ignored until that RTT changes.
    fn judge_score(&mut self, ice_rtt: Option<Milliseconds>) {
        let Some((second, Sample { mos: reported, jitter, packets, rtt, .. })) = self.scored.take() else {
            return;
        };
        let packets = packets.filter(|_| !self.loss.saw_reordering());
        let young = ice_rtt.zip(jitter).zip(packets.and_then(Packets::loss));
        let young = young.map(|((rtt, jitter), loss)| mos::estimate(rtt, jitter, loss));
        let is_worse = reported.is_some_and(|reported| young.is_none_or(|young| reported < young));
        if self.conditions.is_active(ConditionName::LowMos) {
            self.low_score_rtt = rtt;
        }
        let is_old = rtt.is_some() && self.low_score_rtt == rtt;
        let score = if is_worse && !(young.is_some() && is_old) { reported } else { young };
        self.history.record(self.elapsed(second.to), &[(Series::Mos, score.map(|score| score.0))]);
        let Self { metric_monitors, conditions, .. } = self;
        if let Some(score) = score
            && let Some(monitor) = metric_monitors.iter_mut().find(|monitor| monitor.metric() == Metric::Mos)
        {
            monitor.observe(second, Value(score.0), conditions);
        }
    }

    /// What was before a data gap says nothing about what comes after it.
    fn forget(&mut self) {
        // Each field by its name, so that a new one does not compile until it is handled here.
        let Self {
            loss,
            metric_monitors,
            received,
            sent,
            gaps,
            playout,
            causes,
            microphone,
            // Once the readings come again.
            outbound: _,
            ice_rtt: _,
            last_reading: _,
            early_reading: _,
            // These compare a sample or a reading only with one just before it.
            concealment: _,
            inbound_loss_ended_at: _,
            low_score_rtt: _,
            rtcp_rtt: _,
            scored: _,
            // What is known of the call, and stays true.
            parties: _,
            context: _,
            errors: _,
            accepted: _,
            latest: _,
            last_sample_at: _,
            conditions: _,
            summarisers: _,
            history: _,
            reports: _,
            monitoring: _,
            other_party: _,
            meter: _,
            endpoint: _,
            muted_speech: _,
            worst: _,
            explained: _,
        } = self;
        loss.forget();
        metric_monitors.iter_mut().for_each(MetricMonitor::forget);
        received.forget();
        sent.forget();
        gaps.forget();
        playout.forget();
        causes.forget();
        microphone.forget();
    }
}
