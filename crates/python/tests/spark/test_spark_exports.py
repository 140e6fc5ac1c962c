"""What Spark makes of Event Streams in a bucket gets the verdicts that ``replay`` gives on the same files."""

from __future__ import annotations

from pathlib import Path

import pytest
from cluster import SEED, of, plain
from device_monitoring import spark
from exported import assert_drawn_alike, drawn_from, event_streams
from pyspark.sql import SparkSession
from replayed import CONFIGURATIONS, PROJECT, assert_alike, replay, replayed, said


@pytest.mark.parametrize("is_joined", [False, True])
def test_event_streams_by_the_hour_get_the_verdicts_of_replay(
    session: SparkSession, is_joined: bool, tmp_path: Path
) -> None:
    streams = tmp_path / "streams"
    count = event_streams(streams, SEED, is_joined=is_joined)
    files = len(list(streams.rglob("*.gz")))
    texts = session.read.text(str(streams), recursiveFileLookup=True)
    rows = spark.read_exports(texts).cache()
    told = {row.call_sid: drawn_from(row.detail) for row in rows.where("type = 'export'").collect()}
    assert_drawn_alike(told, replay({}, tmp_path, streams))
    verdicts = plain(spark.judge_each(rows, CONFIGURATIONS))
    assert len(verdicts) == len({(verdict["call_sid"], verdict["configuration"]) for verdict in verdicts})
    for name, configuration in CONFIGURATIONS.items():
        assert_alike(of(name, verdicts), replayed(configuration, tmp_path, streams))
    print(f"\n{count} events in {files} files, {rows.count()} rows of {len(told)} calls")
    assert spark.problems_in_exports(texts).collect() == []


def test_a_file_over_several_lines_is_read_whole(session: SparkSession, tmp_path: Path) -> None:
    file = PROJECT / "fuzz" / "seeds" / "exports" / "page-of-metrics.json"
    texts = session.read.text(str(file), wholetext=True)
    verdicts = plain(spark.judge(spark.read_exports(texts), CONFIGURATIONS["strict"]))
    assert verdicts
    assert_alike(said(verdicts), replayed(CONFIGURATIONS["strict"], tmp_path, file))


def test_what_kafka_gives_is_bytes(session: SparkSession) -> None:
    event = (PROJECT / "fuzz" / "seeds" / "exports" / "event-streams.jsonl").read_bytes()
    records = session.createDataFrame([(b"CA1", event), (b"CA1", event), (None, None)], "key binary, value binary")
    [verdict] = plain(spark.judge(spark.read_exports(records)))
    assert verdict["duration_ms"] > 0


def test_what_cannot_be_used_is_told_with_the_number_of_places(session: SparkSession) -> None:
    texts = session.createDataFrame([("{broken",), ("{}",), ("{}",)], "value string")
    problems = {row.problem: row.places for row in spark.problems_in_exports(texts).collect()}
    assert problems.pop("nothing that Twilio exports about a call") == 2
    assert [problem for problem in problems if problem.startswith("not JSON")] and set(problems.values()) == {1}
    assert spark.read_exports(texts).collect() == []
    with pytest.raises(ValueError, match="there is no column value"):
        spark.read_exports(texts.withColumnRenamed("value", "text"))
