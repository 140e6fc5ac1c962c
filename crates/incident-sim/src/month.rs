//! The month.

use crate::agent::{Agent, DAY, HOUR, MINUTE, SECOND};
use crate::centre::Centre;
use crate::occurrence::Occurrence;
use crate::report::Report;
use crate::scenario::Scenario;
use delivery_sim::chance::Chance;
use device_monitoring::floor::overview::StoredBeat;
use device_monitoring::incidents::{Change, Incidents};

/// A Monday, at midnight.
const START: i64 = 20_759 * DAY;
/// How often beats are judged.
const JUDGED_EVERY: i64 = 5 * SECOND;
/// Nothing breaks on these days at the beginning of each ten.
const QUIET_DAYS: i64 = 3;
/// When things break: these hours of a working day, at a random minute. The first is the morning.
const HOURS: [i64; 5] = [9, 11, 13, 15, 17];
/// Nobody works before and after these hours.
const OPEN_HOURS: std::ops::Range<i64> = 8..22;

/// Plays so many days of the centre, in which these scenarios come about in turn.
#[must_use]
pub fn simulate(centre: &Centre, scenarios: &[Scenario], days: i64, seed: u64) -> Report {
    let mut chance = Chance::from_seed(seed);
    let mut agents: Vec<Agent> =
        (0..centre.agents).filter_map(|number| Agent::new(number, centre, &mut chance)).collect();
    let mut incidents = Incidents::default();
    let mut report = Report::new(seed, days, agents.len());
    let mut turn = scenarios.iter().cycle();
    let mut current: Option<Occurrence> = None;
    for day in 0..days {
        let midnight = START + day * DAY;
        let is_quiet = day % 10 < QUIET_DAYS || day % 7 >= 5;
        report.quiet_days += usize::from(is_quiet);
        let mut breaks: Vec<i64> = Vec::new();
        if !is_quiet {
            breaks.extend(HOURS.iter().map(|hour| midnight + hour * HOUR + chance.between(0, 30) as i64 * MINUTE));
        }
        let mut now = midnight + OPEN_HOURS.start * HOUR;
        while now < midnight + OPEN_HOURS.end * HOUR {
            now += JUDGED_EVERY;
            if let Some(done) = current.take_if(|occurrence| !occurrence.covers(now)) {
                for (index, version) in &done.released {
                    agents.get_mut(*index).and_then(|agent| agent.release(version.clone()));
                }
                report.note(&done);
            }
            if current.is_none() && breaks.first().is_some_and(|at| now >= *at) {
                breaks.remove(0);
                current = turn.next().and_then(|next| Occurrence::new(next, now, &mut agents, &mut chance));
            }
            let hour = (now - midnight) / HOUR;
            let busy = centre.busy_hours.get(&hour).copied().unwrap_or(1.0);
            let times = busy * current.as_ref().map_or(1.0, |occurrence| occurrence.trouble_factor);
            for agent in &mut agents {
                agent.step(now, centre, times, &mut chance);
            }
            if let Some(occurrence) = &mut current {
                occurrence.harm(now, &mut agents);
            }
            judge(&mut incidents, now, &agents, current.as_mut(), &mut report);
        }
    }
    report.seal(&incidents);
    report
}

fn judge(incidents: &mut Incidents, now: i64, agents: &[Agent], current: Option<&mut Occurrence>, report: &mut Report) {
    let beats: Vec<&StoredBeat> =
        agents.iter().map(|agent| &agent.beat).filter(|beat| !beat.ended && beat.received_at <= now + SECOND).collect();
    report.look(&beats);
    let changes = incidents.judge(&beats, now);
    let opened = changes.into_iter().filter_map(|change| match change {
        Change::Opened(incident) => Some(incident),
        Change::Closed(_) => None,
    });
    match current {
        Some(occurrence) => opened.for_each(|incident| occurrence.note(&incident, agents)),
        None => opened.for_each(|incident| report.false_incident(incident)),
    }
}
