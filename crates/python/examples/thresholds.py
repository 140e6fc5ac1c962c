"""What a threshold for the round-trip time would do, as a table and a picture.

    python thresholds.py events/ picture.png

``events/`` is a folder of the table in docs/cluster.md. It needs pandas and matplotlib.
"""

import sys

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from device_monitoring import judge_each
from matplotlib.figure import Figure

THRESHOLDS_MS = [100, 200, 300, 400, 600, 800]


def main(events: str, picture: str) -> None:
    configurations = {"now": {}} | {f"{ms} ms": {"highRttThreshold": ms} for ms in THRESHOLDS_MS}
    rows = ds.dataset(events, partitioning="hive").sort_by([("call_sid", "ascending")])
    verdicts = pa.Table.from_batches(judge_each(rows.to_batches(), configurations)).to_pandas()
    # The others have no verdict: the column `problems` says why.
    judged = verdicts[verdicts["alert"].notna()].astype({"alert": bool})

    alerts = judged.groupby("configuration")["alert"].agg(calls="count", alerts="sum").loc[list(configurations)]
    print(alerts.to_string())

    now = judged[judged["configuration"] == "now"]
    episodes = pd.DataFrame(now["episodes"].explode().dropna().tolist(), columns=["condition", "start_ms", "end_ms"])
    minutes = (episodes["end_ms"] - episodes["start_ms"]).groupby(episodes["condition"]).sum() / 60_000
    print(minutes.round(1).to_string())

    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    (100 * alerts["alerts"] / alerts["calls"]).plot.bar(ax=left, xlabel="highRttThreshold", ylabel="calls that alert, %")
    minutes.sort_values().plot.barh(ax=right, xlabel="minutes, as configured now", ylabel="")
    figure.savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
