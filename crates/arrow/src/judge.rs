//! One call: its rows, packed and in any order, played through the engine that watches live calls.

use crate::error::Result;
use crate::outcome::Outcome;
use crate::row_bytes::{self, Rare, SampleNumbers, StatsNumbers};
use device_monitoring::replay::recording::{self, Content};
use device_monitoring::replay::{Calls, NO_BEGINNING, ReplayOutput};
use device_monitoring::{
    CandidatePair, Configuration, Event, Inbound, MediaPlayout, MediaSource, RawSample, RawStatistics, RemoteInbound,
    RemoteOutbound, Sample, Statistics, Timestamp,
};
use serde_json::{Map, Value};

/// So many problems of one call are told.
const MAX_PROBLEMS: usize = 20;

/// Judges calls, one after the other.
#[derive(Debug)]
pub struct Judge {
    calls: Calls,
    /// Whether each configuration watches calls at all.
    watches: Vec<bool>,
}

impl Judge {
    /// By these configurations.
    #[must_use]
    pub fn new(configurations: &[Configuration]) -> Self {
        let watches = configurations.iter().map(|configuration| configuration.config.enabled).collect();
        Self { calls: Calls::new(configurations, 1), watches }
    }

    /// What each configuration says of the call whose rows these are, in their order.
    ///
    /// # Errors
    /// The rows were not packed by [`crate::RowPacker`].
    pub fn judge(&mut self, packed: &[u8]) -> Result<Vec<Outcome>> {
        // Of the call before, nothing is left, whatever became of it.
        self.calls.clear();
        let mut output = ReplayOutput::default();
        let mut problems = Vec::new();
        self.play(packed, &mut output, &mut problems)?;
        Ok(self.outcomes(output, problems))
    }

    fn play(&mut self, packed: &[u8], output: &mut ReplayOutput, problems: &mut Vec<String>) -> Result<()> {
        let calls = &mut self.calls;
        for (index, row) in row_bytes::in_order(packed)?.iter().enumerate() {
            let at = Timestamp(row.at);
            let body = row.body()?;
            if let Some(numbers) = body.sample {
                let event = Event::Sample(Sample::from(sample(numbers)));
                calls.process(index, at, "", Content::Event(event), output);
            }
            if let Some(numbers) = body.stats {
                let event = Event::Statistics(Statistics::from(statistics(numbers)));
                calls.process(index, at, "", Content::Event(event), output);
            }
            match body.rare.map(|rare| content(&rare)) {
                None | Some(Ok(Content::Unknown(_))) => {}
                Some(Ok(content)) => calls.process(index, at, "", content, output),
                Some(Err(problem)) if problems.len() < MAX_PROBLEMS => problems.push(problem),
                Some(Err(_)) => {}
            }
        }
        calls.finish(output);
        Ok(())
    }

    fn outcomes(&self, mut output: ReplayOutput, mut problems: Vec<String>) -> Vec<Outcome> {
        output.amended.into_iter().for_each(|amended| amended.apply(&mut output.finished));
        let judged = output.finished.len();
        if judged > 1 {
            problems.push(format!("{judged} calls have this CallSid: this is the last"));
        }
        // What has no beginning has ended, and has its own sentence.
        if judged > 0 && output.problems.iter().any(|problem| problem.message != NO_BEGINNING) {
            problems.push("another call that has this CallSid has no end".to_owned());
        }
        let verdicts = output.finished.pop().map(|finished| finished.verdicts);
        let outcome = |(index, watches): (usize, &bool)| match verdicts.as_ref().map(|all| all.get(index)) {
            Some(Some(Some(call))) => Outcome::new(call, problems.clone()),
            None => Outcome::none(&problems, "it has no end"),
            Some(_) if !watches => Outcome::none(&problems, "it is not watched: enabled is false"),
            Some(_) => Outcome::none(&problems, "it was never accepted"),
        };
        self.watches.iter().enumerate().map(outcome).collect()
    }
}

/// What an event says that does not come every second: read as a line of a recording is.
fn content(rare: &Rare) -> Result<Content, String> {
    let fields = rare.detail.as_deref().map(serde_json::from_str::<Map<String, Value>>).transpose();
    let not_json = |error| format!("{:.60}: detail is no JSON object: {error}", Value::from(rare.kind.as_str()));
    recording::read_fields(&rare.kind, fields.map_err(not_json)?.unwrap_or_default())
}

