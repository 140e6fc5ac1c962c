"""Event Streams as they land in a bucket: gzip, by the hour."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

from replayed import files, program

FILES_AN_HOUR = 3


def event_streams(folder: Path, seed: int, *, is_joined: bool) -> int:
    """Writes what Event Streams sends about every recording of one call, and gives how many events that is.

    A call's events lie scattered over the files of their hour, in any order, a tenth of them twice. ``is_joined``: with
    nothing between them, as Firehose joins records.
    """
    recorded = [str(file) for file in files() if file.read_text().count('"type":"accept"') == 1]
    assert len(recorded) > 70
    command = [program("EVENT_STREAMS", "examples/event-streams"), *recorded]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    choice = random.Random(seed)
    placed: dict[str, list[str]] = defaultdict(list)
    for line in lines + choice.sample(lines, len(lines) // 10):
        placed[_place(line, choice)].append(line)
    for place, some in placed.items():
        choice.shuffle(some)
        path = folder / f"{place}.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(("" if is_joined else "\n").join(some).encode()))
    return len(lines)


def _place(line: str, choice: random.Random) -> str:
    """``2026/11/01/23/part-1``, as Firehose names folders."""
    event: dict[str, Any] = json.loads(line)
    hour = event["time"][:13].replace("-", "/").replace("T", "/")
    return f"{hour}/part-{choice.randrange(FILES_AN_HOUR)}"


def drawn_from(detail: str) -> dict[str, Any]:
    """What the row ``export`` of a call says."""
    said: dict[str, Any] = json.loads(detail)
    return said


def assert_drawn_alike(found: dict[str, dict[str, Any]], replay: dict[str, dict[str, Any]]) -> None:
    """``found``: what the rows ``export`` say, by call."""
    assert sorted(found) == sorted(replay)
    for call_sid, said in found.items():
        assert said == {name: replay[call_sid][name] for name in said}
        assert said["lacks"]
