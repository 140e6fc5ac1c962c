"""The verdicts of ``judge`` are those of ``replay``, however the rows come."""

from __future__ import annotations

import json
import random
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from device_monitoring import (
    EVENTS,
    NAMED_VERDICTS,
    VERDICTS,
    RowError,
    judge,
    judge_each,
    read_recording,
)
from replayed import CONFIGURATIONS, RECORDINGS, assert_alike, files, replayed, rows, said

SORTED = [("call_sid", "ascending")]
MIDNIGHT = 1_793_577_600_000


@pytest.fixture(scope="session")
def recorded() -> pa.Table:
    return rows().sort_by(SORTED)


def event(call_sid: str | None, second: float | None, kind: str | None, **others: Any) -> dict[str, Any]:
    at = None if second is None else datetime.fromtimestamp(MIDNIGHT / 1000 + second, timezone.utc)
    return {
        "call_sid": call_sid,
        "at": at,
        "seq": None,
        "type": kind,
        "sample": None,
        "stats": None,
        "detail": None,
    } | others


def table(*events: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(events), pa.schema([field.with_nullable(True) for field in EVENTS]))


def verdicts(batches: Any, *arguments: Any, **options: Any) -> list[dict[str, Any]]:
    return [verdict for batch in judge(batches, *arguments, **options) for verdict in batch.to_pylist()]


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_recording_gets_the_verdict_of_replay(name: str, recorded: pa.Table, tmp_path: Path) -> None:
    expected = replayed(CONFIGURATIONS[name], tmp_path)
    assert len(files()) > 70
    assert len(expected) >= len(files()) or name == "off"
    assert_alike(said(verdicts(recorded, CONFIGURATIONS[name])), expected)


def test_several_configurations_say_together_what_each_says_alone(recorded: pa.Table) -> None:
    together = pa.Table.from_batches(judge_each(recorded, CONFIGURATIONS), NAMED_VERDICTS)
    for name, configuration in CONFIGURATIONS.items():
        alone = pa.Table.from_batches(judge(recorded, configuration), VERDICTS)
        named = together.filter(pc.equal(together["configuration"], name))
        assert named.drop_columns("configuration").to_pylist() == alone.to_pylist()


@pytest.mark.parametrize("seed", range(3))
def test_rows_in_any_order_and_doubled_get_the_same_verdicts(seed: int, recorded: pa.Table) -> None:
    choice = random.Random(seed)
    order = list(range(len(recorded))) + choice.sample(range(len(recorded)), 2000)
    choice.shuffle(order)
    scattered = recorded.take(order)
    expected = verdicts(recorded, CONFIGURATIONS["made for"])
    batches = scattered.to_batches(max_chunksize=choice.randrange(1, 3000))
    assert verdicts(batches, CONFIGURATIONS["made for"], is_sorted=False) == expected
    # Only the calls have to be in order.
    batches = scattered.sort_by(SORTED).to_batches(max_chunksize=choice.randrange(1, 3000))
    assert verdicts(batches, CONFIGURATIONS["made for"]) == expected


def test_a_verdict_is_there_before_the_last_rows_are_asked_for() -> None:
    asked = 0

    def batches() -> Any:
        nonlocal asked
        for number in range(5000):
            asked += 1
            call_sid = f"CA{number:05}"
            yield from table(event(call_sid, 0, "accept"), event(call_sid, 9, "disconnect")).to_batches()

    found = judge(batches())
    assert asked == 0
    first = next(found)
    assert first.num_rows <= asked < 2000
    assert first.num_rows + sum(batch.num_rows for batch in found) == 5000


def test_types_that_other_programs_write_are_taken_too() -> None:
    batch, _ = read_recording(RECORDINGS / "loss5.jsonl")
    plain = verdicts(batch)
    table = pa.Table.from_batches([batch])
    micro = table.set_column(1, "at", table["at"].cast(pa.timestamp("us", tz="Europe/Berlin")))
    naive = table.set_column(1, "at", table["at"].cast(pa.timestamp("ns")))
    large = table.set_column(0, "call_sid", table["call_sid"].cast(pa.large_string()))
    more = table.append_column("day", pa.array(["2026-11-01"] * len(table)))
    numbers = table["stats"].combine_chunks()
    names = [field.name for field in numbers.type][::-1]
    columns = [numbers.field(name) for name in names]
    turned = table.set_column(5, "stats", pa.StructArray.from_arrays(columns, names=names, mask=numbers.is_null()))
    for other in (micro, naive, large, more, turned):
        assert verdicts(other) == plain


