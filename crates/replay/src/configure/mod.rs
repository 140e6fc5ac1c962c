//! `replay configure`: our block in the Flex configuration, and nothing else of it.

mod api;
mod conditional_write;
mod confirm;
mod credentials;
mod difference;
mod edit;
mod remote_config;

use crate::check::Format;
use crate::config_file::ConfigFile;
use crate::verbatim_json::Members;
use api::Api;
use clap::{Args, Subcommand};
use credentials::Credentials;
use device_monitoring::{NAMESPACE, Source};
use edit::Refused;
use remote_config::RemoteConfig;
use replay::safe_output::{plain, say, stdout};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

const ABOUT_ACCESS: &str = "\
Credentials are those of the account that Flex belongs to, from the first of these that is there:
  --profile NAME                            a profile of the Twilio CLI
  TWILIO_API_KEY and TWILIO_API_SECRET      in the environment; with TWILIO_ACCOUNT_SID, only for that account
  TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN  in the environment
  the Twilio CLI's active profile           ~/.twilio-cli/config.json

A change is shown, asked about, and written only if nobody has changed anything since it was shown. Between that last
look and the writing a moment stays open, because Twilio's API cannot write on a condition: whoever changes other
settings in just that moment loses them, and nobody is told.

HTTPS_PROXY, ALL_PROXY and NO_PROXY are respected. For tests, TWILIO_FLEX_API is the address of a stand-in.

Exit status:
  0  done, nothing to do, or nothing to be said
  1  nothing was written: it was refused, or not wanted; diff: there is a difference; check: there are findings
  2  it failed; the message says whether anything was written";

/// Reads and changes the block DeviceMonitoringPlugin in the Flex configuration; every other key stays as it is.
///
/// Agents get a change with their next reload of Flex.
#[derive(Args)]
#[command(after_help = ABOUT_ACCESS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// The Twilio CLI's profile whose credentials are used.
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,

    /// The block in `ui_attributes`, which comes before the one in `attributes`.
    #[arg(long, global = true)]
    ui_attributes: bool,

    /// How long to wait for each answer.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the block as it is, in the form that `apply` takes.
    Get,
    /// Sets properties, and leaves the others as they are.
    Set {
        /// Such as `highRttThreshold=400` or `action=log-call`.
        #[arg(required = true, value_name = "PROPERTY=VALUE")]
        settings: Vec<String>,
        #[command(flatten)]
        how: How,
    },
    /// Takes properties away: their defaults are in force again.
    Unset {
        /// `DeviceMonitoringPlugin` takes the whole block away.
        #[arg(required = true, value_name = "PROPERTY")]
        properties: Vec<String>,
        #[command(flatten)]
        how: How,
    },
    /// Shows what `apply` would change.
    Diff {
        /// As `replay check` reads it.
        file: PathBuf,
    },
    /// Puts the block of a file in the place of the one that is there.
    Apply {
        /// As `replay check` reads it.
        file: PathBuf,
        #[command(flatten)]
        how: How,
    },
    /// Judges what is there, as `replay check` judges a file.
    Check {
        /// `table` to read, `json` for one object.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
}

#[derive(Args)]
struct How {
    /// Show what would be changed, and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Write without asking.
    #[arg(long)]
    yes: bool,
}

/// What is said of the place that is not seen from here.
const APP_CONFIG_UNSEEN: &str =
    "Where Flex is self-hosted, the attributes in its appConfig.js come before both, and are not seen from here.";

impl Command {
    fn writes(&self) -> bool {
        matches!(self, Self::Set { .. } | Self::Unset { .. } | Self::Apply { .. })
    }
}

/// Does what the command says.
///
/// # Errors
/// It failed before anything was written.
pub(crate) fn run(arguments: &Arguments) -> io::Result<ExitCode> {
    let ran = execute(arguments);
    if arguments.command.writes() {
        // A closed standard output too: whoever does not see what is written must not be taken to have agreed to it.
        return ran.map_err(|error| io::Error::other(format!("{error} Nothing was written.")));
    }
    ran
}

