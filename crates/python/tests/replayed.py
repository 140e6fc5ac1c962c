"""What the command ``replay`` says of the project's recordings, as the columns of a verdict."""

from __future__ import annotations

import json
import math
import os
import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
from device_monitoring import EVENTS, read_recording

PROJECT = Path(__file__).resolve().parents[3]
RECORDINGS = PROJECT / "tests" / "recordings"

# Defaults, the thresholds that the recordings were made for, strict ones, and nothing watched.
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "made for": {
        "alertAgent": True,
        "highRttThreshold": 400,
        "highPacketsLostThreshold": 3,
        "lowMosThreshold": 3.5,
        "highJitterThreshold": 30,
        "shortCallThreshold": 10,
        "endedInWarningIsTrigger": True,
        "warningDurPctThreshold": 15,
    },
    "strict": {
        "alertAgent": True,
        "highRttThreshold": 100,
        "highPacketsLostThreshold": 1,
        "lowMosThreshold": 4.2,
        "highJitterThreshold": 5,
        "shortCallThreshold": 60,
        "warningDurPctThreshold": 1,
    },
    "off": {"enabled": False},
}

# replay rounds to thousandths.
ROUNDED = 0.000_501

# camelCase is replay's.
ENDPOINT = {
    "headset": "headset",
    "codec": "codec",
    "network_type": "networkType",
    "relay_protocol": "relayProtocol",
    "rtt_floor_ms": "rttFloorMs",
    "cpu_performance": "cpuPerformance",
    "hardware_concurrency": "hardwareConcurrency",
    "device_memory": "deviceMemory",
    "web_rtc_redirected": "webRtcRedirected",
    "echo_return_loss": "echoReturnLoss",
    "echo_return_loss_enhancement": "echoReturnLossEnhancement",
}


def files() -> list[Path]:
    return sorted(RECORDINGS.rglob("*.jsonl"))


def rows() -> pa.Table:
    """The rows of every recording."""
    batches = []
    for file in files():
        batch, problems = read_recording(file)
        assert problems == [], problems
        batches.append(batch)
    return pa.Table.from_batches(batches, EVENTS)


def program(name: str, built: str) -> str:
    """The program that the environment names, or the one that cargo has built."""
    return os.environ.get(name, str(PROJECT / "target" / "debug" / built))


def replayed(configuration: dict[str, Any], folder: Path, inputs: Path = RECORDINGS) -> dict[str, dict[str, Any]]:
    """What is said of each call, by its CallSid."""
    return {call_sid: _columns(call) for call_sid, call in replay(configuration, folder, inputs).items()}


def replay(configuration: dict[str, Any], folder: Path, inputs: Path) -> dict[str, dict[str, Any]]:
    """The same in replay's own words."""
    config = folder / "configuration.json"
    config.write_text(json.dumps(configuration))
    # Its exit status says whether a call alerts.
    output = subprocess.run(
        [program("REPLAY", "replay"), "--format", "json", "--config", config, inputs],
        capture_output=True,
        text=True,
        check=False,
    )
    calls: dict[str, dict[str, Any]] = {}
    for line in output.stdout.splitlines():
        recording = json.loads(line)
        assert recording["problems"] == [], recording["problems"]
        for call in recording["calls"]:
            assert call["callSid"] not in calls
            calls[call["callSid"]] = call
    return calls


def said(verdicts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What verdicts say of each call, by its CallSid; of those that could be judged."""
    calls: dict[str, dict[str, Any]] = {}
    for verdict in verdicts:
        assert verdict["call_sid"] not in calls, f"{verdict['call_sid']} has two verdicts"
        calls[verdict["call_sid"]] = verdict
    # Of calls that are not watched replay says nothing, and a verdict why not.
    return {call_sid: _compared(verdict) for call_sid, verdict in calls.items() if verdict["alert"] is not None}


def assert_alike(found: dict[str, dict[str, Any]], expected: dict[str, dict[str, Any]]) -> None:
    assert sorted(found) == sorted(expected)
    for call_sid, call in expected.items():
        assert is_alike(found[call_sid], call), f"{call_sid}:\n{found[call_sid]}\n{call}"


def is_alike(found: Any, expected: Any) -> bool:
    """Equal, but for what replay rounds."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(is_alike(found[key], expected[key]) for key in found)
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(is_alike, found, expected))
    if isinstance(found, bool) or isinstance(expected, bool):
        return found is expected
    if isinstance(found, (int, float)) and isinstance(expected, (int, float)):
        return math.isclose(found, expected, rel_tol=0, abs_tol=ROUNDED)
    return found == expected


def _columns(call: dict[str, Any]) -> dict[str, Any]:
    episodes = [
        {
            "condition": condition["name"],
            "side": condition["side"],
            "direction": condition.get("direction"),
            "start_ms": episode["startMs"],
            "end_ms": episode["endMs"],
            "raised_ms": episode["raisedMs"],
            "cleared_ms": episode.get("clearedMs"),
            "worst": episode.get("worst"),
            "threshold": episode.get("threshold"),
        }
        for condition in call["conditions"]
        for episode in condition["episodes"]
    ]
    causes = [
        {"cause": cause["name"], "start_ms": cause["startMs"], "end_ms": cause["endMs"], "evidence": cause["evidence"]}
        for cause in call["causes"]
    ]
    notices = [{key: notice[key] for key in ("ms", "diagnosis", "text")} for notice in call["notices"]]
    return {
        "duration_ms": call["durationMs"],
        "warning_ms": call["warningMs"],
        "warning_pct": call["warningPct"],
        "severely_concealed_pct": call.get("severelyConcealedPct"),
        "jitter_buffer_delay_ms": call.get("jitterBufferDelayMs"),
        "alert": call["alert"],
        "rules": [reason["rule"] for reason in call["reasons"]],
        "why": " ".join(reason["text"] for reason in call["reasons"]) or None,
        "conditions": [condition["name"] for condition in call["conditions"]],
        "episodes": episodes,
        "causes": causes,
        "notices": notices,
        "endpoint": {column: call["endpoint"].get(name) for column, name in ENDPOINT.items()},
    }


def _compared(verdict: dict[str, Any]) -> dict[str, Any]:
    left_out = ("call_sid", "configuration", "started_at", "problems")
    compared = {key: value for key, value in verdict.items() if key not in left_out}
    compared["causes"] = [{**cause, "evidence": json.loads(cause["evidence"])} for cause in verdict["causes"]]
    return compared
