//! The outbox over a storage in which anything may be, and under any answers.

use super::storage::{Texts, WORKER};
use crate::input::units::{Milliseconds, WallTime};
use crate::outbox::{Answer, Entry, Next, Outbox, Session};

/// Each moment reads all entries; more of both tell nothing more.
const MAX_ENTRIES: usize = 40;
const MAX_MOMENTS: usize = 100;

/// What is in the browser's storage, as others and time have left it: the bytes are entries, apart by a byte 0, and
/// behind the last of them what happens.
///
/// # Panics
///
/// When an entry is not read as it was written, or numbers stay that must go.
pub fn outbox(input: &[u8]) {
    let mut parts: Vec<&[u8]> = input.split(|byte| *byte == 0).collect();
    let mut happens = parts.pop().unwrap_or_default().iter().copied().take(MAX_MOMENTS);
    let texts = Texts::default();
    for (number, part) in parts.iter().take(MAX_ENTRIES).enumerate() {
        let text = String::from_utf8_lossy(part).into_owned();
        let mut place = if number % 4 == 3 { format!("call/tab/{number}") } else { format!("alert/{number}") };
        if let Ok(entry) = Entry::parse(&text) {
            assert_eq!(Entry::parse(&entry.to_text()).as_ref(), Ok(&entry), "read as written");
            // But for some, under which a stranger has laid them.
            if number % 4 < 2 {
                place = format!("alert/{}", entry.id);
            }
        }
        texts.lay(&format!("device-monitoring/{WORKER}/{place}"), &text);
    }

    let mut outbox = Outbox::new(texts.clone(), Some(WORKER));
    let session = Session { token: Some("token".to_owned()), worker_sid: Some(WORKER.to_owned()) };
    let mut now = WallTime(1e12);
    let checkpoints = outbox.checkpoints();
    outbox.adopt(now, &checkpoints, None);
    while let Some(step) = happens.next() {
        now = now.after(Milliseconds(f64::from(step) * 1000.0 - 60_000.0));
        match outbox.next(now, &session, f64::from(step) / 255.0) {
            Next::Post(entry) => {
                assert!(entry.refused.is_none() && entry.attempts > 0);
                let status = 100 + 4 * u16::from(happens.next().unwrap_or_default());
                let retry_after = happens.next().map(|seconds| Milliseconds(f64::from(seconds) * 1000.0));
                let answer = Answer::Http {
                    status,
                    error: None,
                    message: Some("why\n".to_owned()),
                    retry_after,
                    refused: Vec::new(),
                    finished_actions: None,
                };
                outbox.answered(now, &entry.id, Some("token"), &answer);
                let is_taken = (200..300).contains(&status);
                // An answer that says nothing of further actions has taken the first.
                let is_left =
                    |left: &Entry| left.id == entry.id && !left.form.actions().eq(entry.form.actions().skip(1));
                assert!(!is_taken || !outbox.entries().iter().any(is_left), "taken, and still there");
            }
            Next::Wait(span) => assert!(span.0 > 0.0 && span.0.is_finite(), "{span:?}"),
            Next::Nothing => outbox.retry_soon(now, 0.5),
        }
    }
    outbox.tidy(now, true);
    assert!(outbox.entries().iter().all(|entry| !entry.form.has_numbers()), "logged out");
    let _ = outbox.take_log();
}
