//! Twilio's Flex Configuration API: <https://www.twilio.com/docs/flex/developer/config/flex-configuration-rest-api>.

use super::credentials::Credentials;
use super::remote_config::RemoteConfig;
use replay::safe_output::say;
use std::io;
use std::time::Duration;
use ureq::http::{Response, Uri};
use ureq::{Agent, Body, Error, Timeout};

/// Where it is, unless TWILIO_FLEX_API names a stand-in.
const TWILIO: &str = "https://flex-api.twilio.com";

/// How often a request is made while Twilio asks to wait.
pub(super) const TRIES: usize = 4;
/// The first number of an error of Twilio's: <https://www.twilio.com/docs/api/errors>.
const FIRST_CODE: u64 = 10_000;
/// Nobody waits longer at a terminal.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

pub(super) struct Api {
    agent: Agent,
    url: String,
    /// What messages call it.
    name: String,
    timeout: Duration,
    credentials: Credentials,
}

/// What became of a request that failed.
pub(super) enum Failure {
    /// Twilio asks to come again later: nothing was done.
    Busy(Duration),
    /// Nothing was done.
    Refused(String),
    /// Nobody knows whether it was done.
    Unknown(String),
}

struct Answer {
    status: u16,
    retry_after: Option<u64>,
    text: String,
}

