//! What goes wrong in a shift, what an agent does to it, and the peace after that.

use super::{InFlight, MINUTE, Shift, TICK_MS, checkpoint};
use crate::server::{Request, Troubles};

impl Shift<'_> {
    /// What may go wrong, and what an agent may do, in a quarter of a second.
    pub(super) fn misfortune(&mut self) {
        // So many a minute, in percent of the ticks of a minute.
        let often = |a_minute: f64| 100.0 * a_minute / (MINUTE / TICK_MS) as f64;
        if self.chance.percent(often(0.7)) && self.tabs.len() < 3 {
            self.ledger.count("a tab is opened");
            self.open_tab();
        }
        if self.chance.percent(often(0.3)) {
            let crash = self.chance.percent(50.0);
            self.end_tab(crash);
        }
        if self.chance.percent(often(0.15)) {
            self.ledger.count("offline for up to three minutes");
            self.offline_until = self.now + self.chance.between(1000, 3 * MINUTE);
        }
        if self.chance.percent(often(0.05)) {
            self.ledger.count("the server is down for a minute");
            self.server.down_until = self.now + MINUTE;
        }
        if self.chance.percent(often(0.1)) {
            self.ledger.count("the token expires");
            self.server.token = format!("token-{}", self.now);
            self.renews_at = Some(self.now + self.chance.between(1000, 2 * MINUTE));
        }
        if self.chance.percent(often(0.05)) {
            self.ledger.count("the clock is set by up to an hour");
            self.skew = (self.chance.share() - 0.5) * 7_200_000.0;
        }
        if self.chance.percent(often(0.05)) {
            self.ledger.count("the storage is full for a while");
            self.storage.set_full(true);
        } else if self.chance.percent(often(1.0)) {
            self.storage.set_full(false);
        }
        if self.chance.percent(often(0.2)) {
            let mut up_to = |most: f64| if self.chance.percent(60.0) { 0.0 } else { self.chance.share() * most };
            let (fails, busy, dies_before, dies_after) = (up_to(80.0), up_to(50.0), up_to(20.0), up_to(20.0));
            self.server.troubles = Troubles { fails, busy, dies_before, dies_after };
            self.ledger.count("the server changes its mood");
        }
    }

    pub(super) fn make_peace(&mut self) {
        self.storage.set_full(false);
        self.server.troubles = Troubles::default();
        (self.server.down_until, self.offline_until) = (0, 0);
        self.renew();
        // The next start: what a killed tab has left is judged then.
        self.open_tab();
        self.connection_changed();
    }

    pub(super) fn renew(&mut self) {
        self.token.clone_from(&self.server.token);
        self.renews_at = None;
    }

    pub(super) fn connection_changed(&mut self) {
        let (now, wall) = (self.now, self.wall());
        for tab in &mut self.tabs {
            tab.outbox.retry_soon(wall, self.chance.share());
            tab.wakes = Some(now);
        }
    }

    /// A tab is killed, or closed by the agent.
    fn end_tab(&mut self, crash: bool) {
        if self.tabs.is_empty() {
            return;
        }
        let index = self.chance.between(0, self.tabs.len() as u64) as usize;
        let mut tab = self.tabs.swap_remove(index);
        if self.lock.as_ref() == Some(&tab.name) {
            self.lock = None;
        }
        if let Some(InFlight { request, arrives: Some(at), .. }) = tab.in_flight.take() {
            self.strays.push((at, request));
        }
        self.ledger.count(if crash { "a tab is killed" } else { "a tab is closed" });
        if !crash {
            let (now, wall, session) = (self.now, self.wall(), self.session());
            checkpoint(&mut tab, now, wall);
            tab.outbox.close_tab(wall, &tab.name);
            for entry in tab.outbox.flush(wall, &session, |_| true) {
                if self.now >= self.offline_until && self.chance.percent(80.0) {
                    let at = self.now + self.chance.between(20, 500);
                    self.strays.push((at, Request::new(&entry, &self.token)));
                }
            }
        }
        // What the storage had no room for, alert or checkpoint, goes with its tab; nothing else may.
        let in_memory = tab.outbox.entries().into_iter().map(|entry| entry.id).chain(tab.call.map(|(_, id, _)| id));
        let lost = in_memory.filter(|id| !self.storage.mentions(id) && self.storage.has_turned_away(id));
        self.memory_only.extend(lost);
        self.count_log(&mut tab.outbox);
        if self.tabs.is_empty() {
            self.open_tab();
        }
    }
}
