//! One alert on its way: what is posted, and how its delivery stands.

use crate::alert::{Alert, Form};
use crate::say;
use crate::units::{Milliseconds, WallTime};

/// First line of every stored entry. What begins with another is a newer version's, and not ours to touch.
const VERSION: &str = "1";
/// Second line of one that the server will never take.
const REFUSED: &str = "refused";
const PENDING: &str = "pending";

/// In an entry everything has a line of its own.
fn line(text: Option<&str>) -> String {
    text.unwrap_or_default().chars().filter(|character| !character.is_control()).collect()
}

/// An alert and how its delivery stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The alert's own.
    pub id: String,
    /// When the alert was made.
    pub created: WallTime,
    /// How often it was posted.
    pub attempts: u32,
    /// When it was posted last; when it was made, if it never was.
    pub tried: WallTime,
    /// How long after that it may be posted again.
    pub wait: Milliseconds,
    /// How long the server asked to be left alone with it, from then on.
    pub asked: Milliseconds,
    /// Why the server will never take it; `None`: it may.
    pub refused: Option<String>,
    /// What is posted.
    pub form: Form,
}

impl Entry {
    pub(super) fn new(now: WallTime, alert: &Alert) -> Self {
        Self {
            id: alert.id().to_owned(),
            created: now,
            attempts: 0,
            tried: now,
            wait: Milliseconds(0.0),
            asked: Milliseconds(0.0),
            refused: None,
            form: Form::of(alert),
        }
    }

    /// How long it has to wait yet; 0 if it is due. A clock that was set back does not keep it waiting.
    pub(super) fn remaining(&self, now: WallTime) -> Milliseconds {
        let since = now.0 - self.tried.0;
        Milliseconds(if since < 0.0 { 0.0 } else { (self.wait.0.max(self.asked.0) - since).max(0.0) })
    }

    /// As it is stored.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Form { issues, caller_id, dnis, action, document } = &self.form;
        let state = if self.refused.is_some() { REFUSED } else { PENDING };
        let reason = line(self.refused.as_deref());
        let mut numbers = String::new();
        for number in [self.created.0, self.tried.0, self.wait.0, self.asked.0, f64::from(self.attempts)] {
            say::push_digits(&mut numbers, number as u64, 1);
            numbers.push(' ');
        }
        let numbers = numbers.trim_ascii_end();
        let lines = [VERSION, state, &self.id, numbers, &reason, issues, caller_id, dnis, action, document];
        let mut text = String::new();
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        text.pop();
        text
    }

    /// Reads what [`Entry::to_text`] wrote.
    ///
    /// # Errors
    /// What is damaged, or a newer version's.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let lines = say::split(text, b'\n');
        if lines.first() != Some(&VERSION) {
            return Err(Unreadable::Newer);
        }
        Self::of(&lines).ok_or(Unreadable::Damaged)
    }

    fn of(lines: &[&str]) -> Option<Self> {
        let &[_, state, id, numbers, reason, issues, caller_id, dnis, action, document] = lines else {
            return None;
        };
        // Cut off is the commonest damage, and the server could not read it.
        if id.is_empty() || !document.starts_with('{') || !document.ends_with('}') {
            return None;
        }
        let refused = match state {
            PENDING => None,
            REFUSED => Some(line(Some(reason))),
            _ => return None,
        };
        let numbers = say::split(numbers, b' ').into_iter().map(say::whole).collect::<Option<Vec<_>>>()?;
        let &[created, tried, wait, asked, attempts] = numbers.as_slice() else {
            return None;
        };
        Some(Self {
            id: id.to_owned(),
            created: WallTime(created),
            attempts: attempts as u32,
            tried: WallTime(tried),
            wait: Milliseconds(wait),
            asked: Milliseconds(asked),
            refused,
            form: Form {
                issues: issues.to_owned(),
                caller_id: caller_id.to_owned(),
                dnis: dnis.to_owned(),
                action: action.to_owned(),
                document: document.to_owned(),
            },
        })
    }
}

/// Why a stored text is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Of a version to come: left alone.
    Newer,
    /// Nobody will ever read it.
    Damaged,
}
