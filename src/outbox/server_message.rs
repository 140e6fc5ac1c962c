//! What a server says of an alert, made fit for the console and for keeping.

use crate::quotation::shortened;

/// How many characters are kept of what a server says: more would push other alerts out of the storage.
const LONGEST_MESSAGE: usize = 300;
/// No phone number has fewer digits.
const MIN_DIGITS: usize = 7;
/// How many characters that are no letters may be between two of its digits.
const MAX_GAP: usize = 3;

/// On one line, and without what something on the way may repeat of the request: a phone number, and the token, which is
/// longer than any word.
pub(super) fn on_one_line(message: &str) -> String {
    let line: String = message.chars().filter(|one| !is_unseen(*one)).collect();
    let words: Vec<_> = without_phone_numbers(&line).split(' ').map(shortened).collect();
    words.join(" ").chars().take(LONGEST_MESSAGE).collect()
}

/// Breaks lines, changes the direction of what follows, or shows nothing.
fn is_unseen(one: char) -> bool {
    let is_mark =
        matches!(one, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    one.is_control() || is_mark || one == '\u{feff}'
}

fn without_phone_numbers(line: &str) -> String {
    let mut told = String::new();
    let mut number = Number::default();
    for one in line.chars() {
        if !number.takes(one) {
            number.end(&mut told);
            told.push(one);
        }
    }
    number.end(&mut told);
    told
}

/// What begins with a digit and may be a phone number.
#[derive(Default)]
struct Number {
    text: String,
    digits: usize,
    /// How much of the text is behind its last digit.
    gap: String,
}

impl Number {
    fn takes(&mut self, one: char) -> bool {
        if one.is_numeric() {
            self.digits += 1;
            self.text.push_str(&std::mem::take(&mut self.gap));
            self.text.push(one);
            return true;
        }
        let is_inside = self.digits > 0 && !one.is_alphabetic() && self.gap.chars().count() < MAX_GAP;
        if is_inside {
            self.gap.push(one);
        }
        is_inside
    }

    fn end(&mut self, told: &mut String) {
        let Self { text, digits, gap } = std::mem::take(self);
        told.push_str(if digits < MIN_DIGITS { &text } else { "…" });
        told.push_str(&gap);
    }
}
