"""The verdicts of Spark are those of ``replay``, on two executors, of which one may be killed."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cluster import EXECUTORS, SEED, executors, of, plain, wait_for
from device_monitoring import EVENTS, _ordered, _parquet, spark
from ordered import SORTED, write_ordered
from pyarrow.fs import LocalFileSystem
from pyspark import TaskContext
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from replayed import CONFIGURATIONS, assert_alike, replayed, rows

FILES = 12
MIDNIGHT = 1_793_577_600


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with every row of the recordings, in any order, some of them twice, scattered over files."""
    choice = random.Random(SEED)
    table = rows()
    order = list(range(len(table))) + choice.sample(range(len(table)), len(table) // 10)
    choice.shuffle(order)
    scattered = table.take(order)
    cuts = sorted(choice.sample(range(1, len(scattered)), FILES - 1))
    folder = tmp_path_factory.mktemp("events")
    for number, (begin, end) in enumerate(zip([0, *cuts], [*cuts, len(scattered)])):
        pq.write_table(scattered.slice(begin, end - begin), folder / f"part-{number}.parquet")
    print(f"\n{len(table)} rows, {len(order) - len(table)} of them twice, in {FILES} files; seed {SEED}")
    return str(folder)


@pytest.fixture
def ordered(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder with the same rows, some of them twice, in files that are ordered by call, and small parts."""
    choice = random.Random(SEED)
    table = rows()
    folder = tmp_path_factory.mktemp("ordered")
    file_of = [choice.randrange(3) for _ in range(len(table))]
    for number in range(3):
        its = [row for row, file in enumerate(file_of) if file == number or choice.random() < 0.05]
        write_ordered(table.take(its), folder / f"part-{number}.parquet", 500)
    monkeypatch.setattr(_ordered, "ROWS_IN_A_PART", len(table) // 8)
    monkeypatch.setattr(_ordered, "GROUPS_OF_A_FILE_IN_A_PART", 1)
    return str(folder)


@pytest.fixture(scope="session")
def events(session: SparkSession, files: str) -> DataFrame:
    return session.read.parquet(files)


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, Any]]]:
    """What replay says, under each configuration."""
    folder = tmp_path_factory.mktemp("configuration")
    return {name: replayed(configuration, folder) for name, configuration in CONFIGURATIONS.items()}


@pytest.mark.parametrize("given", ["events", "files", "ordered"])
def test_every_recording_gets_the_verdict_of_replay_under_each_configuration(
    session: SparkSession, given: str, expected: dict[str, dict[str, dict[str, Any]]], request: pytest.FixtureRequest
) -> None:
    print(f"\ndriver {os.getpid()}, executors {executors(session)}")
    verdicts = plain(spark.judge_each(request.getfixturevalue(given), CONFIGURATIONS))
    assert len(verdicts) == len({(verdict["call_sid"], verdict["configuration"]) for verdict in verdicts})
    for name in CONFIGURATIONS:
        assert_alike(of(name, verdicts), expected[name])
    print(f"{len(verdicts)} verdicts, as many as replay gives: {[len(expected[name]) for name in CONFIGURATIONS]}")


@pytest.mark.parametrize("given", ["events", "files", "ordered"])
def test_an_executor_that_is_killed_in_the_middle_and_replaced_changes_nothing(
    session: SparkSession,
    given: str,
    expected: dict[str, dict[str, dict[str, Any]]],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    ran, go = tmp_path / "ran", tmp_path / "go"
    ran.mkdir()

    def held(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Passes verdicts on. After the first two tasks, not before the executor has been killed and replaced."""
        import time

        task = TaskContext.get()
        for batch in batches:
            # The parent of the process that runs Python is Spark's daemon, whose parent is the executor.
            (ran / f"{task.partitionId()}-{task.taskAttemptId()}").write_text(str(parent_of(parent_of(os.getpid()))))
            while task.partitionId() >= 2 and not go.exists():
                time.sleep(0.05)
            yield batch

    def parent_of(pid: int) -> int:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])

    def tasks() -> dict[str, int]:
        """Which executor ran each task."""
        return {file.name: int(file.read_text() or 0) for file in ran.iterdir()}

    def are_held() -> bool:
        return len({pid for name, pid in tasks().items() if int(name.split("-")[0]) >= 2 and pid}) == EXECUTORS

    before = executors(session)
    assert len(before) == EXECUTORS
    verdicts = spark.judge_each(request.getfixturevalue(given), CONFIGURATIONS)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(plain, verdicts.mapInArrow(held, verdicts.schema))
        try:
            wait_for("both executors in the middle of it", lambda: running.done() or are_held())
            assert not running.done(), running.result()
            in_the_middle = tasks()
            assert sorted(set(in_the_middle.values())) == before
            killed = random.Random(SEED).choice(before)
            os.kill(killed, signal.SIGKILL)
            wait_for(
                "another executor", lambda: len(executors(session)) == EXECUTORS and killed not in executors(session)
            )
        finally:
            go.touch()
        found = running.result()

    [replacement] = set(executors(session)) - set(before)
    print(f"\nexecutors {before}; {killed} was killed, and {replacement} started in its place")
    assert len(found) == len({(verdict["call_sid"], verdict["configuration"]) for verdict in found})
    for name in CONFIGURATIONS:
        assert_alike(of(name, found), expected[name])
    # What the killed one was at was done again, by another.
    lost = {name.split("-")[0] for name, pid in in_the_middle.items() if pid == killed and int(name.split("-")[0]) >= 2}
    again = {name.split("-")[0] for name, pid in tasks().items() if pid != killed and name not in in_the_middle}
    assert lost and lost <= again


