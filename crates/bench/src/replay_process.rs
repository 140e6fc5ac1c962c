//! A run of `replay`: how long it takes, and how much memory.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The duration and the memory of one run of `replay`.
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    /// The largest that it was in memory, where the system tells.
    pub(crate) peak_megabytes: Option<f64>,
}

impl Measured {
    /// Measures playing a file and printing everything as JSON, to nowhere.
    pub(crate) fn measure(replay: &Path, file: &Path) -> Result<Self> {
        let started = Instant::now();
        let mut command = Command::new(replay);
        command.args(["--format", "json"]).arg(file).stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.spawn().with_context(|| format!("{} cannot be started", replay.display()))?;
        let mut peak_megabytes = None;
        let status = loop {
            // The system keeps the peak: it need not be met.
            peak_megabytes = peak(child.id()).or(peak_megabytes);
            if let Some(status) = child.try_wait()? {
                break status;
            }
            thread::sleep(Duration::from_millis(2));
        };
        ensure!(status.success(), "replay ended with {status}");
        Ok(Self { seconds: started.elapsed().as_secs_f64(), peak_megabytes })
    }
}

fn peak(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok()? * 1024.0 / 1e6)
}
