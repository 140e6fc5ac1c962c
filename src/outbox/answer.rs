//! What became of an attempt to post an alert.

use super::server_message::on_one_line;
use crate::input::units::Milliseconds;

/// The `error` of a 503 that concerns all alerts. Empty: a 503 without our JSON, from a proxy or gateway.
const SERVER_IN_TROUBLE: [&str; 6] = [
    "",
    "token-check-unavailable",
    "claim-unavailable",
    "call-lookup-unavailable",
    "floor-unavailable",
    "floor-not-set-up",
];

/// The `error` of a 4xx by which our Function refuses for good. With any other word, something on the way may have answered,
/// or a Function that knows more.
const REFUSED_FOR_GOOD: [&str; 22] = [
    "action-missing",
    "action-refused",
    "alert-changed",
    "alert-invalid",
    "alert-too-large",
    "call-not-answered",
    "call-too-old",
    "call-unknown",
    "cards-invalid",
    "cards-too-large",
    "content-type-unsupported",
    "customer-unknown",
    "field-invalid",
    "issues-missing",
    "not-your-alert",
    "not-your-call",
    "recording-invalid",
    "recording-missing",
    "recording-too-large",
    "reports-missing",
    "request-too-large",
    "token-without-worker",
];

/// How a web page may begin, if not with the tag of an element.
const PAGE_BEGINNINGS: [&str; 2] = ["<!doctype html", "<!--"];

/// With which elements a web page may begin: those that browsers know one by (WHATWG, MIME Sniffing, 7.1), and others that
/// short pages of proxies and portals begin with.
const PAGE_ELEMENTS: [&str; 24] = [
    "a", "b", "base", "body", "br", "center", "div", "font", "form", "frameset", "h1", "h2", "h3", "head", "html",
    "iframe", "link", "main", "meta", "p", "script", "style", "table", "title",
];

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Nothing: the network, the server or the browser failed, and whether the alert arrived is not known.
    None,
    /// A web page, or a text longer than any of ours, whatever its status: from a proxy, a portal, or another server at this
    /// address.
    WebPage {
        /// Its status.
        status: u16,
    },
    /// An HTTP answer.
    Http {
        /// Its status.
        status: u16,
        /// What programs tell refusals apart by: `error` of its JSON.
        error: Option<String>,
        /// What people read: `message` of its JSON.
        message: Option<String>,
        /// How long it asks to be left alone.
        retry_after: Option<Milliseconds>,
        /// Those of several posted together that it refuses for good: `refused` of its JSON.
        refused: Vec<Refusal>,
        /// Those of several requested actions that need not be requested again: `actions` of its JSON.
        /// `None`: it says nothing of several.
        finished_actions: Option<Vec<String>>,
    },
}

/// One of several that is refused for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which of them, counted from 0 in the order in which they were posted: a page may have given them any ids.
    pub position: usize,
    /// What people read.
    pub message: String,
}

/// What follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The alert is the server's now.
    Delivered,
    /// This alert may succeed later.
    RetryThis,
    /// Every alert may succeed later: it is the server that has a problem, or the way to it.
    RetryAll,
    /// It may succeed with another token.
    WaitForToken,
    /// It may succeed when an admin has put something right.
    WaitForAdmin,
    /// Somebody else refuses it: the receiver that the server passes it on to, because of a wrong key, say; or something
    /// on the way. That may be put right.
    RefusedElsewhere,
    /// It never will.
    Refused,
}

impl Answer {
    /// The answer with this status and body, if the body is a web page.
    #[must_use]
    pub fn web_page(status: u16, body: &str) -> Option<Self> {
        let body = begin_of(body);
        // XHTML may say first that it is XML.
        let behind = body.strip_prefix("<?xml").and_then(|xml| xml.split_once("?>"));
        let body = behind.map_or(body, |(_, rest)| begin_of(rest));
        let begins = |with: &&str| body.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
        let element = body.strip_prefix('<').and_then(|tag| tag.split([' ', '\t', '\n', '\r', '/', '>']).next());
        let is_page = PAGE_BEGINNINGS.iter().any(begins)
            || element.is_some_and(|name| PAGE_ELEMENTS.iter().any(|known| name.eq_ignore_ascii_case(known)));
        is_page.then_some(Self::WebPage { status })
    }

