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
    /// Why it is not tried any more; `None`: it is.
    pub refused: Option<String>,
    /// Why the server has not taken it yet, by its last answer.
    pub waiting: Option<String>,
    /// Since when the action's receiver has refused it.
    pub receiver_refuses_since: Option<WallTime>,
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
            waiting: None,
            receiver_refuses_since: None,
            form: Form::of(alert),
        }
    }

    /// It is not tried any more, and kept for an admin to see, without its phone numbers.
    pub(super) fn refuse(&mut self, now: WallTime, reason: String) {
        self.tried = now;
        self.refused = Some(reason);
        (self.waiting, self.receiver_refuses_since) = (None, None);
        self.form.forget_numbers();
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
        let reason = match &self.refused {
            Some(reason) => line(Some(reason)),
            None => self.waiting_line(),
        };
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

    /// Since when the receiver has refused it, or 0, and why it waits. Earlier versions skip this line.
    fn waiting_line(&self) -> String {
        let mut text = String::new();
        if let Some(waiting) = &self.waiting {
            say::push_digits(&mut text, self.receiver_refuses_since.unwrap_or_default().0 as u64, 1);
            text.push(' ');
            text.push_str(&line(Some(waiting)));
        }
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
        let (mut refused, mut waiting, mut receiver_refuses_since) = (None, None, None);
        match state {
            PENDING => {
                let told = reason.split_once(' ').and_then(|(since, reason)| Some((say::whole(since)?, reason)));
                if let Some((since, reason)) = told {
                    waiting = Some(line(Some(reason)));
                    receiver_refuses_since = Some(WallTime(since)).filter(|since| since.0 > 0.0);
                }
            }
            REFUSED => refused = Some(line(Some(reason))),
            _ => return None,
        }
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
            waiting,
            receiver_refuses_since,
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
