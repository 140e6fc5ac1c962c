//! What is printed, and what is written into the documents.

use crate::by_second::BySecond;
use crate::clean::Clean;
use crate::concealment_as_heard::Sound;
use crate::expectation::Expectation;
use crate::expected_trouble::Stretch;
use crate::goals::{self, Directions, Goal, SAMPLES_P95, Verdict};
use crate::impairment::ShownBy;
use crate::report_data::Figures;
use crate::score::{FLAPPING_WITHIN, MAX_AFTERWARDS, Noticed, Score};
use crate::scored::Scored;
use crate::sdk_and_engine::Observer;
use crate::table::Table;
use crate::totals::{Spread, Totals, exceeds};
use crate::trouble_coverage::TroubleKind;

/// An observer's scores of some calls, added up.
#[must_use]
pub fn totals<'a>(observer: Observer, calls: impl IntoIterator<Item = &'a Scored>) -> Totals<'a> {
    calls.into_iter().filter_map(|call| call.score(observer)).collect()
}

/// A line for each figure, the observers side by side.
#[must_use]
pub fn totals_table(calls: &[&Scored]) -> Table {
    let by_observer = |observer: Observer| (observer.as_str(), totals(observer, calls.iter().copied()));
    side_by_side(&Observer::ALL.map(by_observer))
}

/// The same for the engine as it runs, the browsers side by side.
#[must_use]
pub fn browsers_table(chromium: &[&Scored], firefox: &[Scored]) -> Table {
    let held_out = firefox.iter().filter(|call| call.held_out);
    side_by_side(&[
        ("Chromium", totals(Observer::Full, chromium.iter().copied())),
        ("Firefox", totals(Observer::Full, firefox)),
        ("Firefox, held out", totals(Observer::Full, held_out)),
    ])
}

fn side_by_side(columns: &[(&str, Totals)]) -> Table {
    let mut table = Table::new(std::iter::once("").chain(columns.iter().map(|(head, _)| *head)));
    let mut row = |name: &str, cell: &dyn Fn(&Totals) -> String| {
        table.row(std::iter::once(name.to_owned()).chain(columns.iter().map(|(_, totals)| cell(totals))));
    };
    row("calls", &|totals| totals.calls().to_string());
    row("stretches to be noticed", &|totals| totals.musts().to_string());
    row("missed", &|totals| totals.missed().to_string());
    row("of those out of its sight, noticed", &|totals| totals.unseen());
    row("of those that may be, noticed", &|totals| totals.mays());
    row("invented", &|totals| totals.invented().to_string());
    row(&format!("still up {MAX_AFTERWARDS} s after the end"), &|totals| totals.overstayed().to_string());
    row("wrong side", &|totals| totals.wrong_sides().to_string());
    row(&format!("came and went twice within {FLAPPING_WITHIN} s"), &|totals| totals.flapping().to_string());
    row("seconds to notice (median, p95, max)", &|totals| spread(totals.to_notice_any()));
    for shown_by in ShownBy::ALL {
        row(&format!("… {}", shown_by.as_str()), &|totals| spread(totals.to_notice(shown_by)));
    }
    row("seconds to clear", &|totals| spread(totals.to_clear()));
    row("error of the time in warning, s", &|totals| spread(totals.error()));
    table
}

fn spread(spread: Option<Spread>) -> String {
    spread.map_or("–".to_owned(), |spread| format!("{:.1}, {:.1}, {:.1}", spread.median, spread.p95, spread.max))
}

/// An observer's words about some calls, held against each of their seconds, added up.
#[must_use]
pub fn by_second<'a>(observer: Observer, calls: impl IntoIterator<Item = &'a Scored>) -> BySecond {
    let of_observer = |call: &'a Scored| call.by_second.iter().find(|(by, _)| *by == observer).map(|(_, one)| one);
    calls.into_iter().filter_map(of_observer).collect()
}

