//! The stand-in itself, for tests and for use by hand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tiny_http::{Header, Method, Request, Response, Server};

/// What happens in place of the normal answer to one request, in the order of the requests.
pub(crate) enum Step {
    /// Nothing: the normal answer.
    Normal,
    /// This answer. `{authorization}` in its body stands for what the request had there.
    Instead(u16, &'static [(&'static str, &'static str)], &'static str),
    /// Somebody else replaces a property, then the normal answer.
    Change(&'static str, String),
    /// The normal thing is done, but this is answered.
    Done(u16),
    /// No answer at all.
    Stall,
    /// An answer that is not HTTP.
    Garbled,
}

/// A server on this machine whose configuration is a file.
pub(crate) struct StandIn {
    server: Arc<Server>,
    inner: Arc<Inner>,
    thread: Option<JoinHandle<()>>,
}

struct Inner {
    file: PathBuf,
    token: String,
    steps: Mutex<VecDeque<Step>>,
    /// Method and body of each request.
    requests: Mutex<Vec<(String, String)>>,
    /// Requests that are never answered.
    stalled: Mutex<Vec<Request>>,
}

type Properties = BTreeMap<String, Box<RawValue>>;

/// Status, headers, body.
type Answer = (u16, &'static [(&'static str, &'static str)], String);

impl StandIn {
    /// Serves a file at a port of this machine, for whoever has the account's SID and this token.
    ///
    /// # Errors
    /// The port is taken.
    pub(crate) fn start(file: PathBuf, port: u16, token: &str) -> io::Result<Self> {
        let server = Arc::new(Server::http(("127.0.0.1", port)).map_err(io::Error::other)?);
        let inner = Arc::new(Inner {
            file,
            token: token.to_owned(),
            steps: Mutex::default(),
            requests: Mutex::default(),
            stalled: Mutex::default(),
        });
        let (listening, serving) = (Arc::clone(&server), Arc::clone(&inner));
        let thread = std::thread::spawn(move || {
            for request in listening.incoming_requests() {
                if let Err(error) = serving.serve(request) {
                    eprintln!("flex-configuration-api: {error}");
                }
            }
        });
        Ok(Self { server, inner, thread: Some(thread) })
    }

    /// What `TWILIO_FLEX_API` is set to.
    pub(crate) fn url(&self) -> String {
        self.server.server_addr().to_ip().map(|address| format!("http://{address}")).unwrap_or_default()
    }

    /// As the file has it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn account_sid(&self) -> io::Result<String> {
        self.inner.account_sid()
    }

    /// What happens at the next requests.
    pub(crate) fn plan(&self, steps: impl IntoIterator<Item = Step>) {
        lock(&self.inner.steps).extend(steps);
    }

    /// The requests so far, and forgets them.
    pub(crate) fn requests(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *lock(&self.inner.requests))
    }

    /// Serves until the process is ended.
    pub(crate) fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    fn read(&self) -> io::Result<Properties> {
        Ok(serde_json::from_str(&std::fs::read_to_string(&self.file)?)?)
    }

    fn account_sid(&self) -> io::Result<String> {
        let configuration = self.read()?;
        let sid = configuration.get("account_sid").ok_or_else(|| io::Error::other("the file has no account_sid"))?;
        Ok(serde_json::from_str(sid.get())?)
    }

    fn replace(&self, property: &str, value: Box<RawValue>) -> io::Result<()> {
        let mut configuration = self.read()?;
        configuration.insert(property.to_owned(), value);
        std::fs::write(&self.file, serde_json::to_string(&configuration)?)
    }

    fn serve(&self, mut request: Request) -> io::Result<()> {
        let mut body = String::new();
        request.as_reader().read_to_string(&mut body)?;
        lock(&self.requests).push((request.method().to_string(), body.clone()));
        let step = lock(&self.steps).pop_front().unwrap_or(Step::Normal);
        let (status, headers, text): Answer = match step {
            Step::Normal => self.answer_normally(&request, &body)?,
            Step::Instead(status, headers, text) => {
                (status, headers, text.replace("{authorization}", authorization(&request)))
            }
            Step::Change(property, value) => {
                self.replace(property, RawValue::from_string(value)?)?;
                self.answer_normally(&request, &body)?
            }
            Step::Done(status) => {
                self.answer_normally(&request, &body)?;
                (status, &[], String::new())
            }
            Step::Stall => {
                lock(&self.stalled).push(request);
                return Ok(());
            }
            Step::Garbled => {
                let mut writer = request.into_writer();
                writer.write_all(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")?;
                return writer.flush();
            }
        };
        let mut response = Response::from_string(text).with_status_code(status);
        for (name, value) in headers.iter().chain(&[("Content-Type", "application/json")]) {
            if let Ok(header) = Header::from_bytes(*name, *value) {
                response.add_header(header);
            }
        }
        request.respond(response)
    }

    /// What Twilio does, as its documentation has it.
    fn answer_normally(&self, request: &Request, body: &str) -> io::Result<Answer> {
        let sid = self.account_sid()?;
        let expected = format!("Basic {}", STANDARD.encode(format!("{sid}:{}", self.token)));
        if authorization(request) != expected {
            return Ok(refusal(401, 20003, "Authenticate"));
        }
        if request.url() != "/v1/Configuration" {
            return Ok(refusal(404, 20404, "The requested resource was not found"));
        }
        match request.method() {
            Method::Get => {}
            Method::Post => {
                let Ok(sent) = serde_json::from_str::<Properties>(body) else {
                    return Ok(refusal(400, 20001, "The body is not a JSON object"));
                };
                if sent.get("account_sid").map(|sid| sid.get()) != Some(to_raw_value(&sid)?.get()) {
                    return Ok(refusal(400, 20001, "account_sid is missing or another account's"));
                }
                for (property, value) in sent {
                    self.replace(&property, value)?;
                }
            }
            _ => return Ok(refusal(405, 20004, "Method not allowed")),
        }
        Ok((200, &[], serde_json::to_string(&self.read()?)?))
    }
}

fn authorization(request: &Request) -> &str {
    let header = request.headers().iter().find(|header| header.field.equiv("Authorization"));
    header.map_or("", |header| header.value.as_str())
}

fn refusal(status: u16, code: u32, message: &str) -> Answer {
    (status, &[], serde_json::json!({ "code": code, "message": message, "status": status }).to_string())
}
