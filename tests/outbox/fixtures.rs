//! What the tests of the outbox share: a browser with its storage, alerts, sessions and answers.

use device_monitoring::outbox::{Answer, Entry, Next, Outbox, Session, Storage};
use device_monitoring::{Alert, CallParties, ClientInfo, Configuration, Effect, Engine, Event};
use device_monitoring::{Milliseconds, Timestamp, WallTime};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) const WORKER: &str = "WK1";
pub(crate) const DAY: f64 = 86_400_000.0;

/// A browser's storage, which all of its tabs share.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    pub(crate) texts: Rc<RefCell<BTreeMap<String, String>>>,
    /// How many texts it has room for.
    pub(crate) room: Rc<Cell<usize>>,
    /// Nothing can be removed.
    pub(crate) keeps_all: Rc<Cell<bool>>,
    /// How many texts were read.
    pub(crate) reads: Rc<Cell<usize>>,
    /// What was done to it: `set` or `remove`, and the key.
    pub(crate) changes: Rc<RefCell<Vec<(&'static str, String)>>>,
}

impl Default for Browser {
    fn default() -> Self {
        let room = Rc::new(Cell::new(usize::MAX));
        Self { texts: Rc::default(), room, keeps_all: Rc::default(), reads: Rc::default(), changes: Rc::default() }
    }
}

impl Browser {
    pub(crate) fn tab(&self) -> Outbox<Self> {
        Outbox::new(self.clone(), Some(WORKER))
    }

    pub(crate) fn everything(&self) -> String {
        format!("{:?}", self.texts.borrow())
    }
}

impl Storage for Browser {
    fn keys(&self, prefix: &str) -> Vec<String> {
        self.texts.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        self.reads.set(self.reads.get() + 1);
        self.texts.borrow().get(key).cloned()
    }

    fn set(&mut self, key: &str, value: &str) -> bool {
        let mut texts = self.texts.borrow_mut();
        let has_room = texts.len() < self.room.get() || self.room.get() > 0 && texts.contains_key(key);
        if has_room {
            texts.insert(key.to_owned(), value.to_owned());
            self.changes.borrow_mut().push(("set", key.to_owned()));
        }
        has_room
    }

    fn remove(&mut self, key: &str) {
        if self.keeps_all.get() {
            return;
        }
        self.texts.borrow_mut().remove(key);
        self.changes.borrow_mut().push(("remove", key.to_owned()));
    }
}

pub(crate) fn engine() -> Engine {
    engine_under(&json!({}))
}

fn engine_under(block: &Value) -> Engine {
    let client = ClientInfo { worker_sid: Some(WORKER.to_owned()), ..ClientInfo::default() };
    Engine::new(Configuration::from_block(block), client)
}

/// The alert of a call that was too short.
pub(crate) fn alert(call_sid: &str) -> Alert {
    let (alert, _) = alert_and_report(call_sid);
    alert
}

/// The same, for these actions.
pub(crate) fn alert_for(call_sid: &str, actions: &[&str]) -> Alert {
    let entries: Vec<_> = actions.iter().map(|name| json!({"run": name})).collect();
    let (alert, _) = alerts_of(engine_under(&json!({"actions": entries})), call_sid);
    alert
}

/// An alert, and what the agent says of it in wrap-up.
pub(crate) fn alert_and_report(call_sid: &str) -> (Alert, Alert) {
    alerts_of(engine(), call_sid)
}

fn alerts_of(mut engine: Engine, call_sid: &str) -> (Alert, Alert) {
    let call = engine.open(CallParties {
        call_sid: Some(call_sid.to_owned()),
        from: Some("+15550001111".to_owned()),
        to: Some("+15550002222".to_owned()),
        ..CallParties::default()
    });
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
    engine.handle(Timestamp(2000), call, &Event::Disconnected);
    engine.handle(Timestamp(9000), call, &Event::Reported);
    let mut alerts = std::iter::from_fn(|| engine.poll_effect()).filter_map(|effect| match effect {
        Effect::Alert(alert) => Some(*alert),
        _ => None,
    });
    (alerts.next().unwrap(), alerts.next().unwrap())
}

pub(crate) fn session() -> Session {
    under("token")
}

pub(crate) fn under(token: &str) -> Session {
    Session { token: Some(token.to_owned()), worker_sid: Some(WORKER.to_owned()) }
}

pub(crate) fn at(millis: f64) -> WallTime {
    WallTime(1_795_000_000_000.0 + millis)
}

pub(crate) fn status(status: u16) -> Answer {
    Answer::Http { status, error: None, message: None, retry_after: None, refused: Vec::new(), finished_actions: None }
}

pub(crate) fn post(outbox: &mut Outbox<Browser>, now: WallTime) -> Entry {
    match outbox.next(now, &session(), 1.0) {
        Next::Post(entry) => *entry,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn wait(outbox: &mut Outbox<Browser>, now: WallTime) -> f64 {
    match outbox.next(now, &session(), 1.0) {
        Next::Wait(span) => span.0,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refusal(status: u16, error: &str) -> Answer {
    Answer::Http {
        status,
        error: Some(error.to_owned()),
        message: None,
        retry_after: Some(Milliseconds(120_000.0)),
        refused: Vec::new(),
        finished_actions: None,
    }
}
