"""A process that reads a file and prints its own peak of memory in KiB.

Started by `outside.memory` as ``python -m fmnist_fast.benchmark.peak WAY PATH BYTES THREADS``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from .._peak import peak_memory
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
    peak = peak_memory()
    if peak is None:
        sys.exit("this system does not tell the peak of a process")
    print(peak / 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
