//! The pieces in which a recording is shared.

use super::fixtures::{PIECE_SCHEMA, STARTED, valid};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use device_monitoring::floor::{Recording, RecordingPiece};
use device_monitoring::{CallDirection, Config};

#[test]
fn the_pieces_of_a_shared_recording_are_what_the_server_takes_and_are_the_recording_when_put_together() {
    let call_sid = format!("CA{}", "1".repeat(32));
    let worker_sid = format!("WK{}", "2".repeat(32));
    for (bytes, pieces) in [(2, 1), (10_800, 1), (10_801, 2), (21_000, 2), (24 * 10_800, 24)] {
        let packed: Vec<u8> = (0..bytes).map(|index: usize| (index * 7) as u8).collect();
        let recording = Recording {
            call_sid: Some(&call_sid),
            started_at: STARTED,
            direction: Some(CallDirection::Outgoing),
            packed: &packed,
            is_amended: false,
        };
        let mut joined = Vec::new();
        let all = RecordingPiece::all_of(&recording, &Config::default(), Some(&worker_sid));
        assert_eq!(all.len(), pieces, "{bytes} bytes");
        for (index, piece) in all.iter().enumerate() {
            assert!(piece.document().len() <= 15_360, "{} bytes", piece.document().len());
            let document = valid(piece.document(), &PIECE_SCHEMA);
            assert_eq!(document["piece"], index);
            assert_eq!([&document["pieces"], &document["bytes"]], [pieces, bytes]);
            assert_eq!([&document["callSid"], &document["workerSid"]], [&call_sid, &worker_sid]);
            assert_eq!(document["direction"], "outbound");
            joined.extend(BASE64_STANDARD.decode(document["data"].as_str().unwrap()).unwrap());
        }
        assert_eq!(joined, packed);
    }
}
