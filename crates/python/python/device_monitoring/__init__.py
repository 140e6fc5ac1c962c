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
from itertools import chain, islice
from typing import Any, Union

import pyarrow as pa

from ._native import (
    ExportedRows,
    RowError,
    TableRows,
    Verdicts,
    events_schema,
    exported_schema,
    read_recording,
    verdicts_schema,
)

__all__ = [
    "EVENTS",
    "NAMED_VERDICTS",
    "VERDICTS",
    "RowError",
    "judge",
    "judge_each",
    "read_exports",
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


EXPORTED: pa.Schema = exported_schema()
"""What exports say, on its way to rows."""

TEXTS_AT_ONCE = 1000


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


def read_exports(texts: Iterable[Any]) -> tuple[Iterator[pa.RecordBatch], dict[str, int]]:
    """Read what Twilio exports: takes texts, and gives rows, sorted by ``call_sid``, and what could not be used.

    ``texts`` is an iterable of ``str`` or ``bytes``, or of record batches whose only column, or the column ``value``,
    has them. Each text is a line of a file, or a whole file: whatever ``replay`` reads, unpacked. What is said of one
    call may be in any of them, in any order, and more than once.

    >>> with gzip.open("2026/11/01/23/events.gz") as lines:
    ...     rows, problems = read_exports(lines)
    >>> verdicts = judge(rows)

    What could not be used is a dictionary of sentences, each with the number of places.

    Until all is read, nothing is known of a call: what the texts say is in memory, some 300 bytes for ten seconds.
    """
    exported = ExportedRows(_texts(texts))
    # Where there is much, the offsets of 32 bits are too small.
    kept = pa.schema([field if field.name != "what" else field.with_type(pa.large_binary()) for field in EXPORTED])
    table = pa.Table.from_batches((batch.cast(kept) for batch in exported), kept)
    table = table.sort_by([(name, "ascending") for name in ("call_sid", "at", "seq")])
    return TableRows(table.to_batches()), exported.problems()


def _texts(texts: Iterable[Any]) -> Iterable[Any]:
    several = iter(_stream(texts))
    first = next(several, None)
    if not isinstance(first, (str, bytes)):
        return chain([] if first is None else [first], several)
    return _batches(chain([first], several))


def _batches(texts: Iterator[str | bytes]) -> Iterator[pa.RecordBatch]:
    while some := list(islice(texts, TEXTS_AT_ONCE)):
        values = [text.encode() if isinstance(text, str) else text for text in some]
        yield pa.record_batch({"value": pa.array(values, pa.large_binary())})


def _json(configuration: Configuration | None) -> str:
    return configuration if isinstance(configuration, str) else json.dumps(configuration or {})


def _stream(batches: Iterable[Any]) -> Iterable[Any]:
    if isinstance(batches, pa.RecordBatch):
        return [batches]
    if hasattr(batches, "__arrow_c_stream__"):
        reader: Iterable[Any] = pa.RecordBatchReader.from_stream(batches)
        return reader
    return batches
