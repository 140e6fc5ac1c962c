//! One agent's shift: a browser with one or two tabs, calls that alert, and everything that goes wrong (`misfortune`).

mod misfortune;

use crate::chance::Chance;
use crate::ledger::{Fate, Ledger};
use crate::server::{Policy, Request, Server};
use crate::storage::SharedStorage;
use device_monitoring::outbox::{Answer, ConsoleMessage, Next, Outbox, Session};
use device_monitoring::{
    Alert, CallId, CallParties, ClientInfo, Configuration, Effect, Engine, Event, Timestamp, WallTime,
};
use std::collections::BTreeSet;

const WORKER: &str = "WK1";
const TICK_MS: u64 = 250;
const MINUTE: u64 = 60_000;
/// How long things go wrong, and how long it is quiet after it.
const TROUBLED_MS: u64 = 40 * MINUTE;
const QUIET_MS: u64 = 3 * 60 * MINUTE;
/// The browser gives an attempt up.
const TIME_LIMIT_MS: u64 = 30_000;
/// How long a tab waits while another one is sending.
const OTHER_TAB_WAIT_MS: u64 = 2000;
const CHECKPOINT_MS: u64 = 5000;
/// As in a real browser, where Date.now() is far from 0.
const EPOCH: f64 = 1_795_000_000_000.0;

/// A request on its way there and back.
#[derive(Debug)]
struct InFlight {
    request: Request,
    arrives: Option<u64>,
    answered: Option<(u64, Answer)>,
    gives_up: u64,
    answer_lost: bool,
}

#[derive(Debug)]
struct Tab {
    name: String,
    outbox: Outbox<SharedStorage>,
    engine: Engine,
    call: Option<(CallId, String, u64)>,
    checkpoint_at: u64,
    in_flight: Option<InFlight>,
    /// When it looks again; `None`: when there is a new alert.
    wakes: Option<u64>,
}

/// Plays a whole shift and enters what became of its alerts.
#[derive(Debug)]
pub struct Shift<'a> {
    chance: Chance,
    ledger: &'a mut Ledger,
    server: Server,
    policy: Policy,
    storage: SharedStorage,
    tabs: Vec<Tab>,
    /// Which tab sends.
    lock: Option<String>,
    /// What is still on its way to the server although its tab is gone.
    strays: Vec<(u64, Request)>,
    now: u64,
    /// How far the computer's clock is from the truth.
    skew: f64,
    offline_until: u64,
    token: String,
    renews_at: Option<u64>,
    number: u64,
    calls: u32,
    alerts: BTreeSet<String>,
    /// Held in memory only when their tab was killed.
    memory_only: BTreeSet<String>,
    evicted: BTreeSet<String>,
}

impl<'a> Shift<'a> {
    /// The `number` makes its alerts' ids unlike those of other shifts.
    pub fn new(seed: u64, number: u64, ledger: &'a mut Ledger) -> Self {
        let mut chance = Chance::from_seed(seed.wrapping_mul(1_000_003).wrapping_add(number));
        let policy = if chance.percent(50.0) { Policy::AtLeastOnce } else { Policy::AtMostOnce };
        let token = "token-0".to_owned();
        Self {
            server: Server::taking(&token),
            chance,
            ledger,
            policy,
            storage: SharedStorage::default(),
            tabs: Vec::new(),
            lock: None,
            strays: Vec::new(),
            now: 0,
            skew: 0.0,
            offline_until: 0,
            token,
            renews_at: None,
            number,
            calls: 0,
            alerts: BTreeSet::new(),
            memory_only: BTreeSet::new(),
            evicted: BTreeSet::new(),
        }
    }

    /// To its end.
    pub fn play(mut self) {
        self.open_tab();
        while self.now < TROUBLED_MS {
            self.misfortune();
            self.tick();
        }
        self.make_peace();
        while self.now < TROUBLED_MS + QUIET_MS {
            self.tick();
        }
        self.settle();
    }

    fn wall(&self) -> WallTime {
        WallTime(EPOCH + self.now as f64 + self.skew)
    }

    fn session(&self) -> Session {
        Session { token: Some(self.token.clone()), worker_sid: Some(WORKER.to_owned()) }
    }

    fn open_tab(&mut self) {
        let name = format!("tab-{}-{}", self.now, self.tabs.len());
        let client = ClientInfo { worker_sid: Some(WORKER.to_owned()), ..ClientInfo::default() };
        let mut outbox = Outbox::new(self.storage.clone(), Some(WORKER));
        let living: Vec<_> = self.tabs.iter().map(|tab| tab.name.clone()).collect();
        let checkpoints = outbox.checkpoints();
        outbox.adopt(self.wall(), &checkpoints, Some(&living));
        outbox.tidy(self.wall(), false);
        self.tabs.push(Tab {
            name,
            outbox,
            engine: Engine::new(Configuration::from_block(&serde_json::json!({"shortCallThreshold": 3600})), client),
            call: None,
            checkpoint_at: 0,
            in_flight: None,
            wakes: Some(self.now),
        });
    }

    fn count_log(&mut self, outbox: &mut Outbox<SharedStorage>) {
        for note in outbox.take_log() {
            if let ConsoleMessage::EvictedPending(_, id) = &note {
                self.evicted.insert(id.clone());
            }
            self.ledger.count(match note {
                ConsoleMessage::InMemory(_) => "said: alerts wait in memory",
                ConsoleMessage::Damaged(_) => "said: an entry was damaged",
                ConsoleMessage::EvictedPending(..) | ConsoleMessage::EvictedRefused(_) => "said: an alert was dropped",
                ConsoleMessage::Refused(_) => "said: an alert was refused",
                ConsoleMessage::Dropped(..) => "said: a card was dropped",
                ConsoleMessage::Waiting(..) => "said: alerts wait for the server",
            });
        }
    }

