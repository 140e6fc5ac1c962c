//! Recorded calls of all agents, as the Function keeps them: read in pieces, the newest first, and put together (rule K3).
//! Anybody with an agent's token may have written any of it.

use crate::floor::{MAX_PIECES, PIECE_BYTES};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest text of a piece, in bytes of JSON: that of an item of Sync.
const LONGEST_PIECE: usize = 16_384;
/// Bytes of recordings that lack pieces, of all calls together: those of some dozens of calls. Pieces of a call lie beside
/// each other, so what has waited longest for its others does not get them any more.
const MAX_INCOMPLETE_BYTES: usize = 8_000_000;
/// Digits at the beginning of a key: when the call began, in milliseconds since 1970.
const DIGITS: usize = 13;

/// Which calls are wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wanted {
    /// Of this team; empty: of all. Capitals and blanks at the ends make no difference.
    pub team: String,
    /// That began then or later, in milliseconds since 1970.
    pub from: i64,
    /// So many at most, the newest.
    pub most: usize,
}

/// Whose call it was, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SharedCall {
    /// When it began, in milliseconds since 1970.
    pub started_at: i64,
    /// Its SID; empty where it is not known.
    pub call_sid: String,
    /// The worker's SID or pseudonym.
    pub worker: String,
    /// The worker's team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Which way it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// Bytes of its recording.
    pub bytes: usize,
}

/// A piece as the Function has written it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Piece {
    #[serde(default)]
    call_sid: String,
    worker: String,
    team: Option<String>,
    direction: Option<String>,
    started_at: i64,
    piece: usize,
    pieces: usize,
    bytes: usize,
    data: String,
    received_at: f64,
}

/// A recording as far as it has been read.
#[derive(Debug)]
struct Parts {
    call: SharedCall,
    of: usize,
    received_at: f64,
    pieces: BTreeMap<usize, Vec<u8>>,
    /// Which piece of all that were read was its last.
    read: u64,
}

impl Parts {
    fn is_complete(&self) -> bool {
        self.pieces.len() == self.of && self.bytes() == self.call.bytes
    }

    fn bytes(&self) -> usize {
        self.pieces.values().map(Vec::len).sum()
    }
}

/// Shared recordings that are being read.
#[derive(Debug, Default)]
pub struct SharedRecordings {
    wanted: Wanted,
    /// By the keys of their pieces, without the piece's number: oldest first.
    calls: BTreeMap<String, Parts>,
    /// Pieces read so far.
    read: u64,
    /// Bytes of those in `calls` that lack pieces.
    incomplete_bytes: usize,
    /// Calls that lacked pieces and are not kept any more.
    given_up: usize,
}

impl SharedRecordings {
    /// None yet.
    #[must_use]
    pub fn new(wanted: Wanted) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Keeps a piece (JSON), if it is of a wanted call.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn put(&mut self, key: &str, json: &str) -> Result<(), String> {
        if json.len() > LONGEST_PIECE {
            return Err("it is too long".to_owned());
        }
        let piece: Piece = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let data = BASE64_STANDARD.decode(&piece.data).map_err(|error| error.to_string())?;
        let is_possible = piece.pieces <= MAX_PIECES
            && piece.piece < piece.pieces
            && data.len() <= PIECE_BYTES
            && piece.bytes <= MAX_PIECES * PIECE_BYTES;
        let Some((call, _)) = key.rsplit_once('-').filter(|_| is_possible) else {
            return Err("it is no piece of a recording".to_owned());
        };
        if piece.started_at < self.wanted.from || !self.is_of_team(piece.team.as_deref()) {
            return Ok(());
        }
        let Piece { call_sid, worker, team, direction, started_at, pieces: of, bytes, received_at, .. } = piece;
        let call_of_piece = SharedCall { started_at, call_sid, worker, team, direction, bytes };
        let parts = self.calls.entry(call.to_owned()).or_insert_with(|| Parts {
            call: call_of_piece.clone(),
            of,
            received_at,
            pieces: BTreeMap::new(),
            read: 0,
        });
        let before = if parts.is_complete() { 0 } else { parts.bytes() };
        // What was recorded again, because the agent has reported a problem since, takes the place of what was before.
        if (parts.of, parts.call.bytes) != (of, bytes) {
            if received_at <= parts.received_at {
                return Ok(());
            }
            *parts = Parts { call: call_of_piece, of, received_at, pieces: BTreeMap::new(), read: 0 };
        }
        parts.received_at = parts.received_at.max(received_at);
        parts.pieces.insert(piece.piece, data);
        self.read += 1;
        parts.read = self.read;
        let after = if parts.is_complete() { 0 } else { parts.bytes() };
        self.incomplete_bytes = (self.incomplete_bytes + after).saturating_sub(before);
        self.give_up_some();
        Ok(())
    }

