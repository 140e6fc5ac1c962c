//! The alert that is sent: whatever others call things, and whatever happens in the call.

use super::input::{Moment, sid, steps};
use super::storage::{Texts, WORKER};
use crate::alert::{Alert, ClientInfo, Form};
use crate::call::CallParties;
use crate::config::Configuration;
use crate::engine::recovery::Step;
use crate::engine::{Effect, Engine};
use crate::input::event::{CallContext, CallDirection, Event};
use crate::input::units::{Timestamp, WallTime};
use crate::outbox::{Entry, Outbox};
use arbitrary::{Arbitrary, Unstructured};
use serde_json::Value;

/// The Function refuses a longer one (`plugin-serverless/functions/lib/request.private.js`), in bytes.
const MAX_ALERT_BYTES: usize = 16_384;
/// What the schema (`plugin-serverless/assets/alert.schema.private.json`) allows wherever it says nothing narrower.
const LONGEST_TEXT: usize = 1000;
const LARGEST_NUMBER: f64 = 1e12;
const MAX_ENTRIES: usize = 20;

/// Alerts about a call: the bytes are texts that somebody else writes, apart by a byte 0, and behind the last of them
/// what happens.
///
/// # Panics
///
/// When an alert is not what the Function takes, or the outbox gives back another than it got.
pub fn sent_alerts(input: &[u8]) {
    for alert in made(input) {
        let form = Form::new(&alert);
        let document = document(&form);
        let id = document.get("id").and_then(Value::as_str);
        assert_eq!(id, Some(alert.id()), "named as its entry is");
        kept(&alert, &form, &document);
    }
}

/// Alerts as the Function gets them, to be validated against its schema.
#[must_use]
pub fn alert_documents(input: &[u8]) -> Vec<String> {
    made(input).iter().map(|alert| Form::new(alert).document()).collect()
}

/// What is behind the texts.
#[derive(Arbitrary)]
struct Happens {
    #[arbitrary(with = |from: &mut Unstructured<'_>| sid(from, "WK"))]
    worker_sid: Option<String>,
    direction: CallDirection,
    #[arbitrary(with = |from: &mut Unstructured<'_>| sid(from, "CA"))]
    call_sid: Option<String>,
    context: CallContext,
    accepted: WallTime,
    found_in_progress: bool,
    moments: Vec<Moment>,
}

/// One of a page that ends in the middle of the call, one of its end, and one of a report after it, as far as the
/// configuration wants them.
fn made(input: &[u8]) -> Vec<Alert> {
    let mut parts = input.splitn(TEXT_COUNT + 1, |byte| *byte == 0);
    let mut texts: Vec<Option<String>> = parts.by_ref().take(TEXT_COUNT).map(text).collect();
    texts.resize(TEXT_COUNT, None);
    let mut texts = texts.into_iter();
    let mut next = || texts.next().flatten();
    let block: Value = next().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let configuration = Configuration::from_block(&block);
    let (browser, flex_ui_version, plugin_version) = (next(), next(), next());
    let (from, to, caller_id, dnis) = (next(), next(), next(), next());
    let (edge, voice_sdk_version) = (next(), next());

    let rest = parts.next().unwrap_or_default();
    let Ok(happens) = Happens::arbitrary(&mut Unstructured::new(rest)) else { return Vec::new() };
    let Happens { worker_sid, direction, call_sid, context, accepted, found_in_progress, moments } = happens;
    let client =
        ClientInfo { plugin_version: plugin_version.unwrap_or_default(), flex_ui_version, browser, worker_sid };
    let context = CallContext { direction: None, caller_id, dnis, edge, voice_sdk_version, ..context };
    let mut engine = Engine::new(configuration, client);
    let call = engine.open(CallParties { direction, call_sid, from, to });
    let mut now = Timestamp(0);
    engine.handle(now, call, &Event::Accepted { at: accepted, found_in_progress });
    engine.handle(now, call, &Event::Described(context));
    let mut alerts = Vec::new();
    for (at, step) in steps(moments) {
        now = now.max(at);
        if let Step::Handle(_, event) = step {
            engine.handle(at, call, &event);
        }
        take(&mut engine, &mut alerts);
    }
    alerts.extend(engine.checkpoints(now).into_iter().filter_map(|checkpoint| checkpoint.alert));
    engine.handle(now, call, &Event::Disconnected);
    engine.handle(now, call, &Event::Reported);
    take(&mut engine, &mut alerts);
    alerts
}

/// So many texts are there before what happens.
const TEXT_COUNT: usize = 10;
/// A text that begins with this byte is repeated until it is longer than any that is kept.
const REPEAT_MARK: u8 = 1;
const REPEATED_LENGTH: usize = 300;

fn text(part: &[u8]) -> Option<String> {
    Some(match part {
        [] => return None,
        [REPEAT_MARK, part @ ..] => {
            let text = String::from_utf8_lossy(part);
            text.repeat(1 + REPEATED_LENGTH / text.chars().count().max(1))
        }
        part => String::from_utf8_lossy(part).into_owned(),
    })
}

fn take(engine: &mut Engine, alerts: &mut Vec<Alert>) {
    while let Some(effect) = engine.poll_effect() {
        if let Effect::Alert(alert) = effect {
            alerts.push(*alert);
        }
    }
}

/// The alert, which is JSON within the bounds of what the Function takes.
fn document(form: &Form) -> Value {
    let json = form.document();
    assert!(json.len() <= MAX_ALERT_BYTES, "{} bytes", json.len());
    assert!(!form.issues.is_empty(), "an alert has a reason");
    assert!([&form.issues, &form.caller_id, &form.dnis, &form.action].into_iter().all(|text| is_line(text)));
    let document: Value = serde_json::from_str(&json).unwrap_or_default();
    assert!(document.is_object(), "{json}");
    bounded(&document);
    document
}

fn is_line(text: &str) -> bool {
    text.chars().count() <= LONGEST_TEXT && !text.contains(char::is_control)
}

fn bounded(value: &Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => {
            assert!(number.as_f64().is_some_and(|number| number.abs() <= LARGEST_NUMBER), "{number}");
        }
        Value::String(text) => assert!(is_line(text), "{text:?}"),
        Value::Array(values) => {
            assert!(values.len() <= MAX_ENTRIES, "{} entries", values.len());
            values.iter().for_each(bounded);
        }
        Value::Object(members) => members.values().for_each(bounded),
    }
}

/// What the outbox keeps is what is posted, and without its numbers it is the same but for them.
fn kept(alert: &Alert, form: &Form, document: &Value) {
    let mut outbox = Outbox::new(Texts::default(), Some(WORKER));
    outbox.put(WallTime(1e12), alert);
    let [entry]: [Entry; 1] = outbox.entries().try_into().unwrap_or_else(|entries| unreachable!("{entries:?}"));
    assert_eq!(&entry.form, form);
    assert_eq!(Entry::parse(&entry.to_text()).as_ref(), Ok(&entry), "read as written");
    let mut without = entry.form;
    without.forget_numbers();
    let mut expected = document.clone();
    for name in ["callerId", "dnis"] {
        expected.as_object_mut().and_then(|members| members.remove(name));
    }
    assert_eq!(self::document(&without), expected);
    assert!(!without.has_numbers());
}
