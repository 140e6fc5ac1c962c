//! The lines of a recording, as far as the truth and the SDK's own warnings need them.

use crate::span::Span;
use serde_json::Value;
use std::path::Path;
use std::{fs, io};

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Seconds since the call was accepted.
    pub at: f64,
    /// What it says: `sample`, `truth`, `warning`…
    pub kind: String,
    /// Its fields.
    pub fields: Value,
}

impl Line {
    fn read(text: &str) -> Option<Self> {
        let fields: Value = serde_json::from_str(text).ok()?;
        let at = fields.get("ms")?.as_f64()? / 1000.0;
        let kind = fields.get("type")?.as_str()?.to_owned();
        Some(Self { at, kind, fields })
    }

    /// A text among its fields.
    #[must_use]
    pub fn str(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str()
    }

    /// A truth value among its fields.
    #[must_use]
    pub fn bool(&self, name: &str) -> Option<bool> {
        self.fields.get(name)?.as_bool()
    }
}

/// A file: one call, or several.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name without the extension.
    pub name: String,
    /// Its text, for the engine's own replay.
    pub text: String,
    /// Not looked at when anything was tuned.
    pub held_out: bool,
    /// Not even scored before everything was tuned.
    pub check: bool,
    /// Its calls, in the order in which they were accepted.
    pub calls: Vec<Recording>,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Its CallSid, where the file has several.
    pub call_sid: Option<String>,
    /// Its lines, in order and on its own clock. Those that cannot be read are left out: the replay reports them.
    pub lines: Vec<Line>,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::parse(name, fs::read_to_string(path)?))
    }

    /// Reads its text.
    #[must_use]
    pub fn parse(name: String, text: String) -> Self {
        let lines: Vec<Line> = text.lines().filter_map(Line::read).collect();
        let header = lines.iter().find(|line| line.kind == "recording");
        let held_out = header.and_then(|line| line.bool("heldOut")).unwrap_or_default();
        let accepted = lines.iter().filter(|line| line.kind == "accept");
        let calls = accepted.map(|accept| Recording::new(accept, &lines)).collect();
        Self { name, text, held_out, check: false, calls }
    }
}

impl Recording {
    fn new(accept: &Line, lines: &[Line]) -> Self {
        let call_sid = accept.str("callSid").map(str::to_owned);
        let its = lines.iter().filter(|line| line.str("callSid") == call_sid.as_deref()).cloned();
        let lines = its.map(|line| Line { at: line.at - accept.at, ..line }).collect();
        Self { call_sid, lines }
    }

    /// From the acceptance of the call to its end, or to the last line where it has none.
    #[must_use]
    pub fn call(&self) -> Span {
        let end = self.lines.iter().find(|line| ["disconnect", "cancel", "reject"].contains(&line.kind.as_str()));
        Span { from: 0.0, to: end.or(self.lines.last()).map_or(0.0, |line| line.at) }
    }

    /// Its lines of one type.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.kind == kind)
    }
}
