//! Rows that wait on disk, divided into parts, all in one file without a name: a file for each part would be more than
//! some systems let a program open.

use super::row::Row;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

/// Bytes of a part that are written at once.
const BLOCK: usize = 1 << 14;

/// Rows on disk, in parts.
pub(super) struct Spool {
    file: File,
    /// Bytes in it.
    end: u64,
    parts: Vec<Part>,
}

#[derive(Default)]
struct Part {
    /// What has not been written yet.
    waiting: Vec<u8>,
    /// Where the rest is, in its order.
    blocks: Vec<Block>,
}

#[derive(Clone, Copy)]
struct Block {
    from: u64,
    length: u64,
}

impl Spool {
    /// An empty one.
    ///
    /// # Errors
    /// When no file can be made for it.
    pub(super) fn new(parts: usize) -> io::Result<Self> {
        let parts = (0..parts).map(|_| Part::default()).collect();
        Ok(Self { file: tempfile::tempfile()?, end: 0, parts })
    }

    /// Puts a row into a part; one that does not exist takes nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn push(&mut self, part: usize, row: &Row) -> io::Result<()> {
        let Some(Part { waiting, blocks }) = self.parts.get_mut(part) else { return Ok(()) };
        let bytes = postcard::to_stdvec(row).map_err(io::Error::other)?;
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        waiting.extend_from_slice(&length.to_le_bytes());
        waiting.extend_from_slice(&bytes);
        if waiting.len() < BLOCK {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(waiting)?;
        let length = waiting.len() as u64;
        blocks.push(Block { from: self.end, length });
        self.end += length;
        waiting.clear();
        Ok(())
    }

    /// Takes the rows of a part, in the order in which they came.
    pub(super) fn take(&mut self, part: usize) -> impl Iterator<Item = io::Result<Row>> {
        let Part { waiting, blocks } = self.parts.get_mut(part).map(std::mem::take).unwrap_or_default();
        let written = Written { file: &mut self.file, blocks: blocks.into_iter(), left: 0 };
        let mut reader = BufReader::new(written.chain(io::Cursor::new(waiting)));
        let (mut length, mut bytes) = ([0; 4], Vec::new());
        let mut read = move || -> io::Result<Option<Row>> {
            match reader.read_exact(&mut length) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                result => result?,
            }
            bytes.resize(u32::from_le_bytes(length) as usize, 0);
            reader.read_exact(&mut bytes)?;
            postcard::from_bytes(&bytes).map(Some).map_err(io::Error::other)
        };
        std::iter::from_fn(move || read().transpose())
    }
}

/// The bytes of a part that were written.
struct Written<'a> {
    file: &'a mut File,
    blocks: std::vec::IntoIter<Block>,
    /// Bytes of the block that is being read.
    left: u64,
}

impl Read for Written<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            let Some(Block { from, length }) = self.blocks.next() else { return Ok(0) };
            self.file.seek(SeekFrom::Start(from))?;
            self.left = length;
        }
        let read = Read::by_ref(self.file).take(self.left).read(into)?;
        if read == 0 {
            return Err(io::Error::other("what was put aside on disk is no longer there"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}
