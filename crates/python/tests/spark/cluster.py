"""A cluster of Spark on this machine: a driver and two executors, each a process of its own. Linux only."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from replayed import said

SEED = int(os.environ.get("SEED", "20261128"))
EXECUTORS = 2
# Of a Java process.
MEGABYTES = 512
# As docs/cluster.md advises where Python reads the files: the job is short, and each executor has one processor.
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# An executor of Spark, among the children of the driver.
EXECUTOR = "CoarseGrainedExecutorBackend"
# Generous: nothing is measured by it.
PATIENCE_S = 240


def start(java_options: str = JAVA_OPTIONS) -> SparkSession:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    return (
        SparkSession.builder.master(f"local-cluster[{EXECUTORS},1,{MEGABYTES}]")
        .appName("device-monitoring")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.executor.memory", f"{MEGABYTES}m")
        .config("spark.driver.extraJavaOptions", java_options)
        .config("spark.executor.extraJavaOptions", java_options)
        .config("spark.ui.enabled", "false")
        # As docs/cluster.md advises: a packed call is one wide row.
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
        .config("spark.sql.shuffle.partitions", "8")
        # Recordings are small: all would be judged by one task.
        .config("spark.sql.adaptive.coalescePartitions.enabled", "false")
        # Days are those of UTC, wherever somebody asks.
        .config("spark.sql.session.timeZone", "Asia/Kolkata")
        .getOrCreate()
    )


def executors(session: SparkSession) -> list[int]:
    """The process ids of the executors that run now."""
    driver = session.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
    return sorted(pid for pid in _children(driver) if EXECUTOR in _command(pid))


def wait_for(what: str, is_so: Callable[[], bool]) -> None:
    """Waits until something is so."""
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {PATIENCE_S} seconds")
        time.sleep(0.1)


def of(name: str, verdicts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Those of one configuration."""
    return said([verdict for verdict in verdicts if verdict["configuration"] == name])


def plain(verdicts: DataFrame) -> list[dict[str, Any]]:
    return [row.asDict(recursive=True) for row in verdicts.collect()]


def _children(pid: int) -> list[int]:
    processes = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [process for process in processes if _stat(process)[1:2] == [str(pid)]]


def _stat(pid: int) -> list[str]:
    """What is behind the name of a process: its state, its parent… Nothing if it has ended, or has to be waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [] if fields[0] == "Z" else fields


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
