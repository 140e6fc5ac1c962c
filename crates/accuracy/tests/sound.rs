//! What the engine counts as severely concealed agrees with what was heard.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use accuracy::concealment_as_heard::{HeardSecond, Sound};
use accuracy::recording::File;
use accuracy::recordings;
use std::path::Path;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn in_any_thirty_seconds_the_engine_counts_what_was_heard_but_for_one() {
    let files = recordings::with_sound(&root()).unwrap();
    let sounds: Vec<Sound> = files.iter().filter_map(Sound::new).collect();
    assert!(sounds.len() >= 6 && sounds.len() == files.len());
    for sound in sounds {
        let (counted, heard) = sound.counts();
        assert!(sound.seconds.len() >= 50, "{}: {} seconds", sound.name, sound.seconds.len());
        assert!(counted > 0 && heard > 0 && heard < sound.seconds.len(), "{}: {counted}, {heard}", sound.name);
        assert!(sound.worst_difference() <= 1, "{}: {}", sound.name, sound.worst_difference());
    }
}

#[test]
fn two_counts_are_compared_wherever_thirty_seconds_begin() {
    let second = |counted, heard| HeardSecond { counted, heard };
    let alike = std::iter::repeat_n(second(false, false), 40);
    let seconds = alike.chain([second(true, false); 2]).chain([second(false, true); 2]).collect();
    let sound = Sound { name: "lab".to_owned(), seconds };
    assert_eq!((sound.counts(), sound.differing(), sound.worst_difference()), ((2, 2), 4, 2));
}

#[test]
fn where_nobody_listened_there_is_nothing_to_compare() {
    let file = File::parse("lab".to_owned(), r#"{"ms":0,"type":"accept"}"#.to_owned());
    assert_eq!(Sound::new(&file), None);
}
