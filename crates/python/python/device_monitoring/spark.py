"""The verdict on calls, on Spark.

>>> from device_monitoring import spark as calls
>>> verdicts = calls.judge("s3://…/events", {"highRttThreshold": 300}, days=("2026-11-01", "2026-11-30"))
>>> verdicts.where("alert").select("call_sid", "why").show()

Every executor needs this package. Files that are ordered by call are judged where they are read. Of all others, and of
DataFrames, rows are packed by call where they are read; Spark brings together what was packed of a call, and it streams
through the judge: an executor has one call at a time in memory, besides what Spark sorts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, Optional, Union

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from . import EVENTS, EXPORTED, NAMED_VERDICTS, VERDICTS, Configuration, _json
from ._native import ExportedRows, PackedRows, TableRows, Verdicts, packed_schema
from ._ordered import Part, calls, parts
from ._parquet import Folder, Piece, Times, rows

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem
    from pyspark.sql import Column
    from pyspark.sql.types import StructType

__all__ = ["judge", "judge_each", "problems_in_exports", "read_exports"]

ToVerdicts = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]

Days = Optional[tuple[Union[str, date], Union[str, date]]]
"""The first and the last day, in UTC, on which calls began: ``("2026-11-01", "2026-11-30")``."""


def judge(events: DataFrame | str, configuration: Configuration | None = None, *, days: Days = None) -> DataFrame:
    """Judge calls: takes a DataFrame of rows, and gives one of verdicts, one row for each call.

    Instead of a DataFrame, ``events`` may be the path of a folder of Parquet files, or of one such file: whatever
    pyarrow opens (``s3://``, ``gs://``, ``abfss://``, ``hdfs://``, and folders that the driver and all executors see
    under the same name). This costs less, because Spark then does not make rows of columns, and columns of rows.

    Rows may be in any order, in any partitions or files, and there more than once. Where all files say that they are
    ordered by ``call_sid``, as those of ``history import`` do, nothing is moved between executors.

    With ``days``, only calls that began on these days are given. The day after the last is read too, because calls go
    on over midnight. Where the table has the column ``day``, no other days are read.

    Columns and configuration are those of ``device_monitoring.judge``, which says what is refused.
    """
    return _judge(events, _json(configuration), False, days)


def judge_each(events: DataFrame | str, configurations: Mapping[str, Configuration], *, days: Days = None) -> DataFrame:
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


def _judge(events: DataFrame | str, configuration: str, is_named: bool, days: Days) -> DataFrame:
    # A wrong configuration is refused here, and not in an executor.
    Verdicts([], configuration, is_named, True)
    first_and_last = None if days is None else (_date(days[0]), _date(days[1]))
    to_verdicts = partial(_verdicts, configuration=configuration, is_named=is_named)
    schema = from_arrow_schema(_sparks(NAMED_VERDICTS if is_named else VERDICTS))
    if isinstance(events, str):
        verdicts = _judge_files(events, first_and_last, to_verdicts, schema)
    else:
        verdicts = _judge_packed(_packed_rows(events, first_and_last), to_verdicts, schema)
    if first_and_last is None:
        return verdicts
    first, last = first_and_last
    began = F.col("started_at")
    return verdicts.where((began >= F.lit(_midnight(first))) & (began < F.lit(_midnight(last, 1))))


def _judge_packed(packed: DataFrame, to_verdicts: ToVerdicts, schema: StructType) -> DataFrame:
    # Of a call some kilobytes are moved, and not some hundred wide rows; nor are these sorted.
    return packed.repartition("call_sid").sortWithinPartitions("call_sid").mapInArrow(to_verdicts, schema)


def _judge_files(path: str, days: tuple[date, date] | None, to_verdicts: ToVerdicts, schema: StructType) -> DataFrame:
    """The same without rows of Spark: each task reads files by itself."""
    folder = Folder(path)
    _require(folder.columns)
    files = folder.files() if days is None else folder.files(days[0], days[1] + timedelta(days=1))
    times = None if days is None or folder.has_days else (_midnight(days[0]), _midnight(days[1], 2))
    ordered = parts(files)
    if ordered is not None:
        judge_parts = partial(
            _judge_parts, parts=ordered, filesystem=folder.filesystem, times=times, to_verdicts=to_verdicts
        )
        return _tasks(len(ordered)).mapInArrow(judge_parts, schema)
    pieces = folder.pieces(files)
    read = partial(_read, pieces=pieces, filesystem=folder.filesystem, times=times)
    packed = _tasks(len(pieces)).mapInArrow(read, from_arrow_schema(packed_schema()))
    return _judge_packed(packed, to_verdicts, schema)


def _tasks(count: int) -> DataFrame:
    """Each has a number, by which it finds what it is to do: a DataFrame of that would take tasks of its own to make."""
    return SparkSession.active().range(0, count, numPartitions=max(count, 1))


def _packed_rows(events: DataFrame, days: tuple[date, date] | None) -> DataFrame:
    _require(events.columns)
    if days is not None:
        events = events.where(_on(events, *days))
    return events.select(*EVENTS.names).mapInArrow(_packed, from_arrow_schema(packed_schema()))


def _require(columns: list[str]) -> None:
    missing = [name for name in EVENTS.names if name not in columns]
    if missing:
        raise ValueError(f"there is no column {', '.join(missing)}")


def _on(events: DataFrame, first: date, last: date) -> Column:
    """Whether a row is of these days or of the next."""
    if "day" in events.columns:
        return F.col("day").between(F.lit(first), F.lit(last + timedelta(days=1)))
    return (F.col("at") >= F.lit(_midnight(first))) & (F.col("at") < F.lit(_midnight(last, 2)))


def _packed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from PackedRows(batches)


def _read(
    numbers: Iterable[pa.RecordBatch], pieces: list[Piece], filesystem: FileSystem, times: Times
) -> Iterator[pa.RecordBatch]:
    mine = (pieces[number] for batch in numbers for number in batch["id"].to_pylist())
    yield from PackedRows(batch for piece in mine for batch in rows(filesystem, piece, times))


def _judge_parts(
    numbers: Iterable[pa.RecordBatch], parts: list[Part], filesystem: FileSystem, times: Times, to_verdicts: ToVerdicts
) -> Iterator[pa.RecordBatch]:
    for batch in numbers:
        for number in batch["id"].to_pylist():
            yield from to_verdicts(calls(filesystem, parts[number], times))


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


def _midnight(day: date, later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=later), time(), timezone.utc)
