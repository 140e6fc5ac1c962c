"""Files that are ordered by call are judged in parts, without anything being brought together."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from device_monitoring import EVENTS, VERDICTS, RowError, _ordered, _parquet, judge
from device_monitoring._native import Verdicts
from ordered import SORTED, write_ordered
from replayed import rows


def parts_of(folder: Path) -> list[_ordered.Part]:
    parts = _ordered.parts(_parquet.Folder(str(folder)).files())
    assert parts is not None
    return parts


def judged(folder: Path) -> list[list[dict[str, Any]]]:
    """The verdicts of each part."""
    filesystem = _parquet.Folder(str(folder)).filesystem
    packed = (_ordered.calls(filesystem, part, None) for part in parts_of(folder))
    return [pa.Table.from_batches(Verdicts(calls, "{}", False, True, True), VERDICTS).to_pylist() for calls in packed]


@pytest.mark.parametrize("seed", range(3))
def test_calls_that_are_scattered_over_ordered_files_get_the_verdict_that_they_get_together(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = random.Random(seed)
    table = rows()
    of_file = [choice.randrange(4) for _ in range(len(table))]
    for number in range(4):
        its = [row for row, file in enumerate(of_file) if file == number or choice.random() < 0.03]
        write_ordered(table.take(its), tmp_path / f"{number}.parquet", choice.choice([500, 2000]))
    monkeypatch.setattr(_ordered, "ROWS_IN_A_PART", 3000)
    monkeypatch.setattr(_ordered, "GROUPS_OF_A_FILE_IN_A_PART", 1)
    found = judged(tmp_path)
    assert len(found) > 3 and all(found)
    together = pa.Table.from_batches(judge(table.sort_by(SORTED).to_batches())).to_pylist()
    assert [verdict for part in found for verdict in part] == together


def test_a_call_is_given_as_soon_as_no_file_has_more_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_ordered(rows(), tmp_path / "events.parquet", 1000)
    monkeypatch.setattr(_ordered, "ROWS_AT_ONCE", 1000)
    [part] = parts_of(tmp_path)
    given = [len(calls) for calls in _ordered.calls(_parquet.Folder(str(tmp_path)).filesystem, part, None)]
    assert len(given) > 10 and max(given) < sum(given) / 4


def test_files_that_do_not_say_how_they_are_ordered_have_no_parts(tmp_path: Path) -> None:
    table = rows().sort_by(SORTED)
    write_ordered(table, tmp_path / "ordered.parquet", 1000)
    for number, how in enumerate(({}, {"sorting_columns": [pq.SortingColumn(1)]}, {"write_statistics": False})):
        pq.write_table(table, tmp_path / f"{number}.parquet", **how)
        assert _ordered.parts(_parquet.Folder(str(tmp_path)).files()) is None, how
        (tmp_path / f"{number}.parquet").unlink()
    assert parts_of(tmp_path)


def test_more_files_than_a_task_can_hold_have_no_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        write_ordered(rows().slice(0, 10), tmp_path / f"{number}.parquet", 1000)
    assert parts_of(tmp_path)
    monkeypatch.setattr(_ordered, "MOST_FILES", 2)
    assert _ordered.parts(_parquet.Folder(str(tmp_path)).files()) is None


def test_a_file_whose_row_groups_are_ordered_each_by_itself_has_no_parts(tmp_path: Path) -> None:
    table = rows().sort_by(SORTED)
    later_first = pa.concat_tables([table.slice(1000, 1000), table.slice(0, 1000)])
    order = pq.SortingColumn.from_ordering(EVENTS, SORTED)
    pq.write_table(later_first, tmp_path / "events.parquet", row_group_size=1000, sorting_columns=order)
    assert _ordered.parts(_parquet.Folder(str(tmp_path)).files()) is None


def test_a_file_that_is_not_ordered_as_it_says_is_an_error(tmp_path: Path) -> None:
    table = rows()
    shuffled = table.take(random.Random(0).sample(range(len(table)), len(table)))
    order = pq.SortingColumn.from_ordering(EVENTS, SORTED)
    pq.write_table(shuffled, tmp_path / "events.parquet", row_group_size=len(table), sorting_columns=order)
    with pytest.raises(ValueError, match="is not ordered by call_sid, as it says: .* is behind"):
        judged(tmp_path)


def test_a_row_without_a_type_is_named(tmp_path: Path) -> None:
    table = pa.table({"call_sid": ["CA1"], "at": [0], "seq": [1]}).cast(pa.schema([EVENTS.field(n) for n in range(3)]))
    for field in list(EVENTS)[3:]:
        table = table.append_column(field.with_nullable(True), pa.nulls(1, field.type))
    write_ordered(table, tmp_path / "events.parquet", 1000)
    with pytest.raises(RowError, match='row 0 has no "type"'):
        judged(tmp_path)
