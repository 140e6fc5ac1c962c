//! Makes other people's texts safe to print: nothing in them moves a terminal's cursor, changes its colours, or
//! reverses the order of letters.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

/// Control characters (C0, DEL, C1), line and paragraph separators, and what changes the direction of writing.
fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// On one line, with control characters as JSON escapes them.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    escaped(text, is_control)
}

/// A text without control characters except line breaks.
#[must_use]
pub fn plain_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |character| is_control(character) && character != '\n')
}

fn escaped(text: &str, is_control: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_control) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_control(character) {
            // All of them are in the basic plane. Writing to a string does not fail.
            let _ = write!(escaped, "\\u{:04x}", character as u32);
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Says something on standard error, on one line. If nobody listens, or a disk is full, the work goes on all the same.
pub fn say(text: &str) {
    say_as_it_is(&plain(text));
}

/// The same of a text in which only line breaks remain.
pub fn say_lines(text: &str) {
    say_as_it_is(&plain_lines(text));
}

fn say_as_it_is(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Standard output, as [`writer`] has it.
#[must_use]
pub fn stdout() -> Box<dyn Write + Send> {
    writer(io::stdout())
}

/// Writes to `to`; if that is a terminal, control characters other than line ends are escaped.
#[must_use]
pub fn writer(to: impl Write + IsTerminal + Send + 'static) -> Box<dyn Write + Send> {
    if to.is_terminal() { Box::new(Plain::new(to)) } else { Box::new(to) }
}

/// What is written comes out plain.
struct Plain<W> {
    to: W,
    /// The beginning of a character whose end has not been written yet.
    rest: Vec<u8>,
}

impl<W: Write> Plain<W> {
    fn new(to: W) -> Self {
        Self { to, rest: Vec::new() }
    }
}

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        for part in all.utf8_chunks() {
            self.to.write_all(plain_lines(part.valid()).as_bytes())?;
            // No character has more than four bytes, so the part that is cut off is shorter.
            self.rest = part.invalid().to_vec();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_change_a_terminal_is_escaped_and_letters_of_any_script_are_not() {
        for (text, expected) in [
            ("a\u{1b}[2Jb\u{7}", "a\\u001b[2Jb\\u0007"),
            ("\u{9b}31m\u{7f}", "\\u009b31m\\u007f"),
            ("invoice\u{202e}txt.exe\u{2066}\u{200f}\u{61c}", "invoice\\u202etxt.exe\\u2066\\u200f\\u061c"),
            ("two\nlines\r\u{2028}\t", "two\\u000alines\\u000d\\u2028\\u0009"),
            ("Zoë, 顧客, עברית, 👩\u{200d}💻", "Zoë, 顧客, עברית, 👩\u{200d}💻"),
        ] {
            assert_eq!(plain(text), expected);
        }
        assert_eq!(plain_lines("two\nlines\r\n"), "two\nlines\\u000d\n");
    }

    #[test]
    fn what_is_written_byte_by_byte_comes_out_as_what_is_written_at_once() {
        let text = "ä\u{9b}顧\u{202e}👩\u{1b}\n,x";
        let mut out = Vec::new();
        let mut plain = Plain::new(&mut out);
        text.bytes().for_each(|byte| plain.write_all(&[byte]).unwrap());
        plain.flush().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "ä\\u009b顧\\u202e👩\\u001b\n,x");
    }
}
