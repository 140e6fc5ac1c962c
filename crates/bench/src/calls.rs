//! Recordings of as many calls as are wanted: those of the project over and over, as a centre of agents would have
//! recorded them, in one file and interleaved.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Agents who are on the phone at the same time.
const AGENTS: usize = 200;

/// One recorded call, cut up so that its lines can be written with another time and CallSid.
struct Recorded {
    /// The time, and what follows it on the line, without the brace and the time themselves.
    lines: Vec<(i64, String)>,
}

/// What a file was made of.
pub(crate) struct Written {
    pub(crate) calls: u64,
    /// Its lines, but those that say what the test network did.
    pub(crate) events: u64,
}

/// An agent, and the call that they are in.
struct Agent {
    recording: usize,
    line: usize,
    /// When the call was accepted, on the clock of the file.
    accepted: i64,
    call: u64,
}

/// Recordings of calls, by their files.
pub(crate) struct Calls(Vec<Recorded>);

impl Calls {
    /// Those in a folder and the folders in it. Lines that are no event of a call are left out.
    pub(crate) fn in_folder(folder: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        find(folder, &mut files)?;
        files.sort();
        let mut calls = Vec::new();
        for file in files {
            let text = fs::read_to_string(&file)?;
            let lines: Vec<_> = text
                .lines()
                .filter_map(|line| {
                    let rest = line.strip_prefix("{\"ms\":")?;
                    let (ms, rest) = rest.split_once(',')?;
                    let known = !rest.starts_with("\"type\":\"recording\"") && !rest.contains("\"callSid\"");
                    Some((ms.parse::<f64>().ok()? as i64, rest.to_owned())).filter(|_| known)
                })
                .collect();
            if !lines.is_empty() {
                calls.push(Recorded { lines });
            }
        }
        Ok(Self(calls))
    }

    /// Writes calls until there are so many bytes, and those that are then going on to their end.
    pub(crate) fn write(&self, to: &mut impl Write, bytes: u64) -> io::Result<Written> {
        writeln!(
            to,
            "{{\"ms\":0,\"type\":\"recording\",\"version\":1,\"startedAt\":1790000000000,\"name\":\"centre\"}}"
        )?;
        let (mut calls, mut events) = (0, 0);
        let mut next = |accepted| {
            calls += 1;
            Agent { recording: (calls as usize * 7) % self.0.len(), line: 0, accepted, call: calls }
        };
        // Nobody calls at the same moment.
        let mut agents: Vec<Agent> = (0..AGENTS).map(|agent| next(2000 + agent as i64 * 311)).collect();
        let mut written = 0_u64;
        while let Some(earliest) = self.earliest(&agents) {
            let Some(agent) = agents.get_mut(earliest) else { break };
            let Some((ms, rest)) = self.line(agent) else { break };
            let line = format!("{{\"ms\":{},\"callSid\":\"CA{:032x}\",{rest}\n", ms + agent.accepted, agent.call);
            to.write_all(line.as_bytes())?;
            written += line.len() as u64;
            events += u64::from(!rest.starts_with("\"type\":\"truth\""));
            agent.line += 1;
            let at = ms + agent.accepted;
            if self.line(agent).is_none() {
                if written < bytes {
                    *agent = next(at + 2000);
                } else {
                    agents.swap_remove(earliest);
                }
            }
        }
        Ok(Written { calls, events })
    }

    fn line(&self, agent: &Agent) -> Option<(i64, &str)> {
        self.0.get(agent.recording)?.lines.get(agent.line).map(|(ms, rest)| (*ms, rest.as_str()))
    }

    fn earliest(&self, agents: &[Agent]) -> Option<usize> {
        let at = |agent: &Agent| self.line(agent).map_or(i64::MAX, |(ms, _)| ms + agent.accepted);
        (0..agents.len()).min_by_key(|index| agents.get(*index).map(at))
    }
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
    Ok(())
}