def test_when_a_call_began_is_known_over_midnight() -> None:
    [verdict] = verdicts(table(event("CA1", -10, "accept"), event("CA1", 10, "disconnect")))
    assert verdict["duration_ms"] == 20_000
    assert verdict["started_at"] == datetime(2026, 11, 1, 23, 59, 50, tzinfo=timezone.utc)
    [half] = verdicts(table(event("CA1", -10, "accept")))
    assert (half["alert"], half["problems"]) == (None, ["no verdict: it has no end"])


def test_what_is_wrong_in_detail_is_a_problem_and_no_exception() -> None:
    rows = [event("CA1", 0, "accept"), event("CA1", 5, "mute", detail="nonsense"), event("CA1", 60, "disconnect")]
    [verdict] = verdicts(table(*rows))
    assert verdict["alert"] is False
    assert verdict["problems"][0].startswith('"mute": detail is no JSON object')


@pytest.mark.parametrize(
    ("rows", "row", "message"),
    [
        ([event("CA1", 0, "accept"), event(None, 1, "mute")], 1, 'row 1 has no "call_sid"'),
        ([event("CA1", None, "accept")], 0, 'row 0 has no "at" (call CA1)'),
        ([event("CA1", 0, "accept"), event("CA1", 1, None)], 1, 'row 1 has no "type" (call CA1)'),
        (
            [event("CA2", 0, "accept"), event("CA1", 1, "accept")],
            1,
            "row 1 is of call CA1, after rows of call CA2: they are not sorted",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_an_exception_with_its_number(
    rows: list[dict[str, Any]], row: int, message: str
) -> None:
    before = table(event("CA0", 0, "accept"), event("CA0", 1, "disconnect")).to_batches()
    batches = table(*rows).to_batches()
    for earlier in ([], before):
        found = judge([*earlier, *batches])
        with pytest.raises(RowError) as raised:
            list(found)
        assert raised.value.row == row + 2 * len(earlier)
        assert str(raised.value) == message.replace(f"row {row}", f"row {row + 2 * len(earlier)}")
        # As of a generator: that was all.
        assert list(found) == []


def test_an_exception_of_the_source_passes_through() -> None:
    def broken() -> Any:
        yield from table(event("CA1", 0, "accept")).to_batches()
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(judge(broken()))


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"highRtThreshold": 222}, "highRtThreshold"),
        ({"lowMosThreshold": "low"}, "lowMosThreshold"),
        ({"pilot": {"teams": ["Blue"]}}, "has a pilot"),
        ("{", "not JSON"),
        ("[]", "no object"),
    ],
)
def test_a_configuration_that_would_not_be_in_force_is_refused(configuration: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        judge([], configuration)


def test_a_configuration_may_be_text_and_have_its_name_around_it(recorded: pa.Table) -> None:
    strict = CONFIGURATIONS["strict"]
    wrapped = json.dumps({"DeviceMonitoringPlugin": strict})
    assert verdicts(recorded, wrapped) == verdicts(recorded, strict) != verdicts(recorded)


def test_a_missing_column_is_named(recorded: pa.Table) -> None:
    for name in EVENTS.names:
        with pytest.raises(ValueError, match=f'there is no column "{name}"'):
            list(judge(recorded.drop_columns(name)))


def test_numbers_of_people_are_not_among_the_rows(recorded: pa.Table) -> None:
    details = [detail for detail in recorded["detail"].to_pylist() if detail]
    assert details
    assert not [detail for detail in details if "+1555" in detail or "client:" in detail]


def test_lines_of_a_recording_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    recording = tmp_path / "broken.jsonl"
    ends = ('{"ms":0,"type":"accept","callSid":"CA1"}', '{"ms":9,"type":"disconnect","callSid":"CA1"}')
    recording.write_text("\n".join((ends[0], "not json", ends[1])))
    batch, problems = read_recording(recording)
    assert batch.num_rows == 2
    assert problems[0].startswith(f"{recording}:2: not JSON")
    with pytest.raises(FileNotFoundError):
        read_recording(tmp_path / "nowhere.jsonl")
