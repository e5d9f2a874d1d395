"""A process that reads a file and prints its own peak of memory in KiB.

Started by `outside.memory` as ``python -m fmnist_fast.benchmark.peak WAY PATH BYTES THREADS``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from ..codec import read_idx
from .decoders import DECODERS


def main(way: str, path: str, size: str, threads: str) -> None:
    """Do the job once."""
    if way == "array":
        np.empty(int(size), np.uint8).fill(1)
    elif way == "fmnist_fast":
        read_idx(path, threads=int(threads))
    else:
        DECODERS[way].read(Path(path))
    print(_peak())


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


if __name__ == "__main__":
    main(*sys.argv[1:])
