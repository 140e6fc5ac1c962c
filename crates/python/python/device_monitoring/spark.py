"""The verdict on calls, on Spark.

>>> from device_monitoring import spark as calls
>>> events = session.read.parquet("s3://…/events")
>>> verdicts = calls.judge(events, {"highRttThreshold": 300}, days=("2026-11-01", "2026-11-30"))
>>> verdicts.where("alert").select("call_sid", "why").show()

Every executor needs this package. Where rows are read they are packed by call; Spark brings together what was packed of
a call, and it streams through the judge: an executor has one call at a time in memory, besides what Spark sorts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, Optional, Union

import pyarrow as pa
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from . import EVENTS, EXPORTED, NAMED_VERDICTS, VERDICTS, Configuration, _json
from ._native import ExportedRows, PackedRows, TableRows, Verdicts, packed_schema

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

__all__ = ["judge", "judge_each", "problems_in_exports", "read_exports"]

Days = Optional[tuple[Union[str, date], Union[str, date]]]
"""The first and the last day, in UTC, on which calls began: ``("2026-11-01", "2026-11-30")``."""


def judge(events: DataFrame, configuration: Configuration | None = None, *, days: Days = None) -> DataFrame:
    """Judge calls: takes a DataFrame of rows, and gives one of verdicts, one row for each call.

    Rows may be in any order, in any partitions, and there more than once.

    With ``days``, only calls that began on these days are given. The day after the last is read too, because calls go
    on over midnight. Where the table has the column ``day``, no other days are read.

    Columns and configuration are those of ``device_monitoring.judge``, which says what is refused.
    """
    return _judge(events, _json(configuration), False, days)


def judge_each(events: DataFrame, configurations: Mapping[str, Configuration], *, days: Days = None) -> DataFrame:
    """Judge calls under several configurations at once, which have names: one row for each call and configuration.

    The rows are read, brought together and sorted once. Everything else is as for ``judge``.
    """
    text = json.dumps({name: json.loads(_json(configuration)) for name, configuration in configurations.items()})
    return _judge(events, text, True, days)


def read_exports(texts: DataFrame) -> DataFrame:
    """Read what Twilio exports: takes a DataFrame of texts, and gives one of rows, as ``judge`` takes it.

    The texts are in the column ``value``: each a line of a file, or a whole file. What is said of one call may be in any
    of them, in any order, and more than once: Spark brings it together.

    >>> lines = session.read.text("s3://BUCKET/event-streams/2026/11/", recursiveFileLookup=True)
    >>> verdicts = judge(read_exports(lines))

    What could not be used is left out, and told by ``problems_in_exports``.
    """
    rows = _texts(texts).mapInArrow(_exported, from_arrow_schema(EXPORTED))
    # A call's rows of the same millisecond stay in the order of their file.
    rows = rows.repartition("call_sid").sortWithinPartitions("call_sid", "at", "seq", "what")
    return rows.mapInArrow(_table, from_arrow_schema(_sparks(EVENTS)))


def problems_in_exports(texts: DataFrame) -> DataFrame:
    """What ``read_exports`` could not use: ``problem``, a sentence, and in how many ``places`` it was met."""
    problems = _texts(texts).mapInArrow(_problems, "problem string, places long")
    return problems.groupBy("problem").agg(F.sum("places").alias("places"))


def _texts(texts: DataFrame) -> DataFrame:
    if "value" not in texts.columns:
        raise ValueError("there is no column value")
    return texts.select("value")


def _exported(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from ExportedRows(batches)


def _problems(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    rows = ExportedRows(batches)
    for _ in rows:
        pass
    problems = rows.problems()
    names, places = pa.array(list(problems), pa.string()), pa.array(list(problems.values()), pa.int64())
    yield pa.record_batch({"problem": names, "places": places})


def _table(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    schema = _sparks(EVENTS)
    for rows in TableRows(batches):
        yield rows.cast(schema)


def _judge(events: DataFrame, configuration: str, is_named: bool, days: Days) -> DataFrame:
    # A wrong configuration is refused here, and not in an executor.
    Verdicts([], configuration, is_named, True)
    missing = [name for name in EVENTS.names if name not in events.columns]
    if missing:
        raise ValueError(f"there is no column {', '.join(missing)}")
    if days is not None:
        events = _on(events, *(_date(day) for day in days))
    # Of a call some kilobytes are moved, and not some hundred wide rows; nor are these sorted.
    packed = events.select(*EVENTS.names).mapInArrow(_packed, from_arrow_schema(packed_schema()))
    rows = packed.repartition("call_sid").sortWithinPartitions("call_sid")
    schema = _sparks(NAMED_VERDICTS if is_named else VERDICTS)
    verdicts = rows.mapInArrow(
        partial(_verdicts, configuration=configuration, is_named=is_named), from_arrow_schema(schema)
    )
    if days is None:
        return verdicts
    first, last = (_date(day) for day in days)
    return verdicts.where((F.col("started_at") >= _midnight(first)) & (F.col("started_at") < _midnight(last, 1)))


def _on(events: DataFrame, first: date, last: date) -> DataFrame:
    """The rows of these days and of the next."""
    if "day" in events.columns:
        return events.where(F.col("day").between(F.lit(first), F.lit(last + timedelta(days=1))))
    return events.where((F.col("at") >= _midnight(first)) & (F.col("at") < _midnight(last, 2)))


def _packed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from PackedRows(batches)


def _verdicts(batches: Iterable[pa.RecordBatch], configuration: str, is_named: bool) -> Iterator[pa.RecordBatch]:
    schema = _sparks(NAMED_VERDICTS if is_named else VERDICTS)
    for verdicts in Verdicts(batches, configuration, is_named, True, True):
        yield verdicts.cast(schema)


def _sparks(schema: pa.Schema) -> pa.Schema:
    """The same columns in types that Spark has: times in microseconds, no unsigned numbers."""
    return pa.schema([pa.field(field.name, _spark_type(field.type), field.nullable) for field in schema])


def _spark_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz=kind.tz)
    if pa.types.is_unsigned_integer(kind):
        return pa.int64()
    if pa.types.is_list(kind):
        return pa.list_(pa.field(kind.value_field.name, _spark_type(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _spark_type(field.type)) for field in kind])
    return kind


def _date(day: str | date) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


def _midnight(day: date, later: int = 0) -> Column:
    return F.lit(datetime.combine(day + timedelta(days=later), time(), timezone.utc))
