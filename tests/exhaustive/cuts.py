"""Cuts of one large file, each of which has to be refused as truncated: `cuts.py FILE [COUNT [START]]`.

COUNT places at random, every place in the first 64 KiB, and every 64th in the last.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import fmnist_fast as ff

EDGE = 1 << 16


def main(file: str, count: str = "10000", start: str = "1") -> None:
    """Read all of them."""
    data, rng, began = memoryview(Path(file).read_bytes()), random.Random(int(start)), time.monotonic()
    out = ff.read_idx(data)
    cuts = [rng.randrange(len(data)) for _ in range(int(count))]
    cuts += [*range(min(EDGE, len(data))), *range(max(len(data) - EDGE, 0), len(data), 64), len(data) - 1]
    for cut in cuts:
        try:
            ff.read_idx(data[:cut], out=out)
        except ff.TruncatedError:
            continue
        raise AssertionError(f"the first {cut} bytes of {file} pass for the file")
    print(f"{len(cuts)} cuts refused, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
