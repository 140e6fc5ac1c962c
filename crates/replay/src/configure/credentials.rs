//! The account's credentials: from the environment or the Twilio CLI's profile, and into nothing but the request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Not to be shown: neither as text nor for debugging.
pub(super) struct Credentials {
    user: String,
    secret: String,
    /// The account that they must be for, if that was said.
    pub(super) account_sid: Option<String>,
    /// Where they are from, for messages.
    pub(super) source: String,
}

/// What takes part of `~/.twilio-cli/config.json`, in the names of Twilio's CLI.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cli {
    /// Those whose secret is in this file, by name.
    profiles: BTreeMap<String, Profile>,
    /// Those of older versions: the secret is in the system's keychain.
    projects: Vec<Project>,
    active_project: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Profile {
    account_sid: String,
    api_key: String,
    api_secret: String,
}

#[derive(Deserialize)]
struct Project {
    id: String,
}

impl Credentials {
    /// # Errors
    /// There are none, or only parts of them.
    pub(super) fn find(profile: Option<&str>) -> io::Result<Self> {
        let variable = |name: &str| {
            let value = std::env::var(name).ok().map(|value| value.trim().to_owned());
            value.filter(|value| !value.is_empty())
        };
        let file = std::env::home_dir().unwrap_or_default().join(".twilio-cli/config.json");
        Self::from_sources(profile, &variable, &file).map_err(io::Error::other)
    }

    fn from_sources(
        profile: Option<&str>,
        variable: &dyn Fn(&str) -> Option<String>,
        file: &Path,
    ) -> Result<Self, String> {
        let environment = if profile.is_none() { Self::from_environment(variable)? } else { None };
        match environment {
            Some(credentials) => Ok(credentials),
            None => Self::from_cli(profile, file),
        }
    }

