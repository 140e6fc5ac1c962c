//! JSON: one object a recording, written while it is played.

use super::Output;
use crate::judged_call::{Findings, JudgedCall};
use crate::verdict_change::Compared;
use device_monitoring::Milliseconds;
use device_monitoring::replay::ReplayedCall;
use serde::Serialize;
use std::io::{self, Write};

/// Writes one JSON object for each recording.
pub(super) struct JsonLines<'a, W> {
    to: W,
    configurations: &'a [String],
    is_first_call: bool,
}

impl<'a, W: Write> JsonLines<'a, W> {
    pub(super) fn new(to: W, configurations: &'a [String]) -> Self {
        Self { to, configurations, is_first_call: true }
    }
}

impl<W: Write> Output for JsonLines<'_, W> {
    fn begin(&mut self, input: Option<&str>) -> io::Result<()> {
        self.is_first_call = true;
        write!(self.to, "{{\"file\":{},\"calls\":[", serde_json::to_string(&input)?)
    }

    fn call(&mut self, _: Option<&str>, judged: &JudgedCall) -> io::Result<()> {
        if judged.verdicts.iter().all(Option::is_none) {
            return Ok(());
        }
        let comma = if std::mem::take(&mut self.is_first_call) { "" } else { "," };
        write!(self.to, "{comma}{}", serde_json::to_string(&Call::new(judged, self.configurations))?)
    }

    fn end(&mut self, _: Option<&str>, findings: &Findings) -> io::Result<()> {
        writeln!(self.to, "],\"problems\":{}}}", serde_json::to_string(&findings.problems)?)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.to.flush()
    }
}

/// A call under the first configuration, and what becomes of it under the others.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Call<'a> {
    #[serde(flatten)]
    first: First<'a>,
    #[serde(flatten)]
    export: Option<Export<'a>>,
    /// With one configuration there is nothing to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<Vec<Compared<'a>>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum First<'a> {
    #[serde(rename_all = "camelCase")]
    Watched {
        #[serde(flatten)]
        call: &'a ReplayedCall,
        elapsed_ms: Milliseconds,
    },
    /// It is not watched under the first.
    #[serde(rename_all = "camelCase")]
    NotWatched { call_sid: Option<&'a str> },
}

/// What the verdict was drawn from.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Export<'a> {
    source: &'static str,
    estimate: bool,
    resolution_ms: u32,
    lacks: &'a [&'static str],
    measured: bool,
    measured_ms: i64,
}

impl<'a> Call<'a> {
    fn new(judged: &'a JudgedCall, configurations: &'a [String]) -> Self {
        let first = judged.verdicts.first().and_then(Option::as_ref);
        let others = configurations.iter().zip(&judged.verdicts).skip(1);
        let compared = others.map(|(configuration, call)| Compared::new(configuration, first, call.as_ref()));
        Self {
            first: match first {
                Some(call) => First::Watched { call, elapsed_ms: call.elapsed_ms },
                None => {
                    let call_sid = judged.verdicts.iter().flatten().next().and_then(|call| call.call_sid.as_deref());
                    First::NotWatched { call_sid }
                }
            },
            export: judged.origin.as_ref().map(|origin| Export {
                source: origin.source,
                estimate: origin.resolution_s > 1,
                resolution_ms: origin.resolution_s * 1000,
                lacks: &origin.lacks,
                measured: origin.is_measured,
                measured_ms: origin.measured_ms,
            }),
            compared: (configurations.len() > 1).then(|| compared.collect()),
        }
    }
}
