//! JSON values in bytes, one after the other: on a line each, without anything between them (as Firehose joins them), or
//! with byte order marks in between (as joined files have them).

use super::json_stream::{self, Elements, Metered, Room};
use device_monitoring::replay::recording::LONGEST_LINE;
use serde_json::value::RawValue;
use std::io::{self, BufRead, Read};

/// Some editors begin a file with it.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Iterates over the JSON values in a block of bytes.
pub(super) struct Values<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Why there is no value where there should be one.
#[derive(Debug)]
pub(crate) struct NotJson {
    /// From 1, in the bytes.
    pub(super) column: usize,
    /// It breaks off.
    pub(super) is_cut: bool,
    message: String,
}

impl NotJson {
    pub(crate) fn new(error: &serde_json::Error, before: usize) -> Self {
        let full = error.to_string();
        let message = full.split(" at line ").next().unwrap_or_default().to_owned();
        Self { column: before + error.column(), is_cut: error.is_eof(), message }
    }

    pub(crate) fn message(&self) -> String {
        format!("not JSON at column {}: {}", self.column, self.message)
    }
}

impl<'a> Values<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

/// A value as it is written.
#[derive(Debug)]
pub(super) struct Written<'a> {
    json: &'a str,
    /// Bytes before it.
    before: usize,
}

impl<'a> Written<'a> {
    pub(super) fn json(&self) -> &'a str {
        self.json
    }

    /// Hands over what is in it.
    pub(super) fn read(&self, to: &mut dyn Elements) -> Result<(), NotJson> {
        let room = Room::default();
        let read = if self.json.len() <= LONGEST_LINE {
            json_stream::read(&mut serde_json::Deserializer::from_str(self.json), &room, to)
        } else {
            let reader = Metered { reader: self.json.as_bytes(), room: room.clone() };
            json_stream::read(&mut serde_json::Deserializer::from_reader(reader), &room, to)
        };
        read.map_err(|error| NotJson::new(&error, self.before))
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Result<Written<'a>, NotJson>;

    /// After a broken value, there are no more.
    fn next(&mut self) -> Option<Self::Item> {
        let rest = loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let trimmed = without_space_before(rest);
            let trimmed = trimmed.strip_prefix(BYTE_ORDER_MARK).unwrap_or(trimmed);
            self.at += rest.len() - trimmed.len();
            if trimmed.len() == rest.len() {
                break rest;
            }
        };
        if rest.is_empty() {
            return None;
        }
        let mut stream = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
        let before = self.at;
        match stream.next()? {
            Ok(value) => {
                self.at += stream.byte_offset();
                Some(Ok(Written { json: value.get(), before }))
            }
            Err(error) => {
                self.at = self.bytes.len();
                Some(Err(NotJson::new(&error, before)))
            }
        }
    }
}

/// Without JSON's white space before it. ASCII's has the form feed too, which no reader of JSON takes for one (RFC 8259).
fn without_space_before(bytes: &[u8]) -> &[u8] {
    bytes.get(bytes.iter().take_while(|byte| is_space(byte)).count()..).unwrap_or_default()
}

/// The same on both sides.
pub(super) fn without_space_around(bytes: &[u8]) -> &[u8] {
    let bytes = without_space_before(bytes);
    let after = bytes.iter().rev().take_while(|byte| is_space(byte)).count();
    bytes.get(..bytes.len() - after).unwrap_or_default()
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A stream with a space for each byte of a byte order mark between values. Within texts they stay.
pub(crate) struct WithoutMarks<R> {
    reader: R,
    bytes: Vec<u8>,
    /// What of them has been read, and what may be.
    at: usize,
    ready: usize,
    in_text: bool,
    is_escaped: bool,
}

const CHUNK: usize = 1 << 16;

impl<R: Read> WithoutMarks<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, bytes: Vec::new(), at: 0, ready: 0, in_text: false, is_escaped: false }
    }

    /// Fetches more; what may be the beginning of a mark is kept for the next time.
    fn fetch(&mut self) -> io::Result<()> {
        self.bytes.drain(..self.ready);
        (self.at, self.ready) = (0, 0);
        let waiting = self.bytes.len();
        self.bytes.resize(waiting + CHUNK, 0);
        let read = self.reader.read(self.bytes.get_mut(waiting..).unwrap_or_default());
        self.bytes.truncate(waiting + *read.as_ref().unwrap_or(&0));
        let is_over = read? == 0;
        while let Some(rest) = self.bytes.get_mut(self.ready..).filter(|rest| !rest.is_empty()) {
            if !self.in_text && rest.starts_with(BYTE_ORDER_MARK) {
                rest.iter_mut().take(BYTE_ORDER_MARK.len()).for_each(|byte| *byte = b' ');
                self.ready += BYTE_ORDER_MARK.len();
            } else if !self.in_text
                && !is_over
                && rest.len() < BYTE_ORDER_MARK.len()
                && BYTE_ORDER_MARK.starts_with(rest)
            {
                break;
            } else if let Some(byte) = rest.first() {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = self.in_text,
                    b'"' => self.in_text = !self.in_text,
                    _ => {}
                }
                self.ready += 1;
            }
        }
        Ok(())
    }
}

impl<R: Read> BufRead for WithoutMarks<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // If there is only the beginning of a mark, this is not the end.
        while self.at == self.ready {
            let waiting = self.bytes.len() - self.ready;
            self.fetch()?;
            if self.bytes.len() <= waiting {
                break;
            }
        }
        Ok(self.bytes.get(self.at..self.ready).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl<R: Read> Read for WithoutMarks<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(to)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_need_nothing_between_them_and_may_have_marks() {
        let values = Values::new("\u{feff}{\"a\":1}{\"b\":2} \u{feff}[3]\u{feff}\u{feff} {x".as_bytes());
        let read: Vec<_> = values.map(|value| value.map(|value| value.json).map_err(|error| error.message())).collect();
        let error = "not JSON at column 33: key must be a string".to_owned();
        assert_eq!(read, [Ok("{\"a\":1}"), Ok("{\"b\":2}"), Ok("[3]"), Err(error)]);
    }

    /// Reads no more than so many bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let most = to.len().min(self.1);
            self.0.read(to.get_mut(..most).unwrap_or_default())
        }
    }

    #[test]
    fn marks_between_values_become_spaces_wherever_a_stream_is_cut() {
        let text = "\u{feff}{\"a\u{feff}\\\"\u{feff}\":1}\u{feff}\u{feff}{} \u{feff}";
        let expected = "   {\"a\u{feff}\\\"\u{feff}\":1}      {}    ";
        for step in [1, 2, 3, 5, 100] {
            let mut read = String::new();
            WithoutMarks::new(Slow(text.as_bytes(), step)).read_to_string(&mut read).unwrap();
            assert_eq!(read, expected, "{step}");
        }
        let mut read = Vec::new();
        WithoutMarks::new(&b"1 \xef\xbb"[..]).read_to_end(&mut read).unwrap();
        assert_eq!(read, b"1 \xef\xbb");
    }
}
