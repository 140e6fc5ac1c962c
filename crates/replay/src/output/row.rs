//! A call under a configuration as one row: what CSV and Parquet have in common.

use super::NOT_MEASURED;
use crate::judged_call::JudgedCall;
use crate::verdict_change::Change;
use device_monitoring::replay::ReplayedCall;

/// A row's fields, in the order of the columns.
pub(super) struct OutputRow {
    pub(super) file: Option<String>,
    pub(super) call_sid: Option<String>,
    /// Milliseconds since 1970; `None` where the recording does not say when it began.
    pub(super) started_at: Option<i64>,
    pub(super) configuration: String,
    pub(super) duration_ms: f64,
    /// `None` where nobody knows how the call was.
    pub(super) warning_ms: Option<f64>,
    pub(super) warning_pct: Option<f64>,
    pub(super) alert: bool,
    /// Compared with the first configuration.
    pub(super) change: &'static str,
    /// The rules that it broke, and what was wrong: names with a space between.
    pub(super) rules: String,
    pub(super) conditions: String,
    pub(super) first_notice: Option<&'static str>,
    pub(super) first_notice_ms: Option<f64>,
    pub(super) why: String,
    pub(super) source: &'static str,
    pub(super) estimate: bool,
    pub(super) resolution_ms: i64,
    /// From its acceptance to its end, stretches without data included.
    pub(super) elapsed_ms: f64,
    /// `measured`, `estimated` or `not measured`.
    pub(super) quality: &'static str,
    /// Share of its seconds that were severely concealed, percent; `None` where it was not measured.
    pub(super) severely_concealed_pct: Option<f64>,
    /// Mean over the call; `None` where it was not measured.
    pub(super) jitter_buffer_delay_ms: Option<f64>,
    /// Why it was bad: names with a space between.
    pub(super) causes: String,
    /// The actions that its alert is for, with a space between; empty where the configuration has no `actions`.
    pub(super) actions: String,
}

/// Their names, those of the JSON where it has them.
pub(super) const COLUMNS: [&str; 23] = [
    "file",
    "callSid",
    "startedAt",
    "configuration",
    "durationMs",
    "warningMs",
    "warningPct",
    "alert",
    "change",
    "rules",
    "conditions",
    "firstNotice",
    "firstNoticeMs",
    "why",
    "source",
    "estimate",
    "resolutionMs",
    "elapsedMs",
    "quality",
    "severelyConcealedPct",
    "jitterBufferDelayMs",
    "causes",
    "actions",
];

/// A row for every configuration under which the call has a verdict.
pub(super) fn rows<'a>(
    input: Option<&'a str>,
    judged: &'a JudgedCall,
    configurations: &'a [String],
) -> impl Iterator<Item = OutputRow> + 'a {
    let first = judged.verdicts.first().and_then(Option::as_ref);
    configurations.iter().zip(&judged.verdicts).filter_map(move |(configuration, call)| {
        let call = call.as_ref()?;
        Some(row(input, judged, configuration, Change::between(first, Some(call)), call))
    })
}

fn row(
    input: Option<&str>,
    judged: &JudgedCall,
    configuration: &str,
    change: Change,
    call: &ReplayedCall,
) -> OutputRow {
    let rules: Vec<_> = call.reasons.iter().map(|reason| reason.rule.as_str()).collect();
    let why: Vec<_> = call.reasons.iter().map(|reason| reason.text.as_str()).collect();
    let conditions: Vec<_> = call.conditions.iter().map(|condition| condition.name.as_str()).collect();
    let causes: Vec<_> = call.causes.iter().map(|cause| cause.name.as_str()).collect();
    let measured = judged.is_measured();
    let resolution_s = judged.origin.as_ref().map_or(1, |origin| origin.resolution_s);
    OutputRow {
        file: input.map(str::to_owned),
        call_sid: call.call_sid.clone(),
        started_at: started_at(call),
        configuration: configuration.to_owned(),
        duration_ms: call.duration_ms.0,
        warning_ms: measured.then_some(call.warning_ms.0),
        warning_pct: measured.then(|| thousandths(call.warning_pct.0)),
        alert: call.alert,
        change: change.as_str(),
        rules: rules.join(" "),
        conditions: conditions.join(" "),
        first_notice: call.notices.first().map(|notice| notice.diagnosis),
        first_notice_ms: call.notices.first().map(|notice| notice.ms.0),
        why: why.join(" "),
        source: judged.origin.as_ref().map_or("recording", |origin| origin.source),
        estimate: resolution_s > 1,
        resolution_ms: i64::from(resolution_s) * 1000,
        elapsed_ms: call.elapsed_ms.0,
        quality: match (measured, resolution_s) {
            (false, _) => NOT_MEASURED,
            (true, 1) => "measured",
            (true, _) => "estimated",
        },
        severely_concealed_pct: call.severely_concealed_pct.map(|share| thousandths(share.0)),
        jitter_buffer_delay_ms: call.jitter_buffer_delay_ms.map(|delay| thousandths(delay.0)),
        causes: causes.join(" "),
        actions: call.actions.join(" "),
    }
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// A recording that does not say when it began counts from 1970, and no call was made with Flex before 2001.
pub(super) fn started_at(call: &ReplayedCall) -> Option<i64> {
    Some(call.started.0 as i64).filter(|started| *started >= 978_307_200_000)
}
