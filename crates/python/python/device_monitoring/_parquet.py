"""Parquet files in pieces, each of which is read by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple, Optional

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow.fs import FileSystem

from . import EVENTS

PIECE_BYTES = 32 << 20
ROWS_AT_ONCE = 1 << 16

Times = Optional[tuple[datetime, datetime]]
"""From when, and before when."""


class Piece(NamedTuple):
    """The row groups of a file that begin at these bytes."""

    path: str
    begin: int
    end: int


class Folder:
    """Files of the table: those in a folder and in the folders in it, or a single one."""

    def __init__(self, path: str) -> None:
        # Hadoop's name for what is called s3 elsewhere.
        path = f"s3://{path[len('s3a://') :]}" if path.startswith("s3a://") else path
        self._files = ds.dataset(path, format="parquet", partitioning="hive")
        self.filesystem: FileSystem = self._files.filesystem
        self.columns: list[str] = self._files.schema.names

    @property
    def has_days(self) -> bool:
        """Each day has a folder: ``day=2026-11-01``."""
        return "day" in self._files.partitioning.schema.names

    def files(self, first: date | None = None, last: date | None = None) -> list[ds.ParquetFileFragment]:
        """All there are, or those in the folders of these days."""
        return [file for file in self._files.get_fragments() if _is_between(file, first, last)]

    def pieces(self, files: list[ds.ParquetFileFragment]) -> list[Piece]:
        """Of these files."""
        paths = [file.path for file in files]
        sizes = (info.size for info in self.filesystem.get_file_info(paths))
        return [
            Piece(path, begin, begin + PIECE_BYTES)
            for path, size in zip(paths, sizes)
            for begin in range(0, size, PIECE_BYTES)
        ]


def rows(filesystem: FileSystem, piece: Piece, times: Times) -> Iterator[pa.RecordBatch]:
    """The rows of a piece; of these times."""
    with pq.ParquetFile(filesystem.open_input_file(piece.path), pre_buffer=True) as file:
        for number in range(file.metadata.num_row_groups):
            if piece.begin <= _begin(file.metadata.row_group(number)) < piece.end:
                # One row group after the other, so that no more than one is held.
                batches = file.iter_batches(ROWS_AT_ONCE, [number], EVENTS.names, use_threads=False)
                yield from (of_times(batch, times) for batch in batches)


def _is_between(file: ds.Fragment, first: date | None, last: date | None) -> bool:
    day = ds.get_partition_keys(file.partition_expression).get("day")
    return first is None or last is None or day is None or first.isoformat() <= str(day) <= last.isoformat()


def _begin(group: pq.RowGroupMetaData) -> int:
    column = group.column(0)
    return min(offset for offset in (column.dictionary_page_offset, column.data_page_offset) if offset)


def of_times(batch: pa.RecordBatch, times: Times) -> pa.RecordBatch:
    """What is of these times; without any, all of it."""
    if times is None:
        return batch
    at = batch["at"]
    begin, end = (pa.scalar(time, pa.timestamp("us", "UTC")).cast(at.type) for time in times)
    return batch.filter(pc.and_(pc.greater_equal(at, begin), pc.less(at, end)))
