//! The first form in which entries were stored: ten lines of text. Read, and not written any more.

use super::Entry;
use super::entry::is_object;
use crate::alert::Form;
use crate::input::units::{Milliseconds, WallTime};

/// How such a text begins.
pub(super) const FIRST_LINE: &str = "1\n";

/// Reads the lines after the first.
pub(super) fn parse(lines: &str) -> Option<Entry> {
    let lines: Vec<&str> = lines.split('\n').collect();
    let &[state, id, numbers, reason, issues, caller_id, dnis, action, document] = lines.as_slice() else {
        return None;
    };
    // Cut off is the commonest damage, and the server could not read it.
    if id.is_empty() || !is_object(document) {
        return None;
    }
    let (mut refused, mut waiting, mut receiver_refuses_since) = (None, None, None);
    match state {
        "pending" => {
            // Since when the receiver has refused it, or 0, and why it waits; an empty line where nothing is known.
            if let Some((since, reason)) = reason.split_once(' ')
                && let Some(since) = whole(since)
            {
                waiting = Some(without_controls(reason));
                receiver_refuses_since = Some(WallTime(since)).filter(|since| since.0 > 0.0);
            }
        }
        "refused" => refused = Some(without_controls(reason)),
        _ => return None,
    }
    let numbers = numbers.split(' ').map(whole).collect::<Option<Vec<_>>>()?;
    let &[created, tried, wait, asked, attempts] = numbers.as_slice() else {
        return None;
    };
    Some(Entry {
        id: id.to_owned(),
        created: WallTime(created),
        attempts: attempts as u32,
        tried: WallTime(tried),
        backoff: Milliseconds(wait),
        server_pause: Milliseconds(asked),
        refused,
        last_problem: waiting,
        receiver_refuses_since,
        form: Form {
            issues: issues.to_owned(),
            caller_id: caller_id.to_owned(),
            dnis: dnis.to_owned(),
            action: action.to_owned(),
            further_actions: Vec::new(),
            document: document.to_owned(),
        },
    })
}

fn without_controls(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

/// Digits alone.
fn whole(digits: &str) -> Option<f64> {
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole { digits.parse::<u64>().ok().map(|number| number as f64) } else { None }
}
