//! docs/reports/accuracy.md says what the recordings give.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use accuracy::concealment_as_heard::Sound;
use accuracy::report_data::Figures;
use accuracy::scored::Scored;
use accuracy::{causes, document, false_alarm_rate, recordings};
use std::fs;
use std::path::Path;

#[test]
fn the_document_says_what_the_recordings_give() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let calls: Vec<Scored> = recordings::all(&root).unwrap().iter().flat_map(Scored::all).collect();
    let firefox: Vec<Scored> = recordings::in_firefox(&root).unwrap().iter().flat_map(Scored::all).collect();
    let sounds: Vec<Sound> = recordings::with_sound(&root).unwrap().iter().filter_map(Sound::new).collect();
    let causes = causes::scores(&root).unwrap();
    let figures = Figures::new(&calls, &firefox, &sounds, &causes, false_alarm_rate::notices_an_hour());
    let written = fs::read_to_string(root.join("docs/reports/accuracy.md")).unwrap_or_default();
    let current = written == document::text(&figures);
    assert!(current, "the engine or the recordings have changed: run `cargo xtask accuracy`, and read what it says");
}