    /// Parts of credentials are an error: those of a profile might be another account's.
    fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, String> {
        let [sid, token, key, secret] =
            ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET"].map(variable);
        let of = |user, secret, account_sid, source: &str| {
            Ok(Some(Self { user, secret, account_sid, source: source.to_owned() }))
        };
        match (sid, token, key, secret) {
            (sid, _, Some(key), Some(secret)) => of(key, secret, sid, "TWILIO_API_KEY and TWILIO_API_SECRET"),
            (_, _, Some(_), None) => Err("TWILIO_API_KEY is set and TWILIO_API_SECRET is not.".to_owned()),
            (_, _, None, Some(_)) => Err("TWILIO_API_SECRET is set and TWILIO_API_KEY is not.".to_owned()),
            (Some(sid), Some(token), ..) => of(sid.clone(), token, Some(sid), "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
            (None, Some(_), ..) => Err("TWILIO_AUTH_TOKEN is set and TWILIO_ACCOUNT_SID is not.".to_owned()),
            (Some(_), ..) => Err("TWILIO_ACCOUNT_SID is set, and neither TWILIO_AUTH_TOKEN nor TWILIO_API_KEY with \
                                  TWILIO_API_SECRET is: set one of them, or name a profile of the Twilio CLI with --profile."
                .to_owned()),
            (None, None, None, None) => Ok(None),
        }
    }

    fn from_cli(name: Option<&str>, file: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(file).map_err(|error| match (error.kind(), name) {
            (io::ErrorKind::NotFound, None) => {
                "there are no credentials: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or \
                 TWILIO_API_KEY and TWILIO_API_SECRET, or log in with the Twilio CLI (`twilio login`)."
                    .to_owned()
            }
            _ => format!("the Twilio CLI's profiles cannot be read ({}): {error}.", file.display()),
        })?;
        // Not what the parser says: it quotes what it finds, and that may be a secret.
        let cli: Cli = serde_json::from_str(&text)
            .map_err(|error| format!("{} is damaged in line {}.", file.display(), error.line()))?;
        let Some(name) = name.or(cli.active_project.as_deref()) else {
            return Err("the Twilio CLI has no active profile: name one with --profile.".to_owned());
        };
        match cli.profiles.get(name) {
            Some(Profile { account_sid, api_key, api_secret }) if !api_key.is_empty() && !api_secret.is_empty() => {
                Ok(Self {
                    user: api_key.clone(),
                    secret: api_secret.clone(),
                    account_sid: Some(account_sid.clone()).filter(|sid| !sid.is_empty()),
                    source: format!("profile {name} of the Twilio CLI"),
                })
            }
            None if !cli.projects.iter().any(|project| project.id == name) => {
                let names: Vec<_> =
                    cli.profiles.keys().cloned().chain(cli.projects.into_iter().map(|project| project.id)).collect();
                Err(format!("the Twilio CLI has no profile {name}. There are: {}.", names.join(", ")))
            }
            _ => Err(format!(
                "the secret of profile {name} is not in the Twilio CLI's file: older versions keep it in the system's \
                 keychain, which is not read. Log in again with a newer CLI (`twilio login`), or set TWILIO_API_KEY and \
                 TWILIO_API_SECRET."
            )),
        }
    }

    /// The value of the request's `Authorization` header.
    pub(super) fn authorization(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.user, self.secret)))
    }

    /// A text without anything of the credentials in it, should somebody else have put it there.
    pub(super) fn scrubbed(&self, text: &str) -> String {
        let encoded = STANDARD.encode(format!("{}:{}", self.user, self.secret));
        let account = self.account_sid.as_deref().unwrap_or_default();
        // Shorter ones are in many words, and no credentials of Twilio's.
        let secrets = [&*encoded, &*self.secret, &*self.user, account].into_iter().filter(|secret| secret.len() >= 8);
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn found(
        profile: Option<&str>,
        variables: &[(&str, &str)],
        file: Option<&str>,
    ) -> Result<(String, String), String> {
        let path =
            std::env::temp_dir().join(format!("replay-cli-{}-{:p}.json", std::process::id(), &raw const variables));
        if let Some(file) = file {
            std::fs::write(&path, file).unwrap();
        }
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let found = Credentials::from_sources(profile, &variable, &path);
        let _ = std::fs::remove_file(&path);
        found
            .map(|found| (found.user, found.source))
            .map_err(|error| error.replace(&path.display().to_string(), "FILE"))
    }

    /// Profile, variables, file, and what is said.
    type Case<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], Option<&'a str>, &'a str);

    const CLI: &str = r#"{"email":{},"projects":[{"id":"old","accountSid":"AC1"}],"activeProject":"new",
        "profiles":{"new":{"accountSid":"AC2","apiKey":"SK2","apiSecret":"s2"},"bare":{"accountSid":"AC3"}}}"#;

    #[test]
    fn a_named_profile_comes_first_then_the_environment_then_the_active_profile() {
        let token = [("TWILIO_ACCOUNT_SID", "AC9"), ("TWILIO_AUTH_TOKEN", SECRET)];
        let key = [("TWILIO_API_KEY", "SK9"), ("TWILIO_API_SECRET", SECRET), token[0], token[1]];
        let user = |found: Result<(String, String), String>| found.unwrap().0;
        assert_eq!(user(found(Some("new"), &key, Some(CLI))), "SK2");
        assert_eq!(user(found(None, &key, Some(CLI))), "SK9");
        assert_eq!(user(found(None, &key[..2], None)), "SK9");
        assert_eq!(user(found(None, &token, Some(CLI))), "AC9");
        assert_eq!(user(found(None, &[], Some(CLI))), "SK2");
    }

    #[test]
    fn what_is_missing_is_named_and_no_secret_is() {
        let keychain = "is not in the Twilio CLI's file: older versions keep it in the system's keychain";
        let cases: [Case<'_>; 11] = [
            (None, &[], None, "there are no credentials: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
            (None, &[("TWILIO_ACCOUNT_SID", "AC9")], Some(CLI), "TWILIO_ACCOUNT_SID is set, and neither"),
            (
                None,
                &[("TWILIO_AUTH_TOKEN", SECRET)],
                Some(CLI),
                "TWILIO_AUTH_TOKEN is set and TWILIO_ACCOUNT_SID is not.",
            ),
            (None, &[("TWILIO_API_KEY", "SK9")], Some(CLI), "TWILIO_API_KEY is set and TWILIO_API_SECRET is not."),
            (None, &[("TWILIO_API_SECRET", SECRET)], Some(CLI), "TWILIO_API_SECRET is set and TWILIO_API_KEY is not."),
            (Some("none"), &[], Some(CLI), "the Twilio CLI has no profile none. There are: bare, new, old."),
            (Some("old"), &[], Some(CLI), keychain),
            (Some("bare"), &[], Some(CLI), keychain),
            (Some("new"), &[], None, "the Twilio CLI's profiles cannot be read (FILE)"),
            (None, &[], Some("{}"), "the Twilio CLI has no active profile: name one with --profile."),
            (None, &[], Some(r#"{"profiles":"0123456789abcdef0123456789abcdef"}"#), "FILE is damaged in line 1."),
        ];
        for (profile, variables, file, expected) in cases {
            let error = found(profile, variables, file).unwrap_err();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains(SECRET), "{error}");
        }
    }

    #[test]
    fn nothing_of_the_credentials_stays_in_a_text() {
        let credentials = Credentials {
            user: "SK90000000".to_owned(),
            secret: SECRET.to_owned(),
            account_sid: Some("AC90000000".to_owned()),
            source: String::new(),
        };
        let text = format!("{} SK90000000:{SECRET} for AC90000000", credentials.authorization());
        assert_eq!(credentials.scrubbed(&text), "Basic … …:… for …");
    }
}