def made_up(*calls: tuple[str, int, int]) -> pa.Table:
    """Calls with nothing but a beginning and an end, in seconds after a midnight."""
    events = [
        {"call_sid": call_sid, "at": datetime.fromtimestamp(MIDNIGHT + second, timezone.utc), "type": kind}
        for call_sid, begin, end in calls
        for second, kind in ((begin, "accept"), (end, "disconnect"))
    ]
    table = pa.Table.from_pylist(events, EVENTS)
    days = pa.array([str(event["at"].date()) for event in events])
    return table.append_column("day", days)


CALLS = (("CA1", -90_000, -86_395), ("CA2", -86_390, -86_000), ("CA3", -10, 10), ("CA4", 5, 20))


@pytest.mark.parametrize("given", ["DataFrame", "files", "ordered files"])
@pytest.mark.parametrize("has_day", [True, False])
def test_a_call_over_midnight_belongs_to_the_day_on_which_it_began(
    session: SparkSession, has_day: bool, given: str, tmp_path: Path
) -> None:
    table = made_up(*CALLS).sort_by(SORTED)
    table = table if has_day else table.drop_columns("day")
    events: DataFrame | str = session.createDataFrame(table)
    if given != "DataFrame":
        events = str(tmp_path / "events")
        order = pq.SortingColumn.from_ordering(EVENTS, SORTED) if given == "ordered files" else None
        days = ["day"] if has_day else None
        pq.write_to_dataset(table, events, partition_cols=days, sorting_columns=order)
        assert (_ordered.parts(_parquet.Folder(events).files()) is not None) == (order is not None)

    def judged(first: str, last: str) -> dict[str, float]:
        verdicts = plain(spark.judge(events, days=(first, last)))
        return {verdict["call_sid"]: verdict["duration_ms"] for verdict in verdicts}

    assert judged("2026-11-01", "2026-11-01") == {"CA2": 390_000, "CA3": 20_000}
    assert judged("2026-11-02", "2026-11-02") == {"CA4": 15_000}
    assert judged("2026-10-31", "2026-11-02") == {"CA1": 3_605_000, "CA2": 390_000, "CA3": 20_000, "CA4": 15_000}


def test_when_a_call_began_is_the_same_wherever_it_is_asked(session: SparkSession) -> None:
    events = session.createDataFrame(made_up(CALLS[2]))
    verdicts = spark.judge(events).selectExpr("unix_millis(started_at) AS started_at")
    assert [row.started_at for row in verdicts.collect()] == [(MIDNIGHT - 10) * 1000]


def test_a_file_is_read_once_however_many_pieces_it_has(
    session: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [(f"CA{number}", number, 2 * number + 1) for number in range(50)]
    pq.write_table(made_up(*calls), tmp_path / "events.parquet", row_group_size=3)
    monkeypatch.setattr(_parquet, "PIECE_BYTES", 10_000)
    folder = _parquet.Folder(str(tmp_path))
    pieces = folder.pieces(folder.files())
    assert len(pieces) > 3
    filesystem = LocalFileSystem()
    lengths = [sum(len(batch) for batch in _parquet.rows(filesystem, piece, None)) for piece in pieces]
    assert sum(lengths) == 100 and max(lengths) < 100
    verdicts = plain(spark.judge(str(tmp_path / "events.parquet")))
    assert {verdict["call_sid"]: verdict["duration_ms"] for verdict in verdicts} == {
        call_sid: (end - begin) * 1000 for call_sid, begin, end in calls
    }


def test_what_is_wrong_is_told_before_anything_runs(session: SparkSession, tmp_path: Path) -> None:
    events = session.createDataFrame(made_up(CALLS[0]))
    with pytest.raises(ValueError, match="highRtThreshold"):
        spark.judge(events, {"highRtThreshold": 222})
    with pytest.raises(ValueError, match="there is no column detail"):
        spark.judge(events.drop("detail"))
    pq.write_table(made_up(CALLS[0]).drop_columns("detail"), tmp_path / "events.parquet")
    with pytest.raises(ValueError, match="there is no column detail"):
        spark.judge(str(tmp_path))
    with pytest.raises(FileNotFoundError):
        spark.judge(str(tmp_path / "nothing"))


def test_a_row_that_cannot_be_read_is_named(session: SparkSession) -> None:
    events = session.createDataFrame(made_up(CALLS[0])).withColumn("type", F.lit(None).cast("string"))
    with pytest.raises(PySparkException, match=r'row 0 has no "type" \(call CA1\)'):
        spark.judge(events).collect()