/// A line for each kind of trouble and direction: what the engine covers of it.
#[must_use]
pub fn coverage_table(observer: Observer, calls: &[&Scored]) -> Table {
    let sum = by_second(observer, calls.iter().copied());
    let mut table = Table::new([
        "",
        "seconds to cover",
        "covered",
        "seconds claimed",
        "beside",
        "stretches",
        "missed",
        "seconds to notice (median, p95, max)",
    ]);
    let percent = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{share:.1} %"));
    for (trouble, coverage) in TroubleKind::ALL.iter().zip(&sum.coverage) {
        table.row([
            trouble.as_str().to_owned(),
            format!("{:.0}", coverage.wrong),
            percent(coverage.covered_share()),
            format!("{:.0}", coverage.claimed),
            percent(coverage.beside_share()),
            (coverage.noticed_after.len() + coverage.missed).to_string(),
            coverage.missed.to_string(),
            spread(Spread::from_values(coverage.noticed_after.iter().copied())),
        ]);
    }
    let link = sum.link;
    if link.bad > 0 {
        table.row([
            "bad seconds, measured links".to_owned(),
            link.bad.to_string(),
            percent(link.noticed_share()),
            format!("{:.0}", link.claimed),
            percent(link.far_share()),
            String::new(),
            String::new(),
            String::new(),
        ]);
    }
    table
}

/// A line for each call in which something is not covered, or claimed beside, or read too late.
#[must_use]
pub fn coverage_calls_table(observer: Observer, calls: &[&Scored]) -> Table {
    let mut table = Table::new(["recording", "covered", "claimed beside", "notices"]);
    for call in calls {
        let one = by_second(observer, [*call]);
        let mut cells = [Vec::new(), Vec::new(), Vec::new()];
        for (trouble, coverage) in TroubleKind::ALL.iter().zip(&one.coverage) {
            let [covered, beside, _] = &mut cells;
            if coverage.wrong > 0.0 {
                let name = trouble.as_str();
                covered.push(format!("{name}: {:.1} of {:.1} s", coverage.covered, coverage.wrong));
            }
            if coverage.beside >= 0.05 {
                beside.push(format!("{}: {:.1} of {:.1} s", trouble.as_str(), coverage.beside, coverage.claimed));
            }
        }
        let [covered, beside, notices] = &mut cells;
        if one.link.bad > 0 {
            covered.push(format!("{} of {} bad seconds", one.link.noticed, one.link.bad));
            beside.push(format!("{:.1} of {:.1} s", one.link.far, one.link.claimed));
        }
        if one.notices.shown > 0 {
            notices.push(one.notices.shown.to_string());
        }
        notices.extend(one.notices.over.iter().map(|over| format!("{} at {:.1} s is over", over.diagnosis, over.at)));
        notices.extend(one.notices.not_lost.iter().map(|lost| format!("false {} at {:.1} s", lost.diagnosis, lost.at)));
        if cells.iter().any(|cell| !cell.is_empty()) {
            let [covered, beside, notices] = cells.map(|cell| cell.join("\n"));
            table.row([call.name.clone(), covered, beside, notices]);
        }
    }
    table
}

/// A line for each call, the observers side by side.
#[must_use]
pub fn calls_table(calls: &[&Scored]) -> Table {
    let heads = ["recording", "to be noticed", "may be"].into_iter();
    let mut table = Table::new(heads.chain(Observer::ALL.into_iter().map(Observer::as_str)));
    for call in calls {
        let Expectation { must, may, .. } = &call.expected;
        let must: Vec<String> = must.iter().map(described).collect();
        let may: Vec<String> = may.iter().filter(|may| call.expected.is_apart(may)).map(described).collect();
        let mut cells = vec![call.name.clone(), must.join("\n"), may.join("\n")];
        cells.extend(call.scores.iter().map(|(_, score)| cell(score)));
        table.row(cells);
    }
    table
}

fn described(stretch: &Stretch) -> String {
    let kinds: Vec<&str> = stretch.kinds.iter().map(|kind| kind.as_str()).collect();
    let again = if stretch.outages.is_empty() { "" } else { ", again and again" };
    format!("{:.1}–{:.1} s {}{again}", stretch.span.from, stretch.span.to, kinds.join(", "))
}

