//! JSON as programs write it, without a space or an escape, taken apart in one pass: nothing is kept but what is asked for.
//!
//! Most of what a month's recordings cost is reading them, and of a line only some numbers are wanted. serde_json and
//! sonic-rs, with structs for the same, make it three quarters as fast (docs/performance.md). Whatever is not of this plain
//! kind is not judged here: it is left to serde_json, which also says what is wrong with it.

/// Deeper than a recording's lines are; what is deeper is no such line.
const DEEPEST: usize = 8;
/// Powers of ten that a number with a fraction is divided by: up to here both are exact, so that the quotient is the
/// nearest there is.
const TENS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/// Digits that fit into the 53 bits of a number.
const EXACT_DIGITS: usize = 15;

/// What is left of a text.
pub(super) struct Scan<'a>(&'a [u8]);

/// A number as it is written: all its digits, and how many of them stand before and behind the point.
#[derive(Default)]
struct Written {
    negative: bool,
    digits: u64,
    whole: usize,
    fraction: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// Whether nothing comes any more, but for the end of the line.
    pub(super) fn is_over(&self) -> bool {
        self.0.trim_ascii_start().is_empty()
    }

    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn expect(&mut self, expected: u8) -> Option<()> {
        (self.take()? == expected).then_some(())
    }

    /// An object: `each` gets every name and has to take its value.
    pub(super) fn object(&mut self, mut each: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            return self.expect(b'}');
        }
        loop {
            let name = self.string()?;
            self.expect(b':')?;
            each(self, name)?;
            match self.take()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A text without escapes.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let length = plain_length(self.0);
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        self.expect(b'"')?;
        Some(text)
    }

    /// A number; `NaN` where something else stands.
    pub(super) fn number_or_nan(&mut self) -> Option<f64> {
        match self.peek()? {
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.skip().map(|()| f64::NAN),
        }
    }

    pub(super) fn number(&mut self) -> Option<f64> {
        let begin = self.0;
        let Written { negative, digits, whole, fraction } = self.written()?;
        let number = if whole + fraction <= EXACT_DIGITS {
            digits as f64 / TENS.get(fraction)?
        } else {
            let text = begin.get(usize::from(negative)..begin.len() - self.0.len())?;
            std::str::from_utf8(text).ok()?.parse().ok()?
        };
        Some(if negative { -number } else { number })
    }

    /// A number's digits, taken but not made into one.
    fn written(&mut self) -> Option<Written> {
        let negative = self.peek()? == b'-';
        if negative {
            self.take()?;
        }
        let begins_with_zero = self.peek()? == b'0';
        let mut written = Written { negative, ..Written::default() };
        written.whole = self.digits(&mut written.digits);
        if written.whole == 0 || begins_with_zero && written.whole > 1 {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.take()?;
            written.fraction = self.digits(&mut written.digits);
            if written.fraction == 0 {
                return None;
            }
        }
        // With an exponent it is rare: none of the SDK's values is so large or small.
        (!matches!(self.peek(), Some(b'e' | b'E'))).then_some(written)
    }

    /// How many come, added to the value behind what it has.
    fn digits(&mut self, value: &mut u64) -> usize {
        let (mut rest, mut sum) = (self.0, *value);
        while let Some((digit @ b'0'..=b'9', after)) = rest.split_first() {
            // What is too long for it is read in another way.
            sum = sum.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            rest = after;
        }
        let count = self.0.len() - rest.len();
        (self.0, *value) = (rest, sum);
        count
    }

    /// Any value.
    pub(super) fn skip(&mut self) -> Option<()> {
        self.skip_within(DEEPEST)
    }

    fn skip_within(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.written().map(drop),
            b'{' if depth > 0 => self.object(|scan, _| scan.skip_within(depth - 1)),
            b'[' if depth > 0 => {
                self.expect(b'[')?;
                if self.peek()? == b']' {
                    return self.expect(b']');
                }
                loop {
                    self.skip_within(depth - 1)?;
                    match self.take()? {
                        b',' => {}
                        b']' => return Some(()),
                        _ => return None,
                    }
                }
            }
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => None,
        }
    }

    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }
}

/// How many bytes come before a quotation mark, a backslash or a control character: eight at a time, and most names are
/// not much longer.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let mut length = 0;
    let mut rest = bytes;
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        // The high bit of each byte that is less than what is taken away, and of none before the first such; bytes beyond
        // ASCII, whose high bit is set, are plain (Warren, Hacker's Delight, 6-1).
        let quotes = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
        let escapes = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
        let controls = word.wrapping_sub(ONES * 0x20);
        let special = (quotes | escapes | controls) & !word & HIGH;
        if special != 0 {
            return length + special.trailing_zeros() as usize / 8;
        }
        length += 8;
        rest = after;
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    length + rest.iter().position(is_special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_at_the_first_byte_that_is_not_plain_wherever_it_is() {
        for special in ['"', '\\', '\n', '\u{1f}', '\0'] {
            for before in 0..30 {
                for after in 0..10 {
                    let text =
                        "é".repeat(before / 2) + &"x".repeat(before) + &special.to_string() + &"\"".repeat(after);
                    let expected = text.bytes().position(|byte| byte == special as u8).unwrap();
                    assert_eq!(plain_length(text.as_bytes()), expected, "{text:?}");
                }
            }
        }
        assert_eq!(plain_length("plain, and not ended ü".as_bytes()), 23);
    }

    #[test]
    fn numbers_are_the_nearest_to_what_is_written() {
        for text in [
            "0",
            "-0",
            "7",
            "-12",
            "0.5",
            "4.4312",
            "1795327694121.506",
            "123456789012345",
            "0.000000000000001",
            "16038",
            "99999999999999.9",
            "1234567890123456789",
            "0.1234567890123456789",
            "18446744073709551616",
            "-3.25",
        ] {
            let number = Scan::new(text.as_bytes()).number().unwrap();
            assert_eq!(number.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_json_is_left_to_others() {
        for text in [
            "01",
            "-",
            "1.",
            ".5",
            "+1",
            "1e5",
            "1E5",
            "-a",
            "tru",
            "nul",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "\"a\\n\"",
            " 1",
            "[1 ]",
        ] {
            let mut scan = Scan::new(text.as_bytes());
            assert!(scan.skip().is_none() || !scan.is_over(), "{text}");
        }
        let deep = "[".repeat(20) + &"]".repeat(20);
        assert!(Scan::new(deep.as_bytes()).skip().is_none());
        for text in ["{}", "[]", "[1,-2.5,\"x\",null,true,false,{\"a\":[{}]}]", "{\"a\":{\"b\":1}}\r"] {
            let mut scan = Scan::new(text.as_bytes());
            assert!(scan.skip().is_some() && scan.is_over(), "{text}");
        }
    }
}
