//! Running other programs, so that a failure reads as a sentence.

use std::env;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::project;

/// How much of a log is worth showing with an error.
const SHOWN_LOG_LINES: usize = 60;

/// Runs a command whose output the person wants to see.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().map_err(|error| not_started(command, &error))?;
    if status.success() {
        return Ok(());
    }
    bail!("`{}` failed ({})", shown(command), ending(status))
}

/// Runs a command whose output matters only if it fails; it is kept in `log`.
pub(crate) fn run_logged(command: &mut Command, log: &Path) -> Result<()> {
    let status = redirected(command, log)?.status().map_err(|error| not_started(command, &error))?;
    finished(command, status, log)
}

/// As [`run_logged`], for a command that may hang: it is ended after `limit`.
pub(crate) fn run_limited(command: &mut Command, log: &Path, limit: Duration) -> Result<()> {
    let mut child = redirected(command, log)?.spawn().map_err(|error| not_started(command, &error))?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return finished(command, status, log);
        }
        if started.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            bail!("`{}` did not end within {} seconds", shown(command), limit.as_secs());
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// What a command prints; nothing of it is shown.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", shown(command), ending(output.status), message.trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The first of these programs that PATH knows.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

pub(crate) fn is_root() -> bool {
    output_of(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words: Vec<_> =
        [program].into_iter().chain(command.get_args()).map(|word| word.to_string_lossy().into_owned()).collect();
    let line = words.join(" ");
    match command.get_current_dir().filter(|folder| *folder != project::root()).and_then(Path::file_name) {
        Some(folder) => format!("{line}` in `{}", folder.to_string_lossy()),
        None => line,
    }
}

fn redirected<'a>(command: &'a mut Command, log: &Path) -> Result<&'a mut Command> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let file = File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
    Ok(command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file))
}

fn finished(command: &Command, status: ExitStatus, log: &Path) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let text = fs::read(log).unwrap_or_default();
    let text = last_lines(&String::from_utf8_lossy(&text), SHOWN_LOG_LINES);
    bail!(
        "`{}` failed ({}). The end of its output, all of which is in {}:\n{text}",
        shown(command),
        ending(status),
        log.display()
    )
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let skipped = lines.len().saturating_sub(count);
    lines.into_iter().skip(skipped).collect::<Vec<_>>().join("\n")
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "ended by a signal".to_owned(),
    }
}

fn not_started(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        return anyhow!("the program `{program}` is not installed, or not in PATH");
    }
    anyhow!("`{program}` cannot be started: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> PathBuf {
        env::temp_dir().join(format!("xtask-{}-{name}.log", std::process::id()))
    }

    #[test]
    fn a_command_that_hangs_is_ended_at_its_limit() {
        let started = Instant::now();
        let log = log("hangs");
        let result = run_limited(Command::new("sleep").arg("30"), &log, Duration::from_millis(300));
        assert!(format!("{:#}", result.unwrap_err()).contains("did not end within"));
        assert!(started.elapsed() < Duration::from_secs(10));
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_failure_shows_the_end_of_what_the_command_said() {
        let log = log("fails");
        let result = run_logged(Command::new("sh").args(["-c", "echo no such package; exit 7"]), &log);
        let message = format!("{:#}", result.unwrap_err());
        assert!(message.contains("exit code 7") && message.contains("no such package"), "{message}");
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_missing_program_is_named() {
        let result = output_of(&mut Command::new("no-such-program-anywhere"));
        assert_eq!(
            format!("{:#}", result.unwrap_err()),
            "the program `no-such-program-anywhere` is not installed, or not in PATH"
        );
    }

    #[test]
    fn only_the_last_lines_of_a_log_are_shown() {
        assert_eq!(last_lines("one\ntwo\nthree\n", 2), "two\nthree");
        assert_eq!(last_lines("one\n", 2), "one");
    }
}
