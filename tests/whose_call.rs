//! The rules about whose call it is and who is there (D6, V1, V1a) against a plain model of them: each moment looks back
//! at everything that Flex has said until then.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support;
use crate::support::flex_state::fact;
use proptest::prelude::*;
use serde_json::{Value, json};

/// For how long a silent microphone may be that of somebody who waits: of an agent who was called, and of one who
/// calls.
const DEAD_AFTER: [i64; 2] = [10_500, 40_000];
const SHORT: i64 = 10_000;

/// A fact and the second after the half of which Flex says it; the call's length in seconds.
fn call() -> impl Strategy<Value = (Vec<(i64, Value)>, i64)> {
    let facts = prop::collection::vec((0_i64..90, fact()), 0..8);
    (facts, 1_i64..100).prop_map(|(mut facts, seconds)| {
        facts.sort_by_key(|(second, _)| *second);
        facts.dedup_by_key(|(second, _)| *second);
        facts.retain(|(second, _)| *second < seconds);
        (facts.into_iter().map(|(second, fact)| (second * 1000 + 500, fact)).collect(), seconds * 1000)
    })
}

struct Plain<'a>(&'a [(i64, Value)]);

impl Plain<'_> {
    fn until(&self, at: i64, kind: &'static str) -> impl DoubleEndedIterator<Item = &(i64, Value)> {
        self.0.iter().filter(move |(at_ms, fact)| *at_ms <= at && fact["type"] == kind)
    }

    fn is_listener(&self, at: i64) -> bool {
        let is_own = self.until(at, "task").any(|(_, task)| task["taskSid"].is_string());
        self.until(at, "monitoring").next().is_some() && !is_own
    }

    fn is_outbound(&self, at: i64) -> bool {
        self.until(at, "task").rev().find_map(|(_, task)| task["direction"].as_str()) == Some("outbound")
    }

    fn present(conference: &Value) -> Vec<&Value> {
        let others = conference["others"].as_array().unwrap().iter();
        others.filter(|other| other["status"] == "joined" && other["type"] != "supervisor").collect()
    }

    fn is_held(&self, at: i64) -> bool {
        self.until(at, "conference").next_back().is_some_and(|(_, conference)| {
            let present = Self::present(conference);
            conference["onHold"] == true || !present.is_empty() && present.iter().all(|other| other["onHold"] == true)
        })
    }

    fn rests(&self, at: i64) -> bool {
        let is_muted = self.until(at, "monitoring").next_back().is_some_and(|(_, fact)| fact["speaking"] == false);
        self.is_held(at) || self.is_listener(at) && is_muted
    }

    fn is_short(&self, ended: i64) -> bool {
        let mut known = self.until(ended, "conference").peekable();
        if self.is_listener(ended) {
            false
        } else if self.is_outbound(ended) && known.peek().is_some() {
            known.find(|(_, fact)| !Self::present(fact).is_empty()).is_some_and(|(at, _)| ended - at < SHORT)
        } else {
            ended < SHORT
        }
    }

    /// The stretches in which a microphone that never gives any sound is known not to work.
    fn dead(&self, ended: i64) -> Vec<[i64; 2]> {
        let mut moments: Vec<i64> = self.0.iter().map(|(at, _)| *at).collect();
        moments.insert(0, 0);
        let mut dead = Vec::new();
        let mut from = None;
        for at in moments.into_iter().chain([ended]) {
            let stops = at == ended || self.rests(at);
            if let Some(start) = from.filter(|_| stops) {
                let is_known = |second: i64| second - start >= DEAD_AFTER[usize::from(self.is_outbound(second))];
                if (start / 1000 + 1..=at / 1000).any(|second| is_known(second * 1000)) {
                    // The last second of silence that was heard.
                    dead.push([start, at / 1000 * 1000]);
                }
                from = None;
            } else if !stops {
                from = from.or(Some(at));
            }
        }
        dead
    }
}

proptest! {
    #[test]
    fn the_engine_says_what_the_plain_model_says((facts, ended) in call()) {
        let sample = json!({
            "jitter": 3, "rtt": 40, "packetsLost": 0, "packetsReceived": 50, "mos": 4.41, "bytesReceived": 8000,
            "bytesSent": 8000, "audioInputLevel": 0, "audioOutputLevel": 6000
        });
        let mut lines = vec![(0, json!({"type": "accept"}))];
        lines.extend((1..=ended / 1000).map(|second| (second * 1000, json!({"type": "sample", "sample": sample}))));
        lines.extend(facts.iter().cloned());
        lines.sort_by_key(|(at, _)| *at);
        lines.push((ended, json!({"type": "disconnect"})));
        let lines: Vec<String> = lines.into_iter().map(|(at, mut line)| {
            line["ms"] = json!(at);
            line.to_string()
        }).collect();
        let configuration = json!({"warningDurPctThreshold": 100});
        let replayed = support::play(&configuration, lines.iter().map(String::as_str));
        prop_assert_eq!(&replayed.problems, &vec![]);
        let call = &replayed.calls[0];

        let plain = Plain(&facts);
        prop_assert_eq!(!call.reasons.is_empty(), plain.is_short(ended), "{:?}", call.reasons);
        let silent = call.conditions.iter().filter(|condition| condition.name.as_str() == "constant-audio-input-level");
        let dead: Vec<[i64; 2]> = silent
            .flat_map(|condition| &condition.episodes)
            .map(|episode| [episode.start_ms.0 as i64, episode.end_ms.0 as i64])
            .collect();
        prop_assert_eq!(dead, plain.dead(ended));
    }
}
