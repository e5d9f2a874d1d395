"""What only a process of its own can show: memory at its highest, and the time an import takes.

Run as a script it is such a process, ``outside.py WAY PATH BYTES THREADS``, and prints its peak in KiB;
`memory` and `import_time` start processes in turns.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from paired import Spread
from streams import Stream

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
        "fmnist_fast" or the name of a peer.
    threads, rounds : int
    """
    values = []
    rest = (str(stream.path), str(np.prod(stream.shape)), str(threads))
    _child(__file__, way, *rest)  # what compiles modules to bytecode is no measure
    for _ in range(rounds):
        base, peak = (_child(__file__, turn, *rest)[0] for turn in ("array", way))
        values.append((peak - base) / 1024)
    return Spread.of(values)


def import_time(clock: str, rounds: int = 11) -> tuple[Spread, float]:
    """Return milliseconds of ``import fmnist_fast`` after ``import numpy``, and the cost to a process.

    The second figure is the median difference between processes with and without the import, from start to
    exit; it includes taking everything down again, and the noise of starting processes.
    """
    inside, whole = [], []
    timed = _IMPORT.replace("CLOCK", "process_time" if clock == "cpu" else "perf_counter")
    without, with_it = (timed.replace("STATEMENT", code) for code in ("pass", "import fmnist_fast"))
    _child("-P", "-c", with_it)  # writes the bytecode, as an installation does
    for _ in range(rounds):
        _, base = _child("-P", "-c", without)
        milliseconds, seconds = _child("-P", "-c", with_it)
        inside.append(milliseconds)
        whole.append((seconds - base) * 1e3)
    return Spread.of(inside), statistics.median(whole)


def _child(*arguments: str) -> tuple[float, float]:
    """Run Python; return the number that it prints and the seconds it took."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(
        Path(tempfile.gettempdir(), "fmnist_fast_benchmarks", "bytecode")
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout), time.perf_counter() - start


def _peak() -> float:
    """Return the peak of this process in KiB.

    Linux keeps two such figures. The one of `getrusage` survives exec, so a child started by a large parent
    reports its parent's peak; the one in /proc belongs to this program alone.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return float(status.split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1024 if sys.platform == "darwin" else peak


def _main(way: str, path: str, size: str, threads: str) -> None:
    from peers import DECODE

    import fmnist_fast

    if way == "array":
        np.empty(int(size), np.uint8).fill(1)
    elif way == "fmnist_fast":
        fmnist_fast.read_idx(path, threads=int(threads))
    else:
        DECODE[way](Path(path))
    print(_peak())


if __name__ == "__main__":
    _main(*sys.argv[1:])
