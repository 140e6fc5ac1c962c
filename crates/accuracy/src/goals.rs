//! What is good enough.

use crate::impairment::Witness;
use crate::observer::Observer;
use crate::totals::{Totals, exceeds};

/// One thing that is asked of the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// What is asked.
    pub asked: String,
    /// What is the case; a dash where no recording tells.
    pub figure: String,
    /// Whether it is met.
    pub met: bool,
}

/// Everything that is asked of one observer.
#[must_use]
pub fn for_observer(observer: Observer, totals: &Totals) -> Vec<Goal> {
    let mut goals = Goals(Vec::new());
    goals.none("no stretch missed", totals.missed());
    goals.none("nothing invented", totals.invented());
    goals.none("nothing still up 14 s after the end", totals.overstayed());
    goals.none("no wrong side", totals.wrong_sides());
    goals.none("nothing comes and goes twice within 10 s", totals.flapping());

    let samples = totals.to_notice(Witness::Samples);
    goals.at_most("what samples show: noticed after, in the median", samples.map(|spread| spread.median), 2.0);
    goals.at_most("what samples show: noticed after, at the 95th percentile", samples.map(|spread| spread.p95), 5.0);
    goals.each(Witness::RoundTrips, observer, totals);
    if observer.has_private_statistics() {
        goals.each(Witness::Reports, observer, totals);
        let silence = totals.to_notice(Witness::Silence);
        goals.at_most("inaudible agent: noticed after, in the median", silence.map(|spread| spread.median), 15.0);
        goals.each(Witness::Silence, observer, totals);
    }
    goals.microphone(totals);
    goals.at_most("taken back after the end, in the median", totals.to_clear().map(|spread| spread.median), 5.5);
    goals.none(
        "calls whose time in warning is off by more than 3 s and 10 % (6 s where RTCP tells)",
        totals.wrong_times(),
    );
    goals.0
}

struct Goals(Vec<Goal>);

impl Goals {
    fn none(&mut self, asked: &str, count: usize) {
        self.0.push(Goal { asked: asked.to_owned(), figure: count.to_string(), met: count == 0 });
    }

    /// Seconds, compared as they are printed.
    fn at_most(&mut self, asked: &str, value: Option<f64>, limit: f64) {
        let figure = value.map_or("–".to_owned(), |value| format!("{value:.1} s"));
        let met = value.is_none_or(|value| !exceeds(value, limit));
        self.0.push(Goal { asked: format!("{asked}: ≤ {limit:.1} s"), figure, met });
    }

    /// Every stretch that one witness shows, within its limit.
    fn each(&mut self, witness: Witness, observer: Observer, totals: &Totals) {
        let limit = witness.limit(observer.has_private_statistics());
        let most = totals.to_notice(witness).map(|spread| spread.max);
        self.at_most(&format!("{}: noticed after, at most", witness.as_str()), most, limit);
        if let Some(goal) = self.0.last_mut().filter(|goal| !goal.met) {
            goal.figure = format!("{}; {} within", goal.figure, totals.within(witness, limit));
        }
    }

    /// Sooner would be a pause in what somebody says.
    fn microphone(&mut self, totals: &Totals) {
        let asked = "silent microphone: noticed after 10 to 12 s".to_owned();
        let times = totals.soonest(Witness::Microphone).zip(totals.to_notice(Witness::Microphone));
        let (figure, met) = match times {
            Some((soonest, spread)) => {
                (format!("{soonest:.1} to {:.1} s", spread.max), soonest > 9.45 && spread.max < 12.05)
            }
            None => ("–".to_owned(), true),
        };
        self.0.push(Goal { asked, figure, met });
    }
}
