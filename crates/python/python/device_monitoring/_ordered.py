"""Parquet files that are ordered by call: their calls in parts, each of which is read by itself, whole calls at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow.fs import FileSystem

from . import EVENTS
from ._native import PackedRows, packed_schema
from ._parquet import Times, of_times

CALL_SID = "call_sid"
ROWS_IN_A_PART = 2_000_000
# A row group on the border of two parts is read for both. Of eight groups in a part, that is a small share.
GROUPS_OF_A_FILE_IN_A_PART = 8
# So many of each file are in memory.
ROWS_AT_ONCE = 1 << 13
# A part has rows of all files, some 12 MB of each: where there are more, it is better to move rows.
MOST_FILES = 64
# Footers are small, and far away.
FOOTERS_AT_ONCE = 16


class Part(NamedTuple):
    """The calls from ``first`` on and before ``end``, and the row groups of files that may have rows of them."""

    first: Optional[str]
    end: Optional[str]
    groups: dict[str, list[int]]


class _Group(NamedTuple):
    """A row group. ``first`` and ``last`` are bounds: there may be no call of that name."""

    first: str
    last: str
    rows: int
    path: str
    number: int


def parts(files: list[ds.ParquetFileFragment]) -> list[Part] | None:
    """All calls in these files; ``None`` if they cannot be judged in parts: a file does not say that it is ordered, is so
    only within its row groups, or has no bounds of them; or there are too many files."""
    if not 0 < len(files) <= MOST_FILES:
        return None
    with ThreadPoolExecutor(FOOTERS_AT_ONCE) as threads:
        of_files = list(threads.map(_groups, files))
    groups = sorted(group for of_file in of_files if of_file for group in of_file)
    if not groups or any(of_file is None for of_file in of_files):
        return None
    rows = sum(group.rows for group in groups)
    wanted = max(ROWS_IN_A_PART, GROUPS_OF_A_FILE_IN_A_PART * len(files) * rows // len(groups))
    cuts: list[str] = []
    in_part = 0
    for group in groups:
        if in_part >= wanted and group.first > (cuts or [groups[0].first])[-1]:
            cuts.append(group.first)
            in_part = 0
        in_part += group.rows
    return [_part(first, end, groups) for first, end in zip([None, *cuts], [*cuts, None])]


def _part(first: str | None, end: str | None, groups: Iterable[_Group]) -> Part:
    of_files: dict[str, list[int]] = {}
    for group in groups:
        if (first is None or group.last >= first) and (end is None or group.first < end):
            of_files.setdefault(group.path, []).append(group.number)
    return Part(first, end, of_files)


def _groups(file: ds.ParquetFileFragment) -> list[_Group] | None:
    groups = []
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        columns = {group.column(index).path_in_schema: index for index in range(group.num_columns)}
        order = group.sorting_columns
        if not order or order[0].column_index != columns.get(CALL_SID) or order[0].descending:
            return None
        bounds = group.column(order[0].column_index).statistics
        if bounds is None or not bounds.has_min_max or bounds.null_count != 0:
            return None
        # What a file says of its order holds within a row group.
        if groups and bounds.min < groups[-1].last:
            return None
        groups.append(_Group(bounds.min, bounds.max, group.num_rows, file.path, number))
    return groups


def calls(filesystem: FileSystem, part: Part, times: Times) -> Iterator[pa.RecordBatch]:
    """The packed rows of the calls of a part: each call once, in the order of their names."""
    files = [_File(path, _packed(filesystem, path, groups, part, times)) for path, groups in part.groups.items()]
    held: dict[str, list[bytes]] = {}
    while files:
        # The one that is least far: as long as it goes on, what all others have of its calls has been read.
        file = heapq.heappop(files)
        if file.read_into(held):
            heapq.heappush(files, file)
        complete = sorted(call for call in held if not files or call < files[0].last)
        if complete:
            schema = packed_schema()
            columns = (complete, [b"".join(held.pop(call)) for call in complete])
            yield pa.record_batch([pa.array(*column) for column in zip(columns, schema.types)], schema=schema)


@dataclass(order=True)
class _File:
    """A file that is being read. They are compared by how far."""

    path: str = field(compare=False)
    packed: Iterator[pa.RecordBatch] = field(compare=False)
    last: str = ""

    def read_into(self, held: dict[str, list[bytes]]) -> bool:
        """Reads on; says whether there was anything."""
        batch = next(self.packed, None)
        if batch is None:
            return False
        before = self.last
        for call, rows in zip(batch[0].to_pylist(), batch[1].to_pylist()):
            if call < before:
                raise ValueError(f"{self.path} is not ordered by {CALL_SID}, as it says: {call} is behind {before}")
            self.last = max(self.last, call)
            held.setdefault(call, []).append(rows)
        return True


def _packed(filesystem: FileSystem, path: str, groups: list[int], part: Part, times: Times) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(filesystem.open_input_file(path), pre_buffer=True) as file:
        batches = (
            batch
            # One row group after the other, so that no more than one is held.
            for group in groups
            for batch in file.iter_batches(ROWS_AT_ONCE, [group], EVENTS.names, use_threads=False)
        )
        yield from PackedRows(of_times(_of_part(batch, part), times) for batch in batches)


def _of_part(batch: pa.RecordBatch, part: Part) -> pa.RecordBatch:
    # As a rule all of it.
    bounds = pc.min_max(batch[CALL_SID].cast(pa.string())).as_py()
    if part.first is not None and bounds["min"] < part.first:
        batch = batch.filter(pc.greater_equal(batch[CALL_SID], part.first))
    if part.end is not None and bounds["max"] >= part.end:
        batch = batch.filter(pc.less(batch[CALL_SID], part.end))
    return batch
