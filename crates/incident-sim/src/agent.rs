//! An agent: shifts, calls, and what the beats of these say.

use crate::centre::{Centre, Shift, drawn, drawn_value, waiting};
use delivery_sim::chance::Chance;
use device_monitoring::floor::overview::StoredBeat;
use device_monitoring::incidents::{Key, KeyKind};

pub(crate) const SECOND: i64 = 1000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
/// Trouble is told when it has lasted for so long (rule K2).
const LASTING: i64 = 5 * SECOND;
/// A beat is sent so often although nothing happens.
const HEARTBEAT: i64 = 30 * SECOND;
/// From a beat's moment until the Function has it.
const ON_THE_WAY: i64 = SECOND;
/// What is wrong where nothing has broken.
const USUAL: &str = "your-network";

/// What is wrong with a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trouble {
    pub(crate) since: i64,
    pub(crate) until: i64,
    pub(crate) diagnosis: String,
    pub(crate) cause: Option<String>,
    is_told: bool,
}

impl Trouble {
    pub(crate) fn new(since: i64, until: i64, diagnosis: &str, cause: Option<&String>) -> Self {
        Self { since, until, diagnosis: diagnosis.to_owned(), cause: cause.cloned(), is_told: false }
    }
}

/// An agent of the centre.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    shift: Shift,
    /// Usual trouble in an hour of talk.
    per_hour: f64,
    /// The latest beat of the current call, or of the one before.
    pub(crate) beat: StoredBeat,
    /// When the call or the time without one is over.
    until: i64,
    next_trouble: i64,
    pub(crate) trouble: Option<Trouble>,
    /// Nothing can be sent until then.
    pub(crate) silent_until: i64,
}

impl Agent {
    pub(crate) fn new(number: usize, centre: &Centre, chance: &mut Chance) -> Option<Self> {
        let site = drawn(&centre.sites, |site| site.weight, chance)?;
        let in_office = chance.percent(site.office_pct);
        let team = drawn(&centre.teams_of_a_site, |_| 1.0, chance)?;
        let keys = vec![
            drawn_value(if in_office { &centre.office } else { &centre.home }, chance),
            Some(site.edge.clone()),
            drawn_value(&centre.headsets, chance),
            drawn_value(&centre.browsers, chance),
            drawn_value(&centre.voice_sdk, chance),
            drawn_value(&centre.plugin, chance),
        ];
        let beat = StoredBeat {
            // As different from the first digit on as real ones are.
            worker: format!("WK{:032x}", (number as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)),
            team: Some(format!("{} {team}", site.name)),
            site: Some(site.name.clone()),
            network: site.network.clone().filter(|_| in_office),
            keys,
            ended: true,
            ..StoredBeat::default()
        };
        let times: f64 = centre
            .trouble
            .times
            .iter()
            .filter(|(key, _)| key.split_once(':').is_some_and(|(kind, value)| names(kind, value, &beat)))
            .map(|(_, times)| times)
            .product();
        // A normal deviate, by Box and Muller.
        let normal = waiting(2.0, chance).sqrt() * (std::f64::consts::TAU * chance.share()).cos();
        let spread = (centre.trouble.spread * normal - centre.trouble.spread.powi(2) / 2.0).exp();
        let shift = drawn(&centre.shifts, |shift| shift.weight, chance)?.clone();
        let per_hour = centre.trouble.per_hour_of_talk * times * spread;
        let (until, next_trouble, silent_until) = (0, 0, 0);
        Some(Self { shift, per_hour, beat, until, next_trouble, trouble: None, silent_until })
    }

    pub(crate) fn has(&self, key: &Key) -> bool {
        key.kind == KeyKind::Everyone || value_of(key.kind, &self.beat) == Some(&key.value)
    }

    pub(crate) fn value_of(&self, kind: KeyKind) -> Option<&str> {
        value_of(kind, &self.beat)
    }

    pub(crate) fn is_in_call(&self) -> bool {
        !self.beat.ended
    }

