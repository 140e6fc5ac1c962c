//! The figures of docs/what-is-sent.md are those of the code.

use super::eviction::{MOST_CHARACTERS, MOST_ENTRIES};
use super::{FIRST_WAIT, KEPT_FOR, LONGEST_WAIT, NEEDS_ADMIN_WAIT, NUMBERS_FOR, RECEIVER_REFUSES_FOR, TIDY_EVERY};
use crate::alert::MOST_BYTES;
use crate::input::units::Milliseconds;

const DOCUMENT: &str = include_str!("../../docs/what-is-sent.md");
const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

fn spelt(number: f64) -> String {
    let words = ["one", "two", "three", "four", "five", "six", "seven"];
    (1..).zip(words).find(|(value, _)| f64::from(*value) == number).map_or(number.to_string(), |(_, word)| word.into())
}

#[test]
fn what_is_sent_md_has_the_figures_of_the_outbox() {
    let in_words = |time: Milliseconds, unit: f64| spelt(time.0 / unit);
    let seconds = FIRST_WAIT.0 / SECOND;
    assert_eq!((NEEDS_ADMIN_WAIT.0, TIDY_EVERY.0), (HOUR, HOUR), "the document has no number for an hour");
    for sentence in [
        format!(
            "again after {seconds} s, {} s and so on up to every {} minutes",
            2.0 * seconds,
            in_words(LONGEST_WAIT, MINUTE)
        ),
        "**Every hour**, if an admin has to act first".to_owned(),
        "at each start, and every hour while Flex is open".to_owned(),
        format!("**For {} day**, if a webhook's receiver refuses it", in_words(RECEIVER_REFUSES_FOR, DAY)),
        format!("after {} days at the latest, for all workers", in_words(NUMBERS_FOR, DAY)),
        format!("until the server has accepted it, or for {} days", in_words(KEPT_FOR, DAY)),
        format!("for {} more days", in_words(KEPT_FOR, DAY)),
        format!("At most {MOST_ENTRIES} alerts or a million characters are stored"),
        format!("An alert is smaller than {} KB", MOST_BYTES / 1024),
    ] {
        assert!(DOCUMENT.contains(&sentence), "{sentence}");
    }
    assert_eq!(MOST_CHARACTERS, 1_000_000);
}
