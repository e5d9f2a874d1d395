"""What only a process of its own can show: memory at its highest, and the time an import takes."""

from __future__ import annotations

import statistics
import time

from . import child
from .paired import Spread
from .status import show
from .streams import Stream

_IMPORT = """
import time, numpy
start = time.CLOCK()
STATEMENT
print((time.CLOCK() - start) * 1e3)
"""


def memory(stream: Stream, way: str, *, threads: int = 1, rounds: int = 5, level: str = "") -> Spread:
    """Return MiB above the output array that reading a file takes at its peak.

    The array is accounted for by a process that allocates and fills one of the same size and does nothing
    else; the two kinds of process take turns.

    Parameters
    ----------
    stream : Stream
    way : str
        "fmnist_fast" or the name of a decoder.
    threads, rounds : int
    level : str
        CPU level, or "numpy" for that backend, in place of what this process has.
    """
    values = []
    show(f"peak memory: {way}")
    rest = (str(stream.path), str(stream.nbytes), str(threads))
    reader = ("-m", "fmnist_fast.benchmark.peak")
    _child(*reader, way, *rest, level=level)  # what compiles modules to bytecode is no measure
    for _ in range(rounds):
        base, peak = (_child(*reader, turn, *rest, level=level)[0] for turn in ("array", way))
        values.append((peak - base) / 1024)
    return Spread.of(values)


def import_time(clock: str, rounds: int = 11, module: str = "fmnist_fast") -> tuple[Spread, float]:
    """Return milliseconds of the import of a module after ``import numpy``, and the cost to a process.

    The second figure is the median difference between processes with and without the import, from start to
    exit; it includes taking everything down again, and the noise of starting processes.
    """
    inside, whole = [], []
    show(f"import {module}")
    timed = _IMPORT.replace("CLOCK", "process_time" if clock == "cpu" else "perf_counter")
    without, with_it = (timed.replace("STATEMENT", code) for code in ("pass", f"import {module}"))
    _child("-c", with_it)  # writes the bytecode, as an installation does
    for _ in range(rounds):
        _, base = _child("-c", without)
        milliseconds, seconds = _child("-c", with_it)
        inside.append(milliseconds)
        whole.append((seconds - base) * 1e3)
    return Spread.of(inside), statistics.median(whole)


def _child(*arguments: str, level: str = "") -> tuple[float, float]:
    """Run Python; return the number that it prints and the seconds it took."""
    start = time.perf_counter()
    printed = child.run(*arguments, level=level)
    return float(printed), time.perf_counter() - start
