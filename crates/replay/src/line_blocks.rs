//! A stream cut into blocks of whole lines.

use device_monitoring::replay::recording::LONGEST_LINE;
use memchr::{memchr, memrchr};
use std::io::{self, Read};

/// Small enough that the blocks of a round stay in the processor's cache, large enough that handing one over is nothing.
const BLOCK: usize = 1 << 17;

/// Whole lines. The buffer is reused without clearing it, because clearing costs as much as reading.
#[derive(Default)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    length: usize,
}

impl Block {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Reads so many bytes behind what is there, or less at the end.
    fn read_more(&mut self, reader: &mut impl Read, wanted: usize) -> io::Result<usize> {
        let (before, most) = (self.length, self.length + wanted);
        if self.bytes.len() < most {
            self.bytes.resize(most, 0);
        }
        while let Some(free) = self.bytes.get_mut(self.length..most).filter(|free| !free.is_empty()) {
            match reader.read(free) {
                Ok(0) => break,
                Ok(read) => self.length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.length - before)
    }

    fn append(&mut self, more: &[u8]) {
        self.bytes.truncate(self.length);
        self.bytes.extend_from_slice(more);
        self.length = self.bytes.len();
    }

    /// Takes these bytes out.
    fn remove(&mut self, from: usize, to: usize) {
        self.bytes.copy_within(to..self.length, from);
        self.length -= to - from;
    }
}

/// Cuts a stream into blocks of whole lines.
pub(crate) struct Blocks<R> {
    reader: R,
    /// The beginning of a line whose end is in the next block.
    rest: Vec<u8>,
    /// The line that is too long goes on.
    skips: bool,
    is_over: bool,
    /// What went wrong, until what came before it has been handed over.
    failed: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, rest: Vec::new(), skips: false, is_over: false, failed: None }
    }

    /// The next lines, each with its end, but perhaps the very last. Of a line that is longer than a line can be, only one
    /// byte more than that is there.
    pub(crate) fn next(&mut self, mut block: Block) -> io::Result<Option<Block>> {
        block.length = 0;
        block.append(&self.rest);
        self.rest.clear();
        while !self.is_over {
            let before = block.length;
            let wanted = BLOCK.saturating_sub(before).max(BLOCK / 4);
            self.is_over = block.read_more(&mut self.reader, wanted).unwrap_or_else(|error| {
                self.failed = Some(error);
                0
            }) < wanted;
            if self.skips {
                let end = block.bytes().get(before..).and_then(|new| memchr(b'\n', new));
                self.skips = end.is_none();
                block.remove(before, end.map_or(block.length, |end| before + end + 1));
            }
            let end = block.bytes().get(before..).and_then(|new| memrchr(b'\n', new)).map(|end| before + end + 1);
            if let Some(end) = end {
                self.rest.extend_from_slice(block.bytes().get(end..).unwrap_or_default());
                block.length = end;
                return Ok(Some(block));
            }
            if block.length > LONGEST_LINE {
                block.length = LONGEST_LINE + 1;
                block.append(b"\n");
                self.skips = true;
                return Ok(Some(block));
            }
        }
        match self.failed.take() {
            // A line that it broke off in is none.
            Some(error) => Err(error),
            None => Ok(Some(block).filter(|block| block.length > 0)),
        }
    }
}

/// The lines of a block, with their ends.
pub(crate) fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = block;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, after) = rest.split_at(memchr(b'\n', rest).map_or(rest.len(), |end| end + 1));
        rest = after;
        Some(line)
    })
}

/// The lines of a stream, each with its end and its number, which begins at 1.
pub(crate) struct NumberedLines<R> {
    blocks: Blocks<R>,
    block: Block,
    /// So many bytes of the block have been handed over.
    passed: usize,
    number: usize,
}

impl<R: Read> NumberedLines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { blocks: Blocks::new(reader), block: Block::default(), passed: 0, number: 0 }
    }

    /// No iterator, because a line is borrowed until the next is asked for.
    pub(crate) fn next(&mut self) -> io::Result<Option<(usize, &[u8])>> {
        if self.passed >= self.block.length {
            self.passed = 0;
            let spent = std::mem::take(&mut self.block);
            match self.blocks.next(spent)? {
                Some(block) => self.block = block,
                None => return Ok(None),
            }
        }
        let line = lines(self.block.bytes().get(self.passed..).unwrap_or_default()).next().unwrap_or_default();
        self.passed += line.len();
        self.number += 1;
        Ok(Some((self.number, line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads no more than so many bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let most = to.len().min(self.1);
            self.0.read(to.get_mut(..most).unwrap_or_default())
        }
    }

    struct Failing;

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("worn out"))
        }
    }

    fn all_lines(bytes: &[u8], step: usize) -> Vec<Vec<u8>> {
        let mut blocks = Blocks::new(Slow(bytes, step));
        let mut all = Vec::new();
        while let Some(block) = blocks.next(Block::default()).unwrap() {
            all.extend(lines(block.bytes()).map(|line| line.strip_suffix(b"\n").unwrap_or(line).to_vec()));
        }
        all
    }

    #[test]
    fn lines_are_the_same_wherever_a_stream_is_cut() {
        let text: String = (0..40_000).map(|n| format!("{n} {}\n", "x".repeat(n % 37))).collect();
        let expected: Vec<_> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
        for step in [1000, 4096, BLOCK, usize::MAX] {
            assert!(all_lines(text.as_bytes(), step) == expected, "{step}");
        }
    }

    #[test]
    fn lines_have_numbers_across_blocks_and_the_failure_comes_behind_the_last() {
        let text: String = (1..=40_000).map(|n| format!("{n}\n")).collect();
        let mut lines = NumberedLines::new(text.as_bytes().chain(Failing));
        let mut count = 0;
        let error = loop {
            match lines.next() {
                Ok(Some((number, line))) => {
                    count += 1;
                    assert_eq!((number, line), (count, format!("{count}\n").as_bytes()));
                }
                Ok(None) => panic!("the failure is lost"),
                Err(error) => break error,
            }
        };
        assert_eq!((count, error.to_string().as_str()), (40_000, "worn out"));
        assert!(lines.next().unwrap().is_none());
    }

    #[test]
    fn the_last_line_needs_no_end_and_blank_ones_are_lines() {
        assert_eq!(all_lines(b"a\n\n\nb", 1), [&b"a"[..], b"", b"", b"b"]);
        assert_eq!(all_lines(b"", 1), Vec::<Vec<u8>>::new());
        assert_eq!(all_lines(b"\n", 1), [b""]);
    }

    #[test]
    fn what_was_read_before_a_failure_is_there_but_for_the_line_that_it_broke_off_in() {
        let mut blocks = Blocks::new(b"a\nb\nc".chain(Failing));
        let block = blocks.next(Block::default()).unwrap().unwrap();
        assert_eq!(block.bytes(), b"a\nb\n");
        assert_eq!(blocks.next(Block::default()).err().unwrap().to_string(), "worn out");
        assert!(blocks.next(Block::default()).unwrap().is_none());
    }

    #[test]
    fn of_a_line_that_is_too_long_no_more_is_kept_than_shows_it() {
        let long = [&b"first\n"[..], &vec![b'x'; 3 * LONGEST_LINE], b"\nlast"].concat();
        for step in [70_001, usize::MAX] {
            let lengths: Vec<_> = all_lines(&long, step).iter().map(Vec::len).collect();
            assert_eq!(lengths, [5, LONGEST_LINE + 1, 4], "{step}");
        }
        assert_eq!(all_lines(&vec![b'x'; 2 * LONGEST_LINE], 70_001).len(), 1);
    }
}