    fn tick(&mut self) {
        self.now += TICK_MS;
        if self.offline_until != 0 && self.now >= self.offline_until {
            self.offline_until = 0;
            self.connection_changed();
        }
        if self.renews_at.is_some_and(|at| self.now >= at) {
            self.renew();
        }
        let (due, rest) = std::mem::take(&mut self.strays).into_iter().partition(|(at, ..)| *at <= self.now);
        self.strays = rest;
        for (_, request) in due {
            let _ = self.server.handle(self.now, &request, self.policy, &mut self.chance);
        }
        for index in 0..self.tabs.len() {
            let Some(mut tab) = (index < self.tabs.len()).then(|| self.tabs.swap_remove(index)) else { continue };
            self.talk(&mut tab);
            self.send(&mut tab);
            self.count_log(&mut tab.outbox);
            self.tabs.push(tab);
            let last = self.tabs.len() - 1;
            self.tabs.swap(index, last);
        }
    }

    /// Calls come and end.
    fn talk(&mut self, tab: &mut Tab) {
        let (now, wall) = (self.now, self.wall());
        match tab.call {
            None if now < TROUBLED_MS && self.chance.percent(1.0) => {
                self.calls += 1;
                let sid = format!("CA{:06}{:06}", self.number, self.calls);
                let call = tab.engine.open(CallParties { call_sid: Some(sid.clone()), ..CallParties::default() });
                tab.engine.handle(Timestamp(now as i64), call, &Event::Accepted { at: wall, found_in_progress: false });
                let id = format!("alert-{sid}");
                self.alerts.insert(id.clone());
                tab.call = Some((call, id, now + self.chance.between(2000, 40_000)));
                checkpoint(tab, now, wall);
            }
            Some((call, _, ends)) if now >= ends => {
                tab.engine.handle(Timestamp(now as i64), call, &Event::Disconnected);
                while let Some(effect) = tab.engine.poll_effect() {
                    match effect {
                        Effect::Alert(alert) => tab.outbox.put(wall, &alert),
                        Effect::Ended { call, .. } => {
                            tab.outbox.checkpoint(wall, &tab.name, call.0, None);
                        }
                        _ => {}
                    }
                }
                (tab.call, tab.wakes) = (None, Some(now));
            }
            Some(_) if now >= tab.checkpoint_at => checkpoint(tab, now, wall),
            _ => {}
        }
    }

    /// Sends what is due, like the plugin's delivery (`src/web/delivery`).
    fn send(&mut self, tab: &mut Tab) {
        let (now, wall, session) = (self.now, self.wall(), self.session());
        if let Some(request) = &mut tab.in_flight {
            if request.arrives.is_some_and(|at| now >= at) {
                request.arrives = None;
                let answer = self.server.handle(now, &request.request, self.policy, &mut self.chance);
                request.answered = answer.filter(|_| !request.answer_lost);
            }
            let answer = match request.answered.take_if(|(at, _)| now >= *at) {
                Some((_, answer)) => answer,
                None if now >= request.gives_up => Answer::None,
                None => return,
            };
            tab.outbox.answered(wall, &request.request.id, Some(&request.request.token), &answer);
            (tab.in_flight, tab.wakes, self.lock) = (None, Some(now), None);
            return;
        }
        if tab.wakes.is_none_or(|at| now < at) {
            return;
        }
        if self.lock.is_some() {
            tab.wakes = Some(now + OTHER_TAB_WAIT_MS);
            return;
        }
        match tab.outbox.next(wall, &session, self.chance.share()) {
            Next::Nothing => tab.wakes = None,
            Next::Wait(span) => tab.wakes = Some(now + (span.0 as u64).clamp(1, MINUTE)),
            Next::Post(entry) => {
                self.lock = Some(tab.name.clone());
                let quiet = now >= TROUBLED_MS;
                let never_leaves = now < self.offline_until || !quiet && self.chance.percent(10.0);
                let hangs = !quiet && self.chance.percent(5.0);
                tab.in_flight = Some(InFlight {
                    request: Request::new(&entry, &self.token),
                    arrives: (!never_leaves).then(|| now + self.chance.between(20, if hangs { 29_000 } else { 500 })),
                    answered: None,
                    gives_up: now + if never_leaves && !hangs { 100 } else { TIME_LIMIT_MS },
                    answer_lost: !quiet && self.chance.percent(10.0),
                });
            }
        }
    }

    fn settle(mut self) {
        let mut kept = BTreeSet::new();
        for tab in &mut self.tabs {
            kept.extend(tab.outbox.entries().into_iter().filter(|entry| entry.refused.is_none()).map(|entry| entry.id));
        }
        for id in &self.alerts {
            let record = self.server.record(id);
            let fate = if record.acted == 0 && self.evicted.contains(id) {
                Fate::Evicted
            } else {
                Fate::from_record(record, kept.contains(id), self.memory_only.contains(id))
            };
            self.ledger.enter(id, fate);
        }
    }
}

fn checkpoint(tab: &mut Tab, now: u64, wall: WallTime) {
    tab.checkpoint_at = now + CHECKPOINT_MS;
    for checkpoint in tab.engine.checkpoints(Timestamp(now as i64)) {
        let alert: Option<&Alert> = checkpoint.alert.as_ref();
        tab.outbox.checkpoint(wall, &tab.name, checkpoint.call.0, alert);
    }
}
