"""What ``read_exports`` makes of Twilio's exports gets the verdicts that ``replay`` gives on the same files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from device_monitoring import EVENTS, judge, read_exports
from exported import assert_drawn_alike, drawn_from, event_streams
from replayed import CONFIGURATIONS, PROJECT, assert_alike, replay, replayed, said

SEEDS = PROJECT / "fuzz" / "seeds" / "exports"


def lines(folder: Path) -> Iterator[bytes]:
    for file in sorted(folder.rglob("*.gz")):
        with gzip.open(file) as unpacked:
            yield from unpacked


def table(texts: Iterator[bytes]) -> pa.Table:
    rows, problems = read_exports(texts)
    assert problems == {}
    return pa.Table.from_batches(rows, EVENTS)


@pytest.mark.parametrize("is_joined", [False, True])
def test_event_streams_by_the_hour_get_the_verdicts_of_replay(is_joined: bool, tmp_path: Path) -> None:
    streams = tmp_path / "streams"
    count = event_streams(streams, 1, is_joined=is_joined)
    assert len(list(streams.rglob("*.gz"))) > 10
    rows = table(lines(streams))
    assert len(rows) > count
    for name, configuration in CONFIGURATIONS.items():
        expected = replayed(configuration, tmp_path, streams)
        assert len(expected) > 70 or name == "off"
        verdicts = [verdict for batch in judge(rows, configuration) for verdict in batch.to_pylist()]
        assert [problem for verdict in verdicts for problem in verdict["problems"] if name != "off"] == []
        assert_alike(said(verdicts), expected)


def test_what_a_verdict_is_drawn_from_is_among_the_rows(tmp_path: Path) -> None:
    streams = tmp_path / "streams"
    event_streams(streams, 2, is_joined=False)
    rows = table(lines(streams))
    told = rows.filter(pc.equal(rows["type"], "export")).to_pylist()
    assert len(told) == len({row["call_sid"] for row in told})
    found = {row["call_sid"]: drawn_from(row["detail"]) for row in told}
    assert_drawn_alike(found, replay({}, tmp_path, streams))


@pytest.mark.parametrize(
    "name",
    [
        "camel-case.json",
        "data-as-text.jsonl",
        "event-streams.jsonl",
        "joined-objects",
        "kinesis-records.json",
        "page-of-metrics.json",
        "sdk-posts.jsonl",
        "two-calls-twice.jsonl",
    ],
)
def test_a_whole_file_is_a_text_whatever_its_shape(name: str, tmp_path: Path) -> None:
    expected = replayed(CONFIGURATIONS["strict"], tmp_path, SEEDS / name)
    assert expected
    texts: list[str] | list[bytes]
    for texts in ([(SEEDS / name).read_text()], [(SEEDS / name).read_bytes()]):
        rows, problems = read_exports(texts)
        assert problems == {}
        verdicts = [verdict for batch in judge(rows, CONFIGURATIONS["strict"]) for verdict in batch.to_pylist()]
        assert_alike(said(verdicts), expected)


def test_texts_may_be_record_batches_in_the_column_value_or_the_only_one() -> None:
    text = (SEEDS / "event-streams.jsonl").read_text()
    plain = table(iter([text.encode()]))
    assert len(plain) > 0
    only = pa.table({"text": [text, None]})
    among = pa.table({"key": [b"1"], "value": pa.array([text.encode()], pa.binary())})
    for texts in (only, among, among.to_batches()[0]):
        rows, problems = read_exports(texts)
        assert (pa.Table.from_batches(rows, EVENTS), problems) == (plain, {})
    with pytest.raises(ValueError, match='there is no column "value"'):
        read_exports(among.rename_columns(["key", "text"]))


def test_nothing_gives_no_rows() -> None:
    for texts in ([], [""], ["\n"]):
        rows, problems = read_exports(texts)
        assert (list(rows), problems) == ([], {})


def test_what_cannot_be_used_is_told_with_the_number_of_places() -> None:
    event = (SEEDS / "event-streams.jsonl").read_text().splitlines()[0]
    without_time = json.loads(event)
    del without_time["data"]["timestamp"]
    rows, problems = read_exports([event, "{broken", json.dumps(without_time), json.dumps(without_time), '{"a": 1}'])
    assert sum(problems.values()) == 4
    assert problems['without "timestamp"'] == 2
    assert problems["nothing that Twilio exports about a call"] == 1
    assert any(problem.startswith("not JSON at column 2") for problem in problems)
    assert list(rows) == []
