//! `replay`: what the engine would have said about recorded calls, under a configuration of one's choice.

mod arguments;
mod check;
mod config_file;
mod configure;
mod export;
mod incidents;
mod suggest;
mod verbatim_json;

use arguments::{Arguments, Command};
use clap::Parser;
use device_monitoring::{Configuration, Severity};
use replay::destination::Destination;
use replay::dumps::Dump;
use replay::input::{self, Input};
use replay::run::{Ran, Run, is_of_calls};
use replay::safe_output::say;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        // A reader that has seen enough, such as `head`, is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("replay: {error}"));
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<ExitCode> {
    match &arguments.command {
        Some(Command::Check(arguments)) => return check::run(arguments),
        Some(Command::Configure(arguments)) => return configure::run(arguments),
        Some(Command::Export(arguments)) => return export::run(arguments),
        Some(Command::Incidents(arguments)) => return incidents::run(arguments),
        Some(Command::Suggest(arguments)) => return suggest::run(arguments),
        None => {}
    }
    let team = arguments.team.as_deref();
    let of_team = |(name, configuration): (String, Configuration)| (name, configuration.with_actions_for_team(team));
    let (names, configurations): (Vec<_>, Vec<_>) = configurations(arguments)?.into_iter().map(of_team).unzip();
    let output = arguments.output()?;
    let inputs = inputs(&arguments.recordings, &arguments.config, &output, None)?;
    let run = Run {
        inputs: &inputs,
        configurations: &configurations,
        names: &names,
        format: arguments.format,
        shows_progress: arguments.shows_progress(),
    };
    let ran = run.run(output.writer()?)?;
    if ran == Ran::Nothing {
        return Ok(ExitCode::from(2));
    }
    output.keep()?;
    Ok(ExitCode::from(u8::from(ran == Ran::Partly)))
}

/// The inputs. None of them may be the report's file, whether it is named or found in a folder, nor may a configuration.
/// An earlier report in a folder is skipped, and replaced; `earlier` is the kind of dump that it may be.
fn inputs(
    recordings: &[PathBuf],
    configurations: &[PathBuf],
    output: &Destination,
    earlier: Option<Dump>,
) -> io::Result<Vec<Input>> {
    let is_read = |name: &str| io::Error::other(format!("{name} is read, and cannot be --output as well"));
    let mut named = input::named(recordings).chain(input::named(configurations));
    if let Some((name, _)) = named.find(|(_, file)| output.is(file.as_ref())) {
        return Err(is_read(&name));
    }
    let is_replaced = |input: &Input| output.is(input.identity().as_ref());
    let (replaced, inputs): (Vec<_>, Vec<_>) = input::find(recordings).into_iter().partition(is_replaced);
    match replaced.iter().find(|input| is_of_calls(input, earlier)) {
        Some(Input { name, .. }) => Err(is_read(name)),
        None if inputs.is_empty() => Err(io::Error::other("there is no file to read but the one of --output")),
        None => Ok(inputs),
    }
}

/// What judges the calls, by name. One with a pilot is two: a recording does not say whose it is.
fn configurations(arguments: &Arguments) -> io::Result<Vec<(String, Configuration)>> {
    if arguments.config.is_empty() {
        return Ok(vec![("defaults".to_owned(), Configuration::default())]);
    }
    let mut all = Vec::new();
    for path in &arguments.config {
        let (name, configuration) = (path.display().to_string(), configuration(path)?);
        let pilot = configuration.pilot.is_some().then(|| configuration.clone().inside_pilot());
        all.push((name.clone(), configuration));
        all.extend(pilot.map(|pilot| (format!("{name} (pilot)"), pilot)));
    }
    Ok(all)
}

/// Reads a configuration; what is to be said about it goes to standard error.
fn configuration(path: &Path) -> io::Result<Configuration> {
    let configuration = config_file::ConfigFile::read(path)?.judge()?.configuration;
    for finding in configuration.findings.iter().filter(|finding| finding.severity < Severity::Info) {
        say(&format!("{}: {}: {}", path.display(), finding.property, finding.message));
    }
    Ok(configuration)
}
