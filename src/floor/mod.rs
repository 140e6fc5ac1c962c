//! What every call tells the floor, the admin view's page of who is in trouble now (rules K1 and K2): a card when the
//! call has ended, and beats while it lasts; and, where they are shared, recorded calls in pieces (rule K3).
//!
//! Cards and beats are small: a contact centre has thousands of calls an hour, and Twilio Sync holds them. [`overview`] is what
//! supervisors see of them.

mod beat;
mod card;
mod card_timeline;
mod incident_keys;
pub mod overview;
mod recording_pieces;

pub use beat::Beat;
pub(crate) use beat::{BeatLimits, BeatTimer, ReportedCall};
pub use card::Card;
pub(crate) use recording_pieces::{MAX_PIECES, PIECE_BYTES};
pub use recording_pieces::{Recording, RecordingPiece};

use crate::config::Config;

/// Longest foreign text in a card, in characters: a version has some ten, an edge some fifteen.
const LONGEST_TEXT: usize = 16;
/// Length of a SID, in characters.
const LONGEST_SID: usize = 34;

/// Removes what a single line cannot hold, and cuts a text to this many characters.
fn cut(text: &str, longest: usize) -> String {
    // Of ASCII alone: others take up to twelve bytes in JSON.
    text.chars().filter(|character| character.is_ascii_graphic() || *character == ' ').take(longest).collect()
}

/// Whose call it is, where the admin lets workers be named.
fn worker<'a>(config: &Config, worker_sid: Option<&'a String>) -> Option<&'a String> {
    worker_sid.filter(|_| config.report_workers)
}
