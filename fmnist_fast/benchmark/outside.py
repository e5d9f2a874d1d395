"""What only a process of its own can show: memory at its highest, and the time an import takes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .paired import Spread
from .streams import Stream

_IMPORT = """
import time, numpy
start = time.CLOCK()
STATEMENT
print((time.CLOCK() - start) * 1e3)
"""


def memory(stream: Stream, way: str, *, threads: int = 1, rounds: int = 5) -> Spread:
    """Return MiB above the output array that reading a file takes at its peak.

    The array is accounted for by a process that allocates and fills one of the same size and does nothing
    else; the two kinds of process take turns.

    Parameters
    ----------
    stream : Stream
    way : str
        "fmnist_fast" or the name of a decoder.
    threads, rounds : int
    """
    values = []
    rest = (str(stream.path), str(stream.nbytes), str(threads))
    child = ("-P", "-m", "fmnist_fast.benchmark.peak")
    _child(*child, way, *rest)  # what compiles modules to bytecode is no measure
    for _ in range(rounds):
        base, peak = (_child(*child, turn, *rest)[0] for turn in ("array", way))
        values.append((peak - base) / 1024)
    return Spread.of(values)


def import_time(clock: str, rounds: int = 11, module: str = "fmnist_fast") -> tuple[Spread, float]:
    """Return milliseconds of the import of a module after ``import numpy``, and the cost to a process.

    The second figure is the median difference between processes with and without the import, from start to
    exit; it includes taking everything down again, and the noise of starting processes.
    """
    inside, whole = [], []
    timed = _IMPORT.replace("CLOCK", "process_time" if clock == "cpu" else "perf_counter")
    without, with_it = (timed.replace("STATEMENT", code) for code in ("pass", f"import {module}"))
    _child("-P", "-c", with_it)  # writes the bytecode, as an installation does
    for _ in range(rounds):
        _, base = _child("-P", "-c", without)
        milliseconds, seconds = _child("-P", "-c", with_it)
        inside.append(milliseconds)
        whole.append((seconds - base) * 1e3)
    return Spread.of(inside), statistics.median(whole)


def _child(*arguments: str) -> tuple[float, float]:
    """Run Python with this very package; return the number that it prints and the seconds it took."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(
        Path(tempfile.gettempdir(), "fmnist_fast_benchmarks", "bytecode")
    )
    paths = filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout), time.perf_counter() - start
