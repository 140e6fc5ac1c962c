//! Verdicts as Arrow columns.

use crate::error::{Error, Result};
use crate::outcome::{Cause, Endpoint, Episode, Notice, Outcome};
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, ListArray, StringArray, StructArray, TimestampMillisecondArray, UInt32Array,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, FieldRef, Fields};
use std::sync::Arc;

/// The columns of [`crate::schema::verdict`], or of [`crate::schema::named_verdict`].
pub(crate) fn verdict_columns(outcomes: &[Outcome], fields: &Fields) -> Result<StructArray> {
    let text = |of: fn(&Outcome) -> Option<&str>| texts(outcomes.iter().map(of));
    let number = |of: fn(&Outcome) -> Option<f64>| numbers(outcomes.iter().map(of));
    struct_array(fields, outcomes.len(), |field| {
        Ok(match field.name().as_str() {
            "configuration" => text(|outcome| outcome.configuration.as_deref()),
            "started_at" => {
                let times = outcomes.iter().map(|outcome| outcome.started_at);
                Arc::new(times.collect::<TimestampMillisecondArray>().with_timezone("UTC"))
            }
            "duration_ms" => number(|outcome| outcome.duration_ms),
            "warning_ms" => number(|outcome| outcome.warning_ms),
            "warning_pct" => number(|outcome| outcome.warning_pct),
            "severely_concealed_pct" => number(|outcome| outcome.severely_concealed_pct),
            "jitter_buffer_delay_ms" => number(|outcome| outcome.jitter_buffer_delay_ms),
            "alert" => Arc::new(outcomes.iter().map(|outcome| outcome.alert).collect::<BooleanArray>()),
            "rules" => list(field, outcomes, |outcome| &outcome.rules, |rules, _| Ok(words(rules)))?,
            "why" => text(|outcome| outcome.why.as_deref()),
            "conditions" => list(field, outcomes, |outcome| &outcome.conditions, |names, _| Ok(words(names)))?,
            "episodes" => list(field, outcomes, |outcome| &outcome.episodes, episodes)?,
            "causes" => list(field, outcomes, |outcome| &outcome.causes, causes)?,
            "notices" => list(field, outcomes, |outcome| &outcome.notices, notices)?,
            "endpoint" => endpoints(outcomes, field.data_type())?,
            "problems" => list(
                field,
                outcomes,
                |outcome| &outcome.problems,
                |problems, _| Ok(texts(problems.iter().map(|problem| Some(problem.as_str())))),
            )?,
            other => return unknown(other),
        })
    })
}

fn episodes(episodes: &[&Episode], item: &DataType) -> Result<ArrayRef> {
    let text = |of: fn(&Episode) -> Option<&str>| texts(episodes.iter().map(|episode| of(episode)));
    let number = |of: fn(&Episode) -> Option<f64>| numbers(episodes.iter().map(|episode| of(episode)));
    item_structs(item, episodes.len(), |name| {
        Ok(match name {
            "condition" => text(|episode| Some(episode.condition)),
            "side" => text(|episode| Some(episode.side)),
            "direction" => text(|episode| episode.direction),
            "start_ms" => number(|episode| Some(episode.start_ms)),
            "end_ms" => number(|episode| Some(episode.end_ms)),
            "raised_ms" => number(|episode| Some(episode.raised_ms)),
            "cleared_ms" => number(|episode| episode.cleared_ms),
            "worst" => number(|episode| episode.worst),
            "threshold" => number(|episode| episode.threshold),
            other => return unknown(other),
        })
    })
}

fn causes(causes: &[&Cause], item: &DataType) -> Result<ArrayRef> {
    item_structs(item, causes.len(), |name| {
        Ok(match name {
            "cause" => texts(causes.iter().map(|cause| Some(cause.cause))),
            "start_ms" => numbers(causes.iter().map(|cause| Some(cause.start_ms))),
            "end_ms" => numbers(causes.iter().map(|cause| Some(cause.end_ms))),
            "evidence" => texts(causes.iter().map(|cause| cause.evidence.as_deref())),
            other => return unknown(other),
        })
    })
}

