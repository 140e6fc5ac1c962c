//! Telling a person what is going on and how long it took.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Does something that takes a while, saying so before and after. Lines rather than a progress bar: several of these
/// run at once, and CI keeps the output.
pub(crate) fn announced<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("… {what}");
    let started = Instant::now();
    let result = work()?;
    println!("✓ {what} ({})", seconds(started.elapsed()));
    Ok(result)
}

pub(crate) fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    match whole {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{whole} s"),
        _ => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_as_exact_as_its_length_deserves() {
        assert_eq!(seconds(Duration::from_millis(240)), "0.2 s");
        assert_eq!(seconds(Duration::from_millis(9_400)), "9.4 s");
        assert_eq!(seconds(Duration::from_millis(59_900)), "59 s");
        assert_eq!(seconds(Duration::from_secs(127)), "2 min 07 s");
    }
}
