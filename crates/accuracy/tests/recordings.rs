//! Which recordings are held out, wherever the checkout lies.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use accuracy::recordings;
use std::fs;
use std::path::Path;

#[test]
fn the_folders_above_a_checkout_do_not_make_its_recordings_held_out() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check/held-out/checkout");
    let line = "{\"ms\":0,\"type\":\"accept\"}\n";
    for (folder, name) in [("lab", "tuned"), ("held-out", "held_out"), ("held-out/check", "scored_last")] {
        let folder = root.join("tests/recordings").join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name).with_extension("jsonl"), line).unwrap();
    }
    let mut found: Vec<_> = recordings::all(&root).unwrap();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    let found: Vec<_> = found.iter().map(|file| (file.name.as_str(), file.held_out, file.check)).collect();
    assert_eq!(found, [("held_out", true, false), ("scored_last", true, true), ("tuned", false, false)]);
}
