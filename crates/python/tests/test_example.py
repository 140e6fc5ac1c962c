"""The example in the folder ``examples`` runs, and what it prints is so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib.image
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from device_monitoring import judge
from replayed import rows

EXAMPLE = Path(__file__).parents[1] / "examples" / "thresholds.py"


def test_the_example_counts_alerts_and_minutes_and_draws_them(tmp_path: Path) -> None:
    recorded = rows()
    days = pc.strftime(recorded["at"], "%Y-%m-%d")
    table = recorded.append_column("day", days)
    events, picture = tmp_path / "events", tmp_path / "picture.png"
    by_day = ds.partitioning(pa.schema([("day", pa.string())]), flavor="hive")
    ds.write_dataset(table, events, format="parquet", partitioning=by_day)
    ran = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLE, events, picture], capture_output=True, text=True, check=True
    )
    printed = {line.split()[0]: line.split()[1:] for line in ran.stdout.splitlines()}

    verdicts = pa.Table.from_batches(judge(recorded.sort_by([("call_sid", "ascending")])))
    verdicts = verdicts.filter(pc.is_valid(verdicts["alert"]))
    assert printed["now"] == [str(len(verdicts)), str(pc.sum(verdicts["alert"]).as_py())]
    of_all = [episode for episodes in verdicts["episodes"].to_pylist() for episode in episodes]
    for condition in {episode["condition"] for episode in of_all}:
        ms = sum(episode["end_ms"] - episode["start_ms"] for episode in of_all if episode["condition"] == condition)
        assert float(printed[condition][0]) == round(ms / 60_000, 1)

    pixels = matplotlib.image.imread(picture)
    assert pixels.shape[:2] == (400, 1000)
    assert len({tuple(pixel) for row in pixels[::7, ::7] for pixel in row}) > 2

