//! JSON: one object a recording, written while it is played.

use super::Output;
use crate::change::Change;
use crate::judged::{Findings, Judged, Origin};
use device_monitoring::json::{Json, Writer, to_json};
use device_monitoring::replay::ReplayedCall;
use device_monitoring::units::Milliseconds;
use std::io::{self, Write};

/// See the module's description.
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
        write!(self.to, "{{\"file\":{},\"calls\":[", to_json(&input))
    }

    fn call(&mut self, _: Option<&str>, judged: &Judged) -> io::Result<()> {
        if judged.verdicts.iter().all(Option::is_none) {
            return Ok(());
        }
        let comma = if std::mem::take(&mut self.is_first_call) { "" } else { "," };
        write!(self.to, "{comma}{}", to_json(&Call { judged, configurations: self.configurations }))
    }

    fn end(&mut self, _: Option<&str>, findings: &Findings) -> io::Result<()> {
        writeln!(self.to, "],\"problems\":{}}}", to_json(&findings.problems))
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.to.flush()
    }
}

/// A call under the first configuration, and what becomes of it under the others.
struct Call<'a> {
    judged: &'a Judged,
    configurations: &'a [String],
}

impl Json for Call<'_> {
    fn write(&self, to: &mut Writer) {
        let first = self.judged.verdicts.first().and_then(Option::as_ref);
        to.object();
        match first {
            Some(call) => {
                call.write_fields(to);
                to.field("elapsedMs", &call.elapsed_ms);
            }
            // It is not watched under the first.
            None => drop(to.field("callSid", &self.judged.verdicts.iter().flatten().next().map(|call| &call.call_sid))),
        }
        if let Some(Origin { source, resolution_s, lacks, measured_ms, is_measured }) = &self.judged.origin {
            let lacks: Vec<&str> = lacks.clone();
            to.field("source", source)
                .field("estimate", &(*resolution_s > 1))
                .field("resolutionMs", &(*resolution_s * 1000))
                .field("lacks", &lacks)
                .field("measured", is_measured)
                .field("measuredMs", &Milliseconds(*measured_ms as f64));
        }
        if self.configurations.len() > 1 {
            let others = self.configurations.iter().zip(&self.judged.verdicts).skip(1);
            let compared: Vec<_> =
                others.map(|(name, call)| Compared { name, change: Change::of(first, call.as_ref()), call }).collect();
            to.field("compared", &compared);
        }
        to.end_object();
    }
}

struct Compared<'a> {
    name: &'a str,
    change: Change,
    call: &'a Option<ReplayedCall>,
}

impl Json for Compared<'_> {
    fn write(&self, to: &mut Writer) {
        to.object().field("configuration", &self.name).field("change", &self.change.as_str());
        if let Some(call) = self.call {
            call.write_fields(to);
        }
        to.end_object();
    }
}