    /// Half of them at once, so that looking for them is rare.
    fn give_up_some(&mut self) {
        if self.incomplete_bytes <= MAX_INCOMPLETE_BYTES {
            return;
        }
        let incomplete = self.calls.iter().filter(|(_, parts)| !parts.is_complete());
        let mut incomplete: Vec<_> = incomplete.map(|(key, parts)| (parts.read, key.clone(), parts.bytes())).collect();
        incomplete.sort_unstable();
        for (_, key, bytes) in incomplete {
            if self.incomplete_bytes <= MAX_INCOMPLETE_BYTES / 2 {
                return;
            }
            self.calls.remove(&key);
            self.incomplete_bytes = self.incomplete_bytes.saturating_sub(bytes);
            self.given_up += 1;
        }
    }

    fn is_of_team(&self, team: Option<&str>) -> bool {
        let plain = |name: &str| name.trim().to_lowercase();
        let wanted = plain(&self.wanted.team);
        wanted.is_empty() || team.is_some_and(|team| plain(team) == wanted)
    }

    /// Whether nothing that is wanted can come behind this key, where a map is read from the newest to the oldest. Forgets
    /// those that are too many.
    pub fn is_enough(&mut self, key: &str) -> bool {
        let last = self.wanted.most.saturating_sub(1);
        let oldest = self.complete().rev().nth(last).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest {
            self.calls = self.calls.split_off(&oldest);
            self.incomplete_bytes = self.calls.values().filter(|parts| !parts.is_complete()).map(Parts::bytes).sum();
            if key < oldest.as_str() {
                return true;
            }
        }
        let began = key.get(..DIGITS).and_then(|digits| digits.parse::<i64>().ok());
        began.is_some_and(|began| began < self.wanted.from)
    }

    /// How many calls have all their pieces.
    #[must_use]
    pub fn count(&self) -> usize {
        self.complete().count()
    }

    /// How many calls lack some.
    #[must_use]
    pub fn incomplete(&self) -> usize {
        self.given_up + self.calls.len() - self.count()
    }

    fn complete(&self) -> impl DoubleEndedIterator<Item = (&String, &Parts)> {
        self.calls.iter().filter(|(_, parts)| parts.is_complete())
    }