    pub(super) fn outcome(&self) -> Outcome {
        let Self::Http { status, error, .. } = self else {
            return Outcome::RetryAll;
        };
        match (status, error.as_deref().unwrap_or_default()) {
            (200..=299, _) => Outcome::Delivered,
            (503, "receiver-refused") => Outcome::RefusedElsewhere,
            (503, "claims-not-set-up") | (500, "not-configured") => Outcome::WaitForAdmin,
            // Without a word of ours it is Twilio's own token check before a function written for the 2021 sample.
            (403, "" | "token-expired" | "token-refused" | "token-missing") => Outcome::WaitForToken,
            (403, "action-disabled") | (400, "action-unknown") => Outcome::WaitForAdmin,
            // Of this call: Twilio does not know its customer yet, or what the action needs is not there, whatever word the
            // action has for it.
            (503, word) if !SERVER_IN_TROUBLE.contains(&word) => Outcome::RetryThis,
            // 409: another instance is at it.
            (408 | 409 | 425 | 500..=502 | 504.., _) => Outcome::RetryThis,
            (400..=499, word) if REFUSED_FOR_GOOD.contains(&word) => Outcome::Refused,
            // About the server, or something on the way to it, and no single alert. 404: it is not deployed yet, or not any
            // more, which an admin can put right.
            (401 | 404 | 405 | 407 | 410 | 429 | 451, _) => Outcome::RetryAll,
            // A Function that was written for the 2021 sample has no word for it.
            (400 | 413 | 422, _) => Outcome::RefusedElsewhere,
            (402..=499, word) if !word.is_empty() => Outcome::RefusedElsewhere,
            // Something on the way answers.
            _ => Outcome::RetryAll,
        }
    }

    pub(super) fn retry_after(&self) -> Milliseconds {
        match self {
            Self::Http { retry_after: Some(span), .. } => *span,
            _ => Milliseconds(0.0),
        }
    }

    /// Whether this action has to be requested again; `first` was the request's first action. A server that says nothing
    /// of several actions knows only the first.
    pub(super) fn is_pending(&self, action: &str, first: &str) -> bool {
        let Self::Http { finished_actions, .. } = self else { return true };
        match (self.outcome() == Outcome::Delivered, finished_actions) {
            (true, Some(_)) => false,
            (true, None) => action != first,
            (false, Some(finished_actions)) => !finished_actions.iter().any(|name| name == action),
            (false, None) => true,
        }
    }

    /// Why this one of several is refused for good; `None`: it is not.
    pub(super) fn refusal_of(&self, position: usize) -> Option<String> {
        let Self::Http { refused, .. } = self else { return None };
        let refusal = refused.iter().find(|refusal| refusal.position == position)?;
        Some(format!("the server refused it: {}", on_one_line(&refusal.message)))
    }

    /// For an admin to read.
    pub(super) fn reason(&self) -> String {
        let (status, error, message) = match self {
            Self::None => return "the server could not be reached".to_owned(),
            Self::WebPage { status } => {
                return format!(
                    "a web page came back with the status {status}: something on the way or another server answered"
                );
            }
            Self::Http { status, error, message, .. } => (status, error, message),
        };
        let plainly = match error.as_deref() {
            Some("claims-not-set-up") => {
                "the claims service is not set up, without which nothing is done that must not be done twice: \
                 an admin has to do that once; "
            }
            Some("receiver-refused") => "the receiver that the action sends it to refuses it; ",
            _ => "",
        };
        let message = message.as_deref().map(|message| format!(": {}", on_one_line(message)));
        format!("{plainly}the server answered {status}{}", message.unwrap_or_default())
    }
}

/// A text without the blanks before it.
fn begin_of(text: &str) -> &str {
    text.trim_start_matches(|character: char| character.is_whitespace() || character == '\u{feff}')
}