impl Api {
    /// # Errors
    /// TWILIO_FLEX_API names a place to which credentials should not go.
    pub(super) fn new(credentials: Credentials, timeout: Duration) -> io::Result<Self> {
        let stand_in = std::env::var("TWILIO_FLEX_API").ok().filter(|url| !url.is_empty());
        let base = stand_in.as_deref().unwrap_or(TWILIO).trim_end_matches('/');
        let uri: Uri = base.parse().map_err(|_| io::Error::other("TWILIO_FLEX_API is no address."))?;
        let host = uri.host().unwrap_or_default();
        let is_here = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        if uri.scheme_str() != Some("https") && !is_here {
            let message = "TWILIO_FLEX_API must be https, or on this machine: credentials are sent there.";
            return Err(io::Error::other(message));
        }
        if stand_in.is_some() {
            say("This is not Twilio: TWILIO_FLEX_API is set.");
        }
        // A proxy in the environment is for the way out of this machine.
        let mut agent = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build());
        if is_here {
            agent = agent.proxy(None);
        }
        let name = if stand_in.is_some() { host.to_owned() } else { "Twilio".to_owned() };
        let url = format!("{base}/v1/Configuration");
        Ok(Self { agent: agent.build().into(), url, name, timeout, credentials })
    }

    /// Reads the configuration, and waits where Twilio asks for it.
    pub(super) fn get(&self) -> io::Result<RemoteConfig> {
        let mut tries = 1;
        let text = loop {
            let request = self.agent.get(&self.url).header("Authorization", self.credentials.authorization());
            match self.judge(request.call()) {
                Ok(text) => break text,
                Err(Failure::Busy(wait)) if tries < TRIES => self.wait(wait)?,
                Err(Failure::Busy(_)) => return Err(self.too_busy()),
                Err(Failure::Refused(message) | Failure::Unknown(message)) => return Err(io::Error::other(message)),
            }
            tries += 1;
        };
        let Some(live) = RemoteConfig::parse(&text) else {
            let message = format!(
                "{} has answered, but not with a configuration: is something between here and there?",
                self.name
            );
            return Err(io::Error::other(message));
        };
        if self.credentials.account_sid.as_deref().is_some_and(|sid| sid != live.account_sid()) {
            let message = format!(
                "{} are for another account than the configuration that {} has answered with.",
                self.credentials.source, self.name
            );
            return Err(io::Error::other(message));
        }
        Ok(live)
    }

    /// Writes, once. What is answered is not looked at: the reading back shows what is there.
    pub(super) fn post(&self, body: &str) -> Result<(), Failure> {
        let request = self.agent.post(&self.url).header("Authorization", self.credentials.authorization());
        self.judge(request.content_type("application/json").send(body)).map(drop)
    }

    /// Waits as long as Twilio asks for, if that is bearable.
    pub(super) fn wait(&self, wait: Duration) -> io::Result<()> {
        let seconds = wait.as_secs();
        if wait > LONGEST_WAIT {
            return Err(io::Error::other(format!("{} asks to wait {seconds} s (429): try again then.", self.name)));
        }
        say(&format!("{} asks to wait {seconds} s.", self.name));
        std::thread::sleep(wait);
        Ok(())
    }

    pub(super) fn too_busy(&self) -> io::Error {
        io::Error::other(format!("{} is asked too often (429), still after {TRIES} tries: try again later.", self.name))
    }

    fn judge(&self, response: Result<Response<Body>, Error>) -> Result<String, Failure> {
        let answer = response.and_then(read).map_err(|error| self.failed(&error))?;
        let Answer { status, retry_after, text } = answer;
        let (name, source) = (&self.name, &self.credentials.source);
        // What something on the way answers, in place of Twilio, says nothing about what Twilio has done.
        let failure = if status == 401 || is_error(&text) { Failure::Refused } else { Failure::Unknown };
        Err(failure(match status {
            200..=299 => return Ok(text),
            429 => return Err(Failure::Busy(Duration::from_secs(retry_after.unwrap_or(1)))),
            401 => format!("{name} does not accept the credentials (401): {source}."),
            403 => format!(
                "{name} accepts the credentials, but not for the Flex configuration (403): {source}. The Account SID with \
                 the Auth Token is allowed everything.{}",
                self.error_message(&text)
            ),
            404 => format!(
                "{name} has no Flex configuration for these credentials (404): are they the account's that Flex belongs to? \
                 They are from {source}."
            ),
            500.. => {
                return Err(Failure::Unknown(format!(
                    "{name} has failed ({status}): try again later.{}",
                    self.error_message(&text)
                )));
            }
            _ => format!("{name} refuses ({status}).{}", self.error_message(&text)),
        }))
    }

    /// What Twilio says of an error, on one line, without what should not be said.
    fn error_message(&self, text: &str) -> String {
        let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let message = json.get("message").and_then(serde_json::Value::as_str).unwrap_or_default();
        let message: String =
            self.credentials.scrubbed(message).chars().filter(|sign| !sign.is_control()).take(200).collect();
        if message.is_empty() { message } else { format!(" It says: {message}") }
    }

    fn not_found(&self) -> Failure {
        Failure::Refused(format!("{} is not found: is this machine online?", self.name))
    }

    fn failed(&self, error: &Error) -> Failure {
        let name = &self.name;
        match error {
            Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                Failure::Refused(format!("{name} cannot be reached within {} s.", self.timeout.as_secs()))
            }
            Error::Timeout(_) => {
                Failure::Unknown(format!("{name} has not answered within {} s (--timeout).", self.timeout.as_secs()))
            }
            Error::HostNotFound => self.not_found(),
            // As the standard library has it, without a kind of its own.
            Error::Io(error) if error.to_string().starts_with("failed to lookup address") => self.not_found(),
            Error::ConnectionFailed => Failure::Refused(format!("{name} cannot be reached.")),
            Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                Failure::Refused(format!("{name} refuses the connection, or the proxy does."))
            }
            // As rustls has it, in whatever error that travels.
            error if error.to_string().contains("certificate") => {
                Failure::Refused(format!("there is no safe connection to {name}: {error}."))
            }
            Error::Io(error) => Failure::Unknown(format!("the connection to {name} failed: {error}.")),
            error => Failure::Unknown(format!(
                "the connection to {name} failed: {}.",
                self.credentials.scrubbed(&error.to_string())
            )),
        }
    }
}

/// Whether a text is what Twilio says of an error: it has a number of Twilio's own, where a gateway may put its status.
fn is_error(text: &str) -> bool {
    let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    json.get("code").and_then(serde_json::Value::as_u64).is_some_and(|code| code >= FIRST_CODE)
}

fn read(mut response: Response<Body>) -> Result<Answer, Error> {
    let retry_after = response.headers().get("Retry-After").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    // What is no text is no configuration either.
    let text = String::from_utf8(response.body_mut().read_to_vec()?).unwrap_or_default();
    Ok(Answer { status: response.status().as_u16(), retry_after, text })
}
