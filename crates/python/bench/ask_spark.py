"""Asks Spark for the verdicts of a history, given its path or a DataFrame. Says on lines of JSON when it is ready, and the
answer; waits for a line before it asks and before it ends, so that somebody can measure in between."""

from __future__ import annotations

import json
import sys
from typing import Any

from cluster import EXECUTORS, JAVA_OPTIONS, executors, start, wait_for
from device_monitoring import spark as calls
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def main(given: str, history: str) -> None:
    # Making rows of columns is Java's work: a compiler that spares itself costs more there than it saves.
    session = start(JAVA_OPTIONS if given == "path" else "")
    wait_for("two executors", lambda: len(executors(session)) == EXECUTORS)
    _say({"executors": executors(session)})
    sys.stdin.readline()
    verdicts = calls.judge(history if given == "path" else session.read.parquet(history))
    [answer] = verdicts.agg(F.count("*").alias("calls"), F.count_if("alert").alias("alerts")).collect()
    _say({**answer.asDict(), "shuffled": _shuffled(session)})
    sys.stdin.readline()
    session.stop()


def _shuffled(session: SparkSession) -> int:
    """How many bytes the executors have written for others to fetch."""
    summaries = session.sparkContext._jsc.sc().statusStore().executorList(False)
    return sum(summaries.apply(number).totalShuffleWrite() for number in range(summaries.size()))


def _say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
