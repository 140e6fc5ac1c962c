"""What the verdicts of a history cost on Spark and on Ballista, each with two executors, beside ``history query``, which
needs no cluster. Linux only."""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cluster import EXECUTORS, wait_for
from processes import Watch, run

SQL = """
    SELECT count(*) AS calls, count(*) FILTER (WHERE v['alert']) AS alerts
    FROM (SELECT verdict('{}', at, seq, type, sample, stats, detail) AS v FROM events GROUP BY call_sid)
"""
# For what an executor of Ballista holds; what is more waits on disk.
MEGABYTES = 500


@dataclass(frozen=True)
class Cost:
    """Of one run."""

    answer: tuple[int, int]
    """Calls, and those that alert."""
    seconds: float
    """That passed, from the question to the answer."""
    of_processors: float
    """From the start of the first process to the answer, in seconds."""
    of_start: float
    """Of these, before there was a question."""
    shuffled: int = 0
    """Bytes."""
    peaks: dict[str, float] = field(default_factory=dict)
    """Megabytes at most by what the processes are, all of one kind together at one time."""


def by_history(history: str, programs: Path) -> Cost:
    began = time.monotonic()
    printed, seconds, peak = run([programs / "history", "query", "--events", history, SQL])
    calls, alerts = (int(cell) for cell in printed.splitlines()[3].split("|")[1:3])
    return Cost((calls, alerts), time.monotonic() - began, seconds, 0.0, 0, {"the process": peak})


def by_spark(given: str, history: str, programs: Path) -> Cost:
    """``given``: a ``path`` or a ``DataFrame``."""
    command = [sys.executable, Path(__file__).with_name("ask_spark.py"), given, history]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:

        def said() -> dict:
            line = driver.stdout.readline()
            if not line:
                raise RuntimeError("Spark has ended")
            return json.loads(line)

        executors = said()["executors"]
        with Watch({"driver": driver.pid} | _named(executors)) as watch:
            before, began = watch.look(), time.monotonic()
            driver.stdin.write("\n")
            driver.stdin.flush()
            answer = said()
            passed, after = time.monotonic() - began, watch.look()
        driver.stdin.close()
    told = answer["calls"], answer["alerts"]
    return Cost(told, passed, after, before, answer["shuffled"], watch.peaks())


def by_ballista(history: str, programs: Path) -> Cost:
    program = programs / "history-cluster"
    with ExitStack() as stack:

        def start(*arguments: str) -> int:
            process = subprocess.Popen([program, *arguments], stdin=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process.pid

        port = _free_port()
        scheduler = start("scheduler", "--ready-with", str(EXECUTORS), "--port", str(port))
        works = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(EXECUTORS)]
        address = f"127.0.0.1:{port}"
        executors = []
        for work in works:
            ports = ["--port", str(_free_port()), "--tasks-port", str(_free_port())]
            bounds = ["--cores", "1", "--memory", str(MEGABYTES), "--work", work]
            executors.append(start("executor", "--scheduler", address, *ports, *bounds))
        wait_for("Ballista", lambda: _is_ready(port))
        with Watch({"scheduler": scheduler} | _named(executors)) as watch:
            before, began = watch.look(), time.monotonic()
            printed, of_client, peak_of_client = run([program, "query", "--scheduler", address, "--events", history, SQL])
            passed, after = time.monotonic() - began, watch.look()
        shuffled = sum(file.stat().st_size for work in works for file in Path(work).rglob("*") if file.is_file())
    answer = json.loads(printed)
    told = answer["calls"], answer["alerts"]
    return Cost(told, passed, after + of_client, before, shuffled, watch.peaks() | {"client": peak_of_client})


Way = Callable[[str, Path], Cost]
ENGINES: dict[str, dict[str, Way]] = {
    "history": {"history": by_history},
    "spark": {f"spark, given a {given}": partial(by_spark, given) for given in ("path", "DataFrame")},
    "ballista": {"ballista": by_ballista},
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=3, help="how often each is measured, in turns; the median counts")
    arguments.add_argument("--programs", type=Path, required=True, help="the folder of history and history-cluster")
    arguments.add_argument("history", help="a folder with folders day=2026-11-01 in it")
    arguments.add_argument("engines", nargs="+", choices=ENGINES)
    given = arguments.parse_args()
    ways = {name: way for engine in ["history", *given.engines] for name, way in ENGINES[engine].items()}
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(given.times):
        for name, measured in costs.items():
            measured.append(ways[name](given.history, given.programs))
            print(f"{name}: {measured[-1]}", flush=True)
    answers = {cost.answer for measured in costs.values() for cost in measured}
    if len(answers) > 1:
        raise RuntimeError(f"they do not agree: {answers}")
    _print(costs)


def _print(costs: dict[str, list[Cost]]) -> None:
    def median(measured: list[Cost], of: Callable[[Cost], float]) -> float:
        return statistics.median(of(cost) for cost in measured)

    plain = median(costs["history"], lambda cost: cost.of_processors)
    print("\n| | seconds | processor seconds | of these before the question | times `history query` | MB shuffled |")
    print("| --- | --- | --- | --- | --- | --- |")
    for engine, measured in costs.items():
        of_processors = median(measured, lambda cost: cost.of_processors)
        cells = [
            f"{median(measured, lambda cost: cost.seconds):.0f}",
            f"{of_processors:.1f}",
            f"{median(measured, lambda cost: cost.of_start):.1f}",
            f"{of_processors / plain:.2f}",
            f"{median(measured, lambda cost: cost.shuffled) / 1e6:.0f}",
        ]
        print(f"| {engine} | {' | '.join(cells)} |")
    for engine, measured in costs.items():
        print(f"\n{engine}: MB of memory at most")
        for name in measured[0].peaks:
            print(f"  {name}: {max(cost.peaks[name] for cost in measured):.0f}")


def _named(executors: list[int]) -> dict[str, int]:
    return {f"executor {number}": pid for number, pid in enumerate(executors, 1)}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


if __name__ == "__main__":
    main()
