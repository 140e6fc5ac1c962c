"""The verdict on calls of Twilio Flex, from Arrow record batches.

The rows are those of the table of a centre's history: ``EVENTS``. The verdict is the one that the command ``replay``
gives for a recording of the same events: it is drawn by the same code.

>>> import pyarrow.dataset as ds
>>> rows = ds.dataset("events", partitioning="hive").sort_by([("call_sid", "ascending")])
>>> for verdicts in judge(rows.to_batches(), {"highRttThreshold": 300}):
...     print(verdicts.select(["call_sid", "alert", "why"]).to_pylist())

``device_monitoring.spark`` does the same for a DataFrame of Spark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Union

import pyarrow as pa

from ._native import RowError, Verdicts, events_schema, read_recording, verdicts_schema

__all__ = [
    "EVENTS",
    "NAMED_VERDICTS",
    "VERDICTS",
    "RowError",
    "judge",
    "judge_each",
    "read_recording",
]

Configuration = Union[str, Mapping[str, Any]]
"""The block ``DeviceMonitoringPlugin``: its properties, or the same as JSON."""

EVENTS: pa.Schema = events_schema()
"""The columns of rows."""

VERDICTS: pa.Schema = verdicts_schema(False)
"""The columns that ``judge`` gives."""

NAMED_VERDICTS: pa.Schema = verdicts_schema(True)
"""The columns that ``judge_each`` gives: the same, and ``configuration``, its name."""


def judge(
    batches: Iterable[Any], configuration: Configuration | None = None, *, is_sorted: bool = True
) -> Iterator[pa.RecordBatch]:
    """Judge calls: takes batches of rows, and gives batches of verdicts, one row for each call.

    ``batches`` is an iterable of record batches, or anything that is a stream of them: a table or a reader of pyarrow,
    a DataFrame of polars. Columns are found by their names; others are left alone. ``at`` without a time zone is UTC.

    ``configuration`` is the block ``DeviceMonitoringPlugin``; without it, the documented defaults are in force.

    The rows have to be sorted by ``call_sid``, byte by byte. Then a call is judged when the rows of the next one come,
    and only one call is in memory. Within a call any order will do. With ``is_sorted=False`` there is no order: the
    rows of all calls are kept until the end, packed to about 50 bytes each.

    Raises ``ValueError`` if something in the configuration would not be in force or a column is missing, and
    ``RowError``, whose ``row`` is the number of the row, if a row has no ``call_sid``, ``at`` or ``type``, or is out of
    order. What is wrong in ``detail`` is no exception: the verdict has it in ``problems``.
    """
    return Verdicts(_stream(batches), _json(configuration), False, is_sorted)


def judge_each(
    batches: Iterable[Any], configurations: str | Mapping[str, Configuration], *, is_sorted: bool = True
) -> Iterator[pa.RecordBatch]:
    """Judge calls under several configurations at once, which have names: one row for each call and configuration.

    The rows are read once. Everything else is as for ``judge``.
    """
    if not isinstance(configurations, str):
        configurations = json.dumps(
            {name: json.loads(_json(configuration)) for name, configuration in configurations.items()}
        )
    return Verdicts(_stream(batches), configurations, True, is_sorted)


def _json(configuration: Configuration | None) -> str:
    return configuration if isinstance(configuration, str) else json.dumps(configuration or {})


def _stream(batches: Iterable[Any]) -> Iterable[Any]:
    if isinstance(batches, pa.RecordBatch):
        return [batches]
    if hasattr(batches, "__arrow_c_stream__"):
        reader: Iterable[Any] = pa.RecordBatchReader.from_stream(batches)
        return reader
    return batches
