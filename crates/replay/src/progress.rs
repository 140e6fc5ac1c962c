//! A bar on the terminal: how far, how fast, how many calls.

use crate::input::{Input, Reader};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// Shown while there is a terminal to see it; otherwise it does nothing.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Of reading these.
    pub(crate) fn new(inputs: &[Input], shown: bool) -> Self {
        let sizes: Option<Vec<u64>> =
            inputs.iter().map(|input| input.size().or_else(|| input.is_file().then_some(0))).collect();
        let bar = if shown {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        let template = match sizes {
            Some(sizes) => {
                bar.set_length(sizes.iter().sum());
                "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left, {msg}"
            }
            None => "{spinner} {bytes}, {bytes_per_sec}, {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Counts what is read, packed as it is.
    pub(crate) fn watch(&self, reader: Reader) -> Reader {
        if self.0.is_hidden() { reader } else { Box::new(self.0.wrap_read(reader)) }
    }

    pub(crate) fn calls(&self, calls: usize) {
        if !self.0.is_hidden() {
            self.0.set_message(format!("{calls} calls"));
        }
    }

    /// Something else is to be written on the terminal.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
