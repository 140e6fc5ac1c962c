//! What is good enough.

use crate::by_second::BySecond;
use crate::clean::{Clean, MIN_MINUTES};
use crate::false_alarm_rate::HOURS;
use crate::impairment::ShownBy;
use crate::score::{FLAPPING_WITHIN, MAX_AFTERWARDS, Noticed};
use crate::sdk_and_engine::Observer;
use crate::totals::{Spread, Totals, exceeds};
use crate::trouble_coverage::{Coverage, TroubleKind};

/// Seconds within which 95 of 100 stretches that samples show are to be noticed.
pub(crate) const SAMPLES_P95: f64 = 5.5;

/// One thing that is asked of the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// What is asked.
    pub asked: String,
    /// What is the case; a dash where no recording tells.
    pub figure: String,
    /// Whether it is met.
    pub verdict: Verdict,
}

/// Whether a goal is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Met,
    /// It is not, although something that the browser is told shows what is asked for.
    NotMet,
    /// It is not, and would be without what nothing shows in time that the browser is told.
    OutOfSight,
}

impl Verdict {
    fn new(is_met: bool) -> Self {
        if is_met { Self::Met } else { Self::NotMet }
    }

    /// In the report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "NOT MET",
            Self::OutOfSight => "not met: out of sight",
        }
    }
}

/// Everything that is asked of one observer.
#[must_use]
pub fn for_observer(observer: Observer, totals: &Totals) -> Vec<Goal> {
    let mut goals = Goals(Vec::new());
    goals.none("no stretch missed", totals.missed());
    goals.none("nothing invented", totals.invented());
    goals.none(&format!("nothing still up {MAX_AFTERWARDS} s after the end"), totals.overstayed());
    goals.none("no wrong side", totals.wrong_sides());
    goals.none(&format!("nothing comes and goes twice within {FLAPPING_WITHIN} s"), totals.flapping());

    let samples = totals.to_notice(ShownBy::Samples);
    goals.at_most("what samples show: noticed after, in the median", samples.map(|spread| spread.median), 2.0);
    goals.p95_of_samples(totals);
    goals.each(ShownBy::RoundTrips, observer, totals);
    if observer.has_private_statistics() {
        goals.each(ShownBy::Reports, observer, totals);
        let silence = totals.to_notice(ShownBy::Silence);
        goals.at_most("inaudible agent: noticed after, in the median", silence.map(|spread| spread.median), 15.0);
        goals.each(ShownBy::Silence, observer, totals);
    }
    goals.microphone(totals);
    goals.at_most("taken back after the end, in the median", totals.to_clear().map(|spread| spread.median), 5.5);
    goals.time_in_warning(totals);
    goals.0
}

/// What the goals for each direction and second are held against.
#[derive(Clone, Debug)]
pub struct Directions {
    /// All calls.
    pub all: BySecond,
    /// Calls with bursts of loss, 5 % in the mean.
    pub bursts: BySecond,
    /// Notices in each call of somebody who roams.
    pub roaming: Vec<usize>,
    /// Notices in an hour of 1 % of random loss.
    pub random_loss: f64,
    /// Calls in which nothing was wrong.
    pub clean: Clean,
    /// Of severely concealed seconds, by how much the engine's count and that of the sound differ at most in thirty.
    pub sound: Option<usize>,
}

/// Everything that is asked of the engine for each direction, second and notice.
#[must_use]
pub fn for_directions(directions: &Directions) -> Vec<Goal> {
    let mut goals = Goals(Vec::new());
    for trouble in [TroubleKind::InboundLoss, TroubleKind::OutboundLoss] {
        let coverage = directions.all.coverage(trouble);
        let name = trouble.as_str();
        goals.percent(
            &format!("{name}: covered from {:.0} s on", trouble.onset()),
            coverage.covered_share(),
            Limit::Least(95.0),
        );
        goals.percent(&format!("{name}: claimed beside"), coverage.beside_share(), Limit::Most(2.0));
    }
    let median = |coverage: &Coverage| {
        // What is missed is noticed never.
        let missed = std::iter::repeat_n(f64::INFINITY, coverage.missed);
        Spread::from_values(coverage.noticed_after.iter().copied().chain(missed)).map(|spread| spread.median)
    };
    let bursts = |trouble| median(directions.bursts.coverage(trouble));
    goals.at_most("bursts of 5 %, inbound: noticed after, in the median", bursts(TroubleKind::InboundLoss), 6.0);
    goals.at_most("bursts of 5 %, outbound: noticed after, in the median", bursts(TroubleKind::OutboundLoss), 12.0);
    let not_once = directions.roaming.iter().filter(|notices| **notices != 1).count();
    goals.none("calls of somebody who roams in which that is not told once", not_once);
    let link = directions.all.link;
    goals.percent("measured links: bad seconds with an episode within 2 s", link.noticed_share(), Limit::Least(95.0));
    goals.or_of_shown(link.noticed_share_of_shown(), link.hidden, Limit::Least(95.0));
    goals.percent("measured links: claimed more than 4 s from a bad second", link.far_share(), Limit::Most(5.0));
    goals.none("notices that are new or change more than 3 s after all is well", directions.all.notices.over.len());
    goals.none("notices of a lost connection while packets arrive", directions.all.notices.not_lost.len());
    goals.0.push(Goal {
        asked: format!("1 % of random loss, {HOURS} simulated hours: notices an hour, at most 2"),
        figure: format!("{:.1}", directions.random_loss),
        verdict: Verdict::new(directions.random_loss <= 2.0),
    });
    let Clean { calls, minutes, invented } = directions.clean;
    goals.0.push(Goal {
        asked: format!("invented in {MIN_MINUTES:.0} minutes of clean calls, at least: 0"),
        figure: format!("{invented} in {minutes:.0} minutes of {calls} calls"),
        verdict: Verdict::new(invented == 0 && minutes >= MIN_MINUTES),
    });
    if let Some(difference) = directions.sound {
        goals.0.push(Goal {
            asked: "severely concealed seconds in any 30: engine and sound differ by at most 1".to_owned(),
            figure: difference.to_string(),
            verdict: Verdict::new(difference <= 1),
        });
    }
    goals.0
}