fn notices(notices: &[&Notice], item: &DataType) -> Result<ArrayRef> {
    item_structs(item, notices.len(), |name| {
        Ok(match name {
            "ms" => numbers(notices.iter().map(|notice| Some(notice.ms))),
            "diagnosis" => texts(notices.iter().map(|notice| Some(notice.diagnosis))),
            "text" => texts(notices.iter().map(|notice| Some(notice.text.as_str()))),
            other => return unknown(other),
        })
    })
}

fn endpoints(outcomes: &[Outcome], item: &DataType) -> Result<ArrayRef> {
    let text = |of: fn(&Endpoint) -> Option<&str>| texts(outcomes.iter().map(|outcome| of(&outcome.endpoint)));
    let number = |of: fn(&Endpoint) -> Option<f64>| numbers(outcomes.iter().map(|outcome| of(&outcome.endpoint)));
    let count = |of: fn(&Endpoint) -> Option<u32>| -> ArrayRef {
        Arc::new(outcomes.iter().map(|outcome| of(&outcome.endpoint)).collect::<UInt32Array>())
    };
    item_structs(item, outcomes.len(), |name| {
        Ok(match name {
            "headset" => text(|endpoint| endpoint.headset.as_deref()),
            "codec" => text(|endpoint| endpoint.codec.as_deref()),
            "network_type" => text(|endpoint| endpoint.network_type.map(<&str>::from)),
            "relay_protocol" => text(|endpoint| endpoint.relay_protocol.map(<&str>::from)),
            "rtt_floor_ms" => number(|endpoint| endpoint.rtt_floor_ms),
            "cpu_performance" => count(|endpoint| endpoint.cpu_performance),
            "hardware_concurrency" => count(|endpoint| endpoint.hardware_concurrency),
            "device_memory" => number(|endpoint| endpoint.device_memory),
            "web_rtc_redirected" => {
                let redirected = outcomes.iter().map(|outcome| outcome.endpoint.web_rtc_redirected);
                Arc::new(redirected.collect::<BooleanArray>())
            }
            "echo_return_loss" => number(|endpoint| endpoint.echo_return_loss),
            "echo_return_loss_enhancement" => number(|endpoint| endpoint.echo_return_loss_enhancement),
            other => return unknown(other),
        })
    })
}

/// A list for each call, of the items that it has.
fn list<'a, T>(
    field: &FieldRef,
    outcomes: &'a [Outcome],
    of: fn(&'a Outcome) -> &'a Vec<T>,
    make: impl Fn(&[&'a T], &DataType) -> Result<ArrayRef>,
) -> Result<ArrayRef> {
    let DataType::List(item) = field.data_type() else { return unknown(field.name()) };
    let offsets = OffsetBuffer::from_lengths(outcomes.iter().map(|outcome| of(outcome).len()));
    let items: Vec<&T> = outcomes.iter().flat_map(of).collect();
    Ok(Arc::new(ListArray::try_new(Arc::clone(item), offsets, make(&items, item.data_type())?, None)?))
}

fn item_structs(item: &DataType, length: usize, column: impl Fn(&str) -> Result<ArrayRef>) -> Result<ArrayRef> {
    let DataType::Struct(fields) = item else { return unknown("item") };
    Ok(Arc::new(struct_array(fields, length, |field| column(field.name()))?))
}

fn struct_array(fields: &Fields, length: usize, column: impl Fn(&FieldRef) -> Result<ArrayRef>) -> Result<StructArray> {
    let columns = fields.iter().map(column).collect::<Result<_>>()?;
    Ok(StructArray::try_new_with_length(fields.clone(), columns, None, length)?)
}

fn words(words: &[&&'static str]) -> ArrayRef {
    texts(words.iter().map(|word| Some(**word)))
}

fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn numbers(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.collect::<Float64Array>())
}

fn unknown<T>(name: &str) -> Result<T> {
    Err(Error::Columns(format!("no verdict has a column \"{name}\" of this type")))
}
