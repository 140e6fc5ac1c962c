//! A recorded call on its way to those who try thresholds on the calls of all agents: packed, in pieces that Twilio Sync can
//! keep (rule K3). What is in it is what the browser keeps of the call: no phone numbers, no names, no audio.

use super::{LONGEST_SID, cut, worker};
use crate::config::Config;
use crate::input::event::CallDirection;
use crate::input::units::WallTime;
use crate::serde_helpers::json;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

/// Changes when a field changes its meaning or goes; new fields do not change it.
const VERSION: u32 = 1;
/// Bytes of a recording in one piece. In Base64, and with what stands beside them, an item of Sync (16 KiB) has room for them.
pub(crate) const PIECE_BYTES: usize = 10_800;
/// A longer recording, of some two hours, is not shared.
pub(crate) const MAX_PIECES: usize = 24;

/// What was recorded of a call that is over.
#[derive(Clone, Copy, Debug)]
pub struct Recording<'a> {
    /// The call's SID, where it is known.
    pub call_sid: Option<&'a str>,
    /// When it began.
    pub started_at: WallTime,
    /// Which way it was made, where that is known.
    pub direction: Option<CallDirection>,
    /// What was recorded, as a gzip file.
    pub packed: &'a [u8],
    /// It was shared before, and its agent has reported a problem since.
    pub is_amended: bool,
}

/// A piece of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingPiece {
    id: String,
    document: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker_sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<CallDirection>,
    /// In milliseconds since 1970.
    started_at: i64,
    /// Which of them it is, from 0.
    piece: usize,
    pieces: usize,
    /// Of the whole recording.
    bytes: usize,
    data: String,
}

impl RecordingPiece {
    /// The pieces of a recording; none of one that is too long.
    #[must_use]
    pub fn all_of(recording: &Recording<'_>, config: &Config, worker_sid: Option<&str>) -> Vec<Self> {
        let Recording { call_sid, started_at, direction, packed, is_amended } = *recording;
        let pieces = packed.len().div_ceil(PIECE_BYTES);
        if pieces > MAX_PIECES {
            return Vec::new();
        }
        let sid = |sid: &str| cut(sid, LONGEST_SID);
        let (call_sid, worker_sid) = (call_sid.map(sid), worker_sid.map(sid));
        let started_at = started_at.unix_millis();
        let call = match (&call_sid, &worker_sid) {
            (Some(sid), _) => sid.clone(),
            (None, worker) => format!("{}-{started_at}", worker.as_deref().unwrap_or("unknown")),
        };
        let beside = if is_amended { "-report" } else { "" };
        let piece = |(piece, bytes): (usize, &[u8])| Self {
            id: format!("recording-{call}-{piece}{beside}"),
            document: json(&Document {
                version: VERSION,
                call_sid: call_sid.as_deref(),
                worker_sid: worker(config, worker_sid.as_ref()).map(String::as_str),
                direction,
                started_at,
                piece,
                pieces,
                bytes: packed.len(),
                data: BASE64_STANDARD.encode(bytes),
            }),
        };
        packed.chunks(PIECE_BYTES).enumerate().map(piece).collect()
    }

    /// What names it in the browser.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The piece as it is sent: one line of JSON, an object.
    #[must_use]
    pub fn document(&self) -> &str {
        &self.document
    }
}
