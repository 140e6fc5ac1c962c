//! A stream cut into blocks of whole lines.

use device_monitoring::recording::LONGEST_LINE;
use memchr::{memchr, memrchr};
use std::io::{self, Read};

/// Small enough that the blocks of a round stay in the processor's cache, large enough that handing one over is nothing.
const BLOCK: usize = 1 << 18;

/// See the module's description.
pub(crate) struct Blocks<R> {
    reader: R,
    /// The beginning of a line whose end is in the next block.
    rest: Vec<u8>,
    /// The line that is too long goes on.
    skips: bool,
    is_over: bool,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, rest: Vec::new(), skips: false, is_over: false }
    }

    /// The next lines, each with its end, but perhaps the very last. Of a line that is longer than a line can be, only one
    /// byte more than that is there.
    pub(crate) fn next(&mut self, mut block: Vec<u8>) -> io::Result<Option<Vec<u8>>> {
        block.clear();
        block.append(&mut self.rest);
        while !self.is_over {
            let before = block.len();
            let wanted = BLOCK.saturating_sub(before).max(BLOCK / 4);
            self.is_over = self.reader.by_ref().take(wanted as u64).read_to_end(&mut block)? == 0;
            if self.skips {
                let end = block.get(before..).and_then(|new| memchr(b'\n', new));
                self.skips = end.is_none();
                block.drain(before..end.map_or(block.len(), |end| before + end + 1));
            }
            let end = block.get(before..).and_then(|new| memrchr(b'\n', new)).map(|end| before + end + 1);
            if let Some(end) = end {
                self.rest.extend_from_slice(block.get(end..).unwrap_or_default());
                block.truncate(end);
                return Ok(Some(block));
            }
            if block.len() > LONGEST_LINE {
                block.truncate(LONGEST_LINE + 1);
                block.push(b'\n');
                self.skips = true;
                return Ok(Some(block));
            }
        }
        Ok(Some(block).filter(|block| !block.is_empty()))
    }
}

/// The lines of a block, without their ends.
pub(crate) fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = block;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, after) = rest.split_at(memchr(b'\n', rest).map_or(rest.len(), |end| end + 1));
        rest = after;
        Some(line.strip_suffix(b"\n").unwrap_or(line))
    })
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

    fn all_lines(bytes: &[u8], step: usize) -> Vec<Vec<u8>> {
        let mut blocks = Blocks::new(Slow(bytes, step));
        let mut all = Vec::new();
        while let Some(block) = blocks.next(Vec::new()).unwrap() {
            all.extend(lines(&block).map(<[u8]>::to_vec));
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
    fn the_last_line_needs_no_end_and_blank_ones_are_lines() {
        assert_eq!(all_lines(b"a\n\n\nb", 1), [&b"a"[..], b"", b"", b"b"]);
        assert_eq!(all_lines(b"", 1), Vec::<Vec<u8>>::new());
        assert_eq!(all_lines(b"\n", 1), [b""]);
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
