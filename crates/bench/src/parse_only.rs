//! Parsers that only parse: what any program that reads this file has to do at least.
//!
//! Every line becomes a value that can be asked for anything: a tree (sonic-rs), or the flat tape of one (simd-json).
//! Both are read as `replay` reads, in blocks from the file, on as many processors.

use anyhow::{Context, Result, anyhow};
use memchr::{memchr_iter, memrchr};
use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const BLOCK: usize = 1 << 20;

/// A well-maintained parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parser {
    Sonic,
    Simd,
}

impl Parser {
    pub(crate) const ALL: [Self; 2] = [Self::Sonic, Self::Simd];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sonic => "sonic-rs",
            Self::Simd => "simd-json",
        }
    }

    /// How long it takes to parse every line of a file.
    pub(crate) fn time(self, file: &Path, threads: u64) -> Result<Duration> {
        let length = file.metadata()?.len();
        let started = Instant::now();
        thread::scope(|scope| {
            let part =
                |index| scope.spawn(move || self.parse(file, length * index / threads, length * (index + 1) / threads));
            let parts: Vec<_> = (0..threads).map(part).collect();
            parts.into_iter().try_for_each(|part| part.join().map_err(|_| anyhow!("a thread failed"))?)
        })?;
        Ok(started.elapsed())
    }

    /// Every line that begins between these bytes.
    fn parse(self, path: &Path, from: u64, to: u64) -> Result<()> {
        let mut file = File::open(path)?;
        // The line before belongs to the part before, with its end.
        let mut at = from.saturating_sub(1);
        file.seek(SeekFrom::Start(at))?;
        let mut skips = from > 0;
        let (mut block, mut buffers, mut line) = (Vec::new(), simd_json::Buffers::default(), Vec::new());
        loop {
            let is_over = file.by_ref().take(BLOCK as u64).read_to_end(&mut block)? == 0;
            let end = memrchr(b'\n', &block).map_or(0, |end| end + 1);
            let mut start = 0;
            for next in memchr_iter(b'\n', block.get(..end).unwrap_or_default()) {
                let bytes = block.get(start..next).unwrap_or_default();
                let begins = at + start as u64;
                start = next + 1;
                if std::mem::take(&mut skips) {
                    continue;
                }
                if begins >= to {
                    return Ok(());
                }
                match self {
                    Self::Sonic => {
                        black_box(sonic_rs::from_slice::<sonic_rs::Value>(bytes).context("a line is not JSON")?);
                    }
                    Self::Simd => {
                        // It parses in place.
                        line.clear();
                        line.extend_from_slice(bytes);
                        black_box(
                            simd_json::to_tape_with_buffers(&mut line, &mut buffers).context("a line is not JSON")?,
                        );
                    }
                }
            }
            at += end as u64;
            block.drain(..end);
            if is_over {
                return Ok(());
            }
        }
    }
}