fn sample(numbers: SampleNumbers) -> RawSample {
    let [jitter, rtt, packets_lost, packets_received, packets_sent, mos, bytes_received, bytes_sent, input, output] =
        numbers;
    RawSample {
        jitter,
        rtt,
        packets_lost,
        packets_received,
        packets_sent,
        mos,
        bytes_received,
        bytes_sent,
        audio_input_level: input,
        audio_output_level: output,
    }
}

fn statistics(numbers: StatsNumbers) -> RawStatistics {
    let [
        path_rtt,
        responses_received,
        fraction_lost,
        remote_packets_lost,
        measurements,
        reports_sent,
        remote_timestamp,
        concealed,
        silent_concealed,
        total,
        jitter_buffer_delay,
        jitter_buffer_emitted_count,
        lost,
        received,
        level,
        concealment_events,
        synthesized,
        played,
        echo_return_loss,
        echo_return_loss_enhancement,
    ] = numbers;
    RawStatistics {
        candidate_pair: CandidatePair { current_round_trip_time: path_rtt, responses_received },
        remote_inbound: RemoteInbound {
            fraction_lost,
            packets_lost: remote_packets_lost,
            round_trip_time_measurements: measurements,
        },
        remote_outbound: RemoteOutbound { reports_sent, remote_timestamp },
        inbound: Inbound {
            concealed_samples: concealed,
            silent_concealed_samples: silent_concealed,
            total_samples_received: total,
            jitter_buffer_delay,
            jitter_buffer_emitted_count,
            packets_lost: lost,
            packets_received: received,
            concealment_events,
        },
        media_source: MediaSource { audio_level: level, echo_return_loss, echo_return_loss_enhancement },
        media_playout: MediaPlayout { synthesized_samples_duration: synthesized, total_samples_duration: played },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]
mod tests {
    use super::*;
    use crate::configurations::Configurations;
    use crate::history_columns::Columns;
    use crate::row_bytes::RowPacker;
    use crate::schema::{SAMPLE, STATS};
    use crate::{recordings, rows};
    use std::array;
    use std::collections::BTreeMap;
    use std::fs::File;
    use std::io::BufReader;
    use std::path::Path;

    #[test]
    fn each_column_of_a_second_is_the_number_that_recordings_have_under_its_name() {
        let raw = serde_json::to_value(sample(array::from_fn(|index| index as f64))).unwrap();
        for (index, (column, name)) in SAMPLE.iter().enumerate() {
            assert_eq!(raw[name].as_f64(), Some(index as f64), "{column}");
        }
        let raw = serde_json::to_value(statistics(array::from_fn(|index| index as f64))).unwrap();
        for (index, (column, part, name)) in STATS.iter().enumerate() {
            assert_eq!(raw[part][name].as_f64(), Some(index as f64), "{column}");
        }
    }

    /// The packed rows of each call in a recording.
    fn packed(name: &str) -> Vec<Vec<u8>> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings").join(name);
        let (mut rows, mut packer) = (Vec::new(), RowPacker::default());
        let each = |line: recordings::Line| {
            rows.push(line.unwrap());
            Ok(())
        };
        recordings::read(name, BufReader::new(File::open(path).unwrap()), each).unwrap();
        let columns = Columns::from_batch(&rows::batch(&rows).unwrap()).unwrap();
        let mut calls: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            columns.pack(index, &mut packer, calls.entry(&row.call_sid).or_default()).unwrap();
        }
        calls.into_values().collect()
    }

    #[test]
    fn a_call_is_judged_as_if_it_were_the_first() {
        let Configurations { all, .. } = Configurations::named(r#"{"a":{"lowMosThreshold":4.2},"b":{}}"#).unwrap();
        let names = ["loss5.jsonl", "rtt600.jsonl", "lab/second_call_after_bad_one.jsonl", "loss5.jsonl"];
        let calls: Vec<Vec<u8>> = names.into_iter().flat_map(packed).collect();
        assert!(calls.len() >= names.len());
        let mut judge = Judge::new(&all);
        for rows in &calls {
            let alone = Judge::new(&all).judge(rows).unwrap();
            assert_eq!(judge.judge(rows).unwrap(), alone);
            // Half of it has no end.
            let half = (rows.len() / 2..).find(|end| row_bytes::in_order(&rows[..*end]).is_ok()).unwrap();
            assert_ne!(judge.judge(&rows[..half]).unwrap(), alone);
            assert_eq!(judge.judge(rows).unwrap(), alone);
        }
    }
}
