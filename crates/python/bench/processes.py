"""What processes take of the processors and of memory. Linux only."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

# What ends between two looks is counted up to the look before.
LOOK_S = 0.2
# To add up the memory of a process, the kernel walks through all its pages, which costs more than a look at its times.
LOOKS_BETWEEN_MEMORY = 5


def run(command: Sequence[str | Path]) -> tuple[str, float, float]:
    """Runs a program to its end: what it printed, its processor seconds, and its memory at most in megabytes."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    printed = program.stdout.read()
    _, status, used = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} ended with {program.returncode}")
    return printed, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6


class Watch:
    """Looks at processes that stay, and at all that they start."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        """``roots`` are process ids, each with a name for what it and its children are. A root below another comes later."""
        self._roots = {name: psutil.Process(pid) for name, pid in roots.items()}
        self._seconds: dict[psutil.Process, float] = {}
        self._peaks = dict.fromkeys(self._roots, 0.0)
        self._looks = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_again, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def look(self) -> float:
        """The processor seconds of all of them so far."""
        with self._lock:
            processes = dict(self._processes())
            for process in processes:
                self._look_at_times(process)
            if self._looks % LOOKS_BETWEEN_MEMORY == 0:
                self._look_at_memory(processes)
            self._looks += 1
            return sum(self._seconds.values())

    def peaks(self) -> dict[str, float]:
        """Megabytes at most by name, of its processes together at one look: what several of them share counts once
        (the kernel's proportional set size)."""
        return dict(self._peaks)

    def _look_at_times(self, process: psutil.Process) -> None:
        # It may have ended meanwhile.
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            self._seconds[process] = times.user + times.system

    def _look_at_memory(self, processes: Mapping[psutil.Process, str]) -> None:
        held = dict.fromkeys(self._peaks, 0.0)
        for process, name in processes.items():
            with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
                held[name] += process.memory_full_info().pss / 1e6
        for name, peak in self._peaks.items():
            self._peaks[name] = max(peak, held[name])

    def _processes(self) -> Iterator[tuple[psutil.Process, str]]:
        for name, root in self._roots.items():
            yield root, name
            for child in root.children(recursive=True):
                yield child, name

    def _look_again(self) -> None:
        while not self._stopped.wait(LOOK_S):
            self.look()
