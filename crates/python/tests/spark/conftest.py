"""The cluster, which all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cluster import EXECUTORS, executors, start, wait_for
from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def session() -> Iterator[SparkSession]:
    session = start()
    wait_for("two executors", lambda: len(executors(session)) == EXECUTORS)
    yield session
    session.stop()
