//! What others record of a browser's peer connections: the dump of Chromium's `webrtc-internals` page, and dumps of
//! rtcStats. Both have the statistics of webrtc-stats and nothing of the Voice SDK.
//!
//! A dump says everything about its connections itself, so each is played as a call when it ends, like a recording's calls
//! and unlike those of Twilio's exports. A reader turns the dump into the reports of a moment (`report`); of these, the
//! call's are chosen (`reading`) as in the browser, made into seconds (`seconds`) and played (`connection`).

mod connection;
mod internals;
mod report;
mod rtcstats;
#[cfg(feature = "command")]
mod rtcstats_writer;
mod seconds;
mod snapshot;

#[cfg(feature = "command")]
pub use rtcstats_writer::Export;

use crate::judged_call::{CallSink, Findings};
use crate::line_blocks::lines;
use crate::sources::without_mark;
use connection::Judging;
use device_monitoring::Configuration;
use memchr::memmem;
use std::io::{self, Read};

/// Lines at the beginning of an input that are looked at: the first may be broken.
const MAX_LINES_TO_RECOGNISE: usize = 20;
/// What only a dump of `webrtc-internals` has, near its beginning.
const CONNECTIONS: &[u8] = b"\"PeerConnections\"";

/// Whose dump it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dump {
    /// A dump of the page `webrtc-internals`.
    WebrtcInternals,
    /// A dump of rtcStats.
    RtcStats,
}

impl Dump {
    /// By the beginning of an input; `None` if it is no dump.
    #[must_use]
    pub fn detect(head: &[u8]) -> Option<Self> {
        let first = || lines(head).map(without_mark).filter(|line| !line.is_empty()).take(MAX_LINES_TO_RECOGNISE);
        let begin = first().next()?;
        if begin == rtcstats::HEADER || first().any(rtcstats::is_plain_event) {
            return Some(Self::RtcStats);
        }
        (begin.starts_with(b"{") && memmem::find(head, CONNECTIONS).is_some()).then_some(Self::WebrtcInternals)
    }

    /// Reads it, and hands over each call under these configurations.
    ///
    /// # Errors
    /// What `each` fails with. What cannot be read is among the findings.
    pub fn play(
        self,
        reader: impl Read,
        configurations: &[Configuration],
        keeps_series: bool,
        each: CallSink<'_>,
    ) -> io::Result<Findings> {
        let judging = Judging { source: self.name(), configurations, keeps_series };
        let mut findings = match self {
            Self::WebrtcInternals => internals::read(reader, &judging, each)?,
            Self::RtcStats => rtcstats::read(reader, &judging, each)?,
        };
        if !findings.is_about_a_call && findings.is_flawless() {
            findings.notes.push(NO_CALL.into());
        }
        Ok(findings)
    }

    /// Its name in reports.
    fn name(self) -> &'static str {
        match self {
            Self::WebrtcInternals => "webrtc-internals",
            Self::RtcStats => "rtcstats",
        }
    }
}

const NO_CALL: &str = "none of its peer connections has audio";