    /// The wanted calls that have all their pieces, the newest first, each with its recording: a gzip file, if its writer
    /// has told the truth.
    #[must_use]
    pub fn into_calls(self) -> Vec<(SharedCall, Vec<u8>)> {
        let most = self.wanted.most;
        let complete = self.calls.into_values().rev().filter(Parts::is_complete).take(most);
        complete.map(|parts| (parts.call, parts.pieces.into_values().flatten().collect())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const HOUR: i64 = 3_600_000;
    const NOW: i64 = 1_795_000_000_000;

    fn packed(call: i64) -> Vec<u8> {
        (0..25_000).map(|index: i64| (index * 7 + call) as u8).collect()
    }

    /// The pieces of a call that began so many hours ago, with their keys.
    fn pieces(hours: i64, team: &str, packed: &[u8]) -> Vec<(String, Value)> {
        let started_at = NOW - hours * HOUR;
        let of = packed.len().div_ceil(PIECE_BYTES);
        let piece = |(piece, bytes): (usize, &[u8])| {
            let data = BASE64_STANDARD.encode(bytes);
            let document = json!({
                "version": 1, "callSid": format!("CA{hours}"), "worker": "WK1", "team": team, "direction": "inbound",
                "startedAt": started_at, "piece": piece, "pieces": of, "bytes": packed.len(), "data": data,
                "receivedAt": started_at + HOUR,
            });
            (format!("{started_at:013}-WK1-CA{hours}-{piece}"), document)
        };
        packed.chunks(PIECE_BYTES).enumerate().map(piece).collect()
    }

    fn put_all(shared: &mut SharedRecordings, pieces: &[(String, Value)]) {
        for (key, document) in pieces {
            shared.put(key, &document.to_string()).unwrap();
        }
    }

    fn wanted(team: &str, hours: i64, most: usize) -> SharedRecordings {
        SharedRecordings::new(Wanted { team: team.to_owned(), from: NOW - hours * HOUR, most })
    }

    fn sids(shared: SharedRecordings) -> Vec<String> {
        shared.into_calls().into_iter().map(|(call, _)| call.call_sid).collect()
    }

    #[test]
    fn recordings_are_put_together_whatever_the_order_of_their_pieces_and_those_that_lack_some_are_left_out() {
        let mut shared = wanted("", 100, 10);
        let (mut one, two, mut three) =
            (pieces(1, "Blue", &packed(1)), pieces(2, "Red", &packed(2)), pieces(3, "Red", &packed(3)));
        one.reverse();
        three.remove(1);
        for call in [&two, &one, &three] {
            put_all(&mut shared, call);
        }
        assert_eq!((shared.count(), shared.incomplete()), (2, 1));
        let calls = shared.into_calls();
        let found: Vec<_> = calls.iter().map(|(call, packed)| (call.call_sid.as_str(), packed.clone())).collect();
        assert_eq!(found, [("CA1", packed(1)), ("CA2", packed(2))]);
        assert_eq!(calls[0].0.team.as_deref(), Some("Blue"));
    }

    #[test]
    fn only_calls_of_the_wanted_team_and_time_are_kept() {
        let mut shared = wanted(" blue", 5, 10);
        for (hours, team) in [(1, "Blue"), (2, "Red"), (4, "BLUE"), (6, "Blue")] {
            put_all(&mut shared, &pieces(hours, team, &packed(hours)));
        }
        assert_eq!(sids(shared), ["CA1", "CA4"]);
    }

    #[test]
    fn reading_ends_when_there_are_enough_newer_calls_or_none_can_be_new_enough() {
        let mut shared = wanted("", 48, 2);
        let key = |hours: i64| pieces(hours, "Blue", &[1])[0].0.clone();
        put_all(&mut shared, &pieces(1, "Blue", &packed(1)));
        assert!(!shared.is_enough(&key(1)));
        assert!(shared.is_enough(&key(49)));
        put_all(&mut shared, &pieces(20, "Blue", &packed(20)));
        // Others of another map may still be newer than this one.
        assert!(!shared.is_enough(&key(19)));
        assert!(shared.is_enough(&key(21)));
        put_all(&mut shared, &pieces(3, "Blue", &packed(3)));
        assert!(shared.is_enough(&key(19)));
        assert_eq!(shared.count(), 2);
        assert_eq!(sids(shared), ["CA1", "CA3"]);
    }

    #[test]
    fn what_was_recorded_later_takes_the_place_of_what_was_before() {
        let (before, mut after) = (pieces(1, "Blue", &packed(1)), pieces(1, "Blue", &packed(2)[..24_000]));
        for (_, document) in &mut after {
            document["receivedAt"] = json!(NOW + 1000);
        }
        for order in [[&before, &after], [&after, &before]] {
            let mut shared = wanted("", 48, 10);
            for pieces in order {
                put_all(&mut shared, pieces);
            }
            let calls = shared.into_calls();
            assert_eq!(calls.len(), 1);
            assert_eq!(calls[0].1, packed(2)[..24_000]);
        }
    }

    #[test]
    fn what_is_no_piece_of_a_recording_is_refused_and_takes_no_room() {
        let mut shared = wanted("", 48, 10);
        let (key, document) = pieces(1, "Blue", &packed(1)).remove(0);
        for (name, value) in [
            ("pieces", json!(25)),
            ("piece", json!(3)),
            ("piece", json!(-1)),
            ("bytes", json!(1_000_000)),
            ("data", json!("no Base64!")),
            ("data", json!("QUFB".repeat(3601))),
            ("worker", json!(7)),
            ("startedAt", json!("today")),
        ] {
            let mut wrong = document.clone();
            wrong[name] = value;
            assert!(shared.put(&key, &wrong.to_string()).is_err(), "{name}");
        }
        assert!(shared.put("a key of another form", &document.to_string()).is_err());
        assert!(shared.put(&key, &format!("{document}{}", " ".repeat(10_000))).is_err());
        assert!(shared.calls.is_empty());
    }
    #[test]
    fn recordings_that_lack_pieces_take_little_room_however_many_there_are_and_keep_no_other_from_its_own() {
        let mut shared = wanted("", 100, 2000);
        let whole = pieces(1, "Blue", &packed(1));
        let (last, others) = whole.split_last().unwrap();
        for call in 0..4000 {
            let (key, document) = &pieces(2, "Blue", &packed(call))[1];
            shared.put(&format!("{key}{call}-1"), &document.to_string()).unwrap();
            if call == 3000 {
                put_all(&mut shared, others);
            }
            if call == 3100 {
                put_all(&mut shared, std::slice::from_ref(last));
            }
        }
        let kept: usize = shared.calls.values().map(Parts::bytes).sum();
        assert!(kept < 9_000_000, "{kept}");
        assert_eq!((shared.count(), shared.incomplete()), (1, 4000));
        assert_eq!(shared.into_calls()[0].1, packed(1));
    }
}
