//! Writing, if nobody else has in the meantime, and reading back.

use super::api::{Api, Failure, TRIES};
use super::remote_config::RemoteConfig;
use crate::verbatim_json::Members;
use device_monitoring::Source;
use replay::safe_output::say;
use serde_json::value::RawValue;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

/// A configuration that was written a moment ago may not be there yet.
const READINGS: usize = 3;
const BETWEEN_READINGS: Duration = Duration::from_secs(1);

/// Puts `attributes` into a place that must still be as it was.
///
/// # Errors
/// Nothing was written.
pub(super) fn write(api: &Api, before: &RemoteConfig, place: Source, attributes: &RawValue) -> io::Result<ExitCode> {
    let body = before.body(place, attributes);
    let mut tries = 1;
    loop {
        // Each time: what was waited is time for others.
        let changed = api.get()?.changed_since(place, before)?;
        if !changed.is_empty() {
            let place = place.described();
            say(&format!("replay: somebody else has changed {place} meanwhile: {}.", changed.join(", ")));
            say("Nothing was written. Run the command again to see the difference as it is now.");
            return Ok(ExitCode::from(1));
        }
        match api.post(&body) {
            Ok(()) => return Ok(read_back(api, place, attributes)),
            Err(Failure::Busy(wait)) if tries < TRIES => api.wait(wait)?,
            Err(Failure::Busy(_)) => return Err(api.too_busy()),
            Err(Failure::Refused(message)) => return Err(io::Error::other(message)),
            Err(Failure::Unknown(message)) => {
                say(&format!("replay: {message}"));
                say("It is not known whether it was written: `replay configure get` shows what is there.");
                return Ok(ExitCode::from(2));
            }
        }
        tries += 1;
    }
}

fn read_back(api: &Api, place: Source, attributes: &RawValue) -> ExitCode {
    match differing(api, place, attributes) {
        Ok(names) if names.is_empty() => {
            say("Written, and read back as it was sent. Agents get it with their next reload of Flex.");
            ExitCode::SUCCESS
        }
        Ok(names) => {
            say(&format!(
                "replay: it was written, but what is there now differs from what was sent: {}.",
                names.join(", ")
            ));
            say("Somebody else may have written at the same moment: look at these keys, theirs and ours.");
            ExitCode::from(2)
        }
        Err(error) => {
            say(&format!("replay: {error}"));
            say("It was written, but not read back: `replay configure get` shows what is there.");
            ExitCode::from(2)
        }
    }
}

fn differing(api: &Api, place: Source, attributes: &RawValue) -> io::Result<Vec<String>> {
    let sent = Members::parse(attributes.get())?;
    let mut names = Vec::new();
    for reading in 1..=READINGS {
        names = api.get()?.differing(place, &sent)?;
        if names.is_empty() || reading == READINGS {
            break;
        }
        std::thread::sleep(BETWEEN_READINGS);
    }
    Ok(names)
}
