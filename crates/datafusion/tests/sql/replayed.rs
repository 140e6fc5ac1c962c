//! What `replay` says of the project's recordings, as the columns of a verdict.

use device_monitoring::Configuration;
use device_monitoring::replay::{Player, ReplayedCall};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The function over all rows of a call.
pub(crate) const ROWS: &str = "at, seq, type, sample, stats, detail";

/// What is said of each call, by its CallSid.
pub(crate) type Verdicts = BTreeMap<String, Value>;

pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn recordings() -> PathBuf {
    project().join("tests/recordings")
}

/// Defaults, the thresholds that the recordings were made for, strict ones, and nothing watched.
pub(crate) fn configurations() -> Vec<(&'static str, Value)> {
    let made_for = json!({
        "alertAgent": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
        "highJitterThreshold": 30, "shortCallThreshold": 10, "endedInWarningIsTrigger": true, "warningDurPctThreshold": 15
    });
    let strict = json!({
        "alertAgent": true, "highRttThreshold": 100, "highPacketsLostThreshold": 1, "lowMosThreshold": 4.2,
        "highJitterThreshold": 5, "shortCallThreshold": 60, "warningDurPctThreshold": 1
    });
    vec![("defaults", json!({})), ("made for", made_for), ("strict", strict), ("off", json!({"enabled": false}))]
}

/// What `replay` says of each call of some recordings that ended: its lines, through its player.
pub(crate) fn replayed(recordings: &[PathBuf], configuration: &Value) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for path in recordings {
        let mut player = Player::new(Configuration::from_block(configuration));
        fs::read_to_string(path).unwrap().lines().for_each(|line| player.play(line));
        let replayed = player.replayed();
        assert_eq!(replayed.problems, [], "{}", path.display());
        for call in replayed.calls {
            let sid = call.call_sid.clone().unwrap();
            assert_eq!(verdicts.insert(sid, as_columns(&call)), None, "{} once more", path.display());
        }
    }
    verdicts
}

/// Every file of recordings in a folder and the folders in it.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            all.push(path);
        }
    }
    all.sort();
    all
}

/// What the player says of a call, under the names of the columns.
pub(crate) fn as_columns(call: &ReplayedCall) -> Value {
    let why: Vec<_> = call.reasons.iter().map(|reason| reason.text.as_str()).collect();
    let mut episodes = Vec::new();
    for condition in &call.conditions {
        for episode in &condition.episodes {
            episodes.push(json!({
                "condition": condition.name.as_str(),
                "side": condition.side.as_str(),
                "direction": condition.direction.map(|direction| direction.as_str()),
                "start_ms": episode.start_ms.0,
                "end_ms": episode.end_ms.0,
                "raised_ms": episode.raised_ms.0,
                "cleared_ms": episode.cleared_ms.map(|cleared| cleared.0),
                "worst": episode.worst.map(|worst| worst.0),
                "threshold": episode.threshold.map(|threshold| threshold.0),
            }));
        }
    }
    let causes = call.causes.iter().map(|cause| {
        let evidence = serde_json::to_string(&cause.evidence).unwrap();
        json!({"cause": cause.name.as_str(), "start_ms": cause.start_ms.0, "end_ms": cause.end_ms.0, "evidence": evidence})
    });
    let notices = call
        .notices
        .iter()
        .map(|notice| json!({"ms": notice.ms.0, "diagnosis": notice.diagnosis, "text": notice.text}));
    let endpoint = &call.endpoint;
    plain(&json!({
        "duration_ms": call.duration_ms.0,
        "warning_ms": call.warning_ms.0,
        "warning_pct": call.warning_pct.0,
        "severely_concealed_pct": call.severely_concealed_pct.map(|share| share.0),
        "jitter_buffer_delay_ms": call.jitter_buffer_delay_ms.map(|delay| delay.0),
        "alert": call.alert,
        "rules": call.reasons.iter().map(|reason| reason.rule.as_str()).collect::<Vec<_>>(),
        "why": if why.is_empty() { Value::Null } else { why.join(" ").into() },
        "conditions": call.conditions.iter().map(|condition| condition.name.as_str()).collect::<Vec<_>>(),
        "episodes": episodes,
        "causes": causes.collect::<Vec<_>>(),
        "notices": notices.collect::<Vec<_>>(),
        "endpoint": {
            "headset": endpoint.headset,
            "codec": endpoint.codec,
            "network_type": endpoint.network_type,
            "relay_protocol": endpoint.relay_protocol,
            "rtt_floor_ms": endpoint.rtt_floor_ms.map(|floor| floor.0),
            "cpu_performance": endpoint.cpu_performance,
            "hardware_concurrency": endpoint.hardware_concurrency,
            "device_memory": endpoint.device_memory.map(|memory| memory.0),
            "web_rtc_redirected": endpoint.web_rtc_redirected.then_some(true),
            "echo_return_loss": endpoint.echo_return_loss.map(|loss| loss.0),
            "echo_return_loss_enhancement": endpoint.echo_return_loss_enhancement.map(|loss| loss.0),
        },
    }))
}

/// Numbers alike to twelve digits: what reads JSON may be off by the last bit; without what the player does not say.
pub(crate) fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => format!("{:.11e}", number.as_f64().unwrap()).into(),
        Value::Array(values) => values.iter().map(plain).collect(),
        Value::Object(fields) => {
            let kept =
                fields.iter().filter(|(name, _)| !["started_at", "problems", "configuration"].contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        other => other.clone(),
    }
}