/// What a share is compared with, percent.
#[derive(Clone, Copy, Debug)]
enum Limit {
    Least(f64),
    Most(f64),
}

impl Limit {
    fn holds(self, share: f64) -> bool {
        match self {
            Self::Least(least) => share >= least,
            Self::Most(most) => share <= most,
        }
    }
}

struct Goals(Vec<Goal>);

impl Goals {
    fn none(&mut self, asked: &str, count: usize) {
        self.0.push(Goal { asked: asked.to_owned(), figure: count.to_string(), verdict: Verdict::new(count == 0) });
    }

    /// Seconds, compared as they are printed.
    fn at_most(&mut self, asked: &str, value: Option<f64>, limit: f64) {
        let figure = value.map_or("–".to_owned(), |value| format!("{value:.1} s"));
        let verdict = Verdict::new(value.is_none_or(|value| !exceeds(value, limit)));
        self.0.push(Goal { asked: format!("{asked}: ≤ {limit:.1} s"), figure, verdict });
    }

    /// Percent, compared as it is.
    fn percent(&mut self, asked: &str, share: Option<f64>, limit: Limit) {
        let (sign, value) = match limit {
            Limit::Least(least) => ("≥", least),
            Limit::Most(most) => ("≤", most),
        };
        let verdict = Verdict::new(share.is_none_or(|share| limit.holds(share)));
        let figure = share.map_or("–".to_owned(), |share| format!("{share:.1} %"));
        self.0.push(Goal { asked: format!("{asked}: {sign} {value:.0} %"), figure, verdict });
    }

    /// If the last goal is not met: the same without what nothing shows, of which there is so much.
    fn or_of_shown(&mut self, share: Option<f64>, hidden: usize, limit: Limit) {
        if let (Some(goal), Some(share)) = (self.0.last_mut().filter(|goal| goal.verdict == Verdict::NotMet), share)
            && hidden > 0
        {
            goal.figure = format!("{}; {share:.1} % without {hidden} that nothing shows", goal.figure);
            goal.verdict = if limit.holds(share) { Verdict::OutOfSight } else { Verdict::NotMet };
        }
    }

    /// Of what samples show; if not met: the same without stretches that nothing showed within the limit.
    fn p95_of_samples(&mut self, totals: &Totals) {
        let limit = SAMPLES_P95;
        let p95 = totals.to_notice(ShownBy::Samples).map(|spread| spread.p95);
        self.at_most("what samples show: noticed after, at the 95th percentile", p95, limit);
        let hidden = totals.later_than(ShownBy::Samples, limit).filter(|late| exceeds(late.shown_after, limit)).count();
        if let Some(goal) = self.0.last_mut().filter(|goal| goal.verdict == Verdict::NotMet && hidden > 0) {
            let shown = totals.to_notice_if_shown_within(ShownBy::Samples, limit).map_or(0.0, |spread| spread.p95);
            goal.figure = format!("{}; {shown:.1} s without {hidden} not shown within", goal.figure);
            goal.verdict = if exceeds(shown, limit) { Verdict::NotMet } else { Verdict::OutOfSight };
        }
    }

    /// Every stretch that one source shows, within its limit.
    fn each(&mut self, shown_by: ShownBy, observer: Observer, totals: &Totals) {
        let limit = shown_by.limit(observer.has_private_statistics());
        let most = totals.to_notice(shown_by).map(|spread| spread.max);
        self.at_most(&format!("{}: noticed after, at most", shown_by.as_str()), most, limit);
        if let Some(goal) = self.0.last_mut().filter(|goal| goal.verdict == Verdict::NotMet) {
            goal.figure = format!("{}; {} within", goal.figure, totals.within(shown_by, limit));
            let late: Vec<&Noticed> = totals.later_than(shown_by, limit).collect();
            let hidden = late.iter().filter(|noticed| exceeds(noticed.shown_after, limit)).count();
            if hidden > 0 {
                goal.figure = format!("{}, {hidden} not shown within", goal.figure);
            }
            if hidden == late.len() {
                goal.verdict = Verdict::OutOfSight;
            }
        }
    }

    /// If not met: the same without seconds that nothing shows.
    fn time_in_warning(&mut self, totals: &Totals) {
        let asked = "calls whose time in warning is off by more than 3 s and 10 % (6 s where RTCP tells)";
        let (wrong, shown) = (totals.wrong_times(), totals.wrong_shown_times());
        self.none(asked, wrong);
        if let Some(goal) = self.0.last_mut().filter(|_| shown < wrong) {
            goal.figure = format!("{wrong}; {shown} without seconds that nothing shows");
            goal.verdict = if shown == 0 { Verdict::OutOfSight } else { Verdict::NotMet };
        }
    }

    /// Sooner would be a pause in what somebody says.
    fn microphone(&mut self, totals: &Totals) {
        let asked = "silent microphone: noticed after 10 to 12 s".to_owned();
        let times = totals.soonest(ShownBy::Microphone).zip(totals.to_notice(ShownBy::Microphone));
        let (figure, is_met) = match times {
            Some((soonest, spread)) => {
                (format!("{soonest:.1} to {:.1} s", spread.max), soonest > 9.45 && spread.max < 12.05)
            }
            None => ("–".to_owned(), true),
        };
        self.0.push(Goal { asked, figure, verdict: Verdict::new(is_met) });
    }
}