fn execute(arguments: &Arguments) -> io::Result<ExitCode> {
    let place = if arguments.ui_attributes { Source::UiAttributes } else { Source::Attributes };
    // A file that cannot be read is no reason to ask for credentials.
    let file = match &arguments.command {
        Command::Diff { file } | Command::Apply { file, .. } => Some(ConfigFile::read(file)?),
        _ => None,
    };
    let credentials = Credentials::find(arguments.profile.as_deref())?;
    let api = Api::new(credentials, Duration::from_secs(arguments.timeout))?;
    let remote = api.get()?;
    let now = remote.block(place)?;
    let (then, how) = match &arguments.command {
        Command::Get => return get(&remote, place, now.as_ref()),
        Command::Check { format } => return check(&remote, *format),
        Command::Diff { .. } => (edit::apply(file.as_ref(), place).map(Some), None),
        Command::Apply { how, .. } => (edit::apply(file.as_ref(), place).map(Some), Some(how)),
        Command::Set { settings, how } => (edit::set(now, settings).map(Some), Some(how)),
        Command::Unset { properties, how } => (edit::unset(now, properties), Some(how)),
    };
    match then {
        Ok(then) => change(&api, &remote, place, then.as_ref(), how),
        Err(Refused(reasons)) => {
            for reason in reasons {
                say(&format!("replay: {reason}"));
            }
            say("Nothing was written.");
            Ok(ExitCode::from(1))
        }
    }
}

fn get(remote: &RemoteConfig, place: Source, block: Option<&edit::Block>) -> io::Result<ExitCode> {
    let mut out = stdout();
    match block {
        Some(block) => writeln!(out, "{}", block.to_lines())?,
        None => {
            writeln!(out, "{}", Members::default().to_lines())?;
            say(&format!("There is no {NAMESPACE} in {}.", place.described()));
        }
    }
    let in_force = remote.as_file().judge()?.configuration.source;
    if in_force != place {
        say(&format!("In force: {}.", in_force.described()));
    }
    Ok(ExitCode::SUCCESS)
}

fn check(remote: &RemoteConfig, format: Format) -> io::Result<ExitCode> {
    let judgement = remote.as_file().judge()?;
    let name = judgement.configuration.source.described();
    judgement.print(&mut stdout(), name, format)?;
    say(APP_CONFIG_UNSEEN);
    Ok(ExitCode::from(u8::from(judgement.deserves_a_look())))
}

/// Shows a change and, if there is anything to write, asks and writes it.
fn change(
    api: &Api,
    remote: &RemoteConfig,
    place: Source,
    then: Option<&Members>,
    how: Option<&How>,
) -> io::Result<ExitCode> {
    let now = remote.block(place)?;
    let attributes = remote.with_block(place, then)?;
    let Some(table) = difference::table(now.as_ref(), then)? else {
        say(&format!("There is no difference: {} has it so.", place.described()));
        return Ok(ExitCode::SUCCESS);
    };
    show(remote, place, then, &table.to_string())?;
    let Some(how) = how else {
        return Ok(ExitCode::from(1));
    };
    if how.dry_run {
        say("Nothing was written: this was a dry run.");
        return Ok(ExitCode::SUCCESS);
    }
    let question = format!("Write it to the Flex configuration of account {}?", remote.account());
    if !how.yes && !confirm::at_the_terminal(&question)? {
        return Ok(ExitCode::from(1));
    }
    conditional_write::write(api, remote, place, &attributes)
}

/// The difference, what will happen, and what else there is to know.
fn show(remote: &RemoteConfig, place: Source, then: Option<&Members>, table: &str) -> io::Result<()> {
    let mut out = stdout();
    writeln!(out, "{NAMESPACE} in {}:\n{table}", place.described())?;
    let others = remote.others(place)?;
    if !others.is_empty() {
        writeln!(out, "These stay as they are: {}.", plain(&others.join(", ")))?;
    }
    let block = then.map(Members::to_raw).transpose()?;
    // Of its own, so that it is judged also where another one comes first.
    let alone = ConfigFile { attributes: block.clone(), ..ConfigFile::default() }.judge()?;
    alone.print(&mut out, "The new configuration", Format::Table)?;
    let mut both = remote.as_file();
    *(if place == Source::UiAttributes { &mut both.ui_attributes } else { &mut both.attributes }) = block;
    for advised in both.judge()?.findings {
        if advised.finding.property == NAMESPACE && !alone.findings.iter().any(|own| own.finding == advised.finding) {
            writeln!(out, "Warning: {}", plain(&advised.finding.message))?;
        }
    }
    writeln!(out, "{APP_CONFIG_UNSEEN}")
}