fn cell(score: &Score) -> String {
    let mut parts = Vec::new();
    for noticed in &score.noticed {
        let side = if noticed.right_side { "" } else { ", wrong side" };
        let cleared = noticed.clear_after.map_or(String::new(), |after| format!(", cleared +{after:.1}"));
        parts.push(format!("{:.1} s{cleared}{side}", noticed.after));
    }
    parts.extend(score.missed.iter().map(|stretch| format!("missed {}", described(stretch))));
    parts.extend(
        score.unseen.iter().map(|noticed| {
            if *noticed { "noticed, though out of sight".to_owned() } else { "out of sight".to_owned() }
        }),
    );
    if score.mays_noticed > 0 {
        parts.push(format!("{} of what may be", score.mays_noticed));
    }
    for raised in &score.invented {
        parts.push(format!("INVENTED {} at {:.1}", raised.condition, raised.raised));
    }
    for raised in &score.overstayed {
        let until = raised.cleared.map_or("the end".to_owned(), |cleared| format!("{cleared:.1}"));
        parts.push(format!("{} stays up until {until}", raised.condition));
    }
    parts.extend(score.flapping.iter().map(|condition| format!("{condition} flaps")));
    if score.is_time_wrong() {
        parts.push(wrong_time(score));
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join("\n") }
}

fn wrong_time(score: &Score) -> String {
    let hidden = score.truth.0 - score.shown;
    let hidden = if hidden >= 0.05 { format!(", {hidden:.1} s not shown") } else { String::new() };
    format!("time in warning {:+.1} s of {:.1}{hidden}", score.error(), score.truth.0)
}

/// What misses a goal that each stretch and each call has to meet by itself.
#[must_use]
pub fn exceptions(observer: Observer, calls: &[&Scored]) -> Vec<String> {
    let mut exceptions = Vec::new();
    let p95 = totals(observer, calls.iter().copied()).to_notice(ShownBy::Samples).map(|spread| spread.p95);
    let samples_are_late = p95.is_some_and(|p95| exceeds(p95, SAMPLES_P95));
    for (name, score) in calls.iter().filter_map(|call| Some((&call.name, call.score(observer)?))) {
        for Noticed { shown_by, after, shown_after, .. } in
            score.noticed.iter().filter(|noticed| noticed.shown_by.is_rtcp() || noticed.shown_by == ShownBy::Samples)
        {
            let limit = match shown_by {
                ShownBy::Samples if samples_are_late => SAMPLES_P95,
                ShownBy::Samples => f64::INFINITY,
                other => other.limit(observer.has_private_statistics()),
            };
            if exceeds(*after, limit) {
                let shown = if shown_after.is_finite() { format!("{shown_after:.1} s") } else { "never".to_owned() };
                exceptions
                    .push(format!("{name}: {} noticed after {after:.1} s, shown after {shown}", shown_by.as_str()));
            }
        }
        if score.is_time_wrong() {
            exceptions.push(format!("{name}: {}", wrong_time(score)));
        }
    }
    exceptions
}

/// A line for each goal, and whether none is missed that could be met.
#[must_use]
pub fn goals_table(observer: Observer, calls: &[&Scored]) -> (Table, bool) {
    goals_as_table(&goals::for_observer(observer, &totals(observer, calls.iter().copied())))
}

/// The same of what is asked for each direction, of these calls.
#[must_use]
pub fn direction_goals_table(calls: &[&Scored], figures: &Figures) -> (Table, bool) {
    let named = |prefix: &'static str| calls.iter().copied().filter(move |call| call.name.starts_with(prefix));
    goals_as_table(&goals::for_directions(&Directions {
        all: by_second(Observer::Full, calls.iter().copied()),
        bursts: by_second(Observer::Full, named("burst5_")),
        roaming: named("roaming").map(|call| by_second(Observer::Full, [call]).notices.shown).collect(),
        random_loss: figures.random_loss,
        clean: Clean::new(figures.all()),
        sound: figures.sounds.iter().map(Sound::worst_difference).max(),
    }))
}

/// A line for each call in whose sound the lab counted what was made up.
#[must_use]
pub fn sound_table(sounds: &[Sound]) -> Table {
    let heads = [
        "recording",
        "seconds",
        "severely concealed: engine",
        "heard",
        "of them not the same",
        "difference in any 30 s, at most",
    ];
    let mut table = Table::new(heads);
    for sound in sounds {
        let (counted, heard) = sound.counts();
        let figures = [sound.seconds.len(), counted, heard, sound.differing(), sound.worst_difference()];
        table.row(std::iter::once(sound.name.clone()).chain(figures.map(|figure| figure.to_string())));
    }
    table
}

fn goals_as_table(goals: &[Goal]) -> (Table, bool) {
    let mut table = Table::new(["", "is", ""]);
    for Goal { asked, figure, verdict } in goals {
        table.row([asked.as_str(), figure, verdict.as_str()]);
    }
    (table, goals.iter().all(|goal| goal.verdict != Verdict::NotMet))
}
