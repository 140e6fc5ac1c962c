"""Files that are ordered by call, and say so: as ``history import`` writes them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SORTED = [("call_sid", "ascending"), ("at", "ascending"), ("seq", "ascending")]


def write_ordered(table: pa.Table, path: Path, rows_in_a_group: int) -> None:
    order = pq.SortingColumn.from_ordering(table.schema, SORTED)
    pq.write_table(table.sort_by(SORTED), path, row_group_size=rows_in_a_group, sorting_columns=order)