    fn is_on_shift(&self, now: i64) -> bool {
        let hour = now.rem_euclid(DAY) / HOUR;
        // The first day of 1970 was a Thursday.
        let is_weekend = (now.div_euclid(DAY) + 3).rem_euclid(7) >= 5;
        // At the weekend every fifth works.
        let works = !is_weekend || self.beat.worker.bytes().next_back().is_some_and(|digit| digit % 5 == 0);
        works && (self.shift.from..self.shift.to).contains(&hour)
    }

    /// What happens to the agent in the time up to this moment. `times`: by how much trouble is more frequent now than
    /// usual.
    pub(crate) fn step(&mut self, now: i64, centre: &Centre, times: f64, chance: &mut Chance) {
        let is_silent = now < self.silent_until;
        if self.beat.ended {
            if now >= self.until && !is_silent && self.is_on_shift(now) {
                self.start_call(now, centre, times, chance);
            }
            return;
        }
        if now >= self.until {
            self.trouble = None;
            if is_silent {
                // Nobody hears of the call's end.
                return;
            }
            self.beat.ended = true;
            self.until = now + ms(waiting(centre.calls.between_min, chance), MINUTE);
            return self.tell(now);
        }
        if self.trouble.is_none() && now >= self.next_trouble {
            let until = now + LASTING + ms(waiting(centre.trouble.mean_s, chance), SECOND);
            self.trouble = Some(Trouble::new(now, until, USUAL, None));
            self.next_trouble = until + self.wait_for_trouble(times, chance);
        }
        let mut is_due = now - self.beat.at >= HEARTBEAT;
        match &mut self.trouble {
            Some(trouble) if now >= trouble.until => {
                is_due |= trouble.is_told;
                self.trouble = None;
            }
            Some(trouble) if !trouble.is_told && now - trouble.since >= LASTING => {
                trouble.is_told = true;
                is_due = true;
            }
            _ => {}
        }
        if is_due && !is_silent {
            self.tell(now);
        }
    }

    fn start_call(&mut self, now: i64, centre: &Centre, times: f64, chance: &mut Chance) {
        self.until = now + ms(waiting(centre.calls.mean_min, chance), MINUTE).max(10 * SECOND);
        self.next_trouble = now + self.wait_for_trouble(times, chance);
        (self.beat.ended, self.beat.started_at) = (false, now);
        self.tell(now);
    }

    fn wait_for_trouble(&self, times: f64, chance: &mut Chance) -> i64 {
        ms(waiting(1.0 / (self.per_hour * times).max(1e-9), chance), HOUR)
    }

    /// As the Function keeps it.
    fn tell(&mut self, now: i64) {
        let told = self.trouble.as_ref().filter(|trouble| trouble.is_told);
        self.beat.conditions = told.iter().map(|_| "high-packet-loss".to_owned()).collect();
        self.beat.diagnosis = told.map(|trouble| trouble.diagnosis.clone());
        self.beat.cause = told.and_then(|trouble| trouble.cause.clone());
        self.beat.since = told.map(|trouble| trouble.since);
        (self.beat.at, self.beat.received_at) = (now, now + ON_THE_WAY);
    }

    /// Gives the agent another version of the plugin, or takes it away again.
    pub(crate) fn release(&mut self, version: Option<String>) -> Option<String> {
        let plugin = self.beat.keys.last_mut()?;
        std::mem::replace(plugin, version)
    }
}

fn value_of(kind: KeyKind, beat: &StoredBeat) -> Option<&str> {
    let listed = |place: usize| beat.keys.get(place).and_then(Option::as_deref);
    match kind {
        KeyKind::Site => beat.site.as_deref(),
        KeyKind::Team => beat.team.as_deref(),
        KeyKind::Network => beat.network.as_deref(),
        KeyKind::NetworkType => listed(0),
        KeyKind::Edge => listed(1),
        KeyKind::Headset => listed(2),
        KeyKind::Browser => listed(3),
        KeyKind::VoiceSdk => listed(4),
        KeyKind::Plugin => listed(5),
        KeyKind::Everyone => None,
    }
}

fn names(kind: &str, value: &str, beat: &StoredBeat) -> bool {
    let kind = serde_json::from_value::<KeyKind>(kind.into());
    kind.is_ok_and(|kind| value_of(kind, beat) == Some(value))
}

fn ms(count: f64, unit: i64) -> i64 {
    (count * unit as f64) as i64
}
